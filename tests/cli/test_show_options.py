"""`derive show --symbols` and `--fragment`: the reader's letters, LaTeX to paste, and what is refused."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from derive.api import derivations
from derive.cli import command
from derive.errors import DeriveError
from derive.writing.latex_document import report_fragment

TEXT = """size n
real s[n], c[n]
given sum(c[j], j) = 1
let p[i] = exp(s[i]) / sum(exp(s[k]), k)
let E = -sum(c[j]*log(p[j]), j)
claim D(E, s[i]) = p[i] - c[i]
claim D(p[j], s[i]) = -p[i]*p[j] when i != j
"""


def claims(symbols: dict[str, str]) -> list[str]:
    report = derivations(TEXT, "it", {}, None, symbols)
    assert all(result.verdict == "proved" for result in report.results)
    return [str(result.claim or result.statement) for result in report.results]


def test_every_name_is_replaced_at_once() -> None:
    new = claims({"s": "z", "c": "y", "p": "s", "i": "a", "n": "K", "E": "L"})
    assert new == ["D(L, z[a]) = s[a] - y[a]", "D(s[j], z[a]) = -s[a]*s[j] when a != j"]


def test_names_may_be_exchanged() -> None:
    assert claims({"s": "c", "c": "s"})[0] == "D(E, c[i]) = p[i] - s[i]"


def test_what_is_written_is_what_a_text_in_those_letters_gives() -> None:
    other = TEXT.replace("s[", "z[").replace("real s", "real z").replace("c[", "y[")
    renamed = derivations(TEXT, "it", {}, None, {"s": "z", "c": "y"})
    assert report_fragment(renamed) == report_fragment(derivations(other, "it", {}))


@pytest.mark.parametrize(
    ("symbols", "why"),
    [
        ({"s": "c"}, "s cannot be called c: c is taken"),
        ({"s": "k"}, "s cannot be called k: k is taken"),
        ({"s": "z", "c": "z"}, "would be z too"),
        ({"s": "pi"}, "pi is taken"),
        ({"q": "z"}, "nothing is called q in it"),
        ({"i": "j"}, "i cannot be called j: j is taken"),
    ],
)
def test_a_clash_is_an_error(symbols: dict[str, str], why: str) -> None:
    with pytest.raises(DeriveError, match=why):
        derivations(TEXT, "it", {}, None, symbols)


def test_a_fragment_from_the_command() -> None:
    run = CliRunner().invoke(command, ["show", "cross-entropy", "--fragment", "--symbols", "s=z,c=y"])
    assert run.exit_code == 0
    assert r"\documentclass" not in run.output
    assert r"\frac{\partial E}{\partial z_{i}} & = p_{i} - y_{i}" in run.output
    assert "s_{" not in run.output


@pytest.mark.parametrize(
    "options", [["--symbols", "s"], ["--symbols", "s=1"], ["--fragment", "--format", "json"]]
)
def test_what_makes_no_sense_is_refused(options: list[str]) -> None:
    assert CliRunner().invoke(command, ["show", "cross-entropy", *options]).exit_code == 2
