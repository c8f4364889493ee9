r"""How far a sum reaches: over the product behind it, and on to the last term that its index needs.

In `\sum_i y_i \log p_i + (1 - y_i) \log(1 - p_i)` no other reading gives the later $i$ a meaning, if that letter is
free on no other side. Where a term without the index comes last, or where a minus stands before the sum and before a
term, there are two readings: then the sum is left as it is, and refused later for the index outside of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lark import Token, Tree

from derive.reading.latex.bound import bound_in, letters
from derive.reading.latex.structure import Item, finish, tree

Node = Tree[Token] | Token


@dataclass(frozen=True, slots=True)
class OpenSum:
    """Terms with signs between, and the number of one that ends with sums, outermost first, and in no brackets."""

    terms: Tree[Token]
    place: int
    sums: tuple[Tree[Token], ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """Terms of which a sum was made to reach over several: its letters, what to put back, whether it is negative."""

    terms: Tree[Token]
    bound: frozenset[str]
    before: tuple[tuple[Tree[Token], list[Node]], ...]
    negative: bool

    def undo(self) -> None:
        """Let the sum reach as far as before."""
        for node, children in self.before:
            node.children = children


def sums_at_end(node: Node) -> Iterator[Tree[Token]]:
    """Yield the sums, outermost first, that the end of a term belongs to, under a sign or a derivative or not."""
    while isinstance(node, Tree):
        match node.data, node.children:
            case "product" | "signed", [*_, last]:
                node = last
            case "call", ["sum" | "D" as name, Tree(data="arguments") as inside]:
                if name == "sum":
                    yield node
                node = inside.children[0]
            case _:
                return


def extend(found: Sequence[OpenSum], sides: Sequence[Node], outside: frozenset[str]) -> list[Reached]:
    """Let sums reach over the terms behind them that need their index, where that is free on no other side."""
    made = [one for sum_ in reversed(found) if (one := _reaching(sum_)) is not None]
    while made:
        free = outside.union(*(letters(side, frozenset()) for side in sides))
        wrong = next((one for one in reversed(made) if one.bound & free), None)
        if wrong is None:
            break
        wrong.undo()
        made.remove(wrong)
    return made


def _reaching(one: OpenSum) -> Reached | None:
    """Let the innermost sum reach over all terms behind it, if the last of these needs what all of the sums bind."""
    children, at = one.terms.children, 2 * one.place
    inner, bound = (
        frozenset(str(letter) for sum_ in sums for letter in bound_in(sum_))
        for sums in (one.sums[-1:], one.sums)
    )
    signs, behind = children[at + 1 :: 2], children[at + 2 :: 2]
    first = children[at - 1] if at else _sign_of(children[0])
    if not behind or not inner & letters(behind[-1], frozenset()):
        return None
    if first == "-" and "-" in signs:
        return None
    arguments = one.sums[-1].children[1]
    assert isinstance(arguments, Tree)  # noqa: S101 - it was found as that; this is for the type checker
    body = arguments.children[0]
    before = ((one.terms, list(children)), (arguments, list(arguments.children)))
    parts = [
        *(body.children if isinstance(body, Tree) and body.data == "sum" else [body]),
        *children[at + 1 :],
    ]
    arguments.children = [tree("sum", parts, body, behind[-1]), *arguments.children[1:]]
    one.terms.children = children[: at + 1]
    needed = bound & set().union(*(letters(term, frozenset()) for term in behind))
    return Reached(one.terms, needed, before, first == "-")


def _sign_of(node: Node) -> str:
    return str(node.children[0]) if isinstance(node, Tree) and node.data == "signed" else ""


def ends_at(sum_: Tree[Token], last: Item) -> bool:
    """Return whether what a sum reaches over ends with an item."""
    inside = sum_.children[1]
    return isinstance(inside, Tree) and finish(inside.children[0])[2] == finish(last)[2]
