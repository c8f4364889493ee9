"""The catalogue holds what it should, every entry is a page with a source, and every claim has its verdict."""

from __future__ import annotations

import re

import pytest

from derive import catalogue
from derive.kernel.prover import Theorem, prove
from derive.reading.text import read
from derive.verification.verdicts import decide

NAMES = catalogue.names()
ACTIVATIONS = """
    softmax log-softmax sigmoid tanh softplus softsign relu leaky-relu elu selu gelu silu mish hard-sigmoid sinc
    gaussian
"""
LOSSES = """
    cross-entropy cross-entropy-label cross-entropy-label-smoothing cross-entropy-temperature
    cross-entropy-class-weights binary-cross-entropy binary-cross-entropy-logits focal poly-1 kl-divergence
    jensen-shannon symmetric-cross-entropy brier-score mean-squared-error-softmax mean-squared-error-sigmoid
    mean-absolute-error huber smooth-l1 log-cosh quantile hinge squared-hinge multiclass-hinge poisson-nll
    gaussian-nll softmax-entropy infonce triplet margin-ranking cosine-similarity dpo policy-gradient
"""
LAYERS = """
    linear-softmax-cross-entropy two-layers batch-mean l2-normalisation layer-norm rms-norm batch-norm
    softmax-backward attention-backward
"""
MATRICES = "quadratic-form trace frobenius-norm log-sum-exp-hessian"


def test_what_a_training_library_has_is_there() -> None:
    assert not {*ACTIVATIONS.split(), *LOSSES.split(), *LAYERS.split(), *MATRICES.split()} - set(NAMES)
    assert len(NAMES) >= 60


def test_no_title_stands_twice() -> None:
    titles = [catalogue.load(name).title for name in NAMES]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_has_prose_and_a_source_with_its_year_or_documentation(name: str) -> None:
    prose, source = catalogue.load(name).page.split("```derive")[0].split("\nSource: ")
    assert len(re.findall(r"[.?!](?:\s|$)", prose)) >= 1
    assert re.search(r"\*.+\*.*\b(19|20)\d\d\b|documentation, `.+`|^tutorials", source, re.DOTALL)


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_says_what_it_is_about_and_from_where(name: str) -> None:
    entry = catalogue.load(name)
    assert entry.kind in catalogue.KINDS
    assert entry.about.endswith((".", "?"))
    assert "Kind:" not in entry.about
    assert entry.source
    assert f"Source: {entry.source}" in " ".join(entry.page.split())


@pytest.mark.parametrize("name", NAMES)
def test_every_claim_has_its_verdict(name: str) -> None:
    wrong, count = [], 0
    for problem in read(catalogue.load(name).problem, name):
        assert not problem.failures
        for claim in problem.claims:
            for equation in claim.equations:
                count += 1
                result = decide(equation, claim.context, explain=False)
                if result.verdict.value != (claim.expect or "proved"):
                    wrong.append(f"{claim.text}: {result.verdict.value}")
    assert not wrong
    assert count


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_claims_something_true_and_names_no_number_for_a_size(name: str) -> None:
    problems = read(catalogue.load(name).problem, name)
    assert any(claim.expect is None for problem in problems for claim in problem.claims)
    # Proofs hold for every size; a second problem on the page may look at one size alone.
    assert all(size.fixed is None for size in problems[0].context.sizes.values())


def test_a_false_entry_would_be_noticed() -> None:
    (problem,) = read(
        catalogue.load("softmax").problem.replace("sum(p[i], i) = 1", "sum(p[i], i) = 2"), "softmax"
    )
    (claim,) = (one for one in problem.claims if str(one.equations[0].right) == "2")
    assert not isinstance(prove(claim.equations[0], claim.context), Theorem)
    assert decide(claim.equations[0], claim.context, explain=False).verdict.value == "refuted"
