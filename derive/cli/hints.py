"""What the command says to somebody who has just met it: what to type next."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

# Imported inside functions: the catalogue, which is read only where there is something to propose.

FIRST_STEPS = """\b
First steps:
  derive list            the losses and layers that are already there
  derive show softmax    derives one of them, line by line
  derive check FILE      gives every claim in a file of yours a verdict

\b
The smallest file:
  real x
  claim D(x^3, x) = 3*x^2
"""

_CLAIM = """a claim is a line such as
  claim D(x^3, x) = 3*x^2
below one that declares its names, here `real x`; `derive show cross-entropy` derives a longer one"""


def no_claim(files: Iterable[str]) -> str:
    """Return what to say if files hold no claim: which they are, and what a claim looks like."""
    names = list(files)
    where = f" in {names[0]}" if len(names) == 1 else f" in {len(names)} files" if names else ""
    return f"no claim was found{where}; {_CLAIM}"


def no_file(argument: str) -> str:
    """Return what may have been meant by an argument that is neither a file nor a directory, or what there is."""
    from derive import catalogue

    folder = Path(argument).parent
    beside = [one.name for one in folder.iterdir()] if folder.is_dir() else []
    name = Path(argument).name
    likely = [one for one in (f"{name}.drv", f"{name}.md", f"{name}.tex") if one in beside]
    near = likely or difflib.get_close_matches(name, beside, n=1, cutoff=0.7)
    if near:
        return f"; did you mean {folder / near[0]}?"
    if argument in catalogue.names():
        return f"; the catalogue has it: `derive show {argument}`"
    return "; `derive check -` reads standard input, and `derive list` says what is there without a file"


def no_command(word: str, commands: Iterable[str]) -> str:
    """Return what to say of a word that is no command: a file or an entry wants one before it."""
    from derive import catalogue

    said = f"there is no command {word}"
    if Path(word).exists():
        return f"{said}; to check that file: derive check {word}"
    if word in catalogue.names():
        return f"{said}; to see that entry: derive show {word}"
    near = difflib.get_close_matches(word, list(commands), n=1, cutoff=0.5)
    return f"{said}; did you mean {near[0]}?" if near else said
