"""Derivatives of entries by entries: where a page gives the diagonal by itself, other indices differ."""

from __future__ import annotations

from derive.notation import Derivative, Entry, Index, IndexRelation, Term
from derive.reading.declared import Declared


class Diagonals:
    """The derivatives of which a page has given the diagonal."""

    def __init__(self, declared: Declared) -> None:
        self.declared = declared
        self._given: set[tuple[str, str, str]] = set()

    def apart(self, first: Term, relations: tuple[IndexRelation, ...]) -> tuple[IndexRelation, ...]:
        r"""Where a page gives \partial p_k/\partial x_k by itself, \partial p_k/\partial x_c has c \neq k."""
        if relations:
            return relations
        match first:
            case Derivative(Entry(above, (*_, i)), (Entry(below, (*_, j)),)) if i.dim == j.dim:
                return self._apart_by(above, below, i, j)
            case Derivative(Entry(above, ()), (Entry(below, (*_, j)),)):
                labels = [one for one in self.declared.labels.values() if one.dim == j.dim]
                told = (self._apart_by(above, below, label, j) for label in labels)
                return next(filter(None, told), ())
        return ()

    def _apart_by(self, above: str, below: str, i: Index, j: Index) -> tuple[IndexRelation, ...]:
        """Note a diagonal case, or return that two indices differ if it has been given before."""
        labels = self.declared.labels
        if i == j:
            self._given.add((above, below, str(i) if i.name in labels else ""))
        letters = isinstance(i.name, str) and isinstance(j.name, str) and j.name not in labels
        known = (above, below, str(i) if i.name in labels else "") in self._given
        return (IndexRelation(i, j, equal=False),) if i != j and letters and known else ()
