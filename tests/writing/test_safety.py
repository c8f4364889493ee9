"""What a user typed stays text in every output: no TeX, HTML, Markdown, workflow command or terminal escape gets in."""

from __future__ import annotations

import html.parser
import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from derive.errors import DeriveError, Position, visible
from derive.report.results import (
    Counterexample,
    Diagnosis,
    Report,
    Result,
    Steps,
    StepShown,
    Verdict,
)
from derive.terms import Entry, Equation, Index
from derive.writing.github import to_annotations
from derive.writing.html import report_to_html
from derive.writing.latex_document import report_document, report_fragment
from derive.writing.listing import group_lines
from derive.writing.terminal import error_text, heading_lines, line_text
from tests.writing.test_latex_document import compiled, complaints

ROOT = Path(__file__).parent.parent.parent

HOSTILE = [
    r"\input{/etc/passwd}",
    r"\immediate\write18{touch pwned}",
    "^^5cinput{/etc/passwd}",
    r"\catcode`\@=0 @input{x}",
    r"} \end{document} {",
    "$$ \\def\\x{\\x}\\x $$ % comment",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)> & &lt; &#x202e;",
    "\"'><svg/onload=alert(1)>",
    "[click](javascript:alert(1)) ![x](http://example.org/x.png)",
    "``` ` `` # heading\n# heading",
    "::error file=x::fake\n::set-output name=x::y",
    " \t::stop-commands::word",
    "##[add-mask]the ##[group]the ##vso[task.setvariable variable=x]y",
    "\x1b]0;title\x07\x1b[2J\x1b[31mred",
    "\x9b31m C1 \x85 next",
    "abc\u202edlrow\u2066 \u200f\u2028line",
    "a\rb\x00c\x7f\ud800",
]
HARMLESS = "harmless text, x = (1) of it"
STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
# What the runners of GitHub and Azure look for in every line of a log.
WORKFLOW = re.compile(r"(?m)^\s*::|##\w*\[")


def report(text: str) -> Report:
    """Return a report with a text wherever a text can stand."""
    name = re.sub(r"\s", "_", text)
    statement = Equation(Entry(name, (Index(name, "n"),)), Entry("x"))
    plain = StepShown(text, None, statement.left, hypotheses=(text,))
    refuted = Result(
        Verdict.REFUTED, claim=text, file=text, line=1, column=2, problem=text, scope=text, hypotheses=(text,),
        conditions=(text,), marked=(text,), never_tried=(text,), holds_at=({text: 1},), correct=text,
        residual=text, reason=text,
        counterexample=Counterexample({text: 2}, {text: 1}, {text: (text, text)}, text, text),
        diagnosis=Diagnosis(text, text), steps=Steps((plain,)), left_out=(text,), statement=statement,
    )  # fmt: skip
    bare = Result(
        Verdict.ERROR, claim=text, file=text, problem=text, message=text, source_line=text, column=3, chain=1
    )
    return Report((refuted, bare))


hostile = pytest.mark.parametrize("text", HOSTILE)


class _Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)


def tags(page: str) -> tuple[set[str], set[str]]:
    parser = _Tags()
    parser.feed(page)
    return parser.tags, parser.attributes


@hostile
def test_html(text: str) -> None:
    page = report_to_html(report(text), text)
    assert STEERING.search(page) is None
    harmless = tags(report_to_html(report(HARMLESS), HARMLESS))
    found = tags(page)
    assert found[0] <= harmless[0]
    assert found[1] <= harmless[1]


@hostile
def test_latex_means_the_characters(text: str, tmp_path: Path, needs_tool: Callable[[str], str]) -> None:
    document = report_document(report(text), text)
    assert document.isascii()
    assert "^^" not in document
    harmless = set(re.findall(r"\\[A-Za-z]+", report_document(report(HARMLESS), HARMLESS)))
    ours = {
        r"\textbackslash", r"\textasciicircum", r"\textasciitilde", r"\char", r"\hskip", r"\relax", r"\cdot",
        r"\mathrm", r"\_", r"\ge", r"\le", r"\neq", r"\dots", r"\small",
        r"\footnotesize", r"\scriptsize", r"\tiny",
    }  # fmt: skip
    assert set(re.findall(r"\\[A-Za-z]+", document)) - harmless <= ours
    log = compiled(document, tmp_path, needs_tool("pdflatex"))
    assert [one for one in complaints(log) if "Overfull" not in one and "Underfull" not in one] == []
    assert {one.suffix for one in tmp_path.iterdir()} <= {".tex", ".aux", ".log", ".pdf"}


@hostile
def test_a_fragment_opens_and_closes_its_own_braces(text: str) -> None:
    bare = re.sub(r"\\.", "", report_fragment(report(text)))
    assert bare.count("{") == bare.count("}")
    assert "%" not in bare
    assert "#" not in bare


