"""A normal form is an equality of total functions: term and normal form have the same value at every point."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from derive.errors import IllPosedError, LimitError
from derive.kernel import cases
from derive.kernel.normal_form import division, functions, identities, powers, quotients
from derive.kernel.normal_form.polynomials import Poly
from derive.kernel.normal_form.powers import PowerRing
from derive.kernel.normal_form.ring import Ring
from derive.kernel.normal_form.symbols import letter
from derive.kernel.normal_form.translate import Translator
from derive.kernel.signs import conditions
from derive.kernel.signs.analysis import assume
from derive.kernel.signs.conditions import recheck
from derive.terms import Big, Binder, Index, Term, rename
from derive.terms.functions import TABLE
from tests.kernel.normal_form.forms import term
from tests.kernel.normal_form.generated import FREE, SIZE, Terms, point
from tests.kernel.normal_form.total import OutOfReachError, Point, poly_value, term_value

MANY = 150
# Steps of the decision that leave the value as it is.
EQUAL = (
    identities.products,
    identities.shifts,
    identities.powers_of_sizes,
    identities.common_angles,
    quotients.rational_sums,
    quotients.symmetric_sums,
    identities.recurrences,
    identities.powers_of_products,
    quotients.without_guards,
)


UNFIT = (OutOfReachError, LimitError, IllPosedError)


def use_the_case_of(at: Point, patch: pytest.MonkeyPatch) -> None:
    """Have a proof by cases take the case in which a point is."""

    def choose(ring: Ring, poly: Poly) -> int:
        value = poly_value(poly, at)
        sign = int(value > 0) - int(value < 0)
        assume(ring, poly, frozenset((sign,)))
        recheck(ring)
        return sign

    patch.setattr(conditions, "choose_sign", choose)
    patch.setattr(cases, "choose_sign", choose)


def at_pattern(node: Term, at: Point) -> tuple[Term, set[frozenset[tuple[int, str, str, int]]]]:
    """Return a term in which free indices that are equal at the point are one, and the pairs that differ."""
    kept: dict[int, Index] = {}
    mapping = {}
    for index in FREE:
        mapping[index] = kept.setdefault(at.indices[str(index)], index)
    names = [letter(i.name, i.dim) for i in kept.values()]
    return rename(node, mapping), {frozenset((a, b)) for a in names for b in names if a != b}


def close(left: Any, right: Any) -> bool:
    return bool(abs(left - right) <= 1e-15 * (1 + abs(left) + abs(right)))


def compare(node: Term, random: Random, patch: pytest.MonkeyPatch) -> Iterator[bool]:
    """Compare a term with its normal form at a point of each size up to 3, of which nothing is known."""
    for size in (1, 2, 3):
        at = point(random, size)
        use_the_case_of(at, patch)
        fixed, apart = at_pattern(node, at)
        ring = PowerRing()
        ring.facts.different = apart
        try:
            form = Translator(ring).term(fixed)
            forms = [form, *(step(ring, form) for step in EQUAL)]
            values = [term_value(fixed, at), *(poly_value(form, at) for form in forms)]
        except UNFIT:
            continue
        yield True
        assert all(close(values[0], value) for value in values), (str(fixed), at, values)


@pytest.mark.long
@pytest.mark.parametrize("block", range(10))
def test_terms_and_normal_forms(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is in force, so whatever is rewritten holds everywhere."""
    compared = 0
    for seed in range(block * MANY, (block + 1) * MANY):
        random = Random(seed)  # noqa: S311 - a test that can be repeated
        node = Terms(random).term(random.choice((2, 3, 3, 4)))
        compared += sum(compare(node, random, monkeypatch))
    assert compared > MANY


@pytest.mark.long
@pytest.mark.parametrize("name", [*sorted(TABLE), "f"])
def test_each_function(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row of the table, and the summand that is left out of a sum of it."""
    compared = 0
    for seed in range(15):
        random = Random(f"{name} {seed}")  # noqa: S311 - a test that can be repeated
        made = Terms(random)
        inner = Index("j", SIZE)
        part = made.call(name, random.choice((0, 1)), (*FREE, inner))
        node = Big(
            "sum",
            (Binder(inner, FREE[:1]),),
            random.choice((part, part * part, 1 / part, part * made.leaf(FREE))),
        )
        compared += sum(compare(node, random, monkeypatch))
    assert compared > 10


def cancelled_at_0(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(powers.PowerRing, "is_nonzero", lambda self, atom, others=(): True)


def sines_of_inverse_sines_everywhere(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(functions, "_has_value", lambda ring, row, x: True)


def logarithms_of_products_with_0(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(functions, "is_nonzero", lambda ring, atom, others=(): True)


def exponentials_of_the_logarithm_of_0(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(functions, "support", lambda ring, poly: ring.constant(1))


def fractions_taken_out_of_sums(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(powers, "clears", lambda ring, poly, atom, count=None: True)


def divided_by_0(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(division, "is_nonzero", lambda ring, atom, others=(): True)


def shifted_at_poles(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(identities, "_no_pole", lambda ring, argument, count: True)


def zero_to_the_zero(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(identities, "_zero_to_the_zero", lambda ring, atom: False)


DAMAGES: dict[Callable[[pytest.MonkeyPatch], None], str] = {
    cancelled_at_0: "u/u",
    sines_of_inverse_sines_everywhere: "sin(asin(u))",
    logarithms_of_products_with_0: "log(u*v)",
    exponentials_of_the_logarithm_of_0: "exp(log(u))",
    fractions_taken_out_of_sums: "1/(1 + 1/u)",
    divided_by_0: "f(u^2/(u + v))",
    shifted_at_poles: "digamma(u + 1) - digamma(u)",
    zero_to_the_zero: "u^(n - 2) + u^(n - 3)",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_rewrite_without_its_condition_is_noticed(
    damage: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    node = term(DAMAGES[damage])
    _compare_all(node, monkeypatch)
    damage(monkeypatch)
    with pytest.raises(AssertionError):
        _compare_all(node, monkeypatch)


def _compare_all(node: Term, patch: pytest.MonkeyPatch) -> None:
    for seed in range(40):
        list(compare(node, Random(seed), patch))  # noqa: S311 - a test that can be repeated
