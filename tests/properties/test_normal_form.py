"""The normal form hangs on nothing but the term: not on order, not on names; and it is its own normal form."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from derive.errors import LimitError
from derive.kernel.differentiation import resolve
from derive.kernel.normal_form.polynomials import Poly, poly_key
from derive.kernel.normal_form.powers import PowerRing
from derive.kernel.normal_form.ring import Ring
from derive.kernel.normal_form.symbols import NeedPatternError
from derive.kernel.normal_form.translate import Translator
from derive.kernel.signs.choices import NeedCasesError
from derive.kernel.signs.facts import EmptyCaseError
from derive.terms import Apply, Big, Binder, Entry, Index, Term, multiply, rebuild, total
from derive.terms.nodes import Multiply
from tests.properties.claims import contexts, random_terms, shuffled, w, x

pytestmark = pytest.mark.long

REFUSED = (LimitError, NeedCasesError, NeedPatternError, EmptyCaseError)
CONTEXT = contexts(hypotheses=False)


def form(ring: Ring, term: Term) -> Poly | None:
    try:
        return Translator(ring).term(term)
    except REFUSED:
        return None


def resolved(data: st.DataObject) -> Term:
    context = data.draw(CONTEXT)
    return resolve(data.draw(random_terms(context, 3)), context)


@given(st.data())
def test_order_and_names(data: st.DataObject) -> None:
    """Sums and products in any order, summations permuted, every binder renamed: one normal form."""
    term = resolved(data)
    other = shuffled(data.draw, term)
    ring = PowerRing()
    left = form(ring, term)
    assume(left is not None)
    assert form(ring, other) == left
    apart = form(PowerRing(), other)
    assert apart is not None
    assert left is not None
    assert poly_key(apart) == poly_key(left)


@given(st.data())
def test_idempotent(data: st.DataObject) -> None:
    """Nothing in a normal form reduces, and a free index renamed there and back leaves it as it was."""
    ring = PowerRing()
    poly = form(ring, resolved(data))
    assume(poly is not None)
    assert poly is not None
    total: Poly = {}
    for monomial, coefficient in poly.items():
        ring.add_to(total, ring.monomial(monomial), coefficient)
    assert total == poly
    here, there = (0, "n", "k", 0), (0, "n", "elsewhere", 0)
    try:
        assert ring.rename(ring.rename(poly, {here: there}), {there: here}) == poly
    except REFUSED:
        assume(False)


# Connected summands, all indices bound, entries of an array without symmetry in two slots.
letters = st.sampled_from([Index(name, "n") for name in "abc"])
factors = st.one_of(
    st.builds(w, letters, letters),
    st.builds(lambda a, b: Apply("exp", (w(a, b),)), letters, letters),
    st.builds(x, letters),
    st.builds(lambda a: Apply("exp", (total(w(a, Index("h", "n")), Index("h", "n")),)), letters),
    st.builds(lambda a: Apply("exp", (total(w(Index("h", "n"), a), Index("h", "n")),)), letters),
)


def _transposed(node: Term) -> Term:
    if isinstance(node, Entry) and len(node.indices) == 2:
        return Entry(node.name, node.indices[::-1])
    return rebuild(node, _transposed)


@given(st.lists(factors, min_size=1, max_size=4), st.integers(0, 3))
def test_two_slots_exchanged(parts: list[Term], place: int) -> None:
    """One factor with its slots exchanged has the same normal form exactly if it is the same at n = 1, 2, 3.

    Diagrams with at most four vertices differ there or nowhere (docs/theory.md); a random point decides.
    """
    bound = tuple(Binder(Index(name, "n")) for name in "abc")
    changed = list(parts)
    changed[place % len(parts)] = _transposed(changed[place % len(parts)])
    left, right = (Big("sum", bound, multiply(*some)) for some in (parts, changed))
    ring = PowerRing()
    same = form(ring, left) == form(ring, right)
    assert same == all(_value(left, n) == pytest.approx(_value(right, n), rel=1e-9) for n in (1, 2, 3))


def _value(term: Term, n: int) -> float:
    """Return the value at a fixed irregular point, in floating point."""

    def entry(name: str, places: tuple[int, ...]) -> float:
        return math.sin(
            sum((k + 2) * 1.7 * p**1.3 for k, p in enumerate(places)) + len(name + str(len(places)))
        )

    def at(node: Term, places: dict[Index, int]) -> float:
        match node:
            case Entry(name, indices):
                return entry(name, tuple(places[i] for i in indices))
            case Apply("exp", (inner,)):
                return math.exp(at(inner, places))
            case Big(_, (first, *rest), body):
                inner_term = Big("sum", tuple(rest), body) if rest else body
                return math.fsum(at(inner_term, {**places, first.index: k}) for k in range(1, n + 1))
        assert isinstance(node, Multiply)
        product = 1.0
        for factor in node.factors:
            product *= at(factor, places)
        return product

    return at(term, {})
