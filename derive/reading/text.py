"""The text language: a text to its problems, a formula to a term. One bad statement never hides the others.

Nothing that is read is evaluated, and nothing is simplified.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from lark import Token, Tree

from derive.errors import Position, ReadingError
from derive.notation import Context, Delta, Equation, IndexRelation, Term, ONE
from derive.problem import Claim, Derivation, Failure, Item, Problem, Show, Side
from derive.reading.declarations import DECLARATIONS, check_size, declare
from derive.reading.declared import Declared, Lost
from derive.reading.formulas import Formulas, relation_of
from derive.reading.lines import Statement, Title, statements, whole
from derive.reading.parser import Node, parse

ASKS = ("claim", "show", "derivation")
VERDICTS = ("proved", "refuted", "undecided")
_IDENTIFIER = re.compile(r"[^\W\d]\w*")


def read(text: str, file: str = "<text>") -> list[Problem]:
    """Return the problems of a text, in order; a statement that cannot be read is a `Failure` among the items.

    Later claims that need what a failed statement would have said are failures too; all others stand.
    """
    problems: list[Problem] = []
    current = _Reader(None)
    try:
        for statement in statements(text, file):
            if isinstance(statement, Title):
                problems.append(current.problem())
                current = _Reader(statement.title)
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
    statement = whole(text, file)
    tree = parse("show", statement)
    formulas = Formulas(statement, Declared.of(context), tree)
    return _settled(formulas, tree.children)[0]


def read_equation(text: str, context: Context, file: str = "<text>") -> Equation:
    """Return the equation `A = B when …` that a text means in a context.

    Raises:
        ReadingError: it cannot be read, is ill-typed, or is a chain.
    """
    statement = whole(text, file)
    claim = _claim(statement, Declared.of(context))
    if len(claim.sides) != 2 or claim.expect is not None:
        raise ReadingError("an equation has two sides, and nothing is expected of it", statement.position)
    return replace(claim.equation, position=statement.position)


class _Reader:
    """Reads the statements of one problem, one after the other."""

    def __init__(self, title: str | None) -> None:
        self.title = title
        self.declared = Declared()
        self.items: list[Item] = []
        self._context: Context | None = None

    def problem(self) -> Problem:
        """Return what has been read."""
        return Problem(self.title, tuple(self.items), self.declared.context())

    def read(self, statement: Statement) -> None:
        """Read a statement; its failure is an item."""
        try:
            if statement.keyword in DECLARATIONS:
                self._context = None
                declare(statement, self.declared)
            else:
                self.items.append(self._asked(statement))
        except ReadingError as wrong:
            self.items.append(Failure(wrong, statement.typed, statement.position))
            self._lose(statement)

    def _asked(self, statement: Statement) -> Item:
        if self._context is None:
            self._context = self.declared.context()
        match statement.keyword:
            case "claim":
                item: Claim | Show = _claim(statement, self.declared, self._context)
            case "derivation":
                item = _derivation(statement, self.declared, self._context)
            case "show":
                item = _show(statement, self.declared, self._context)
            case word:
                raise ReadingError(self._unknown(word), statement.position)
        terms = [side.term for side in item.sides] if isinstance(item, Claim) else [item.term]
        line = self.declared.unread_about(*terms)
        if line is not None:
            message = f"line {line} could not be read, and may say something about what stands here"
            raise ReadingError(message, statement.position)
        return item

    def _unknown(self, word: str) -> str:
        known = [*DECLARATIONS, *ASKS, "problem"]
        hint = self.declared.nearest(word, known) if word else ""
        found = f", not with {word}" if word else ""
        return f"a statement begins with {', '.join(known[:-1])} or {known[-1]}:{found}{hint}"

    def _lose(self, statement: Statement) -> None:
        """Note what a statement that could not be read would have declared or restricted."""
        word = statement.keyword
        text = " ".join([statement.text, *(line.text for line in statement.block)])
        if word in ASKS or self.declared.nearest(word, ASKS):
            return
        if word in DECLARATIONS and word != "given":
            for name in _would_declare(word, text):
                self.declared.lost.setdefault(name, statement.line)
        else:
            names = frozenset(_IDENTIFIER.findall(text))
            self.declared.unread.append(Lost(statement.line, names))


def _would_declare(word: str, text: str) -> list[str]:
    """Return the names that a statement would have declared, as far as can be told."""
    head = re.split(r"[=<>!:]|\bin\b", text, maxsplit=1)[0]
    names = _IDENTIFIER.findall(re.sub(r"\[[^\]]*\]?", " ", head))
    return names[:1] if word == "let" else names


def _settled(formulas: Formulas, nodes: list[Node]) -> list[Term]:
    """Return the terms of several formulas of one statement, with all dimensions found."""
    terms = [formulas.term(node) for node in nodes]
    formulas.dims.settle(formulas.declared.sizes)
    return _checked(formulas, terms, nodes)


def _checked(formulas: Formulas, terms: list[Term], nodes: list[Node]) -> list[Term]:
    settled = [formulas.dims.settled(term) for term in terms]
    for term, node in zip(settled, nodes, strict=True):
        check_size(formulas, term, node)
    return settled


def _show(statement: Statement, declared: Declared, context: Context) -> Show:
    tree = parse("show", statement)
    formulas = Formulas(statement, declared, tree)
    (term,) = _settled(formulas, tree.children)
    return Show(term, context, statement.typed, statement.position)


def _claim(statement: Statement, declared: Declared, context: Context | None = None) -> Claim:
    tree = parse("claim", statement)
    parts = {str(one.data): one for one in tree.children if isinstance(one, Tree)}
    formulas = Formulas(statement, declared, tree)
    chain = parts["chain"]
    nodes = _links(formulas, chain)
    if len(nodes) < 2:
        raise ReadingError("a claim is an equation, A = B; to have a term derived, write show", statement.end())
    terms = [formulas.term(node) for node in nodes]
    when = _when(formulas, parts.get("when"))
    formulas.dims.settle(declared.sizes)
    texts = _side_texts(statement, chain)
    sides = tuple(
        Side(term, text, formulas.at(node))
        for term, text, node in zip(_checked(formulas, terms, nodes), texts, nodes, strict=True)
    )
    text = statement.typed
    if "expect" in parts:
        text = " ".join(statement.text[: parts["expect"].meta.start_pos].split())
    return Claim(
        sides,
        declared.context() if context is None else context,
        text,
        statement.position,
        _settled_relations(formulas, when),
        _expected(formulas, parts.get("expect")),
    )


def _links(formulas: Formulas, chain: Tree[Token]) -> list[Node]:
    for relation in chain.children[1::2]:
        if relation_of(relation) != "=":
            raise formulas.error(f"a claim is an equation; {relation_of(relation)} cannot be claimed", relation)
    return chain.children[::2]


def _side_texts(statement: Statement, chain: Tree[Token]) -> list[str]:
    """Return the sides of a chain as typed, brackets around a whole side included."""
    relations = [one.children[0] for one in chain.children[1::2] if isinstance(one, Tree)]
    starts = [chain.meta.start_pos, *(one.end_pos for one in relations if isinstance(one, Token))]
    ends = [*(one.start_pos for one in relations if isinstance(one, Token)), chain.meta.end_pos]
    return [" ".join(statement.text[start:end].split()) for start, end in zip(starts, ends, strict=True)]


def _when(formulas: Formulas, node: Tree[Token] | None) -> list[Delta | Any]:
    if node is None:
        return []
    found = []
    for one in node.children[1:]:
        assert isinstance(one, Tree)  # noqa: S101 - the grammar says so; this is for the type checker
        left, relation, right, *more = one.children
        if more or relation_of(relation) not in ("=", "!="):
            raise formulas.error("when relates two indices: i = j or i != j", one)
        for side in (left, right):
            known = str(side) in formulas.free or str(side) in formulas.declared.labels
            if not (isinstance(side, Token) and side.type == "NAME" and known):
                message = f"{formulas.text(side)} is not a free index of this claim, nor a label"
                raise formulas.error(message, side)
        condition = formulas.condition(one)
        found.append((condition.left, condition.right == ONE))
    return found


def _settled_relations(formulas: Formulas, when: list[Any]) -> tuple[IndexRelation, ...]:
    return tuple(
        IndexRelation(formulas.dims.index(delta.left), formulas.dims.index(delta.right), equal)
        for delta, equal in when
    )


def _expected(formulas: Formulas, node: Tree[Token] | None) -> Any:
    if node is None:
        return None
    word = node.children[-1]
    if word not in VERDICTS:
        hint = formulas.declared.nearest(str(word), VERDICTS)
        raise formulas.error(f"expected proved, refuted or undecided, found {word}{hint}", word)
    return str(word)


def _derivation(statement: Statement, declared: Declared, context: Context) -> Derivation:
    header = parse("derivation", statement)
    parts = {str(one.data): one for one in header.children if isinstance(one, Tree)}
    formulas = Formulas(statement, declared, header)
    nodes: list[tuple[Statement, Node, str]] = []
    for line in statement.block:
        tree = parse("line", line)
        formulas.note(tree)
        chain = next(one for one in tree.children if isinstance(one, Tree))
        continues = isinstance(tree.children[0], Token)
        if continues != bool(nodes) and (continues or len(chain.children) > 1):
            message = "a derivation begins with a term; its later lines begin with ="
            raise ReadingError(message, line.position)
        formulas.statement = formulas.dims.statement = line
        nodes += [(line, node, text) for node, text in zip(_links(formulas, chain), _side_texts(line, chain), strict=True)]
    if len(nodes) < 2:
        message = "a derivation is a term and at least one line that begins with =, indented"
        raise ReadingError(message, statement.end())
    terms = []
    for line, node, _ in nodes:
        formulas.statement = formulas.dims.statement = line
        terms.append(formulas.term(node))
    formulas.statement = formulas.dims.statement = statement
    when = _when(formulas, parts.get("when"))
    formulas.dims.settle(declared.sizes)
    sides = []
    for term, (line, node, text) in zip(terms, nodes, strict=True):
        formulas.statement = formulas.dims.statement = line
        (settled,) = _checked(formulas, [term], [node])
        sides.append(Side(settled, text, formulas.at(node)))
    formulas.statement = formulas.dims.statement = statement
    return Derivation(
        tuple(sides),
        context,
        " ".join(line.typed for line in statement.block),
        statement.position,
        _settled_relations(formulas, when),
        _expected(formulas, parts.get("expect")),
    )
