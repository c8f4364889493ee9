r"""Formulas of whole arrays, `y^\top \log p` or `W x + b`, written out entry by entry over index letters.

What could be meant entry by entry, or summed up, is an error at its place; it knows no calculus and settles no index.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lark import Token, Tree

from derive.errors import ReadingError
from derive.reading.arrays import ON_PAGES
from derive.reading.declared import Declared
from derive.reading.formulas import arguments
from derive.reading.latex.bound import letters
from derive.reading.latex.rows import Node
from derive.reading.latex.structure import begin, shape, token, tree
from derive.reading.latex.symbols import TRANSPOSE
from derive.reading.lines import Passage
from derive.terms import functions

Letters = Sequence[Token]
_BIG = ("sum", "prod", "mean", "max", "min")


class DoubtError(ReadingError):
    """A product of two arrays that is summed up if it is to be a number, and entry by entry if it is not."""


@dataclass(frozen=True, slots=True)
class WholeArray:
    """A formula with the sizes of its missing indices, and what it is once they are given.

    `row` says that it is a vector transposed, `literal` that it is a bare number, which goes with any array.
    """

    dims: tuple[str, ...]
    at: Callable[[Letters], Node]
    row: bool = False
    literal: bool = False


class Whole:
    """Writes out the formulas of one side; `fresh` gives letters that nothing uses.

    With `number` the side is known to be a number, and a product of two arrays is their sum of products.
    """

    def __init__(
        self, declared: Declared, statement: Passage, fresh: Iterator[str], number: bool = False
    ) -> None:
        self.declared = declared
        self.statement = statement
        self.fresh = fresh
        self.number = number
        self._by_entry = False  # whether a factor of a product by entries is being read
        self._identity: str | None = None  # the size of the I that stands beside a square matrix

    def read(self, node: Node) -> WholeArray:
        """Return what a formula is.

        Raises:
            ReadingError: sizes do not go together, or what is meant is not clear.
        """
        if not self._holds(node):
            return _number(node)
        if isinstance(node, Token):
            return self._name(node)
        reader = _READERS.get(str(node.data))
        return _number(node) if reader is None else reader(self, node)

    def _error(self, message: str, node: Node, kind: type[ReadingError] = ReadingError) -> ReadingError:
        line, column, _ = begin(node)
        return kind(message, self.statement.at(line, column))

    def _clash(self, left: WholeArray, right: WholeArray) -> None:
        """Note the sizes that would be the same if two arrays went together."""
        if left.row == right.row and len(left.dims) == len(right.dims):
            pairs = zip(left.dims, right.dims, strict=True)
            self.declared.clashes += [(one, other) for one, other in pairs if one != other]

    # ---- names

    def _dims(self, name: str) -> tuple[str, ...]:
        declared = self.declared
        known = name in declared.variables or name in declared.definitions
        return declared.dims(name) if known and name not in declared.lost else ()

    def _holds(self, node: Node) -> bool:
        """Return whether an array without all its indices stands anywhere in a formula."""
        if self._is_identity(node):
            return True
        if isinstance(node, Token):
            return node.type == "NAME" and bool(self._dims(str(node)))
        if node.data == "entry":
            return len(self._dims(str(node.children[0]))) > len(node.children) - 1
        return any(self._holds(one) for one in node.children)

    def _is_identity(self, node: Node) -> bool:
        """Return whether a node is the I of the size that is looked at, or `I_n`: no name of the page or its block."""
        name, *below = [node] if isinstance(node, Token) else node.children
        if self._identity is None or str(name) not in IDENTITIES or self.declared.kind(str(name)) is not None:
            return False
        return isinstance(node, Token) or (
            node.data == "entry" and [str(one) for one in below] == [self._identity]
        )

    def _with_identity(self, node: Node, size: str) -> WholeArray:
        """Return what a formula is beside a square matrix, where I is the identity."""
        self._identity = size
        try:
            return self.read(node)
        finally:
            self._identity = None

    def _unit(self, node: Node) -> WholeArray:
        assert self._identity is not None  # noqa: S101 - the caller looked; this is for the type checker
        sizes = (self._identity, self._identity)
        return WholeArray(sizes, lambda found: _call("delta", *found))

    def _name(self, name: Token) -> WholeArray:
        if self._is_identity(name):
            return self._unit(name)
        return WholeArray(self._dims(str(name)), lambda found: tree("entry", [name, *found], name))

    def _entry(self, node: Tree[Token]) -> WholeArray:
        if self._is_identity(node):
            return self._unit(node)
        name, *given = node.children
        dims = self._dims(str(name))
        if len(dims) == 2 and len(given) == 1 and str(name) in self.declared.columns:
            return WholeArray(dims[:1], lambda found: tree("entry", [name, *found, *given], node))
        missing = dims[len(given) :]
        return WholeArray(missing, lambda found: tree("entry", [name, *given, *found], node))

    # ---- sums and products

    def _signed(self, node: Tree[Token]) -> WholeArray:
        sign, inner = node.children
        return self._each([inner], lambda parts: tree("signed", [sign, *parts], node), node)

    def _sum(self, node: Tree[Token]) -> WholeArray:
        def make(parts: list[Node]) -> Node:
            signs = node.children[1::2]
            rest = [one for pair in zip(signs, parts[1:], strict=True) for one in pair]
            return tree("sum", [parts[0], *rest], node)

        return self._each(node.children[::2], make, node)

    def _each(self, nodes: Sequence[Node], make: Callable[[list[Node]], Node], node: Node) -> WholeArray:
        """Return arrays joined entry by entry; a number goes with every entry."""
        parts = [self.read(one) for one in nodes]
        arrays = [one for one in parts if one.dims]
        if shape(node) == "sum" and arrays and _is_square(arrays[0]):
            size = arrays[0].dims[0]
            pairs = zip(parts, nodes, strict=True)
            parts = [one if one.dims else self._with_identity(given, size) for one, given in pairs]
            arrays = [one for one in parts if one.dims]
        labels = frozenset(self.declared.labels)
        for one, given in zip(parts, nodes, strict=True):
            if arrays and not one.dims and shape(node) == "sum" and letters(given, labels):
                raise self._error("this has an index of its own, and stands beside an array without", given)
            if (
                shape(node) == "sum"
                and arrays
                and not one.dims
                and str(given) != "0"
                and _is_square(arrays[0])
            ):
                raise self._error(
                    "a number beside a square matrix: on each entry, or on the diagonal?", given
                )
            if one.dims and (one.dims, one.row) != (arrays[0].dims, arrays[0].row):
                self._clash(one, arrays[0])
                self._note_vectors(parts, nodes)
                raise self._error(f"an array over {_over(one)} beside one over {_over(arrays[0])}", given)
        model = arrays[0] if arrays else WholeArray((), lambda _: node)
        return WholeArray(
            model.dims, lambda found: make([one.at(found if one.dims else []) for one in parts]), model.row
        )

    def _note_vectors(self, parts: Sequence[WholeArray], nodes: Sequence[Node]) -> None:
        """Note the numbers that must be vectors for a sum to fit: the x of `A x - b`, where A is a matrix and b not."""
        columns = {one.dims[0] for one in parts if len(one.dims) == 1 and not one.row}
        for part, node in zip(parts, nodes, strict=True):
            if len(part.dims) == 2 and part.dims[0] in columns and shape(node) == "product":
                last = node.children[-1]  # type: ignore[union-attr] # a product is no token
                if (
                    isinstance(last, Token)
                    and str(last) in self.declared.variables
                    and not self._dims(str(last))
                ):
                    self.declared.lifts[str(last)] = part.dims[1:]

    def _product(self, node: Tree[Token]) -> WholeArray:
        factors, signs = node.children[::2], node.children[1::2]
        beside = [str(one) == "." for one in signs]
        parts = [
            self._factor(one, by_entry=any(beside[max(0, place - 1) : place + 1]))
            for place, one in enumerate(factors)
        ]
        groups = _groups(beside)
        clashes = len(self.declared.clashes)
        in_order = self._tried(lambda: self._multiplied(parts, signs, factors))
        several = any(sum(bool(parts[one].dims) for one in group) > 1 for group in groups[1:])
        grouped = self._tried(lambda: self._grouped(groups, parts, signs, factors)) if several else in_order
        if several and isinstance(in_order, WholeArray) and isinstance(grouped, WholeArray):
            raise self._error("is what stands behind \\odot multiplied first? Write the brackets", node)
        for one in (grouped, in_order):
            if isinstance(one, WholeArray):
                del self.declared.clashes[clashes if several else len(self.declared.clashes) :]
                return one
        assert isinstance(in_order, ReadingError)  # noqa: S101 - this is for the type checker
        raise in_order

    def _tried(self, read: Callable[[], WholeArray]) -> WholeArray | ReadingError:
        """Return what is read, or why it cannot be."""
        try:
            return read()
        except ReadingError as wrong:
            return wrong

    def _multiplied(
        self, parts: Sequence[WholeArray], signs: Sequence[Node], factors: Sequence[Node]
    ) -> WholeArray:
        """Return the product of factors, the first two multiplied first."""
        result = parts[0]
        for part, sign, factor in zip(parts[1:], signs, factors[1:], strict=True):
            result = self._times(result, part, sign, factor)
        return result

    def _grouped(
        self,
        groups: Sequence[range],
        parts: Sequence[WholeArray],
        signs: Sequence[Node],
        factors: Sequence[Node],
    ) -> WholeArray:
        r"""Return a product in which what stands between two `\odot` is multiplied first."""
        made = [
            self._multiplied(
                parts[one.start : one.stop], signs[one.start : one.stop - 1], factors[one.start : one.stop]
            )
            for one in groups
        ]
        between = [signs[one.start - 1] for one in groups[1:]]
        return self._multiplied(made, between, [factors[one.start] for one in groups])

    def _factor(self, node: Node, *, by_entry: bool) -> WholeArray:
        r"""Return what a factor is; beside `\odot` no square of a vector is its product with itself, a number."""
        outside, self._by_entry = self._by_entry, by_entry
        try:
            return self.read(node)
        finally:
            self._by_entry = outside

    def _times(self, left: WholeArray, right: WholeArray, sign: Node, at: Node) -> WholeArray:
        if not left.dims or not right.dims:
            shape = left if left.dims else right
            return WholeArray(
                shape.dims,
                lambda found: _join(
                    left.at(found if left.dims else []), sign, right.at(found if right.dims else [])
                ),
                shape.row,
            )
        if isinstance(sign, Token) and sign.type == "CROSS":
            message = "this sign has several meanings between arrays: write \\odot, ^\\top, or the indices"
            raise self._error(message, sign)
        if str(sign) in (".", "/"):
            if (left.dims, left.row) != (right.dims, right.row):
                self._clash(left, right)
                raise self._error(f"an array over {_over(right)} beside one over {_over(left)}", at)
            return WholeArray(left.dims, lambda found: _join(left.at(found), sign, right.at(found)), left.row)
        return self._contracted(left, right, sign, at)

    def _contracted(self, left: WholeArray, right: WholeArray, sign: Node, at: Node) -> WholeArray:
        """Return a product of matrices and vectors, by their shapes."""
        vectors = len(left.dims) == 1 and len(right.dims) == 1
        if vectors and not left.row and right.row:
            return WholeArray(
                (*left.dims, *right.dims), lambda found: _join(left.at(found[:1]), sign, right.at(found[1:]))
            )
        if vectors and left.row and right.row:
            raise self._error("a row times a row: which of them is transposed?", at)
        if vectors and left.row == right.row and not (self.number and left.dims == right.dims):
            message = "a product of two arrays: entry by entry (\\odot), or summed up? Write the indices"
            raise self._error(message, at, DoubtError)
        columns = len(left.dims) == 1 and not left.row and not vectors
        if columns or (right.row and len(left.dims) == 2) or left.dims[-1] != right.dims[0]:
            if not columns and not (right.row and len(left.dims) == 2):
                self.declared.clashes.append((left.dims[-1], right.dims[0]))
            raise self._error(f"an array over {_over(left)} times one over {_over(right)}", at)
        letter = token("NAME", next(self.fresh), at)
        ahead = len(left.dims) - 1
        return WholeArray(
            (*left.dims[:-1], *right.dims[1:]),
            lambda found: _summed(
                _join(left.at([*found[:ahead], letter]), sign, right.at([letter, *found[ahead:]])), letter
            ),
            left.row and len(right.dims) == 2,
        )

    def _power(self, node: Tree[Token]) -> WholeArray:
        base, _, exponent = node.children
        array = self.read(base)
        if not array.dims:
            return self._each(
                [base, exponent],
                lambda parts: tree("power", [parts[0], node.children[1], parts[1]], node),
                node,
            )
        if self._transposes(exponent, len(array.dims)):
            if len(array.dims) == 1:
                return WholeArray(array.dims, array.at, not array.row)
            return WholeArray(array.dims[::-1], lambda found: array.at(found[::-1]))
        if self._by_entry and len(array.dims) == 1 and str(exponent).isdigit():
            return self._each([base], lambda parts: tree("power", [*parts, *node.children[1:]], node), node)
        if self.number and str(exponent) == "2" and len(array.dims) == 1:
            letter = token("NAME", next(self.fresh), base)
            return WholeArray(
                (), lambda _: _summed(tree("power", [array.at([letter]), *node.children[1:]], node), letter)
            )
        raise self._error("a power of an array: write its index", node, DoubtError)

    def _transposes(self, exponent: Node, rank: int) -> bool:
        """Return whether an exponent is the sign of a transpose: a vector has no T-th power, whatever T is."""
        mark = str(exponent)
        known = self.declared.kind(mark) is not None
        return mark == TRANSPOSE or (mark in ("T", "t") and not known) or (mark == "T" and rank == 1)

    # ---- calls

    def _call(self, node: Tree[Token]) -> WholeArray:
        name = str(node.children[0])
        given = arguments(node)
        if name in ON_PAGES:
            return self._of_array(node, name, given)
        if name == "D":
            return self._derivative(node, given)
        if name in _BIG and (len(given) == 1 or all(self._binds(one) for one in given[1:])):
            return self._big(node, given[0], given[1:])
        if node.children[0] == "abs" and any(self.read(one).dims for one in given):
            raise self._error("bars around an array: of its entries, its length, or its determinant?", node)
        if name in _OF_MATRICES and len(given) == 1 and _is_square(self.read(given[0])):
            message = f"{name} of a square matrix: of each entry, or of the matrix? Write its indices"
            raise self._error(message, node)
        if name in functions.TABLE or name in _BIG or name in self.declared.functions:
            return self._each(given, lambda parts: _call_of(node, parts), node)
        return _number(node)

    def _binds(self, node: Node) -> bool:
        if isinstance(node, Token):
            return node.type == "NAME" and self.declared.kind(str(node)) is None
        return node.data in ("binder", "comparison")

    def _big(self, node: Tree[Token], body: Node, bound: Sequence[Node]) -> WholeArray:
        r"""Read a sum or the like of arrays; `\sum y`, and `\sum_j y` without a j in it, is over the entries of y.

        A sum of numbers stays the same node, since which index it binds may be settled later.
        """
        array = self.read(body)
        if not array.dims:
            inside = node.children[1]
            assert isinstance(inside, Tree)  # noqa: S101 - a call has arguments; this is for the type checker
            inside.children[0] = array.at([])
            return _number(node)
        free = letters(body, frozenset(self.declared.labels))
        held = {str(one if isinstance(one, Token) else one.children[0]) for one in bound}
        if bound and held <= free:
            return WholeArray(array.dims, lambda found: _call_of(node, [array.at(found), *bound]), array.row)
        plain = str(node.children[0]) == "sum" and all(isinstance(one, Token) for one in bound)
        if (
            plain
            and len(array.dims) == 1
            and len(bound) <= 1
            and not free & ({str(*bound)} if bound else free)
        ):
            letter = token("NAME", str(bound[0]) if bound else next(self.fresh), node)
            return WholeArray((), lambda _: _summed(array.at([letter]), letter))
        raise self._error("over which index is this? Write the indices of the array", node)

    def _derivative(self, node: Tree[Token], given: list[Node]) -> WholeArray:
        body, *variables = given
        array = self.read(body)
        by = [self.read(one) for one in variables]
        plain = [self._untransposed(one) for one in variables]
        missing = [one for one in by if one.dims]

        def make(found: Letters, ahead: int) -> Node:
            """Return the derivative; of `found` the first `ahead` belong to what is differentiated."""
            rest, given = list(found[ahead:]), []
            for one in plain:
                inner = self.read(one)
                given.append(inner.at(rest[: len(inner.dims)]))
                del rest[: len(inner.dims)]
            return _call_of(node, [array.at(found[:ahead]), *given])

        if not missing:
            return WholeArray(array.dims, lambda found: make(found, len(array.dims)), array.row)
        rows = [one.row for one in missing]
        if len(missing) == 1 and not array.dims and not (rows[0] and len(missing[0].dims) > 1):
            dims = missing[0].dims
            if len(dims) > 1 and len(set(dims)) < len(dims):
                raise self._error("in which order are the indices of this derivative? Write them", node)
            return WholeArray(dims, lambda found: make(found, 0), rows[0])
        column = len(array.dims) == 1 and not array.row
        if len(missing) == 1 and column and rows == [True] and len(missing[0].dims) == 1:
            return WholeArray((*array.dims, *missing[0].dims), lambda found: make(found, 1))
        if len(missing) == 2 and not array.dims and all(len(one.dims) == 1 for one in missing):
            same = str(plain[0]) == str(plain[1])
            if rows == [False, True] or (same and not any(rows)):
                return WholeArray((*missing[0].dims, *missing[1].dims), lambda found: make(found, 0))
        raise self._error("a derivative of an array by an array: write their indices", node)

    def _untransposed(self, node: Node) -> Node:
        """Return what stands in `w^T` by which a derivative is taken."""
        if isinstance(node, Tree) and node.data == "power":
            return node.children[0]
        return node

    def _of_array(self, node: Tree[Token], name: str, given: list[Node]) -> WholeArray:
        """Read a softmax and its kin; of an array by its name they are left as they stand."""
        subscripts = [one for one in node.children if isinstance(one, Tree) and one.data == "subscripts"]
        written = [one for part in subscripts for one in part.children if isinstance(one, Token)]
        named = len(given) == 1 and (isinstance(given[0], Token) or given[0].data == "entry")
        if len(given) != 1 or (named and (written or name not in _ALONG)):
            return _number(node)
        array = self.read(given[0])
        if len(array.dims) != 1:
            raise self._error(f"{name} is of an array over one size", node)
        letter = token("NAME", next(self.fresh), node)
        make = _OF_ARRAYS[name](node, array, letter)
        if name in _ALONG and not written:
            return WholeArray(array.dims, make)
        return WholeArray((), lambda _: make(written))


def _groups(beside: Sequence[bool]) -> list[range]:
    r"""Return the places of factors that stand together, parted by `\odot`; `beside` says which signs are one."""
    ends = [place + 1 for place, one in enumerate(beside) if one]
    return [range(*pair) for pair in itertools.pairwise([0, *ends, len(beside) + 1])]


def _softmax(node: Node, array: WholeArray, letter: Token) -> Callable[[Letters], Node]:
    total = _summed(_call("exp", array.at([letter])), letter)
    return lambda found: _join(_call("exp", array.at(found)), token("TIMES", "/", node), total)


def _log_softmax(node: Node, array: WholeArray, letter: Token) -> Callable[[Letters], Node]:
    total = _log_sum_exp(node, array, letter)([])
    return lambda found: tree("sum", [array.at(found), token("SIGN", "-", node), total], node)


def _log_sum_exp(_: Node, array: WholeArray, letter: Token) -> Callable[[Letters], Node]:
    return lambda found: _call("log", _summed(_call("exp", array.at([letter])), letter))


def _norm(node: Node, array: WholeArray, letter: Token) -> Callable[[Letters], Node]:
    two = [token("POWER", "^", node), token("NUMBER", "2", node)]
    return lambda _: _call("sqrt", _summed(tree("power", [array.at([letter]), *two], node), letter))


_OF_MATRICES = frozenset("exp log sqrt sin cos tan sinh cosh tanh asin acos atan log1p expm1 sign".split())
"""Functions that are of a matrix, too, as the sum of a series: `e^{A}` is seldom that of the entries."""


def _is_square(array: WholeArray) -> bool:
    return len(array.dims) == 2 and array.dims[0] == array.dims[1]


IDENTITIES = frozenset(("I", "Id", "id"))
"""What an identity matrix is called, before a page names anything else so."""
_ALONG = ("softmax", "log_softmax")
_OF_ARRAYS = {"softmax": _softmax, "log_softmax": _log_softmax, "logsumexp": _log_sum_exp, "norm": _norm}


def _number(node: Node) -> WholeArray:
    return WholeArray((), lambda _: node, literal=isinstance(node, Token) and node.type == "NUMBER")


def _over(array: WholeArray) -> str:
    return " and ".join(array.dims) + (", transposed" if array.row else "")


def _join(left: Node, sign: Node, right: Node) -> Node:
    return tree("product", [left, sign, right], left, right)


def _summed(body: Node, letter: Token) -> Node:
    return _call("sum", body, letter)


def _call(name: str, *given: Node) -> Tree[Token]:
    place = given[0]
    return tree("call", [token("NAME", name, place), tree("arguments", list(given), place)], place)


def _call_of(node: Tree[Token], given: Sequence[Node]) -> Node:
    """Return a call with other arguments."""
    parts = [
        tree("arguments", list(given), node) if isinstance(one, Tree) and one.data == "arguments" else one
        for one in node.children
    ]
    return tree("call", parts, node)


_READERS: dict[str, Callable[[Whole, Tree[Token]], WholeArray]] = {
    "entry": Whole._entry,
    "signed": Whole._signed,
    "sum": Whole._sum,
    "product": Whole._product,
    "power": Whole._power,
    "call": Whole._call,
}
