"""The order of positions in the normal form: exactly one of three, transitive, and sums in one orientation."""

from __future__ import annotations

import pytest
from flint import fmpq

from derive.kernel.goal import Goal, transitive
from derive.kernel.normal_form.polynomials import LETTER
from derive.kernel.normal_form.powers import PowerRing
from derive.kernel.normal_form.precedence import before, not_before, ordered_sums
from derive.kernel.normal_form.quotients import without_guards
from derive.kernel.normal_form.sums import sum_over
from derive.kernel.normal_form.symbols import NeedPatternError, delta, entry
from derive.terms import ZERO, Index

I, K = (LETTER, "n", "i", 0), (LETTER, "n", "k", 0)


def test_free_indices_ask_for_their_order() -> None:
    ring = PowerRing()
    with pytest.raises(NeedPatternError):
        before(ring, I, K)
    ring.facts.before = frozenset(((I, K),))
    assert before(ring, I, K) == ring.constant(1)
    assert before(ring, K, I) == {} == before(ring, I, I)


def test_products_of_orders() -> None:
    ring = PowerRing()
    a, b, c = (ring.fresh("n") for _ in range(3))
    chain = ring.multiply(before(ring, a, b), before(ring, b, c))
    assert ring.multiply(chain, before(ring, a, c)) == chain
    assert ring.multiply(chain, before(ring, c, a)) == {}
    assert ring.multiply(before(ring, a, b), before(ring, b, a)) == {}
    assert ring.multiply(chain, chain) == chain
    assert ring.multiply(before(ring, a, b), before(ring, a, c)) != chain


def test_what_is_known_of_free_indices_joins_in() -> None:
    ring = PowerRing()
    ring.facts.before = frozenset(((I, K),))
    b = ring.fresh("n")
    assert ring.multiply(before(ring, b, I), before(ring, b, K)) == before(ring, b, I)
    assert ring.multiply(before(ring, b, I), before(ring, K, b)) == {}


def test_complement() -> None:
    ring = PowerRing()
    b = ring.fresh("n")
    assert not_before(ring, b, I) == ring.add(delta(ring, b, I), before(ring, I, b))


def test_sums_in_one_orientation() -> None:
    ring = PowerRing()
    b, c = ring.fresh("n"), ring.fresh("n")
    x, y = ({i: entry(ring, name, (i,)) for i in (b, c)} for name in "xy")
    up = sum_over(ring, ring.product((before(ring, b, c), x[b], y[c])), (b, c))
    down = sum_over(ring, ring.product((before(ring, c, b), x[b], y[c])), (b, c))
    whole = sum_over(ring, ring.multiply(x[b], y[c]), (b, c))
    same = sum_over(ring, ring.multiply(x[b], y[b]), (b,))
    assert ordered_sums(ring, ring.subtract(ring.add(up, down, same), whole)) == {}
    assert ordered_sums(ring, ring.subtract(up, down)) != {}


def test_pairs_that_may_change_places() -> None:
    ring = PowerRing()
    b, c = ring.fresh("n"), ring.fresh("n")
    x = {i: entry(ring, "x", (i,)) for i in (b, c)}
    twice = ring.scale(sum_over(ring, ring.product((before(ring, b, c), x[b], x[c])), (b, c)), fmpq(2))
    square = sum_over(ring, ring.multiply(x[b], x[c]), (b, c))
    squares = sum_over(ring, ring.multiply(x[b], x[b]), (b,))
    assert without_guards(ring, ordered_sums(ring, twice)) == ring.subtract(square, squares)


def test_orders_follow_and_contradict() -> None:
    i, j, k = (Index(name, "n") for name in "ijk")
    assert transitive([(i, j), (j, k)]) == {(i, j), (j, k), (i, k)}
    assert not Goal(ZERO, ZERO, order=frozenset(((i, j), (j, k), (k, i)))).holds_somewhere
    assert not Goal(ZERO, ZERO, order=frozenset(((i, Index(1, "n")),))).holds_somewhere
    assert Goal(ZERO, ZERO, order=frozenset(((i, j), (j, k), (i, k)))).holds_somewhere
    one, two = Index(1, "n"), Index(2, "n")
    assert Goal(ZERO, ZERO, order=frozenset(((one, two),))).holds_somewhere
    assert not Goal(ZERO, ZERO, order=frozenset(((two, one),))).holds_somewhere
