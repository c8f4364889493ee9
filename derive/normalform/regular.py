"""Whether a normal form has a value wherever its entries have one. It never rewrites anything."""

from __future__ import annotations

from derive.normalform.functions import LogAtom
from derive.normalform.ring import Poly, Ring
from derive.normalform.signs import sign_of_atom


def regular(ring: Ring, poly: Poly) -> bool:
    """Return whether no denominator and no argument of a logarithm inside is possibly 0."""
    for monomial in poly:
        for atom, exponent in monomial:
            if exponent < 0 and 0 in sign_of_atom(ring, atom):
                return False
            if isinstance(atom, LogAtom) and 0 in sign_of_atom(ring, atom.inner):
                return False
            if not all(regular(ring, part) for part in atom.parts()):
                return False
    return True
