"""The last lines of a derivation: cancel, distribute, sift the delta, use a hypothesis, fold, collect.

Yields candidate lines; whoever takes them has each proved by the kernel, and drops what it refuses.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from fractions import Fraction

from derive.deriver.algebra import Arithmetic
from derive.deriver.folding import Fold, folds
from derive.deriver.known import from_hypotheses, normalised_arrays, together
from derive.deriver.letters import Letters
from derive.deriver.matching import Rewrite, replace_all
from derive.deriver.monomials import fraction_of
from derive.deriver.shapes import Shapes, cost
from derive.errors import LimitError
from derive.terms import (
    ONE,
    ZERO,
    Add,
    Big,
    Context,
    Delta,
    Derivative,
    Entry,
    Index,
    Multiply,
    Number,
    Power,
    Term,
    depends,
    multiply,
    negate,
    rebuild,
    rename,
    same,
    unfold,
    walk,
)

MAX_FOLDS = 6
MOST_WRITTEN = 3
MAX_STARTS = 3
MOST_TO_UNFOLD = 60.0
SUMS = "sum of the entries"


class Finisher:
    """Knows a context's hypotheses and definitions, and finds short forms under them."""

    def __init__(self, context: Context, letters: Letters) -> None:
        self.context = context
        self.letters = letters
        hypotheses, self.arrays = from_hypotheses(context), normalised_arrays(context)
        self.plain = Shapes()
        self.given = Shapes(hypotheses)
        self.all = Shapes(together(hypotheses, self.arrays))
        self.folds = folds(context)

    def totals(self, node: Term) -> Iterator[tuple[Big, Term]]:
        """Yield the sums in a term that run over all entries of a defined array and come to a number."""
        for part in dict.fromkeys(walk(node)):
            for rewrite in self.arrays.rewrites:
                value = rewrite.apply(part)
                if value is not None and isinstance(part, Big):
                    yield part, value

    # ---------------------------------------------------------------- lines

    def lines(self, node: Term, prefer: Index | None = None) -> Iterator[tuple[str, Term]]:
        """Yield rules and the lines they lead to, each from the one before, down to a term without brackets."""
        current = cancelled(node)
        yield "cancel", current
        whole = Arithmetic(sift=False).term(current)
        yield "distribute", self._shown(whole)
        sifted = self.plain.algebra.term(whole)
        yield (
            ("sift the delta" if "delta(" in str(whole) else "take factors out of the sum"),
            self._shown(sifted),
        )
        known = self.given.algebra.term(sifted)
        yield "use the hypotheses", self._shown(known)
        used = self.all.algebra.term(known)
        if not same(used, known):
            yield SUMS, self._shown(used)

    def _shown(self, node: Term) -> Term:
        return self.letters.relabel(node)

    def light(self, node: Term) -> Iterator[tuple[str, Term]]:
        """Yield the lines that multiply nothing out: write names where definitions stand, sift deltas, cancel."""
        for definition in reversed(list(self.context.definitions.values())):
            name = Entry(definition.name, definition.parameters)
            rewrite = Rewrite(definition.body, name, frozenset(definition.parameters))
            done = replace_all(node, (rewrite,))
            if cost(done) < cost(node):
                yield f"write {definition.name} for its definition", (node := done)
        done = sifted(node)
        yield "cancel" if done == node else "sift the delta", cancelled(ordered(done))

    def folded(self, node: Term) -> Iterator[tuple[str, Term]]:
        """Yield the term with definitions read backwards, where that makes it shorter."""
        for fold in self._relevant(node):
            try:
                done = fold.apply(node)
            except LimitError:
                continue
            if done is not None and cost(done) < cost(node):
                yield f"write {fold.name} for its definition", self._shown(done)
                node = done

    def written_short(self, node: Term) -> Iterator[Term]:
        """Yield a term as it is with readable letters, then with definitions read backwards."""
        yield self._shown(node)
        yield from itertools.islice(self.shortest(node), MOST_WRITTEN)

    def _relevant(self, node: Term) -> list[Fold]:
        return [fold for fold in self.folds if not depends(node, fold.name, self.context.definitions)][
            :MAX_FOLDS
        ]

    def shortest(self, node: Term, prefer: Index | None = None) -> Iterator[Term]:
        """Yield shapes of a derivative-free term, the shortest first, hypotheses used and definitions folded."""
        found: dict[Term, float] = {}
        starts = list(dict.fromkeys(self._starts(node)))
        # Each start costs some thirty shapes; those that are long already will not end shortest.
        for start in sorted(starts, key=cost)[:MAX_STARTS]:
            for place, shape in enumerate(self.all.ranked(start, prefer)[:4]):
                found.setdefault(self._shown(shape), cost(shape) + 0.001 * place)
        yield from sorted(found, key=found.__getitem__)

    def _starts(self, node: Term) -> Iterator[Term]:
        """Yield the term multiplied out, then with each definition read backwards, alone and one after another."""
        yield self.all.algebra.term(node)
        folded = list(self._folded_starts(node))
        yield from folded
        if folded and cost(folded[-1]) < MOST_TO_UNFOLD:
            yield from self._folded_starts(unfold(node, self.context.definitions))

    def _folded_starts(self, start: Term) -> Iterator[Term]:
        current: Term | None = None
        for fold in self.folds[:MAX_FOLDS]:
            with contextlib.suppress(LimitError):  # a fold that grows too large is no way to a short form
                alone = fold.apply(start)
                after = fold.apply(current) if current is not None else None
                if alone is not None:
                    yield alone
                    current = current or alone
                if after is not None:
                    current = after
                    yield after


