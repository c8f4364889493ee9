"""What a part of a line would have to be multiplied by, or what be added to it, read off numbers at a few points.

It only proposes: a factor that fits the numbers is still to be proved to be right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

from derive.diagnosis.candidate import Mistake, parts, sentence, with_part
from derive.diagnosis.line import scaled
from derive.diagnosis.rows import Vocabulary
from derive.diagnosis.screen import Screen
from derive.terms import (
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Apply,
    Equation,
    Multiply,
    Number,
    Power,
    SizeNumber,
    Term,
    Where,
    add,
    divide,
    free_indices,
    multiply,
    walk,
)

LARGEST = 1000  # numerator and denominator of a constant that is proposed
SMALL = 12  # where a power of a size stands beside it
MAX_POOL = 80
CLOSE = 1e-7

Put = Callable[[Term], Term]


def multiples(equation: Equation, scope: Vocabulary, screen: Screen) -> Iterator[Mistake]:
    """Yield the line with a part of it multiplied by what makes it right at all the points that are looked at."""
    pool = _pool(equation, scope)
    right = equation.right
    for site, put in _linear_places(right):
        needed = _needed(equation, put, screen)
        if needed is None:
            continue
        where = () if site == right else (site,)
        constant = _constant(needed)
        factors = (
            _powers_of_sizes(equation, put, screen, constant)
            if constant is not None
            else _fitting(needed, pool, equation, screen)
        )
        for factor in factors:
            yield _factor(factor, site, put, where)


def differences(equation: Equation, scope: Vocabulary, screen: Screen) -> Iterator[Mistake]:
    """Yield the line with a term put to it that makes it right at all the points that are looked at."""
    lacking = _values(equation.left, equation, screen), _values(equation.right, equation, screen)
    if None in lacking:
        return
    left, right = (one or [] for one in lacking)
    needed = [a - b for a, b in zip(left, right, strict=True)]
    constant = _constant(needed)
    number = None if constant is None else _rational(constant, LARGEST)
    if number is not None:
        found: list[Term] = [Number(number)]
    else:
        pool = _pool(equation, scope)
        found = list(_fitting(needed, pool, equation, screen))
        found += [-one for one in _fitting([-one for one in needed], pool, equation, screen)]
    for term in found:
        yield Mistake("term lost", sentence("the term {} is missing", term), add(equation.right, term))


def _factor(factor: Term, site: Term, put: Put, where: tuple[Term, ...]) -> Mistake:
    """Return the mistake of which a factor, or 1 over one, is taken back."""
    of = " of {}" * len(where)
    number = factor.value if isinstance(factor, Number) else None
    mixed = isinstance(factor, Multiply) and isinstance(factor.factors[0], Number)
    if mixed or (number is not None and abs(number.numerator) != 1 and number.denominator != 1):
        said = sentence(f"the factor {{}}{of} is missing", factor, *where)
        return Mistake("wrong constant factor", said, put(scaled(site, factor, 1)[0]))
    inverse = _inverse(factor)
    changed, gone = scaled(site, factor, 1) if inverse is None else scaled(site, inverse, -1)
    if gone or inverse is not None:
        added = divide(ONE, factor) if inverse is None else inverse
        return Mistake(
            "factor added", sentence(f"a factor {{}}{of} is too much", added, *where), put(changed)
        )
    return Mistake("factor lost", sentence(f"a factor {{}}{of} is missing", factor, *where), put(changed))


def _inverse(factor: Term) -> Term | None:
    """Return what a factor divides by, if it is written as 1/x."""
    match factor:
        case Number(value) if abs(value) < 1 and value:
            return Number(1 / value)
        case Power(base, exponent) if exponent == MINUS_ONE:
            return base
        case _:
            return None


# places and what they need


def _linear_places(node: Term) -> Iterator[tuple[Term, Put]]:
    """Yield the parts in which a line is linear: itself, its summands, the cases it chooses from."""
    yield node, lambda new: new
    numbers: Sequence[int] = ()
    match node:
        case Add(terms):
            numbers = range(len(terms))
        case Where():
            numbers = (2, 3)
        case Multiply(factors):
            numbers = [k for k, one in enumerate(factors) if isinstance(one, Add | Where)]
    for number in numbers:
        for site, put in _linear_places(parts(node)[number]):
            if not (isinstance(node, Multiply) and site == parts(node)[number]) and not isinstance(
                site, Number
            ):
                yield site, lambda new, put=put, number=number: with_part(node, number, put(new))  # type: ignore[misc]


def _needed(equation: Equation, put: Put, screen: Screen) -> list[float] | None:
    """Return what a part has to be multiplied by at each point, no number where it does not count."""
    without = _values(put(ZERO), equation, screen)
    left, right = (_values(side, equation, screen) for side in (equation.left, equation.right))
    if without is None or left is None or right is None:
        return None
    found = [
        (a - c) / (b - c) if abs(b - c) > CLOSE else math.nan if abs(a - c) < CLOSE else math.inf
        for a, b, c in zip(left, right, without, strict=True)
    ]
    counted = [one for one in found if not math.isnan(one)]
    return found if len(counted) > 1 and all(map(math.isfinite, counted)) else None


def _values(node: Term, equation: Equation, screen: Screen) -> list[float] | None:
    return screen.values_of(node, equation)


# what fits


def _constant(needed: list[float]) -> float | None:
    counted = [one for one in needed if not math.isnan(one)]
    if not counted:
        return None
    return counted[0] if all(_close(one, counted[0]) for one in counted) else None


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= CLOSE * (1 + abs(one) + abs(other))


def _rational(value: float, most: int) -> Fraction | None:
    found = Fraction(value).limit_denominator(most)
    return found if _close(float(found), value) and found and abs(found.numerator) <= most else None


def _fitting(needed: list[float], pool: list[Term], equation: Equation, screen: Screen) -> Iterator[Term]:
    for one in pool:
        values = screen.values_of(one, equation)
        if values is not None and all(
            math.isnan(a) or _close(a, b) for a, b in zip(needed, values, strict=True)
        ):
            yield one


def _powers_of_sizes(equation: Equation, put: Put, screen: Screen, constant: float) -> Iterator[Term]:
    """Yield the constants that a factor may be: a number, or a number and sizes, told apart at other sizes."""
    context = screen.context
    free = [name for name, size in context.sizes.items() if size.fixed is None]
    if not free:
        number = _rational(constant, LARGEST)
        if number is not None and number != 1:
            yield Number(number)
        return
    other = {name: screen.sizes[name] + 1 + k for k, name in enumerate(free)}
    again = _needed(equation, put, Screen(equation, context.with_sizes(other)))
    further = None if again is None else _constant(again)
    if further is None:
        return
    for scale in (ONE, *_scales(free)):
        here, there = (constant / _at(scale, screen.sizes), further / _at(scale, {**screen.sizes, **other}))
        number = _rational(here, LARGEST if scale == ONE else SMALL)
        if number is not None and _close(here, there) and (scale != ONE or number != 1):
            yield (
                scale if number == 1 else Number(number) if scale == ONE else multiply(Number(number), scale)
            )


def _scales(names: list[str]) -> list[Term]:
    sizes: list[Term] = [SizeNumber(name) for name in names]
    found = [*sizes, *(one**2 for one in sizes), *(one - 1 for one in sizes)]
    found += [a * b for k, a in enumerate(sizes) for b in sizes[k + 1 :]]
    ratios = [divide(a, b) for a in sizes for b in sizes if a != b]
    ratios += [made for one in sizes for made in (divide(one, one - 1), divide(one - 1, one), one + 1)]
    return [*found, *(Power(one, MINUS_ONE) for one in found), *ratios]


def _at(node: Term, sizes: Mapping[str, int]) -> float:
    match node:
        case Number(value):
            return float(value)
        case SizeNumber(name):
            return float(sizes[name])
        case Add(terms):
            return sum(_at(one, sizes) for one in terms)
        case Multiply(factors):
            return math.prod(_at(one, sizes) for one in factors)
        case Power(base, exponent):
            below = _at(base, sizes)
            return float(below ** _at(exponent, sizes)) if below else math.nan
        case _:
            return math.nan


def _pool(equation: Equation, scope: Vocabulary) -> list[Term]:
    """Return the simple terms that a factor may be: entries in force, 1 - e, e(1 - e), functions used, and inverses."""
    allowed = frozenset(
        (*free_indices(equation.left), *free_indices(equation.right), *scope.context.labels.values())
    )
    entries = dict.fromkeys(one for one in scope.entries if allowed.issuperset(one.indices))
    functions = [
        one
        for side in (equation.left, equation.right, *(d.body for d in scope.context.definitions.values()))
        for one in walk(side)
        if isinstance(one, Apply) and allowed.issuperset(free_indices(one))
    ]
    plain: list[Term] = [*entries, *(one**2 for one in entries), *dict.fromkeys(functions)]
    plain += [made for one in entries for made in (1 - one, one * (1 - one), 1 - one**2)]
    found = dict.fromkeys(made for one in plain for made in (one, Power(one, MINUS_ONE)))
    return list(found)[:MAX_POOL]
