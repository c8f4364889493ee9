"""Counterexamples: found, simple, and rightly none."""

from __future__ import annotations

import pytest

from derive import check
from derive.oracle import Rational, SearchBudget, evaluate, examine, holds
from derive.oracle.session import Sessions
from derive.terms import IndexRelation
from tests.oracle.claims import BINARY, CROSS, SOFTMAX, agrees, claim, examined, refuted


def test_the_binary_form_through_softmax_is_refuted_at_two_classes() -> None:
    found = examined(f"{BINARY}claim D(E, s[i]) = p[i] - c[i]")
    example = found.counterexample
    assert example is not None
    assert example.sizes == {"n": 2}
    assert example.indices == {"i": 1}
    assert example.values == {"s": ["0", "0"], "c": ["1", "0"]}
    assert (example.left, example.right) == ("-1", "-1/2")
    assert not found.holds_at


def test_twice_the_difference_holds_at_two_classes_and_fails_at_three() -> None:
    found = examined(f"{BINARY}claim D(E, s[i]) = 2*(p[i] - c[i])")
    example = found.counterexample
    assert example is not None
    assert found.holds_at == ({"n": 2},)
    assert example.sizes == {"n": 3}
    assert example.values == {"s": ["0", "0", "0"], "c": ["1", "0", "0"]}
    assert (example.left, example.right) == ("-1", "-4/3")


def test_the_true_gradients_hold_at_every_size_with_a_witness_each() -> None:
    for text in (
        f"{CROSS}given sum(c[j],j) = 1\nclaim D(E, s[i]) = p[i] - c[i]",
        f"{SOFTMAX}claim D(p[j], s[i]) = p[j]*(delta(i,j) - p[i])",
        f"{SOFTMAX}label t: n\nclaim D(-log(p[t]), s[i]) = p[i] - delta(i,t)",
    ):
        found = examined(text)
        assert found.counterexample is None
        assert found.missing == ()
        assert found.reason is None
        assert found.sizes_tried == found.holds_at == tuple({"n": k} for k in (1, 2, 3, 4))


@pytest.mark.parametrize(
    "wrong",
    [
        "c[i] - p[i]", "p[i] + c[i]", "p[i]^2 - c[i]", "2*p[i] - c[i]", "(p[i] - c[i])*10001/10000",
        "(p[i] - c[i])*1000001/1000000", "p[i]*sum(c[j],j) - c[i] + delta(i,1)/1000", "p[i] - c[i]*p[i]",
        "-c[i]/p[i]*p[i]*(1 - p[i])", "p[i] - 1/n", "log(p[i]) - c[i]",
    ],
)  # fmt: skip
def test_wrong_gradients_of_the_cross_entropy_are_refuted(wrong: str) -> None:
    text = f"{CROSS}given sum(c[j],j) = 1\nclaim D(E, s[i]) = {wrong}"
    found = examined(text)
    assert found.counterexample is not None
    one = claim(text)
    for hypothesis in one.context.hypotheses:
        assert holds(hypothesis.condition, one.context, found.counterexample.point) is True


def test_a_counterexample_can_be_checked_by_evaluation() -> None:
    one = claim(f"{CROSS}claim D(E, s[i]) = p[i] - c[i]")
    example = examined(f"{CROSS}claim D(E, s[i]) = p[i] - c[i]").counterexample
    assert example is not None
    left = evaluate(one.equation.left, one.context, example.point)
    right = evaluate(one.equation.right, one.context, example.point)
    assert left is not None
    assert right is not None
    assert not left.overlaps(right)


@pytest.mark.parametrize(
    "text",
    [
        "real x\nclaim where(x = 0, 1, 0) = 0",
        "real x\nclaim sign(x)^2 = 1",
        "real x\ngiven x^2 = 0\nclaim [x>0] + [x<0] = 17",
        "real x\nclaim sqrt(x^2) = x",
        "real u\nclaim D(sqrt(u^2), u) = 1",
        "real x in [0, 1]\nclaim where(x = 1, 2, x) = x",
        "real x >= 0\nclaim [x > 0] = 1",
        "real x\nclaim where(x = 17/3, 1, 0) = 0",
        "real x\nclaim where(x > 1000, 1, 0) = 0",
        "real x, y\nclaim where(x*y = 7, 1, 0) = 0",
        "real x, y\nclaim max(x, y) = x",
        "real x\nclaim D(min(max(x, -1), 2), x) = 1",
        "size n\nreal x[n]\nclaim where(x[i] = x[j], 1, 0) = delta(i,j)",
        "function f\nreal x, y\nclaim f(x+y) = f(x) + f(y)",
        "function f\nreal x\nclaim D(f(x^2), x) = f'(x^2)",
        "size n\nreal K[n,n], q[n]\nclaim sum(exp(sum(K[j,l]*q[l],l)),j) = sum(exp(sum(K[l,j]*q[l],l)),j)",
    ],
)
def test_false_claims_are_refuted(text: str) -> None:
    assert refuted(text)


