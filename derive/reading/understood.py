"""A page as it was understood: each display with how it was read, what was inferred, and the block that says so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derive.problem.declarations import declarations
from derive.problem.problems import Displayed, Problem
from derive.reading.documents import read_document
from derive.reading.fences import fenced_blocks
from derive.reading.latex.displays import statements_of_tex
from derive.reading.text import read
from derive.terms import Context


@dataclass(frozen=True, slots=True)
class Understood:
    """A page as it was read.

    `inferred` are statements that would declare what the page alone tells, `block` the same as a block to put at its
    head, with which every display is read as before; empty if there is nothing to declare, or no such block. `help` is
    the one line that would help most, if one can be told.
    """

    file: str
    displays: tuple[Displayed, ...]
    inferred: tuple[str, ...]
    block: str
    help: str


def understood(text: str, file: str, tex: bool) -> Understood:
    r"""Return a page as it was read; nothing is decided.

    >>> page = understood("$$\\frac{d}{dx} x^2 = 2x$$\n", "page.md", tex=False)
    >>> [(one.kind, one.read) for one in page.displays], page.inferred
    ([('claim', ('D(x^2, x) = 2*x',))], ('real x',))
    """
    problems = read_document(text, file, tex)
    displays = _displays(problems)
    inferred = tuple(_inferred(text, problems, tex, file))
    block = _block(inferred, tex)
    if block and not _same(displays, _displays(read_document(block + text, file, tex)), block.count("\n")):
        block = ""
    return Understood(file, displays, inferred, block, _help(displays))


def _displays(problems: Sequence[Problem]) -> tuple[Displayed, ...]:
    return tuple(one for problem in problems for one in problem.displays)


def _inferred(text: str, problems: Sequence[Problem], tex: bool, file: str) -> Iterator[str]:
    """Yield the statements for what no block of the page declares."""
    declared = [one.context for one in read(statements_of_tex(text) if tex else fenced_blocks(text), file)]
    known = {name for one in declared for name in (*one.sizes, *one.variables, *one.labels, *one.functions)}
    told: dict[str, None] = {}
    for problem in problems:
        context = problem.context
        fresh = Context(
            sizes={name: one for name, one in context.sizes.items() if name not in known},
            variables={name: one for name, one in context.variables.items() if name not in known},
        )
        told |= dict.fromkeys(declarations(fresh))
    yield from told


def _block(statements: Sequence[str], tex: bool) -> str:
    if not statements:
        return ""
    lines = [f"% derive: {one}" for one in statements] if tex else ["```derive", *statements, "```", ""]
    return "\n".join(lines) + "\n"


def _same(before: Sequence[Displayed], after: Sequence[Displayed], moved: int) -> bool:
    """Return whether two readings agree, the second some lines further down."""
    return [_plain(one, moved) for one in before] == [_plain(one, 0) for one in after]


def _plain(one: Displayed, moved: int) -> tuple[int, str, tuple[str, ...]]:
    return (one.position.line or 0) + moved, one.kind, one.read


_UNKNOWN = re.compile(r"^unknown name (\w+)|^(\w+) is (?:declared|defined) nowhere")


def _help(displays: Sequence[Displayed]) -> str:
    """Return the line that would help the most displays that were refused, with their number."""
    wanted: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for one in displays:
        if one.kind == "refused" and one.message:
            found = _UNKNOWN.match(one.message)
            if found is not None:
                wanted[found[1] or found[2]] += 1
            reasons[one.message] += 1
    if wanted:
        name, count = wanted.most_common(1)[0]
        return f"{count} refused for want of {name}: declare it in a block, as in `real {name}`"
    if reasons:
        reason, count = reasons.most_common(1)[0]
        return f"{count} refused, the first of them for this: {reason}"
    return ""
