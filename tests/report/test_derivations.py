"""What stands on a page is derived there once."""

from __future__ import annotations

import re

import pytest

from derive.api import derivations
from derive.report.derivations import Derived, chains_of

TWICE = """size n
real s[n], c[n]
let p[i] = exp(s[i]) / sum(exp(s[k]), k)
let E = -sum(c[j]*log(p[j]), j)
claim D(E, s[i]) = p[i]*sum(c[j], j) - c[i]
claim D(E, s[i]) = p[i] - c[i] expect refuted
problem: the same again
size n
real s[n], c[n]
let p[i] = exp(s[i]) / sum(exp(s[k]), k)
let E = -sum(c[j]*log(p[j]), j)
claim D(E, s[i]) = p[i]*sum(c[j], j) - c[i]
"""


def test_a_chain_begins_with_its_left_side() -> None:
    steps = derivations(TWICE, "it", {}).results[0].steps
    assert steps
    chains = chains_of(steps)
    assert [line for chain in chains for line in chain] == list(steps)
    assert all(chain[0].before is not None for chain in chains)
    assert not any(line.before is not None for chain in chains for line in chain[1:])


def test_what_is_above_is_not_new_and_neither_is_its_beginning() -> None:
    steps = derivations(TWICE, "it", {}).results[0].steps
    assert steps
    derived = Derived()
    assert derived.new(steps) == chains_of(steps)
    assert derived.new(steps) == []
    assert derived.new(steps[:-1]) == []
    assert Derived().new(steps[:-1]) != []


@pytest.mark.parametrize("form", ["text", "latex", "markdown", "html"])
def test_every_writer_derives_it_once_in_each_problem(form: str) -> None:
    written = derivations(TWICE, "it", {}).written(form)
    assert len(re.findall("(is|   ) derived above", written)) == 1
    assert written.count("chain rule</span>" if form == "html" else "chain rule") == 2


def test_json_has_every_derivation_whole() -> None:
    first, second, third = derivations(TWICE, "it", {}).json()["results"]
    assert first["steps"] == second["steps"] == third["steps"] != []
