"""First contact: whatever somebody types first, the answer says what to type next."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from derive import catalogue
from derive.cli.command import command

ROOT = Path(__file__).parent.parent.parent


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), prog_name="derive", catch_exceptions=False)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def blocks(text: str) -> str:
    """Return the example in a help text, without its indentation."""
    lines = text.split("The smallest file:\n")[1].splitlines()
    return "\n".join(line.strip() for line in lines) + "\n"


@pytest.mark.parametrize(("arguments", "status"), [([], 2), (["--help"], 0), (["-h"], 0)])
def test_the_command_alone_and_its_help_say_the_first_steps(arguments: list[str], status: int) -> None:
    result = run(*arguments)
    assert result.exit_code == status
    for said in ("derive list", "derive show softmax", "derive check FILE", "claim D(x^3, x) = 3*x^2"):
        assert said in result.output
    assert max(map(len, result.output.splitlines())) <= 80


def test_the_smallest_file_of_the_help_is_proved(elsewhere: Path) -> None:
    (elsewhere / "a.drv").write_text(blocks(run("--help").output), encoding="utf-8")
    assert run("check", "a.drv").stdout.startswith("proved ")


def test_the_entries_that_help_names_are_there() -> None:
    assert run("show", "softmax").exit_code == 0
    assert run("show", "cross-entropy").exit_code == 0


def test_a_misspelt_command_suggests_the_nearest() -> None:
    result = run("chek", "a.drv")
    assert result.exit_code == 2
    assert "there is no command chek; did you mean check?" in result.output
    assert "did you mean" not in run("zzzzz").output


def test_a_file_or_an_entry_in_place_of_a_command_is_told_the_command(elsewhere: Path) -> None:
    (elsewhere / "a.drv").write_text("", encoding="utf-8")
    assert "derive check a.drv" in run("a.drv").output
    assert "derive show softmax" in run("softmax").output


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "size n\nreal s[n]\n"])
def test_a_file_without_claims_is_named_and_told_what_a_claim_is(elsewhere: Path, text: str) -> None:
    (elsewhere / "a.drv").write_text(text, encoding="utf-8")
    result = run("check", "a.drv")
    assert result.exit_code == 2
    assert "no claim was found in a.drv" in result.stderr
    assert "claim D(x^3, x) = 3*x^2" in result.stderr


def test_a_directory_without_formulas(elsewhere: Path) -> None:
    folder = elsewhere / "empty"
    folder.mkdir()
    result = run("check", "empty")
    assert result.exit_code == 2
    assert ".drv, .md, .tex; write one" in result.stderr
    (folder / "notes.md").write_text("# Notes\n\nNothing to prove.\n", encoding="utf-8")
    result = run("check", "empty")
    assert result.exit_code == 2
    assert "no claim was found in empty/notes.md" in result.stderr
    (folder / "more.md").write_text("", encoding="utf-8")
    assert "in 2 files" in run("check", "empty").stderr


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("los.drv", "did you mean loss.drv?"),
        ("loss", "did you mean loss.drv?"),
        ("cross-entropy", "`derive show cross-entropy`"),
        ("zzzzzz", "`derive list`"),
        ("nowhere/a.drv", "`derive list`"),
    ],
)
def test_a_file_that_does_not_exist(elsewhere: Path, typed: str, said: str) -> None:
    (elsewhere / "loss.drv").write_text("", encoding="utf-8")
    result = run("check", typed)
    assert result.exit_code == 2
    assert f"there is no file or directory {typed}; " in result.stderr
    assert said in result.stderr


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("sofmax", "did you mean softmax?"),
        ("cross_entropi", "did you mean cross-entropy?"),
        ("zzz", "`derive list`"),
    ],
)
def test_a_misspelt_entry(typed: str, said: str) -> None:
    result = run("show", typed)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_file_with_nothing_to_show_is_told_what_to_write(elsewhere: Path) -> None:
    (elsewhere / "a.drv").write_text("size n\n", encoding="utf-8")
    result = run("show", "a.drv")
    assert result.exit_code == 2
    assert "write a claim, or `show D(E, s[i])`" in result.stderr


def test_the_list_has_a_line_for_every_entry() -> None:
    lines = run("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(catalogue.names())
    assert all(line.split(maxsplit=1)[1] for line in lines)
    assert max(map(len, lines)) <= 100


def test_the_list_is_searched_and_shows_the_claims_of_few() -> None:
    assert run("list", "focal").stdout.splitlines()[0].split() == ["focal", "Focal", "loss"]
    assert "    D(F, x) = y*(1 - p)^g*(g*p*log(p) + p - 1)\n" in run("list", "FOCAL").stdout
    many = run("list", "loss").stdout
    assert len(many.splitlines()) > 5
    assert " = " not in many
    assert " = " in run("list", "loss", "--claims").stdout
    nothing = run("list", "sofmax")
    assert nothing.exit_code == 2
    assert "did you mean softmax?" in nothing.stderr


def completions(shell: str, words: str, position: int) -> list[str]:
    variables = {"_DERIVE_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": str(position)}
    code = "from derive.cli.command import command; command(prog_name='derive')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **variables, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_names_complete() -> None:
    assert completions("bash", "derive ch", 1) == ["plain,check"]
    assert completions("bash", "derive show softm", 2) == [
        "plain,softmax", "plain,softmax-backward", "plain,softmax-entropy", "plain,softmax-temperature",
    ]  # fmt: skip
    assert completions("bash", "derive show loss.d", 2) == ["file,loss.d"]
    assert completions("bash", "derive check loss", 2) == ["file,loss"]
    assert "plain,markdown" in completions("bash", "derive show softmax --format ", 4)


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_the_documented_line_sets_completion_up_in_bash() -> None:
    page = (ROOT / "docs" / "command.md").read_text(encoding="utf-8")
    line = 'eval "$(_DERIVE_COMPLETE=bash_source derive)"'
    assert line in page
    here = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-c", f"{line}; complete -p derive"],
        env={**os.environ, "PATH": here},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == "derive"
