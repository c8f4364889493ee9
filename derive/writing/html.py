"""Reports as one HTML page that needs no script and nothing from the network: formulas are MathML. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from derive.errors import visible
from derive.writing.changes import changed_part
from derive.writing.latex import condition_to_latex, entry_to_latex, equation_to_latex, to_latex
from derive.writing.listing import broken_text, first_broken, standing
from derive.writing.mathml import to_mathml
from derive.writing.terminal import detail_texts, expectation, group_verdict

if TYPE_CHECKING:
    from derive.notation import Context
    from derive.report import Report, Result, StepShown

STYLE = """
body { font: 1rem/1.5 Georgia, serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
section { border-top: 1px solid #ccc; margin-top: 1.5rem; }
.verdict { font-weight: bold; } .proved { color: #18692e; } .refuted, .error { color: #a3161f; }
.undecided { color: #8a5a00; } ol { padding-left: 2.5rem; } .rule { color: #555; font-size: .85rem; }
math { max-width: 100%; overflow-x: auto; } code { overflow-wrap: anywhere; }
mark { background: #f6c6c9; }
"""


def report_to_html(report: Report, title: str = "Derivations") -> str:
    """Return the report as a complete page."""
    title = visible(title)
    head = f'<meta charset="utf-8" />\n<title>{escape(title)}</title>\n<style>{STYLE}</style>'
    page = f"<head>\n{head}\n</head>\n<body>\n<h1>{escape(title)}</h1>\n{report_body(report)}\n</body>"
    return f'<!DOCTYPE html>\n<html lang="en">\n{page}\n</html>\n'


def report_body(report: Report) -> str:
    """Return what stands on the page below its title, to be put into another page."""
    parts: list[str] = []
    last: tuple[str | None, str | None] = (None, None)
    for group in report.claims:
        place = group[0].file, group[0].problem
        if place != last and group[0].problem:
            parts.append(f"<h2>{escape(group[0].problem)}</h2>")
        if place != last and group[0].context is not None:
            parts += _context(group[0].context)
        last = place
        if group[0].link is not None:
            parts.append(f"<section>\n{''.join(_listing(group))}</section>")
            continue
        parts += (f"<section>\n{''.join(_result(result))}</section>" for result in group)
    return visible("\n".join(parts))


def _context(context: Context) -> Iterator[str]:
    from derive.notation import Entry

    for definition in context.definitions.values():
        head = entry_to_latex(Entry(definition.name, definition.parameters))
        yield to_mathml(f"{head} = {to_latex(definition.body)}")
    for hypothesis in context.hypotheses:
        yield f"<p>Assume</p>{to_mathml(condition_to_latex(hypothesis.condition))}"


def _result(result: Result) -> Iterator[str]:
    if result.statement is not None:
        yield to_mathml(equation_to_latex(result.statement)) + "\n"
    elif result.claim:
        yield f"<p><code>{escape(result.claim)}</code></p>\n"
    scope = f" {escape(result.scope)}" if result.scope else ""
    yield f'<p><span class="verdict {result.verdict}">{result.verdict}</span>{scope}</p>\n'
    details = [
        f"<li>{escape(label)}: <code>{escape(text)}</code></li>" if label else f"<li>{escape(text)}</li>"
        for label, text in detail_texts(result)
    ]
    if details:
        yield f"<ul>{''.join(details)}</ul>\n"
    if result.steps:
        yield f"<ol>\n{''.join(map(_step, result.steps))}</ol>\n"


def _listing(group: Sequence[Result]) -> Iterator[str]:
    """Yield a derivation line by line: each line's verdict, what changed marked, and under a wrong one why."""
    first = group[0]
    broken, link, found = first_broken(group), first.link, group_verdict(group)
    said = f": {broken_text(broken)}" if broken is not None else ""
    wanted = "".join(text for text, _ in expectation(first.expect, found))
    head = f'<span class="verdict {found}">{found}</span>'
    kind = f"{link.kind} of <code>{escape(link.first)}</code>" if link is not None else ""
    yield f"<p>{head} {kind}{escape(said + wanted)}</p>\n"
    if first.statement is not None:
        yield to_mathml(to_latex(first.statement.left)) + "\n"
    yield '<ol class="lines">\n'
    for result in group:
        yield f'<li value="{result.line}">{"".join(_line(result))}</li>\n'
    yield "</ol>\n"


def _line(result: Result) -> Iterator[str]:
    if result.statement is not None:
        yield to_mathml(f"= {to_latex(result.statement.right)}")
    yield f'<div><span class="verdict {result.verdict}">{result.verdict}</span> '
    after = result.link.after if result.link is not None else ""
    if result.verdict == "refuted" and result.link is not None:
        start, end = changed_part(after, *filter(None, (result.correct, result.link.before)))
        marked = f"<mark>{escape(after[start:end])}</mark>"
        yield f"<code>= {escape(after[:start])}{marked}{escape(after[end:])}</code>"
    yield "</div>"
    details = [("", standing(result)), *detail_texts(result)]
    items = [
        f"<li>{escape(label)}: <code>{escape(text)}</code></li>" if label else f"<li>{escape(text)}</li>"
        for label, text in details
        if text and label != "against the first side"
    ]
    if items:
        yield f"<ul>{''.join(items)}</ul>"


def _step(step: StepShown) -> str:
    used = f", by {', '.join(step.hypotheses)}" if step.hypotheses else ""
    return f'<li>{to_mathml(step.latex)}<div class="rule">{escape(step.rule + used)}</div></li>\n'


__all__ = ["STYLE", "report_body", "report_to_html"]
