"""The worked derivations of docs/examples: every line of them has the verdict that the page tells about."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.api import check_file
from derive.report.results import Report, Result

EXAMPLES = Path(__file__).parent.parent.parent / "docs" / "examples"

# For each derivation or claim of a page, in order: a sign for each line, `+` where it follows and is true,
# `-` where neither, `f` where it follows from something false, `t` where it is true and does not follow.
LINES = {
    "the-wrong-loss": ["+-t++", "-fff", "-", "+", "+++"],
    "cross-entropy": ["++", "++++++", "+++"],
    "cross-entropy-display": ["+++++"],
    "softmax-jacobian": ["+++", "+++", "+++", "+-"],
    "log-softmax": ["+++", "+++", "++", "+-f"],
    "layer-norm": ["++", "+", "+++", "+++", "+++", "+++", "-ff"],
    "logistic-regression": ["++-ft", "++++++"],
    "dpo": ["++++", "+", "+", "+++", "+-f"],
}
SIGNS = {
    ("proved", "proved"): "+",
    ("refuted", "refuted"): "-",
    ("proved", "refuted"): "f",
    ("refuted", "proved"): "t",
}

MISTAKES = {
    ("the-wrong-loss", 23): "sign of one summand flipped or inner derivative forgotten",
    ("the-wrong-loss", 38): "diagonal-only Jacobian or term of a sum lost",
    ("the-wrong-loss", 51): "diagonal-only Jacobian or term of a sum lost",
    ("softmax-jacobian", 46): "diagonal case taken for all",
    ("log-softmax", 41): "taken apart",
    ("layer-norm", 60): "inner derivative forgotten or term of a sum lost or dummy index reused",
    ("logistic-regression", 20): "sign flipped",
    ("dpo", 46): "sign flipped",
}


def report(name: str) -> Report:
    return Report(tuple(check_file(str(EXAMPLES / f"{name}.md"))))


def sign(result: Result) -> str:
    true = result.verdict if result.true is None else result.true
    return SIGNS[str(result.verdict), str(true)]


def test_every_page_is_listed_and_tested() -> None:
    pages = {path.stem for path in EXAMPLES.glob("*.md")} - {"README"}
    assert pages == set(LINES)
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert all(f"]({page}.md)" in listed for page in pages)


@pytest.mark.parametrize("name", LINES)
def test_every_line_has_its_verdict(name: str) -> None:
    found = report(name)
    assert ["".join(map(sign, group)) for group in found.claims] == LINES[name]
    assert found.status == 0, "a page says of each wrong derivation that it is expected to be refuted"
    named = {(name, one.line): one.diagnosis.mistake for one in found.results if one.diagnosis is not None}
    assert named == {place: mistake for place, mistake in MISTAKES.items() if place[0] == name}


def test_the_corrected_lines_of_the_wrong_loss() -> None:
    correct = {one.line: one.correct for one in report("the-wrong-loss").results}
    assert correct[23] == "D(-c[i]*log(p[i]) - (1 - c[i])*log(1 - p[i]), p[i])"
    assert correct[38] == "sum(D(E, p[j])*D(p[j], s[i]), j)"
    wrong = next(one for one in report("the-wrong-loss").results if one.line == 38)
    assert wrong.counterexample is not None
    assert (wrong.counterexample.left, wrong.counterexample.right) == ("-1", "-1/2")
