"""A third opinion: terms evaluated by mpmath at 90 digits, derivatives by finite differences.

It shares nothing with the kernel or the oracle but the terms themselves. It decides nothing for the product.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from mpmath import mp

from derive.terms import (
    Add,
    Apply,
    Before,
    Big,
    Compare,
    Context,
    Delta,
    Derivative,
    Entry,
    Equation,
    Index,
    IndexPair,
    MatrixFunction,
    Multiply,
    Number,
    Power,
    SizeNumber,
    Term,
    UnknownValue,
    Where,
    walk,
)
from tests.soundness.elimination import adjugate, determinant, inverse
from tests.soundness.reals import NEAR, NoValueError, Real, Slot, function_value, small, total

Key: TypeAlias = tuple[str, tuple[int, ...]]
Places: TypeAlias = dict[Index, int]
Frame: TypeAlias = tuple[tuple[str, tuple[int, ...], Real], ...]
"""Steps taken by the derivatives around, outermost first: an entry, declared or defined, and how far it moved."""

BITS, STEP = 300, 60
FINER = (520, 100)
EQUAL, DIFFERENT = 2.0**-90, 2.0**-40
MOST_NODES = 60_000


@dataclass(frozen=True)
class Point:
    """Sizes, the places of free indices and labels, and a value for every entry and declared function.

    The entry of an array of labels, one a sample, is the place at which the label stands.
    """

    sizes: Mapping[str, int]
    places: Mapping[str, int]
    entries: Mapping[Key, Real]
    functions: Mapping[str, Callable[..., Real]] = field(default_factory=dict)


def compare(equation: Equation, context: Context, point: Point) -> bool | None:
    """Return whether the sides are equal at a point, `None` if one has no value or nothing is sure.

    A difference is believed only if it is the same at a finer precision and with a smaller step.
    """
    with mp.workprec(BITS):
        try:
            left, right = sides(equation, context, point, STEP)
            apart = abs(left - right)
            scale = 1 + abs(left) + abs(right)
            if apart <= EQUAL * scale:
                return True
            if not apart > DIFFERENT * scale:
                return None
        except NoValueError:
            return None
    bits, step = FINER
    with mp.workprec(bits):
        try:
            again = sides(equation, context, point, step)
        except NoValueError:
            return None
        steady = abs((again[0] - again[1]) - (left - right)) <= apart / 1000
        return False if steady else None


def sides(equation: Equation, context: Context, point: Point, step: int) -> tuple[Real, Real]:
    """Return the values of both sides. Raises `NoValueError`."""
    opinion = Opinion(context, point, step)
    return opinion.of(equation.left), opinion.of(equation.right)


def holds(condition: Compare, context: Context, point: Point, free: tuple[Index, ...]) -> bool:
    """Return whether a hypothesis holds at a point for all places of its own indices; equations nearly."""
    opinion = Opinion(context, point, STEP)
    with mp.workprec(BITS):
        for places in _assignments(free, point.sizes):
            try:
                left = opinion.value(condition.left, places, ())
                right = opinion.value(condition.right, places, ())
            except NoValueError:
                return False
            apart = left - right
            if condition.relation == "=":
                if abs(apart) > NEAR * NEAR * (1 + abs(left)):
                    return False
            elif not _RELATIONS[condition.relation](apart):
                return False
    return True


def _assignments(free: tuple[Index, ...], sizes: Mapping[str, int]) -> Iterator[Places]:
    if not free:
        yield {}
        return
    first, *rest = free
    for inner in _assignments(tuple(rest), sizes):
        for place in range(1, sizes[first.dim] + 1):
            yield {first: place, **inner}


_RELATIONS: dict[str, Callable[[Real], bool]] = {
    "<": lambda d: bool(d < 0),
    "<=": lambda d: bool(d <= 0),
    ">": lambda d: bool(d > 0),
    ">=": lambda d: bool(d >= 0),
    "=": lambda d: bool(d == 0),
    "!=": lambda d: bool(d != 0),
}


class Opinion:
    """The values of terms at one point."""

    def __init__(self, context: Context, point: Point, step: int) -> None:
        self.context = context
        self.point = point
        self.step = step
        self.nodes = 0
        self.trace: list[object] = []  # which branches were chosen
        self.known: dict[tuple[str, tuple[int, ...], Frame], tuple[Real, list[object]]] = {}
        self.inverses: dict[tuple[Real, ...], list[list[Real]]] = {}  # by the entries, row by row
        self.still: dict[int, bool] = {}
        self.kept: list[Term] = []  # so that an id stays that of its term

    def of(self, term: Term) -> Real:
        """Return the value of a term at the point. Raises `NoValueError`."""
        return self.value(term, {}, ())

    def place(self, index: Index, places: Places) -> int:
        """Return the position at which an index stands."""
        found = places.get(index)
        if found is not None:
            return found
        if index.at:
            return int(self.point.entries[str(index.name), tuple(self.place(i, places) for i in index.at)])
        return index.name if isinstance(index.name, int) else self.point.places[index.name]

    def value(self, node: Term, places: Places, frame: Frame) -> Real:
        """Return the value where bound indices stand at places, inside the derivatives of a frame."""
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise NoValueError
        match node:
            case Entry(name, indices):
                return self.entry(name, tuple(self.place(i, places) for i in indices), frame)
            case Number(number):
                return mp.mpf(number.numerator) / number.denominator
            case Add(terms):
                return total([self.value(one, places, frame) for one in terms])
            case Multiply(factors):
                product = mp.mpf(1)
                for one in factors:
                    product *= self.value(one, places, frame)
                return product
            case Power(base, exponent):
                return self.power(base, exponent, places, frame)
            case Apply("stop_gradient") | IndexPair() | MatrixFunction() | UnknownValue():
                return self.of_arrays(node, places, frame)
            case Apply(name, arguments, order):
                return self.apply(name, [self.value(a, places, frame) for a in arguments], order, node, frame)
            case Where(condition, then, otherwise):
                return self.value(then if self.true(condition, places, frame) else otherwise, places, frame)
            case Big():
                return self.big(node, places, frame)
            case Derivative(body, variables):
                at = [(v.name, tuple(self.place(i, places) for i in v.indices)) for v in variables]
                return self.derivative(body, at, places, frame)
        if isinstance(node, SizeNumber):
            return mp.mpf(self.point.sizes[node.name])
        return +mp.pi  # the only constant

    def of_arrays(self, node: Term, places: Places, frame: Frame) -> Real:
        """Return the value of what tells positions apart, of functions of arrays, and of what does not move."""
        match node:
            case Delta(left, right):
                return mp.mpf(self.place(left, places) == self.place(right, places))
            case Before(left, right):
                return mp.mpf(self.place(left, places) < self.place(right, places))
            case MatrixFunction():
                return self.of_matrix(node, places, frame)
            case UnknownValue():
                return self.unknown(node, places, frame)
            case Apply(_, (inner,)):
                self.value(inner, places, frame)  # a kink of what is stopped counts as one all the same
                return self.value(inner, places, ())
        raise TypeError(f"not of arrays: {node}")

    def entry(self, name: str, at: tuple[int, ...], frame: Frame) -> Real:
        """Return an entry, moved by the steps of the frame; a defined name by which one derives is held."""
        moved = sum((s for n, where, s in frame if n == name and where == at), mp.mpf(0))
        definition = self.context.definitions.get(name)
        if definition is None:
            return self.point.entries[name, at] + moved
        held = next((k for k, step in enumerate(frame) if step[0] == name), None)
        inner = frame if held is None else frame[:held]
        found = self.known.get((name, at, inner))
        if found is None:
            start = len(self.trace)
            places = dict(zip(definition.parameters, at, strict=True))
            value = self.value(definition.body, places, inner)
            found = self.known[name, at, inner] = (value, self.trace[start:])
        else:
            self.trace.extend(found[1])
        return found[0] + moved

    def true(self, condition: Compare, places: Places, frame: Frame) -> bool:
        """Return whether a condition holds."""
        apart = self.value(condition.left, places, frame) - self.value(condition.right, places, frame)
        self.note(apart, frame, condition.left, condition.right)
        return _RELATIONS[condition.relation](apart)

    def note(self, apart: Real, frame: Frame, *terms: Term) -> None:
        """Note on which side of an equality the point is; under a derivative an equality has no value."""
        if apart == 0:
            if frame and not all(map(self.constant, terms)):
                raise NoValueError
        elif abs(apart) < NEAR:
            raise NoValueError
        self.trace.append((apart > 0) - (apart < 0))

    def constant(self, term: Term) -> bool:
        """Return whether a term holds no entry."""
        if id(term) not in self.still:
            self.kept.append(term)
            self.still[id(term)] = not any(isinstance(one, Entry) for one in walk(term))
        return self.still[id(term)]

    def power(self, base_term: Term, exponent_term: Term, places: Places, frame: Frame) -> Real:
        """Return a power: integer exponents, those made of sizes included, take any base, others a positive one."""
        base = self.value(base_term, places, frame)
        whole = self.whole(exponent_term)
        if whole is not None:
            if whole >= 0:
                return base**whole
            return 1 / self.nonzero(base) ** -whole
        exponent = self.value(exponent_term, places, frame)
        if base == 0 and isinstance(exponent_term, Number) and exponent > 0 and not frame:
            return mp.mpf(0)
        return mp.exp(small(exponent * mp.log(self.positive(base))))

    def whole(self, exponent: Term) -> int | None:
        """Return an exponent that is a whole number as typed."""
        match exponent:
            case Number(value) if value.denominator == 1:
                return int(value)
            case SizeNumber(name):
                return self.point.sizes[name]
            case Add(parts) | Multiply(parts):
                inner = [self.whole(p) for p in parts]
                known = [i for i in inner if i is not None]
                if len(known) == len(inner):
                    return sum(known) if isinstance(exponent, Add) else math.prod(known)
        return None

    def nonzero(self, x: Real) -> Real:
        """Return a divisor that is certainly not 0."""
        if abs(x) < NEAR:
            raise NoValueError
        return x

    def positive(self, x: Real) -> Real:
        """Return a number that is certainly positive."""
        if x < NEAR:
            raise NoValueError
        return x

    def apply(self, name: str, arguments: list[Real], order: int, node: Apply, frame: Frame) -> Real:
        """Return the value of a function."""
        chosen = self.point.functions.get(name)
        if chosen is not None:
            return chosen(small(arguments[0]), order)
        if name in ("max", "min"):
            return self.extreme(name, arguments, frame, *node.arguments)
        if name in ("abs", "sign", "step", "relu"):
            (x,) = arguments
            self.note(x, frame, node.arguments[0])
            side = (x > 0) - (x < 0)
            return {"abs": x * side, "sign": mp.mpf(side), "step": (mp.mpf(side) + 1) / 2}.get(
                name, x if side > 0 else mp.mpf(0)
            )
        if name == "sqrt":
            (x,) = arguments
            return mp.mpf(0) if x == 0 and not frame else mp.sqrt(self.positive(x))
        if name in _POSITIVE:
            self.positive(arguments[-1])
        if name in _UNIT:
            self.positive(1 - abs(arguments[0]))
        return _FUNCTIONS[name](*arguments)

    def extreme(self, name: str, values: list[Real], frame: Frame, *terms: Term) -> Real:
        """Return the greatest or least value; under a derivative a tie for it has no value."""
        best = max(values) if name == "max" else min(values)
        near = [k for k, one in enumerate(values) if abs(one - best) < NEAR]
        if len(near) > 1 and frame and not all(map(self.constant, terms)):
            raise NoValueError
        self.trace.append(near[0])
        return best

    def big(self, node: Big, places: Places, frame: Frame) -> Real:
        """Return a sum, product, mean or extreme over bound indices."""
        values = [self.value(node.body, inner, frame) for inner in self.range(node, 0, places)]
        match node.operation:
            case "sum":
                return total(values)
            case "prod":
                product = mp.mpf(1)
                for one in values:
                    product *= one
                return product
        if not values:
            raise NoValueError
        if node.operation == "mean":
            return total(values) / len(values)
        return self.extreme(node.operation, values, frame, node.body)

    def of_matrix(self, node: MatrixFunction, places: Places, frame: Frame) -> Real:
        """Return a determinant, its logarithm, or an entry of an inverse or adjugate."""
        columns = self.point.sizes[node.matrix.binders[1].index.dim]
        entries = [self.value(node.matrix.body, inner, frame) for inner in self.range(node.matrix, 0, places)]
        rows = [entries[k : k + columns] for k in range(0, len(entries), columns)]
        at = [self.place(index, places) - 1 for index in node.at]
        match node.operation:
            case "det":
                return determinant(rows)
            case "logdet":
                return mp.log(abs(self.nonzero(determinant(rows))))
            case "adj":
                return adjugate(rows, *at)
        key = tuple(entries)
        if key not in self.inverses:
            self.inverses[key] = inverse(rows)
        row, column = at
        return self.inverses[key][row][column]

    def unknown(self, node: UnknownValue, places: Places, frame: Frame) -> Real:
        """Return an unknown function of several numbers or of arrays, or a partial derivative of it."""
        arguments: dict[Slot, Real] = {}
        for k, one in enumerate(node.arguments):
            if not isinstance(one, Big) or one.operation != "array":
                arguments[k, ()] = self.value(one, places, frame)
                continue
            for inner in self.range(one, 0, places):
                at = tuple(inner[binder.index] for binder in one.binders)
                arguments[k, at] = self.value(one.body, inner, frame)
        by = tuple((k, tuple(self.place(index, places) for index in at)) for k, at in node.partials)
        return self.point.functions[node.name](arguments, by)

    def range(self, node: Big, depth: int, places: Places) -> Iterator[Places]:
        """Yield the places of a term's binders, one after the other: each may exclude those before it."""
        if depth == len(node.binders):
            yield places
            return
        binder = node.binders[depth]
        excluded = {self.place(index, places) for index in binder.excluded}
        for place in range(1, self.point.sizes[binder.index.dim] + 1):
            if place not in excluded:
                yield from self.range(node, depth + 1, {**places, binder.index: place})

    def derivative(self, body: Term, by: list[Key], places: Places, frame: Frame) -> Real:
        """Return a derivative by four values at both sides, all of which take the same branches.

        The point itself must have a value too, and lie on no boundary.
        """
        if not by:
            return self.value(body, places, frame)
        *inner, (name, at) = by
        outside, traces, values = self.trace, [], []
        for k in (0, 1, -1, 2, -2):
            self.trace = []
            moved = (*frame, (name, at, mp.ldexp(k, -self.step)))
            try:
                values.append(self.derivative(body, inner, places, moved))
            finally:
                traces.append(self.trace)
                self.trace = outside
        if any(trace != traces[0] for trace in traces):
            raise NoValueError
        self.trace.extend(traces[0])
        _, up, down, further, back = values
        return mp.ldexp((8 * (up - down) - (further - back)) / 12, self.step)


