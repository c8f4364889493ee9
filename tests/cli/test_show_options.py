"""`derive show --symbols` and `--fragment`: the reader's letters, LaTeX to paste, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from derive.api import derivations
from derive.cli.command import command
from derive.errors import DeriveError
from derive.reading.sources import SourceFile
from derive.verification.budget import Budget
from derive.verification.files import derived
from derive.verification.work import Run
from derive.writing.latex_document import report_fragment
from derive.writing.terminal import derivation_lines, line_text
from tests.verification import tasks

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


OWN = """size n
real x[n]
derivation
  D(sum(x[j]^2, j), x[i])
  = sum(D(x[j]^2, x[i]), j)
  = 2*x[j]
"""


@pytest.mark.parametrize("form", ["text", "latex", "markdown", "html", "json"])
def test_every_line_by_itself_if_asked(form: str) -> None:
    rules = "definition", "distribute"
    merged, every = (
        CliRunner().invoke(command, ["show", "softmax", "--format", form, *lines]).output
        for lines in ([], ["--steps", "all"])
    )
    assert all(rule in every for rule in rules)
    assert not any(f'"{rule}"' in merged for rule in rules)
    assert len(merged) < len(every) or form == "html"  # whose lines unfold
    assert re.search(r"quotient rule,\W", merged)
    assert not re.search(r"quotient rule,\W", every)


def test_the_problem_stands_before_its_first_claim_alone() -> None:
    lines = CliRunner().invoke(command, ["show", "cross-entropy"]).output.splitlines()
    assert [line.split() for line in lines[:5]] == [
        ["let", "real", "s[n],", "c[n]"],
        ["p[i]", "=", "exp(s[i])/sum(exp(s[k]),", "k)"],
        ["E", "=", "-sum(c[j]*log(p[j]),", "j)"],
        ["given", "sum(c[j],", "j)", "=", "1"],
        ["proved", "D(E,", "s[i])", "=", "p[i]", "-", "c[i]", "for", "all", "n", ">=", "1"],
    ]
    assert sum(line.startswith("let") for line in lines) == 2, "two problems"


DECLARED = """size n = 3
size m >= 2
real x[n], b
simplex q[m]
onehot y[m]
label t: m
positive T
function f
function g(a[n], b)
given b != 0
show D(f(b)*T*sum(x[j]*x[j], j) + g(x, b) + q[t] + y[t], b)
"""


def test_everything_that_is_declared_is_said(tmp_path: Path) -> None:
    (tmp_path / "all.drv").write_text(DECLARED, encoding="utf-8")
    shown = CliRunner().invoke(command, ["show", str(tmp_path / "all.drv")])
    said = [line[11:] for line in shown.output.splitlines()]
    for line in (
        "real x[n], b", "simplex q[m]", "onehot y[m]", "real T > 0", "size n = 3", "size m >= 2", "label t: m",
        "function f, g(a[n], b)", "b != 0",
    ):  # fmt: skip
        assert line in said, shown.output


def test_a_derivation_of_ones_own_stays_as_it_is_written_with_marks(tmp_path: Path) -> None:
    (tmp_path / "own.drv").write_text(OWN, encoding="utf-8")
    shown = CliRunner().invoke(command, ["show", str(tmp_path / "own.drv")]).output
    assert "line 6 does not follow" in shown
    assert "5  = sum(D(x[j]^2, x[i]), j)   for all n >= 1\nrefuted    6  = 2*x[j]\n" in shown
    assert "power rule" not in shown


SLOW = "real x, stuck\nclaim stuck = stuck\nshow D(x^2, x)\nclaim D(x^3, x) = 3*x^2\n"


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is called stuck take for ever."""
    monkeypatch.setattr("derive.verification.work.answers", tasks.stuck)


