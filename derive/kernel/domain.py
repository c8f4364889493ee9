"""Where a term, exactly as typed, has a value: conditions collected before any rewriting.

A derivative has a value where every function inside is differentiable at its argument: strictly inside its
domain, and at no equality of a comparison that chooses a branch and depends on the variable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from derive.kernel.differentiation import resolve
from derive.kernel.exponents import is_whole, rational
from derive.terms import (
    ZERO,
    Add,
    Apply,
    Big,
    Binder,
    Compare,
    Context,
    Definition,
    Delta,
    Derivative,
    Entry,
    Index,
    MatrixFunction,
    Multiply,
    Number,
    Power,
    Relation,
    SizeNumber,
    Term,
    UnknownValue,
    Where,
    add,
    arrays,
    children,
    different_index,
    free_indices,
    fresh_index,
    instantiate,
    negate,
    opposite,
    rename,
    rename_under,
    renamed,
    same_index,
    unfold,
)
from derive.terms.functions import TABLE, expansion


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison that must hold, for all values of the bound indices, where the guards hold."""

    compare: Compare
    binders: tuple[Binder, ...] = ()
    guards: tuple[Compare, ...] = ()
    origin: Condition | None = field(default=None, compare=False, repr=False)  # as typed, before unfolding

    def renamed(self, renaming: Mapping[Index, Index]) -> Condition:
        """Return the condition with free indices renamed; its own bound indices give way where they would capture."""
        binders, (compare, *guards) = rename_under(self.binders, (self.compare, *self.guards), renaming)
        return Condition(compare, binders, tuple(guards), self.origin)

    def changed(self, change: Callable[[Term], Term]) -> Condition:
        """Return the condition with every side of its comparisons changed."""
        compare, guards = self.compare.changed(change), tuple(guard.changed(change) for guard in self.guards)
        return replace(self, compare=compare, guards=guards)

    @property
    def pieces(self) -> tuple[str | Compare | Index, ...]:
        """What the condition says, for reading: words, and the comparisons and indices between them."""
        here = {i for part in (self.compare, *self.guards) for i in free_indices(part)}
        binders = [b for b in self.binders if b.index in here]
        said: list[str | Compare | Index] = [_solved(self.compare)]
        for number, binder in enumerate(binders):
            said += [", " if number else " for all ", binder.index]
            said += [part for other in binder.excluded for part in (" != ", other)]
        for number, guard in enumerate(self.guards):
            said += [" and " if number else " where ", guard]
        return tuple(said)

    def __str__(self) -> str:
        return "".join(map(str, self.pieces))


def _apart(condition: Condition, indices: Iterable[Index]) -> Condition:
    """Return the condition with none of these among its own bound indices."""
    indices = [letter for index in indices for letter in index.letters]
    if {b.index for b in condition.binders}.isdisjoint(indices):
        return condition
    return condition.renamed({Index(f"?{k}", i.dim): i for k, i in enumerate(indices)})


def _under(binders: tuple[Binder, ...], condition: Condition) -> Condition:
    """Return the condition for all values of these indices too; no two bound indices have one name."""
    for binder in reversed(binders):
        condition = _apart(condition, (binder.index, *binder.excluded))
        # That an index is not the label of a sample is a condition like any other.
        guards = tuple(different_index(binder.index, one) for one in binder.excluded if one.at)
        own = Binder(binder.index, tuple(one for one in binder.excluded if not one.at))
        condition = replace(condition, binders=(own, *condition.binders), guards=(*guards, *condition.guards))
    return condition


def _guarded(guard: Compare, condition: Condition) -> Condition:
    """Return the condition where a guard, which stands around it, holds."""
    condition = _apart(condition, free_indices(guard))
    return replace(condition, guards=(guard, *condition.guards))


def domain(
    node: Term, context: Context, holds: Callable[[Compare], bool] = lambda compare: False
) -> tuple[Condition, ...]:
    """Return the conditions under which a term has a value, without repetitions; defined names stay folded.

    Those that `holds` says to hold everywhere, strictly, may be left out.
    """
    return tuple(_domain(node, _Walk(context, holds)))


