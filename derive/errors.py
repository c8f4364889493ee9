"""The errors a user can meet: each is one sentence, and a position where there is a text to point at."""

import json
import unicodedata
from dataclasses import dataclass


def visible(text: str) -> str:
    r"""Return text in which no sign steers a terminal or turns the direction of reading: these stand as `\u001b`.

    They are the control and format characters but for newline and tab, and halves of surrogate pairs. Inside a
    string of JSON what is written means the same sign.
    """
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(sign: str) -> str:
    harmless = sign.isprintable() or sign in "\n\t" or unicodedata.category(sign) == "Zs"
    return sign if harmless else json.dumps(sign)[1:-1]


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a text: the file's name, the line and column (both from 1), and the line itself."""

    file: str
    line: int
    column: int
    source: str = ""

    def caret(self) -> str:
        """Return the source line with a caret under the column."""
        pad = "".join("\t" if c == "\t" else " " for c in visible(self.source[: self.column - 1]))
        return f"  {self.source}\n  {pad}^"


class DeriveError(Exception):
    """Anything that is wrong with what was asked, never with us: ill-typed, ill-posed, unreadable."""

    def __init__(self, message: str, position: Position | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.position = position

    def __str__(self) -> str:
        if self.position is None:
            return visible(self.message)
        at = self.position
        shown = f"{at.file}:{at.line}:{at.column}: {self.message}"
        return visible(f"{shown}\n{at.caret()}" if at.source else shown)


class ReadingError(DeriveError):
    """A text that cannot be read, or that says something ill-typed."""


class IllPosedError(DeriveError):
    """A claim that can be read and means nothing: no value anywhere, an unknown name, clashing dimensions."""


class LimitError(DeriveError):
    """A search met its bound in time, size or depth; the answer is then undecided, never a guess."""


class ContradictionError(Exception):
    """Kernel and oracle disagree: a bug in derive. Carries all that is needed to reproduce it."""

    def __init__(self, reproducer: str) -> None:
        super().__init__(
            "the proof and the numbers contradict each other; this is a bug in derive.\n" + reproducer
        )
        self.reproducer = reproducer
