"""The search for parts of a goal that may as well be anything: those that recur become entries of unknown arrays.

The layers of a network stand inside one another, and multiplied out they grow as a power of the depth. The
layer below is a number to the layer above, whichever it is. Nothing believes that what is asked here is more
general: whoever asks puts the parts back (see `instances`).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from derive.kernel.goal import Goal
from derive.terms import (
    Add,
    Apply,
    Big,
    Constant,
    Definition,
    Entry,
    Index,
    IndexPair,
    MatrixFunction,
    Number,
    SizeNumber,
    Term,
    UnknownValue,
    Where,
    free_indices,
    parts,
)
from derive.terms.traverse import children, rebuild

# They take their argument apart, so that it matters what it is.
_TAKES_APART = frozenset(("log", "sqrt"))


def generalisations(goal: Goal) -> Iterator[tuple[Goal, tuple[Definition, ...]]]:
    """Yield goals from which this one follows, the most general first, with what stands for which part.

    There are none where no function is nested, and no greatest entry differentiated. A part is replaced wherever it
    stands, in what is known as well, with its own free indices as those of the entry: `T(i)` by `?0[i]` and `T(j)`
    by `?0[j]`.
    """
    sides = [parts(goal.left), parts(goal.right)]
    patterns = _Patterns()
    # What is subtracted before `exp` so that it does not overflow cancels, whatever it and its slope are.
    if any(_is_slope_of_extreme(node) for side in sides for node in side):
        extremes = {patterns.number(n) for s in sides for n in s if _is_extreme(n) or _is_slope_of_extreme(n)}
        yield _generalised(goal, extremes, patterns)
    if not (_nests(goal.left) or _nests(goal.right)):
        return
    nested = {patterns.number(a) for side in sides for n in side for a in _arguments(n) if patterns.calls(a)}
    if not nested:
        return
    kinds = (Add, Apply)
    left, right = (
        {patterns.number(n) for n in s if isinstance(n, kinds) and patterns.calls(n)} for s in sides
    )
    for chosen in (nested | left & right, nested):
        yield _generalised(goal, chosen, patterns)


def _generalised(goal: Goal, chosen: set[int], patterns: _Patterns) -> tuple[Goal, tuple[Definition, ...]]:
    """Return the goal with parts of these patterns replaced, and the parts."""
    generaliser = _Generaliser(chosen, patterns)
    general = goal.changed(generaliser.term)
    return general, tuple(generaliser.parts.values())


def _is_extreme(node: Term) -> bool:
    return isinstance(node, Big) and node.operation in ("max", "min")


def _is_slope_of_extreme(node: Term) -> bool:
    """Return whether a term is the derivative of a greatest or least entry: a sum over where it is taken."""
    return isinstance(node, Big) and isinstance(node.body, Where) and _is_extreme(node.body.condition.right)


def _nests(node: Term, inside: bool = False) -> bool:
    """Return whether a function stands within an argument of another that does not take it apart."""
    if isinstance(node, Apply):
        if inside:
            return True
        inside = node.function not in _TAKES_APART
    return any(_nests(child, inside) for child in children(node))


def _arguments(node: Term) -> tuple[Term, ...]:
    return node.arguments if isinstance(node, Apply) and node.function not in _TAKES_APART else ()


class _Patterns:
    """Gives terms numbers, in order of appearance: one to all that differ in the names of indices alone.

    Each term is known by the numbers of the terms directly inside it and by which of its own indices, bound
    or free, counted in order of appearance, are the free indices of those.
    """

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._known: dict[Term, int] = {}
        self._called: dict[Term, tuple[bool, bool]] = {}

    def number(self, node: Term) -> int:
        """Return the number of a term."""
        found = self._known.get(node)
        if found is None:
            shape = self._shape(node)
            found = self._known[node] = self._numbers.setdefault(shape, len(self._numbers))
        return found

    def _shape(self, node: Term) -> Hashable:
        slots: dict[Index, tuple[str, int]] = {i: ("free", k) for k, i in enumerate(free_indices(node))}

        def placed(indices: Iterable[Index]) -> tuple[Hashable, ...]:
            return tuple((slots[i] if not i.at else (i.name, placed(i.at)), i.dim) for i in indices)

        data: Hashable = ()
        match node:
            case Entry(name, indices):
                data = name, placed(indices)
            case IndexPair(left, right):
                data = placed((left, right))
            case UnknownValue(name, _, partials):
                data = name, tuple((k, placed(at)) for k, at in partials)
            case MatrixFunction(operation, _, at):
                data = operation, placed(at)
            case Big(operation, binders, _):
                ranges = []
                for k, (index, excluded) in enumerate((b.index, b.excluded) for b in binders):
                    ranges.append((index.dim, placed(excluded)))
                    slots[index] = "bound", k
                data = operation, tuple(ranges)
            case Apply(function, _, order):
                data = function, order
            case Where(condition):
                data = condition.relation
            case Number() | Constant() | SizeNumber():
                data = node
        inside = tuple((self.number(child), placed(free_indices(child))) for child in children(node))
        return type(node), data, inside

    def calls(self, node: Term) -> bool:
        """Return whether the term holds a function of something that varies."""
        return self._calls(node)[0]

    def _calls(self, node: Term) -> tuple[bool, bool]:
        """Return whether the term holds a function of something that varies, and whether it varies itself."""
        found = self._called.get(node)
        if found is None:
            inside = [self._calls(child) for child in children(node)]
            varies = isinstance(node, Entry) or any(v for _, v in inside)
            calls = any(c for c, _ in inside) or (varies and isinstance(node, Apply))
            found = self._called[node] = calls, varies
        return found


class _Generaliser:
    def __init__(self, chosen: set[int], patterns: _Patterns) -> None:
        self.names = {pattern: f"?{number}" for number, pattern in enumerate(sorted(chosen))}
        self.patterns = patterns
        self.known: dict[Term, Term] = {}
        self.parts: dict[str, Definition] = {}

    def term(self, node: Term) -> Term:
        known = self.known.get(node)
        if known is None:
            name = self.names.get(self.patterns.number(node))
            if name is None:
                known = rebuild(node, self.term)
            else:
                indices = free_indices(node)
                known = Entry(name, indices)
                self.parts.setdefault(name, Definition(name, indices, node))
            self.known[node] = known
        return known
