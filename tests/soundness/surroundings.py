"""What a claim is put into: a guard that small numbers do not pass, large sizes, a page instead of a text.

A fault of the kernel that shows only where `x > 4^10`, or from seven positions on, is not seen at small points; nor is
a fault of the reader of pages by texts. Nothing here changes whether a claim is true.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from mpmath import mp

from derive.problem.declarations import declarations
from derive.terms import (
    ONE,
    ZERO,
    Big,
    Compare,
    Entry,
    Number,
    Power,
    Relation,
    Size,
    Term,
    UnknownValue,
    Variable,
    Where,
    free_indices,
    multiply,
    own_indices,
    walk,
)
from derive.writing.boxes import show
from derive.writing.latex import to_latex, when_box
from tests.soundness.problems import Made, told_in
from tests.soundness.settings import Values

GUARDED, LARGE = 0.15, 0.08
FAR = ("1000", "4^10", "10^6", "37", "10^9", "255/2")
MANY = (5, 6, 7, 8)


def surrounded(made: Made, rng: random.Random) -> Made:
    """Return the claim, some of the time under a guard or at large sizes."""
    if rng.random() < GUARDED:
        made = guarded(made, rng)
    if rng.random() < LARGE:
        made = at_large_sizes(made, rng)
    return made


def guarded(made: Made, rng: random.Random) -> Made:
    """Return the claim where an entry lies beyond a number, as a factor of every side or with another branch."""
    entries = [one for one in _entries(made) if _reaches_far(made.context.variables[one.name])]
    if not entries:
        return made
    entry = rng.choice(entries)
    variable = made.context.variables[entry.name]
    downwards = not variable.bounds and rng.random() < 0.4
    number = rng.choice(FAR)
    value = _value(number)
    beyond = (
        Compare(Relation.LESS, entry, _typed(number, -1))
        if downwards
        else Compare(Relation.GREATER, entry, _typed(number, 1))
    )
    other = ZERO if rng.random() < 0.6 else Number(Fraction(rng.randint(1, 9)))
    as_factor = other == ZERO and rng.random() < 0.6

    def under(side: Term) -> Term:
        return multiply(side, Where(beyond, ONE, ZERO)) if as_factor else Where(beyond, side, other)

    def repair(
        values: Values, _: Mapping[str, int], places: Mapping[str, int], source: random.Random
    ) -> None:
        if source.random() < 0.7:
            at = tuple(i.name if isinstance(i.name, int) else places[i.name] for i in entry.indices)
            far = mp.mpf(value.numerator) / value.denominator + mp.mpf(source.randint(1, 8)) / 4
            values[entry.name, at] = -far if downwards else far

    setting = replace(made.setting, repairs=[*made.setting.repairs, repair])
    sides = tuple(map(under, made.sides))
    return replace(made, setting=setting, sides=sides, features=made.features | {"guard"})


def _entries(made: Made) -> list[Entry]:
    """Return entries of declared arrays at indices that are free on every side, and declared scalars."""
    common = set.intersection(*({i for i in free_indices(s) if i in told_in(s)} for s in made.sides))
    letters = [*common, *made.context.labels.values()]
    found: list[Entry] = []
    for v in made.context.variables.values():
        if not v.dims:
            found.append(Entry(v.name))
        elif len(v.dims) == 1:
            found += [Entry(v.name, (i,)) for i in sorted(letters, key=str) if i.dim == v.dims[0]]
    return found


def _reaches_far(variable: Variable) -> bool:
    return variable.kind == "real" and all(b.relation in (">", ">=", "!=") for b in variable.bounds)


def _typed(number: str, sign: int) -> Term:
    base, _, exponent = number.partition("^")
    power = (
        Number(Fraction(base)) if not exponent else Power(Number(Fraction(base)), Number(Fraction(exponent)))
    )
    return power if sign > 0 else multiply(Number(Fraction(-1)), power)


def _value(number: str) -> Fraction:
    base, _, exponent = number.partition("^")
    return Fraction(base) ** int(exponent or 1)


def at_large_sizes(made: Made, rng: random.Random) -> Made:
    """Return the claim from a large size on, one of those that are free."""
    free = [s for s in made.context.sizes.values() if s.fixed is None]
    most = max((len(v.dims) for v in made.context.variables.values()), default=0)
    if not free or most > 2:
        return made
    chosen = rng.choice(free)
    sizes = {**made.context.sizes, chosen.name: Size(chosen.name, minimum=rng.choice(MANY))}
    setting = replace(made.setting, context=replace(made.context, sizes=sizes))
    return replace(made, setting=setting, features=made.features | {"large size"})


def page_of(made: Made) -> str:
    """Return the claim as a page: declarations in a block, the equation as a display."""
    chain = " = ".join(map(to_latex, made.sides))
    block = "\n".join(declarations(made.context))
    return (
        f"A page.\n\n```derive\n{block}\n```\n\nIt says that\n\n$$ {chain} {show(when_box(made.when))} $$\n"
    )


def fits_a_page(made: Made) -> bool:
    """Return whether a page tells it as a text does.

    A display whose left side is a name alone would define it, and an index that stands twice, and on no other
    side, might be summed over. Arrays without a name, partial derivatives and labels of samples are not read there.
    """
    if any(_not_on_pages(one) for side in made.sides for one in walk(side)):
        return False
    same = len({frozenset(free_indices(side)) for side in made.sides}) == 1
    return same and not isinstance(made.sides[0], Entry)


def _not_on_pages(one: Term) -> bool:
    if (isinstance(one, UnknownValue) and one.partials) or any(index.at for index in own_indices(one)):
        return True
    return isinstance(one, Big) and one.operation == "array" and not isinstance(one.body, Entry)


__all__ = ["fits_a_page", "page_of", "surrounded"]
