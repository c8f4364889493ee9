"""The text language: a text to its problems, a formula to a term. One bad statement never hides the others.

Nothing that is read is evaluated, and nothing is simplified.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from derive.errors import Position, ReadingError
from derive.problem.problems import Claim, Failure, Problem, ProblemItem, Show
from derive.reading.claims import read_claim, read_derivation, read_one, read_show
from derive.reading.declarations import DECLARATIONS, declare
from derive.reading.declared import Declared
from derive.reading.lines import Passage, Title, statements, whole
from derive.terms import Context, Equation, Term

ASKED: dict[str, Callable[[Passage, Declared, Context], Claim | Show]] = {
    "claim": read_claim,
    "derivation": read_derivation,
    "show": read_show,
}
_IDENTIFIER = re.compile(r"[^\W\d]\w*")


def read(text: str, file: str = "<text>") -> list[Problem]:
    """Return the problems of a text, in order; a statement that cannot be read is a `Failure` among the items.

    Later claims that need what a failed statement would have said are failures too; all others stand.
    """
    problems: list[Problem] = []
    current = Reader(None)
    try:
        for statement in statements(text, file):
            if isinstance(statement, Title):
                problems.append(current.problem())
                current = Reader(statement.title)
            else:
                current.read(statement)
    except ReadingError as wrong:
        current.items.append(Failure(wrong, "", wrong.position or Position(file, 1, 1)))
    problems.append(current.problem())
    return [one for one in problems if one.title is not None or one.items or one.context != Context()]


def read_term(text: str, context: Context, file: str = "<text>") -> Term:
    """Return the term that a text means in a context.

    Raises:
        ReadingError: it cannot be read, or is ill-typed.
    """
    return read_one(whole(text, file), Declared.of(context))


def read_equation(text: str, context: Context, file: str = "<text>") -> Equation:
    """Return the equation `A = B when …` that a text means in a context.

    Raises:
        ReadingError: it cannot be read, is ill-typed, or is a chain.
    """
    statement = whole(text, file)
    claim = read_claim(statement, Declared.of(context), context)
    if len(claim.sides) != 2 or claim.expect is not None:
        raise ReadingError("an equation has two sides, and nothing is expected of it", statement.position)
    return replace(claim.equation, position=statement.position)


class Reader:
    """Reads the statements of one problem, one after the other."""

    def __init__(self, title: str | None) -> None:
        self.title = title
        self.declared = Declared()
        self.items: list[ProblemItem] = []
        self._context: Context | None = None

    def forget(self) -> None:
        """What is declared has changed from outside, so the context has to be made anew."""
        self._context = None

    def problem(self) -> Problem:
        """Return what has been read."""
        return Problem(self.title, tuple(self.items), self.declared.context())

    def read(self, statement: Passage) -> None:
        """Read a statement; its failure is an item."""
        try:
            if statement.keyword in DECLARATIONS:
                declare(statement, self.declared)
                self._context = None
            else:
                self.items.append(self._asked(statement))
        except ReadingError as wrong:
            self.items.append(Failure(wrong, statement.typed, statement.position))
            self._lose(statement)

    def _asked(self, statement: Passage) -> ProblemItem:
        if self._context is None:
            self._context = self.declared.context()
        if statement.keyword not in ASKED:
            raise ReadingError(self._unknown(statement.keyword), statement.position)
        item = ASKED[statement.keyword](statement, self.declared, self._context)
        terms = [side.term for side in item.sides] if isinstance(item, Claim) else [item.term]
        line = self.declared.unread_about(*terms)
        if line is not None:
            message = f"line {line} could not be read, and may say something about what stands here"
            raise ReadingError(message, statement.position)
        return item

    def _unknown(self, word: str) -> str:
        known = [*DECLARATIONS, *ASKED, "problem"]
        hint = self.declared.nearest(word, known) if word else ""
        found = f", not with {word}" if word else ""
        return f"a statement begins with {', '.join(known[:-1])} or {known[-1]}:{found}{hint}"

    def _lose(self, statement: Passage) -> None:
        """Note what a statement that could not be read would have declared or restricted."""
        word = statement.keyword
        text = " ".join([statement.text, *(line.text for line in statement.block)])
        if word in ASKED or self.declared.nearest(word, ASKED):
            return
        if word in DECLARATIONS and word != "given":
            for name in _would_declare(word, text):
                self.declared.lost.setdefault(name, statement.line)
        else:
            self.declared.leave_unread(statement.line, frozenset(_IDENTIFIER.findall(text)))


def _would_declare(word: str, text: str) -> list[str]:
    """Return the names that a statement would have declared, as far as can be told."""
    head = re.split(r"[=<>!:]|\bin\b", text, maxsplit=1)[0]
    names = _IDENTIFIER.findall(re.sub(r"\[[^\]]*\]?", " ", head))
    return names[:1] if word == "let" else names
