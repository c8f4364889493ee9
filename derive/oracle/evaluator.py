"""The value of a ground term at a point, its derivatives by power series. There is no derivative rule here.

A derivative is read off a series: the point moves along `t` times a direction, and mixed and nested
derivatives are exact combinations of such coefficients for several directions (polarisation).
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from flint import arb, fmpq

from derive.oracle import quantities as q
from derive.oracle.elementary import ELEMENTARY
from derive.oracle.ground import EntryKey, Program
from derive.oracle.quantities import Quantity
from derive.oracle.special import special

Direction: TypeAlias = tuple[tuple[EntryKey, int], ...]
"""How far each entry moves for each unit of t, sorted; entries that stay are left out."""

FunctionValue: TypeAlias = Callable[[Quantity, int], Quantity | None]
"""A function chosen for a declared name: from an argument and the number of primes to a value."""


PolynomialValue: TypeAlias = Callable[[list[Quantity], tuple[int, ...]], Quantity]
"""What was chosen for an unknown function of several numbers: from its arguments, and the places of those by which it
is differentiated in turn, to a value."""


class Evaluator:
    """Values at one point and one precision; the caller sets the precision and keeps it."""

    def __init__(
        self,
        program: Program,
        entries: Mapping[EntryKey, Quantity],
        functions: Mapping[str, FunctionValue] | None = None,
        polynomials: Mapping[str, PolynomialValue] | None = None,
    ) -> None:
        self.program = program
        self.entries = entries
        self.functions = functions or {}
        self.polynomials = polynomials or {}
        self.evaluations = 0
        self._frames: dict[tuple[Direction, int], Frame] = {}

    def value(self, node: int) -> Quantity | None:
        """Return the value of a node, `None` if it has none or this precision cannot tell."""
        return self.frame((), 0).value(node)

    def frame(self, direction: Direction, order: int) -> Frame:
        """Return the values along a direction, as series up to the given order."""
        key = direction, order
        found = self._frames.get(key)
        if found is None:
            found = self._frames[key] = Frame(self, direction, order)
            self.evaluations += 1
        return found


class Frame:
    """The values of nodes while the point moves along one direction; without one, its plain values."""

    def __init__(self, owner: Evaluator, direction: Direction, order: int) -> None:
        self.owner = owner
        self.program = owner.program
        self.order = order
        self.direction = dict(direction)
        self.moving = 0
        self.through = 0  # what the definitions among the moving entries depend on
        for key, _ in direction:
            self.moving |= self.program.bit(key)
            if key[0] in self.program.context.definitions:
                self.through |= self._behind(key)
        self.values: dict[int, Quantity | None] = {}

    def _behind(self, key: EntryKey) -> int:
        node = self.program.nodes[self.program.entry(key)]
        return node.support & ~self.program.bit(key)

    def value(self, root: int) -> Quantity | None:
        """Return the value of a node, a series if it depends on what moves."""
        values = self.values
        if root in values:
            return values[root]
        nodes, moving = self.program.nodes, self.moving
        plain = self.owner.frame((), 0) if moving else self
        for number in self.program.order(root):
            if number in values:
                continue
            kind, arguments, data, support = nodes[number]
            if moving and not support & moving:
                still = plain.values
                values[number] = still[number] if number in still else plain.value(number)
            else:
                values[number] = _OPERATIONS[kind](self, arguments, data)
        return values[root]

    def moves(self, node: int) -> bool:
        """Return whether a node depends on what moves."""
        return bool(self.program.nodes[node].support & self.moving)

    def sign(self, left: int, right: int | None = None) -> int | None:
        """Return the sign of left minus right where it may choose a branch.

        `None` if either has no value, if this precision cannot tell, and at a tie of what moves.
        """
        found = self._compared(left, right)
        if found is None and right is not None:
            found = self._against_extreme(left, right)
        moves = self.moves(left) or (right is not None and self.moves(right))
        return None if found == 0 and moves else found

    def _compared(self, left: int, right: int | None) -> int | None:
        a = self.values[left]
        b = fmpq(0) if right is None else self.values[right]
        return None if a is None or b is None else q.compare(q.constant(a), q.constant(b))

    def _against_extreme(self, left: int, right: int) -> int | None:
        """Return the sign of one of several values minus their greatest or least, by comparing it with the others.

        Balls alone would never show that it is the greatest. `None` for any other pair, or if it is not certain.
        """
        for one, extreme, side in ((left, right, 1), (right, left, -1)):
            kind, arguments, _, _ = self.program.nodes[extreme]
            if kind not in ("max", "min") or one not in arguments or self.values[extreme] is None:
                continue
            wanted = 1 if kind == "max" else -1
            signs = {self._compared(one, other) for other in arguments if other != one}
            if -wanted in signs:
                return -wanted * side
            return 0 if None not in signs else None
        return None


Arguments: TypeAlias = tuple[int, ...]


def _function(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
    values = [frame.values[a] for a in arguments]
    if any(value is None for value in values):
        return None
    inverse = _INVERSE.get(data)
    if inverse is not None:
        kind, inner, name, _ = frame.program.nodes[arguments[0]]
        if kind == "function" and name == inverse:
            return frame.values[inner[0]]  # exactly, which a ball would not be
    return _called(data, values, frame.order)


_INVERSE = {"log": "exp", "exp": "log"}


def _called(name: str, values: list[Quantity], order: int) -> Quantity | None:
    elementary = ELEMENTARY.get(name)
    if elementary is not None:
        return elementary(*values) if len(values) == 1 else None
    return special(name, values, order)


def _primed(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
    """A derivative of a function of one argument at its argument, from its own series there."""
    name, primes = data
    value = frame.values[arguments[0]]
    if value is None:
        return None
    length = frame.order + 1 if q.is_series(value) else 1
    around = q.series(q.constant(value), 1, length + primes)
    found = _called(name, [around], length + primes - 1)
    if found is None or not q.covers(found, length + primes - 1):
        return None
    coefficients = [
        q.multiply(q.coefficient(found, k + primes), fmpq(math.perm(k + primes, primes)))
        for k in range(length)
    ]
    return q.compose(coefficients, value) if q.is_series(value) else coefficients[0]


def _number(frame: Frame, arguments: Arguments, data: Any) -> Quantity:
    return data


def _constant(frame: Frame, arguments: Arguments, data: Any) -> Quantity:
    return arb.pi()


def _still(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
    """The value at the point itself, whatever moves."""
    value = frame.values[arguments[0]]
    return None if value is None else q.constant(value)


def _nothing(frame: Frame, arguments: Arguments, data: Any) -> None:
    return None


def _entry(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
    value = frame.owner.entries.get(data)
    slope = frame.direction.get(data)
    return value if slope is None or value is None else q.series(value, slope, frame.order + 1)


def _defined(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
    value = frame.values[arguments[0]]
    slope = frame.direction.get(data)
    if slope is None or value is None:
        return value
    return q.add(value, q.series(fmpq(0), slope, frame.order + 1))


def _add(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
    values = frame.values
    if any(values[argument] is None for argument in arguments):
        return None
    total: Quantity = fmpq(0)
    collected = None if frame.moving else frame.program.collected("add", arguments)
    if collected is None:
        for argument in arguments:
            total = q.add(total, values[argument])
        return total
    for node, coefficient in collected:
        part = frame.value(node)
        total = q.add(total, q.multiply(coefficient, part))
    return total


def _multiply(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
    values = frame.values
    if any(values[argument] is None for argument in arguments):
        return None
    total: Quantity = fmpq(1)
    if frame.moving:
        for argument in arguments:
            total = q.multiply(total, values[argument])
        return total
    growth = fmpq(0)
    collected = frame.program.collected("multiply", arguments)
    if collected is None:
        collected = tuple((argument, fmpq(1)) for argument in arguments)
    for node, times in collected:
        exponent = _exponent(frame, node)
        if exponent is not None:
            growth += exponent * times
            continue
        part = q.power(frame.value(node), int(times.p))
        if part is None:
            return None
        total = q.multiply(total, part)
    # exp(a)*exp(-a) is exactly 1, which a product of balls would not be.
    grown = q.exp(growth) if growth else fmpq(1)
    return None if grown is None else q.multiply(total, grown)


def _exponent(frame: Frame, node: int) -> fmpq | None:
    """Return the exact a of exp(a), or of a whole power of an exponential; `None` for any other node."""
    kind, arguments, data, _ = frame.program.nodes[node]
    if kind == "power":
        inner = _exponent(frame, arguments[0])
        return None if inner is None else inner * data
    if kind != "function" or data != "exp":
        return None
    value = frame.values[arguments[0]]
    return value if isinstance(value, fmpq) else None


def _det(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
    """The determinant of a square matrix, row by row, by its minors in every choice of columns: nothing is divided."""
    if any(frame.values[argument] is None for argument in arguments):
        return None
    size = math.isqrt(len(arguments))
    minors: dict[int, Quantity] = {0: fmpq(1)}
    for row in range(size):
        following: dict[int, Quantity] = {}
        for taken, minor in minors.items():
            sign = 1
            for column in reversed(range(size)):  # as many columns to the right are taken as the sign turns
                if taken >> column & 1:
                    sign = -sign
                    continue
                entry = frame.values[arguments[row * size + column]]
                part = q.multiply(q.multiply(minor, entry), fmpq(sign))
                key = taken | 1 << column
                following[key] = q.add(following[key], part) if key in following else part
        minors = following
    return minors[2**size - 1]


def _power(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
    base = frame.values[arguments[0]]
    return None if base is None else q.power(base, data)


def _root(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
    base = frame.values[arguments[0]]
    if base is None or (frame.moves(arguments[0]) and q.sign(q.constant(base)) == 0):
        return None
    return q.root_power(base, data)


def _number_as_power(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
    base, exponent, still = arguments
    if frame.moves(exponent):
        return _symbolic_power(frame, (base, exponent), data)
    return frame.values[still]


def _symbolic_power(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
    base, exponent = (frame.values[a] for a in arguments)
    return None if base is None or exponent is None else q.symbolic_power(base, exponent)


def _where(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
    left, right, then, otherwise = arguments
    sign = frame.sign(left, right)
    if sign is None:
        return None
    return frame.values[then if sign in data.signs else otherwise]


def _abs(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
    value = frame.values[arguments[0]]
    if value is None:
        return None
    sign = frame.sign(arguments[0])
    if sign is None:
        return None if frame.moves(arguments[0]) else abs(q.ball(value))
    return q.negate(value) if sign < 0 else value


def _stepwise(levels: Mapping[int, Fraction]) -> Callable[[Frame, Arguments, Any], Quantity | None]:
    def evaluate(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
        sign = frame.sign(arguments[0])
        return None if sign is None else q.rational(levels[sign])

    return evaluate


def _relu(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
    sign = frame.sign(arguments[0])
    if sign is None:
        return None
    return frame.values[arguments[0]] if sign > 0 else fmpq(0)


def _extreme(wanted: int) -> Callable[[Frame, Arguments, Any], Quantity | None]:
    """The greatest (1) or the least (-1). No two that tie may move: the derivative would depend on the choice."""

    def evaluate(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
        if any(frame.values[a] is None for a in arguments):
            return None
        best = arguments[0]
        if not frame.moving:
            for other in arguments[1:]:
                sign = frame.sign(other, best)
                if sign is None:
                    return _enclosed_extreme(frame, arguments, wanted)
                best = other if sign == wanted else best
            return frame.values[best]
        if any(frame.sign(*pair) is None for pair in itertools.combinations(arguments, 2)):
            return None
        for other in arguments[1:]:
            if other != best and frame.sign(other, best) == wanted:
                best = other
        return frame.values[best]

    return evaluate


def _enclosed_extreme(frame: Frame, arguments: Arguments, wanted: int) -> Quantity:
    balls = [q.ball(frame.values[a]) for a in arguments]
    best = balls[0]
    for other in balls[1:]:
        best = best.max(other) if wanted > 0 else best.min(other)
    return best


def _rounded(name: str) -> Callable[[Frame, Arguments, Any], Quantity | None]:
    """`floor` or `trunc`: where the argument moves it must not be whole."""

    def evaluate(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
        value = frame.values[arguments[0]]
        if value is None:
            return None
        value = q.constant(value)
        whole = value.floor() if type(value) is fmpq else q.ball(value).floor().unique_fmpz()
        if whole is None:
            return None
        distance = q.compare(value, fmpq(whole))
        if distance is None or (distance == 0 and frame.moves(arguments[0])):
            return None
        return fmpq(whole + (1 if name == "trunc" and distance and whole < 0 else 0))

    return evaluate


def _declared(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
    name, primes = data
    value = frame.values[arguments[0]]
    function = frame.owner.functions.get(name)
    return None if value is None or function is None else function(value, primes)


def _unknown(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
    name, partials = data
    values = [frame.values[argument] for argument in arguments]
    function = frame.owner.polynomials.get(name)
    if function is None or any(value is None for value in values):
        return None
    return function(values, partials)


def _derivative(frame: Frame, arguments: Arguments, data: Any) -> Quantity | None:
    """The derivative by the given entries, as a series along what moves already.

    The coefficient of `t^r` in `∂_1 … ∂_k g(x + t u)`, with `c(d)` the coefficient of order r + k of g along
    d, is the r-th finite difference in α, divided by r!, of `Σ_S (-1)^(k-|S|) c(α u + Σ_S e)` over the
    subsets S of the k entries: each monomial without every entry cancels, and so does each of degree
    below r in α. Subsets that lead the same way are taken together.
    """
    body, keys = data
    if frame.through and any(frame.program.bit(key) & frame.through for key in keys):
        return None  # total, or with the moving definition held fixed? The two readings differ
    count, top = len(keys), frame.order if frame.moving else 0
    present = tuple(key for key in keys if frame.program.bit(key) & frame.program.nodes[body].support)
    if len(present) < len(keys):
        # By what the body does not mention the derivative is 0, where that by the others has a value.
        others = _derivative(frame, arguments, (body, present)) if present else frame.value(body)
        return None if others is None else fmpq(0)
    ways = _ways(keys)
    table: list[list[Quantity]] = []  # for each α, the sums over S for r = 0 … top
    for alpha in range(top + 1):
        sums: list[Quantity] = [fmpq(0)] * (top + 1)
        for steps, weight in ways:
            direction = _moved(frame.direction, alpha, steps)
            if not direction:
                continue
            along = frame.owner.frame(direction, top + count).value(body)
            if along is None or not q.covers(along, top + count):
                return None
            for r in range(top + 1):
                sums[r] = q.add(sums[r], q.multiply(q.coefficient(along, r + count), weight))
        table.append(sums)
    coefficients = [_difference([row[r] for row in table[: r + 1]], r) for r in range(top + 1)]
    return coefficients[0] if not frame.moving else q.from_coefficients(coefficients)


def _ways(keys: tuple[EntryKey, ...]) -> list[tuple[dict[EntryKey, int], fmpq]]:
    """Return how far each entry moves in each kind of subset, with its sign and how many subsets are of that kind."""
    counts = Counter(keys)
    found = []
    for steps in itertools.product(*(range(count + 1) for count in counts.values())):
        weight = (-1) ** (len(keys) - sum(steps))
        for step, count in zip(steps, counts.values(), strict=True):
            weight *= math.comb(count, step)
        found.append((dict(zip(counts, steps, strict=True)), fmpq(weight)))
    return found


def _moved(base: Mapping[EntryKey, int], alpha: int, steps: Mapping[EntryKey, int]) -> Direction:
    direction = {key: alpha * slope for key, slope in base.items()}
    for key, step in steps.items():
        direction[key] = direction.get(key, 0) + step
    return tuple(sorted((key, slope) for key, slope in direction.items() if slope))


def _difference(values: list[Quantity], order: int) -> Quantity:
    total: Quantity = fmpq(0)
    for alpha, value in enumerate(values):
        weight = fmpq((-1) ** (order - alpha) * math.comb(order, alpha), math.factorial(order))
        total = q.add(total, q.multiply(value, weight))
    return total


_OPERATIONS: dict[str, Callable[[Frame, Arguments, Any], Quantity | None]] = {
    "number": _number,
    "constant": _constant,
    "nothing": _nothing,
    "still": _still,
    "entry": _entry,
    "defined": _defined,
    "add": _add,
    "multiply": _multiply,
    "det": _det,
    "power": _power,
    "root": _root,
    "symbolic power": _symbolic_power,
    "number as power": _number_as_power,
    "function": _function,
    "primed": _primed,
    "where": _where,
    "abs": _abs,
    "sign": _stepwise({-1: Fraction(-1), 0: Fraction(0), 1: Fraction(1)}),
    "step": _stepwise({-1: Fraction(0), 0: Fraction(1, 2), 1: Fraction(1)}),
    "relu": _relu,
    "max": _extreme(1),
    "min": _extreme(-1),
    "floor": _rounded("floor"),
    "trunc": _rounded("trunc"),
    "declared": _declared,
    "unknown": _unknown,
    "derivative": _derivative,
}
