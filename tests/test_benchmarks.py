"""The benchmarks still run what they say: their claims have their verdicts, and the tables have every row."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent / "benchmarks"
PAGE = (HERE.parents[1] / "docs" / "benchmarks.md").read_text(encoding="utf-8")


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return how to import a module of the benchmarks, which run as a directory and not as a package."""
    monkeypatch.syspath_prepend(HERE)
    return import_module


def test_what_is_put_to_the_others_has_its_verdict_here(benchmark: Any) -> None:
    warm, shared = benchmark("warm"), benchmark("shared").SHARED
    found = {item.name: warm.verdict(item.problem, rounds=1)[0] for item in shared}
    assert found == {item.name: "refuted" if "(false)" in item.name else "proved" for item in shared}


def test_tensorgrad_was_asked_the_same_claims(benchmark: Any) -> None:
    names = [item.name for item in benchmark("shared").SHARED]
    kept = json.loads((HERE / "tensorgrad.json").read_text(encoding="utf-8"))
    assert list(kept["rows"]) == names
    assert list(benchmark("tensorgrad_peer").NAMES) == names


def test_arrays_have_their_verdicts_here_and_what_either_peer_proves_is_proved(benchmark: Any) -> None:
    warm, arrays = benchmark("warm"), benchmark("arrays")
    found = {claim.name: warm.verdict(claim.problem, rounds=1)[0] for claim in arrays.CLAIMS}
    assert found == {claim.name: claim.expected for claim in arrays.CLAIMS}
    kept = json.loads((HERE / "tensorgrad.json").read_text(encoding="utf-8"))["arrays"]
    assert set(kept) <= set(found)
    theirs = {name for name, (says, _) in kept.items() if says == "proved"}
    quick = [
        c for c in arrays.CLAIMS if c.name in ("(AB)' = B'A'", "det AB = det A det B", "gradient of x'Ax")
    ]
    theirs |= {claim.name for claim in quick if arrays.attempt(claim)[0] == "proved"}
    assert len(theirs) >= 6
    assert {found[name] for name in theirs} == {"proved"}
    assert [claim.name for claim in arrays.CLAIMS if f"\n| {claim.name} |" not in PAGE] == []


def test_numeric_checkers_were_asked_the_same_claims(benchmark: Any) -> None:
    """And they let pass what is false: a factor within their tolerance, and what holds at the n tried alone."""
    claims = benchmark("numeric_peer").CLAIMS
    rows = json.loads((HERE / "numeric.json").read_text(encoding="utf-8"))["rows"]
    assert list(rows) == list(claims)
    for name in ("(p - c)*1.001", "binary form, softmax: 2*(p - c), tried at n = 2"):
        assert [rows[name][peer][0] for peer in ("torch", "jax")] == ["passes", "passes"]
    gradient, warm = benchmark("shared").gradient, benchmark("warm")
    verdicts = [warm.verdict(gradient(*claim), rounds=1)[0] for claim in claims.values()]
    assert verdicts == ["proved", *["refuted"] * (len(claims) - 1)]


def test_the_page_has_every_row(benchmark: Any) -> None:
    items = (*benchmark("items").ITEMS, *benchmark("shared").SHARED)
    assert [item.name for item in items if f"\n| {item.name} |" not in PAGE] == []


def test_a_claim_that_is_not_proved_ends_a_benchmark(benchmark: Any) -> None:
    warm = benchmark("warm")
    with pytest.raises(RuntimeError, match="not proved"):
        warm.measure("real x\nclaim 2*x = x", rounds=1)


def test_what_grows_is_proved_at_every_size(benchmark: Any) -> None:
    warm = benchmark("warm")
    for series in benchmark("growth").SERIES:
        for size in series.sizes:
            warm.measure(series.problem(size), rounds=1)


def test_what_the_readme_says_of_the_table_is_true_of_it() -> None:
    readme = (HERE.parents[1] / "README.md").read_text(encoding="utf-8")
    assert "less than a tenth of the time" in readme
    assert "less than a hundredth for the gradient of the cross-entropy" in readme
    table = PAGE.split("\n## A proof\n")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if " x |" in line]
    ratios = {name: float(ratio.removesuffix(" x")) for name, _, symbolic, ratio, *_ in rows if symbolic}
    assert len(ratios) >= 10
    assert min(ratios.values()) > 10
    assert ratios["cross-entropy: p - c"] > 100
