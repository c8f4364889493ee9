"""Reports as HTML: well-formed, formulas in MathML, and no text that becomes markup."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from derive.writing.html import report_to_html
from derive.writing.mathml import to_mathml
from tests.writing.test_latex import TABLE
from tests.writing.test_latex_document import REPORT


@pytest.mark.parametrize("latex", [latex for _, latex in TABLE])
def test_every_term_becomes_mathml(latex: str) -> None:
    tree = ET.fromstring(to_mathml(latex))  # noqa: S314 - our own output
    assert tree.tag == "math"
    assert "\\" not in "".join(tree.itertext())


def test_a_fraction_and_a_sum() -> None:
    latex = r"\frac{e^{s_{i}}}{\sum_{k=1}^{n} e^{s_{k}}}"
    tree = ET.fromstring(to_mathml(latex))  # noqa: S314 - our own output
    assert tree.find(".//mfrac") is not None
    (sum_,) = tree.iter("munderover")
    assert "".join(sum_.itertext()) == "∑k=1n"


def test_different_terms_look_different() -> None:
    assert len({to_mathml(latex) for _, latex in TABLE}) == len(TABLE)


def test_the_page_is_well_formed_and_escapes() -> None:
    page = report_to_html(REPORT, "<script>")
    tree = ET.fromstring(page.removeprefix("<!DOCTYPE html>\n"))  # noqa: S314 - our own output
    assert tree.find(".//script") is None
    assert "&lt;others&gt;" in page
    assert [span.text for span in tree.iter("span")] == ["proved", "refuted", "undecided", "error"]
    assert len(list(tree.iter("ol"))) == 2
