"""The relations of comparisons: what each says of the sign of a difference, and how each is written."""

from __future__ import annotations

from enum import StrEnum


class Relation(StrEnum):
    """A relation between two real numbers; its value is how the language writes it, and it is equal to that text.

    `signs` are the signs of `left - right` for which it holds. `latex` and `unicode` are its signs in print, `sympy`
    is the name of SymPy's class. `Relation("<=")` gives the relation of a text.

    >>> Relation("<=").negation, Relation("<=").mirrored, Relation("<=").strict
    (<Relation.GREATER: '>'>, <Relation.AT_LEAST: '>='>, <Relation.LESS: '<'>)
    """

    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="
    EQUAL = "="
    UNEQUAL = "!="

    signs: frozenset[int]
    latex: str
    unicode: str
    sympy: str

    def holds(self, sign: int) -> bool:
        """Return whether it holds of two numbers whose difference, left minus right, has this sign: -1, 0 or 1."""
        return sign in self.signs

    @property
    def negation(self) -> Relation:
        """The relation that holds exactly where this one does not."""
        return relation_with(frozenset((-1, 0, 1)) - self.signs)

    @property
    def mirrored(self) -> Relation:
        """The relation of right and left where this is the one of left and right: `a < b` is `b > a`."""
        return relation_with(frozenset(-sign for sign in self.signs))

    @property
    def strict(self) -> Relation:
        """The same without equality: `<` for `<=`. A relation that excludes equality, and `=`, is its own."""
        return relation_with((self.signs - {0}) or self.signs)

    def then(self, following: Relation) -> Relation | None:
        """The relation of a and c where a has this one to b and b the following to c, `None` where nothing follows.

        >>> Relation("<=").then(Relation("<")), Relation("<").then(Relation("=")), Relation("<").then(Relation(">"))
        (<Relation.LESS: '<'>, <Relation.LESS: '<'>, None)
        """
        if Relation.EQUAL in (self, following):
            return following if self is Relation.EQUAL else self
        if Relation.UNEQUAL in (self, following) or self.bounds_above != following.bounds_above:
            return None
        return self if 0 not in self.signs else following

    @property
    def bounds_below(self) -> bool:
        """Whether it keeps what stands on the left from being arbitrarily small: `>` and `>=`."""
        return self in (Relation.GREATER, Relation.AT_LEAST)

    @property
    def bounds_above(self) -> bool:
        """Whether it keeps what stands on the left from being arbitrarily large: `<` and `<=`."""
        return self in (Relation.LESS, Relation.AT_MOST)


_TABLE: dict[Relation, tuple[tuple[int, ...], str, str, str]] = {
    Relation.LESS: ((-1,), "<", "<", "StrictLessThan"),
    Relation.AT_MOST: ((-1, 0), r"\le", "≤", "LessThan"),
    Relation.GREATER: ((1,), ">", ">", "StrictGreaterThan"),
    Relation.AT_LEAST: ((0, 1), r"\ge", "≥", "GreaterThan"),
    Relation.EQUAL: ((0,), "=", "=", "Equality"),
    Relation.UNEQUAL: ((-1, 1), r"\neq", "≠", "Unequality"),
}
for _relation, (_signs, _latex, _unicode, _sympy) in _TABLE.items():
    _relation.signs = frozenset(_signs)
    _relation.latex, _relation.unicode, _relation.sympy = _latex, _unicode, _sympy

_BY_SIGNS = {relation.signs: relation for relation in Relation}


def relation_with(signs: frozenset[int]) -> Relation:
    """Return the relation that holds for just these signs of a difference. Raises `KeyError` for none and for all."""
    return _BY_SIGNS[signs]