@dataclass(frozen=True, slots=True)
class _Walk:
    """The conditions found so far: a definition such as that of tanh holds its argument many times over."""

    context: Context
    holds: Callable[[Compare], bool]
    held: frozenset[str] = frozenset()  # defined names by which is differentiated: what they are varies
    domains: dict[Term, list[Condition]] = field(default_factory=dict)
    kinks: dict[tuple[Term, Entry, frozenset[str]], list[Condition]] = field(default_factory=dict)

    @property
    def definitions(self) -> Mapping[str, Definition]:
        """The definitions of names that stand for what they are defined to be."""
        defined = self.context.definitions
        return defined if not self.held else {n: d for n, d in defined.items() if n not in self.held}

    def asked(self, *compares: Compare) -> list[Condition]:
        """Return comparisons as conditions, without those known to hold even strictly, as a `D` around asks."""
        strict = [replace(compare, relation=compare.relation.strict) for compare in compares]
        return [Condition(c) for c, inside in zip(compares, strict, strict=True) if not self.holds(inside)]


def _domain(node: Term, walked: _Walk) -> list[Condition]:
    known = walked.domains.get(node)
    if known is None:
        known = walked.domains[node] = list(dict.fromkeys(_found(node, walked)))
    return known


def _found(node: Term, walked: _Walk) -> list[Condition]:
    definitions = walked.context.definitions
    match node:
        case Entry(name, indices) if name in definitions:
            return _domain(instantiate(definitions[name], indices), walked)
        case Power(base, exponent):
            return [*_power(base, exponent, walked), *_domain(base, walked), *_domain(exponent, walked)]
        case Apply():
            return _apply(node, walked)
        case Where(condition, then, otherwise):
            found = [*_domain(condition.left, walked), *_domain(condition.right, walked)]
            for guard, branch in ((condition, then), (opposite(condition), otherwise)):
                found += [_guarded(guard, c) for c in _domain(branch, walked)]
            return found
        case Big():
            return _big(node, walked)
        case MatrixFunction(operation, matrix):
            invertible = Compare(Relation.UNEQUAL, node.of("det"), ZERO)
            asked = walked.asked(invertible) if operation in ("inv", "logdet") else []
            return [*asked, *_domain(matrix, walked)]
        case Derivative():
            return _derivative(node, walked)
        case _:
            return [c for child in children(node) for c in _domain(child, walked)]


def _power(base: Term, exponent: Term, walked: _Walk) -> list[Condition]:
    definitions, sizes = walked.definitions, walked.context.sizes
    value = rational(exponent, definitions, sizes)
    if value is not None:
        if value.denominator == 1:
            return walked.asked(Compare(Relation.UNEQUAL, base, ZERO)) if value < 0 else []
        return walked.asked(Compare(Relation.GREATER if value < 0 else Relation.AT_LEAST, base, ZERO))
    if is_whole(exponent, definitions, sizes):
        # n - m may be negative, and need not be.
        return [
            _guarded(Compare(Relation.LESS, exponent, ZERO), c)
            for c in walked.asked(Compare(Relation.UNEQUAL, base, ZERO))
        ]
    return walked.asked(Compare(Relation.GREATER, base, ZERO))


def _apply(node: Apply, walked: _Walk) -> list[Condition]:
    meaning = expansion(node)
    if meaning is not None:
        return _domain(meaning, walked)
    found = [c for argument in node.arguments for c in _domain(argument, walked)]
    row = TABLE.get(node.function)
    if row is not None and row.domain is not None:
        found = walked.asked(*row.domain(*node.arguments)) + found
    return found


def _big(node: Big, walked: _Walk) -> list[Condition]:
    found = [_under(node.binders, c) for c in _domain(node.body, walked)]
    if node.operation in ("mean", "max", "min"):
        for binder in node.binders:
            if binder.excluded:
                # Two excluded indices may be the same one.
                count = add(SizeNumber(binder.index.dim), negate(1))
                found.append(Condition(Compare(Relation.GREATER, count, ZERO)))
    return found


