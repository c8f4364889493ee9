"""The oracle as a net: a kernel that proves everything is contradicted wherever a guard hides the fault."""

from __future__ import annotations

import pytest

import derive
from derive import kernel
from derive.normalform.case import Outcome
from tests.oracle.claims import examined

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
    monkeypatch.setattr(kernel, "_prove", lambda question, context: Outcome(True))


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
