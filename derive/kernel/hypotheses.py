"""Declarations and hypotheses as facts about signs and as rewrites on the normal form, never on directions of D."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from flint import fmpq

from derive.kernel.normal_form.finite import (
    FiniteValues,
    coefficients,
    matched,
    real_roots,
    split_rows,
    split_values,
    without_squares,
)
from derive.kernel.normal_form.polynomials import (
    Atom,
    Exponent,
    Idx,
    Monomial,
    Poly,
    as_constant,
    merge,
    poly_indices,
    without,
)
from derive.kernel.normal_form.ring import Ring
from derive.kernel.normal_form.sums import SumAtom, open_sum
from derive.kernel.normal_form.symbols import EntryAtom, delta, entry, entry_atom, place
from derive.kernel.normal_form.translate import Translator
from derive.kernel.signs.analysis import assume, sign_of_atom, sign_of_factors
from derive.kernel.signs.conditions import equate_to_zero, inside, occurs
from derive.kernel.signs.facts import EmptyCaseError, times
from derive.terms import Context, Index, Relation, Variable, total
from derive.terms.expansion import expand
from derive.terms.nodes import Entry

Universal = frozenset[Idx]
Kind = TypeVar("Kind", bound=Atom)


def declare(
    ring: Ring,
    translator: Translator,
    context: Context,
    sizes: Mapping[str, int],
    rows: Mapping[str, Index],
    present: Iterable[Idx] = (),
) -> None:
    """Take the declarations of variables as facts and rewrites.

    `sizes` are the concrete ones; `rows` says of one-hot vectors at which index each is 1; `present` are the
    indices at which a sum that is written out is taken for an equation.
    """
    ring.facts.least.update((s.name, s.fixed or s.minimum) for s in context.sizes.values())
    for variable in context.variables.values():
        bounds = [(b.relation, translator.term(b.value)) for b in variable.bounds]
        if variable.kind == "label":
            continue  # its labels stand in terms as indices, and no entry of it does
        if variable.kind != "real":
            bounds += [(Relation.AT_LEAST, ring.constant(0)), (Relation.AT_MOST, ring.constant(1))]
        if bounds:
            ring.facts.bounds[variable.name] = list(bounds)
        if variable.kind == "onehot":
            _one_hot(ring, variable, rows.get(variable.name))
            if variable.name not in rows:
                split_rows(ring, variable.name, variable.dims[-1], sizes.get(variable.dims[-1]))
        if variable.kind != "real" and variable.name not in rows:
            _sums_to_one(ring, translator, variable, sizes, present)


def _sums_to_one(
    ring: Ring, translator: Translator, variable: Variable, sizes: Mapping[str, int], present: Iterable[Idx]
) -> None:
    indices = tuple(Index(f"?{k}", dim) for k, dim in enumerate(variable.dims))
    scope = {index: ring.fresh(index.dim) for index in indices[:-1]}
    whole = translator.term(expand(total(Entry(variable.name, indices), indices[-1]), sizes), scope)
    universal = frozenset(scope.values())
    name = f"{variable.kind} {variable.name}"
    equation(ring, ring.subtract(whole, ring.constant(1)), universal, name, present)


def _one_hot(ring: Ring, variable: Variable, row: Index | None) -> None:
    name = f"onehot {variable.name}"
    if row is not None:
        # Complete for one row: y[i] is delta(i, t) for a label t of its own.
        label = place(row)

        def known(slots: tuple[Idx, ...]) -> Poly:
            ring.rewrites.used.add(name)
            return delta(ring, slots[0], label)

        ring.rewrites.entries.setdefault(variable.name, []).append(known)
        return

    def pair(monomial: Monomial, atom: Any) -> Poly | None:
        slots: tuple[Idx, ...] = atom.slots
        exponent = dict(monomial)[atom]
        if exponent > 1:
            ring.rewrites.used.add(name)
            return ring.reduced(merge(without(monomial, atom), ((atom, 1),)))
        for other, power in monomial:
            if other is atom or power != 1 or not isinstance(other, EntryAtom) or other.name != atom.name:
                continue
            if other.slots[:-1] == slots[:-1]:
                ring.rewrites.used.add(name)
                rest: Poly = {without(monomial, other): fmpq(1)}
                return ring.multiply(rest, delta(ring, slots[-1], other.slots[-1]))
        return None

    ring.rewrites.monomials.setdefault(variable.name, []).append(pair)


def vanishing(ring: Ring, poly: Poly) -> list[tuple[Atom, Universal]]:
    """Return the atoms that are 0 where a polynomial is, for all values of some indices: its terms have one sign.

    From x^2 + y^2 = 0 follow x = 0 and y = 0, and from Σ_j x_j^2 = 0 that x_j = 0 for every j.
    """
    signs = [times(frozenset((1 if c > 0 else -1,)), sign_of_factors(ring, m)) for m, c in poly.items()]
    if not (all(sign <= {0, 1} for sign in signs) or all(sign <= {0, -1} for sign in signs)):
        return []
    found: list[tuple[Atom, Universal]] = []
    for monomial in poly:
        atom = _only_zero(ring, monomial)
        if isinstance(atom, SumAtom) and sign_of_factors(ring, atom.body) <= {0, 1}:
            body, bound = open_sum(ring, atom)
            inner = [_only_zero(ring, summand) for summand in body]
            found += [(one, frozenset(bound)) for one in inner if one is not None and len(body) == 1]
        elif atom is not None and poly.keys() != {((atom, 1),)}:  # that would be the equation itself
            found.append((atom, frozenset()))
    return found


def _only_zero(ring: Ring, monomial: Monomial) -> Atom | None:
    """Return the one factor of a product that is 0 if the product is; `None` if there are several, or none."""
    zeros = [(atom, exponent) for atom, exponent in monomial if 0 in sign_of_atom(ring, atom)]
    return zeros[0][0] if len(zeros) == 1 and zeros[0][1] > 0 else None


def equation(ring: Ring, poly: Poly, universal: Universal, name: str, present: Iterable[Idx] = ()) -> None:
    """Take `poly = 0` for all values of the universal indices as a rewrite of the first kind that fits."""
    if as_constant(poly):
        raise EmptyCaseError
    for atom, bound in vanishing(ring, poly):
        equation(ring, atom.polynomial(), universal | bound, name, present)
    for rule in (_symmetry, _sum, _entry, _power, _product):
        if poly and rule(ring, poly, universal, name):
            return
    here = list(present)
    choices = [[i for i in here if i[1] == u[1]] for u in universal]
    for choice in itertools.product(*choices):
        one = ring.rename(poly, dict(zip(universal, choice, strict=True)))
        if one:
            ring.rewrites.equation_names.append(name)
            ring.rewrites.equations.append(one)
            _leading(ring, one, name)
            if not universal:
                assume(ring, one, Relation.EQUAL.signs)


def _product(ring: Ring, poly: Poly, universal: Universal, name: str) -> bool:
    """`x[i]*y[i] = 0` for all i: every monomial that holds the product vanishes, under sums as well."""
    if len(poly) != 1 or not universal:
        return False
    (pattern,) = poly
    first, *_ = (atom for atom, _ in pattern) if pattern else (None,)
    entries = all(isinstance(a, EntryAtom) and isinstance(e, int) and e > 0 for a, e in pattern)
    if not entries or not isinstance(first, EntryAtom) or not universal <= first.indices:
        return False
    if len(set(first.slots)) < len(first.slots):
        return False

    def rule(monomial: Monomial, here: Any) -> Poly | None:
        mapping = dict(zip(first.slots, here.slots, strict=True))
        if any(u != i for u, i in mapping.items() if u not in universal):
            return None
        local = {u: i for u, i in mapping.items() if u in universal}
        exponents = {a.key: e for a, e in monomial}
        for atom, needed in pattern:
            assert isinstance(atom, EntryAtom)  # noqa: S101 - tested above; this is for the type checker
            slots = tuple(local.get(i, i) for i in atom.slots)
            if exponents.get(entry_atom(ring, atom.name, slots).key, 0) < needed:
                return None
        ring.rewrites.used.add(name)
        return {}

    ring.rewrites.monomials.setdefault(first.name, []).append(rule)
    first.special = True
    return True


def _leading(ring: Ring, poly: Poly, name: str) -> None:
    """`u*v = 1`: the greatest monomial of an equation between entries is written by the others, inside functions too.

    Each use lowers the monomial in one order of all of them, so it ends.
    """
    pairs = [pair for monomial in poly for pair in monomial]
    if not pairs or any(not isinstance(a, EntryAtom) or not isinstance(e, int) or e < 0 for a, e in pairs):
        return  # also of 1 = 0, which a contradiction leaves
    top = max(poly, key=_rank)
    first = top[0][0]
    assert isinstance(first, EntryAtom)  # noqa: S101 - tested above; this is for the type checker
    rest = {m: -c / poly[top] for m, c in poly.items() if m != top}
    if top[1:] == () and top[0][1] == 1 and ring.facts.bounds.get(first.name):
        return  # what is declared of an entry is known of it alone
    inverse = tuple((a, -e) for a, e in top)

    def rule(monomial: Monomial, here: Any) -> Poly | None:
        if here is not first:
            return None
        exponents = dict(monomial)
        if any(exponents.get(atom, 0) < needed for atom, needed in top):
            return None
        ring.rewrites.used.add(name)
        left = merge(monomial, inverse)
        total: Poly = {}
        for one, coefficient in rest.items():
            ring.add_to(total, ring.reduced(merge(left, one)), coefficient)
        if busy or all(a not in ring.rewrites.atoms for m in total for a, _ in m):
            return total
        busy.append(True)
        try:
            return _renewed(ring, total)
        finally:
            busy.pop()

    busy: list[bool] = []  # whether it is made again: z^2 is w^2 and, where w is z, z^2 once more
    ring.rewrites.monomials.setdefault(first.name, []).append(rule)
    first.special = True


def _rank(monomial: Monomial) -> tuple[Exponent, tuple[tuple[Any, Exponent], ...]]:
    return sum(e for _, e in monomial), tuple(sorted(((a.key, e) for a, e in monomial), reverse=True))


def _symmetry(ring: Ring, poly: Poly, universal: Universal, name: str) -> bool:
    """`W[i,j] = W[j,i]` or `W[i,j] = -W[j,i]`: the orders of the slots that keep the entry, up to a sign."""
    if len(poly) != 2 or any(len(m) != 1 or m[0][1] != 1 for m in poly):
        return False
    coefficient, other = poly.values()
    if abs(coefficient) != abs(other):
        return False
    left, right = (m[0][0] for m in poly)
    if not isinstance(left, EntryAtom) or not isinstance(right, EntryAtom):
        return False
    slots, others = left.slots, right.slots
    same = left.name == right.name and sorted(slots) == sorted(others)
    if not same or len(set(slots)) < len(slots) or not set(slots) <= universal:
        return False
    turn = (tuple(slots.index(i) for i in others), -1 if coefficient == other else 1)
    known = {turn, *ring.rewrites.symmetries.get(left.name, ())}
    group = {(tuple(range(len(slots))), 1)}
    while True:
        grown = group | {(tuple(a[k] for k in b), s * t) for a, s in group for b, t in known}
        if grown == group:
            break
        group = grown
    ring.rewrites.symmetries[left.name] = tuple(sorted(group))
    ring.rewrites.used.add(name)
    return True


def _alone(poly: Poly, kind: type[Kind], universal: Universal) -> tuple[Kind, Poly] | None:
    """Return an atom of a kind that is a term by itself and nowhere else, with what it equals."""
    for monomial in sorted(poly, key=lambda m: [-a.uid for a, _ in m]):
        if len(monomial) != 1 or monomial[0][1] != 1:
            continue
        atom = monomial[0][0]
        if not isinstance(atom, kind):
            continue
        rest = {m: -c / poly[monomial] for m, c in poly.items() if m != monomial}
        again = any(occurs(atom, other) for m in rest for other, _ in m)
        if not again and poly_indices(rest) & universal <= atom.indices and universal <= atom.indices:
            return atom, rest
    return None


def _sum(ring: Ring, poly: Poly, universal: Universal, name: str) -> bool:
    found = _alone(poly, SumAtom, universal)
    if found is None:
        return False
    pattern, rest = found
    order = sorted(universal)

    def rule(atom: Atom) -> Poly | None:
        for mapping in _matches(pattern, atom, order):
            renamed = pattern if not mapping else _single(ring, pattern, mapping)
            if renamed is atom:
                ring.rewrites.used.add(name)
                return ring.rename(rest, mapping)
        return None

    ring.rewrites.sums.append(rule)
    return True


def _matches(pattern: SumAtom, atom: Atom, order: list[Idx]) -> Iterable[dict[Idx, Idx]]:
    if not isinstance(atom, SumAtom) or atom.bound != pattern.bound:
        return
    if len(atom.body) > len(pattern.body):  # fewer where factors of the pattern fall together: Q[k,i]*Q[k,i]
        return
    for choice in itertools.product(*([i for i in atom.indices if i[1] == u[1]] for u in order)):
        yield dict(zip(order, choice, strict=True))


def _single(ring: Ring, pattern: SumAtom, mapping: dict[Idx, Idx]) -> Atom | None:
    # Without the rules themselves, or matching a rule would ask for the rule again.
    rules, ring.rewrites.sums = ring.rewrites.sums, []
    try:
        renamed = pattern.renamed(ring, mapping, 1)
    finally:
        ring.rewrites.sums = rules
    if len(renamed) != 1:
        return None
    ((monomial, coefficient),) = renamed.items()
    return monomial[0][0] if coefficient == 1 and len(monomial) == 1 else None


def _entry(ring: Ring, poly: Poly, universal: Universal, name: str) -> bool:
    found = _alone(poly, EntryAtom, universal)
    if found is None:
        return False
    pattern, rest = found
    slots, array = pattern.slots, pattern.name
    if _mentions(rest, array):
        return False
    ring.rewrites.entries.setdefault(array, []).append(_rewriter(ring, slots, rest, universal, name))
    if not universal:
        equate_to_zero(ring, poly)
    return True


def _rewriter(
    ring: Ring, slots: tuple[Idx, ...], rest: Poly, universal: Universal, name: str
) -> Callable[[tuple[Idx, ...]], Poly | None]:
    def rule(here: tuple[Idx, ...]) -> Poly | None:
        mapping = matched(slots, here, universal)
        if mapping is None:
            return None
        ring.rewrites.used.add(name)
        found = ring.rename(rest, mapping)
        if here in busy:
            return found
        busy.add(here)
        try:
            return _renewed(ring, found)
        finally:
            busy.discard(here)

    busy: set[tuple[Idx, ...]] = (
        set()
    )  # entries in hand, so that rules which lead to each other come to an end
    return rule


def _renewed(ring: Ring, poly: Poly) -> Poly:
    """Return a polynomial with its entries made again, by equations that came after it."""
    total: Poly = {}
    for monomial, coefficient in poly.items():
        pieces = (
            ring.power(entry(ring, a.name, a.slots), e) if isinstance(a, EntryAtom) else ring.poly(a, e)
            for a, e in monomial
        )
        ring.add_to(total, ring.product(pieces), coefficient)
    return total


def _mentions(poly: Poly, array: str) -> bool:
    return any(inside(array, atom.key) for m in poly for atom, _ in m)


def _power(ring: Ring, poly: Poly, universal: Universal, name: str) -> bool:
    """`y^2 = 1`, `y^2 = y`: the highest power of one entry, by lower ones, and its values where they are few."""
    atoms = {atom for m in poly for atom, _ in m}
    if len(atoms) != 1 or any(len(m) > 1 for m in poly):
        return False
    (atom,) = atoms
    if not isinstance(atom, EntryAtom) or not universal <= atom.indices:
        return False
    exponents = coefficients(poly)
    if any(not isinstance(e, int) or e < 0 for e in exponents) or max(exponents) < 2:
        return False
    plain = without_squares(poly)
    degree = max(plain)
    if not isinstance(degree, int) or degree == 0:
        raise EmptyCaseError  # no real number satisfies it
    lower = {e: -c / plain[degree] for e, c in plain.items() if e != degree}
    if degree == 1:
        linear: Poly = {((atom, 1),): fmpq(1)}
        equation(ring, ring.subtract(linear, ring.constant(lower.get(0, fmpq(0)))), universal, name)
        return True
    values = FiniteValues(atom.name, atom.slots, universal, real_roots(ring, poly) or (), name)
    _lower_powers(ring, values, degree, lower)
    atom.special = True
    if 0 in lower:
        assume(ring, {((atom, 1),): fmpq(1)}, Relation.UNEQUAL.signs, universal)
    if values.roots:
        split_values(ring, values)
    return True


def _lower_powers(ring: Ring, values: FiniteValues, top: int, lower: Mapping[Exponent, fmpq]) -> None:
    def rule(monomial: Monomial, here: Any) -> Poly | None:
        exponent = dict(monomial)[here]
        if not isinstance(exponent, int) or exponent < top or not values.fits(here):
            return None
        ring.rewrites.used.add(values.hypothesis)
        total: Poly = {}
        for e, coefficient in lower.items():
            reduced = merge(without(monomial, here), ((here, exponent - top + e),))
            ring.add_to(total, ring.reduced(reduced), coefficient)
        return total

    ring.rewrites.monomials.setdefault(values.array, []).append(rule)
