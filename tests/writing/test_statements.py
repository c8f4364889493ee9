"""What a report says, and what there is to show for it: every kind of statement, in every writer and in the docs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import derive
from derive.report.evidence import Evidence, Kind, Remark, statements
from derive.report.results import (
    CertificateStatus,
    ClaimCertificate,
    Counterexample,
    Diagnosis,
    Origin,
    Report,
    Result,
    Verdict,
)
from derive.writing.latex_document import _SENTENCES

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs/how-to/reading-a-refutation.md").read_text(encoding="utf-8")
WRITERS = sorted((ROOT / "derive/writing").glob("*.py"))

EVERYTHING = Result(
    Verdict.REFUTED, scope="for all n >= 1", hypotheses=("a = 1",), conditions=("b > 0",), marked=("c != 0",),
    never_tried=("d > 9",), counterexample=Counterexample({"n": 3}, {"i": 1}, {"x": "0"}, "1", "2"),
    holds_at=({"n": 1}, {"n": 2}), proved_at=({"n": 1},), proved_from={"n": 4}, correct="e",
    diagnosis=Diagnosis("sign", "flipped"), follows=Verdict.PROVED, true=Verdict.REFUTED, residual="f",
    left_out=("mistake: late",), reason="so", message="no",
    certificate=ClaimCertificate(CertificateStatus.CHECKED, "loss_1.v"),
    source=Origin("a.py", 3), assumptions=("real arithmetic",),
)  # fmt: skip


def test_every_kind_of_statement_can_be_said() -> None:
    assert {one.kind for one in statements(EVERYTHING)} == set(Kind)


def test_every_kind_stands_in_the_table_with_its_evidence() -> None:
    rows = re.findall(r"^\| (.+?) \| (.+?) \| .+ \|$", PAGE, re.MULTILINE)
    shown = {name: words for cell, words in rows for name in re.findall(r"`([^`]+)`", cell)}
    for kind in Kind:
        name = {Kind.SCOPE: "for all n >= 1", Kind.MESSAGE: "because"}.get(kind, kind.label)
        assert shown[name] == kind.evidence, kind
    assert {words for _, words in rows[2:]} <= set(Evidence)


def test_latex_has_a_sentence_for_every_kind() -> None:
    assert set(_SENTENCES) == set(Kind)


@pytest.mark.parametrize("writer", WRITERS, ids=lambda path: path.stem)
def test_no_writer_reads_what_was_only_tried_but_as_a_statement(writer: Path) -> None:
    """A field that is read past `statements` would be printed without what there is to show for it."""
    text = writer.read_text(encoding="utf-8")
    assert not re.findall(r"\.(?:holds_at|proved_at|never_tried|marked|residual|reason)\b", text)


def test_what_was_only_tried_says_so_in_every_form() -> None:
    told = "at the points tried"
    report = Report((EVERYTHING,))
    for form in (str(report), report.markdown(), report.html(), report.latex()):
        assert told in form
        assert "proved" in form
    for one in statements(EVERYTHING):
        if one.kind.evidence is Evidence.TRIED and one.kind is not Kind.NEVER_TRIED:
            assert told in one.text


def test_evidence_is_of_the_kind_and_cannot_be_chosen() -> None:
    with pytest.raises(TypeError):
        Remark(Kind.NO_COUNTEREXAMPLE, ("n = 1",), Evidence.PROVED)  # type: ignore[call-arg]
    with pytest.raises((AttributeError, TypeError)):
        Remark(Kind.NO_COUNTEREXAMPLE, ("n = 1",)).evidence = Evidence.PROVED  # type: ignore[misc]


def only(text: str) -> Result:
    (result,) = derive.check(text).results
    return result


def test_sizes_at_which_a_false_claim_holds_are_proved_or_only_tried() -> None:
    result = only("size n\nreal x[n]\nclaim sum(x[j]^2, j) = sum(x[j], j)^2")
    assert (result.holds_at, result.proved_at) == (({"n": 1},), ({"n": 1},))
    assert "holds: at n = 1 (proved)" in str(result)
    result = only("size n\nreal x[n]\nclaim sum(x[j], j) = x[1] + [x[1] > 4^10]")
    assert (result.holds_at, result.proved_at) == ((), ())
    result = only("size n\nreal x[n]\nclaim sum(x[j], j) = x[1] + [x[1]^3 - x[1] = 1/7]")
    assert (result.holds_at, result.proved_at) == (({"n": 1},), ())
    assert "no counterexample: at n = 1, at the points tried" in str(result)
    assert "holds" not in str(result)


SOFTMAX = "size n\nreal s[n]\nlet p[i] = exp(s[i])/sum(exp(s[k]), k)\n"


@pytest.mark.parametrize(
    ("text", "least"),
    [
        (f"{SOFTMAX}claim p[i] < 1", {"n": 2}),
        (f"{SOFTMAX}claim p[i] + p[j] < 1", None),  # false at every size where i = j
        ("size n\nclaim n^2 > 9", {"n": 4}),
        ("size n\nclaim [n > 1] = 1", {"n": 2}),
        ("size n\nclaim [n > 1] = [n < 4]", None),  # false at every size beyond, and at the first
        ("size n, m\nclaim n*m > 1", None),  # of two sizes none comes next
        ("positive x\nclaim log(x) < x - 1", None),  # no size at all
    ],
)
def test_from_which_size_on_a_false_claim_holds_is_proved(text: str, least: dict[str, int] | None) -> None:
    result = only(text)
    assert result.verdict is Verdict.REFUTED
    assert result.proved_from == least
    assert ("holds: for all n >=" in str(result)) is (least is not None)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("log(n - 10) = 7", "refuted"),
        ("log(-sum(x[j]^2, j) - 1) = 7", "error"),
        ("log(n - 10^6) = 7", "undecided"),
        ("log(-n) = 7", "error"),
    ],
)
def test_that_a_claim_says_nothing_is_proved_or_not_said(claim: str, verdict: str) -> None:
    result = only(f"size n\nreal x[n]\nclaim {claim}")
    assert result.verdict == verdict
    assert ("(proved)" in (result.message or "")) == (verdict == "error")


LABELS = "label a: n\nlabel b: n\nlabel c: n\ngiven a != b\ngiven b != c\ngiven a != c\n"


@pytest.mark.parametrize(
    ("given", "claim", "scope"),
    [
        ("given n > 100\n", "sum(x[j], j) = sum(x[i], i)", "for all n >= 101"),
        ("given n < 3\n", "sum(x[j], j) = sum(x[i], i)", "for all n >= 1, where n < 3"),
        (LABELS, "x[a] + x[b] + x[c] = x[c] + x[b] + x[a]", "for all n >= 3"),
        ("given n >= 2\n", "log(n - 5)*x[i] = x[i]*log(n - 5)", "for all n >= 6"),
        ("", "x[i]/(n - 1) = x[i]/(n - 1)", "for all n >= 2"),
    ],
)
def test_a_scope_names_no_size_that_cannot_occur(given: str, claim: str, scope: str) -> None:
    result = only(f"size n\nreal x[n]\n{given}claim {claim}")
    assert (result.verdict, result.scope) == (Verdict.PROVED, scope)


@pytest.mark.parametrize(
    ("claim", "left", "right"),
    [
        ("exp(y)*3/10/exp(y) = 3/10 + 1/10^20", "0.3", "0.30000000000000000001"),
        ("D(sin(y), y) - cos(y) = 1", "0", "1"),
        ("sin(pi) = 1", "0", "1"),
        ("sqrt(2) = 1.41421356237309504", "1.4142135623730950488", "1.41421356237309504"),
        ("exp(y) = exp(y) + [y > 10^6]", None, None),
        ("y*cos(pi/2) = 1/10^12", "0", "1/1000000000000"),
        ("log(2)*y = 1/3 + log(2)*y", None, None),
    ],
)
def test_two_sides_are_seen_to_differ(claim: str, left: str | None, right: str | None) -> None:
    found = only(f"real y\nclaim {claim}").counterexample
    assert found is not None
    assert found.left != found.right
    if left is not None:
        assert (found.left, found.right) == (left, right)
