"""Whether a normal form has a value wherever its entries have one. It never rewrites anything."""

from __future__ import annotations

from derive.normalform.functions import FunctionAtom, LogAtom
from derive.normalform.ring import Atom, Poly, Ring
from derive.normalform.signs import NONNEGATIVE, POSITIVE, sign_of, sign_of_atom


def regular(ring: Ring, poly: Poly) -> bool:
    """Return whether no denominator and no argument of a logarithm inside is possibly 0, and none at a pole."""
    for monomial in poly:
        for atom, exponent in monomial:
            if exponent < 0 and 0 in sign_of_atom(ring, atom):
                return False
            if may_be_at_pole(ring, atom):
                return False
            if isinstance(atom, LogAtom) and 0 in sign_of_atom(ring, atom.inner):
                return False
            if not all(regular(ring, part) for part in atom.parts()):
                return False
    return True


def may_be_at_pole(ring: Ring, atom: Atom) -> bool:
    """Return whether an atom that has identities with denominators (gamma(u) = gamma(u+1)/u) may have no value."""
    if not isinstance(atom, FunctionAtom):
        return False
    if atom.name in ("gamma", "polygamma"):
        return sign_of(ring, atom.arguments[-1]) != POSITIVE
    if atom.name == "^":
        base, exponent = atom.arguments
        return 0 in sign_of(ring, base) and not sign_of(ring, exponent) <= NONNEGATIVE
    return False