def _derivative(node: Derivative, walked: _Walk) -> list[Condition]:
    found: list[Condition] = []
    definitions = walked.context.definitions
    outside = walked
    numbers = {v.name for v in node.variables if rational(v, definitions, walked.context.sizes) is not None}
    if not numbers <= walked.held:
        walked = _Walk(walked.context, walked.holds, walked.held | numbers)
    for variable in node.variables:
        defined = variable.name in definitions
        keep = frozenset((variable.name,)) if defined else frozenset()
        for condition in _domain(node.body, walked):
            found.append(condition)
            strict = condition.compare.relation.strict
            if strict != condition.compare.relation:
                condition = replace(condition, compare=replace(condition.compare, relation=strict))
                found += _where_it_depends(condition, variable, walked.context, keep)
        for kink in _kinks(node.body, variable, walked, keep):
            found += _where_it_depends(kink, variable, walked.context, keep)
    for variable in node.variables:
        if variable.name in definitions:
            found += _domain(variable, outside)
    return found


def _where_it_depends(
    condition: Condition, variable: Entry, context: Context, keep: frozenset[str]
) -> list[Condition]:
    """Return the condition for those values of its indices for which its comparison depends on the variable.

    `abs(s[j])` does not depend on `s[i]` where i and j differ, and then has a derivative at 0 as well.
    """
    condition = _apart(condition, variable.indices)
    found = []
    for slots, chosen in _occurrences(condition.compare, variable, context, keep):
        one = replace(condition, guards=(*condition.guards, *chosen))
        bound = {b.index for b in condition.binders}
        put: dict[Index, Index] = {}  # the diagonal W[j,j] is W[i,k] where j is i and then i is k
        for slot, place in slots:
            one = _placed(one, renamed(slot, put), place)  # the label y[k] of a sample goes with its k
            if slot in bound:
                put.setdefault(slot, place)
        found.append(one)
    return found


def _placed(condition: Condition, slot: Index, place: Index) -> Condition:
    """Return the condition where an index is at a place: a bound one is put there, a free one is guarded."""
    for binder in condition.binders:
        if binder.index == slot:
            guards = tuple(different_index(slot, other) for other in binder.excluded)
            rest = tuple(b for b in condition.binders if b is not binder)
            inner = replace(condition, binders=rest, guards=(*guards, *condition.guards))
            return inner.renamed({slot: place})
    if slot == place:
        return condition
    return replace(condition, guards=(same_index(slot, place), *condition.guards))


Places = tuple[tuple[Index, Index], ...]
Guards = tuple[Compare, ...]


def _occurrences(
    compare: Compare, variable: Entry, context: Context, keep: frozenset[str]
) -> Iterator[tuple[Places, Guards]]:
    """Yield for each occurrence of the variable's array what must be equal for it to be the variable.

    With it go the conditions under which a branch that holds it is taken. An occurrence under a bound index
    of its own can be the variable whatever else holds, unless it has that index twice; of such a one
    nothing is said.
    """
    for side in (compare.left, compare.right):
        for slots, bound, chosen in _entries(resolve(side, context, keep), variable.name, frozenset()):
            pairs = [(s, v) for s, v in zip(slots, variable.indices, strict=True) if s not in bound]
            inner = [s for s in slots if s in bound]
            if len(set(inner)) == len(inner):
                yield tuple(pairs), chosen