@pytest.mark.parametrize(
    "text",
    [
        "real y\nclaim log(y^2) = 2*log(abs(y))",
        "real y\nclaim log(y^2) = 2*log(y)",
        "real y, z\nclaim sqrt(y*z) = sqrt(y)*sqrt(z)",
        "real x\nclaim (x + x*x)/x = 1 + x",
        "real x\nclaim D(x*abs(x), x) = 2*abs(x)",
        "real x\ngiven x^2 = 2\nclaim x^4 = 4",
        "real x\ngiven x^3 = 2\nclaim x^6 = 4",
        "real x, y\ngiven x*y = 0\nclaim x^2*y = 0",
        "size n = 2\nclaim (1-delta(i,j))*(1-delta(j,k))*(1-delta(i,k)) = 0",
        "size n\nreal x\nclaim D(x^n, x) = n*x^(n-1)",
        "positive x\nclaim x^x = exp(x*log(x))",
        "function f\nreal x\nclaim D(f(x^2), x) = 2*x*f'(x^2)",
    ],
)
def test_true_claims_are_not_refuted_and_have_a_witness(text: str) -> None:
    assert agrees(text)


@pytest.mark.parametrize(
    "text",
    [
        "size n\nreal x[n]\nclaim sum(1/(x[j]-x[k]), j, k) = 0",
        "real u\nclaim 1/(1-sin(u)^2-cos(u)^2) = 5",
    ],
)
def test_where_a_side_never_has_a_value_nothing_is_said(text: str) -> None:
    found = examined(text)
    assert found.counterexample is None
    assert not found.witnesses
    assert len(found.missing) == len(found.sizes_tried)


def test_a_pattern_without_a_value_is_missing_and_the_others_have_witnesses() -> None:
    found = examined("size n\nreal x[n]\nclaim 1/(x[i]-x[j]) = -1/(x[j]-x[i])")
    assert found.counterexample is None
    assert {str(relation) for case in found.missing for relation in case.pattern} == {"i = j"}
    assert {str(relation) for case in found.witnesses for relation in case.pattern} == {"i != j"}
    assert [case.sizes for case in found.missing] == [{"n": k} for k in (1, 2, 3, 4)]


def test_a_claim_that_fails_only_when_all_indices_differ_is_refuted() -> None:
    apart = "(1-delta(i,j))*(1-delta(j,k))*(1-delta(i,k))"
    found = examined(f"size n\nreal s[n]\nclaim {apart}*s[i] = 0")
    assert found.counterexample is not None
    assert found.counterexample.sizes == {"n": 3}
    assert set(found.counterexample.indices.values()) == {1, 2, 3}
    assert found.holds_at == ({"n": 1}, {"n": 2})
    five = "*".join(f"(1-delta({a},{b}))" for k, a in enumerate("ijklm") for b in "ijklm"[k + 1 :])
    assert refuted(f"size n\nreal s[n]\nclaim {five}*s[i] = 0")


def test_when_restricts_the_patterns() -> None:
    jacobian = f"{SOFTMAX}claim D(p[j], s[i]) = "
    assert agrees(f"{jacobian}-p[i]*p[j] when i != j")
    assert refuted(f"{jacobian}-p[i]*p[j]")
    found = examined(f"{jacobian}p[i]*(1-p[i]) when i = j")
    assert found.counterexample is None
    assert all(case.pattern[0].equal for case in found.witnesses)
    assert isinstance(found.witnesses[0].pattern[0], IndexRelation)


def test_labels_may_coincide_unless_it_is_said_that_they_do_not() -> None:
    labels = "size n\nreal x[n]\nlabel t: n\nlabel u: n\n"
    assert refuted(f"{labels}claim delta(t,u)*x[t] = 0")
    found = examined(f"{labels}given t != u\nclaim delta(t,u)*x[t] = 0")
    assert found.counterexample is None
    assert found.sizes_tried[0] == {"n": 2}  # at n = 1 there are no two labels


