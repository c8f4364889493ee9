"""Every format of reports is written from data alone: neither kernel nor oracle nor deriver nor reader is asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pkgutil import resolve_name
from types import FunctionType, ModuleType

import pytest

import derive
from derive.report.results import Report, Steps
from derive.writing.formats import FORMATS

ENGINES = ("kernel", "oracle", "deriver", "diagnosis", "reading", "verification")
TEXT = """size n
real s[n], c[n]
given sum(c[j], j) = 1
let p[i] = exp(s[i]) / sum(exp(s[k]), k)
let E = -sum(c[j]*log(p[j]), j)
claim D(E, s[i]) = p[i] - c[i]
claim D(E, s[i]) = p[i] + c[i]
claim 1/(s[i]*gamma(s[i])) = 1/gamma(s[i] + 1)
claim exp(exp(s[i])) = D(E, q)
derivation
  D(E, s[i])
  = p[i] - 2*c[i]
  = p[i] - c[i]
"""


@pytest.fixture(scope="module")
def report() -> Report:
    return derive.check(TEXT)


def functions_of(module: ModuleType) -> Iterator[tuple[object, str]]:
    """Yield the functions and methods that a module defines, each with what it belongs to."""
    for owner in (module, *(one for one in vars(module).values() if isinstance(one, type))):
        if owner is module or owner.__module__ == module.__name__:
            for name, value in list(vars(owner).items()):
                if isinstance(value, FunctionType) and value.__module__ == module.__name__:
                    yield owner, name


@pytest.fixture
def engines_stopped(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise AssertionError("a report is data: nothing is computed when it is written")

    for name, module in list(sys.modules.items()):
        if name.startswith(tuple(f"derive.{part}" for part in ENGINES)):
            for owner, function in functions_of(module):
                monkeypatch.setattr(owner, function, stopped)


@pytest.mark.usefixtures("engines_stopped")
@pytest.mark.parametrize("form", FORMATS)
def test_writing_asks_no_engine(report: Report, form: str) -> None:
    assert "bug in derive" not in report.written(form)
    assert "refuted" in report.written(form).lower()


@pytest.mark.usefixtures("engines_stopped")
def test_nothing_else_that_a_result_says_of_itself_asks_an_engine(report: Report) -> None:
    first = report.results[0]
    assert isinstance(first.steps, Steps)
    for one in (report, first, first.steps, first.steps[0]):
        assert str(one)
        assert repr(one)
        assert one._repr_html_()
        assert one._repr_latex_()
    assert report.json()["results"][0] == first.json()
    assert first.latex()


@pytest.mark.usefixtures("engines_stopped")
def test_the_engines_are_stopped_indeed() -> None:
    with pytest.raises(AssertionError, match="a report is data"):
        derive.check(TEXT)


def test_only_what_is_asked_for_is_derived() -> None:
    (result,) = derive.check("real x\nclaim D(x^2, x) = 2*x", steps=False).results
    assert (result.steps, result.left_out) == (None, None)
    (result,) = derive.check("real x\nclaim D(x^2, x) = 2*x").results
    assert result.steps


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_names_its_writer(name: str) -> None:
    assert callable(resolve_name(f"derive.writing.{FORMATS[name].function}"))
    assert FORMATS[name].ending.startswith(".") or name == "github"


def test_a_derivation_that_cannot_be_written_is_left_out_and_said(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("derive.writing.html.step_box", lambda _: 1 / 0)
    page = report.html()
    assert "derivation: it cannot be written, a bug in derive: ZeroDivisionError" in page
    assert page.count('class="verdict') >= len(report.results)
