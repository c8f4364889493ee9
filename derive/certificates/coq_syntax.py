"""A small parser of Coq: the definitions and the theorem of a certificate, by Coq's own levels, and nothing else.

It shares nothing with what writes certificates, so that a lost pair of brackets is read as Coq reads it: an arrow
and a quantifier reach to the right as far as they can.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

CoqTree: TypeAlias = tuple[object, ...]
"""What was read: `("id", x)`, `("num", k)`, `("nat", tree)`, `("app", f, a, ..)`, `("fun", x, body)`,
`("forall", ((x, type), ..), body)`, likewise `exists`, and binary and unary signs by themselves:
`("+", a, b)`, `("neg", a)`."""

_TOKEN = re.compile(
    r"\s+|(?P<word>[A-Za-z_][A-Za-z0-9_']*)|(?P<number>\d+)"
    r"|(?P<sign>%nat|:=|->|=>|/\\|<>|<=|>=|\*\*|[-+*/^=<>(),:.])"
)
_COMMENT = re.compile(r"\(\*.*?\*\)", re.DOTALL)
_COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
_KEYWORDS = ("fun", "forall", "exists", "Definition", "Theorem")


class UnreadableError(Exception):
    """A certificate that is not of the expected form; the message says where."""


@dataclass(frozen=True, slots=True)
class Defined:
    """A definition as it was read: its parameters with their types, and its body."""

    name: str
    parameters: tuple[tuple[str, str], ...]
    body: CoqTree


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What was read of a file: its definitions in order, and its theorems by name."""

    definitions: tuple[Defined, ...]
    theorems: dict[str, CoqTree]


def read_file(text: str) -> ReadFile:
    """Return the definitions and theorems of a certificate. Raises `UnreadableError` for anything else in it."""
    bare = _COMMENT.sub(" ", text)
    definitions: list[Defined] = []
    theorems: dict[str, CoqTree] = {}
    for sentence in _sentences(bare):
        if sentence.startswith("Definition "):
            found = _Parser(sentence).definition()
            if any(found.name == other.name for other in definitions):
                raise UnreadableError(f"{found.name} is defined twice")
            definitions.append(found)
        elif sentence.startswith("Theorem "):
            name, tree = _Parser(sentence).theorem()
            theorems[name] = tree
    return ReadFile(tuple(definitions), theorems)


def read_proposition(text: str) -> CoqTree:
    """Return one proposition."""
    parser = _Parser(text)
    tree = parser.proposition()
    parser.end()
    return tree


_ALLOWED = (
    r"From Derive Require Import (?:Matrix)?Tactics", r"Open Scope R_scope", r"Ltac unf := .*",
    r"Definition [\w']+ .*", r"Definition [\w']+ :.*", r"Theorem \w+ : .*", r"Print Assumptions \w+",
)  # fmt: skip


def _sentences(text: str) -> Iterator[str]:
    """Yield the sentences outside proofs; one of another kind is an error, for it could mean anything."""
    outside = re.split(r"(?s)\bProof\.(?!\w).*?\bQed\.", text)
    for piece in outside:
        for sentence in re.split(r"\.(?:\s+|$)", piece):
            one = " ".join(sentence.split())
            if not one:
                continue
            if not any(re.fullmatch(allowed, one) for allowed in _ALLOWED):
                raise UnreadableError(f"a sentence that has no place in a certificate: {one[:80]}")
            yield one


