"""Formulas on a terminal: signs that say what the text says, lines within the window, and neither in pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from derive import catalogue
from derive.cli.command import command
from derive.writing.signs import with_signs
from derive.writing.terminal import folded, line_text

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("D(E, s[i]) = sum(D(E, p[j])*D(p[j], s[i]), j)", "∂E/∂sᵢ = Σⱼ (∂E/∂pⱼ)·(∂pⱼ/∂sᵢ)"),
        ("-sum(c[j]*log(p[j]), j)", "−Σⱼ cⱼ·log(pⱼ)"),
        ("p[i]*(delta(i,j) - p[j])/T^2", "pᵢ·(δᵢⱼ − pⱼ)/T²"),
        ("D(E, s[i], s[j])", "∂²E/∂sᵢ ∂sⱼ"),
        ("sum(a + b, j)*3", "(Σⱼ (a + b))·3"),
        ("prod(x[j], j) != 0", "Πⱼ xⱼ ≠ 0"),
        ("sigma <= lambda", "σ ≤ λ"),
        # Where a sign would not be exact, the text stays.
        ("W[i,d] + x[1,2] + x[d]", "W[i,d] + x[1,2] + x[d]"),
        ("x^2^3", "x^2³"),
        ("x^2.5", "x^2.5"),
        ("sum(x[j], j != i)", "sum(xⱼ, j ≠ i)"),
        ("max(a, j)", "max(a, j)"),
        ("sum(x[j], j", "sum(x[j], j"),
        ("x) + 1", "x) + 1"),
    ],
)
def test_signs(text: str, signs: str) -> None:
    assert with_signs(text) == signs


def test_no_two_claims_of_the_catalogue_look_alike() -> None:
    claims = {" ".join(one.split()) for name in catalogue.names() for one in catalogue.load(name).claims}
    bare = {one.replace(" ", "") for one in claims}
    assert len({with_signs(one).replace(" ", "") for one in claims}) == len(bare) > 300


LEAVES = st.sampled_from(["a", "x[i]", "x[j]", "2"])
FORMULAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "^"]), inner).map(
            lambda t: f"({t[0]}) {t[1]} {t[2]}"
        ),
        st.tuples(inner, st.sampled_from("ij")).map(lambda t: f"sum({t[0]}, {t[1]})"),
        inner.map(lambda one: f"D({one}, x[i])"),
    ),
    max_leaves=5,
)


@given(FORMULAS, FORMULAS)
def test_different_formulas_stay_different(one: str, other: str) -> None:
    assert (with_signs(one) == with_signs(other)) == (one == other)


@given(st.text(max_size=40))
def test_any_text_is_written(text: str) -> None:
    assert isinstance(with_signs(text), str)


@given(st.lists(st.sampled_from(["x[i]", "+", "- y", "(a + b)*c", "= 0", "word,"]), min_size=1, max_size=40))
def test_folding_keeps_every_word_and_the_width(words: list[str]) -> None:
    text = "proved     " + " ".join(words)
    lines = [line_text(line) for line in folded([(text, "")], 50)]
    assert " ".join(" ".join(lines).split()) == " ".join(text.split())
    assert max(map(len, lines)) <= 50
    assert all(line.startswith(" " * 11) for line in lines[1:])


def test_a_line_breaks_outside_brackets_at_an_operator() -> None:
    text = "    x = a*(bbbbbbbbbbb + cccccccccc + ddd) + eeeeeeeeeeeeeeee"
    first, second = (line_text(line) for line in folded([(text, "")], 50))
    assert first == "    x = a*(bbbbbbbbbbb + cccccccccc + ddd)"
    assert second == "        + eeeeeeeeeeeeeeee"


def test_pipes_get_the_text_unless_asked() -> None:
    run = CliRunner().invoke
    assert "D(p[j], s[i])" in run(command, ["show", "softmax"]).output
    assert "∂pⱼ/∂sᵢ" in run(command, ["--unicode", "show", "softmax"]).output
    assert "∂" not in run(command, ["--ascii", "show", "softmax"]).output


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(
    ("environment", "signs", "colour"),
    [
        ({"PYTHONIOENCODING": "utf-8"}, True, True),
        ({"PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}, True, False),
        ({"PYTHONIOENCODING": "ascii"}, False, True),
        ({"PYTHONIOENCODING": "utf-8", "TERM": "dumb"}, False, False),
    ],
)
def test_on_a_terminal(environment: dict[str, str], signs: bool, colour: bool) -> None:
    import pty

    ours, theirs = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")}
    run = subprocess.Popen(
        [sys.executable, "-m", "derive", "show", "softmax"],
        env={**kept, "TERM": "xterm", "PYTHONPATH": str(ROOT), "COLUMNS": "60", **environment},
        stdout=theirs,
    )
    os.close(theirs)
    output = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:
            break
        if not piece:
            break
        output += piece
    os.close(ours)
    assert run.wait() == 0
    text = output.decode("utf-8")
    assert ("∂pⱼ/∂sᵢ" in text) is signs
    assert ("\x1b[" in text) is colour
    if not colour:
        assert max(len(line.rstrip("\r")) for line in text.split("\n")) <= 60


def test_no_line_ends_with_the_sign_of_a_sum() -> None:
    text = "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd, where Σⱼ (∂E/∂pⱼ)·(∂pⱼ/∂sᵢ) is needed"
    for width in range(40, 80):
        lines = [line_text(line) for line in folded([(text, "")], width)]
        assert " ".join(" ".join(lines).split()) == text
        assert not any(line.endswith("Σⱼ") for line in lines)
