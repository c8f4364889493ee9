"""Equations that may be relations, such as x^2 + y^2 = 1, and no identities: a page does not tell which are which.

One of free names alone of which a side lacks a name, or that holds an unknown function, is an assumption or a mistake.
It keeps no state and reads no text.
"""

from __future__ import annotations

from derive.reading.declared import Declared
from derive.terms import Apply, Derivative, Entry, Equation, Term, UnknownValue, walk


def may_be_relation(link: Equation, declared: Declared) -> bool:
    """Return whether an equation may be what is supposed of its names, and be no identity."""
    sides = link.left, link.right
    differentiates = any(_differentiates(node, declared) for side in sides for node in walk(side))
    if differentiates or declared.mentioned(*sides) & declared.definitions.keys():
        return False
    return bool(related_by(link, declared)) or bool(unknown_functions(link, declared))


def related_by(link: Equation, declared: Declared) -> set[str]:
    """Return the free names that an equation relates: all of them if one is missing on a side, else none."""
    left, right = (declared.mentioned(side) & declared.variables.keys() for side in (link.left, link.right))
    return left | right if left != right else set()


def unknown_functions(link: Equation, declared: Declared) -> set[str]:
    """Return the unknown functions in an equation."""
    return declared.mentioned(link.left, link.right) & (declared.functions | declared.signatures.keys())


def what_to_write(link: Equation, declared: Declared) -> str:
    """Return what an equation may be, and what to write if it is."""
    if unknown_functions(link, declared):
        return "this may be what is supposed of an unknown function, and no identity; no block can say that"
    return f"this may be an assumption, and no identity: if it is one, write `given {link}` in a block"


def implied(link: Equation, declared: Declared) -> str | None:
    """Return the name of which a left side is made alone, as in `r^2 = …`: the equation may be what defines it."""
    if isinstance(link.left, Entry) or any(isinstance(node, Derivative) for node in walk(link.left)):
        return None
    names = {node.name for node in walk(link.left) if isinstance(node, Entry)}
    name = names.pop() if len(names) == 1 else ""
    return name if name in declared.definitions and name not in declared.mentioned(link.right) else None


def _differentiates(node: Term, declared: Declared) -> bool:
    """Return whether a node is a derivative, and of more than an unknown function as it stands, as in u'(t)."""
    match node:
        case Derivative(Apply(name, arguments) | UnknownValue(name, arguments), _):
            unknown = name in declared.functions or name in declared.signatures
            return not (unknown and all(isinstance(one, Entry) for one in arguments))
        case Derivative():
            return True
        case _:
            return False
