"""Normal forms written as terms again: whoever uses one translates it back and compares."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from flint import fmpq

from derive.errors import LimitError
from derive.kernel.normal_form.functions import ExpAtom, FunctionAtom, LogAtom
from derive.kernel.normal_form.polynomials import (
    BOUND,
    LETTER,
    POSITION,
    Atom,
    Exponent,
    Idx,
    Monomial,
    Poly,
    in_order,
    merge,
)
from derive.kernel.normal_form.powers import AbsAtom, BaseAtom, PrimeAtom
from derive.kernel.normal_form.reductions import MaximumAtom, ProductAtom
from derive.kernel.normal_form.sums import SumAtom
from derive.kernel.normal_form.symbols import DeltaAtom, EntryAtom, PiAtom, SizeAtom
from derive.kernel.signs.conditions import PositiveAtom
from derive.terms import (
    PI,
    ZERO,
    Apply,
    Big,
    Binder,
    Compare,
    Delta,
    Entry,
    Index,
    Number,
    Power,
    Relation,
    SizeNumber,
    Term,
    add,
    indicator,
    multiply,
)

Names = Mapping[Idx, Index]


def as_term(poly: Poly, names: Names | None = None) -> Term:
    """Return a normal form as a term; `names` are letters for temporary indices in it.

    Raises:
        LimitError: an atom in it, or an index, has no term.
    """
    written = [_monomial(monomial, Fraction(int(c.p), int(c.q)), names or {}) for monomial, c in poly.items()]
    return add(*written) if written else ZERO


def common_factor(poly: Poly) -> tuple[Poly, Poly]:
    """Return the monomial that all terms of a normal form are multiples of, and the normal form without it."""
    least: dict[Atom, Exponent] = {}
    for count, monomial in enumerate(poly):
        here = dict(monomial)
        least = here if not count else {a: min(e, here[a]) for a, e in least.items() if a in here}
    factor: Poly = {in_order(least): fmpq(1)}
    return factor, {merge(m, tuple((a, -e) for a, e in in_order(least))): c for m, c in poly.items()}


def _monomial(monomial: Monomial, coefficient: Fraction, names: Names) -> Term:
    factors = [_power(atom, exponent, names) for atom, exponent in monomial]
    if coefficient != 1 or not factors:
        factors.insert(0, Number(coefficient))
    return multiply(*factors)


def _power(atom: Atom, exponent: Exponent, names: Names) -> Term:
    if isinstance(atom, ExpAtom):
        return Apply("exp", (_monomial(atom.argument, Fraction(exponent), names),))
    base = _atom(atom, names)
    return base if exponent == 1 else Power(base, Number(Fraction(exponent)))


def _atom(atom: Atom, names: Names) -> Term:
    match atom:
        case EntryAtom():
            return Entry(atom.name, tuple(_index(slot, names) for slot in atom.slots))
        case SizeAtom():
            return SizeNumber(atom.name)
        case PiAtom():
            return PI
        case PrimeAtom():
            return Number(Fraction(atom.prime))
        case DeltaAtom():
            return Delta(_index(atom.left, names), _index(atom.right, names))
        case BaseAtom():
            return as_term(atom.poly, names)
        case AbsAtom():
            return Apply("abs", (_atom(atom.inner, names),))
        case LogAtom():
            return Apply("log", (Apply("abs", (_atom(atom.inner, names),)),))
        case FunctionAtom():
            arguments = tuple(as_term(one, names) for one in atom.arguments)
            return Power(*arguments) if atom.name == "^" else Apply(atom.name, arguments, atom.order)
        case PositiveAtom():
            return indicator(Compare(Relation.GREATER, as_term(atom.poly, names), ZERO))
        case SumAtom():
            inner = _bound(atom.bound, names)
            binders = tuple(Binder(inner[one]) for one in atom.bound)
            return Big("sum", binders, _monomial(atom.body, Fraction(1), inner))
        case MaximumAtom():
            inner = _bound(atom.bound, names)
            return Big("max", tuple(Binder(inner[one]) for one in atom.bound), as_term(atom.body, inner))
        case ProductAtom():
            inner = _bound((atom.bound,), names)
            excluded = tuple(_index(one, names) for one in atom.excluded)
            return Big("prod", (Binder(inner[atom.bound], excluded),), as_term(atom.body, inner))
    raise LimitError("a part of the normal form has no term")


def _bound(bound: tuple[Idx, ...], names: Names) -> dict[Idx, Index]:
    return {**names, **{one: Index(f"bound {one[3]}", one[1]) for one in bound}}


def _index(index: Idx, names: Names) -> Index:
    known = names.get(index)
    if known is not None:
        return known
    if index[0] == POSITION:
        return Index(index[3], index[1])
    if index[0] != LETTER or index[0] == BOUND:
        raise LimitError("an index of the normal form has no letter")
    return Index(index[2], index[1])
