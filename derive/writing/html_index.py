"""Many pages under one: a list of entries by kind, each with its claims and their verdicts.

Without its script the page is whole; the script only hides what is not searched for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from derive.writing.boxes import HBox
from derive.writing.html import html_page, markdown_line
from derive.writing.mathml import wrapping
from derive.writing.style import resource


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim on the list: its formula, if it has one, the verdict, and what is said of an expectation."""

    formula: HBox | None
    verdict: str
    expected: str = ""


@dataclass(frozen=True, slots=True)
class IndexRow:
    """An entry of the list: the page's file name without ending, its title, kind, Markdown about it, its claims."""

    name: str
    title: str
    kind: str
    about: str
    claims: tuple[Claimed, ...]


def index_to_html(rows: Sequence[IndexRow], kinds: Sequence[str], title: str) -> str:
    """Return the list as a complete page: the kinds in their order, and within each the entries in theirs."""
    ordered = sorted(rows, key=lambda row: kinds.index(row.kind))
    groups = [(kind, list(several)) for kind, several in groupby(ordered, key=lambda row: row.kind)]
    links = "\n".join(f'<a href="#{_anchor(kind)}">{escape(_capital(kind))}</a>' for kind, _ in groups)
    body = (
        f"<p>Entries: {len(rows)}. Claims: {_counted(one for row in rows for one in row.claims)}.</p>\n{_SEARCH}"
        f'<nav aria-label="kinds">\n{links}\n</nav>\n{"".join(_group(*one) for one in groups)}'
        f"<script>{resource('index.js')}</script>"
    )
    return html_page(title, body, resource("index.css"))


def _group(kind: str, rows: Iterable[IndexRow]) -> str:
    entries = "".join(map(_entry, rows))
    return f'<section id="{_anchor(kind)}">\n<h2>{escape(_capital(kind))}</h2>\n<ul>\n{entries}</ul>\n</section>\n'


def _entry(row: IndexRow) -> str:
    head = f'<a href="{escape(row.name)}.html">{escape(row.title)}</a> <code>{escape(row.name)}</code>'
    first, rest = row.claims[:1], row.claims[1:]
    more = (
        f"<details><summary>{len(rest)} more: {_counted(rest)}</summary>{_claims(rest)}</details>"
        if rest
        else ""
    )
    about = f'<div class="about"><h3>{head}</h3><p>{markdown_line(row.about)}</p></div>'
    return f'<li class="entry">{about}{_claims(first)}{more}</li>\n'


def _claims(claims: Iterable[Claimed]) -> str:
    return "".join(
        f'<div class="claimed"><span class="verdict {one.verdict}">{one.verdict}</span>'
        f'<span class="rule">{escape(one.expected)}</span>{wrapping(one.formula) if one.formula else ""}</div>'
        for one in claims
    )


def _counted(claims: Iterable[Claimed]) -> str:
    """Return in words how many claims there are of each verdict."""
    counts = Counter((one.verdict, one.expected.strip()) for one in claims)
    return ", ".join(escape(f"{count} {' '.join(said).strip()}") for said, count in counts.items())


def _anchor(kind: str) -> str:
    return escape("-".join("".join(sign if sign.isalnum() else " " for sign in kind).split()))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_SEARCH = """<div id="search" role="search" hidden="hidden"><label for="word">Search by name or description</label>
<input id="word" type="search" autocomplete="off" /> <output id="found" for="word"></output></div>
"""

# No `&` and no `<` in it: the page is XML too.
