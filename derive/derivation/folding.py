"""Definitions read backwards: where p = e^s / Z, write p Z for e^s, so that results stand in the user's own names.

Untrusted: it solves a definition for one of its atoms wherever that is linear, whether or not it may be 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.derivation.algebra import Algebra, Known
from derive.derivation.factored import Field
from derive.derivation.matching import Rewrite, replace_all
from derive.errors import LimitError
from derive.notation import Apply, Big, Context, Definition, Entry, Index, Term, free_indices

_PREFERRED = (Big, Apply)


@dataclass(frozen=True, slots=True)
class Fold:
    """A definition solved for one of its atoms. `kept` are the definition's other sums, which stay as they are."""

    name: str
    solved: Rewrite
    kept: tuple[Rewrite, ...]
    opened: tuple[Rewrite, ...]

    def apply(self, node: Term) -> Term:
        """Return the term with the atom replaced wherever it occurs."""
        plain = Algebra()
        hidden = replace_all(plain.term(node), self.kept)
        return plain.term(replace_all(Algebra(Known((self.solved,))).term(hidden), self.opened))


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
    algebra = Algebra()
    body = algebra.sum(definition.body)
    head = Entry(definition.name, definition.parameters)
    if not body or algebra.sum(head) == body:
        return
    field = Field(algebra, body, algebra.sum(head))
    top, bottom = field.fraction(body)
    equation = field.generators[head] * bottom - top
    parameters = frozenset(definition.parameters)
    for atom in sorted(field.atoms, key=_preference):
        if atom == head or field.roots[atom] != 1 or not parameters <= set(free_indices(atom)):
            continue
        place = field.atoms.index(atom)
        if equation.degrees()[place] != 1:
            continue
        slope = equation.derivative(place)
        rest = equation - slope * field.generators[atom]
        replacement = field.rational(-rest, slope).factored() if rest != 0 else None
        if replacement is None or isinstance(atom, Entry) and atom.name == definition.name:
            continue
        others = [a for a in field.atoms if a not in (atom, head) and isinstance(a, Big)]
        kept, opened = _placeholders(others, parameters)
        hidden = replace_all(replacement, kept)
        yield Fold(definition.name, Rewrite(atom, hidden, parameters), kept, opened)


def _preference(atom: Term) -> tuple[int, str]:
    return next((n for n, kind in enumerate(_PREFERRED) if isinstance(atom, kind)), len(_PREFERRED)), str(atom)


def _placeholders(
    atoms: list[Term], parameters: frozenset[Index]
) -> tuple[tuple[Rewrite, ...], tuple[Rewrite, ...]]:
    """Return rewrites that hide sums behind names no user can type, and back."""
    kept, opened = [], []
    for number, atom in enumerate(atoms):
        indices = tuple(i for i in free_indices(atom) if i in parameters)
        name = Entry(f"§{number}", indices)
        kept.append(Rewrite(atom, name, frozenset(indices)))
        opened.append(Rewrite(name, atom, frozenset(indices)))
    return tuple(kept), tuple(opened)


__all__ = ["Fold", "folds"]
