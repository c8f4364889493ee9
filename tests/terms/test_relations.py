"""The table of relations, against Python's own comparisons."""

from __future__ import annotations

import itertools
import operator

import pytest
import sympy

from derive.terms import Relation, relation_with

COMPARED = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}
PAIRS = list(itertools.product((-1, 0, 2), repeat=2))
every = pytest.mark.parametrize("relation", Relation, ids=lambda one: one.name)


def test_every_relation_is_compared() -> None:
    assert set(COMPARED) == set(Relation)


@every
def test_it_holds_as_python_compares(relation: Relation) -> None:
    for left, right in PAIRS:
        sign = (left > right) - (left < right)
        holds = COMPARED[relation](left, right)
        assert relation.holds(sign) is holds
        assert relation.negation.holds(sign) is not holds
        assert COMPARED[relation.mirrored](right, left) is holds
        assert relation.strict.holds(sign) is (holds and (left != right or relation == Relation.EQUAL))


@every
def test_bounds_are_what_lies_on_one_side_of_a_number(relation: Relation) -> None:
    assert relation.bounds_below is (relation.holds(1) and not relation.holds(-1))
    assert relation.bounds_above is (relation.holds(-1) and not relation.holds(1))


@every
def test_sympys_class_compares_likewise(relation: Relation) -> None:
    for left, right in PAIRS:
        assert bool(getattr(sympy, relation.sympy)(left, right)) is COMPARED[relation](left, right)


@every
def test_it_is_its_text(relation: Relation) -> None:
    assert Relation(relation.value) is relation
    assert f"{relation}" == relation.value
    assert relation_with(relation.signs) is relation


def test_no_relation_holds_always_or_never() -> None:
    for signs in (frozenset[int](), frozenset((-1, 0, 1))):
        with pytest.raises(KeyError):
            relation_with(signs)