_POSITIVE = frozenset({"log", "lgamma", "loggamma", "digamma", "gamma", "Ci", "acosh"})
_UNIT = frozenset({"asin", "acos", "atanh"})
_FUNCTIONS: dict[str, Callable[..., Real]] = {
    "exp": lambda x: mp.exp(small(x)),
    "log": mp.log,
    "sin": lambda x: mp.sin(small(x)),
    "cos": lambda x: mp.cos(small(x)),
    "tan": lambda x: mp.tan(small(x)),
    "asin": mp.asin,
    "acos": mp.acos,
    "atan": mp.atan,
    "sinh": lambda x: mp.sinh(small(x)),
    "cosh": lambda x: mp.cosh(small(x)),
    "tanh": lambda x: mp.tanh(small(x)),
    "sech": lambda x: mp.sech(small(x)),
    "asinh": mp.asinh,
    "atanh": mp.atanh,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-small(x))),
    "softplus": lambda x: mp.log(1 + mp.exp(small(x))),
    "erf": lambda x: mp.erf(small(x)),
    "erfc": lambda x: mp.erfc(small(x)),
    "gamma": lambda x: mp.gamma(small(x)),
    "lgamma": lambda x: mp.loggamma(small(x)),
    "digamma": lambda x: mp.digamma(small(x)),
}


__all__ = ["NoValueError", "Opinion", "Point", "compare", "function_value", "holds"]
