"""Functions of arrays, such as `softmax(s)[i]`: written out by their definitions, over letters that capture nothing.

Inside one, an array that lacks its last index is taken entry by entry, so `norm(x - y)` reads as on paper.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from lark import Token, Tree

from derive.terms import Big, Index, Term, free_indices, functions, rename, walk

if TYPE_CHECKING:
    from derive.reading.formulas import Formulas
    from derive.reading.parser import Node

_LETTERS = "kljmrquvwhgabcdefiostxyz"


def _array(formulas: Formulas, node: Node, axis: Index, function: str) -> functions.Array:
    """Return an array's entries as a function of the index along its last axis."""
    formulas.axes.append(axis)
    body = formulas.term(node)
    formulas.axes.pop()
    if axis not in free_indices(body):
        raise formulas.error(f"{function} needs an array; this is the number {formulas.text(node)}", node)
    return lambda index: rename(body, {axis: index})


def _axis(formulas: Formulas, node: Node, function: str) -> Index:
    return formulas.dims.bound(f"the last index{len(formulas.axes) or ''}", formulas.at(node), function)


def _letter(formulas: Formulas, axis: Index, *entries: functions.Array) -> Index:
    """Return a bound index that captures nothing: a letter that neither the statement nor the problem uses."""
    taken = formulas.typed | set(formulas.declared.names())
    for array in entries:
        for one in walk(array(axis)):
            if isinstance(one, Big):
                taken.update(str(binder.index.name) for binder in one.binders)
    letters = (
        f"{letter}{'' if round_ == 0 else f'_{round_}'}" for round_ in range(100) for letter in _LETTERS
    )
    return Index(next(letter for letter in letters if letter not in taken), axis.dim)


def _one_array(formulas: Formulas, node: Tree[Token], arguments: list[Node]) -> tuple[functions.Array, Index]:
    name = str(node.children[0])
    if len(arguments) != 1:
        raise formulas.error(f"{name} takes one array", node)
    axis = _axis(formulas, node, name)
    array = _array(formulas, arguments[0], axis, name)
    return array, _letter(formulas, axis, array)


def _no_entries(formulas: Formulas, node: Tree[Token], subscripts: list[Node]) -> None:
    if subscripts:
        raise formulas.error(f"{node.children[0]}(…) is a number and has no entries", subscripts[0])


def _entrywise(formulas: Formulas, node: Tree[Token], arguments: list[Node], subscripts: list[Node]) -> Term:
    """`softmax(s)[i]`, `softmax(S[a])[i]` and, for an array by its name, `softmax(S)[a,i]`."""
    name = str(node.children[0])
    if len(subscripts) > 1 and len(arguments) == 1:
        *leading, last = subscripts
        arguments, subscripts = [_subscripted(arguments[0], leading)], [last]
    if not subscripts and not formulas.axes:
        text = formulas.text(node)
        raise formulas.error(f"{text} is an array; write {text}[i]", node)
    outer = None if subscripts else formulas.axes[-1]
    array, bound = _one_array(formulas, node, arguments)
    at = formulas.index(subscripts[0]) if outer is None else outer
    of_array = Index("the array", bound.dim)
    formulas.dims.link(at, of_array, formulas.text(node), formulas.at(node))
    make = functions.softmax if name == "softmax" else functions.log_softmax
    return make(array, at, bound)


def _subscripted(node: Node, leading: list[Node]) -> Node:
    if isinstance(node, Token):
        made: Tree[Token] = Tree("entry", [node, *leading])
        made.meta.empty = False
        for place in ("line", "column", "start_pos", "end_pos"):
            setattr(made.meta, place, getattr(node, place))
        return made
    return Tree(node.data, [*node.children, *leading], node.meta) if node.data == "entry" else node


def _reduced(make: Callable[..., Term]) -> Callable[[Formulas, Tree[Token], list[Node], list[Node]], Term]:
    def read(formulas: Formulas, node: Tree[Token], arguments: list[Node], subscripts: list[Node]) -> Term:
        _no_entries(formulas, node, subscripts)
        return make(*_one_array(formulas, node, arguments))

    return read


def _dot(formulas: Formulas, node: Tree[Token], arguments: list[Node], subscripts: list[Node]) -> Term:
    _no_entries(formulas, node, subscripts)
    if len(arguments) != 2:
        raise formulas.error("dot takes two arrays", node)
    axis = _axis(formulas, node, "dot")
    left, right = (_array(formulas, one, axis, "dot") for one in arguments)
    return functions.dot(left, right, _letter(formulas, axis, left, right))


ARRAYS: dict[str, Callable[[Formulas, Tree[Token], list[Node], list[Node]], Term]] = {
    "softmax": _entrywise,
    "log_softmax": _entrywise,
    "logsumexp": _reduced(functions.log_sum_exp),
    "norm": _reduced(functions.norm),
    "dot": _dot,
}
