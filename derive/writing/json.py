"""Reports as the plain data of the JSON output, whose fields are a contract. Never computes anything."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from derive.errors import visible
from derive.report.results import StepShown

if TYPE_CHECKING:
    from derive.problem.problems import Displayed
    from derive.report.results import Report, Result

VERSION = 1

# The fields of a result, in the order of the contract.
FIELDS = (
    "file", "line", "column", "problem", "claim", "expect", "verdict", "follows", "true", "scope", "sizes_tried",
    "hypotheses", "conditions", "marked", "never_tried", "counterexample", "holds_at", "proved_at",
    "proved_from", "correct", "diagnosis", "residual", "reason", "message", "steps", "left_out", "source",
    "assumptions", "certificate", "seconds",
)  # fmt: skip

STEP_FIELDS = ("rule", "text", "latex", "hypotheses", "verdict", "conditions")

# What stands in a part of a result and not in the contract.
INNER = frozenset(("statements",))


def result_to_data(result: Result) -> dict[str, Any]:
    """Return a result as a dictionary with every field of the contract; one that does not apply is None."""
    return {name: _data(getattr(result, name)) for name in FIELDS}


def report_to_data(report: Report) -> dict[str, Any]:
    """Return a report as the object that `derive check --json` prints."""
    results = [result_to_data(result) for result in report.results]
    return {"version": VERSION, "results": results, "displays": list(map(display_to_data, report.displays))}


def report_to_json(report: Report) -> str:
    """Return a report as the text that `derive check --json` prints."""
    return visible(json.dumps(report_to_data(report), ensure_ascii=False, indent=1))


def display_to_data(display: Displayed) -> dict[str, Any]:
    """Return a display of a page, and how it was understood, as plain data."""
    at = display.position
    return {
        "file": at.file,
        "line": at.line,
        "column": at.column,
        "kind": display.kind,
        "text": display.text,
        "message": display.message,
    }


def _data(value: Any) -> Any:
    if isinstance(value, StepShown):
        return {name: _data(getattr(value, name)) for name in STEP_FIELDS}
    if hasattr(value, "__dataclass_fields__"):
        return {name: _data(item) for name, item in asdict(value).items() if name not in INNER}
    if isinstance(value, tuple | list):
        return [_data(item) for item in value]
    if hasattr(value, "items"):
        return {name: _data(item) for name, item in value.items()}
    if isinstance(value, str):
        return str(value)  # a Verdict is its word
    return round(value, 6) if isinstance(value, float) else value
