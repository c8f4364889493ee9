"""Derivations at concrete sizes: sums written out term by term, gradients and Jacobians as matrices.

Every entry of a matrix is a proved step of its own; the search for short entries is not trusted.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from operator import attrgetter

from derive.deriver.algebra import Knowledge
from derive.deriver.known import from_hypotheses, normalised_arrays, together
from derive.deriver.matching import Rewrite
from derive.deriver.rules import tidied
from derive.deriver.shapes import Shapes, cost
from derive.deriver.steps import Step, prove_step, shown
from derive.deriver.walk import Deriver
from derive.errors import LimitError
from derive.report.message import Matrix
from derive.report.results import StepShown, Verdict
from derive.terms import (
    ONE,
    Big,
    Binder,
    Context,
    Definition,
    Derivative,
    Entry,
    Index,
    Term,
    add,
    free_indices,
    has_derivative,
    negate,
    rebuild,
    rename,
    walk,
)
from derive.terms.expansion import expand

MAX_ENTRIES = 36
MAX_SIZE = 8


def is_explicit(goal: Term, context: Context) -> bool:
    """Tell whether a goal is a derivative that can be written out: all sizes are concrete and small."""
    sizes = [size.fixed for size in context.sizes.values()]
    if not sizes or not isinstance(goal, Derivative) or any(one is None or one > MAX_SIZE for one in sizes):
        return False
    indices = {i for i in _indices(goal) if isinstance(i.name, str)}
    entries = 1
    for index in indices:
        entries *= context.sizes[index.dim].fixed or 1
    return entries <= MAX_ENTRIES and len(indices) <= 2 and not set(context.labels.values()) & indices


def written_out(goal: Derivative, context: Context) -> tuple[StepShown, ...]:
    """Return the derivation of a derivative at concrete sizes, as it is shown; empty if it is not found.

    First the definitions with their sums written out, then the factors of the chain rule as matrices, then
    the first entry in full, then the gradient or Jacobian.
    """
    try:
        return tuple(_Explicit(context).lines(goal))
    except LimitError:
        return ()


class _Explicit:
    def __init__(self, context: Context) -> None:
        self.context = context
        self.sizes = {size.name: size.fixed for size in context.sizes.values() if size.fixed is not None}
        symbolic = {name: replace(size, fixed=None) for name, size in context.sizes.items()}
        self.symbolic = replace(context, sizes=symbolic)
        self.results: dict[Derivative, Term] = {}
        self.entries: dict[Derivative, Term] = {}
        self.known = together(from_hypotheses(context), normalised_arrays(self.symbolic))

    # ---------------------------------------------------------------- lines

    def lines(self, goal: Derivative) -> Iterator[StepShown]:
        yield from self._definitions(goal)
        between = (
            Deriver(self.symbolic, prove=False).intermediate(goal.body, goal.variables[0])
            if len(goal.variables) == 1
            else []
        )
        if len(between) == 1 and len(between[0].parameters) == 1:
            yield from self._chain(goal, between[0])
        yield from self._matrix(goal)

    def _definitions(self, goal: Derivative) -> Iterator[StepShown]:
        """Yield the definitions that the goal rests on, their sums written out."""
        for definition in self._below(goal.body):
            head = Entry(definition.name, definition.parameters)
            step = self._proved("write out the sum", head, tidied(expand(definition.body, self.sizes)))
            if step is not None and any(isinstance(part, Big) for part in walk(definition.body)):
                yield shown(step)

    def _below(self, body: Term) -> list[Definition]:
        found: dict[str, Definition] = {}
        todo = [body]
        while todo:
            for part in walk(todo.pop(0)):
                if (
                    isinstance(part, Entry)
                    and part.name in self.context.definitions
                    and part.name not in found
                ):
                    found[part.name] = self.context.definitions[part.name]
                    todo.append(found[part.name].body)
        return list(found.values())

    def _chain(self, goal: Derivative, middle: Definition) -> Iterator[StepShown]:
        """Yield the chain rule written out, its factors as matrices, and the first entry of the result in full."""
        (by,) = goal.variables
        (parameter,) = middle.parameters
        taken = {i.name for i in _indices(goal)}
        letter = next(x for x in "jklm" if x not in taken)
        entry = Entry(middle.name, (Index(letter, parameter.dim),))
        outer, inner = Derivative(goal.body, (entry,)), Derivative(entry, (by,))
        yield from self._matrix(outer)
        yield from self._matrix(inner)
        first = {i: Index(1, i.dim) for i in _indices(goal) if isinstance(i.name, str)}
        head = _at(goal, first)
        chained = expand(rename(Big("sum", (Binder(entry.indices[0]),), outer * inner), first), self.sizes)
        step = self._proved("chain rule", head, chained)
        if step is None:
            return
        yield shown(step)
        factors = {part: self._entry(part) for part in walk(chained) if isinstance(part, Derivative)}
        substituted = tidied(_replaced(chained, factors))
        after = self._proved("substitute", chained, substituted)
        if after is not None:
            yield shown(replace(after, continues=True))
            result = self._entry(head)
            last = self._proved("collect", substituted, result)
            if last is not None and result != substituted:
                yield shown(replace(last, continues=True))

    def _matrix(self, goal: Derivative) -> Iterator[StepShown]:
        """Yield a gradient as a column, or a Jacobian or Hessian as a matrix, rows by the first free index."""
        free = [i for i in dict.fromkeys(_indices(goal)) if isinstance(i.name, str)]
        ranges = [range(1, self.sizes[i.dim] + 1) for i in free]
        steps: list[Step] = []
        for places in itertools.product(*ranges):
            at = {i: Index(k, i.dim) for i, k in zip(free, places, strict=True)}
            head = _at(goal, at)
            step = self._proved("differentiate", head, self._entry(head))
            if step is None:
                return
            steps.append(step)
        if not free:
            yield from map(shown, steps)
            return
        columns = len(ranges[1]) if len(free) > 1 else 1
        rows = [steps[k : k + columns] for k in range(0, len(steps), columns)]
        yield _matrix_shown(goal, rows)

    # ---------------------------------------------------------------- entries

    def _entry(self, head: Derivative) -> Term:
        """Return a short form of a derivative at positions, proved wherever one is found."""
        if head not in self.entries:
            self.entries[head] = self._shortest(head)
        return self.entries[head]

    def _shortest(self, head: Derivative) -> Term:
        generic, at = self._generic(head)
        if generic not in self.results:
            self.results[generic] = Deriver(self.symbolic, prove=False).run(generic).result
        result = self.results[generic]
        if has_derivative(result):
            raise LimitError("no closed form was found")
        plain = expand(rename(result, at), self.sizes)
        kept = {i.name for i in _indices(head) if isinstance(i.name, int)}
        candidates = [
            *Shapes(self.known).ranked(plain)[:2],
            *Shapes(self._eliminating(kept)).ranked(plain)[:2],
        ]
        for shape in sorted(candidates, key=cost):
            if self._proved("differentiate", head, shape) is not None:
                return shape
        return plain

    def _generic(self, head: Derivative) -> tuple[Derivative, dict[Index, Index]]:
        """Return the derivative at letters, a different one for each slot, and the positions they stand for."""
        back: dict[Index, Index] = {}

        def letter(index: Index) -> Index:
            if isinstance(index.name, str):
                return index
            new = Index("ijklmabdhq"[len(back)], index.dim)
            back[new] = index
            return new

        by = tuple(replace(v, indices=tuple(map(letter, v.indices))) for v in head.variables)
        body = head.body
        if isinstance(body, Entry):
            body = replace(body, indices=tuple(map(letter, body.indices)))
        return Derivative(body, by), back

    def _eliminating(self, kept: set[int]) -> Knowledge:
        """Return what is known, and for each array that sums to 1 one entry written through the others.

        The entry that goes is not one of those that the result is about.
        """
        rewrites = list(self.known.rewrites)
        for rewrite in self.known.rewrites:
            match rewrite.pattern:
                case Big("sum", (binder,), Entry(name, indices)) if indices == (binder.index,):
                    dim = binder.index.dim
                    size = self.sizes[dim]
                    gone = next((k for k in range(size, 0, -1) if k not in kept), None)
                    if gone is None or rewrite.replacement != ONE:
                        continue
                    others = [Entry(name, (Index(k, dim),)) for k in range(1, size + 1) if k != gone]
                    rest = add(rewrite.replacement, *map(negate, others))
                    rewrites.append(Rewrite(Entry(name, (Index(gone, dim),)), rest))
        return Knowledge(tuple(rewrites), self.known.onehot)

    def _proved(self, rule: str, before: Term, after: Term) -> Step | None:
        return prove_step(rule, before, after, self.context) if before != after else None


def _indices(node: Derivative) -> tuple[Index, ...]:
    """Return the free indices of a derivative, those of its variables among them."""
    return tuple(dict.fromkeys((*free_indices(node.body), *(i for v in node.variables for i in v.indices))))


def _at(goal: Derivative, places: Mapping[Index, Index]) -> Derivative:
    """Return a derivative at positions."""
    placed = rename(goal, places)
    assert isinstance(placed, Derivative)  # noqa: S101 - renaming keeps the kind; this is for the type checker
    return placed


def _replaced(node: Term, table: Mapping[Derivative, Term]) -> Term:
    if isinstance(node, Derivative) and node in table:
        return table[node]
    return rebuild(node, lambda child: _replaced(child, table))


def _matrix_shown(goal: Derivative, rows: list[list[Step]]) -> StepShown:
    """Return proved entries as one matrix."""
    lines = [shown(step) for row in rows for step in row]
    matrix = Matrix(tuple(tuple(step.after for step in row) for row in rows))
    used, where = (
        tuple(dict.fromkeys(one for line in lines for one in kind(line)))
        for kind in (attrgetter("hypotheses"), attrgetter("conditions"))
    )
    rule = "Jacobian" if len(rows[0]) > 1 else "gradient"
    return StepShown(rule, goal, matrix, (), used, Verdict.PROVED, where)
