"""Terms at concrete sizes and indices: one list of shared nodes, children before parents. It evaluates nothing.

Sums are written out, deltas and sizes are numbers, definitions are unfolded; equal nodes exist once.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from flint import fmpq

from derive.errors import LimitError
from derive.oracle.elementary import ELEMENTARY
from derive.oracle.elimination import nested
from derive.oracle.quantities import rational
from derive.oracle.size_polynomials import NotANumberError, SizePolynomials
from derive.oracle.special import known
from derive.terms import (
    Add,
    Apply,
    Big,
    Binder,
    Compare,
    Constant,
    Context,
    Delta,
    Derivative,
    Entry,
    Index,
    IndexPair,
    MatrixFunction,
    Multiply,
    Number,
    Power,
    Relation,
    SizeNumber,
    Term,
    UnknownValue,
    Where,
    free_indices,
    walk,
)
from derive.terms.functions import expansion

EntryKey: TypeAlias = tuple[str, tuple[int, ...]]
"""One entry of an array: its name and its position, from 1; `()` for a scalar."""

Indices: TypeAlias = Mapping[Any, int]
"""The places of indices by their names; of a label of a sample, by the name of its array and its place there."""

MAX_NODES = 60_000
TOO_LARGE = "the formula is too large to be evaluated at these sizes"
MAX_EXPONENT = 10_000
MANY = 64  # summands of a sum that is written out as it stands
STILL = "stop_gradient"  # the one function that is no function of what moves
MAX_MATRIX = 6  # rows of a determinant
MAX_PARTS = 200  # of a sum or product that is looked through for what cancels


class ProgramNode(NamedTuple):
    """A node: what kind, the numbers of the nodes it needs, what else it needs, and which entries it depends on.

    `support` has a bit for each entry, declared or held as a variable of a D, on which the node depends.
    """

    kind: str
    arguments: tuple[int, ...]
    data: Any
    support: int


class Program:
    """The nodes of every term asked for so far, at one choice of sizes and labels."""

    def __init__(
        self, context: Context, sizes: Mapping[str, int], labels: Indices, terms: Iterable[Term]
    ) -> None:
        self.context = context
        self.sizes = sizes
        self.labels = labels
        self.nodes: list[ProgramNode] = []
        self.bits: dict[EntryKey, int] = {}
        self.origins: dict[int, dict[Term, None]] = {}
        """The terms, as typed, of which nodes that choose a branch were made."""
        self.held = frozenset(_variables_of_derivatives(context, terms))
        self._samples = any(one.kind == "label" for one in context.variables.values())
        self._known: dict[tuple[str, tuple[int, ...], Any], int] = {}
        self._unfolded: dict[EntryKey, int] = {}
        self._bigs: dict[tuple[Big, tuple[Any, ...]], int] = {}
        self._orders: dict[int, tuple[int, ...]] = {}
        self._collected: dict[tuple[str, tuple[int, ...]], tuple[tuple[int, fmpq], ...] | None] = {}

    def collected(self, kind: str, arguments: tuple[int, ...]) -> tuple[tuple[int, fmpq], ...] | None:
        """Return what a sum or product is made of where something in it occurs twice, `None` where nothing does.

        Each node comes with its coefficient or its exponent, and those that cancel are gone: of `pi + x - pi`
        x is left, exactly, which no sum of balls would show.
        """
        key = kind, arguments
        if key not in self._collected:
            split = self._scaled if kind == "add" else self._raised
            waiting = [(argument, fmpq(1)) for argument in arguments]
            parts: dict[int, fmpq] = {}
            seen = leaves = 0
            while waiting:
                argument, factor = waiting.pop()
                seen += 1
                inner, times = split(argument)
                if self.nodes[inner].kind == kind and seen + len(waiting) < MAX_PARTS:
                    waiting += [(below, factor * times) for below in self.nodes[inner].arguments]
                else:
                    parts[inner] = parts.get(inner, fmpq(0)) + factor * times
                    leaves += 1
            kept = tuple((node, times) for node, times in parts.items() if times)
            self._collected[key] = kept if len(parts) < leaves else None
        return self._collected[key]

    def _scaled(self, node: int) -> tuple[int, fmpq]:
        """Return a node as another one with a coefficient."""
        kind, arguments, _, _ = self.nodes[node]
        if kind == "multiply" and len(arguments) == 2:
            for number, other in (arguments, arguments[::-1]):
                if self.nodes[number].kind == "number":
                    return other, self.nodes[number].data
        return node, fmpq(1)

    def _raised(self, node: int) -> tuple[int, fmpq]:
        """Return a node as another one with a whole exponent."""
        times = fmpq(1)
        while self.nodes[node].kind == "power":
            times *= self.nodes[node].data
            (node,) = self.nodes[node].arguments
        return node, times

    def order(self, root: int) -> tuple[int, ...]:
        """Return the nodes that a node needs, itself last, each after those that it needs."""
        found = self._orders.get(root)
        if found is None:
            needed = {root}
            for node in range(root, -1, -1):
                if node in needed:
                    needed.update(self.nodes[node].arguments)
            found = self._orders[root] = tuple(sorted(needed))
        return found

    def bit(self, key: EntryKey) -> int:
        """Return the bit of an entry in the nodes' supports."""
        return 1 << self.bits.setdefault(key, len(self.bits))

    def term(self, term: Term, indices: Indices) -> int:
        """Return the node of a term at the given values of its free indices.

        Raises:
            LimitError: too many nodes.
        """
        label = self._open_label(term, indices) if self._samples else None
        return self._term(term, indices) if label is None else self._by_label(term, label, indices)

    def _term(self, term: Term, indices: Indices) -> int:
        match term:
            case Number(value):
                return self.number(value)
            case SizeNumber(name):
                return self.number(self.sizes[name])
            case Constant(name):
                return self.node("constant", data=name)
            case IndexPair(one, other):
                places = self._position(one, indices), self._position(other, indices)
                return self.number(
                    int(places[0] == places[1] if isinstance(term, Delta) else places[0] < places[1])
                )
            case Entry(name, at):
                return self.entry((name, tuple(self._position(index, indices) for index in at)))
            case Add(terms):
                return self.node("add", [self.term(t, indices) for t in terms])
            case Multiply(factors):
                return self.node("multiply", [self.term(f, indices) for f in factors])
            case Power(base, exponent):
                return self._power(base, exponent, indices)
            case Apply() if (meaning := self._definition(term)) is not None:
                return self.term(meaning, indices)
            case Apply(function, arguments, order):
                found = self._apply(function, [self.term(a, indices) for a in arguments], order)
                return self._from(term, found) if function in _BY_CASES else found
            case Where(condition, then, otherwise):
                left, right = self.compare(condition, indices)
                branches = self.term(then, indices), self.term(otherwise, indices)
                return self._from(term, self.node("where", (left, right, *branches), condition.relation))
            case Big():
                return self._shared(term, indices)
            case MatrixFunction() | UnknownValue() | Derivative():
                return _MADE[type(term)](self, term, indices)
        raise TypeError(f"not a term: {term!r}")

    def _open_label(self, term: Term, indices: Indices) -> Index | None:
        """Return a label of a sample that stands in the term itself and has no value yet, the innermost first."""
        here: tuple[Index, ...] = ()
        match term:
            case Entry(_, at) | MatrixFunction(_, _, at):
                here = at
            case IndexPair(left, right):
                here = left, right
            case Big(_, binders, _):
                own = {binder.index for binder in binders}
                excluded = (index for binder in binders for index in binder.excluded)
                here = tuple(index for index in excluded if own.isdisjoint(index.letters))
            case UnknownValue(_, _, partials):
                here = tuple(index for _, at in partials for index in at)
            case Derivative(_, variables):
                here = tuple(index for one in variables for index in one.indices)
        waiting = [index for index in here if index.at]
        found: Index | None = None
        while waiting:
            index = waiting.pop()
            inner = [one for one in index.at if one.at and self._label(one, indices) not in indices]
            if inner:
                waiting += inner
            elif self._label(index, indices) not in indices:
                found = index
        return found

    def _label(self, index: Index, indices: Indices) -> EntryKey:
        return str(index.name), tuple(self._position(one, indices) for one in index.at)

    def _by_label(self, term: Term, label: Index, indices: Indices) -> int:
        """Return the node of a term by the values of a label: only the one that it has is asked for a value."""
        name, at = key = self._label(label, indices)
        one, found = self.number(1), self.node("nothing")
        for place in range(self.sizes[label.dim], 0, -1):
            hot = self.entry((name, (*at, place)))
            here = self.term(term, {**indices, key: place})
            found = self.node("where", (hot, one, here, found), Relation.EQUAL)
        return found

    def compare(self, condition: Compare, indices: Indices) -> tuple[int, int]:
        """Return the nodes of both sides of a comparison."""
        return self.term(condition.left, indices), self.term(condition.right, indices)

    def node(self, kind: str, arguments: Iterable[int] = (), data: Any = None, support: int = 0) -> int:
        """Return the node with these parts, the old one if it exists."""
        arguments = tuple(sorted(arguments) if kind in _COMMUTATIVE else arguments)
        key = kind, arguments, data
        number = self._known.get(key)
        if number is None:
            number = self._known[key] = len(self.nodes)
            if number > MAX_NODES:
                raise LimitError(TOO_LARGE)
            for argument in arguments:
                support |= self.nodes[argument].support
            self.nodes.append(ProgramNode(kind, arguments, data, support))
        return number

    def _from(self, term: Term, node: int) -> int:
        self.origins.setdefault(node, {})[term] = None
        return node

    def number(self, value: int | Fraction) -> int:
        """Return the node of a rational number."""
        return self.node("number", data=rational(value))

    def _position(self, index: Index, indices: Indices) -> int:
        if isinstance(index.name, int):
            return index.name
        if index.at:
            return indices[self._label(index, indices)]
        found = indices.get(index.name)
        return self.labels[index.name] if found is None else found

    def entry(self, key: EntryKey) -> int:
        """Return the node of an entry of a declared or defined array; beyond its size there is nothing."""
        name, at = key
        definition = self.context.definitions.get(name)
        if definition is None:
            variable = self.context.variables.get(name)
            if variable is None or any(k > self.sizes[d] for k, d in zip(at, variable.dims, strict=True)):
                return self.node("nothing")
            return self.node("entry", data=key, support=self.bit(key))
        found = self._unfolded.get(key)
        if found is None:
            parameters = definition.parameters
            if any(k > self.sizes[p.dim] for k, p in zip(at, parameters, strict=True)):
                return self.node("nothing")
            found = self.term(definition.body, {p.name: k for p, k in zip(parameters, at, strict=True)})
            if name in self.held:
                found = self.node("defined", (found,), key, self.bit(key))
            self._unfolded[key] = found
        return found

    def _power(self, base: Term, exponent: Term, indices: Indices) -> int:
        under = self.term(base, indices)
        value = self._number_of(exponent)
        if value is None:
            return self.node("symbolic power", (under, self.term(exponent, indices)))
        if abs(value) > MAX_EXPONENT:
            raise LimitError("an exponent is too large for powers to be evaluated")
        kind = "power" if value.denominator == 1 else "root"
        data = int(value) if kind == "power" else rational(value)
        over = under if isinstance(exponent, Number) else self.term(exponent, indices)
        if isinstance(exponent, Number) or not self.nodes[over].support:
            return self.node(kind, (under,), data)
        # A definition that is a number is one, but where it is differentiated by.
        return self.node("number as power", (under, over, self.node(kind, (under,), data)))

    def _number_of(self, exponent: Term) -> Fraction | None:
        """Return the number that an exponent is: rational, or made of sizes with whole coefficients."""
        if isinstance(exponent, Number):
            return exponent.value
        free = sorted(name for name in self.sizes if self.context.sizes[name].fixed is None)
        try:
            found = SizePolynomials(self.context, free).polynomial(exponent)
        except NotANumberError:
            return None
        if found.is_constant():
            return Fraction(str(found.leading_coefficient())) if found else Fraction(0)
        if any(c.q != 1 for c in found.coeffs()):
            return None
        return Fraction(str(found(*(fmpq(self.sizes[name]) for name in free))))

    def _definition(self, node: Apply) -> Term | None:
        """Return what defines a function that has no row of the oracle's own; `None` for every other."""
        name = node.function
        own = (
            name in _BY_CASES
            or name == STILL
            or name in ELEMENTARY
            or known(name)
            or name in self.context.functions
        )
        return None if own or node.order else expansion(node)

    def _apply(self, function: str, arguments: list[int], order: int) -> int:
        if function == STILL:
            return self.node("still", arguments)
        if function in self.context.functions:
            return self.node("declared", arguments, (function, order))
        if order:  # the derivative of a function of the table, where its formula does not hold
            single = len(arguments) == 1 and function not in _BY_CASES
            return self.node("primed", arguments, (function, order)) if single else self.node("nothing")
        return self.node(function if function in _BY_CASES else "function", arguments, function)

    def _shared(self, term: Big, indices: Indices) -> int:
        """Return the node of a sum or the like, found once for the same values of its free indices."""
        own = {binder.index for binder in term.binders}
        if any(own.intersection(one.letters) for b in term.binders for one in b.excluded if one.at):
            first, *rest = term.binders  # the label of a sample that is bound here is known further in
            inner = Big(term.operation, tuple(rest), term.body)
            return self.term(Big(term.operation, (first,), inner), indices)
        labels: tuple[Any, ...] = ()
        if self._samples:
            labels = tuple(sorted((key, place) for key, place in indices.items() if isinstance(key, tuple)))
        key = term, (*(self._position(index, indices) for index in free_indices(term)), labels)
        found = self._bigs.get(key)
        if found is None:
            if max((self.sizes[binder.index.dim] for binder in term.binders), default=0) > MAX_NODES:
                raise LimitError(TOO_LARGE)
            many = math.prod(self.sizes[binder.index.dim] for binder in term.binders) > MANY
            apart = nested(term) if many else None
            whole = term if apart is None else apart
            found = self._bigs[key] = self._big(whole.operation, whole.binders, whole.body, dict(indices))
        return found

    def _big(self, operation: str, binders: tuple[Binder, ...], body: Term, indices: dict[Any, int]) -> int:
        parts: list[int] = []
        if operation == "mean" and len(binders) > 1:
            (first, *rest) = binders
            parts = [self._big(operation, tuple(rest), body, each) for each in self._range(first, indices)]
        else:
            parts = [self.term(body, each) for each in self._ranges(binders, indices)]
        match operation:
            case "sum":
                return self.node("add", parts)
            case "prod":
                return self.node("multiply", parts)
        if not parts:
            return self.node("nothing")
        if operation == "mean":
            return self.node("multiply", (self.node("add", parts), self.number(Fraction(1, len(parts)))))
        return self._apply(operation, parts, 0)

    def _matrix(self, term: MatrixFunction, indices: Indices) -> int:
        """Return the node of a determinant, or of an entry of the inverse or adjugate by minors."""
        rows, columns = (binder.index for binder in term.matrix.binders)
        size = self.sizes[rows.dim]
        if size > MAX_MATRIX:
            raise LimitError(TOO_LARGE)
        every = range(1, size + 1)
        entries = {
            (i, j): self.term(term.matrix.body, {**indices, rows.name: i, columns.name: j})
            for i in every
            for j in every
        }
        whole = self.node("det", entries.values())
        match term.operation:
            case "det":
                return whole
            case "logdet":
                return self._apply("log", [self._apply("abs", [whole], 0)], 0)
        row, column = (self._position(index, indices) for index in term.at)
        minor = self.node("det", [entries[i, j] for i in every for j in every if i != column and j != row])
        cofactor = self.node("multiply", (self.number((-1) ** (row + column)), minor))
        if term.operation == "adj":
            return cofactor
        return self.node("multiply", (cofactor, self.node("power", (whole,), -1)))

    def _unknown(self, term: UnknownValue, indices: Indices) -> int:
        """Return the node of an unknown function: of all entries of its arguments, in order."""
        entries: list[int] = []
        places: dict[tuple[int, tuple[int, ...]], int] = {}
        for number, argument in enumerate(term.arguments):
            if not isinstance(argument, Big) or argument.operation != "array":
                places[number, ()] = len(entries)
                entries.append(self.term(argument, indices))
                continue
            names = [binder.index for binder in argument.binders]
            for at in itertools.product(*(range(1, self.sizes[index.dim] + 1) for index in names)):
                places[number, at] = len(entries)
                here = dict(zip((index.name for index in names), at, strict=True))
                entries.append(self.term(argument.body, {**indices, **here}))
        partials = tuple(
            places[number, tuple(self._position(index, indices) for index in at)]
            for number, at in term.partials
        )
        return self.node("unknown", entries, (term.name, partials))

    def _range(self, binder: Binder, indices: Indices) -> Iterator[dict[Any, int]]:
        left_out = {self._position(index, indices) for index in binder.excluded}
        for k in range(1, self.sizes[binder.index.dim] + 1):
            if k not in left_out:
                yield {**indices, binder.index.name: k}

    def _ranges(self, binders: tuple[Binder, ...], indices: Indices) -> Iterator[dict[Any, int]]:
        if not binders:
            yield dict(indices)
            return
        for each in self._range(binders[0], indices):
            yield from self._ranges(binders[1:], each)

    def _derivative(self, term: Derivative, indices: Indices) -> int:
        body, variables = term.body, term.variables
        inside = self.term(body, indices)
        keys: list[EntryKey] = []
        for variable in variables:
            at = tuple(self._position(index, indices) for index in variable.indices)
            own = self.entry((variable.name, at))
            if self.nodes[own].kind == "nothing":
                return own
            # What comes later must not be a definition through which an earlier derivative was total.
            if any(self.bit(key) & self.nodes[own].support for key in keys if key != (variable.name, at)):
                return self.node("nothing")
            keys.append((variable.name, at))
        # The body is no argument: it is evaluated along other directions than the derivative itself.
        return self.node("derivative", (), (inside, tuple(keys)), self.nodes[inside].support)


_MADE: Mapping[type[Term], Callable[[Program, Any, Indices], int]] = {
    MatrixFunction: Program._matrix,
    UnknownValue: Program._unknown,
    Derivative: Program._derivative,
}
_COMMUTATIVE = frozenset({"add", "multiply"})
_BY_CASES = frozenset({"max", "min", "abs", "sign", "step", "relu", "floor", "trunc"})


def _variables_of_derivatives(context: Context, terms: Iterable[Term]) -> Iterator[str]:
    """Yield the defined names by which something is differentiated."""
    for term in itertools.chain(terms, (definition.body for definition in context.definitions.values())):
        for part in walk(term):
            if isinstance(part, Derivative):
                yield from (v.name for v in part.variables if v.name in context.definitions)
