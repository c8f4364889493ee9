"""The grammar at work: one statement to one parse tree, with errors that say what was expected. Resolves no name."""

from __future__ import annotations

from lark import Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from derive.errors import ReadingError
from derive.reading.lines import MAX_STATEMENT, Passage
from derive.reading.tables import grammar

Node = Tree[Token] | Token

MAX_DEPTH = 100
"""How deep a formula may nest; what walks terms does so by recursion."""

# Terminals in messages, in the order in which they are listed.
_WORDS = {
    "NAME": "a name",
    "COMMA": '","',
    "RPAR": '")"',
    "RSQB": '"]"',
    "COLON": '":"',
    "LPAR": '"("',
    "LSQB": '"["',
    "LBRACE": '"{"',
    "RBRACE": '"}"',
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


def parse(rule: str, statement: Passage) -> Tree[Token]:
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


def _limit_depth(tree: Tree[Token], statement: Passage) -> None:
    level: list[Tree[Token]] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in node.children if isinstance(child, Tree)]
        if not level:
            return
    meta = level[0].meta
    at = statement.position if meta.empty else statement.at(meta.line, meta.column)
    raise ReadingError(f"the formula nests deeper than {MAX_DEPTH} levels", at)


def _unexpected(wrong: UnexpectedInput, statement: Passage) -> ReadingError:
    if isinstance(wrong, UnexpectedCharacters):
        shown = f'"{wrong.char}"' if wrong.char.isprintable() else f"U+{ord(wrong.char):04X}"
        message = f"the character {shown} has no meaning here"
        return ReadingError(message, statement.at(wrong.line, wrong.column))
    if not isinstance(wrong, UnexpectedToken):
        return ReadingError("the statement is incomplete", statement.end())
    token, accepted = wrong.token, set(wrong.accepts)
    if token.type == "$END":
        return ReadingError(f"expected {_expected(accepted)}, but the statement ends", statement.end())
    before = statement.text[: token.start_pos].rstrip()
    expected, hint = _expected(accepted), ""
    if token.type == "EQUAL" and before.endswith(("=", "!", "<", ">")):
        hint = '; equality is written "="'
    elif token.type in _BEGINS and "TIMES" in accepted:
        expected, hint = "an operator", '; a product is written with "*"'
    message = f'expected {expected}, found "{token}"{hint}'
    return ReadingError(message, statement.at(token.line or 1, token.column or 1))


def _expected(accepted: set[str]) -> str:
    if accepted >= _EXPRESSION:
        return "an expression"
    words = [word for name, word in _WORDS.items() if name in accepted]
    *first, last = words or ["nothing more"]
    return f"{', '.join(first)} or {last}" if first else last
