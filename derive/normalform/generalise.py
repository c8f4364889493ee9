"""What holds for every value of a part holds for that part: parts that recur become entries of unknown arrays.

The layers of a network stand inside one another, and multiplied out they grow as a power of the depth. The
layer below is a number to the layer above, whichever it is. Nothing here says that a question is proved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.domain import Condition
from derive.normalform.case import Question
from derive.notation import Add, Apply, Compare, Entry, Index, Term, free_indices, rename, walk
from derive.notation.traverse import canonical, rebuild

# They take their argument apart, so that it matters what it is.
_TAKES_APART = frozenset(("log", "sqrt"))


def generalisations(question: Question) -> Iterator[Question]:
    """Yield questions from which this one follows, the most general first; none where no function is nested.

    A part is replaced wherever it stands, in what is known as well, with its own free indices as those of the
    entry: `T(i)` by `?0[i]` and `T(j)` by `?0[j]`. Where the new question holds for all values of the new
    entries, it holds for these; where a part has no value and none is asked for, any value will do.
    """
    sides = [set(walk(question.left)), set(walk(question.right))]
    inside = {a for side in sides for node in side for a in _arguments(node) if _calls(a)}
    if not inside:
        return
    nested = {_pattern(node) for node in inside}
    kinds = (Add, Apply)
    left, right = ({_pattern(n) for n in side if isinstance(n, kinds) and _calls(n)} for side in sides)
    for chosen in (nested | left & right, nested):
        yield _Generaliser(chosen).question(question)


def _arguments(node: Term) -> tuple[Term, ...]:
    return node.arguments if isinstance(node, Apply) and node.function not in _TAKES_APART else ()


def _calls(node: Term) -> bool:
    """Return whether the term holds a function of something that varies."""
    return any(
        isinstance(part, Apply) and any(isinstance(leaf, Entry) for leaf in walk(part)) for part in walk(node)
    )


def _pattern(node: Term) -> Term:
    """Return the term with its free indices numbered in order of appearance."""
    numbered = {index: Index(f"?{k}", index.dim) for k, index in enumerate(free_indices(node))}
    return canonical(rename(node, numbered))


class _Generaliser:
    def __init__(self, chosen: set[Term]) -> None:
        # In an order of their own, not that of a set: the same question is asked in the same way every time.
        self.names = {pattern: f"?{number}" for number, pattern in enumerate(sorted(chosen, key=str))}
        self.known: dict[Term, Term] = {}

    def question(self, question: Question) -> Question:
        return replace(
            question,
            left=self.term(question.left),
            right=self.term(question.right),
            conditions=tuple(map(self.condition, question.conditions)),
            hypotheses=tuple(replace(h, condition=self.compare(h.condition)) for h in question.hypotheses),
        )

    def condition(self, condition: Condition) -> Condition:
        return replace(
            condition,
            compare=self.compare(condition.compare),
            guards=tuple(map(self.compare, condition.guards)),
        )

    def compare(self, compare: Compare) -> Compare:
        return Compare(compare.relation, self.term(compare.left), self.term(compare.right))

    def term(self, node: Term) -> Term:
        known = self.known.get(node)
        if known is None:
            name = self.names.get(_pattern(node))
            known = rebuild(node, self.term) if name is None else Entry(name, free_indices(node))
            self.known[node] = known
        return known
