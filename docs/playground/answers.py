"""Answers for the page: a text is decided question by question, and what is found is written as HTML.

Runs in the browser, where there are no processes: the page ends what takes too long with the whole worker.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

if not hasattr(time, "thread_time"):  # Python in a browser has one thread and no clock of its own for it
    time.thread_time = time.process_time

from derive.editor.memory import KnownAnswers, key_of
from derive.errors import DeriveError
from derive.limits.deadline import Effort
from derive.reading.implied import expression
from derive.report.results import Report, Result, group_verdict
from derive.verification.cache import Cache
from derive.verification.questions import Asked, Question, error_result, problems_of, questions, stages
from derive.writing.html import report_body
from derive.writing.listing import report_text

PAGE = {"derive": None, "markdown": ".md", "tex": ".tex"}
NAME = "<text>"
PATIENT = Effort(mistake=4.0, right=4.0, derivation=10.0)  # a browser takes four times as long as a processor
KNOWN = KnownAnswers()
KEYS = Cache(Path())  # which writes nothing, and knows what the answer to a question depends on
_TEX = re.compile(r"\\(begin|documentclass|section)\b")
_MARKDOWN = re.compile(r"^\s*(```|\$\$|#+ )|\\\[|\$\$", re.MULTILINE)


def kind_of(text: str) -> str:
    """Return what a text is written in, by how it looks."""
    if _TEX.search(text) and "```" not in text:
        return "tex"
    return "markdown" if _MARKDOWN.search(text) else "derive"


def answered(text: str, notation: str) -> Iterator[dict[str, object]]:
    """Yield what is known after each question: the HTML, the text, how many there are, and how many are decided."""
    kind = kind_of(text) if notation == "detect" else notation
    results: list[Result] = []
    told: list[str] = []
    try:
        document = PAGE[kind]
        if document is None and "\n" not in text.strip():
            source, told = expression(text.strip())
            text, document = source.text, source.document
        asked = list(_asked(text, document))
    except DeriveError as wrong:
        yield _state([error_result(wrong, file=NAME)], told, 0, kind)
        return
    KNOWN.trim(frozenset())
    left = [question for one in asked for question in questions(one)]
    yield _state(results, told, len(left), kind)
    while left:
        results.append(_answer(left.pop(0)))
        yield _state(results, told, len(left), kind)


def _asked(text: str, document: str | None) -> Iterator[Asked]:
    items = [(one.title, item) for one in problems_of(text, NAME, document) for item in one.items]
    for number, (title, item) in enumerate(items, 1):
        yield Asked(item, NAME, title, number)


def _answer(question: Question) -> Result:
    """Return the answer to a question, the one that is known if the same was asked before."""
    key = key_of(question, KEYS)
    known = KNOWN.get(key, question)
    if known is None:
        *_, known = stages(question, PATIENT, steps=question.link is None)
        KNOWN.put(key, question, known)
    return known


def _state(results: list[Result], told: list[str], left: int, kind: str) -> dict[str, object]:
    report = Report(tuple(results))
    counts = dict.fromkeys(("proved", "refuted", "undecided", "error"), 0)
    for group in report.claims:
        counts[str(group_verdict(group))] += 1
    return {
        "html": report_body(report),
        "text": report_text(report),
        "told": "; ".join(told),
        "left": left,
        "notation": kind,
        "counts": counts,
        "errors": [
            {"line": one.line, "column": one.column, "message": str(one.message)}
            for one in results
            if one.message is not None
        ],
    }