@pytest.mark.usefixtures("endless")
@pytest.mark.parametrize("form", ["text", "latex", "markdown", "html", "json"])
def test_what_takes_too_long_is_undecided_and_the_rest_is_shown(form: str, tmp_path: Path) -> None:
    (tmp_path / "slow.drv").write_text(SLOW, encoding="utf-8")
    source = str(tmp_path / "slow.drv")
    run = CliRunner().invoke(command, ["show", source, "--timeout", "8", "--format", form])
    assert run.exit_code == 0
    assert (
        "ut of time: no answer within 8 " in run.output
    )  # how a sentence begins and a unit looks is the form's
    if form == "text":
        assert [line.split()[0] for line in run.output.splitlines()] == [
            "let", "undecided", "because:", "proved", "D(x^2,", "proved", "D(x^3,"
        ]  # fmt: skip


@pytest.mark.usefixtures("endless")
def test_a_show_that_takes_too_long_says_what_was_to_be_shown(tmp_path: Path) -> None:
    (tmp_path / "slow.drv").write_text("real stuck\nshow stuck + 1\n", encoding="utf-8")
    run = CliRunner().invoke(command, ["show", str(tmp_path / "slow.drv"), "--timeout", "4"])
    assert run.exit_code == 0
    _let, first, second = run.output.splitlines()
    assert first.split() == ["undecided", "stuck", "+", "1"]
    assert second.strip() == "because: out of time: no answer within 4 s"


def test_a_verdict_stands_where_its_derivation_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.verification.work.answers", tasks.told_then_sleep)
    (found,) = derived(SourceFile("it", "real x\nclaim D(x^2, x) = 2*x\n"), {}, {}, Run(Budget(seconds=5)))
    assert found
    assert found.steps is None
    late = "what comes after the verdict: out of time: nothing more within 5 s"
    assert found.left_out == (late,)
    lines = [line_text(line).strip() for line in derivation_lines(found)]
    assert lines[1:] == [f"left out: {late}"]


@pytest.mark.parametrize(("option", "value"), [("--timeout", "0"), ("--memory", "0"), ("--timeout", "soon")])
def test_a_budget_that_allows_nothing_is_a_wrong_option(option: str, value: str) -> None:
    run = CliRunner().invoke(command, ["show", "softmax", option, value])
    assert run.exit_code == 2
    assert option in run.output


def test_the_command_derives_what_python_does() -> None:
    found = derived(SourceFile("it", TEXT), {"n": 2}, {"s": "z"}, Run())
    here = derivations(TEXT, "it", {"n": 2}, None, {"s": "z"}).results
    assert tuple(found) == here
    assert [one.steps for one in found] == [one.steps for one in here]
    assert [(one.line, one.column, one.chain) for one in found] == [(6, 1, 1), (7, 1, 2)]


# ---- where it is written to


@pytest.mark.parametrize(
    ("ending", "begins"),
    [
        (".tex", "\\documentclass"),
        (".html", "<!doctype html>"),
        (".md", "$$"),
        (".json", "{"),
        (".txt", "let "),
        pytest.param(".pdf", "%PDF", marks=pytest.mark.needs_tool("pdflatex")),
    ],
)
def test_the_ending_of_a_file_says_what_is_written(tmp_path: Path, ending: str, begins: str) -> None:
    out = tmp_path / f"squares{ending}"
    ran = CliRunner().invoke(command, ["show", "-e", "D(sum(x[i]^2, i), x[k]) = 2*x[k]", "-o", str(out)])
    assert ran.exit_code == 0, ran.output
    assert out.read_bytes().decode("latin-1").lower().startswith(begins.lower())


def test_an_ending_that_says_nothing_is_asked_about(tmp_path: Path) -> None:
    ran = CliRunner().invoke(command, ["show", "softmax", "-o", str(tmp_path / "softmax.xyz")])
    assert ran.exit_code == 2
    assert "Let it end in .html, .json, .md, .pdf, .tex, .txt" in ran.output


def test_a_pdf_without_tex_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = CliRunner().invoke(command, ["show", "softmax", "-o", str(tmp_path / "softmax.pdf")])
    assert ran.exit_code == 2
    assert "apt install texlive" in ran.output
