"""The command as its users meet it: exit status, what goes to which stream, JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from derive import __version__
from derive.cli.command import command

ROOT = Path(__file__).parent.parent.parent

HEAD = """size n
real s[n], c[n]
given sum(c[j], j) = 1
let p[i] = exp(s[i]) / sum(exp(s[k]), k)
let E = -sum(c[j]*log(p[j]), j)
"""
TRUE = HEAD + "claim D(E, s[i]) = p[i] - c[i]\n"
FALSE = HEAD + "claim D(E, s[i]) = c[i] - p[i]\n"
OPEN = "size n\nreal x[n]\nfunction f\nclaim f(sum(x[j], j)) = f(sum(x[j], j) + 0*erf(x[1]))*1\n"
BROKEN = HEAD + "claim D(E, s[i]) = p[i] - d[i]\n"


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(command, list(arguments), input=stdin, catch_exceptions=False)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {"true.drv": TRUE, "false.drv": FALSE, "broken.drv": BROKEN}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_true_claim(files: Path) -> None:
    result = run("check", "true.drv")
    assert result.exit_code == 0
    first, second = result.stdout.splitlines()
    assert first == "proved     D(E, s[i]) = p[i] - c[i]   for all n >= 1"
    assert second.strip() == "uses: sum(c[j], j) = 1"
    assert result.stderr == ""


def test_a_false_claim(files: Path) -> None:
    result = run("check", "false.drv")
    assert result.exit_code == 1
    assert result.stdout.startswith("refuted    D(E, s[i]) = c[i] - p[i]\n")
    assert " at: n = " in result.stdout
    assert " left: " in result.stdout
    assert " right: " in result.stdout
    assert " correct: p[i] - c[i]" in result.stdout


def test_an_unreadable_claim_is_on_standard_error_with_a_caret(files: Path) -> None:
    result = run("check", "broken.drv")
    assert result.exit_code == 2
    message, line, caret = result.stderr.splitlines()
    assert message.startswith("broken.drv:6:27: ")
    assert "d" in message
    assert line == "  claim D(E, s[i]) = p[i] - d[i]"
    assert caret.index("^") == line.index("d[i]")
    assert result.stdout == ""


def test_standard_input() -> None:
    assert run("check", "-", stdin=TRUE).exit_code == 0
    assert "<stdin>" in run("check", "-", stdin=BROKEN).stderr


def test_several_files_and_the_worst_of_them(files: Path) -> None:
    result = run("check", "true.drv", "false.drv")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == "true.drv"
    assert "false.drv" in lines
    assert lines[-1].startswith("1 proved, 1 refuted")
    assert run("check", ".").exit_code == 2


@pytest.mark.parametrize("text", ["", "size n\nreal s[n]\n", "# nothing\n"])
def test_no_claim_is_an_error(text: str) -> None:
    result = run("check", "-", stdin=text)
    assert result.exit_code == 2
    assert "no claim" in result.stderr


def test_a_missing_file_is_an_error_and_the_others_are_checked(files: Path) -> None:
    result = run("check", "none.drv", "true.drv")
    assert result.exit_code == 2
    assert "none.drv" in result.stderr
    assert "proved" in result.stdout


def test_expectations_count() -> None:
    expected = FALSE.replace("c[i] - p[i]", "c[i] - p[i] expect refuted")
    result = run("check", "-", stdin=expected)
    assert result.exit_code == 0
    assert "as expected" in result.stdout
    result = run("check", "-", stdin=TRUE.replace("p[i] - c[i]", "p[i] - c[i] expect refuted"))
    assert result.exit_code == 1
    assert "expected: refuted" in result.stdout


def loaded(result: Result) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(result.stdout)
    return data


def test_json_of_a_proof(files: Path) -> None:
    result = run("check", "--json", "true.drv")
    assert result.exit_code == 0
    (one,) = loaded(result)["results"]
    assert one["file"] == "true.drv"
    assert (one["line"], one["column"], one["problem"], one["expect"]) == (6, 1, None, None)
    assert one["claim"] == "D(E, s[i]) = p[i] - c[i]"
    assert (one["verdict"], one["scope"]) == ("proved", "for all n >= 1")
    assert one["hypotheses"] == ["sum(c[j], j) = 1"]
    assert one["conditions"] == []
    assert {"n": 1} in one["sizes_tried"]
    assert one["counterexample"] is None
    assert one["seconds"] > 0
    assert one["steps"]
    assert {step["verdict"] for step in one["steps"]} == {"proved"}


def test_json_of_a_refutation_and_an_error(files: Path) -> None:
    result = run("check", "--json", "false.drv", "broken.drv")
    assert result.exit_code == 2
    refuted, error = loaded(result)["results"]
    assert refuted["correct"] == "p[i] - c[i]"
    found = refuted["counterexample"]
    assert set(found) == {"sizes", "indices", "values", "left", "right"}
    assert len(found["values"]["s"]) == found["sizes"]["n"]
    assert found["left"] != found["right"]
    assert (error["verdict"], error["line"], error["column"]) == ("error", 6, 27)
    assert error["message"]
    assert error["scope"] is None


def test_jobs_change_nothing(files: Path) -> None:
    def verdicts(result: Result) -> list[tuple[str, str]]:
        return [(one["file"], one["verdict"]) for one in loaded(result)["results"]]

    plain = run("check", "--json", "true.drv", "false.drv", "broken.drv")
    several = run("check", "--json", "--jobs", "2", "true.drv", "false.drv", "broken.drv")
    assert verdicts(several) == verdicts(plain)
    assert several.exit_code == plain.exit_code


def test_markdown_is_read_in_its_blocks(tmp_path: Path) -> None:
    page = tmp_path / "notes.md"
    page.write_text(f"# Notes\n\n```derive\n{BROKEN}```\n", encoding="utf-8")
    assert f"{page}:9:27: " in run("check", str(page)).stderr


def test_tex_is_read_in_its_displays_and_comments(tmp_path: Path) -> None:
    page = tmp_path / "paper.tex"
    page.write_text("% derive: real x\n\\[ x + x = 2x \\]\n\\[ x x = 2x \\]\n", encoding="utf-8")
    result = run("check", str(page))
    assert result.exit_code == 1
    assert "1 proved, 1 refuted" in result.stdout


def test_nothing_typed_is_run(tmp_path: Path) -> None:
    marker = tmp_path / "made"
    run("check", "-", stdin=f"claim __import__('os').mkdir('{marker}') = 1\n")
    assert not marker.exists()


def test_the_version() -> None:
    assert __version__ in run("--version").stdout


@pytest.mark.parametrize("size", ["n", "n=", "n=0", "n=x", "=3"])
def test_a_size_that_is_none_is_refused(size: str) -> None:
    assert run("show", "softmax", "--size", size).exit_code == 2


def test_a_bug_never_ends_like_a_refuted_claim(tmp_path: Path) -> None:
    program = (
        "import sys, derive.cli.command, derive.verification.verdicts\n"
        "def fail(*_): raise RuntimeError('seeded')\n"
        "derive.verification.verdicts.stages = fail\n"
        f"sys.argv = ['derive', 'check', {str(tmp_path / 'a.drv')!r}]\n"
        "derive.cli.command.main()\n"
    )
    (tmp_path / "a.drv").write_text(TRUE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 4
    assert "seeded" in done.stderr
    assert "bug in derive" in done.stderr


def test_python_m_derive(tmp_path: Path) -> None:
    (tmp_path / "a.drv").write_text(TRUE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "derive", "check", str(tmp_path / "a.drv")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("form", "beginning"),
    [
        ("text", "let        real s[n]\n"),
        ("markdown", "$$\n\\frac{\\partial p_{j}}{\\partial s_{i}}"),
        ("json", "{\n"),
        ("latex", "\\documentclass"),
        ("html", "<!DOCTYPE html>"),
    ],
)
def test_show_an_entry(form: str, beginning: str) -> None:
    result = run("show", "softmax", "--format", form)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith(beginning)


def test_show_writes_to_a_file(tmp_path: Path) -> None:
    out = tmp_path / "softmax.json"
    result = run("show", "softmax", "--format", "json", "-o", str(out))
    assert (result.exit_code, result.stdout) == (0, "")
    steps = json.loads(out.read_text(encoding="utf-8"))["results"][1]["steps"]
    assert steps[-1]["rule"]


def test_show_at_a_size(files: Path) -> None:
    result = run("show", "true.drv", "--size", "n=3")
    assert result.exit_code == 0
    assert any(one.startswith("proved") and "at n = 3" in one for one in result.stdout.splitlines())
    assert run("show", "true.drv", "--size", "m=3").exit_code == 2


def test_show_a_term() -> None:
    result = run("show", "-", stdin=HEAD + "show D(E, s[i])\n")
    assert result.exit_code == 0
    assert "proved     D(E, s[i]) = p[i] - c[i]   for all n >= 1" in result.stdout.splitlines()


@pytest.mark.parametrize("text", ["size n\n", BROKEN])
def test_what_cannot_be_shown_is_told(text: str) -> None:
    result = run("show", "-", stdin=text)
    assert result.exit_code == 2
    assert result.stderr
    assert result.stdout == ""


def test_a_chain_names_the_line_that_does_not_follow() -> None:
    text = "real x\nderivation\n  x^2 - 1\n  = (x - 1)*(x + 1)\n  = (x - 1)*(x - 1)\n  = x^2 - 1\n"
    data = loaded(run("check", "--json", "-", stdin=text))["results"]
    assert [(one["line"], one["follows"], one["true"]) for one in data] == [
        (4, "proved", "proved"),
        (5, "refuted", "refuted"),
        (6, "refuted", "proved"),
    ]
    assert [one["verdict"] for one in data] == ["proved", "refuted", "refuted"]
