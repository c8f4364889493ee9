"""What an editor offers to do about a finding: the right formula in place of the wrong one, a name declared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lsprotocol.types import CodeAction, CodeActionKind, Diagnostic, Position, Range, TextEdit, WorkspaceEdit

from derive.editor.findings import Answered, Findings
from derive.editor.marks import Ruler, Units, right_side
from derive.editor.pages import OpenPage, PagePart
from derive.reading.declarations import DECLARATIONS
from derive.report.results import Result, Verdict
from derive.terms import Relation
from derive.writing.latex import to_latex

_UNKNOWN = re.compile(
    r"unknown (?P<kind>name|function)(?: or function)? (?P<name>\w+)(?:; did you mean (?P<near>\w+)\?)?"
)
_NOWHERE = re.compile(r"(?P<name>\w+) is declared nowhere")
_ENTRY = re.compile(r"(?P<name>[^\W\d]\w*)\[(?P<inside>[^\[\]]*)\]")
_DECLARED = re.compile(rf"\s*(?:{'|'.join(DECLARATIONS)})\b(?P<rest>.*)")


@dataclass(frozen=True, slots=True)
class Change:
    """A change that is offered: what it is called, where, and the new text; `preferred` if it is the likely one."""

    title: str
    where: Range
    text: str
    preferred: bool = False

    def action(self, part: PagePart, about: list[Diagnostic]) -> CodeAction:
        """Return it as the editor wants it, for the diagnostics that it is about."""
        edit = WorkspaceEdit(changes={part.uri: [TextEdit(self.where, self.text)]})
        return CodeAction(
            self.title,
            kind=CodeActionKind.QuickFix,
            diagnostics=about,
            is_preferred=self.preferred,
            edit=edit,
        )


def changes(findings: Findings, part: PagePart, units: Units, first: int, last: int) -> Iterator[Change]:
    """Yield the changes that are offered for lines of a part, the lines numbered as on the page."""
    ruler = Ruler(part, units)
    for one in findings.answered:
        if one.result is not None and first <= one.place[0] <= last and part.holds(one.place[0]):
            yield from _corrections(one, one.result, findings.page, ruler)
            if one.result.message is not None:
                yield from _declarations(one, one.result.message, findings.page, ruler)


def _corrections(one: Answered, result: Result, page: OpenPage, ruler: Ruler) -> Iterator[Change]:
    """Yield the proved right side in place of a wrong one, where that stands in the text as it was read."""
    equation, right = one.question.equation, right_side(one, ruler.part)
    if result.verdict is not Verdict.REFUTED or result.expect is not None or result.correct is None:
        return
    if equation is None or equation.relation is not Relation.EQUAL or right is None:
        return
    formula = str(result.correct)
    if page.notation:
        if result.correct_term is None:
            return
        formula = to_latex(result.correct_term)
    yield Change(f"Replace by the right formula: {formula}", ruler.span(*right), formula, preferred=True)


def _declarations(one: Answered, message: str, page: OpenPage, ruler: Ruler) -> Iterator[Change]:
    """Yield what can be done about a name that is not known: to declare it, or to write the one that is near."""
    found = _UNKNOWN.match(message) or _NOWHERE.match(message)
    if found is None:
        return
    said, name = found.groupdict(), found["name"]
    line, column = one.place
    if said.get("near") and ruler.part.line(line)[column - 1 :].startswith(name):
        where = ruler.span((line, column), (line, column + len(name)))
        yield Change(f"Write {said['near']}", where, str(said["near"]))
    if page.notation:
        yield from _at_the_head(name, page, ruler)
        return
    start = one.question.position.line
    declared = _declared(name, said.get("kind") == "function", (line, column), start, ruler.part)
    if declared is not None:
        above = ruler.span((start, 1), (start, 1))
        yield Change(f"Declare {name}: {declared.splitlines()[-1]}", above, f"{declared}\n")


def _at_the_head(name: str, page: OpenPage, ruler: Ruler) -> Iterator[Change]:
    """Yield a block at the head of a page that declares a number."""
    statement = f"real {name}"
    lines = ruler.part.lines
    line = 0
    if (
        page.notation == ".md" and lines[0] == "---"
    ):  # what other programs want to know of the page stays first
        line = next((number for number, text in enumerate(lines) if number and text == "---"), -1) + 1
    text = f"% derive: {statement}\n" if page.notation == ".tex" else f"```derive\n{statement}\n```\n\n"
    yield Change(f"Declare {name}: {statement}", Range(Position(line, 0), Position(line, 0)), text)


def _declared(name: str, function: bool, place: tuple[int, int], start: int, part: PagePart) -> str | None:
    """Return the statements that declare a name as it is used; `None` if it is not used in a way that tells.

    An array gets the size of what shares its index.
    """
    line, column = place
    rest = part.line(line)[column - 1 :]
    if function:
        return f"function {name}"
    entry = _ENTRY.match(rest)
    if entry is None:
        return f"real {name}"
    above = part.lines[: start - part.first]
    statement = "\n".join(part.lines[start - part.first : line - part.first + 1])
    known = _dimensions(above)
    letters = {
        letter: dimension
        for other in _ENTRY.finditer(statement)
        for letter, dimension in zip(_inside(other), known.get(other["name"], ()), strict=False)
    }
    sizes = [
        one
        for text in above
        if (found := re.match(r"\s*size\s+([^\W\d]\w*)", text))
        for one in found.groups()
    ]
    usual = sizes[-1] if sizes else "n"
    dimensions = [letters.get(letter, usual) for letter in _inside(entry)]
    missing = "" if sizes or usual not in dimensions else f"size {usual}\n"
    return f"{missing}real {name}[{','.join(dimensions)}]"


def _inside(entry: re.Match[str]) -> list[str]:
    return [one.strip() for one in entry["inside"].split(",")]


def _dimensions(lines: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the sizes of the arrays that lines declare."""
    found = (_DECLARED.match(line.partition("#")[0]) for line in lines)
    return {one["name"]: _inside(one) for line in found if line for one in _ENTRY.finditer(line["rest"])}
