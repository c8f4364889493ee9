"""Which letters of a formula stand for indices, free or bound by a sum or the like."""

from __future__ import annotations

from collections.abc import Sequence

from lark import Token, Tree

Node = Tree[Token] | Token


def letters(node: Node, labels: frozenset[str], held: frozenset[int] = frozenset()) -> set[str]:
    """Return the letters that are free indices in a formula; sums that are held are not looked into."""
    if isinstance(node, Token) or id(node) in held:
        return set()
    if node.data == "entry" or node.data == "subscripts":
        places = node.children[1:] if node.data == "entry" else node.children
        return {str(one) for one in places if isinstance(one, Token) and one.type == "NAME"} - labels
    if node.data == "comparison":
        sides = (node.children[0], node.children[2])
        bare = {str(one) for one in sides if isinstance(one, Token) and one.type == "NAME"}
        return (bare | set().union(*(letters(one, labels, held) for one in sides))) - labels
    if node.data == "call":
        name, arguments = node.children[0], node.children[1:]
        inner = [part for one in arguments if isinstance(one, Tree) for part in _parts_of(one)]
        if name == "delta":
            return {str(one) for one in inner if isinstance(one, Token) and one.type == "NAME"} - labels
        if name in ("sum", "prod", "mean") or (name in ("max", "min") and _binds(inner)):
            body, *binders = inner
            bound = {str(_bound(one)) for one in binders}
            skipped = {str(part) for one in binders if isinstance(one, Tree) for part in _excluded(one)}
            return (letters(body, labels, held) | (skipped - labels)) - bound
    return set().union(*(letters(one, labels, held) for one in node.children))


def bound_in(node: Node) -> list[Node]:
    """Return the letters that a formula itself binds, if it is a sum or the like."""
    if (
        isinstance(node, Token)
        or node.data != "call"
        or node.children[0] not in ("sum", "prod", "mean", "max", "min")
    ):
        return []
    inner = [part for one in node.children[1:] if isinstance(one, Tree) for part in _parts_of(one)]
    return [_bound(one) for one in inner[1:]]


def _parts_of(node: Tree[Token]) -> list[Node]:
    return list(node.children) if node.data == "arguments" else [node]


def _binds(inner: Sequence[Node]) -> bool:
    return any(isinstance(one, Tree) and one.data in ("binder", "comparison") for one in inner[1:]) or (
        len(inner) == 2 and isinstance(inner[1], Token) and inner[1].type == "NAME"
    )


def _bound(node: Node) -> Node:
    return node if isinstance(node, Token) else node.children[0]


def _excluded(node: Tree[Token]) -> list[Node]:
    after = node.children[2:] if node.data == "comparison" else node.children[3::2]
    return [one for one in after if isinstance(one, Token) and one.type == "NAME"]
