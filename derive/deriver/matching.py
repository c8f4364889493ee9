"""One-way matching of terms up to the names of bound indices, and replacement of what matches.

Untrusted, as all search is: a wrong match costs a candidate that the kernel refuses, nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from derive.terms import Index, Term, canonical, rebuild, rename, walk


@dataclass(frozen=True, slots=True)
class Rewrite:
    """`pattern` may be replaced by `replacement`, whatever the local indices are."""

    pattern: Term
    replacement: Term
    local: frozenset[Index] = frozenset()

    def apply(self, node: Term) -> Term | None:
        """Return the replacement for a term that is an instance of the pattern, else None."""
        found = match(self.pattern, node, self.local)
        return None if found is None else rename(self.replacement, found)

    @property
    def loops(self) -> bool:
        """Whether what it leads to holds an instance of the pattern again, as A[i,j] = A[j,i] does."""
        return any(match(self.pattern, part, self.local) is not None for part in walk(self.replacement))


def match(pattern: Term, node: Term, local: frozenset[Index]) -> dict[Index, Index] | None:
    """Return the values of the local indices at which the pattern is the term, else None."""
    if type(pattern) is not type(node):
        return None
    found: dict[Index, Index] = {}
    return found if _match(canonical(pattern), canonical(node), local, found) else None


def _match(pattern: Any, node: Any, local: frozenset[Index], found: dict[Index, Index]) -> bool:
    if isinstance(pattern, Index):
        if not isinstance(node, Index) or pattern.dim != node.dim:
            return False
        return found.setdefault(pattern, node) == node if pattern in local else pattern == node
    if type(pattern) is not type(node):
        return False
    if isinstance(pattern, tuple):
        return len(pattern) == len(node) and all(
            _match(one, other, local, found) for one, other in zip(pattern, node, strict=True)
        )
    if is_dataclass(pattern) and not isinstance(pattern, type):
        names = (field.name for field in fields(pattern))
        return all(_match(getattr(pattern, name), getattr(node, name), local, found) for name in names)
    return bool(pattern == node)


def replace_all(node: Term, rewrites: Iterable[Rewrite]) -> Term:
    """Return the term with every instance of a pattern replaced, from the outside in."""
    rewrites = tuple(rewrites)

    def visit(one: Term) -> Term:
        for rewrite in rewrites:
            done = rewrite.apply(one)
            if done is not None:
                return done
        return rebuild(one, visit)

    return visit(node)


def replace_entries(node: Term, change: Callable[[Term], Term | None]) -> Term:
    """Return the term with every part replaced for which `change` gives something, from the outside in."""
    done = change(node)
    return done if done is not None else rebuild(node, lambda child: replace_entries(child, change))
