"""The catalogue as pages: one for each entry, and one over them all to search by name."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from derive import catalogue
from derive.api import derivations
from derive.errors import DeriveError
from derive.report.results import group_verdict
from derive.terms import Derivative
from derive.verification.budget import Budget
from derive.verification.pool import Job, Pool
from derive.writing.html import markdown_line, report_to_html
from derive.writing.html_index import Claimed, IndexRow, index_to_html
from derive.writing.latex import box, equal, formula_box
from derive.writing.terminal import expectation

if TYPE_CHECKING:
    from derive.report.results import Result

TITLE = "The catalogue"
INDEX = "index.html"
PATIENCE = Budget(600)  # for a whole entry; each of its claims takes seconds
BACK = f'<nav><a href="{INDEX}">The catalogue</a></nav>\n'


def write_pages(folder: Path, names: Iterable[str], jobs: int) -> Generator[str | None, None, Path]:
    """Write a page for each entry and the index; yield the name of each that is written, and `None` at times between.

    Returns the index. Raises `OSError` for what cannot be written, and `DeriveError` for an entry that takes
    more time or memory than there is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    work = {name: Job((entry_page, (name,))) for name in names}
    waiting, open_ = deque(work.values()), dict(work)
    rows: dict[str, IndexRow] = {}
    with Pool(jobs, PATIENCE, fork=True) as pool:
        while open_:
            while waiting and pool.room:
                pool.start(waiting.popleft())
            pool.wait()
            for name in [name for name, job in open_.items() if job.done]:
                page, rows[name] = _value(name, open_.pop(name))
                (folder / f"{name}.html").write_text(page, encoding="utf-8")
                yield name
            yield None
    index = folder / INDEX
    index.write_text(index_to_html([rows[name] for name in work], catalogue.KINDS, TITLE), encoding="utf-8")
    return index


def _value(name: str, job: Job) -> tuple[str, IndexRow]:
    if job.bug is not None:
        raise RuntimeError(job.bug)
    if job.fault is not None or job.value is None:
        raise DeriveError(f"the entry {name} cannot be derived: {job.fault}")
    found: tuple[str, IndexRow] = job.value
    return found


def entry_page(name: str) -> Iterator[tuple[str, IndexRow]]:
    """Yield the page of an entry, and its row on the index."""
    entry = catalogue.load(name)
    report = derivations(entry.problem, entry.file, {})
    above = f"{BACK}<p>{markdown_line(entry.about)}</p>\n<p>Source: {markdown_line(entry.source)}</p>\n"
    groups = sorted(report.claims, key=lambda group: not _tells(group[0]))
    row = IndexRow(name, entry.title, entry.kind, entry.about, tuple(map(_claimed, groups)))
    yield report_to_html(report, entry.title, above), row


def _tells(result: Result) -> bool:
    """Tell whether a claim is what people look an entry up for: a derivative, and a true one."""
    side = result.statement.left if result.statement is not None else None
    return result.verdict == "proved" and isinstance(side, Derivative)


def _claimed(group: tuple[Result, ...]) -> Claimed:
    first, last = group[0].statement, group[-1].statement
    verdict = group_verdict(group)
    said = "".join(text for text, _ in expectation(group[0].expect, verdict))
    if first is None or last is None:  # an error, which the entry's own page tells
        return Claimed(None, str(verdict), said)
    formula = formula_box(first) if first is last else equal(box(first.left), box(last.right))
    return Claimed(formula, str(verdict), said)
