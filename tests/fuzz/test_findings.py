"""Every input that once broke a reader is read again, and the harness is shown to notice what it looks for."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from derive.errors import DeriveError
from tests.fuzz.mutations import exchanged, mutated
from tests.fuzz.readers import FINDINGS, TARGETS, broken, finding, kept, typed

NO_CLOCK = float("inf")  # no test fails on a clock
KEPT = [(target, path) for target in TARGETS for path in kept(target)]


def test_there_are_findings_and_each_belongs_to_a_reader() -> None:
    assert KEPT
    assert {path for _, path in KEPT} == {path for path in FINDINGS.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("target", "path"), KEPT, ids=[f"{target}-{path.name}" for target, path in KEPT])
def test_what_once_broke_a_reader(target: str, path: Path) -> None:
    assert finding(target, path.read_bytes(), NO_CLOCK) is None


@pytest.mark.parametrize("target", TARGETS)
def test_an_error_that_is_not_ours_is_a_finding(target: str) -> None:
    def read(text: str) -> None:
        raise KeyError(text)

    with broken(target, read):
        assert "KeyError" in (finding(target, b"x", NO_CLOCK) or "")


@pytest.mark.parametrize("target", TARGETS)
def test_time_is_a_finding(target: str) -> None:
    assert (finding(target, b"x", slow=-1) or "").startswith("slow")


@pytest.mark.parametrize("target", TARGETS)
def test_an_error_of_ours_is_none(target: str) -> None:
    def read(text: str) -> None:
        raise DeriveError(f"no {text}")

    with broken(target, read):
        assert finding(target, b"\xff", NO_CLOCK) is None


@pytest.mark.parametrize("target", TARGETS)
def test_the_seeds_are_read(target: str) -> None:
    seeds = [*TARGETS[target].seeds()][:40]
    assert len(seeds) == 40
    assert not [found for seed in seeds if (found := finding(target, seed.encode(), NO_CLOCK))]


def test_bytes_survive_as_text() -> None:
    every = bytes(range(256))
    assert typed(every).encode("utf-8", "surrogateescape") == every


def test_mutations_change_and_repeat() -> None:
    def changed(seed: int) -> str:
        return mutated(r"\frac{a}{b} = c", [r"\sum"], ["x + y"], random.Random(seed))

    assert [changed(seed) for seed in range(50)] == [changed(seed) for seed in range(50)]
    assert len({changed(seed) for seed in range(50)}) > 25
    assert any(r"\sum" in changed(seed) for seed in range(50))


def test_exchanges_keep_the_kinds() -> None:
    texts = {exchanged("claim x + 2 = y", ["3*z"], random.Random(seed)) for seed in range(200)}
    assert "claim x * 2 = y" in texts
    assert "claim z + 3 = y" in texts
    assert all(len(text.split()) == 6 for text in texts)
