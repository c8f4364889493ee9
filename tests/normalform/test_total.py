"""A normal form is an equality of total functions: term and normal form have the same value at every point."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from derive.errors import LimitError
from derive.normalform import case, conditions
from derive.normalform.powers import Algebra
from derive.normalform.ring import Poly, Ring
from derive.normalform.signs import assume
from derive.normalform.symbols import letter
from derive.normalform.translate import Translator
from derive.notation import Index, Term, rename
from tests.normalform.generated import FREE, Terms, point
from tests.normalform.total import OutOfReachError, Point, poly_value, term_value

MANY = 300


@pytest.fixture
def chosen_by(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Have the proof by cases take the case of a point."""

    def use(at: Point) -> None:
        def choose(ring: Ring, poly: Poly) -> int:
            value = poly_value(poly, at)
            sign = int(value > 0) - int(value < 0)
            assume(ring, poly, frozenset((sign,)))
            return sign

        monkeypatch.setattr(conditions, "choose_sign", choose)
        monkeypatch.setattr(case, "choose_sign", choose)

    return use


def at_pattern(term: Term, at: Point) -> tuple[Term, set[frozenset[tuple[int, str, str, int]]]]:
    """Return a term in which free indices that are equal at the point are one, and the pairs that differ."""
    kept: dict[int, Index] = {}
    mapping = {}
    for index in FREE:
        mapping[index] = kept.setdefault(at.indices[str(index)], index)
    names = [letter(i.name, i.dim) for i in kept.values()]
    return rename(term, mapping), {frozenset((a, b)) for a in names for b in names if a != b}


def close(left: Any, right: Any) -> bool:
    return bool(abs(left - right) <= 1e-15 * (1 + abs(left) + abs(right)))


@pytest.mark.parametrize("block", range(10))
def test_terms_and_normal_forms(block: int, chosen_by: Any) -> None:
    """Nothing is known of the point, so nothing is in force: whatever is rewritten holds everywhere."""
    compared = 0
    for seed in range(block * MANY, (block + 1) * MANY):
        random = Random(seed)  # noqa: S311 - a test that can be repeated
        term = Terms(random).term(random.choice((2, 3, 3, 4)))
        for size in (1, 2, 3):
            at = point(random, size)
            chosen_by(at)
            fixed, apart = at_pattern(term, at)
            ring = Algebra()
            ring.different = apart
            try:
                form = Translator(ring).term(fixed)
                values = term_value(fixed, at), poly_value(form, at)
            except (LimitError, OutOfReachError):
                continue
            compared += 1
            assert close(*values), (seed, size, str(fixed), at, values)
    assert compared > MANY
