"""The errors a user can meet: each is one sentence, and a position where there is a text to point at."""

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Self

# What the runners of workflows take for commands in a log: `::` at the beginning of a line, `##[` or `##vso[` anywhere.
_COMMAND = re.compile(r"(?m)^(?P<blank>\s*):(?=:)|#(?P<kind>#\w*)(?=\[)")


def visible(text: str) -> str:
    r"""Return text in which no sign steers a terminal or a workflow's log, or turns the direction of reading.

    Control and format characters but for newline and tab, halves of surrogate pairs, and the first sign of what
    would be a command in a log of GitHub or Azure stand as `\u001b`. Inside a string of JSON what is written means
    the same sign.
    """
    if not text.isprintable():
        text = "".join(map(_visible, text))
    return _COMMAND.sub(_inert, text) if "::" in text or "##" in text else text


def _visible(sign: str) -> str:
    harmless = sign.isprintable() or sign in "\n\t" or unicodedata.category(sign) == "Zs"
    return sign if harmless else json.dumps(sign)[1:-1]


def _inert(found: re.Match[str]) -> str:
    kind = found["kind"]
    return rf"{found['blank']}\u003a" if kind is None else rf"\u0023{kind}"


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

    def without_trace(self) -> Self:
        """Return the error itself, to be kept or sent as data: without its trace and what led to it.

        Those hold whole frames, and a library may have made them part of what is sent, as Dask's does.
        """
        self.__cause__ = self.__context__ = None
        return self.with_traceback(None)

    def __str__(self) -> str:
        if self.position is None:
            return visible(self.message)
        at = self.position
        shown = f"{at.file}:{at.line}:{at.column}: {self.message}"
        return visible(f"{shown}\n{at.caret()}" if at.source else shown)


class ReadingError(DeriveError):
    """A text that cannot be read, or that says something ill-typed."""


class UnknownNameError(ReadingError):
    """A name or function of which nothing says what it is."""


class FreeLetterError(ReadingError):
    """A letter that is free in what a name is said to mean, and does not stand in the name."""


class IllPosedError(DeriveError):
    """A claim that can be read and means nothing: no value anywhere, an unknown name, clashing dimensions."""


class LimitError(DeriveError):
    """A search met its bound in time, size or depth; the answer is then undecided, never a guess."""


class OutOfTimeError(Exception):
    """The time that a search was given is over.

    It is no `DeriveError`: an engine that can do without a step for which a formula is too large must not take
    this for such a case, or what it concludes would depend on the clock. Only who set the bound catches it.
    """


SLIPS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    StopIteration,
    TypeError,
    ValueError,
)
"""What Python raises where a program is wrong. What is not trusted may be wrong in any of these ways."""


TOO_LONG_A_NUMBER = "a number is too long to be written"


def too_many_digits(wrong: Exception) -> bool:
    """Return whether this is Python's refusal to write a number of many thousand digits."""
    return isinstance(wrong, ValueError) and "integer string conversion" in str(wrong)


class ContradictionError(Exception):
    """Kernel and oracle disagree: a bug in derive. Carries all that is needed to reproduce it."""

    def __init__(self, reproducer: str) -> None:
        super().__init__(
            "the proof and the numbers contradict each other; this is a bug in derive.\n" + reproducer
        )
        self.reproducer = reproducer
