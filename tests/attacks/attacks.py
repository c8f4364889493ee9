"""Input made to hang, crash or flood: each with what the command must say of it. Data only."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

AFTER = "problem: after it\nclaim 1 + 1 = 2\n"
"""A claim that stands after the attack and must get its verdict all the same."""


@dataclass(frozen=True, slots=True)
class Attack:
    """What is attacked with: `make` puts it at a path; `says` is part of what the command answers.

    `status` is the exit status. `after` says whether `AFTER` stands in the text, and must be proved.
    """

    name: str
    says: str
    status: int
    make: Callable[[Path], object]
    file: str = "attack.drv"
    after: bool = False


def text(
    name: str, text: str, says: str, status: int, after: bool = True, file: str = "attack.drv"
) -> Attack:
    """Return an attack that is a text, with `AFTER` at its end if `after`."""
    whole = f"{text}\n{AFTER if after else ''}"
    return Attack(name, says, status, lambda path: path.write_text(whole, encoding="utf-8"), file, after)


def raw(name: str, data: bytes, says: str, file: str = "attack.drv") -> Attack:
    """Return an attack that is bytes, and cannot be read."""
    return Attack(name, says, 2, lambda path: path.write_bytes(data), file)


def _loop(path: Path) -> None:
    path.mkdir()
    (path / "again").symlink_to(path)
    (path / "self.drv").symlink_to(path / "self.drv")
    (path / "a.drv").write_text(AFTER, encoding="utf-8")


def _nested_sums(letters: int) -> str:
    factors = "*".join(f"x[i{k}]" for k in range(letters))
    return "sum(" * letters + factors + "".join(f", i{k})" for k in range(letters))


def _deep_maxima() -> str:
    names = ", ".join(f"y{k}" for k in range(30))
    inner = "".join(f"max(y{k}, " for k in range(29))
    return f"real {names}\nclaim {inner}y29{')' * 29} = y0"


def _poles() -> str:
    names = ", ".join(f"x{k}" for k in range(20))
    terms = " + ".join(f"1/(x{k} + x{(k + 1) % 20}^7 + 1)" for k in range(20))
    return f"real {names}\nclaim {terms} = {terms.replace('^7', '^6')}"


def _hypotheses() -> str:
    names = ", ".join(f"y{k}" for k in range(300))
    given = "\n".join(f"given y{k}^2 + y{(k + 7) % 300}*y{(k + 1) % 300} = {k}" for k in range(300))
    return f"real {names}\n{given}\nclaim y0 = y1"


TOO_LONG = "the text is longer than 1000000 characters"
TIME = "out of time: no answer within"
UNREAD = "this cannot be read: out of time: no answer within"

ATTACKS = (
    # numbers
    text("`9^9^9^9`", "claim 9^9^9^9 = 1", "an exponent beyond 1000", 2),
    text("a tower of sizes, `n^n^n^n^n`", "size n\nclaim n^n^n^n^n = 1", "refuted", 1),
    text("`exp(exp(exp(exp(exp(9)))))`", "claim exp(exp(exp(exp(exp(9))))) = 1", "undecided", 3),
    text("factorials of factorials", "claim gamma(gamma(gamma(gamma(9)))) = 1", "undecided", 3),
    text("`(999^999)^999`", "claim (999^999)^999 = 1", "refuted", 1),
    text("a power to be multiplied out", "real x, y, z\nclaim (1+x+y+z)^1000 = (x+y+z+1)^1000 + x - x",
         "a power 1000 is too large to be multiplied out", 3),
    text("a number of 1001 digits", f"claim {'9' * 1001} = 1", "the number has more than 1000 digits", 2),
    text("`1e99999999999`", "claim 1e99999999999 = 1", "the number has more than 1000 digits", 2),
    # shapes
    text("a sum nested forty deep", f"size n\nreal x[n]\nclaim {_nested_sums(40)} = sum(x[i], i)^40", TIME, 3),
    text("maxima nested thirty deep", _deep_maxima(), "refuted", 1),
    text("twenty fractions that have nothing in common", _poles(), "refuted", 1),
    text("brackets nested 150 deep", f"real x\nclaim {'exp(' * 150}x{')' * 150} = x",
         "the formula nests deeper than 100 levels", 2),
    text("a megabyte of brackets", "(" * 999_000, "a statement begins with", 2),
    text("more than a megabyte of brackets", "(" * 1_000_001, TOO_LONG, 2, after=False),
    text("a definition that doubles forty times",
         "real x0\n" + "\n".join(f"let x{k + 1} = x{k}*x{k}" for k in range(40)),
         "with its definitions unfolded this has more than 200000 terms", 2),
    text("a cyclic `let`", "real x\nlet a = b\nlet b = a\nclaim a = x", "unknown name b", 2),
    text("a `let` of itself", "let c = c + 1\nclaim c = 1", "c is defined by this very line", 2),
    text("an array of rank 200", f"size n\nreal x[{','.join('n' * 200)}]", "an array has at most 16 indices", 2),
    text("forty free indices", f"size n\nreal x[n]\nclaim {'+'.join(f'x[i{k}]' for k in range(40))} = 1",
         "a statement has at most 16 free indices", 2),
    text("a size of a thousand million", "size n = 1000000000", "a size is a whole number from 1 to 1000000", 2),
    text("the entry 1000000000 of an array", "size n\nreal x[n]\nclaim x[1000000000] = 1",
         "a position is a whole number from 1 up", 2),
    # much of it
    text("a name of nearly a megabyte", f"real {'a' * 999_000}", "the statement is longer than 50000 characters", 2),
    text("a name of forty thousand letters", f"real {'a' * 40_000}\nclaim {'a' * 9_000} = 1", "unknown name", 2),
    text("300 hypotheses of second degree", _hypotheses(), TIME, 3),
    text("1001 hypotheses", "real x\n" + "given x > 0\n" * 1001, "a problem has at most 1000 hypotheses", 2),
    text("1001 names", f"real {', '.join(f'x{k}' for k in range(1001))}", "a problem has at most 1000 names", 2),
    # bytes
    raw("NUL bytes", b"real x\0y\nclaim x\0 = 1\n\0\0", "the character U+0000 has no meaning here"),
    raw("invalid UTF-8", b"real x\nclaim x = \xff\xfe\n", "the text is not UTF-8"),
    raw("a hundred thousand dollar signs", b"$" * 100_000, "no claim was found", "attack.md"),
    raw("fractions of fractions in LaTeX", b"$$ " + rb"\frac{" * 20_000 + b" $$", "", "attack.md"),
    # files
    Attack("a directory called attack.drv", "holds no file that ends in", 2, lambda path: path.mkdir()),
    Attack("a directory that contains itself", "proved", 0, _loop, after=True),
    Attack("a link to itself", "Too many levels of symbolic links", 2, lambda path: path.symlink_to(path)),
    Attack("a link to /dev/zero", TOO_LONG, 2, lambda path: path.symlink_to("/dev/zero")),
    Attack("a pipe to which nobody writes", UNREAD, 2, lambda path: os.mkfifo(path)),
    Attack("a file that cannot be read", "Input/output error", 2, lambda path: path.symlink_to("/proc/self/mem")),
    Attack("a name longer than any file's", "File name too long", 2, lambda path: None, "a" * 300 + ".drv"),
)  # fmt: skip
