"""Unknown functions of several numbers and of arrays in the text language: read, written, refused; and as atoms."""

from __future__ import annotations

import pytest
from flint import fmpq

import derive
from derive.kernel.normal_form.powers import PowerRing
from derive.kernel.normal_form.symbols import entry
from derive.kernel.normal_form.unknown import unknown
from derive.oracle.points import ChosenPolynomial
from derive.problem.declarations import problem_text
from derive.problem.problems import Claim
from derive.reading.text import read
from derive.report.results import Verdict
from derive.terms import Entry, Index, UnknownValue
from derive.terms.sameness import same
from derive.writing.latex import to_latex

DECLARED = "size n, m\nreal x[n], z[m], t, u\nfunction L(y[n]), f(a, b), g\n"


def _claim(text: str) -> Claim:
    (problem,) = read(DECLARED + text, "unknown.drv")
    assert not problem.failures, problem.failures
    (claim,) = problem.claims
    return claim


def test_declarations() -> None:
    context = _claim("claim L(x) = 0").context
    assert context.functions == {"g"}
    assert context.signatures == {"L": (("y", ("n",)),), "f": (("a", ()), ("b", ()))}


@pytest.mark.parametrize(
    "claim",
    [
        "L(x) = f(t, u)",
        "L(2*x) = L(array(x[i]^2, i))",
        "D(L(x), x[i]) = f(t, x[i])",
        "partial(f(t, t), 1) = partial(partial(f(t, t), 2), 1)",
        "partial(L(2*x), 1, i) = 0",
        "g(t)*f(u, u) = g'(t)",
    ],
)
def test_what_is_written_is_read_back(claim: str) -> None:
    one = _claim(f"claim {claim}")
    (problem,) = read(problem_text(one.equations[0], one.context), "again.drv")
    assert not problem.failures, problem.failures
    again = problem.claims[0].equations[0]
    assert same(again.left, one.equations[0].left)
    assert same(again.right, one.equations[0].right)
    assert not same(again.left, again.right)


def test_latex() -> None:
    term = _claim("claim L(x) = 0").sides[0].term
    assert isinstance(term, UnknownValue)
    assert to_latex(term) == r"L \left(x \right)"


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ("claim L(z) = 0", "y of L has n; z has m"),
        ("claim L(t) = 0", "y of L has n; t has no axes"),
        ("claim f(t) = 0", "f takes 2 arguments, not 1"),
        ("claim L'(x) = 0", "only a declared function has primes"),
        ("given f(t, u) = 0\nclaim t = u", "the unknown function f may not stand in a given"),
        ("function h(a, a)\nclaim t = u", "a is a parameter twice"),
    ],
)
def test_refused(claim: str, message: str) -> None:
    (problem,) = read(DECLARED + claim, "unknown.drv")
    assert message in problem.failures[0].error.message


def test_the_order_of_two_derivatives_does_not_matter_and_the_place_does() -> None:
    ring = PowerRing()
    arguments = tuple(((), entry(ring, name, ())) for name in ("a", "b"))
    first, second = (0, ()), (1, ())
    assert unknown(ring, "f", arguments, (first, second)) == unknown(ring, "f", arguments, (second, first))
    assert unknown(ring, "f", arguments, (first,)) != unknown(ring, "f", arguments, (second,))
    assert unknown(ring, "f", arguments, ()) != unknown(ring, "f", arguments[::-1], ())


def test_a_chosen_polynomial_and_its_derivatives() -> None:
    y = tuple(Entry("y", (Index(k, "n"),)) for k in (1, 2))
    chosen = ChosenPolynomial(y, (((0,), 1), ((0, 0, 1), 2)))  # type: ignore[arg-type] # whole numbers do as well
    at = [fmpq(3), fmpq(5)]
    assert chosen.text == "y -> y[1] + 2*(y[1]^2*y[2])"
    assert chosen(at, ()) == 3 + 2 * 9 * 5
    assert chosen(at, (0,)) == 1 + 4 * 3 * 5
    assert chosen(at, (0, 1)) == chosen(at, (1, 0)) == 4 * 3
    assert chosen(at, (1, 1)) == 0


def test_a_counterexample_names_the_function() -> None:
    (result,) = derive.check(DECLARED + "claim L(2*x) = 2*L(x)").results
    assert result.verdict is Verdict.REFUTED
    assert result.counterexample is not None
    assert result.counterexample.values["L"].startswith("y -> ")
