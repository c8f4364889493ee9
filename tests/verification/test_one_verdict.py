"""A verdict and the exit status are the same whatever is asked for beside them, and through every door."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import derive
from derive import catalogue, deriver, diagnosis
from derive.cli.command import command
from derive.errors import LimitError, OutOfTimeError
from derive.report.results import Report
from derive.writing.github import to_annotations
from tests.deriver.test_twice import CASES
from tests.soundness.problems import problem

FORGERIES = Path(__file__).parents[1] / "forgeries"
FALSE = (
    "size n\nreal s[n], c[n]\nlet p[i] = exp(s[i])/sum(exp(s[k]), k)\nlet E = -sum(c[j]*log(p[j]), j)\n"
    "claim D(E, s[i]) = p[i] - c[i]\nclaim D(E, c[i]) = -log(p[i])\n"
)
GENERATED = [found.text for found in (problem(20_261, number) for number in range(14)) if not found.page]
TEXTS: dict[str, str] = {
    **{f"twice, {name}": given + "".join(f"claim {c}\n" for c in claims) for name, (given, claims) in CASES.items()},
    **{stem: (FORGERIES / f"{stem}.drv").read_text("utf-8") for stem in ("r3_ambient", "r5_boundaries")},
    **{name: catalogue.load(name).problem for name in ("softmax-cross-entropy", "binary-form-softmax")
       if name in catalogue.names()},
    "false": FALSE,
    **{f"generated {number}": text for number, text in enumerate(GENERATED)},
}  # fmt: skip
FORMS: dict[str, Callable[[Report], object]] = {
    "text": str,
    "json": lambda report: json.dumps(report.json()),
    "latex": Report.latex,
    "markdown": Report.markdown,
    "html": Report.html,
    "github": to_annotations,
}


def verdicts(report: Report) -> list[tuple[str, str, str]]:
    return [(str(one.verdict), str(one.follows), str(one.true)) for one in report.results]


@pytest.mark.parametrize("name", TEXTS)
def test_in_every_form_with_and_without_an_explanation(name: str) -> None:
    plain = derive.check(TEXTS[name], explain=0)
    report = derive.check(TEXTS[name])
    assert (verdicts(report), report.status) == (verdicts(plain), plain.status)
    for form, write in FORMS.items():
        before = verdicts(report), report.status
        assert write(report) is not None, form
        assert (verdicts(report), report.status) == before, form
    left_out = [text for one in report.results for text in one.left_out or ()]
    assert not any("bug" in text for text in left_out), left_out


@pytest.mark.long
def test_through_every_door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DERIVE_CACHE", str(tmp_path / "kept"))
    texts = list(TEXTS.values())
    here = [derive.check(text, explain=0) for text in texts]
    expected = [(verdicts(report), report.status) for report in here]
    for options in ({"steps": False}, {"steps": True}, {"steps": True}, {"steps": True, "cache": False}):
        given: dict[str, Any] = dict(options)
        found = dict(derive.check_many(texts, jobs=2, **given))
        assert [(verdicts(found[k]), found[k].status) for k in range(len(texts))] == expected, options


@pytest.mark.parametrize("name", ["twice, zero", "twice, simplex", "false"])
def test_on_the_command_line(name: str, tmp_path: Path) -> None:
    file = tmp_path / "a.drv"
    file.write_text(TEXTS[name], "utf-8")
    report = derive.check(TEXTS[name], explain=0)
    for form in ("text", "json", "html", "github"):
        for options in (["--no-cache"], ["--explain", "0"]):
            done = CliRunner().invoke(command, ["check", "--format", form, *options, str(file)])
            assert done.exit_code == report.status, (form, options, done.output)
    for form in ("text", "json", "latex", "markdown", "html"):
        done = CliRunner().invoke(command, ["show", "--format", form, str(file)])
        assert done.exit_code == 0, done.output
        assert "bug in derive" not in done.output
    shown = CliRunner().invoke(command, ["show", "--format", "json", str(file)])
    found = [one["verdict"] for one in json.loads(shown.stdout)["results"]]
    assert found == [str(one.verdict) for one in report.results]


FAULTS = [ValueError("seeded"), TypeError("seeded"), KeyError("seeded"), ZeroDivisionError(), AssertionError(),
          RecursionError(), LimitError("too large"), OutOfTimeError(), StopIteration()]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
def test_whatever_a_search_falls_over(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = verdicts(derive.check(FALSE, explain=0))

    def fail(*_: object, **__: object) -> None:
        raise fault

    for module, name in ((deriver, "correct"), (deriver, "steps"), (diagnosis, "explain")):
        monkeypatch.setattr(module, name, fail)
    report = derive.check(FALSE)
    assert fault.args[:1] == () or str(fault.args[0]) in str(report)
    for form, write in FORMS.items():
        assert write(report) is not None, form
    assert verdicts(report) == expected
    refuted = report.results[0]
    assert refuted.left_out is not None
    assert [text.partition(":")[0] for text in refuted.left_out] == ["mistake", "right side", "derivation"]


def test_whatever_a_writer_falls_over(monkeypatch: pytest.MonkeyPatch) -> None:
    report = derive.check(FALSE)
    assert "left out" not in report.html()

    def fail(*_: object) -> str:
        raise ValueError("seeded")

    monkeypatch.setattr("derive.writing.html._step", fail)
    page = report.html()
    assert "left out" in page
    assert "seeded" in page


def test_no_time_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    report = derive.check(FALSE, explain=1e-9)
    (refuted, _) = report.results
    assert refuted.counterexample is not None
    assert refuted.steps is None
    assert refuted.left_out == tuple(
        f"{what}: not found within 1e-09 s" for what in ("mistake", "right side", "derivation")
    )
    assert "left out: mistake: not found within 1e-09 s" in str(report).replace("           ", "")
    again = derive.check(FALSE).results[0]
    assert again.left_out is None
    assert again.diagnosis is not None
