"""From parse trees to terms: names resolved, indices bound, whole arrays written entry by entry. Simplifies nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lark import Token, Tree

from derive.arrays.letters import lettered, waits
from derive.arrays.operations import SIGNS, entrywise, negative, part, power, times, transposed, where
from derive.arrays.values import Array, ShapeError, fresh_axes, shape_text
from derive.errors import IllPosedError, Position, ReadingError
from derive.reading.calls import CALLS, call_function, is_function
from derive.reading.declared import Declared
from derive.reading.dimensions import Dimensions
from derive.reading.lines import Passage
from derive.reading.parser import Node
from derive.terms import (
    ONE,
    PI,
    ZERO,
    Definition,
    Entry,
    Index,
    IndexPair,
    Number,
    Relation,
    SizeNumber,
    Term,
    add,
    free_indices,
    index_condition,
    negate,
    rename,
)
from derive.terms.numbers import MAX_DIGITS, check_exponent

_BOUND = "kljmrquvwhgabcdefiostxyz"
"""The letters of what whole arrays bind, in order."""
_ONE, _ZERO = Array(ONE), Array(ZERO)


@dataclass(frozen=True, slots=True)
class ArrayComparison:
    """A comparison of arrays, entry by entry; one of indices is that of their delta with 1 or 0."""

    relation: Relation
    left: Array
    right: Array


class Formulas:
    """The formulas of one statement; free letters mean the same index throughout it.

    With `whole` an array may stand without indices anywhere; else only inside a function of arrays.
    """

    def __init__(self, statement: Passage, declared: Declared, tree: Node, whole: bool = True) -> None:
        self.statement = statement
        self.declared = declared
        self.dims = Dimensions(statement)
        self.free: dict[str, Index] = {}
        self.first: dict[str, Token] = {}
        self.scopes: list[dict[str, Index]] = []
        self.whole = whole
        self.inside = 0
        self.typed: set[str] = set()
        self.as_index: set[str] = set()
        self.defining: str | None = None
        self.arguments: list[Definition] = []
        self.note(tree)

    def note(self, tree: Node) -> None:
        """Note which names a tree holds, and which of them stand where an index stands."""
        tokens = [tree] if isinstance(tree, Token) else tree.scan_values(lambda v: isinstance(v, Token))
        self.typed.update(str(token) for token in tokens if token.type == "NAME")
        for node in [] if isinstance(tree, Token) else tree.iter_subtrees():
            found: list[Node] = []
            if node.data in ("entry", "part"):
                found = node.children[1:]
            elif node.data == "subscripts":
                found = node.children
            elif node.data == "call" and node.children[0] == "delta":
                found = arguments(node)
            self.as_index.update(str(one) for one in found if is_name(one))

    def stand_in(self, statement: Passage) -> None:
        """Go on in another line of the same statement, whose places are its own."""
        self.statement = self.dims.statement = statement

    def lettered(self, terms: Sequence[Term], axes: Sequence[Index]) -> tuple[list[Term], tuple[Index, ...]]:
        """Return settled terms with letters for these axes and for what whole arrays bind; and those of the axes."""
        if not axes and not any(map(waits, terms)):
            return list(terms), ()
        return lettered(terms, axes, self.declared.names(), self.typed, _BOUND)

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

    # ---- values

    def term(self, node: Node) -> Term:
        """Return the term that a parse tree means, which must be a number."""
        value = self.value(node)
        if value.axes:
            message = f"{self.text(node)} is an array over {shape_text(value.shape)}, and a number is needed"
            raise self.error(message, node)
        return value.entry

    def value(self, node: Node) -> Array:
        """Return what a parse tree means; the dimensions of its indices are still to be settled."""
        if isinstance(node, Token):
            return self._number(node) if node.type == "NUMBER" else self._name(node)
        return _READERS[str(node.data)](self, node)

    def made(self, node: Node, operands: Sequence[Node], make: Callable[[], Array]) -> Array:
        """Return what an operation makes of its operands; if their shapes do not go together, say which they are."""
        try:
            return make()
        except ShapeError as wrong:
            texts = [self.text(one) for one in operands]
            raise self.error(_clash(self.text(node), texts, wrong), node) from None
        except IllPosedError as wrong:
            raise self.error(wrong.message, node) from None

    def _number(self, token: Token) -> Array:
        _, _, exponent = token.lower().partition("e")
        if len(token) > MAX_DIGITS or len(exponent) > 5 or abs(int(exponent or 0)) > MAX_DIGITS:
            raise self.error(f"the number has more than {MAX_DIGITS} digits", token)
        return Array(Number(Fraction(token)))

    def _name(self, token: Token) -> Array:
        name, declared = str(token), self.declared
        if self.bound(name) is not None or name in declared.labels:
            raise self.error(f"{name} is an index and not a number", token)
        size = declared.size(name)
        match declared.kind(name):
            case "variable" | "definition":
                return self.whole_array(token)
            case "size" if size is not None:
                return Array(SizeNumber(size))
            case "function":
                raise self.error(f"{name} is a function; write {name}(x)", token)
        if name == "pi" and name not in declared.lost:
            return Array(PI)
        raise self.unknown(token)

    def whole_array(self, token: Token) -> Array:
        """Return what a name without brackets is: a scalar, or a whole array."""
        name, dims = str(token), self.declared.dims(str(token))
        if dims and not self.whole and not self.inside:
            raise self.error(f"{name} is an array; write {self.model(name)}", token)
        axes = fresh_axes(dims)
        return Array(Entry(name, axes), axes)

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
        count = self._count(name)
        return f"{name}[{','.join(letters[:count])}]" if count else name

    def _count(self, name: str) -> int:
        """Return how many indices an array has."""
        return len(self.declared.dims(name)) - (name in self.declared.labels_of_samples())

    def entry(self, node: Tree[Token]) -> Array:
        """Return an entry `W[i,k]`, or a part such as `W[i,:]`; inside a function of arrays `W[i]` is the same."""
        token, *subscripts = node.children
        assert isinstance(token, Token)  # noqa: S101 - the grammar says so; this is for the type checker
        name = str(token)
        if self.declared.kind(name) not in ("variable", "definition") or name in self.declared.lost:
            if self.declared.kind(name) is None or name in self.declared.lost:
                raise self.unknown(token)
            if self._is_label(node):
                raise self.error(f"{self.text(node)} is an index and not a number", token)
            raise self.error(f"{name} is a {self.declared.kind(name)} and has no entries", token)
        dims = self.declared.dims(name)
        axes = fresh_axes(dims)
        missing = len(dims) - len(subscripts)
        if missing < 0 or (missing and not self.inside) or (missing > 1 and not self.whole):
            raise self.error(self._miscounted(name, subscripts), token)
        return part(Array(Entry(name, axes), axes), self._subscripts(node, subscripts, dims))

    def _miscounted(self, name: str, subscripts: Sequence[Node]) -> str:
        count = self._count(name)
        have = "no index" if not count else f"{count} {'index' if count == 1 else 'indices'}"
        message = f"{name} has {have}; write {self.model(name)}"
        if self.whole and len(subscripts) < count:
            typed = [self.text(one) for one in subscripts]
            message += f", or {name}[{','.join(typed + [':'] * (count - len(typed)))}] for a part of it"
        return message

    def _subscripts(self, node: Node, subscripts: Sequence[Node], dims: Sequence[str]) -> list[Index | None]:
        """Return the indices in brackets, `None` for each `:`."""
        found: list[Index | None] = []
        for one, dim in zip(subscripts, dims, strict=False):
            open_ = isinstance(one, Token) and one.type == "COLON"
            found.append(None if open_ else self.index(one, dim, self.text(node)))
        return found

    def part_of(self, value: Array, node: Node, subscripts: Sequence[Node], text: str) -> Array:
        """Return the entries of an array at the indices in brackets behind `text`."""
        if len(subscripts) != len(value.axes):
            count = len(value.axes)
            if not count:
                raise self.error(f"{text} is a number and has no entries", subscripts[0])
            raise self.error(f"{text} has {count} {'index' if count == 1 else 'indices'}", node)
        return part(value, self._subscripts(node, subscripts, value.shape))

    def _part(self, node: Tree[Token]) -> Array:
        inner, *subscripts = node.children
        return self.part_of(self.value(inner), node, subscripts, f"({self.text(inner)})")

    def _attribute(self, node: Tree[Token]) -> Array:
        inner, name, *rest = node.children
        if name != "T":
            raise self.error(f"the only thing behind a dot is T, for the transpose; this is {name}", name)
        value = self.transposed(node, inner)
        if not rest:
            return value
        (subscripts,) = rest
        assert isinstance(subscripts, Tree)  # noqa: S101 - the grammar says so; this is for the type checker
        return self.part_of(value, node, subscripts.children, f"{self.text(inner)}.T")

    def transposed(self, node: Node, inner: Node) -> Array:
        """Return the transpose of a matrix."""
        value, text = self.value(inner), self.text(inner)
        if len(value.axes) == 2:
            return transposed(value)
        what = {0: "a number", 1: "a vector"}.get(len(value.axes), f"an array over {shape_text(value.shape)}")
        hint = "; x @ y is the inner product of two vectors, outer(x, y) the outer one"
        message = f"{text} is {what}, and only a matrix has a transpose{hint if len(value.axes) == 1 else ''}"
        raise self.error(message, node)

    def named(self, term: Term) -> Entry:
        """Return a name for a term, which is defined once the dimensions are settled."""
        number = (
            sum(name.startswith("argument_") for name in self.declared.definitions) + len(self.arguments) + 1
        )
        name = f"argument_{number}"
        self.arguments.append(Definition(name, free_indices(term), term))
        return Entry(name, free_indices(term))

    def define_arguments(self) -> None:
        """Define the names that were given to terms; the dimensions are settled."""
        for one in self.arguments:
            parameters = tuple(map(self.dims.index, one.parameters))
            self.declared.definitions[one.name] = Definition(
                one.name, parameters, self.dims.settled(one.body)
            )
        self.arguments.clear()

    # ---- indices

    def bound(self, name: str) -> Index | None:
        """Return the innermost bound index of that name."""
        return next((scope[name] for scope in reversed(self.scopes) if name in scope), None)

    def index(self, node: Node, dim: str | None = None, reason: str = "") -> Index:
        """Return the index that stands at a place; `dim` is the size over which it must run there."""
        if isinstance(node, Tree) and self._is_label(node):
            found = self._label(node)
        elif not isinstance(node, Token):
            message = f"an index is a letter, a label or a position, not {self.text(node)}"
            raise self.error(message, node)
        else:
            found = self.dims.place(node) if node.type == "NUMBER" else self._letter(node)
        if dim is not None:
            self.dims.require(found, dim, reason, self.at(node))
        return found

    def _is_label(self, node: Node) -> bool:
        """Return whether a node is the label of a sample: `y[a]`."""
        return isinstance(node, Tree) and node.data == "entry" and self._labels_samples(node.children[0])

    def _labels_samples(self, node: Node) -> bool:
        name = str(node)
        return is_name(node) and name in self.declared.labels_of_samples() and self.bound(name) is None

    def _label(self, node: Tree[Token]) -> Index:
        head, *subscripts = node.children
        *samples, among = self.declared.dims(str(head))
        if len(subscripts) != len(samples):
            raise self.error(self._miscounted(str(head), subscripts), head)
        at = self._subscripts(node, subscripts, samples)
        if None in at:
            raise self.error(f"{self.text(node)} is not one label; write its index", node)
        return Index(str(head), among, tuple(one for one in at if one is not None))

    def _letter(self, token: Token) -> Index:
        name = str(token)
        inner = self.bound(name)
        if inner is not None:
            return inner
        if self._labels_samples(token):
            raise self.error(f"{name} has one label a sample; write {self.model(name)}", token)
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
        if self._is_label(node):
            return True
        if not is_name(node):
            return False
        name = str(node)
        if self.bound(name) is not None or name in self.declared.labels or name in self.free:
            return True
        return name in self.as_index and self.declared.kind(name) is None

    def by_entry(self, body: Node, letters: Sequence[Node], name: str) -> Array:
        """Return the array whose entry is given with a new letter for each axis."""
        scope: dict[str, Index] = {}
        for one in letters:
            if not is_name(one) or self.declared.kind(str(one)) is not None or str(one) in scope:
                raise self.error(f"{name} binds new letters here, one for each axis", one)
            scope[str(one)] = self.dims.bound(str(one), self.at(one), name)
        self.scopes.append(scope)
        entry = self.term(body)
        self.scopes.pop()
        axes = fresh_axes(map(self.dims.dim, scope.values()))
        for axis, one in zip(axes, letters, strict=True):
            if axis.dim.startswith("?"):
                raise self.error(f"nothing says over which size {one} runs", one)
        return Array(rename(entry, dict(zip(scope.values(), axes, strict=True))), axes)

    # ---- conditions

    def comparison(self, node: Tree[Token]) -> ArrayComparison:
        """Return a comparison, of numbers, of arrays or of indices."""
        left, relation, right, *more = node.children
        if more:
            raise self.error("one comparison at a time; write two", more[0])
        sign = relation_of(relation)
        if self._compares_indices(left, right):
            first, second = self.index(left), self.index(right)
            self.dims.link(first, second, self.text(node), self.at(left))
            compare = index_condition(sign, first, second)
            return ArrayComparison(compare.relation, Array(compare.left), Array(compare.right))
        return ArrayComparison(sign, self.value(left), self.value(right))

    def chosen(self, node: Node, condition: Node, then: Array, otherwise: Array) -> Array:
        """Return `then` where a condition holds, else `otherwise`; of a condition no more is asked than decides it."""
        match condition:
            case Tree(data="comparison"):
                found = self.comparison(condition)
                operands = [condition.children[0], condition.children[2]]
                return self.made(
                    node, operands, lambda: where(found.relation, found.left, found.right, then, otherwise)
                )
            case Tree(data="negation"):
                return self.chosen(node, condition.children[1], otherwise, then)
            case Tree(data="conjunction"):
                for one in reversed(condition.children[::2]):
                    then = self.chosen(node, one, then, otherwise)
                return then
            case Tree(data="disjunction"):
                for one in reversed(condition.children[::2]):
                    otherwise = self.chosen(node, one, then, otherwise)
                return otherwise
        raise self.error(f"a condition is a comparison; this is {self.text(condition)}", condition)

    def _compares_indices(self, left: Node, right: Node) -> bool:
        """Two indices are compared, or an index and a position; two unknown letters are taken for indices."""
        if self.is_index(left) or self.is_index(right):
            return all(self.is_index(one) or is_place(one) or self._undeclared(one) for one in (left, right))
        return self._undeclared(left) and self._undeclared(right)

    def _undeclared(self, node: Node) -> bool:
        return is_name(node) and self.declared.kind(str(node)) is None and node != "pi"

    def _indicator(self, node: Tree[Token]) -> Array:
        (condition,) = node.children
        assert isinstance(condition, Tree)  # noqa: S101 - the grammar says so; this is for the type checker
        if condition.data == "comparison" and self._compares_indices(
            condition.children[0], condition.children[2]
        ):
            compared = self.comparison(condition)
            if isinstance(compared.left.entry, IndexPair) and compared.right.entry == ONE:
                return compared.left
        return self.chosen(condition, condition, _ONE, _ZERO)

    # ---- operators

    def _sum(self, node: Tree[Token]) -> Array:
        signs, operands = ["+", *map(str, node.children[1::2])], node.children[::2]
        values = [self.value(one) for one in operands]

        def signed(*terms: Term) -> Term:
            return add(*(negate(one) if sign == "-" else one for sign, one in zip(signs, terms, strict=True)))

        return self.made(node, operands, lambda: entrywise(signed, *values))

    def _signed(self, node: Tree[Token]) -> Array:
        sign, inner = node.children
        value = self.value(inner)
        return negative(value) if sign == "-" else value

    def _product(self, node: Tree[Token]) -> Array:
        signs, factors = ["*", *map(str, node.children[1::2])], node.children[::2]
        result: Array | None = None
        place = 0
        while place < len(factors):
            sign, factor = signs[place], factors[place]
            slope = None
            if sign == "*" and signs[place + 1 : place + 2] == ["/"]:
                slope = self._slope(factor, factors[place + 1])
            value = self.value(factor) if slope is None else slope
            result = value if result is None else self._times(node, place, result, value)
            place += 1 if slope is None else 2
        return Array(ONE) if result is None else result

    def _times(self, node: Tree[Token], place: int, left: Array, right: Array) -> Array:
        """Return a product with one factor more, that at a place among the factors of a flat product."""
        sign, factor = node.children[2 * place - 1 : 2 * place + 1]
        try:
            return SIGNS.get(str(sign), times)(left, right)
        except ShapeError as wrong:
            before = (
                Tree(node.data, node.children[: 2 * place - 1], node.meta) if place > 1 else node.children[0]
            )
            texts = [self._joined(before), self.text(factor)]
            raise self.error(_clash(f"{texts[0]} {sign} {texts[1]}", texts, wrong), sign) from None

    def _joined(self, node: Node) -> str:
        if isinstance(node, Tree) and node.data == "product":
            return " ".join(self.text(one) for one in node.children)
        return self.text(node)

    def _slope(self, above: Node, below: Node) -> Array | None:
        """Return the derivative that `dE/ds[i]` is, `None` if these two are an ordinary quotient."""
        if isinstance(above, Tree) and above.data == "signed":
            sign, inner = above.children
            found = self._slope(inner, below)
            return negative(found) if found is not None and sign == "-" else found
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

    def _power(self, node: Tree[Token]) -> Array:
        base, _, above = node.children
        if above == "T" and self.whole and self.declared.kind("T") is None and self.bound("T") is None:
            return self.transposed(node, base)
        exponent = self.value(above)
        try:
            check_exponent(exponent.entry)
        except IllPosedError as wrong:
            raise self.error(wrong.message, above) from None
        value = self.value(base)
        if max(len(value.axes), len(exponent.axes)) > 1:
            text = self.text(base if len(value.axes) > 1 else above)
            message = f"{self.text(node)} of a matrix has two meanings: write {text}*{text} for the entries'"
            raise self.error(f"{message} squares, {text} @ {text} for the matrix product", node)
        return self.made(node, [base, above], lambda: power(value, exponent))

    def _call(self, node: Tree[Token]) -> Array:
        return call_function(self, node)

    def _misplaced(self, node: Tree[Token]) -> Array:
        if node.data == "binder":
            raise self.error(
                f"{self.text(node)} binds an index, and stands only behind what is summed up", node
            )
        raise self.error(f"a comparison is not a number; write [{self.text(node)}] for 1 or 0", node)


def _clash(text: str, operands: Sequence[str], wrong: ShapeError) -> str:
    """Return what is wrong with the shapes of operands: `X @ w: X has n x d, w has m`."""
    shapes = [
        f"{operand} has {shape_text(shape)}" for operand, shape in zip(operands, wrong.shapes, strict=False)
    ]
    return f"{text}: {', '.join(shapes)}; {wrong.need}" if shapes else f"{text}: {wrong.need}"


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


_READERS: dict[str, Callable[[Formulas, Tree[Token]], Array]] = {
    "sum": Formulas._sum,
    "product": Formulas._product,
    "signed": Formulas._signed,
    "power": Formulas._power,
    "entry": Formulas.entry,
    "part": Formulas._part,
    "attribute": Formulas._attribute,
    "call": Formulas._call,
    "indicator": Formulas._indicator,
    **dict.fromkeys(("comparison", "conjunction", "disjunction", "negation"), Formulas._misplaced),
    "binder": Formulas._misplaced,
}