def cancelled(node: Term) -> Term:
    """Return the term with equal factors above and below the line cancelled, brackets kept as they are."""
    if isinstance(node, Derivative):
        return node
    inner = rebuild(node, cancelled)
    match inner:
        case Multiply():
            return _cancel_product(inner)
        case Add(terms) if ZERO in terms:
            kept = [t for t in terms if t != ZERO]
            return kept[0] if len(kept) == 1 else Add(tuple(kept)) if kept else ZERO
        case Power(base, Number(value)) if value == 1:
            return base
        case Big("sum", binders, Multiply(factors)) if (
            isinstance(factors[0], Number) and factors[0].value < 0
        ):
            # A number in front of everything under the sum stands better before it.
            return negate(Big("sum", binders, negate_product(factors)))
    return inner


def sifted(node: Term) -> Term:
    """Return the term with each sum over a product taken where a delta in it leaves one summand."""
    inner = rebuild(node, sifted)
    if not isinstance(inner, Big) or inner.operation != "sum" or any(b.excluded for b in inner.binders):
        return inner
    factors = inner.body.factors if isinstance(inner.body, Multiply) else (inner.body,)
    for binder in inner.binders:
        for place, delta in enumerate(factors):
            if (
                isinstance(delta, Delta)
                and binder.index in (delta.left, delta.right)
                and delta.left != delta.right
            ):
                other = delta.right if delta.left == binder.index else delta.left
                rest = rename(multiply(*factors[:place], *factors[place + 1 :]), {binder.index: other})
                binders = tuple(b for b in inner.binders if b is not binder)
                return sifted(Big("sum", binders, rest)) if binders else rest
    return inner


def ordered(node: Term) -> Term:
    """Return the term with the indices of its deltas in the order of the alphabet."""
    if isinstance(node, Delta):
        first, second = sorted((node.left, node.right), key=lambda i: (isinstance(i.name, int), str(i.name)))
        return Delta(first, second)
    return rebuild(node, ordered)


def negate_product(factors: tuple[Term, ...]) -> Term:
    """Return a product whose first factor is a negative number with that number's sign turned."""
    first = factors[0]
    assert isinstance(first, Number)  # noqa: S101 - the caller matched it; this is for the type checker
    rest = factors[1:] if first.value == -1 and len(factors) > 1 else (Number(-first.value), *factors[1:])
    return rest[0] if len(rest) == 1 else Multiply(rest)


def _cancel_product(node: Multiply) -> Term:
    number, powers = Fraction(1), dict[Term, Fraction]()
    flat: list[Term] = []
    for factor in node.factors:
        flat.extend(factor.factors if isinstance(factor, Multiply) else (factor,))
    for factor in flat:
        base, exponent = factor, Fraction(1)
        if isinstance(factor, Power) and isinstance(factor.exponent, Number):
            base, exponent = factor.base, factor.exponent.value
        inner = base.factors if isinstance(base, Multiply) and exponent.denominator == 1 else (base,)
        for one in inner:
            if isinstance(one, Number) and exponent.denominator == 1 and one.value:
                number *= one.value ** int(exponent)
            elif isinstance(one, Power) and isinstance(one.exponent, Number) and exponent.denominator == 1:
                powers[one.base] = powers.get(one.base, Fraction(0)) + exponent * one.exponent.value
            else:
                powers[one] = powers.get(one, Fraction(0)) + exponent
    if ZERO in powers:
        return ZERO
    kept = {a: e for a, e in powers.items() if e and a != ONE}
    above = [a if e == 1 else Power(a, Number(e)) for a, e in kept.items() if e > 0]
    below = [a if e == -1 else Power(a, Number(-e)) for a, e in kept.items() if e < 0]
    return fraction_of(number, above, below)
