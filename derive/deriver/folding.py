"""Definitions read backwards: where p = e^s / Z, write p Z for e^s, so that results stand in the user's own names.

Untrusted: it solves a definition for one of its atoms wherever that is linear, whether or not it may be 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from derive.deriver.algebra import Arithmetic, Knowledge
from derive.deriver.factored import Field
from derive.deriver.matching import Rewrite, replace_all
from derive.deriver.monomials import Sum
from derive.errors import LimitError
from derive.terms import (
    Add,
    Apply,
    Big,
    Constant,
    Context,
    Definition,
    Entry,
    Index,
    Number,
    Power,
    SizeNumber,
    Term,
    free_indices,
    walk,
)

_PREFERRED = (Big, Add, Apply)


class Fold:
    """A definition solved for one of its atoms; its other sums stay as they are."""

    def __init__(
        self, name: str, atom: Term, replacement: Term, parameters: frozenset[Index], others: Sequence[Term]
    ) -> None:
        self.name = name
        self.atom = atom
        self.kept, self.opened = _placeholders(others, parameters)
        self.solved = Rewrite(atom, replace_all(replacement, self.kept), parameters)
        self._plain, self._folding = Arithmetic(), Arithmetic(Knowledge((self.solved,)))

    def apply(self, node: Term) -> Term | None:
        """Return the term expanded, with the atom replaced wherever it occurs; None if it does not."""
        if not self._may_occur(node):
            return None
        expanded = self._plain.term(node)
        hidden = replace_all(expanded, self.kept)
        folded = self._folding.term(hidden)
        if folded == hidden:
            return None
        done = self._plain.term(replace_all(folded, self.opened))
        return done if done != expanded else None

    def _may_occur(self, node: Term) -> bool:
        return any(_kind(part) == _kind(self.atom) for part in walk(node))


def _kind(node: Term) -> tuple[type[Term], str]:
    name = node.function if isinstance(node, Apply) else node.name if isinstance(node, Entry) else ""
    return type(node), name


def folds(context: Context) -> list[Fold]:
    """Return for each definition that can be solved for an atom how to fold it, the last definition first."""
    found = []
    for definition in reversed(list(context.definitions.values())):
        try:
            solved = next(_solutions(definition), None)
        except LimitError:
            solved = None
        if solved is not None:
            found.append(solved)
    return found


def _solutions(definition: Definition) -> Iterator[Fold]:
    algebra = Arithmetic()
    body = algebra.sum(definition.body)
    head = Entry(definition.name, definition.parameters)
    if not body or algebra.sum(head) == body:
        return
    field = Field(algebra, body, algebra.sum(head))
    top, bottom = field.fraction(body)
    equation = field.variables.generator(head) * bottom - top
    parameters = frozenset(definition.parameters)
    for atom in sorted(field.atoms, key=_preference):
        root = field.roots[atom]
        if (
            atom == head
            or isinstance(atom, SizeNumber | Constant | Number)
            or not parameters <= set(free_indices(atom))
        ):
            continue
        place = field.atoms.index(atom)
        if equation.degrees()[place] != 1:
            continue
        slope = equation.derivative(place)
        rest = equation - slope * field.variables.generator(atom)
        found = field.rational(-rest, slope) if rest != 0 else None
        # w in y = w x may be 0 where the formula has a value, so x = y/w is no way to a short form.
        if found is None or any(e < 0 and _is_entry(one) for one, e in found.factors):
            continue
        replacement = found.factored()
        if isinstance(atom, Entry) and atom.name == definition.name:
            continue
        if root != 1:
            replacement = Power(replacement, Number(Fraction(root)))
        others = [a for a in field.atoms if a not in (atom, head) and isinstance(a, Big)]
        fold = Fold(definition.name, atom, replacement, parameters, others)
        if not fold.solved.loops:  # as x = y*(1 + abs(x)) does
            yield fold


def _is_entry(one: Sum) -> bool:
    return len(one) == 1 and all(isinstance(atom, Entry) for mono in one for atom, _ in mono)


def _preference(atom: Term) -> tuple[int, str]:
    return next((n for n, kind in enumerate(_PREFERRED) if isinstance(atom, kind)), len(_PREFERRED)), str(
        atom
    )


def _placeholders(
    atoms: Sequence[Term], parameters: frozenset[Index]
) -> tuple[tuple[Rewrite, ...], tuple[Rewrite, ...]]:
    """Return rewrites that hide sums behind names no user can type, and back."""
    kept, opened = [], []
    for number, atom in enumerate(atoms):
        indices = tuple(i for i in free_indices(atom) if i in parameters)
        name = Entry(f"§{number}", indices)
        kept.append(Rewrite(atom, name, frozenset(indices)))
        opened.append(Rewrite(name, atom, frozenset(indices)))
    return tuple(kept), tuple(opened)
