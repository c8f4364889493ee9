"""From parse trees to terms: names resolved, indices bound, functions of arrays written out. Simplifies nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from lark import Token, Tree

from derive.errors import Position, ReadingError
from derive.reading.calls import CALLS, call_function, is_function
from derive.reading.declared import Declared
from derive.reading.dimensions import Dimensions
from derive.reading.lines import Statement
from derive.reading.parser import Node
from derive.terms import (
    ONE,
    PI,
    Add,
    Compare,
    Delta,
    Entry,
    Index,
    Multiply,
    Number,
    Power,
    Relation,
    SizeNumber,
    Term,
    add,
    different_index,
    divide,
    indicator,
    multiply,
    negate,
    same_index,
)

MAX_DIGITS = 1000
MAX_EXPONENT = 1000
_HUGE = 10**300


class Formulas:
    """The formulas of one statement; free letters mean the same index throughout it."""

    def __init__(self, statement: Statement, declared: Declared, tree: Node) -> None:
        self.statement = statement
        self.declared = declared
        self.dims = Dimensions(statement)
        self.free: dict[str, Index] = {}
        self.first: dict[str, Token] = {}
        self.scopes: list[dict[str, Index]] = []
        self.axes: list[Index] = []
        self.typed: set[str] = set()
        self.as_index: set[str] = set()
        self.defining: str | None = None
        self.note(tree)

    def note(self, tree: Node) -> None:
        """Note which names a tree holds, and which of them stand where an index stands."""
        tokens = [tree] if isinstance(tree, Token) else tree.scan_values(lambda v: isinstance(v, Token))
        self.typed.update(str(token) for token in tokens if token.type == "NAME")
        for node in [] if isinstance(tree, Token) else tree.iter_subtrees():
            found: list[Node] = []
            if node.data == "entry":
                found = node.children[1:]
            elif node.data == "subscripts":
                found = node.children
            elif node.data == "call" and node.children[0] == "delta":
                found = arguments(node)
            self.as_index.update(str(one) for one in found if is_name(one))

    def stand_in(self, statement: Statement) -> None:
        """Go on in another line of the same statement, whose places are its own."""
        self.statement = self.dims.statement = statement

    # ---- places

    def at(self, node: Node) -> Position:
        """Return where a node begins."""
        if isinstance(node, Token):
            return self.dims.at(node)
        return self.statement.at(node.meta.line, node.meta.column)

    def text(self, node: Node) -> str:
        """Return a node as typed, on one line."""
        if isinstance(node, Token):
            return str(node)
        return " ".join(self.statement.text[node.meta.start_pos : node.meta.end_pos].split())

    def error(self, message: str, node: Node) -> ReadingError:
        """Return an error at a node's place."""
        return ReadingError(message, self.at(node))

    # ---- terms

    def term(self, node: Node) -> Term:
        """Return the term that a parse tree means; the dimensions of its indices are still to be settled."""
        if isinstance(node, Token):
            return self._number(node) if node.type == "NUMBER" else self._name(node)
        return _READERS[str(node.data)](self, node)

    def _number(self, token: Token) -> Term:
        _, _, exponent = token.lower().partition("e")
        if len(token) > MAX_DIGITS or len(exponent) > 5 or abs(int(exponent or 0)) > MAX_DIGITS:
            raise self.error(f"the number has more than {MAX_DIGITS} digits", token)
        return Number(Fraction(token))

    def _name(self, token: Token) -> Term:
        name, declared = str(token), self.declared
        if self.bound(name) is not None or name in declared.labels:
            raise self.error(f"{name} is an index and not a number", token)
        size = declared.size(name)
        match declared.kind(name):
            case "variable" | "definition":
                return self._whole(token)
            case "size" if size is not None:
                return SizeNumber(size)
            case "function":
                raise self.error(f"{name} is a function; write {name}(x)", token)
        if name == "pi" and name not in declared.lost:
            return PI
        raise self.unknown(token)

    def _whole(self, token: Token) -> Entry:
        """Return a name without brackets: a scalar, or inside a function of arrays an array's entry."""
        name, dims = str(token), self.declared.dims(str(token))
        if not dims:
            return Entry(name)
        if self.axes and len(dims) == 1:
            self.dims.require(self.axes[-1], dims[0], name, self.at(token))
            return Entry(name, (self.axes[-1],))
        raise self.error(f"{name} is an array; write {self.model(name)}", token)

    def unknown(self, token: Token) -> ReadingError:
        """Return the error for a name that means nothing here."""
        name = str(token)
        if name in self.declared.lost:
            line = self.declared.lost[name]
            return self.error(f"{name} is not known, since line {line} could not be read", token)
        if name == self.defining:
            return self.error(f"{name} is defined by this very line", token)
        if name in self.as_index or name in self.free:
            return self.error(f"{name} is an index and not a number", token)
        if is_function(name):
            return self.error(f"{name} is a function; write {name}(x)", token)
        return self.error(f"unknown name {name}{self.declared.nearest(name)}", token)

    def model(self, name: str) -> str:
        """Return how an entry of an array is written: `W[i,j]`."""
        taken = set(self.declared.names())
        letters = [letter for letter in "ijkluvwabcdefgh" if letter not in taken]
        count = len(self.declared.dims(name))
        return f"{name}[{','.join(letters[:count])}]" if count else name

    def entry(self, node: Tree[Token], whole: bool = True) -> Entry:
        """Return an entry `W[i,k]`; inside a function of arrays the last index may be missing if `whole`."""
        token, *subscripts = node.children
        assert isinstance(token, Token)  # noqa: S101 - the grammar says so; this is for the type checker
        name = str(token)
        if self.declared.kind(name) not in ("variable", "definition") or name in self.declared.lost:
            if self.declared.kind(name) is None or name in self.declared.lost:
                raise self.unknown(token)
            raise self.error(f"{name} is a {self.declared.kind(name)} and has no entries", token)
        dims = self.declared.dims(name)
        indices = [self.index(one, dim, self.text(node)) for one, dim in zip(subscripts, dims, strict=False)]
        missing = len(dims) - len(subscripts)
        if missing == 1 and whole and self.axes:
            self.dims.require(self.axes[-1], dims[-1], self.text(node), self.at(token))
            return Entry(name, (*indices, self.axes[-1]))
        if missing:
            have = "no index" if not dims else f"{len(dims)} {'index' if len(dims) == 1 else 'indices'}"
            raise self.error(f"{name} has {have}; write {self.model(name)}", token)
        return Entry(name, tuple(indices))

    def _entry(self, node: Tree[Token]) -> Term:
        return self.entry(node)

    # ---- indices

    def bound(self, name: str) -> Index | None:
        """Return the innermost bound index of that name."""
        return next((scope[name] for scope in reversed(self.scopes) if name in scope), None)

    def index(self, node: Node, dim: str | None = None, reason: str = "") -> Index:
        """Return the index that stands at a place; `dim` is the size over which it must run there."""
        if not isinstance(node, Token):
            message = f"an index is a letter, a label or a position, not {self.text(node)}"
            raise self.error(message, node)
        found = self.dims.place(node) if node.type == "NUMBER" else self._letter(node)
        if dim is not None:
            self.dims.require(found, dim, reason, self.at(node))
        return found

    def _letter(self, token: Token) -> Index:
        name = str(token)
        inner = self.bound(name)
        if inner is not None:
            return inner
        if name in self.declared.lost:
            raise self.unknown(token)
        if name in self.declared.labels:
            return self.declared.labels[name]
        kind = self.declared.kind(name)
        if kind is not None or name == "pi":
            raise self.error(f"{name} is a {kind or 'number'} and not an index", token)
        if name not in self.free:
            self.free[name] = self.dims.free(token)
            self.first[name] = token
        return self.free[name]

    def is_index(self, node: Node) -> bool:
        """Return whether a node is the name of an index that is bound, a label, or used as one in the statement."""
        if not is_name(node):
            return False
        name = str(node)
        if self.bound(name) is not None or name in self.declared.labels or name in self.free:
            return True
        return name in self.as_index and self.declared.kind(name) is None

    # ---- conditions

    def condition(self, node: Tree[Token]) -> Compare:
        """Return a comparison, of numbers or of indices."""
        left, relation, right, *more = node.children
        if more:
            raise self.error("one comparison at a time; write two", more[0])
        sign = relation_of(relation)
        if self._compares_indices(left, right):
            if sign not in (Relation.EQUAL, Relation.UNEQUAL):
                raise self.error("indices are compared with = and != only", relation)
            first, second = self.index(left), self.index(right)
            self.dims.link(first, second, self.text(node), self.at(left))
            return same_index(first, second) if sign == Relation.EQUAL else different_index(first, second)
        return Compare(sign, self.term(left), self.term(right))

    def _compares_indices(self, left: Node, right: Node) -> bool:
        """Two indices are compared, or an index and a position; two unknown letters are taken for indices."""
        if self.is_index(left) or self.is_index(right):
            return all(self.is_index(one) or is_place(one) or self._undeclared(one) for one in (left, right))
        return self._undeclared(left) and self._undeclared(right)

    def _undeclared(self, node: Node) -> bool:
        return is_name(node) and self.declared.kind(str(node)) is None and node != "pi"

    def _indicator(self, node: Tree[Token]) -> Term:
        comparison = node.children[0]
        assert isinstance(comparison, Tree)  # noqa: S101 - the grammar says so; this is for the type checker
        condition = self.condition(comparison)
        equal = self._compares_indices(comparison.children[0], comparison.children[2])
        if equal and isinstance(condition.left, Delta) and condition.right == ONE:
            return condition.left
        return indicator(condition)

    # ---- operators

    def _sum(self, node: Tree[Token]) -> Term:
        first, *rest = node.children
        terms = [self.term(first)]
        for sign, one in zip(rest[::2], rest[1::2], strict=True):
            term = self.term(one)
            terms.append(negate(term) if sign == "-" else term)
        return add(*terms)

    def _signed(self, node: Tree[Token]) -> Term:
        sign, inner = node.children
        return negate(self.term(inner)) if sign == "-" else self.term(inner)

    def _product(self, node: Tree[Token]) -> Term:
        operators = ["*", *map(str, node.children[1::2])]
        factors = list(node.children[::2])
        result: Term | None = None
        while factors:
            operator, factor = operators.pop(0), factors.pop(0)
            slope = self._slope(factor, factors[0]) if operator == "*" and operators[:1] == ["/"] else None
            if slope is not None:
                operators.pop(0)
                factors.pop(0)
            term = self.term(factor) if slope is None else slope
            if result is None:
                result = term
            else:
                result = divide(result, term) if operator == "/" else multiply(result, term)
        return result if result is not None else ONE

    def _slope(self, above: Node, below: Node) -> Term | None:
        """Return the derivative that `dE/ds[i]` is, `None` if these two are an ordinary quotient."""
        if isinstance(above, Tree) and above.data == "signed":
            sign, inner = above.children
            found = self._slope(inner, below)
            return negate(found) if found is not None and sign == "-" else found
        heads = [
            one.children[0] if isinstance(one, Tree) and one.data == "entry" else one
            for one in (above, below)
        ]
        known = ("variable", "definition")
        for head in heads:
            if (
                not is_name(head)
                or not str(head).startswith("d")
                or self.declared.kind(str(head)) is not None
            ):
                return None
            if self.bound(str(head)) is not None or self.declared.kind(str(head)[1:]) not in known:
                return None
        body, variable = _without_d(above), _without_d(below)
        return CALLS["D"](self, body, [body, variable])

    def _power(self, node: Tree[Token]) -> Term:
        base, _, above = node.children
        exponent = self.term(above)
        size = approximate(exponent)
        if size is not None and abs(size) > MAX_EXPONENT:
            raise self.error(f"an exponent beyond {MAX_EXPONENT}", above)
        return Power(self.term(base), exponent)

    def _call(self, node: Tree[Token]) -> Term:
        return call_function(self, node)

    def _misplaced(self, node: Tree[Token]) -> Term:
        if node.data == "binder":
            raise self.error(
                f"{self.text(node)} binds an index, and stands only behind what is summed up", node
            )
        raise self.error(f"a comparison is not a number; write [{self.text(node)}] for 1 or 0", node)


