"""Inequalities by calculus: slopes, chords, shapes, and what each of them asks for."""

from __future__ import annotations

import pytest

from derive.kernel.cases import Case
from derive.kernel.goals import goals_of
from derive.kernel.inequalities.anchors import about, is_plausible, suggestions
from derive.kernel.inequalities.calculus import at_least, has_values, is_continuous, opened
from derive.kernel.inequalities.constants import constant_sign
from derive.kernel.inequalities.convexity import below_chords
from derive.kernel.inequalities.scalars import of_scalars
from derive.kernel.inequalities.scope import is_within
from derive.kernel.inequalities.slopes import sloped
from derive.kernel.inequalities.structure import sign_by_shape
from derive.kernel.normal_form.back import as_term
from derive.kernel.normal_form.powers import PowerRing
from derive.kernel.normal_form.translate import Translator
from derive.kernel.prover import Theorem, prove
from derive.reading.text import read, read_term
from derive.terms import ZERO, Bound, Context, Equation, Number, Relation, Term, arrays

DECLARED = "size n\nreal x, y\nreal s[n], v[n]\npositive p"


def _context(text: str = DECLARED) -> Context:
    return read(text)[0].context


def _term(text: str, declared: str = DECLARED) -> Term:
    return read_term(text, _context(declared))


def _proves(equation: Equation, context: Context, effort: int = 0) -> bool:
    return isinstance(prove(equation, context), Theorem)


def _claim(text: str) -> tuple[Equation, Context]:
    (claim,) = read(text)[0].claims
    return claim.equation, claim.context


@pytest.mark.parametrize(
    ("declared", "node", "anchor", "strict", "true"),
    [
        ("real x >= 0", "x - sin(x)", 0, False, True),
        ("real x >= 0", "x - sin(x)", 0, True, False),  # 0 at 0
        ("real x > 0", "exp(x) - 1", 0, True, True),
        ("real x", "exp(x) - 1", 0, False, False),  # it falls towards the left
        ("real x", "exp(x) - 1 - x", 0, False, True),
        ("real x", "exp(x) - 1 - x", 1, False, False),  # the slope is negative between 0 and 1
        ("real x != 1", "x^2", 0, False, False),  # no interval
        ("real x", "sign(x) + 2 + x", 0, False, False),  # a jump
        ("real x in [1, 2]", "x - 1/2", 0, False, False),  # the anchor is outside
        ("real x >= 0", "1/x + x", 0, False, False),  # no value at the anchor
    ],
)
def test_the_mean_value_theorem_asks_for_all_that_it_needs(
    declared: str, node: str, anchor: int, strict: bool, true: bool
) -> None:
    context = _context(declared)
    found = at_least(_term(node, declared), "x", Number(anchor), context, _proves, strict=strict)  # type: ignore[arg-type]  # a whole number
    assert found == true


def test_continuity_and_values_are_read_off_terms() -> None:
    assert is_continuous(_term("exp(x)*abs(y) + max(x, y)"))
    assert not is_continuous(_term("floor(x)"))
    assert not is_continuous(_term("where(x > 0, x, y)"))
    assert has_values(_term("log(p) + 1/(1 + x^2)"), _context())
    assert not has_values(_term("log(x)"), _context())
    assert opened((Bound(Relation.AT_LEAST, Number(0)),))[0].relation is Relation.GREATER  # type: ignore[arg-type]  # a whole number


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("real x\nclaim convex(exp(x), x)", True),
        ("real x\nclaim concave(exp(x), x)", False),
        ("real x\nclaim convex(x^3, x)", False),
        ("real x, u, t in [0, 1]\nclaim (t*x + (1 - t)*u)^2 <= t*x^2 + (1 - t)*u^2", True),
        ("real x, u, t\nclaim (t*x + (1 - t)*u)^2 <= t*x^2 + (1 - t)*u^2", False),  # t is no share
        ("real x, u, t in [0, 1]\nclaim (t*x + (1 - t)*u)^2 <= t*x^2 + (1 - t)*u^4", False),
        ("real x, u, t in [0, 1]\ngiven t = x\nclaim (t*x + (1 - t)*u)^2 <= t*x^2 + (1 - t)*u^2", False),
    ],
)
def test_a_chord_is_recognised(text: str, true: bool) -> None:
    equation, context = _claim(text)
    assert below_chords(equation, context, _proves) == true


