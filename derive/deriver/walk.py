"""The deriver: walks the definitions from the loss back to the variable, as a person does, and writes lines.

It is a search and is not trusted: every line it writes is proved by the kernel before it exists, and one that
is refused is left out, so that the next line has to follow from the one before.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace

from derive.deriver.alike import alike
from derive.deriver.finish import SUMS, Finisher, ordered
from derive.deriver.letters import Letters, mentioned
from derive.deriver.matching import Rewrite, replace_all
from derive.deriver.monomials import with_one_number
from derive.deriver.patterns import decided
from derive.deriver.rules import advance, tidied
from derive.deriver.shapes import cost, width
from derive.deriver.steps import Derivation, Step, prove_step
from derive.errors import LimitError
from derive.kernel.differentiation import resolve
from derive.limits import deadline
from derive.terms import (
    Add,
    Big,
    Binder,
    Context,
    Definition,
    Delta,
    Derivative,
    Entry,
    Hypothesis,
    Index,
    IndexRelation,
    Term,
    add,
    arrays,
    children,
    depends,
    free_indices,
    has_derivative,
    instantiate,
    multiply,
    rebuild,
    same,
    unfold,
    walk,
)

MAX_PASSES = 25
MAX_TRIES = 6  # shapes sent to the kernel before the line is left as it is
MOST_TERMS = 60  # a product that would have more of them is left as it is
NEARLY = 0.5  # by so much what was had by writing names may be longer than a sum
MUCH = 0.9  # times as long is shorter by so much that it matters


class Deriver:
    """One derivation in one context. Lemmas are derived once each, and used at any indices.

    With `prove` off it only looks for the result: no line is proved, and none is kept.
    """

    def __init__(self, context: Context, *, prove: bool = True) -> None:
        self.context = context
        self.letters = Letters(context)
        self.finisher = Finisher(context, self.letters)
        self.prove = prove
        self.steps: list[Step] = []
        self.lemmas: dict[tuple[str, str], Rewrite] = {}
        self.totals: set[str] = set()
        self.reserved: frozenset[str] = frozenset()

    # ---------------------------------------------------------------- lines

    def line(self, rule: str, before: Term, after: Term, note: str = "") -> Term:
        """Add a proved line and return where it leads; where it was before if the kernel refuses it."""
        deadline.check()
        if same(before, after):
            return before
        after = with_one_number(self.letters.apart(after))
        if not self.prove:
            return after
        step = prove_step(rule, before, after, self.context, note=note, continues=self._continues(before))
        if step is None:
            return before
        self.steps.append(step)
        return after

    def _continues(self, before: Term) -> bool:
        return bool(self.steps) and not self.steps[-1].when and self.steps[-1].after == before

    # ---------------------------------------------------------------- walking

    def run(self, goal: Term, target: Term | None = None) -> Derivation:
        """Return the derivation of a term: its derivatives taken, and what is left brought into a short form."""
        self.reserved = frozenset(str(i.name) for i in mentioned(goal))
        result = self.reach(goal, target)
        return Derivation(goal, tuple(self.steps), result)

    def reach(self, goal: Term, target: Term | None = None) -> Term:
        """Return the result of a term with derivatives in it."""
        if isinstance(goal, Derivative):
            return self.derivative(goal, target)
        rewrites = []
        for part in _outermost(goal):
            result = self.derivative(part)
            rewrites.append(Rewrite(part, result))
        current = self.line("substitute", goal, replace_all(goal, rewrites)) if rewrites else goal
        return self.finish(current, target)

    def derivative(self, goal: Derivative, target: Term | None = None) -> Term:
        """Return the result of one derivative, by one variable or several in turn."""
        *first, by = goal.variables
        if first:
            once = Derivative(goal.body, tuple(first))
            inner = self._where_free(by).derivative(once)
            self._keep(once, inner)
            current = self.line("differentiate the gradient", goal, self._slope_of(inner, by))
            current = self._resolved(goal) if current is goal else self.by_rules(current)
        else:
            current = self.first(goal)
        head = goal.body if isinstance(goal.body, Entry) else None
        prefer = head.indices[0] if head is not None and head.indices else None
        return self.finish(current, target, prefer)

    def _where_free(self, by: Entry) -> Deriver:
        """Return the deriver for what is still to be differentiated by an entry: no hypothesis holds around a point."""
        context = _where_free(self.context, by.name)
        if context == self.context:
            return self
        other = Deriver(self.context, prove=self.prove)
        other.letters, other.steps, other.reserved = self.letters, self.steps, self.reserved
        other.finisher = Finisher(context, self.letters)
        return other

    def _slope_of(self, node: Term, by: Entry) -> Derivative:
        outside = self.reserved | {str(i.name) for i in by.indices}
        return Derivative(self.letters.relabel(node, outside), (by,))

    def first(self, goal: Derivative) -> Term:
        """Return the derivative by one variable, in the terms that the chain rule or the rules leave."""
        (by,) = goal.variables
        between = self.intermediate(goal.body, by)
        if between:
            return self.through(goal, between)
        current: Term = goal
        if (
            isinstance(goal.body, Entry)
            and goal.body.name in self.context.definitions
            and goal.body.name != by.name
        ):
            body = instantiate(self.context.definitions[goal.body.name], goal.body.indices)
            current = self.line("definition", goal, self._slope_of(body, by))
            if current is goal:
                return self._resolved(goal)
        return self.by_rules(current)

    def through(self, goal: Derivative, between: list[Definition]) -> Term:
        """Return the chain rule's sum over what stands between the body and the variable, factors substituted."""
        (by,) = goal.variables
        taken = {str(i.name) for i in (*free_indices(goal), *by.indices)}
        parts, factors = [], []
        for definition in between:
            indices = tuple(self.letters.fresh(i.dim, taken) for i in definition.parameters)
            middle = Entry(definition.name, indices)
            left, right = Derivative(goal.body, (middle,)), Derivative(middle, (by,))
            factors += [left, right]
            product = multiply(left, right)
            parts.append(Big("sum", tuple(map(Binder, indices)), product) if indices else product)
        chained = add(*parts)
        current = self.line("chain rule", goal, chained)
        if current is goal:
            return self._resolved(goal)
        rewrites = [Rewrite(factor, self._factor(factor)) for factor in factors]
        return self.line("substitute", current, _replace_open(current, rewrites))

    def _factor(self, factor: Derivative) -> Term:
        """Return one factor of the chain rule, as a lemma where it is the derivative of a defined array."""
        if isinstance(factor.body, Entry) and factor.body.indices:
            return self._lemma(factor)
        return self.derivative(factor)

    def by_rules(self, current: Term) -> Term:
        """Return the term after the rules of differentiation, one pass a line, lemmas put in at the end."""
        for _ in range(MAX_PASSES):
            names, after = advance(current, self._is_leaf, self.context, self.letters)
            if not names:
                break
            done = self.line(", ".join(names), current, after)
            if done is current:
                return self._resolved(current)
            current = done
        else:
            return self._resolved(current)  # too many rules one inside the other to be told one by one
        leaves = list(dict.fromkeys(_outermost(current)))
        if not leaves:
            return current
        rewrites = [Rewrite(leaf, self._lemma(leaf)) for leaf in leaves]
        return self.line("substitute", current, _replace_open(current, rewrites))

    def _is_leaf(self, node: Derivative) -> bool:
        """Return whether a derivative is that of a defined entry, which is derived by itself: not by that array."""
        body, own = node.body, {variable.name for variable in node.variables}
        return isinstance(body, Entry) and body.name in self.context.definitions and body.name not in own

    def _resolved(self, node: Term) -> Term:
        """Return the term differentiated in one go: the coarse line, where the fine ones were refused."""
        return self.line("differentiate", node, self.letters.relabel(resolve(node, self.context)))

    def _lemma(self, node: Derivative) -> Term:
        """Return the derivative of a defined entry at any indices, derived once at letters of its own."""
        (by,) = node.variables
        body = node.body
        assert isinstance(body, Entry)  # noqa: S101 - leaves are entries; this is for the type checker
        known = self.lemmas.get((body.name, by.name))
        if known is None:
            generic = self._generic(body, by)
            steps = len(self.steps)
            result = self.derivative(generic)
            local = frozenset(i for e in (generic.body, by) for i in free_indices(e))
            known = Rewrite(generic, result, local | frozenset(generic.variables[0].indices))
            self.lemmas[(body.name, by.name)] = known
            self._cases(generic, result, steps)
        done = known.apply(node)
        return done if done is not None else self.derivative(node)

    def _keep(self, goal: Derivative, result: Term) -> None:
        """Keep a first derivative that is differentiated again as a lemma, if its letters may stand for any others."""
        body, *by = (goal.body, *goal.variables)
        if not isinstance(body, Entry) or len(by) != 1 or has_derivative(result):
            return
        indices = (*body.indices, *by[0].indices)
        free = {i for i in indices if isinstance(i.name, str) and i not in self.context.labels.values()}
        if len(free) == len(indices):
            self.lemmas.setdefault((body.name, by[0].name), Rewrite(goal, result, frozenset(indices)))

    def _generic(self, body: Entry, by: Entry) -> Derivative:
        """Return the derivative at different letters: those given where they are letters and differ."""
        labels = {str(i.name) for i in self.context.labels.values()}
        taken = {str(i.name) for i in by.indices} | labels
        # Letters that the definition binds inside would have to give way to the new ones.
        bodies = walk(self.context.definitions[body.name].body)
        taken |= {str(b.index.name) for part in bodies if isinstance(part, Big) for b in part.binders}
        seen: set[Index] = set(by.indices)
        indices = []
        for index in body.indices:
            usable = isinstance(index.name, str) and index not in seen and str(index.name) not in taken
            letter = index if usable and len(str(index.name)) == 1 else self.letters.fresh(index.dim, taken)
            taken.add(str(letter.name))
            seen.add(letter)
            indices.append(letter)
        return Derivative(Entry(body.name, tuple(indices)), (by,))

    def _cases(self, goal: Derivative, result: Term, first: int) -> None:
        """Add the cases of a delta, i = j and i != j, as lines before the short form that holds them both."""
        deltas = list(dict.fromkeys(part for part in walk(result) if isinstance(part, Delta)))
        free = set(free_indices(goal))
        if not self.prove or len(deltas) != 1 or not {deltas[0].left, deltas[0].right} <= free:
            return
        if len(self.steps) == first:
            return
        delta = deltas[0]
        for equal in (True, False):
            when = (IndexRelation(delta.left, delta.right, equal),)
            value = decided(result, when)
            for shape in self._shapes(value, None):
                step = prove_step(f"the case {when[0]}", goal, shape, self.context, when=when)
                if step is not None:
                    self.steps.append(step)
                    break

    # ---------------------------------------------------------------- intermediate variables

    def intermediate(self, body: Term, by: Entry) -> list[Definition]:
        """Return the defined arrays through which alone a body depends on the variable; none if it does otherwise.

        A body that meets them only at fixed entries needs no sum over all; then the rules do.
        """
        definitions = self.context.definitions
        if isinstance(body, Entry) and body.name in definitions:
            body = instantiate(definitions[body.name], body.indices)
        entries = [part for part in walk(body) if isinstance(part, Entry)]
        names = dict.fromkeys(e.name for e in entries if depends(e, by.name, self.context.definitions))
        if not names or by.name in names or any(name not in definitions for name in names):
            return []
        free = set(free_indices(body))
        bound = any(e.name in names and not set(e.indices) <= free for e in entries)
        inner = [
            n
            for n in names
            if not any(m != n and depends(Entry(n), m, self._without(n).definitions) for m in names)
        ]
        if not bound or any(depends(definitions[n].body, m, definitions) for n in names for m in names):
            return []
        return [definitions[name] for name in inner]

    def _without(self, name: str) -> Context:
        return replace(
            self.context, definitions={n: d for n, d in self.context.definitions.items() if n != name}
        )

    # ---------------------------------------------------------------- finishing

    def finish(self, current: Term, target: Term | None, prefer: Index | None = None) -> Term:
        """Return the shortest proved form that is found, lines to it added; the target, if it is one."""
        if has_derivative(current):
            return current
        with contextlib.suppress(LimitError):  # what is reached by then stands
            current = self._lines(current, target, prefer)
        if target is not None and not has_derivative(target):
            return self.line("as claimed", current, target)
        return current

    def _lines(self, current: Term, target: Term | None, prefer: Index | None) -> Term:
        goal = target if target is not None and not has_derivative(target) else None
        if goal is not None and alike(current, goal):
            return current
        wide = width(current) > MOST_TERMS
        # They take long, and a goal may do without.
        shapes = self._shapes(current, prefer) if goal is None and not wide else []
        end = goal if goal is not None else next(iter(shapes), None)
        if alike(current, end):
            return current
        light = list(self.finisher.light(current))
        short = goal is None and end is not None and _as_short(light, end)
        if wide or short or alike(light[-1][1], end):
            return self._follow(current, light, None)
        after = self._follow(current, self.finisher.lines(current), end)
        if goal is not None and alike(after, goal):
            return after
        after = self._follow(after, self.finisher.folded(after), None)
        if goal is not None:
            claimed = self.line("as claimed", after, goal)
            if claimed is not after:
                return claimed
            shapes = self._shapes(current, prefer)
        return self._collected(after, shapes, cost(current))

    def _follow(self, current: Term, lines: Iterable[tuple[str, Term]], end: Term | None) -> Term:
        """Add lines one after the other, until one leads where they shall end, and return where they lead."""
        reached = current  # what a line would have led to that was left out as all but the same
        for rule, after in lines:
            if alike(current, end):
                return current
            if rule == SUMS and self._totals(reached) and reached is current:
                return after
            reached = after
            if not alike(after, current):
                reached = current = self.line(rule, current, after)
        return current

    def _collected(self, current: Term, shapes: list[Term], begun: float) -> Term:
        """Return the shortest shape that is proved, or the term itself if it is as short."""
        shortest = min([*map(cost, shapes), begun])
        for shape in shapes:
            if cost(shape) > cost(current) + 1e-9 or (
                alike(shape, current) and cost(current) <= shortest + 0.01
            ):
                break
            after = self.line("collect", current, shape)
            if after is not current:
                return after
        return current

    def _totals(self, node: Term) -> bool:
        """Derive from the definition what the entries of an array sum to; tell whether that is all there is to do."""
        for whole, value in list(self.finisher.totals(node)):
            if str(whole) in self.totals:
                continue
            self.totals.add(str(whole))
            body = unfold(whole, self.context.definitions)
            after = self.line("definition", whole, self.letters.relabel(body, self.reserved))
            if self.line("take factors out of the sum, cancel", after, value) is value and whole == node:
                return True
        return False

    def _shapes(self, node: Term, prefer: Index | None) -> list[Term]:
        found: list[Term] = []
        with contextlib.suppress(LimitError):  # those that were found by then stand
            found.extend(itertools.islice(self.finisher.shortest(node, prefer), MAX_TRIES))
        return found


