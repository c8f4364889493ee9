"""The readers under fire: what each is fed with, and what of its answers is a finding. Runs no fuzzer itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from derive.errors import DeriveError
from derive.problem.problems import Problem
from derive.reading import latex, text
from derive.reading.documents import read_document
from derive.reading.fences import fenced_blocks

ROOT = Path(__file__).parents[2]
FINDINGS = Path(__file__).parent / "findings"
SLOW = 3.0  # seconds of processor time that no small input may take

CONTEXT = text.read("""
size n, m
real s[n], c[n], q[n], a[m], W[n,m], H[n,n], x, u, Omega, x_max, beta, epsilon
positive T
label t: n
function f
let p[i] = exp(s[i])/sum(exp(s[k]), k)
let y_hat[i] = p[i]
let E = -sum(c[j]*log(p[j]), j)
show E
""")[0].context


@dataclass(frozen=True, slots=True)
class Target:
    """A reader: `read` raises only a `DeriveError`; `seeds` yields texts to start from, `grammars` its own words."""

    read: Callable[[str], None]
    seeds: Callable[[], Iterable[str]]
    grammars: tuple[str, ...]


def read_text(typed: str) -> None:
    """Read a text; what cannot be read is a failure among the items."""
    _told(text.read(typed))


def read_latex(typed: str) -> None:
    """Read a formula or, where it has an equals sign, an equation, in one fixed context."""
    (latex.read_equation if "=" in typed else latex.read_term)(typed, CONTEXT)


def read_page(typed: str) -> None:
    """Read a document: as TeX if it has a comment for us or an environment `document`, else as Markdown."""
    _told(read_document(typed, "page", tex="derive:" in typed or r"\begin{document}" in typed))


def _told(problems: list[Problem]) -> None:
    for problem in problems:
        for failure in problem.failures:
            _tell(failure.error)


def _tell(wrong: DeriveError) -> None:
    """Write an error as the command does."""
    str(wrong).encode()


def _pages() -> Iterator[str]:
    folders = {"docs/examples": "*.md", "derive/catalogue": "*.md", "tests/golden": "*.tex"}
    for folder, pattern in folders.items():
        for path in sorted((ROOT / folder).glob(pattern)):
            yield path.read_text(encoding="utf-8")


def _texts() -> Iterator[str]:
    yield from map(fenced_blocks, _pages())
    for path in sorted((ROOT / "tests/forgeries").glob("*.drv")):
        yield from path.read_text(encoding="utf-8").split("problem:")


def _formulas() -> Iterator[str]:
    from tests.reading.latex.test_fragments import MEANINGS
    from tests.reading.latex.test_refused import REFUSED

    yield from (str(row[0]) for row in [*MEANINGS, *REFUSED])


def _documents() -> Iterator[str]:
    from tests.reading.latex.test_documents import BLOCK, SOFTMAX

    yield from _pages()
    for formula in _formulas():
        yield f"{BLOCK}{SOFTMAX}If $i = j$:\n$$ {formula} $$\n"
        yield f"% derive: size n\n% derive: real s[n], c[n]\n\\begin{{align}} {formula} \\\\ &= 1 \\end{{align}}\n"


TEXT, LATEX = "derive/reading/grammar.lark", "derive/reading/latex/grammar.lark"
TARGETS = {
    "text": Target(read_text, _texts, (TEXT,)),
    "latex": Target(read_latex, _formulas, (LATEX,)),
    "documents": Target(read_page, _documents, (TEXT, LATEX)),
}


def typed(data: bytes) -> str:
    """Return bytes as text; what is no UTF-8 becomes lone surrogates, which no encoding can write."""
    return data.decode("utf-8", "surrogateescape")


def finding(target: str, data: bytes, slow: float = SLOW) -> str | None:
    """Return what is wrong with how a reader takes an input, or nothing: an error that is not ours, or much time.

    The time is that of the processor in seconds; an infinite `slow` allows any.
    """
    begin = time.process_time()
    try:
        try:
            TARGETS[target].read(typed(data))
        except DeriveError as wrong:
            _tell(wrong)
    except Exception as wrong:  # noqa: BLE001 - whatever it is, it is the finding
        return f"{type(wrong).__name__} {_place(wrong)}: {wrong}"
    taken = time.process_time() - begin
    return f"slow: {taken:.1f} s for {len(data)} bytes" if taken > slow else None


def _place(wrong: BaseException) -> str:
    """Return the last line of the package on the way to an error."""
    place, trace = "", wrong.__traceback__
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        if "derive/" in path:
            place = f"{path.rpartition('derive/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def kept(target: str) -> list[Path]:
    """Return the inputs that once broke a reader."""
    return sorted((FINDINGS / target).glob("*"))


@contextmanager
def broken(target: str, read: Callable[[str], None]) -> Iterator[None]:
    """Put another reader in the place of a target's own, to see that it is noticed."""
    before = TARGETS[target]
    TARGETS[target] = Target(read, before.seeds, before.grammars)
    try:
        yield
    finally:
        TARGETS[target] = before
