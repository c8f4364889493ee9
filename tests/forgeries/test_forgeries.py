"""False claims aimed at each rule that keeps the engine sound, and true ones that look alike, from the files here.

A claim without `expect` is true and the kernel proves it; `expect refuted` is false; `expect undecided` is either,
and out of reach of both engines.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from derive.kernel.prover import Theorem, has_no_value, prove
from derive.oracle import SearchBudget, examine
from derive.problem.problems import Claim
from derive.reading.text import read
from derive.report.results import Verdict
from derive.verification.verdicts import decide

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.drv"))
# Once there is a counterexample, nothing is asked of larger sizes.
NO_FURTHER = SearchBudget(beyond=False)


def _claims() -> list[tuple[str, Claim]]:
    found = []
    for file in FILES:
        for problem in read(file.read_text(encoding="utf-8"), file.name):
            assert not problem.failures, problem.failures
            found += [(f"{file.stem}:{claim.position.line}", claim) for claim in problem.claims]
    return found


CLAIMS = _claims()
EACH = [pytest.param(claim, id=name) for name, claim in CLAIMS]


@pytest.mark.parametrize("claim", EACH)
def test_the_kernel(claim: Claim) -> None:
    """A false claim never becomes a theorem; a true one does unless it says otherwise."""
    proofs = [prove(equation, claim.context) for equation in claim.equations]
    proved = all(isinstance(proof, Theorem) for proof in proofs)
    assert proved == (claim.expect is None), [str(proof) for proof in proofs]


@pytest.mark.long
@pytest.mark.parametrize("claim", EACH)
def test_the_kernel_and_the_oracle(claim: Claim) -> None:
    """A false claim is refuted at a point, a true one has a witness; none is said to have no value."""
    for equation in claim.equations:
        found = examine(equation, claim.context, NO_FURTHER)
        assert (found.counterexample is not None) == (claim.expect == "refuted"), str(found.counterexample)
        if found.witnesses or found.counterexample is not None:
            assert not has_no_value(equation, claim.context)


@pytest.mark.parametrize(
    "stem",
    [
        "matrix_functions",
        "order_of_indices",
        "sample_labels",
        "stopped_gradients",
        "unknown_functions",
        "whole_arrays",
    ],
)
def test_a_rule_of_arrays_has_three_false_claims_and_three_true_ones(stem: str) -> None:
    for problem in read((HERE / f"{stem}.drv").read_text(encoding="utf-8"), stem):
        counts = Counter(claim.expect for claim in problem.claims)
        assert min(counts[None], counts["refuted"]) >= 3, problem.title


@pytest.mark.parametrize("stem", ["r3_ambient", "r5_boundaries", "guarded_denominators", "sample_labels"])
def test_the_verdicts(stem: str) -> None:
    """The whole way comes to the same: a sample of the files."""
    for name, claim in CLAIMS:
        if name.startswith(stem):
            result = decide(claim.equation, claim.context, explain=False)
            assert result.verdict is Verdict(claim.expect or "proved"), name


def test_every_rule_is_attacked() -> None:
    """For each of R1 to R9 at least three false claims and three true ones."""
    counts = Counter((name.split("_")[0], claim.expect == "refuted") for name, claim in CLAIMS)
    for rule in range(1, 10):
        assert counts[(f"r{rule}", True)] >= 3
        assert counts[(f"r{rule}", False)] >= 3
