"""Pictures of gradients: the dots lie on the line, a wrong formula is never drawn, and what cannot be drawn is told."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from derive.cli.command import command
from derive.cli.plot import picture, save
from derive.cli.show import named
from derive.errors import DeriveError
from derive.reading.sources import SourceFile


def drawn(text: str) -> object:
    return picture(SourceFile("a.drv", text))


@pytest.mark.parametrize("name", ["cross-entropy", "focal", "huber", "binary-form-softmax"])
def test_the_derivative_lies_on_the_proved_formula(name: str) -> None:
    found = picture(named(name))
    line = dict(found.formula)
    both = [(line[at], height) for at, height in found.derivative if at in line]
    assert len(both) > 10
    assert all(abs(one - other) < 1e-9 * (1 + abs(other)) for one, other in both)
    assert len({height for _, height in found.derivative}) > 2


def test_the_derivative_is_the_slope_of_the_loss() -> None:
    found = picture(named("cross-entropy"))
    loss, slopes = found.loss, dict(found.derivative)
    checked = 0
    for (left, low), (at, _), (right, high) in zip(loss, loss[1:], loss[2:], strict=False):
        if at in slopes:
            assert slopes[at] == pytest.approx((high - low) / (right - left), abs=1e-3)
            checked += 1
    assert checked > 10


def test_points_outside_the_declarations_are_left_out() -> None:
    found = picture(SourceFile("a.drv", "positive x\nclaim D(log(x), x) = 1/x\n"))
    assert min(at for at, _ in found.formula) > 0
    assert (found.along, found.fixed) == ("x", "")
    bounded = picture(SourceFile("a.drv", "real x\ngiven x < 2\nclaim D(x^2, x) = 2*x\n"))
    assert max(at for at, _ in bounded.formula) < 2


@pytest.mark.parametrize(
    "text", ["real x\nclaim D(x^2, x) = x\n", "real x\nclaim x = x\n", "real x\nclaim D(x^2, x, x) = 2\n", ""]
)
def test_what_is_not_a_proved_gradient_is_not_drawn(text: str) -> None:
    with pytest.raises(DeriveError, match="nothing to plot"):
        drawn(text)


def test_the_ending_says_the_kind_of_file(tmp_path: Path) -> None:
    found = picture(SourceFile("a.drv", "real x\nclaim D(x^2, x) = 2*x\n"))
    save(found, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    for name in ("a.svg", "b.svg"):
        save(found, tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    root = ElementTree.parse(tmp_path / "a.svg").getroot()  # noqa: S314 - drawn two lines above
    assert root.tag.endswith("svg")
    with pytest.raises(DeriveError, match=r"ends in \.png"):
        save(found, tmp_path / "a.gif")


def test_the_command_says_what_it_wrote_or_why_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(command, ["plot", *arguments], catch_exceptions=False)
        return result.exit_code, result.output

    assert run("sigmoid") == (0, "written: sigmoid.png\n")
    assert (tmp_path / "sigmoid.png").is_file()
    assert run("sigmoid", "-o", "none/a.png") == (2, "cannot write none/a.png: No such file or directory\n")
    status, said = run("sigmiod")
    assert status == 2
    assert "did you mean sigmoid?" in said
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    status, said = run("sigmoid")
    assert status == 2
    assert "pip install '.[plot]'" in said
