"""The grammar's parse tables, kept beside the grammar because building them takes ten times as long as loading.

They are used only with the grammar, options and release of lark that they were made from; otherwise the grammar
is built. `python -m derive.reading.tables` writes them anew.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import lark
from lark import Lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

OPTIONS: dict[str, Any] = {
    "parser": "lalr",
    "propagate_positions": True,
    "maybe_placeholders": False,
    "start": "size variables label function let given claim derivation line show".split(),
}
STORED = "grammar.json"


@cache
def grammar() -> Lark:
    """Return the grammar, ready to parse."""
    stored = files(__package__).joinpath(STORED)
    if stored.is_file():
        # An object's keys are text in JSON; in the tables the states are numbers.
        tables = json.loads(stored.read_text(encoding="utf-8"), object_hook=_with_numbers)
        if tables["key"] == key():
            found: Lark = Lark.load({"data": tables["data"], "memo": tables["memo"]})
            return found
    return built()


def built() -> Lark:
    """Return the grammar, built from its source."""
    return Lark(_source(), **OPTIONS)


def key() -> str:
    """Return what the tables depend on, in short: the grammar, its options and the release of lark."""
    return hashlib.sha256(f"{lark.__version__} {OPTIONS} {_source()}".encode()).hexdigest()


def write(folder: Path) -> None:
    """Write the tables of the grammar into a folder."""
    data, memo = built().memo_serialize([TerminalDef, Rule])
    text = json.dumps(
        {"lark": lark.__version__, "key": key(), "data": data, "memo": memo}, separators=(",", ":")
    )
    folder.joinpath(STORED).write_text(text + "\n", encoding="utf-8")


def _source() -> str:
    return files(__package__).joinpath("grammar.lark").read_text(encoding="utf-8")


def _with_numbers(table: dict[str, Any]) -> dict[Any, Any]:
    return {int(name) if name.isdigit() else name: value for name, value in table.items()}


if __name__ == "__main__":
    write(Path(__file__).parent)
