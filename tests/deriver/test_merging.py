"""Derivations with what a reader takes in one go as one line: as short as on paper, and every line a theorem."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from derive import catalogue, deriver
from derive.deriver.merging import merged
from derive.kernel import prover
from derive.problem.problems import Claim
from derive.reading.text import read
from derive.report.results import Steps, StepShown
from derive.terms import Context, Equation, Term, same

SOFTMAX = """size n
real s[n], c[n]
given sum(c[j], j) = 1
let p[i] = exp(s[i]) / sum(exp(s[k]), k)
let E = -sum(c[j]*log(p[j]), j)
claim D(E, s[i]) = p[i] - c[i]
"""


def last_claim(text: str) -> Claim:
    return read(text)[-1].claims[-1]


def derived(text: str) -> Steps:
    claim = last_claim(text)
    return Steps(deriver.steps(claim.equation, claim.context))


def test_the_gradient_of_the_cross_entropy_is_as_long_as_on_paper() -> None:
    found = derived(SOFTMAX)
    assert [line.rule for line in found] == [
        "chain rule",
        "logarithm, sift the delta",
        "quotient rule, exponential",
        "sift the delta, write p for its definition",
        "substitute",
        "sift the delta",
        "use the hypotheses",
    ]
    assert found[-1].text == "= p[i] - c[i]"
    assert len(found.every) > 2 * len(found)


def left_sides(lines: Sequence[StepShown]) -> list[Term]:
    """Return what each line equates with its right side: its own left side, or the right side of the line above."""
    sides: list[Term] = []
    for line in lines:
        above = None if not sides else lines[len(sides) - 1].after
        before = line.before if line.before is not None else above
        assert isinstance(before, Term)
        sides.append(before)
    return sides


@pytest.mark.parametrize("name", ["cross-entropy", "focal", "layer-norm", "gelu", "softmax-entropy", "huber"])
def test_every_merged_line_is_a_theorem(name: str) -> None:
    """Line by line as printed, nothing taken from the lines inside: each goes to the kernel anew."""
    merges = 0
    for problem in read(catalogue.load(name).problem):
        for claim in problem.claims:
            lines = deriver.steps(claim.equation, claim.context, true=claim.expect is None)
            for before, line in zip(left_sides(lines), lines, strict=True):
                assert isinstance(line.after, Term)
                theorem = prover.prove(Equation(before, line.after, line.when), claim.context)
                assert isinstance(theorem, prover.Theorem), line.text
                merges += len(line.parts) > 1
    assert merges


def test_the_lines_inside_are_the_derivation_line_by_line() -> None:
    claim = last_claim(SOFTMAX)
    every = deriver.derive_steps(claim.equation.left, claim.context, claim.equation.right).steps
    assert [line.text for line in derived(SOFTMAX).every] == [deriver.shown(step).text for step in every]


def test_after_a_lemma_the_line_begins_with_what_is_derived() -> None:
    found = derived(
        "real x, y\nlet q = sigmoid(y*x)\nlet F = -q*log(q)\nclaim D(F, x) = -y*q*(1 - q)*(log(q) + 1)"
    )
    heads = [str(line.before) for line in found if line.before is not None]
    assert heads == ["D(F, x)", "D(q, x)", "D(F, x)"]


def test_the_cases_of_a_jacobian_are_inside_its_line() -> None:
    found = derived(SOFTMAX)
    assert not any(line.when for line in found)
    assert [line.rule for line in found.every if line.when] == ["the case i = j", "the case i != j"]


def test_what_the_kernel_does_not_prove_in_one_go_stays_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [line.text for line in derived(SOFTMAX).every]
    monkeypatch.setattr("derive.deriver.merging.prove_step", lambda *given, **more: None)
    assert [line.text for line in derived(SOFTMAX)] == expected


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("real x\npositive v\nclaim D((x - 1)^2/(2*v), v) = -(x - 1)^2/(2*v^2)", ["-2*(x - 1)^2/(2*v)^2"]),
        ("real x\nclaim D(-3*(2*x), x) = -6", ["-6"]),
    ],
)
def test_a_line_has_one_number_in_a_product(text: str, lines: list[str]) -> None:
    found = [str(line.after) for line in derived(text).every]
    assert not any("1*" in line or "*2^(-1)" in line for line in found), found
    assert [line for line in lines if line in found] == lines, found


def test_a_derivation_without_steps_has_none() -> None:
    assert merged([], Context()) == ()
    assert same(
        left_sides(derived("real x\nclaim D(x^2, x) = 2*x"))[0],
        last_claim("real x\nclaim D(x^2, x) = 2*x").equation.left,
    )
