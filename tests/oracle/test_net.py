"""The oracle as a net: a kernel that proves everything is contradicted wherever a guard hides the fault."""

from __future__ import annotations

import random
import re

import pytest

import derive
from derive.kernel import prover
from derive.kernel.cases import Outcome
from tests.oracle.claims import examined

pytestmark = pytest.mark.long

DECLARED = "size n, m\nreal x[n], y, z, W[n,m]\npositive t\nsimplex p[n]\n"

# Each is wrong, but at some points right: a rewrite that is argued for one side of 0 or one branch.
FAULTS = (
    "sqrt(y^2) = y", "abs(y) = y", "relu(y) = y", "max(y, z) = y", "log(exp(y)) = abs(y)",
    "sqrt(x[i]^2) = x[i]", "y = 0", "abs(x[i]) = -x[i]", "sin(sum(asin(x[j]), j != i)) = x[i]", "x[i]*y = 0",
    "sum(x[j], j)^2 = sum(x[j]^2, j)", "W[i,k]*y = W[i,k]*z",
)  # fmt: skip

GUARDS = (
    "t > 4^10", "x[i] < -10^6", "t > y + 1000", "exp(t) > 10^5", "sum(x[j], j) > 1000", "t < 1/1000",
    "x[i] > 10^30", "t^2 > 10^6", "t*y > 10^5", "1/t > 1000", "abs(x[i]) > 1000", "p[i] > 9/10", "log(t) > 20",
    "max(t, z) > 1000", "t > 1000*pi", "t = 12345/7", "t^2 - 2*t + 1 > 10^8", "sqrt(t) > 1000", "n > 6",
    "x[i] - x[j] > 10^5", "sum(x[j]^2, j) > 10^7", "sigmoid(y) > 999/1000", "sum(W[i,k]*y, k) < -1000",
    "floor(t) > 50", "exp(-t) < 1/10^6", "1/(1 + t^2) < 1/10^8", "sin(y) > 9/10", "t > n + 1000",
)  # fmt: skip


# Where a guard leaves nothing that is wrong.
RIGHT = {
    "x[i] < -10^6": {"abs(x[i]) = -x[i]"},
    "x[i] > 10^30": {"sqrt(x[i]^2) = x[i]"},
    "t*y > 10^5": {"sqrt(y^2) = y", "abs(y) = y", "relu(y) = y", "log(exp(y)) = abs(y)"},
    "sigmoid(y) > 999/1000": {"sqrt(y^2) = y", "abs(y) = y", "relu(y) = y", "log(exp(y)) = abs(y)"},
}

# Wrong in one branch only, of several conditions: in each other, beside each other, or each in a sum.
HIDDEN = (
    "where(t > 4^10, where(y < -1000, y, 1), 1) = 1",
    "[t > 4^10]*[y < -10^6]*[x[i] > 10^5] = 0",
    "where(y > 10^6, 1, where(y < -10^6, where(x[i] = 7/3, 2, 1), 1)) = 1",
    "sum([x[j] > 10^6], j) = 0",
    "sum([x[j] > 10^6]*[x[j] < 10^6 + 1], j) = 0",
    "sum([x[j] > 10^6], j)*sum([x[j] < -10^6], j) = 0",
    "max(x[i], 10^6) = 10^6",
    "relu(y - 10^6) = 0",
    "abs(y - 10^6) = 10^6 - y",
    "sqrt((y - z - 10^6)^2) = 10^6 + z - y",
    "D(where(y > 10^6, 2*y, y), y) = 1",
    "D(relu(y - 4^10), y) = 0",
    "D(sum(relu(x[j] - 10^6), j), x[i]) = 0",
    "[exp(t) > 100]*[exp(t) < 101] = 0",
    "[x[i] = 4^10] = 0",
    "[x[i] = x[j] + 4^10] = 0",
    "min(t, 10^6) = t",
    "sign(y - 10^5) = -1",
    "step(10^5 - y) = 1",
    "[n = 12] = 0",
    "[n > m + 5] = 0",
    "[n*m > 40] = 0",
    "y*[W[i,k] > 10^6] = z*[W[i,k] > 10^6]",
    "[p[i] = 1]*y = 0",
    "exp(y) = exp(y) + [y > 10^6]",
    "1/y = 1/y + [1/y > 10^6]",
)


