r"""Names with a bracket behind them: a product `f \cdot (x + 1)`, or a function at a place? In doubt it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lark import Token, Tree

from derive.reading.latex.names import opened
from derive.reading.latex.structure import Item, row_of, word_of
from derive.reading.latex.symbols import TRANSPOSE, TYPED

if TYPE_CHECKING:
    from derive.reading.latex.rows import Node, Row

# Imported inside functions: what tells brackets apart, which reads the rows in them.


def check_application(row: Row, before: Item, factor: Node, item: Item, inside: Node) -> None:
    r"""Refuse a bracket behind a factor that may be a function at what the bracket holds.

    That is a factor in which a function of the page stands without its arguments, as in `f^2(x)` and `(f + g)(x)`, or
    a name that depends on what stands in the bracket, as in `f(x + 1)` where f is x^2.
    """
    from derive.reading.latex.brackets import kind_of_fence

    base = _held(opened(item)[0])
    if kind_of_fence(base) not in ("round", "square", "set"):
        _check_operator(row, before, factor, item)
        return
    if _transposes(factor):
        return
    if _is_value(factor) and isinstance(inside, Token) and inside.type == "NAME":
        written = row.reading.text(base)
        message = (
            f"a product with {written}, or what stands before it at {written}? Write \\cdot for a product"
        )
        raise row.reading.error(message, item)
    for name in _applied(factor):
        _check_number(row, name, before, item, _is_step(inside))
    for name in _loose(row, factor):
        if row.names.arguments(str(name)) or _depends(row, str(name), inside):
            written = f"{row.reading.text(before)}{row.reading.text(base)}"
            message = (
                f"{written}: is this {name} at what stands in the bracket, or a product? Write \\cdot for a "
            )
            message += "product, or write out the value"
            raise row.reading.error(message, item)


def _held(item: Item) -> Item:
    r"""Return what an `\underbrace` holds, if it is all one, else the item."""
    inside = row_of(item.children[0]) if isinstance(item, Tree) and item.data == "unit" else []
    return opened(inside[0])[0] if len(inside) == 1 else item


def _is_value(factor: Node) -> bool:
    """Return whether a factor is a function of the language at a place, as `sigmoid(z)`."""
    return (
        isinstance(factor, Tree)
        and factor.data == "call"
        and str(factor.children[0]) not in ("D", "sum", "prod")
    )


def _transposes(factor: Node) -> bool:
    return (
        isinstance(factor, Tree) and factor.data == "power" and str(factor.children[-1]) in (TRANSPOSE, "T")
    )


def check_composition(row: Row, sign: Item, left: Node, right: Node) -> None:
    r"""Refuse `f \circ g` of functions of the page, which is no product of their values."""
    if TYPED.get(str(sign), str(sign)) != r"\circ":
        return
    for name in (*_loose(row, left), *_loose(row, right)):
        if name is left and row.names.factors.why_open(str(name)) is not None:
            message = (
                f"is this {name} after what stands behind, or a product? Write \\cdot or \\odot for a product"
            )
            raise row.reading.error(message, sign)
        if row.names.arguments(str(name)):
            message = f"{name} is a function here: is this one after the other, or a product? Write \\cdot"
            raise row.reading.error(message, sign)


def _check_number(row: Row, name: Token, before: Item, behind: Item, step: bool = False) -> None:
    r"""Refuse a name before a bracket of which nothing shows that it is a number: `g(wx + b)` may be a value of g."""
    why = row.names.factors.why_open(str(name), step)
    if why is None:
        return
    written = f"{row.reading.text(before)} {row.reading.text(behind)}"
    message = f"{written}: is this {name} at what stands behind it, or a product? "
    message += f"Nothing shows that {name}{why} is a number: write {name} \\cdot for a product, or declare it"
    raise row.reading.error(message, before)


def _applied(factor: Node) -> Iterator[Token]:
    """Yield the names of a factor that would be applied if they were functions: `f`, `f_i`, `f^2`, `f + g`."""
    if isinstance(factor, Token):
        if factor.type == "NAME":
            yield factor
    elif factor.data in ("entry", "power", "sum"):
        for one in factor.children if factor.data == "sum" else factor.children[:1]:
            yield from _applied(one)


def _is_step(inside: Node) -> bool:
    """Return whether a bracket holds a place in time, as `t - 1`."""
    if not isinstance(inside, Tree) or inside.data != "sum" or len(inside.children) != 3:
        return False
    return str(inside.children[0]) in _TIMES and str(inside.children[2]).isdigit()


_TIMES = frozenset("t k n".split())


def _check_operator(row: Row, before: Item, factor: Node, behind: Item) -> None:
    r"""Refuse `\operatorname{tr} A B` of a function that the page defines with brackets: how far does it reach?"""
    if word_of(opened(before)[0]) is None:
        return
    for name in _applied(factor):
        _check_number(row, name, before, behind)
    for name in _loose(row, factor):
        if row.names.arguments(str(name)):
            message = f"{name} is defined with brackets, and stands here without: how far does it reach?"
            raise row.reading.error(message, before)


def _loose(row: Row, node: Node) -> Iterator[Token]:
    """Yield the names of a factor that stand without arguments, and in no argument and no derivative."""
    if isinstance(node, Token):
        if node.type == "NAME" and (node.start_pos or 0) not in row.reading.applied:
            yield node
        return
    if node.data == "call" and node.children[0] == "D":
        return
    if node.data == "entry":
        yield from _loose(row, node.children[0])
        return
    for one in node.children[node.data == "call" :]:
        yield from _loose(row, one)


def _depends(row: Row, name: str, inside: Node) -> bool:
    """Return whether a name is made of one that stands whole in a bracket, or of any number if none stands there."""
    declared = row.names.declared
    if name not in declared.definitions or name in declared.lost:
        return False
    made = declared.mentioned(declared.definitions[name].body) & declared.variables.keys()
    standing = set(_standing(inside))
    if not standing:
        return any(not declared.dims(one) for one in made)
    return bool(standing & made)


def _standing(node: Node) -> Iterator[str]:
    """Yield the names in a formula, but for those of which only an entry stands there."""
    if isinstance(node, Token):
        if node.type == "NAME":
            yield str(node)
    elif node.data != "entry":
        for one in node.children[node.data == "call" :]:
            yield from _standing(one)
    else:
        yield f"{node.children[0]}_"  # an entry: a name, and not the whole of it