class _Parser:
    """Reads one sentence. Levels as in Coq: application 10, powers 30, signs 35, products 40, sums 50, ..."""

    def __init__(self, sentence: str) -> None:
        self.tokens = list(_tokens(sentence))
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted: str | None = None) -> str:
        token = self.peek()
        if not token or (wanted is not None and token != wanted):
            raise UnreadableError(f"{wanted or 'something'} expected, and not {token or 'the end'}")
        self.at += 1
        return token

    def word(self) -> str:
        token = self.take()
        if not re.match(r"[A-Za-z_]", token) or token in _KEYWORDS:
            raise UnreadableError(f"a name expected, and not {token}")
        return token

    def end(self) -> None:
        if self.peek():
            raise UnreadableError(f"the end expected, and not {self.peek()}")

    def definition(self) -> Defined:
        self.take("Definition")
        name, parameters = self.word(), self.binders(":")
        self.take(":")
        self.take("R")
        self.take(":=")
        body = self.proposition()
        self.end()
        return Defined(name, parameters, body)

    def theorem(self) -> tuple[str, CoqTree]:
        self.take("Theorem")
        name = self.word()
        self.take(":")
        tree = self.proposition()
        self.end()
        return name, tree

    def binders(self, end: str) -> tuple[tuple[str, str], ...]:
        """Return `(a b : nat) c` as pairs of names and types; the type of a bare name is left open."""
        found: list[tuple[str, str]] = []
        while self.peek() != end:
            if self.peek() != "(":
                found.append((self.word(), ""))
                continue
            self.take("(")
            names = [self.word()]
            while self.peek() != ":":
                names.append(self.word())
            self.take(":")
            kind = self.kind()
            self.take(")")
            found += [(name, kind) for name in names]
        return tuple(found)

    def kind(self) -> str:
        parts = [self.word()]
        while self.peek() == "->":
            self.take()
            parts.append(self.word())
        return " -> ".join(parts)

    def proposition(self) -> CoqTree:
        """Read at level 200: quantifiers and arrows reach to the right as far as they can."""
        if self.peek() in ("forall", "exists"):
            quantifier = self.take()
            names = self.binders(",")
            self.take(",")
            return quantifier, names, self.proposition()
        left = self.conjunction()
        if self.peek() == "->":
            self.take()
            return "->", left, self.proposition()
        return left

    def conjunction(self) -> CoqTree:
        left = self.comparison()
        if self.peek() == "/\\":
            self.take()
            right = self.quantified() if self.peek() == "forall" else self.conjunction()
            return "/\\", left, right
        return left

    def quantified(self) -> CoqTree:
        return self.proposition()

    def comparison(self) -> CoqTree:
        left = self.sum()
        if self.peek() in _COMPARISONS:
            sign = self.take()
            return sign, left, self.sum()
        return left

    def sum(self) -> CoqTree:
        left = self.product()
        while self.peek() in ("+", "-"):
            sign = self.take()
            left = sign, left, self.product()
        return left

    def product(self) -> CoqTree:
        left = self.signed()
        while self.peek() in ("*", "/"):
            sign = self.take()
            left = sign, left, self.signed()
        return left

    def signed(self) -> CoqTree:
        if self.peek() == "-":
            self.take()
            return "neg", self.signed()
        if self.peek() == "/":
            self.take()
            return "inv", self.signed()
        return self.power()

    def power(self) -> CoqTree:
        base = self.application()
        if self.peek() in ("^", "**"):
            sign = self.take()
            return sign, base, self.power()
        return base

    def application(self) -> CoqTree:
        head = self.atom()
        arguments = []
        while (
            self.peek()
            and (self.peek() == "(" or re.match(r"[A-Za-z_0-9]", self.peek()))
            and self.peek() not in _KEYWORDS
        ):
            arguments.append(self.atom())
        return ("app", head, *arguments) if arguments else head

    def atom(self) -> CoqTree:
        token = self.peek()
        if token == "(":  # noqa: S105 - a token is a word of Coq here
            self.take()
            inner = self.function() if self.peek() == "fun" else self.proposition()
            self.take(")")
            found: CoqTree = inner if inner[0] in ("fun", "num", "id") else ("brackets", inner)
        elif token.isdigit():
            found = "num", int(self.take())
        else:
            found = "id", self.word()
        if self.peek() == "%nat":
            self.take()
            return "nat", found[1] if found[0] == "brackets" else found
        return found[1] if found[0] == "brackets" else found  # type: ignore[return-value] # a tree in brackets

    def function(self) -> CoqTree:
        self.take("fun")
        names = [self.word()]
        while self.peek() != "=>":
            names.append(self.word())
        self.take("=>")
        found = self.proposition()
        for name in reversed(names):
            found = "fun", name, found
        return found


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise UnreadableError(f"no sign of a certificate: {text[at : at + 10]!r}")
        at = found.end()
        if found.lastgroup is not None:
            yield found[0]
