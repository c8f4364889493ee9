"""The main job: every verdict as expected, the document written and compiled, and a surprise is reported."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from derive.cli import showcase
from tests.writing.test_latex_document import compiled, complaints


def run(monkeypatch: pytest.MonkeyPatch, folder: Path) -> int:
    monkeypatch.chdir(folder)
    return showcase.main()


def test_every_verdict_is_the_expected_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, tmp_path) == 0
    out = capsys.readouterr().out
    lines = [" ".join(line.split()) for line in out.splitlines()]
    for start in (
        "proved sum(p[i], i) = 1 for all n >= 1",
        "proved D(p[j], s[i]) = p[j]*(delta(i,j) - p[i]) for all n >= 1",
        "proved D(E, s[i]) = p[i] - c[i] for all n >= 1",
        "proved D(E, s[i], s[j]) = p[i]*(delta(i,j) - p[j]) for all n >= 1",
        "proved D(E, s[i]) = p[i] - delta(i,t) for all n >= 1",
        "refuted D(E, s[i]) = p[i] - c[i] as expected",
        "at: n = 2, s = (0, 0), c = (1, 0), i = 1",
        "correct: (p[i] - c[i])/(1 - p[i]) + p[i]*sum((c[j] - p[j])/(1 - p[j]), j)",
        "mistake: diagonal-only Jacobian",
        "proved D(E, s[i]) = 2*(p[i] - c[i]) at n = 2",
        "gradient by the oracle 0.6590011389, -0.7575670293, 0.09856589041",
        "the two gradients agree",
    ):
        assert any(line.startswith(start) for line in lines), start
    twice = next(n for n, line in enumerate(lines) if line.startswith("refuted D(E, s[i]) = 2*(p[i] - c[i])"))
    assert "holds: at n = 2 (proved)" in lines[twice:]
    assert not any(line.startswith("mistake") for line in lines[twice : lines.index("two classes")])
    assert "every verdict as expected" in lines[-1]
    latex = (tmp_path / "build" / "derivations.tex").read_text(encoding="utf-8")
    assert r"\section*{A worked example: three scores}" in latex
    if shutil.which("pdflatex"):
        assert complaints(compiled(latex, tmp_path, "pdflatex")) == []
        assert (tmp_path / "build" / "derivations.pdf").stat().st_size > 10_000


def test_a_surprise_is_no_success(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = "size n\nreal x[n]\nclaim D(sum(x[j]^2, j), x[i]) = x[i]\n"
    monkeypatch.setattr(showcase, "ENTRIES", ())
    monkeypatch.setattr(showcase, "ARTICLE", wrong)
    assert run(monkeypatch, tmp_path) == 1
    assert "not as expected" in capsys.readouterr().err


def test_without_tex_it_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(showcase, "ENTRIES", ())
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert run(monkeypatch, tmp_path) == 0
    assert "there is no pdflatex" in capsys.readouterr().out