def _without_d(node: Node) -> Node:
    """Return `E` for `dE`, and `s[i]` for `ds[i]`, at the same place."""
    if isinstance(node, Token):
        return Token.new_borrow_pos("NAME", str(node)[1:], node)
    head, *rest = node.children
    return Tree(node.data, [_without_d(head), *rest], node.meta)


def is_name(node: Node) -> bool:
    """Return whether a node is a bare name."""
    return isinstance(node, Token) and node.type == "NAME"


def is_place(node: Node) -> bool:
    """Return whether a node is a bare number."""
    return isinstance(node, Token) and node.type == "NUMBER"


def arguments(node: Tree[Token]) -> list[Node]:
    """Return the arguments of a call."""
    return next(one.children for one in node.children if isinstance(one, Tree) and one.data == "arguments")


def sign_of(node: Node) -> str:
    """Return a sign as typed: that of a comparison, the bracket of an interval."""
    return str(node.children[0]) if isinstance(node, Tree) else str(node)


def relation_of(node: Node) -> Relation:
    """Return the relation of a comparison."""
    return Relation(sign_of(node))


def approximate(node: Term) -> float | None:
    """Return about the value of a closed term of numbers, infinite if it is huge, `None` for any other term."""
    match node:
        case Number(value):
            return float(value) if abs(value) < _HUGE else math.inf
        case Add(terms) | Multiply(terms):
            parts = [approximate(one) for one in terms]
            known = [one for one in parts if one is not None]
            if len(known) < len(parts):
                return None
            found = sum(known) if isinstance(node, Add) else math.prod(known)
            return math.inf if math.isnan(found) else found
        case Power(base, exponent):
            below, above = approximate(base), approximate(exponent)
            return None if below is None or above is None else _power_of(below, above)
        case _:
            return None


def _power_of(base: float, exponent: float) -> float | None:
    try:
        found = base**exponent
    except OverflowError:
        return math.inf
    except ZeroDivisionError:
        return None
    return found if isinstance(found, float) else None


_READERS: dict[str, Callable[[Formulas, Tree[Token]], Term]] = {
    "sum": Formulas._sum,
    "product": Formulas._product,
    "signed": Formulas._signed,
    "power": Formulas._power,
    "entry": Formulas._entry,
    "call": Formulas._call,
    "indicator": Formulas._indicator,
    "comparison": Formulas._misplaced,
    "binder": Formulas._misplaced,
}
