"""Functions of whole arrays, as they are called in a text: `softmax(S)[a,i]`, `norm(x - y)`, `eye(n)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lark import Token, Tree

from derive.arrays.operations import FUNCTIONS, MATRIX, ArrayFunction
from derive.arrays.values import Array

if TYPE_CHECKING:
    from derive.reading.formulas import Formulas
    from derive.reading.parser import Node

# Those that a page may call; it writes other whole arrays out itself.
ON_PAGES = frozenset({"softmax", "log_softmax", "logsumexp", "norm", "dot"})
_COUNTS = {1: "one", 2: "two"}


def call_array(formulas: Formulas, node: Tree[Token], arguments: list[Node]) -> Array:
    """Return what a function of arrays, or of sizes, makes of its arguments."""
    row = FUNCTIONS[str(node.children[0])]
    if row.name in MATRIX and len(arguments) == 3:
        return _of_entries(formulas, node, row, arguments)
    if row.arity is not None and len(arguments) != row.arity:
        what = ("size" if row.of_sizes else "array") + ("s" if row.arity > 1 else "")
        raise formulas.error(f"{row.name} takes {_COUNTS[row.arity]} {what}", node)
    if row.of_sizes:
        sizes = [_size(formulas, row, one) for one in arguments]
        return formulas.made(node, arguments, lambda: row.build(*sizes))
    parts = [_argument(formulas, row, one) for one in arguments]
    return formulas.made(node, arguments, lambda: row.build(*parts))


def _of_entries(formulas: Formulas, node: Tree[Token], row: ArrayFunction, arguments: list[Node]) -> Array:
    """Return a function of the matrix whose entry is given with its row and column: `det(x[a]*y[b], a, b)`."""
    body, *letters = arguments
    matrix = formulas.by_entry(body, letters, row.name)
    return formulas.made(node, arguments, lambda: row.build(matrix))


def _argument(formulas: Formulas, row: ArrayFunction, node: Node) -> Array:
    formulas.inside += 1
    value = formulas.value(node)
    formulas.inside -= 1
    if not value.axes:
        raise formulas.error(f"{row.name} needs an array; this is the number {formulas.text(node)}", node)
    if not formulas.whole and len(value.axes) > 1 and "softmax" not in row.name:
        raise formulas.error(f"{row.name} needs a vector; {formulas.text(node)} has more indices", node)
    return value


def _size(formulas: Formulas, row: ArrayFunction, node: Node) -> str:
    """Return the size that an argument of `eye(n)` names."""
    declared = formulas.declared
    size = declared.size(str(node)) if isinstance(node, Token) and node.type == "NAME" else None
    if size is None or str(node) in declared.lost:
        sizes = [*declared.sizes, *declared.aliases]
        near = declared.nearest(str(node), sizes) if isinstance(node, Token) else ""
        raise formulas.error(
            f"{row.name} needs a size, by its name; this is {formulas.text(node)}{near}", node
        )
    return size