@hostile
def test_markdown(text: str) -> None:
    written = report(text).markdown()
    assert STEERING.search(written) is None
    # Formulas hold nothing but what names may be; the rest goes through a real reader of Markdown.
    harmless = tags(MarkdownIt("commonmark").render(report(HARMLESS).markdown()))
    found = tags(MarkdownIt("commonmark").render(written))
    assert found[0] <= harmless[0]
    assert found[1] <= harmless[1]


@hostile
def test_json_says_the_same(text: str) -> None:
    if "\ud800" in text:
        return
    data = report(text).json()
    written = visible(json.dumps(data, ensure_ascii=False))
    assert STEERING.search(written) is None
    assert WORKFLOW.search(written) is None
    assert json.loads(written) == data


@hostile
def test_terminal(text: str) -> None:
    found = report(text)
    lines = [line_text(line) for group in found.claims for line in group_lines(group)]
    lines += [line_text(line) for line in heading_lines((None, None), (text, text))]
    lines += [error_text(one) for one in found.results]
    lines += [str(DeriveError(text, Position(text, 1, 2, text))), str(DeriveError(text)), str(found)]
    assert all(STEERING.search(line) is None for line in lines)
    assert all(WORKFLOW.search(line) is None for line in lines)


@hostile
def test_annotations_are_ours_alone(text: str) -> None:
    written = to_annotations(report(text))
    assert STEERING.search(written) is None
    *annotations, _ = written.splitlines()
    assert len(annotations) == 2
    for line in annotations:
        properties = line.removeprefix("::error ").partition("::")[0]
        assert len(re.findall(r"(?:^|,)[a-z]+=", properties)) == properties.count("=") or "=" in text


@given(st.text())
def test_what_is_visible_steers_nothing(text: str) -> None:
    shown = visible(text)
    assert all(c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in shown)
    assert text != shown or not STEERING.search(text)


@given(st.text("::##[]vso \n\tx", max_size=30))
def test_what_is_visible_is_no_command_of_a_workflow(text: str) -> None:
    shown = visible(text)
    assert WORKFLOW.search(shown) is None
    assert json.loads(f'"{shown}"', strict=False) == text


def command(*arguments: str, status: int = 2) -> list[str]:
    """Return what the command writes to its two outputs."""
    run = subprocess.run(
        [sys.executable, "-m", "derive", *arguments], cwd=ROOT, capture_output=True, check=False
    )
    assert run.returncode == status
    return [run.stdout.decode(), run.stderr.decode()]


FORMS = ("text", "json", "html", "github")
SHOWN = ("text", "json", "html", "latex", "markdown")


def test_the_command_on_a_hostile_file(tmp_path: Path) -> None:
    file = tmp_path / "a\x1b[31m\u202e<b>.drv"
    file.write_text(
        "problem: \x1b]0;hi\x07 \u202e<script>\nreal y\nclaim y = y + 1\nclaim y\x1b[2J = y\n",
        encoding="utf-8",
    )
    for form in FORMS:
        out, err = command("check", "--format", form, str(file))
        assert STEERING.search(out + err) is None
        assert "<script>" not in out or form != "html"


def test_the_command_on_a_file_that_would_command_a_workflow(tmp_path: Path) -> None:
    (tmp_path / "::x").mkdir()
    for name in ("::x/a.drv", "b.drv"):
        (tmp_path / name).write_text(
            "problem: ::add-mask::the\nreal y\nclaim y = y + 1\n::error::the\n"
            "problem: ##[add-mask]the\nreal y\nclaim y = y\n",
            encoding="utf-8",
        )
    for form in FORMS:
        # Relative names, so that a heading begins with that of the file.
        run = subprocess.run(
            [sys.executable, "-m", "derive", "check", "--format", form, "::x/a.drv", "b.drv"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 2
        assert WORKFLOW.search(run.stderr) is None
        found = [line for line in run.stdout.splitlines() if WORKFLOW.search(line)]
        ours = [line for line in found if line.startswith("::error file=")]
        assert len(ours) == (4 if form == "github" else 0)
        assert found == ours
    text = tmp_path / "b.drv"
    text.write_text(text.read_text(encoding="utf-8").replace("::error::the\n", ""), encoding="utf-8")
    for form in SHOWN:
        written = command("show", "--format", form, str(text), status=0)
        assert [WORKFLOW.search(one) for one in written] == [None, None]


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("eval('1')", "S307"),
        ("exec('1')", "S102"),
        ("import sympy\n\nsympy.sympify('1')", "TID251"),
        ("from sympy import sympify", "TID251"),
        ("from sympy.parsing.sympy_parser import parse_expr", "TID251"),
        ("import pickle", "TID251"),
    ],
)
def test_the_linter_refuses_to_evaluate_what_is_typed(code: str, rule: str) -> None:
    command = [sys.executable, "-m", "ruff", "check", "--stdin-filename", "derive/new.py", "-"]
    run = subprocess.run(command, cwd=ROOT, input=code, capture_output=True, text=True, check=False)
    assert rule in run.stdout
