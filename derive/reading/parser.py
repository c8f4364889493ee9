"""The grammar at work: one statement to one parse tree, with errors that say what was expected. Resolves no name."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any

import lark
from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from derive.errors import ReadingError
from derive.reading.lines import MAX_STATEMENT, Statement

Node = Tree[Token] | Token

MAX_DEPTH = 100
"""How deep a formula may nest; what walks terms does so by recursion."""

STARTS = "size variables label function let given claim derivation line show".split()
OPTIONS: dict[str, Any] = {
    "parser": "lalr",
    "propagate_positions": True,
    "maybe_placeholders": False,
    "start": STARTS,
}

# Terminals in messages, in the order in which they are listed.
_WORDS = {
    "NAME": "a name",
    "COMMA": '","',
    "RPAR": '")"',
    "RSQB": '"]"',
    "COLON": '":"',
    "LPAR": '"("',
    "LSQB": '"["',
    "EQUAL": '"="',
    "ORDER": "a comparison",
    "SIGN": "an operator",
    "WHEN": '"when"',
    "EXPECT": '"expect"',
    "IN": '"in"',
    "$END": "the end of the statement",
}
_EXPRESSION = {"NUMBER", "NAME"}
_BEGINS = {"NUMBER", "NAME", "LPAR"}


def parse(rule: str, statement: Statement) -> Tree[Token]:
    """Return the parse tree of a statement.

    Raises:
        ReadingError: it does not follow the grammar, is too long, or nests too deeply.
    """
    text = statement.text
    if len(text) > MAX_STATEMENT:
        raise ReadingError(f"the statement is longer than {MAX_STATEMENT} characters", statement.position)
    try:
        tree = grammar().parse(text, start=rule)
    except UnexpectedInput as wrong:
        raise _unexpected(wrong, statement) from None
    _limit_depth(tree, statement)
    return tree


@cache
def grammar() -> Lark:
    """Return the grammar, from its tables where these are of this grammar and this release of lark."""
    source = grammar_source()
    stored = files(__package__).joinpath("grammar.json")
    if stored.is_file():
        # An object's keys are text in JSON; in the tables the states are numbers.
        tables = json.loads(stored.read_text(encoding="utf-8"), object_hook=_numbers)
        if tables["key"] == key(source):
            return Lark._load_from_dict(tables["data"], tables["memo"])  # type: ignore[attr-defined]
    return Lark(source, **OPTIONS)


def grammar_source() -> str:
    """Return the grammar as written."""
    return files(__package__).joinpath("grammar.lark").read_text(encoding="utf-8")


def key(source: str) -> str:
    """Return what the stored tables depend on: the grammar, its options and the release of lark."""
    return hashlib.sha256(f"{lark.__version__} {OPTIONS} {source}".encode()).hexdigest()


def _numbers(table: dict[str, Any]) -> dict[Any, Any]:
    return {int(name) if name.isdigit() else name: value for name, value in table.items()}


def _limit_depth(tree: Tree[Token], statement: Statement) -> None:
    level: list[Tree[Token]] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in node.children if isinstance(child, Tree)]
        if not level:
            return
    meta = level[0].meta
    at = statement.position if meta.empty else statement.at(meta.line, meta.column)
    raise ReadingError(f"the formula nests deeper than {MAX_DEPTH} levels", at)


def _unexpected(wrong: UnexpectedInput, statement: Statement) -> ReadingError:
    match wrong:
        case UnexpectedCharacters():
            sign = statement.text[wrong.pos_in_stream or 0]
            shown = f'"{sign}"' if sign.isprintable() else f"U+{ord(sign):04X}"
            message = f"the character {shown} has no meaning here"
            return ReadingError(message, statement.at(wrong.line, wrong.column))
        case UnexpectedToken() if wrong.token.type != "$END":
            token = wrong.token
            accepted = set(wrong.accepts or wrong.expected)
            message = f'expected {_expected(accepted)}, found "{token}"{_hint(token, accepted, statement)}'
            return ReadingError(message, statement.at(token.line or 1, token.column or 1))
        case UnexpectedToken():
            accepted = set(wrong.accepts or wrong.expected)
            return ReadingError(f"expected {_expected(accepted)}, but the statement ends", statement.end())
        case UnexpectedEOF() | _:
            return ReadingError("the statement is incomplete", statement.end())


def _expected(accepted: set[str]) -> str:
    if accepted >= _EXPRESSION:
        return "an expression"
    words = [word for name, word in _WORDS.items() if name in accepted]
    *first, last = words or ["nothing more"]
    return f"{', '.join(first)} or {last}" if first else last


def _hint(token: Token, accepted: set[str], statement: Statement) -> str:
    before = statement.text[: token.start_pos].rstrip()
    if token.type == "EQUAL" and before.endswith(("=", "!", "<", ">")):
        return '; equality is written "="'
    if token.type in _BEGINS and "TIMES" in accepted:
        return '; a product is written with "*"'
    return ""
