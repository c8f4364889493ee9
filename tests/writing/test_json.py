"""The JSON output against its published schema, which allows no field beside those it describes."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import jsonschema  # type: ignore[import-untyped] # it brings no types
import pytest
from click.testing import CliRunner

from derive import check
from derive.cli.command import command
from derive.problem.problems import DisplayKind
from derive.report.results import Report, Verdict
from derive.writing.json import FIELDS, VERSION

SCHEMA: dict[str, Any] = json.loads((files("derive.writing") / "schema.json").read_text(encoding="utf-8"))
DECLARED = "size n\nreal s[n]\nsimplex c[n]\nlet p[i] = softmax(s)[i]\nlet E = -sum(c[j]*log(p[j]), j)\n"
PAGE = r"""# A page

```derive
size n
real x[n]
```

$$E = \sum_i x_i^2$$

$$\frac{\partial E}{\partial x_i} = 2 x_i$$

$$\frac{\partial E}{\partial x_i} = \oiint x_i$$
"""
TEXTS = {
    "proved": f"{DECLARED}claim D(E, s[i]) = p[i] - c[i]\n",
    "refuted, with a mistake": f"{DECLARED}claim D(E, s[i]) = c[i] - p[i]\n",
    "refuted, at two sizes": "size n, m\nreal W[n,m]\nclaim sum(W[i,k], k) = W[i,1]\n",
    "undecided": "real x\ngiven x^5 - x = 1\nclaim [x > 10^50] = 0\n",
    "an unknown function": "function f\nreal x\nclaim D(f(x^2), x) = f'(x^2)\n",
    "an error": "claim nonsense[ = 1\n",
    "a chain": "real x\nclaim x*x = x^2 = x^3\n",
    "a derivation": "real x\nderivation\n  D(x^3, x)\n  = 3*x^2\n  = 3*x\n",
    "what is expected": "real x\nclaim x = x^2 expect refuted\n",
    "nothing": "",
}


def data_of(report: Report) -> dict[str, Any]:
    """Return a report as a program reads it."""
    data: dict[str, Any] = json.loads(json.dumps(report.json()))
    return data


def errors(data: object) -> list[str]:
    """Return what the schema objects to."""
    return [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(data)]


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_it_describes_the_fields_in_their_order() -> None:
    described = SCHEMA["$defs"]["result"]
    assert tuple(described["properties"]) == FIELDS
    assert tuple(described["required"]) == FIELDS
    assert SCHEMA["properties"]["version"] == {"const": VERSION}


def test_it_lists_every_verdict_and_every_kind_of_display() -> None:
    assert SCHEMA["$defs"]["verdict"]["enum"] == [one.value for one in Verdict]
    assert SCHEMA["$defs"]["display"]["properties"]["kind"]["enum"] == list(get_args(DisplayKind))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_reports_keep_to_it(text: str) -> None:
    report = check(text)
    _ = [result.steps for result in report.results]  # looked for when asked for
    assert errors(data_of(report)) == []


def test_a_page_keeps_to_it(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE, encoding="utf-8")
    written = CliRunner().invoke(command, ["check", "--no-cache", "--json", str(tmp_path / "page.md")])
    data = json.loads(written.stdout)
    assert errors(data) == []
    assert {one["kind"] for one in data["displays"]} >= {"definition", "claim", "refused"}


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """Return the data of a refutation, spoiled."""
    data = copy.deepcopy(data_of(check(TEXTS["refuted, with a mistake"])))
    change(data)
    return data


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.pop("version"),
        lambda data: data.update(version=2),
        lambda data: data.update(more=1),
        lambda data: data["results"][0].pop("scope"),
        lambda data: data["results"][0].update(verdict="true"),
        lambda data: data["results"][0].update(line=0),
        lambda data: data["results"][0].update(more=None),
        lambda data: data["results"][0].update(holds_at=[{"n": 0}]),
        lambda data: data["results"][0]["counterexample"]["values"].update(s=[1.5]),
        lambda data: data["results"][0]["diagnosis"].update(statements=[]),
        lambda data: data["displays"].append({"kind": "claim"}),
    ],
)
def test_what_is_no_report_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    assert errors(changed(lambda data: None)) == []
    assert errors(changed(change)) != []
