"""What a notebook is given: HTML that is well formed and keeps its style to itself, LaTeX that this package reads."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

import derive
from derive.report.results import Report, Result, Steps
from tests.writing.latex_parser import parse

TEXT = """size n
real s[n], c[n]
given sum(c[j], j) = 1
let p[i] = exp(s[i]) / sum(exp(s[k]), k)
let E = -sum(c[j]*log(p[j]), j)
claim D(E, s[i]) = p[i] - c[i]
claim D(E, s[i]) = c[i] - p[i]
claim D(E, s[i]) = q[i]
"""


@pytest.fixture(scope="module")
def report() -> Report:
    return derive.check(TEXT)


def elements(html: str) -> dict[str, list[ElementTree.Element]]:
    """Return the elements of a piece of HTML by name; it must be one well-formed element."""
    found: dict[str, list[ElementTree.Element]] = {}
    for element in ElementTree.fromstring(html).iter():  # noqa: S314 - our own writing
        found.setdefault(element.tag.rpartition("}")[2], []).append(element)
    return found


def test_a_report_is_one_piece_with_every_verdict_and_mathml(report: Report) -> None:
    html = report._repr_html_()
    found = elements(html)
    text = "".join(ElementTree.fromstring(html).itertext())  # noqa: S314 - our own writing
    assert {"html", "head", "body", "script"}.isdisjoint(found)
    assert len(found["math"]) > 5
    assert all(verdict in text for verdict in ("proved", "refuted", "error"))


def test_its_style_reaches_nothing_else(report: Report) -> None:
    (style,) = elements(report._repr_html_())["style"]
    assert style.text is not None
    assert style.text.startswith(".derive {")
    assert style.text.count("{") == style.text.count("}")
    assert "body {" not in style.text
    assert ":root" not in style.text


def test_a_result_shows_itself_alone(report: Report) -> None:
    first, second, third = report.results
    assert "counterexample" not in (first._repr_latex_() or "")
    assert "proved" in first._repr_html_()
    assert "refuted</span>" not in first._repr_html_()
    assert (second._repr_latex_() or "").endswith(r"\quad \text{(refuted)}$")
    assert third._repr_latex_() is None
    assert third._repr_html_()


def test_a_derivation_shows_every_line_with_its_rule(report: Report) -> None:
    steps = report.results[0].steps
    assert isinstance(steps, Steps)
    found = elements(steps._repr_html_())
    assert len(found["tr"]) == len(found["math"]) == len(steps) > 5
    latex = steps._repr_latex_()
    assert latex.count(r"\\") == len(steps) - 1
    assert all(step.latex in latex for step in steps)
    assert "chain rule" in latex
    assert str(steps).count("\n") == len(steps) - 1
    assert elements(steps[0]._repr_html_())["math"]
    parse(steps[0]._repr_latex_().strip("$").removeprefix(r"\displaystyle "))


def test_a_result_is_short_for_a_person_at_a_prompt(report: Report) -> None:
    assert repr(report.results[0]).startswith("<proved D(E, s[i]) = p[i] - c[i]")
    assert repr(Result(derive.Verdict.PROVED)) == "<proved>"


def test_objects_are_latex_that_this_package_reads() -> None:
    n = derive.size("n")
    s = derive.vector("s", n)
    for shown in (derive.softmax(s), s.sum() == 1, derive.gradient(derive.logsumexp(s), s)):
        latex = shown._repr_latex_()
        assert latex.startswith(r"$\displaystyle ")
        parse(latex.strip("$").removeprefix(r"\displaystyle "))
