"""Which names may be given to what is newly declared. One answer for every door; it reads no text."""

from __future__ import annotations

import re
from typing import Literal

from derive.arrays.operations import FUNCTIONS
from derive.terms.functions import TABLE

Kind = Literal["size", "variable", "label", "index", "function", "definition"]

CONSTANTS = frozenset({"pi"})

# Everything that means something of its own before `(`.
CALLED = frozenset({*TABLE, *FUNCTIONS, *"sum prod mean max min D delta where partial array".split()})

_NAME = re.compile(r"[^\W\d]\w*\Z")


def objection(name: str, kind: Kind) -> str | None:
    """Return why a name cannot be given to a thing of this kind, as a sentence; `None` if it can.

    A function's name is kept only from functions: before `(` it would mean two things. `gamma` may be an array.
    """
    if not _NAME.match(name):
        return f"{name!r} is no name: a letter, then letters, digits and underscores"
    if name in CONSTANTS:
        return f"{name} is the number; choose another name"
    if kind == "function" and name in CALLED:
        return f"{name} is a function of the language"
    return None
