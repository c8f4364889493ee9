"""Reports as HTML: well-formed, formulas in MathML, and no text that becomes markup."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from fractions import Fraction

import pytest

from derive.api import check, derivations
from derive.report.results import Report
from derive.writing.html import report_to_html
from derive.writing.mathml import to_mathml, wrapping
from derive.writing.signs import with_signs
from tests.writing.latex_parser import parse
from tests.writing.test_latex import TABLE
from tests.writing.test_latex_document import REPORT


@pytest.mark.parametrize("latex", [latex for _, latex in TABLE])
def test_every_term_becomes_mathml(latex: str) -> None:
    tree = ET.fromstring(to_mathml(parse(latex)))  # noqa: S314 - our own output
    assert tree.tag == "math"
    assert "\\" not in "".join(tree.itertext())


def test_a_fraction_and_a_sum() -> None:
    latex = r"\frac{e^{s_{i}}}{\sum_{k=1}^{n} e^{s_{k}}}"
    tree = ET.fromstring(to_mathml(parse(latex)))  # noqa: S314 - our own output
    assert tree.find(".//mfrac") is not None
    (sum_,) = tree.iter("munderover")
    assert "".join(sum_.itertext()) == "∑k=1n"


def test_different_terms_look_different() -> None:
    assert len({to_mathml(parse(latex)) for _, latex in TABLE}) == len(TABLE)


def test_the_page_is_well_formed_and_escapes() -> None:
    page = report_to_html(REPORT, "<script>")
    tree = ET.fromstring(page.removeprefix("<!DOCTYPE html>\n"))  # noqa: S314 - our own output
    assert tree.find(".//script") is None
    assert "&lt;others&gt;" in page
    verdicts = [one.text for one in tree.iter("span") if (one.get("class") or "").startswith("verdict")]
    assert verdicts == ["proved", "refuted", "undecided", "error"]
    assert len(list(tree.iter("ol"))) == 2
    assert len(list(tree.iter("details"))) == 10


TWO_NAMES = """size n, m
real s[n], t[n]
let q[i] = s[i]^2 + sum(s[k], k)*t[i]
let F = sum(q[j]^3, j)
claim D(F, s[i]) = 3*q[i]^2*(2*s[i] + t[i])
"""


def test_a_mistaken_chain_rule_is_drawn_whatever_the_loss() -> None:
    (result,) = check(TWO_NAMES).results
    found = result.jacobian
    assert found is not None
    assert str(found.rows[0]) == "q[1]"
    assert str(found.columns[0]) == "s[1]"
    places = [(k, m) for k in range(len(found.rows)) for m in range(len(found.columns))]
    assert all(found.taken[k][m] == (found.values[k][m] if k == m else None) for k, m in places)
    page = report_to_html(Report((result,)))
    assert page.count('class="dropped"') >= len(found.rows) * (len(found.rows) - 1)
    for number in (*found.outer, *found.products):
        assert f"<td>{with_signs(number)}</td>" in page


MISUSED = """size n
real W[n,n], a[n], x[n]
let u[i] = sum(W[i,k]*x[k], k)
let E = sum(a[i]*u[i]^2, i)
let r = sum(x[j]^2, j)
let F = r^3
"""


@pytest.mark.parametrize(
    ("claim", "mistake", "words"),
    [
        ("D(E, x[i]) = sum(2*a[k]*u[k]*W[k,i], k)", None, []),
        ("D(E, x[i]) = sum(2*a[k]*u[k]*W[i,k], k)", "transposed Jacobian", ["used", "replaced"]),
        ("D(E, x[i]) = sum(2*a[k]*u[k]*W[i,i], k)", "diagonal entry for all", ["used", "replaced"]),
        ("D(E, x[i]) = 2*a[i]*u[i]*W[i,i]", "diagonal-only Jacobian", ["used", "dropped"]),
        ("D(E, x[i]) = sum(2*a[k]*u[k], k)", "inner derivative forgotten", ["replaced"]),
        ("D(F, x[i]) = 3*r^2", "inner derivative forgotten", ["replaced"]),
        ("D(F, x[i]) = 2*x[i]", "outer derivative forgotten", ["used"]),
    ],
)
def test_what_a_claim_has_in_place_of_the_jacobian(claim: str, mistake: str | None, words: list[str]) -> None:
    (result,) = check(f"{MISUSED}claim {claim}").results
    said = result.diagnosis.mistake if result.diagnosis else None
    assert said == mistake or (mistake and said and said.startswith(f"{mistake} or "))
    page = report_to_html(Report((result,)))
    for word in ("used", "dropped", "replaced"):
        assert (f'<rect class="{word}"' in page) is (word in words), word
    found = result.jacobian
    if found is not None and result.counterexample is not None:
        assert result.counterexample.left == str(sum(map(Fraction, found.products)))
        assert result.counterexample.right == str(
            sum(Fraction(one) for one in found.claimed if one is not None)
        )


def test_a_claim_that_is_wrong_otherwise_has_no_jacobian() -> None:
    (result,) = check(TWO_NAMES.replace("= 3*", "= 7*")).results
    assert result.verdict == "refuted"
    assert result.jacobian is None


def test_a_long_formula_may_wrap_and_a_short_one_is_whole() -> None:
    assert wrapping(parse("x")).count("<math") == 1
    long = " + ".join(rf"\\alpha_{{{k}}} x^{{{k}}}" for k in range(12)).replace("\\\\", "\\")
    tree = ET.fromstring(wrapping(parse(long)))  # noqa: S314 - our own output
    pieces = tree.findall("math")
    assert len(pieces) > 1
    assert all(next(piece.iter("mo")).get("form") == "infix" for piece in pieces[1:])


def test_a_wide_fraction_stays_one_on_the_page_and_is_opened_on_a_phone() -> None:
    above = " + ".join(rf"x_{{{k}}}" for k in range(12))
    fraction = wrapping(parse(rf"\frac{{{above}}}{{y}}"))
    both = ET.fromstring(f"<p>{fraction}</p>")  # noqa: S314 - our own output
    page, phone = both.findall("div")
    assert page.get("class") == "formula on-page"
    assert phone.get("class") == "formula on-phone"
    assert len(list(page.iter("mfrac"))) == 1
    assert not list(phone.iter("mfrac"))
    assert "".join(page.itertext()).count("x") == "".join(phone.itertext()).count("x") == 12


def test_a_line_unfolds_to_the_lines_that_it_stands_for() -> None:
    page = derivations("real x\nlet q = exp(2*x)\nclaim D(q, x) = 2*q", "it", {}).html()
    (inside,) = re.findall('<ol class="parts">(.*?)</ol>', page, re.DOTALL)
    rules = re.findall('<span class="rule">(.*?)</span>', inside)
    assert rules[:2] == ["definition", "exponential"]
    assert page.count("<summary>") == 1
