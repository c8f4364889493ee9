"""The sizes at which a claim is looked at: the least ones of its scope, and those for which its conditions ask."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from derive.errors import LimitError
from derive.oracle import quantities as q
from derive.oracle.evaluator import Evaluator
from derive.oracle.ground import Program
from derive.oracle.guards import Comparison, Signs
from derive.oracle.patterns import ClaimRange
from derive.terms import Context, IndexPair, SizeNumber, Term, free_indices, names_of, reachable

MOST_SIZE = 6
LARGEST = 512
LARGEST_BEYOND = 64  # of a size beyond a number in an inequality
MOST_CHOICES = 4096
ENOUGH = 6
MOST_TOGETHER = 16  # combinations of branches of several comparisons of sizes
MOST_CHEAP = 24  # more sizes for a claim about sizes alone: a polynomial may be 0 at the first few

Sizes = dict[str, int]


class SizeConditions:
    """What the hypotheses say of sizes alone."""

    def __init__(self, scope: ClaimRange, context: Context) -> None:
        self.scope = scope
        self.context = context
        given = (hypothesis.condition for hypothesis in context.hypotheses)
        self.given = [one for one in given if _of_sizes((one.left, one.right), context)]

    def admit(self, sizes: Sizes) -> bool:
        """Return whether sizes certainly satisfy every such hypothesis."""
        return all(self.sign(one.left, one.right, sizes) in one.relation.signs for one in self.given)

    def sign(self, left: Term, right: Term, sizes: Sizes) -> int | None:
        """Return the sign of left minus right at some sizes, `None` if it has no value or cannot be told."""
        try:
            program = Program(self.context, sizes, {}, ())
            nodes = program.term(left, {}), program.term(right, {})
        except LimitError:
            return None
        with q.precision(q.USUAL):
            evaluator = Evaluator(program, {})
            one, other = (evaluator.value(node) for node in nodes)
            return None if one is None or other is None else q.compare(one, other)


def sizes_to_try(
    scope: ClaimRange,
    context: Context,
    comparisons: Iterable[Comparison],
    numbers: Iterable[Fraction],
    sides: tuple[Term, Term],
) -> list[Sizes]:
    """Return the choices of sizes, smallest first: unequal ones too, for different sizes vary by themselves.

    Where a comparison is of sizes alone, sizes for each of its branches are among them, of several comparisons for
    each combination too; and where the sides of the claim are, more than usual.
    """
    conditions = SizeConditions(scope, context)
    usual = list(_usual(scope, context))
    found = [sizes for sizes in usual if conditions.admit(sizes)]
    if len(found) < len(usual):
        others = (sizes for sizes in _choices(scope, context, numbers) if conditions.admit(sizes))
        more = [sizes for sizes in others if sizes not in found]
        found += more[: max(0, ENOUGH - len(found))]
    own = [one for one in comparisons if _of_sizes((one.left, one.right), context)]
    alone = [((one, branch),) for one in own for branch in one.branches]
    together = itertools.product(*([(one, branch) for branch in one.branches] for one in own))
    for taken in (*alone, *itertools.islice(together, MOST_TOGETHER if len(own) > 1 else 0)):

        def takes(sizes: Sizes, taken: tuple[tuple[Comparison, Signs], ...] = taken) -> bool:
            return all(conditions.sign(one.left, one.right, sizes) in branch for one, branch in taken)

        if not any(map(takes, found)):
            others = (sizes for sizes in _choices(scope, context, numbers) if conditions.admit(sizes))
            found += itertools.islice(filter(takes, others), 1)
    if _of_sizes(sides, context):
        left, right = sides
        others = (sizes for sizes in _choices(scope, context, numbers) if conditions.admit(sizes))
        new = (sizes for sizes in others if sizes not in found)
        found += itertools.islice(
            (one for one in new if conditions.sign(left, right, one) is not None), MOST_CHEAP
        )
    return found


def further_sizes(scope: ClaimRange, context: Context, numbers: Iterable[Fraction]) -> Iterator[Sizes]:
    """Yield larger sizes, for a claim that has no values at the usual ones: beyond the numbers that stand in it."""
    conditions = SizeConditions(scope, context)
    free = [name for name in scope.sizes if context.sizes[name].fixed is None]
    fixed = {name: context.sizes[name].fixed or scope.least[name] for name in scope.sizes}
    known = list(_usual(scope, context))
    for number in _near(numbers):
        for some in dict.fromkeys((tuple(free), *((name,) for name in free))):
            sizes = {name: max(least, number) if name in some else least for name, least in fixed.items()}
            if sizes not in known and conditions.admit(sizes):
                known.append(sizes)
                yield sizes


def beyond_numbers(scope: ClaimRange, context: Context, numbers: Iterable[Fraction]) -> Iterator[Sizes]:
    """Yield sizes just beyond numbers in the claim, for an inequality that may only fail from there on."""
    conditions = SizeConditions(scope, context)
    free = [name for name in scope.sizes if context.sizes[name].fixed is None]
    fixed = {name: context.sizes[name].fixed or scope.least[name] for name in scope.sizes}
    ends = sorted({int(abs(number)) + 1 for number in numbers if MOST_SIZE <= abs(number) < LARGEST_BEYOND})
    for end in (MOST_SIZE, *ends):
        sizes = {name: max(least, end) if name in free else least for name, least in fixed.items()}
        if free and conditions.admit(sizes):
            yield sizes


def least_admitted(scope: ClaimRange, context: Context) -> Sizes:
    """Return the least value of each free size below which the claim provably says nothing.

    A size alone is looked at, every value in turn: where index places are missing, or a hypothesis on it fails.
    """
    conditions = SizeConditions(scope, context)
    found = dict[str, int]()
    for name in scope.sizes:
        if context.sizes[name].fixed is not None:
            continue
        own = [one for one in conditions.given if _sizes_in((one.left, one.right), context) == {name}]
        below = scope.least[name]
        while below < LARGEST and not all(
            conditions.sign(one.left, one.right, {name: below}) in (*one.relation.signs, None) for one in own
        ):
            below += 1
        found[name] = below
    return found


def _usual(scope: ClaimRange, context: Context) -> Iterator[Sizes]:
    free = [name for name in scope.sizes if context.sizes[name].fixed is None]
    fixed = {name: size.fixed for name, size in context.sizes.items() if name in scope.sizes and size.fixed}
    for steps in _steps(len(free), scope.letters):
        choice = dict(fixed) | dict(zip(free, steps, strict=True))
        # The smallest choice of all ones becomes the least sizes, and so on.
        sizes = {n: k if n in fixed else scope.least[n] - 1 + k for n, k in choice.items()}
        if all(sizes[name] >= scope.least.get(name, 1) for name in sizes):
            yield {name: sizes[name] for name in scope.sizes}


def _steps(count: int, letters: int) -> list[tuple[int, ...]]:
    if count == 0:
        return [()]
    if count == 1:
        return [(k,) for k in range(1, max(4, min(letters, MOST_SIZE)) + 1)]
    if count == 2:
        return [(1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 2), (1, 3), (3, 1)]
    turning = [tuple(1 + (k + shift) % 3 for k in range(count)) for shift in range(3)]
    return [(1,) * count, (2,) * count, *turning]


def _choices(scope: ClaimRange, context: Context, numbers: Iterable[Fraction]) -> Iterator[Sizes]:
    """Yield choices of sizes up to a bound, those with the least total first: small ones, and beyond each number."""
    near = _near(numbers)
    each: list[Sequence[int]] = []
    for name in scope.sizes:
        fixed, least = context.sizes[name].fixed, scope.least[name]
        values = {least + step for step in range(8)} | {k for k in near if k >= least}
        each.append([fixed] if fixed is not None else sorted(values))
    for choice in sorted(itertools.islice(itertools.product(*each), MOST_CHOICES), key=sum):
        yield dict(zip(scope.sizes, choice, strict=True))


def _near(numbers: Iterable[Fraction]) -> list[int]:
    """Return sizes up to a bound, in order: small ones, doubled ones, and those about some numbers."""
    near = {int(abs(number)) + step for number in numbers if abs(number) < LARGEST for step in (-1, 0, 1, 2)}
    near |= {2**power for power in range(10)} | set(range(1, 9))
    return sorted(size for size in near if 1 <= size <= LARGEST)


def _of_sizes(sides: tuple[Term, ...], context: Context) -> bool:
    """Return whether sizes occur in some terms, and no index or array does."""
    if any(free_indices(side) for side in sides):
        return False
    parts = list(reachable(sides, context.definitions))
    if any(isinstance(part, IndexPair) for part in parts):
        return False  # written out, they take the square of the size and more
    names = (name for part in parts for name in names_of(part))
    return all(name in context.definitions for name in names) and bool(_sizes_in(sides, context))


def _sizes_in(sides: tuple[Term, ...], context: Context) -> set[str]:
    return {part.name for part in reachable(sides, context.definitions) if isinstance(part, SizeNumber)}