def _entries(
    node: Term, name: str, bound: frozenset[Index]
) -> Iterator[tuple[tuple[Index, ...], frozenset[Index], Guards]]:
    """Yield the indices of each entry of an array, the bound indices there, all of which run freely, and the
    conditions of the branches that hold it.
    """
    match node:
        case Entry(own, indices) if own == name:
            if any(i.at and not bound.isdisjoint(i.letters) for i in indices):
                return  # which entries they are hangs on the labels
            yield indices, bound, ()
        case Big(operation, binders, body) if operation not in ("max", "min"):
            if any(b.excluded for b in binders):
                return  # at n = 1 it may be empty, and depend on nothing
            yield from _entries(body, name, bound | {b.index for b in binders})
        case Where(condition, then, otherwise):
            if bound & set(free_indices(condition)):
                return  # what is chosen under an index may be chosen nowhere
            for guard, branch in ((condition, then), (opposite(condition), otherwise)):
                for indices, inside, chosen in _entries(branch, name, bound):
                    yield indices, inside, (guard, *chosen)
        case MatrixFunction() | UnknownValue():
            return  # it may not depend on an entry
        case Big():
            return  # what an extreme value takes may be taken nowhere
        case Apply() if (meaning := expansion(node)) is not None:
            yield from _entries(meaning, name, bound)
        case _:
            for child in children(node):
                yield from _entries(child, name, bound)


def _depends(part: Term, variable: Entry, context: Context, keep: frozenset[str]) -> bool:
    return variable.name in arrays(unfold(part, context.definitions, keep))


def _kinks(node: Term, variable: Entry, walked: _Walk, keep: frozenset[str]) -> list[Condition]:
    """Collect the comparisons that choose a branch and depend on the variable: none may be an equality."""
    known = walked.kinks.get((node, variable, keep))
    if known is None:
        found = dict.fromkeys(_found_kinks(node, variable, walked, keep))
        known = walked.kinks[node, variable, keep] = list(found)
    return known


def _found_kinks(node: Term, variable: Entry, walked: _Walk, keep: frozenset[str]) -> list[Condition]:
    definitions = walked.context.definitions
    match node:
        case Entry(name, indices) if name in definitions and name not in keep:
            return _kinks(instantiate(definitions[name], indices), variable, walked, keep)
        case Apply():
            meaning = expansion(node)
            if meaning is not None:
                return _kinks(meaning, variable, walked, keep)
        case Where(condition, then, otherwise):
            found = [Condition(replace(condition, relation=Relation.UNEQUAL))]
            for side in (condition.left, condition.right):
                found += _kinks(side, variable, walked, keep)
            for guard, branch in ((condition, then), (opposite(condition), otherwise)):
                found += [_guarded(guard, c) for c in _kinks(branch, variable, walked, keep)]
            return found
        case Big(operation, binders, body):
            found = [_under(binders, c) for c in _kinks(body, variable, walked, keep)]
            if operation in ("max", "min") and _depends(body, variable, walked.context, keep):
                found += _ties(node)
            return found
    return [c for child in children(node) for c in _kinks(child, variable, walked, keep)]


def _ties(node: Term) -> list[Condition]:
    """At a tie of two indices for the extreme value a derivative has no value."""
    if not isinstance(node, Big) or len(node.binders) != 1 or node.binders[0].excluded:
        return []
    (binder,) = node.binders
    other: Index = fresh_index(binder.index, {i.name for i in (*free_indices(node), binder.index)})
    twin = rename(node.body, {binder.index: other})
    at_top = Compare(Relation.EQUAL, node.body, node)
    pair = (binder, Binder(other, (binder.index,)))
    return [Condition(Compare(Relation.UNEQUAL, node.body, twin), pair, (at_top,))]


def _solved(compare: Compare) -> Compare:
    """Show `1 - p != 0` as `p != 1`, and `0 != x` as `x != 0`, for reading."""
    if isinstance(compare.left, Number) and not isinstance(compare.right, Number):
        return Compare(compare.relation.mirrored, compare.right, compare.left)
    if compare.right == ZERO and isinstance(compare.left, Add) and len(compare.left.terms) == 2:
        constant, other = compare.left.terms
        if isinstance(constant, Number) and isinstance(other, Multiply):
            first, *rest = other.factors
            if first == Number(Fraction(-1)) and len(rest) == 1 and not isinstance(rest[0], Delta):
                return Compare(compare.relation.mirrored, rest[0], constant)
    return compare
