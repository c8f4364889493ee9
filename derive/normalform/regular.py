"""Whether a normal form has a value wherever its entries have one. It never rewrites anything."""

from __future__ import annotations

from collections.abc import Iterator

from flint import fmpq

from derive.normalform.ring import Atom, Poly, Ring
from derive.normalform.signs import sign_of_atom


def regular(ring: Ring, poly: Poly) -> bool:
    """Return whether no denominator and no argument of a logarithm inside is possibly 0."""
    for monomial in poly:
        for atom, exponent in monomial:
            if exponent < 0 and 0 in sign_of_atom(ring, atom):
                return False
            if atom.key[0] == "log" and 0 in sign_of_atom(ring, atom.inner):  # type: ignore[attr-defined]
                return False
            if not all(regular(ring, part) for part in _parts(atom)):
                return False
    return True


def _parts(atom: Atom) -> Iterator[Poly]:
    """Yield the polynomials inside an atom."""
    for name in ("argument", "body", "poly", "inner", "arguments"):
        part = getattr(atom, name, ())
        if isinstance(part, dict):
            yield part
        elif isinstance(part, Atom):
            yield {((part, 1),): fmpq(1)}
        elif part and isinstance(part[0], dict):
            yield from part
        elif part:
            yield {part: fmpq(1)}


__all__ = ["regular"]
