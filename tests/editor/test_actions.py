"""How a name is declared that is used and not known, and what is not offered."""

from __future__ import annotations

import pytest

pytest.importorskip("pygls")

from derive.api import check_text
from derive.editor.actions import Change, changes
from derive.editor.findings import Answered, Findings
from derive.editor.pages import OpenPage, notation_of
from derive.verification.questions import answer
from derive.verification.tasks import Read, read


def offered(text: str, notation: str = "") -> list[Change]:
    """Return everything that is offered for a text."""
    page = OpenPage.of("file:///a", notation, [("file:///a", 1, text)])  # type: ignore[arg-type] # one of them
    (found,) = read(page.source)
    assert isinstance(found, Read)
    answered = tuple(Answered(one, answer(one)) for one in found.questions)
    findings = Findings(page, answered, found.displays)
    return list(changes(findings, page.parts[0], len, 1, len(page.parts[0].lines)))


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("real x\nclaim x*t = t*x", "real t"),
        ("size m, n\nreal x[m]\nclaim sum(x[i]*w[i], i) = 0", "real w[m]"),
        ("size m, n\nreal x[m], y[n]\nclaim sum(x[i]*W[i,j]*y[j], i, j) = 0", "real W[m,n]"),
        ("size m\nlabel t: m\nclaim p[t] = 1", "real p[m]"),
        ("claim sum(w[j], j) = 0", "size n\nreal w[n]"),
        ("real x\nclaim D(loss(x), x) = 0", "function loss"),
        ("real x\nlet E = q*x\nshow D(E, x)", "real q"),
    ],
)
def test_a_name_is_declared_as_it_is_used(text: str, declared: str) -> None:
    (change,) = (one for one in offered(text) if one.title.startswith("Declare"))
    assert change.text == f"{declared}\n"
    lines = text.splitlines()
    lines.insert(change.where.start.line, declared)
    repaired = list(check_text("\n".join(lines), "a"))
    assert not [one.message for one in repaired if one.message and "unknown" in one.message]


def test_a_name_that_is_near_is_offered() -> None:
    near, *_ = offered("real temperature\nclaim temprature = 1")
    assert (near.title, near.text) == ("Write temperature", "temperature")


@pytest.mark.parametrize(
    "text",
    [
        "real x\nclaim D(x^2, x) = 2*x",
        "real x\nclaim D(x^2, x) = x expect refuted",
        "real x\nclaim x^2 >= x",
        "function f\nreal x\nclaim f(x) = x",  # nothing simpler than the left side is right
    ],
)
def test_nothing_is_offered_where_nothing_is_wrong_or_nothing_right_is_known(text: str) -> None:
    assert offered(text) == []


def test_a_right_side_on_a_line_of_its_own_is_replaced() -> None:
    (change,) = offered("real x\nclaim D(x^3, x)\n  = x\n")
    assert change.text == "3*x^2"
    assert (change.where.start.line, change.where.end.line) == (2, 2)
    (change,) = offered("real x, y\nderivation\n  D(x^3*y, x)\n  = 2*x^2*y\n")
    assert (change.text, change.where.start.line) == ("3*x^2*y", 3)


def test_what_is_a_page_and_what_is_not() -> None:
    assert notation_of("file:///a/b.TEX", None) == ".tex"
    assert notation_of("file:///a/b%20c.md?x=1", "plaintext") == ".md"
    assert notation_of("file:///a/b.py", "python") is None