def test_shapes_keep_squares() -> None:
    context = _context()

    def refuse(equation: Equation, context: Context) -> bool:
        return False

    assert sign_by_shape(_term("sum(p*(s[j] - v[j])^2, j)"), context, refuse) == {0, 1}
    assert sign_by_shape(_term("sum((s[j] - v[j])*(s[j] - v[j]), j)"), context, refuse) == {0, 1}
    assert sign_by_shape(_term("sum(s[j] - v[j], j)"), context, refuse) == {-1, 0, 1}
    assert sign_by_shape(_term("sum(p, j: n)"), context, refuse) == {1}
    assert sign_by_shape(_term("sum(p*s[j]^2, j != i)"), context, refuse) == {0, 1}


def test_entries_and_sums_become_scalars_with_their_bounds() -> None:
    context = _context("size n\nreal y[n] in [0, 1]\nreal s[n]")
    node = read_term("y[i]*sum(s[j], j) + y[i]", context)
    found = of_scalars(Equation(node, node, relation=Relation.AT_MOST), context)
    assert found is not None
    equation, around = found
    assert sorted(arrays(equation.left)) == ["scalar 0", "scalar 1"]
    assert any(len(one.bounds) == 2 for one in around.variables.values())
    assert any(not one.bounds for one in around.variables.values())
    assert of_scalars(Equation(_term("x"), _term("y")), _context()) is None


@pytest.mark.parametrize(
    ("text", "sign"),
    [("exp(1) - 2", {1}), ("log(2) - 1", {-1}), ("pi - sqrt(10)", {-1}), ("x - x", {0}), ("x", {-1, 0, 1})],
)
def test_numbers_have_signs(text: str, sign: set[int]) -> None:
    ring = PowerRing()
    assert constant_sign(Translator(ring).term(_term(text))) == sign


@pytest.mark.parametrize(
    "text",
    [
        "x^2*y - 3*p/2",
        "exp(2*x)*log(p) + sqrt(p)",
        "sum(s[j]*exp(v[j]), j)^2",
        "max(s[j], j) + prod(v[j], j)",
        "delta(i,j)*s[i] + n*pi",
        "1/(1 + x^2)",
    ],
)
def test_a_normal_form_is_written_as_a_term_of_the_same(text: str) -> None:
    context = _context()
    (goal,) = goals_of(Equation(_term(text), ZERO), context, ())
    case = Case(goal, context)
    case.install()
    poly = case.translator.term(goal.left)
    assert not case.ring.subtract(case.translator.term(as_term(poly)), poly)


def test_floating_point_suggests_and_no_more() -> None:
    context = _context("real x >= 0")
    node = _term("x - sin(x)", "real x >= 0")
    assert about(node, {"x": 0.0}) == 0.0
    assert about(_term("1/x", "real x"), {"x": 0.0}) is None
    assert is_plausible(node, context)
    assert not is_plausible(_term("-x", "real x >= 0"), context)
    assert ("x", Number(0)) in list(suggestions(node, context))  # type: ignore[arg-type]  # a whole number
    assert not list(suggestions(_term("x - 1", "real x >= 0"), context))


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("real x >= 0\nclaim sin(x) <= x", True),
        ("real x, y\nclaim relu(x + y) <= relu(x) + relu(y)", True),
        ("real x >= 0\nclaim cos(x) >= 1 - x^2/3", False),
    ],
)
def test_slopes_are_led_back(text: str, true: bool) -> None:
    equation, context = _claim(text)

    def shown(one: Equation, around: Context, effort: int = 0) -> bool:
        return isinstance(prove(one, around), Theorem)

    assert (sloped(equation, context, shown) is not None) == true


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("size n\nreal x[n]\nclaim sum(x[j]^2, j) >= 0", True),
        ("size n\nreal x[n]\nclaim sum(x[j]^2, j < i) >= 0", False),
        ("size n\nreal A[n,n]\nclaim det(A)^2 >= 0", False),
        ("size N, C\nreal P[N,C]\nlabel y[N]: C\nclaim P[a,y[a]]^2 >= 0", False),
    ],
)
def test_what_the_proofs_were_not_made_for_is_left_alone(text: str, within: bool) -> None:
    assert is_within(*_claim(text)) == within
