"""Certificates of inequalities: every lemma with what it needs, and what a damaged certificate comes to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flint import fmpq

from derive.errors import LimitError
from derive.kernel.cases import Case
from derive.kernel.goals import goals_of
from derive.kernel.inequalities.certificates import LEMMAS, holds, proves, remade
from derive.kernel.inequalities.means import half_of, means_of
from derive.kernel.inequalities.parts import Certificate, Summand
from derive.kernel.inequalities.search import certificates
from derive.kernel.inequalities.shapes import compares_by_logarithms, has_roots, weights_of_logarithms
from derive.kernel.inequalities.summands import summed
from derive.kernel.normal_form.polynomials import Poly
from derive.reading.text import read, read_term
from derive.terms import ZERO, Equation, Relation

DECLARED = "size n\nreal x, y, s[n], z[n]\npositive p, q\nsimplex w[n]"


def _case(text: str, declared: str = DECLARED) -> tuple[Case, Poly]:
    """Return a case with its facts, and the normal form of a term in it."""
    context = read(declared)[0].context
    (goal,) = goals_of(Equation(read_term(text, context), ZERO), context, ())
    case = Case(goal, context)
    case.install()
    return case, case.translator.term(goal.left)


def _poly(case: Case, text: str, declared: str = DECLARED) -> Poly:
    return case.translator.term(read_term(text, read(declared)[0].context))


@pytest.mark.parametrize(
    ("lemma", "arguments", "made"),
    [
        ("square", ["x - y"], "x^2 - 2*x*y + y^2"),
        ("exponential", ["x"], "exp(x) - 1 - x"),
        ("logarithm", ["p"], "p - 1 - log(p)"),
        ("absolute", ["-p"], "2*p"),
        ("product", [], "1"),
        ("bernoulli", ["1 + p", "n"], "(1 + p)^n - 1 - n*p"),
    ],
)
def test_a_lemma_says_what_it_says(lemma: str, arguments: list[str], made: str) -> None:
    case, _ = _case("x")
    part = Summand(lemma, tuple(_poly(case, one) for one in arguments))  # type: ignore[arg-type]  # one of the names
    poly, _ = remade(case.ring, part)
    assert not case.ring.subtract(poly, _poly(case, made))


def test_every_lemma_has_a_test() -> None:
    assert set(LEMMAS) == {
        "square",
        "exponential",
        "logarithm",
        "absolute",
        "product",
        "means",
        "rest",
        "bernoulli",
    }


def test_means_of_what_is_not_negative() -> None:
    case, _ = _case("x")
    half = (fmpq(1, 2), fmpq(1, 2))
    terms = (_poly(case, "x^2"), _poly(case, "y^2"), _poly(case, "x*y"))
    poly, _ = remade(case.ring, Summand("means", terms, exponents=half))
    assert not case.ring.subtract(poly, _poly(case, "x^2/2 + y^2/2 - x*y"))
    refused = [
        Summand("means", (_poly(case, "x"), _poly(case, "y"), _poly(case, "x")), exponents=half),  # signs
        Summand("means", (*terms[:2], _poly(case, "2*x*y")), exponents=half),  # too large a mean
        Summand("means", terms, exponents=(fmpq(1, 2), fmpq(1, 3))),  # weights that do not add up to 1
        Summand("means", terms, exponents=(fmpq(3, 2), fmpq(-1, 2))),  # a negative weight
        Summand(
            "means", (_poly(case, "x^2"), _poly(case, "x^(-2)"), _poly(case, "1")), exponents=half
        ),  # x = 0
    ]
    for part in refused:
        with pytest.raises(LimitError):
            remade(case.ring, part)


def test_the_rest_of_a_sum_leaves_out_different_places() -> None:
    case, _ = _case("s[i]*z[j]*z[k]")
    fresh = case.ring.fresh("n")
    body = case.ring.rename(_poly(case, "w[i]"), {_index(case, "w[i]"): fresh})
    i, j = (_index(case, f"w[{name}]") for name in "ij")
    poly, positive = remade(case.ring, Summand("rest", (body,), bound=fresh, places=(i,)))
    assert not positive
    assert not case.ring.subtract(poly, _poly(case, "1 - w[i]"))
    with pytest.raises(Exception, match="seen"):
        remade(case.ring, Summand("rest", (body,), bound=fresh, places=(i, i)))
    signed = case.ring.rename(_poly(case, "s[i]"), {_index(case, "s[i]"): fresh})
    with pytest.raises(LimitError):
        remade(case.ring, Summand("rest", (signed,), bound=fresh, places=(j,)))


def _index(case: Case, text: str) -> tuple[int, str, str, int]:
    (monomial,) = _poly(case, text)
    ((atom, _),) = monomial
    (index,) = atom.indices
    return index


@pytest.mark.parametrize(("lemma", "argument"), [("logarithm", "x"), ("logarithm", "x^2")])
def test_a_logarithm_needs_a_positive_argument(lemma: str, argument: str) -> None:
    case, _ = _case("x")
    with pytest.raises(LimitError):
        remade(case.ring, Summand(lemma, (_poly(case, argument),)))  # type: ignore[arg-type]  # one of the names


def test_a_weight_is_not_negative_and_a_bound_index_a_temporary_one() -> None:
    case, _ = _case("s[i]")
    with pytest.raises(LimitError):
        remade(case.ring, Summand("square", (_poly(case, "y"),), weight=(_poly(case, "x"),)))
    with pytest.raises(LimitError):
        remade(case.ring, Summand("product", weight=(_poly(case, "w[i]"),), indices=(_index(case, "w[i]"),)))


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("x^2 + x*y + y^2", ">="),
        ("p/q + q/p - 2", ">="),
        ("p*q + 1", ">"),
        ("exp(x) - x", ">"),
        ("sum(s[j]^2, j)*sum(z[j]^2, j) - sum(s[j]*z[j], j)^2", ">="),
        ("1 - w[i]", ">="),
        ("sum(s[j], j) - n*max(s[j], j)", "<="),
        ("logsumexp(s) - s[i]", ">="),
        ("sqrt(p) + sqrt(q) - sqrt(2*(p + q))", "<="),
    ],
)
def test_what_is_found_holds(text: str, relation: str) -> None:
    case, poly = _case(text)
    assert holds(case.ring, poly, Relation(relation))
    assert not holds(case.ring, poly, Relation(relation).negation)


def test_a_damaged_certificate_proves_nothing() -> None:
    case, poly = _case("x^2 + x*y + y^2")
    found = next(certificates(case.ring, poly, remade))
    assert proves(case.ring, poly, found, strict=False)
    assert not proves(case.ring, poly, found, strict=True)
    (times, part), *rest = found.parts
    damaged = [
        replace(found, parts=tuple(rest)),
        replace(found, parts=((-times, part), *rest)),
        replace(found, parts=((2 * times, part), *rest)),
        replace(found, multiplier=(_poly(case, "x"),)),
        Certificate((), ()),
    ]
    smaller = case.ring.subtract(poly, _poly(case, "x^2"))
    assert not any(proves(case.ring, smaller, one, strict=False) for one in damaged)


def test_families_propose_parts() -> None:
    case, poly = _case("x^2 + y^2 + x*y")
    assert any(part.lemma == "means" for part in means_of(case.ring, poly))
    assert half_of(case.ring, next(iter(_poly(case, "x^2")))) == next(iter(_poly(case, "x")))
    assert half_of(case.ring, next(iter(_poly(case, "x")))) is None
    case, poly = _case("sum(s[j]^2, j)*sum(z[j]^2, j)")
    assert any(len(part.indices) == 2 for part in summed(case.ring, poly))


def test_shapes_tell_which_step_helps() -> None:
    case, poly = _case("log(p) - log(q)")
    assert list(weights_of_logarithms(poly))
    assert not list(weights_of_logarithms(_poly(case, "log(p) - p")))
    assert has_roots(_poly(case, "sqrt(p)"))
    assert not has_roots(poly)
    assert compares_by_logarithms(_poly(case, "exp(x)"), _poly(case, "p"))
    assert not compares_by_logarithms(_poly(case, "p"), _poly(case, "q"))
