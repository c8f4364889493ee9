"""Reports as one HTML page that needs no script and nothing from the network: formulas are MathML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from derive.errors import visible
from derive.report.derivations import Derived
from derive.report.evidence import Kind, Remark, worded
from derive.report.message import Message, pieces_of
from derive.report.results import group_verdict
from derive.terms import Relation
from derive.writing.boxes import HBox
from derive.writing.changes import changed_part
from derive.writing.jacobian import jacobian_figure
from derive.writing.latex import box, condition_box, equal, formula_box, related, step_box, value_box
from derive.writing.latex_document import definition_box
from derive.writing.latex_names import name_box
from derive.writing.listing import broken_text, first_broken, standing
from derive.writing.mathml import PHONE, inline, wrapping
from derive.writing.rules import Explanation, explained
from derive.writing.style import STYLE
from derive.writing.terminal import details, expectation

if TYPE_CHECKING:
    from derive.report.results import Counterexample, Report, Result, StepShown
    from derive.terms import Context


def report_to_html(report: Report, title: str = "Derivations", above: str = "") -> str:
    """Return the report as a complete page; `above` is HTML that stands between its title and the claims."""
    return html_page(title, f"{above}{report_body(report)}")


def html_page(title: str, body: str, style: str = "") -> str:
    """Return a complete page around a body, which is HTML; `style` adds to how every page looks."""
    title = escape(visible(title))
    view = '<meta name="viewport" content="width=device-width, initial-scale=1" />'
    head = f'<meta charset="utf-8" />\n{view}\n<title>{title}</title>\n<style>{STYLE}{style}</style>'
    page = f"<head>\n{head}\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{body}\n</main>\n</body>"
    return f'<!DOCTYPE html>\n<html lang="en">\n{page}\n</html>\n'


_MARKED = re.compile(r"`([^`]+)`|\*([^*]+)\*")


def markdown_line(text: str) -> str:
    """Return a line of Markdown as HTML: code and emphasis are set, all else is text."""
    parts = _MARKED.split(visible(text))
    return "".join(
        f"{escape(said)}{f'<code>{escape(code)}</code>' if code else ''}{f'<em>{escape(em)}</em>' if em else ''}"
        for said, code, em in zip(parts[::3], [*parts[1::3], None], [*parts[2::3], None], strict=True)
    )


def report_body(report: Report) -> str:
    """Return what stands on the page below its title, to be put into another page."""
    parts: list[str] = []
    last: tuple[str | None, str | None] = (None, None)
    said, derived = set[str](), Derived()
    for group in report.claims:
        first = group[0]
        place = first.file, first.problem
        if place != last:
            said, derived = set(), Derived()
            parts += [f"<h2>{escape(first.problem)}</h2>"] if first.problem else []
        last = place
        new = [] if first.context is None else [one for one in _context(first.context) if one not in said]
        said.update(new)
        parts += new
        if first.link is not None:
            parts.append(f"<section>\n{''.join(_listing(group))}</section>")
            continue
        parts += (f"<section>\n{''.join(_result(result, derived))}</section>" for result in group)
    return visible("\n".join(parts))


def _context(context: Context) -> Iterator[str]:
    for definition in context.definitions.values():
        yield wrapping(definition_box(definition))
    for hypothesis in context.hypotheses:
        yield f"<div>assuming {wrapping(condition_box(hypothesis.condition))}</div>"


# What a refuted claim says at length, so that it is not said twice in the list.
_SHOWN = (Kind.AT, Kind.LEFT, Kind.RIGHT, Kind.CORRECT, Kind.MISTAKE)


def _result(result: Result, derived: Derived) -> Iterator[str]:
    """Yield a claim with its verdict, what supports that, and the derivation, whose steps unfold."""
    scope = _scope(result)
    wanted = "".join(text for text, _ in expectation(result.expect, result.verdict))
    yield f'<p><span class="verdict {result.verdict}">{result.verdict}</span>{scope}{escape(wanted)}</p>\n'
    if result.statement is not None:
        yield f'<div class="claim">{wrapping(formula_box(result.statement))}</div>\n'
    elif result.claim:
        yield f"<p><code>{escape(result.claim)}</code></p>\n"
    refuted = result.counterexample is not None
    if refuted:
        yield from _refutation(result)
    items = [_detail(one) for one in details(result) if not (refuted and one.kind in _SHOWN)]
    if items:
        yield f"<ul>{''.join(items)}</ul>\n"
    if result.steps:
        yield from _derivation(result.steps, derived, result)


def _derivation(steps: Sequence[StepShown], derived: Derived, result: Result) -> Iterator[str]:
    new = [step for chain in derived.new(steps) for step in chain]
    if not new:
        yield "<p>The left side is derived above.</p>\n"
        return
    what = "The left side derived" if steps[-1].relation is Relation.EQUAL else "Proof"
    left_out = " (what stands above is not repeated)" if len(new) < len(steps) else ""
    lines = "".join(_step(step, result) for step in new)
    yield f'<p>{what}, every line proved{left_out}:</p>\n<ol class="steps">\n{lines}</ol>\n'


def _refutation(result: Result) -> Iterator[str]:
    """Yield the counterexample in numbers, the claimed side beside the right one, and the mistake."""
    if result.counterexample is not None:
        yield f"<p>{_point(result.counterexample)}</p>\n"
    if result.statement is not None and result.correct_term is not None and result.correct is not None:
        claimed = str(result.statement.right)
        start, end = changed_part(claimed, result.correct)
        marked = f"{escape(claimed[:start])}<mark>{escape(claimed[start:end])}</mark>{escape(claimed[end:])}"
        yield '<div class="sides">\n<div class="wrong">claimed'
        yield f"{wrapping(box(result.statement.right), PHONE)}<code>{marked}</code></div>\n"
        yield f'<div class="right">right{wrapping(box(result.correct_term), PHONE)}'
        yield f"<code>{escape(result.correct)}</code></div>\n</div>\n"
    elif result.correct is not None:
        yield f"<p>Right is {_said(result.correct)}.</p>\n"
    if result.diagnosis is not None:
        said = _said(Message(result.diagnosis.text).sentence())
        yield f"<p><strong>The mistake: {escape(result.diagnosis.mistake)}.</strong> {said}</p>\n"
    if result.jacobian is not None:
        yield jacobian_figure(result.jacobian)


def _detail(one: Remark) -> str:
    return f"<li>{escape(f'{one.label}: ' if one.label else '')}{_said(one.text)}</li>"


def _sentence(pieces: Explanation) -> str:
    return "".join(escape(one) if isinstance(one, str) else inline(one) for one in pieces)


def _said(text: str) -> str:
    """Return a message with its formulas as mathematics."""
    pieces = pieces_of(text)
    return "".join(escape(one) if isinstance(one, str) else inline(formula_box(one)) for one in pieces)


def _point(found: Counterexample) -> str:
    values = ", ".join(inline(equal(name_box(name), value_box(value))) for name, value in found.point)
    left, right = inline(value_box(found.left)), inline(value_box(found.right))
    return f"{f'At {values}' if values else 'Everywhere'} the left side is {left} and the right side {right}."


def _scope(result: Result) -> str:
    return f" {_said(result.scope)}" if result.scope else ""


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
        yield wrapping(box(first.statement.left)) + "\n"
    yield '<ol class="lines">\n'
    for result in group:
        yield f'<li value="{result.line}">{"".join(_line(result, group))}</li>\n'
    yield "</ol>\n"


def _line(result: Result, group: Sequence[Result]) -> Iterator[str]:
    if result.statement is not None:
        yield wrapping(related(HBox(()), result.statement.relation, box(result.statement.right)))
    yield f'<div><span class="verdict {result.verdict}">{result.verdict}</span> '
    after = result.link.after if result.link is not None else ""
    if result.verdict == "refuted" and result.link is not None:
        start, end = changed_part(after, *filter(None, (result.correct, result.link.before)))
        marked = f"<mark>{escape(after[start:end])}</mark>"
        yield f"<code>= {escape(after[:start])}{marked}{escape(after[end:])}</code>"
    yield "</div>"
    said = standing(result, group)
    told = [*([] if said is None else [Remark(Kind.MESSAGE, (said,))]), *details(result)]
    items = [_detail(one) for one in told if one.kind is not Kind.FIRST_SIDE]
    if items:
        yield f"<ul>{''.join(items)}</ul>"


def _step(step: StepShown, result: Result) -> str:
    """Return a line of a derivation, which unfolds to what was done and why it is allowed."""
    why = [f"<p>{_sentence(sentence)}</p>" for sentence in explained(step.rule)]
    used = ", ".join(map(_said, step.hypotheses))
    why.append(f"<p>Uses {used}.</p>" if used else "<p>No assumption is used.</p>")
    where = ", ".join(map(_said, worded(result.conditions)))
    proved = (
        f"The line was proved{' equal to the one before' if step.relation is Relation.EQUAL else ''}"
        f"{_scope(result)}{f', where {where}' if where else ''}."
    )
    head = f'{wrapping(step_box(step))}<span class="rule">{escape(step.rule)}</span>'
    why.append(f"<p>{proved}</p>")
    if step.parts:
        every = "".join(_part(part) for part in step.parts)
        why.append(f'<p>Line by line, each proved too:</p><ol class="parts">{every}</ol>')
    return f'<li><details><summary>{head}</summary><div class="why">{"".join(why)}</div></details></li>\n'


def _part(step: StepShown) -> str:
    """Return a line that another one stands for, with its rule."""
    return f'<li>{wrapping(step_box(step))}<span class="rule">{escape(step.rule)}</span></li>'