def test_different_sizes_vary_by_themselves() -> None:
    text = "size N, n\nreal x[N,n]\nclaim D(sum(x[a,j]^2,a,j)/N, x[b,i]) = 2*x[b,i]/"
    found = examined(f"{text}n")
    assert found.counterexample is not None
    assert found.counterexample.sizes in ({"N": 1, "n": 2}, {"N": 2, "n": 1})
    assert all(sizes["N"] == sizes["n"] for sizes in found.holds_at)
    tried = examined(f"{text}N").sizes_tried
    assert {"N": 2, "n": 3} in tried
    assert {"N": 3, "n": 2} in tried


def test_sizes_start_at_their_least_and_fixed_ones_stay() -> None:
    assert examined("size n >= 3\nreal x[n]\nclaim x[i] = x[i]").sizes_tried[0] == {"n": 3}
    assert examined("size n = 3\nreal x[n]\nclaim x[i] = x[i]").sizes_tried == ({"n": 3},)
    assert examined("real x\nclaim x = x").sizes_tried == ({},)
    found = examined("size n >= 3\nreal x[n]\nclaim sum(x[j],j) = x[1]+x[2]+x[3]")
    assert found.holds_at == ({"n": 3},)
    assert found.counterexample is not None
    assert found.counterexample.sizes == {"n": 4}


def test_a_position_is_one_more_index() -> None:
    assert refuted("size n >= 2\nreal x[n]\nclaim D(sum(x[j]^2,j), x[i]) = 2*x[i]*(1 - delta(i,2))")


def test_a_found_point_is_made_simpler() -> None:
    found = examined(
        "size n\nreal x[n], y[n]\nclaim sum(where(x[i]*y[j] > 20, 1, 0), i, j) = 0"
    ).counterexample
    assert found is not None
    values = [number for entry in found.point.values.values() for number in entry]
    assert all(isinstance(number, Rational) and number.value.denominator == 1 for number in values)


def test_what_cannot_be_examined_says_why() -> None:
    found = examined("real x\ngiven x^2 = -1\nclaim x = 1")
    assert found.counterexample is None
    assert found.reason is not None
    assert "no point was found" in found.reason
    short = examined(f"{SOFTMAX}claim D(p[j], s[i]) = p[j]*(delta(i,j) - p[i])", SearchBudget(evaluations=3))
    assert short.reason is not None
    assert "met its bound at n = 1" in short.reason
    assert short.holds_at == ()


def test_the_same_question_has_the_same_answer() -> None:
    text = f"{SOFTMAX}claim D(sum(p[j]^3,j), s[i]) = p[i]"
    assert examined(text) == examined(text)


def test_numbers_that_agree_in_ten_digits_are_shown_with_more() -> None:
    found = examined("real x\nclaim exp(x) = exp(x) + exp(x)/10^13").counterexample
    assert found is not None
    assert found.left != found.right


def test_a_large_array_of_a_hypothesis_alone_is_sampled() -> None:
    text = "size n\nreal S[n,n]\ngiven S.T = S\nclaim ones(n) @ ones(n) = n\n"
    (result,) = check(text, explain=0).results
    assert result


LOOKED_AT = [
    f"{SOFTMAX}claim D(p[i], s[j]) = p[i]*(delta(i,j) - p[j])",
    f"{CROSS}claim D(E, s[i]) = 2*(p[i] - c[i])",
    "size n\nreal x[n]\ngiven sum(x[k]^2, k) = 1\nclaim sum(x[k], k) = 1",
    "real x > 0\nreal y\ngiven x < 1\nclaim x*y = y",
    "real x > 2\nreal y\ngiven x < 1\nclaim x = y",
]


@pytest.mark.parametrize("text", LOOKED_AT)
def test_a_longer_look_finds_with_the_points_of_a_shorter_one_what_it_finds_alone(text: str) -> None:
    found = claim(text)
    sessions: Sessions = {}
    examine(found.equation, found.context, SearchBudget(points=3, beyond=False), sessions)
    assert sessions
    longer = examine(found.equation, found.context, SearchBudget(), sessions)
    alone = examine(found.equation, found.context, SearchBudget())
    assert (longer.counterexample is None) == (alone.counterexample is None)
    assert (longer.sizes_tried, longer.holds_at, longer.reason) == (
        alone.sizes_tried,
        alone.holds_at,
        alone.reason,
    )
