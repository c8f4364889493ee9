"""Derivatives of entries by entries: where a page gives the diagonal by itself, other indices differ."""

from __future__ import annotations

from derive.reading.declared import Declared
from derive.terms import Derivative, Entry, Index, IndexRelation, Term


class Diagonals:
    """The derivatives of which a page has given the diagonal."""

    def __init__(self, declared: Declared) -> None:
        self.declared = declared
        self._given: dict[tuple[str, str, str], int] = {}

    def apart(self, first: Term, flow: int) -> tuple[tuple[IndexRelation, ...], bool]:
        r"""Where a page gives \partial p_k/\partial x_k by itself, \partial p_k/\partial x_c has c \neq k.

        That is clear only where no text stands between; whether any does comes second.
        """
        match first:
            case Derivative(Entry(above, (*_, i)), (Entry(below, (*_, j)),)) if i.dim == j.dim:
                return self._apart_by(above, below, i, j, flow)
            case Derivative(Entry(above, ()), (Entry(below, (*_, j)),)):
                labels = [one for one in self.declared.labels.values() if one.dim == j.dim]
                told = (self._apart_by(above, below, label, j, flow) for label in labels)
                return next((one for one in told if one[0]), ((), False))
        return (), False

    def _apart_by(
        self, above: str, below: str, i: Index, j: Index, flow: int
    ) -> tuple[tuple[IndexRelation, ...], bool]:
        """Note a diagonal case, or return that two indices differ if it has been given before."""
        key = (above, below, str(i))
        if i == j:
            self._given[key] = flow
        letters = isinstance(i.name, str) and isinstance(j.name, str) and j.name not in self.declared.labels
        if i == j or not letters or key not in self._given:
            return (), False
        return (IndexRelation(i, j, equal=False),), self._given[key] != flow