@pytest.fixture
def proving(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a kernel that proves whatever it is asked."""
    monkeypatch.setattr(prover, "_prove", lambda question, context: Outcome(True))


def status(claim: str, declared: str = DECLARED) -> int:
    return derive.check(f"{declared}claim {claim}").status


def guarded(fault: str, guard: str) -> str:
    left, right = fault.split(" = ")
    return f"({left})*[{guard}] = ({right})*[{guard}]"


@pytest.mark.usefixtures("proving")
@pytest.mark.parametrize("guard", GUARDS)
def test_a_fault_behind_a_guard_is_found(guard: str) -> None:
    found = {fault for fault in FAULTS if status(guarded(fault, guard)) == 4}
    assert found == set(FAULTS) - RIGHT.get(guard, set())


@pytest.mark.usefixtures("proving")
@pytest.mark.parametrize("claim", HIDDEN)
def test_a_fault_in_one_branch_of_many_is_found(claim: str) -> None:
    assert status(claim) == 4


@pytest.mark.usefixtures("proving")
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    "sizes", ["size n >= 7\nsize m", "size n, m\ngiven n > 20", "size n >= 3\nsize m = 8"]
)
def test_a_fault_at_large_sizes_is_found(fault: str, sizes: str) -> None:
    assert status(guarded(fault, "t > 4^10"), DECLARED.replace("size n, m", sizes)) == 4


ASIN = "real x[n]\nlet A[i] = sum(asin(x[j]), j != i)\n"


@pytest.mark.parametrize(("size", "guard"), [("size n", "x[i] > 4^10"), ("size n >= 7", "x[i] > 1")])
def test_values_beyond_the_domain_of_other_entries_are_tried(size: str, guard: str) -> None:
    claim = f"claim (sin(A[i])^2 + cos(A[i])^2 - 1)*[{guard}] = (2*x[i]^2 - 2)*[{guard}]"
    found = examined(f"{size}\n{ASIN}{claim}").counterexample
    assert found is not None
    assert found.left == "0"


def test_a_branch_within_another_is_told_if_it_can_be_come_to() -> None:
    inner = "where(abs(x) <= 1, x, sign(x))"
    assert derive.check(f"real x\nclaim {inner} = {inner}").results[0].never_tried == ()
    assert examined("real x\nclaim where(x > 1, abs(x - 3), x) = x").counterexample is not None


def test_a_branch_that_the_theorem_leaves_out_is_not_told() -> None:
    result = derive.check("size n\nreal s[n]\nclaim D(sum(abs(s[j]), j), s[i]) = sign(s[i])").results[0]
    assert (result.verdict, result.conditions) == (derive.Verdict.PROVED, ("s[i] != 0",))
    assert result.never_tried == ()


def test_entries_that_equations_tie_are_moved_too() -> None:
    tied = "real y, t\ngiven t = y^2\n"
    assert examined(f"{tied}claim [t > 4^10] = 0").counterexample is not None
    assert examined(f"{tied}claim [sqrt(t + 1) > 4^10]*[y < 0] = 0").counterexample is not None


def test_branches_that_no_point_takes_are_told() -> None:
    result = derive.check("real x\nclaim x*[x > 10^60] = x*[x > 10^60]").results[0]
    assert (result.verdict, result.never_tried) == (derive.Verdict.PROVED, ())
    result = derive.check("size n\nclaim n*[n > 10^6] = n*[n > 10^6]").results[0]
    assert (result.verdict, result.never_tried) == (derive.Verdict.PROVED, ("n > 10^6",))
    result = derive.check("real x\nclaim exp(x)*[x^2 = 2] = exp(x)*[x^2 = 2]").results[0]
    assert (result.verdict, result.never_tried) == (derive.Verdict.PROVED, ("x^2 = 2",))
    assert "never tried: x^2 = 2" in str(result)
    assert result.json()["never_tried"] == ["x^2 = 2"]


def test_a_branch_that_provably_never_holds_is_not_told() -> None:
    result = derive.check("real x\nclaim abs(x^2) = x^2").results[0]
    assert (result.verdict, result.never_tried) == (derive.Verdict.PROVED, ())
    assert derive.check("real x\nclaim x*[exp(x) > 0] = x").results[0].never_tried == ()


SETTINGS = (
    "size n\nreal x[n], y\npositive t\n",
    "size n >= 3\nsimplex x[n]\nreal y in (-1, 1)\npositive t\ngiven t > 5\n",
    "size n\nreal x[n], y, t\ngiven sum(x[j], j) = 0\ngiven t = y^2\n",
    "size n\nonehot x[n]\nreal y > 2\nreal t in [0, 1]\ngiven n > 3\n",
)
COMPARED = (
    "x[i]", "y", "t", "x[i] - y", "sum(x[j], j)", "t*y", "x[i]^2", "exp(y)", "log(t)", "sqrt(t + 1)", "abs(x[i])",
    "max(x[i], y)", "1/t", "y - n*x[i]", "sum(x[j]^2, j)", "y^3 - y", "exp(-t)", "n", "x[i]*x[k]", "relu(y) - t",
)  # fmt: skip
WITH = ("0", "1", "-3", "4^10", "-10^6", "1/1000", "y + 1000", "t", "n", "10^3*pi", "7/3", "x[k]", "2^(-20)")


def random_condition(seed: int) -> tuple[str, str]:
    source = random.Random(seed)  # noqa: S311 - reproducible, not secret
    left, right = source.choice(COMPARED), source.choice(WITH)
    relation = source.choice(("<", "<=", ">", ">=", ">", "<", "=", "!="))
    return source.choice(SETTINGS), f"{left} {relation} {right}"


def reached_or_told(declared: str, condition: str) -> tuple[bool, bool]:
    """Return whether a claim that is wrong in one branch alone is refuted, and if not, whether that branch is told."""
    found = examined(f"{declared}claim [{condition}] = 0")
    told = {str(one.condition) for one in found.never_tried}
    return found.counterexample is not None, condition in told


def test_both_branches_of_random_conditions_are_reached_or_told() -> None:
    opposite = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
    reached = 0
    for seed in range(100):
        declared, condition = random_condition(seed)
        left, relation, right = re.split(r" (<=|>=|!=|<|>|=) ", condition)
        for one in (condition, f"{left} {opposite[relation]} {right}"):
            refuted, told = reached_or_told(declared, one)
            assert refuted or told, (declared, one)
            reached += refuted
    assert reached >= 140