def _where_free(context: Context, name: str) -> Context:
    """Return the context without what restricts an array that is varied, so that what is proved may be differentiated.

    What restricts any array may restrict a defined one.
    """
    variable = context.variables.get(name)
    if variable is None:
        kept: tuple[Hypothesis, ...] = ()
    else:
        kept = tuple(h for h in context.hypotheses if name not in _arrays_of(h, context))
    variables = dict(context.variables)
    if variable is not None and variable.kind != "real":
        variables[name] = replace(variable, kind="real")
    return replace(context, variables=variables, hypotheses=kept)


def _arrays_of(hypothesis: Hypothesis, context: Context) -> set[str]:
    sides = (hypothesis.condition.left, hypothesis.condition.right)
    return {name for side in sides for name in arrays(unfold(side, context.definitions))}


def _as_short(light: list[tuple[str, Term]], shortest: Term) -> bool:
    """Tell whether lines that multiply nothing out lead to what will do as well as the shortest form found."""
    last = light[-1][1]
    if any(isinstance(part, Big) and _unsifted(part) for part in walk(last)):
        return False
    if len(light) == 1:  # no name was written
        return cost(last) < MUCH * cost(shortest)
    return cost(last) < cost(shortest) + (NEARLY if isinstance(shortest, Add) else 0.0)


def _unsifted(node: Big) -> bool:
    bound = {b.index for b in node.binders}
    return any(isinstance(part, Delta) and {part.left, part.right} & bound for part in walk(node.body))


def _outermost(node: Term) -> Iterator[Derivative]:
    """Yield the outermost derivatives of a term."""
    if isinstance(node, Derivative):
        yield node
    else:
        for child in children(node):
            yield from _outermost(child)


def _replace_open(node: Term, rewrites: list[Rewrite]) -> Term:
    """Return the term with exactly these parts replaced; their bound indices are those of the sums around them."""
    table = {rewrite.pattern: rewrite.replacement for rewrite in rewrites}

    def visit(one: Term) -> Term:
        return ordered(table[one]) if one in table else rebuild(one, visit)

    return tidied(visit(node))
