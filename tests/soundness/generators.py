"""The generators of claims: true ones by valid rewriting in different ways; false ones by damage and aimed at rules."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from derive.terms import (
    Context,
    Definition,
    Delta,
    Derivative,
    Entry,
    Index,
    IndexRelation,
    Term,
    Variable,
    add,
    free_indices,
    multiply,
    negate,
    rename,
    total,
    walk,
)
from tests.soundness.aimed import AIMED, AIMED_AT_ARRAYS, BESIDE, BESIDE_ARRAYS
from tests.soundness.array_maker import ArrayMaker
from tests.soundness.by_hand import DERIVATIVES, NoRuleError, slope
from tests.soundness.damage import ARRAY_DAMAGES, DAMAGES, damaged
from tests.soundness.maker import Maker
from tests.soundness.problems import Generator, Made, only_used
from tests.soundness.rewriting import Here, Rule, by_hypothesis, replaced_by_fact, rewritten
from tests.soundness.rules_algebra import ALGEBRA
from tests.soundness.rules_arrays import ARRAYS, narrowed
from tests.soundness.rules_sums import SUMS
from tests.soundness.settings import Setting, array_setting, random_setting
from tests.soundness.shapes import mentions
from tests.soundness.suppositions import suppose
from tests.soundness.whole_claims import by_whole_damage, by_whole_gradient, by_whole_rewriting

RULES: tuple[Rule, ...] = (*ALGEBRA, *SUMS)
WITH_D: tuple[Rule, ...] = (*RULES, *DERIVATIVES)
WITH_FACTS: tuple[Rule, ...] = (*RULES, *(by_hypothesis, replaced_by_fact) * 6)
OF_ARRAYS: tuple[Rule, ...] = ARRAYS * 4


class Start:
    """A random setting with what makes and rewrites terms in it."""

    def __init__(
        self, rng: random.Random, arrays: bool, hypotheses: bool = False, kinks: float = 0.3
    ) -> None:
        self.rng = rng
        self.arrays = arrays
        self.setting = array_setting(rng) if arrays else random_setting(rng)
        if hypotheses:
            suppose(self.setting, rng)
        self.kinks = rng.random() < kinks
        self.maker = self.new_maker()

    def new_maker(self) -> Maker:
        """Return what makes terms in the context as it is now."""
        return (ArrayMaker if self.arrays else Maker)(self.rng, self.context, self.kinks)

    def rewritten(self, side: Term, rules: tuple[Rule, ...], times: int) -> tuple[Term, list[str]]:
        """Return a side rewritten at random places, with the names of the rules that were applied."""
        return rewritten(side, self.here(), (*rules, *OF_ARRAYS) if self.arrays else rules, times)

    @property
    def context(self) -> Context:
        return self.setting.context

    def define(self) -> None:
        """Add one or two definitions: an array or a scalar, of what is declared, labels included."""
        names = ["p", "phi"][: self.rng.choice((1, 1, 2))]
        for name in names:
            dims = tuple(
                self.rng.choice(list(self.context.sizes)) for _ in range(self.rng.choice((0, 1, 1, 1)))
            )
            parameters = tuple(Index(letter, dim) for letter, dim in zip("ij", dims, strict=False))
            scope = (*self.context.labels.values(), *parameters)
            make = self.maker.positive if self.rng.random() < 0.5 else self.maker.real
            body = make(self.rng.choice((1, 2)), scope)
            definition = Definition(name, parameters, body)
            context = replace(self.context, definitions={**self.context.definitions, name: definition})
            self.setting.context = context
            self.maker = self.new_maker()

    def here(self) -> Here:
        """Return the place of a whole side."""
        facts = tuple(self.setting.facts)
        return Here(self.rng, self.context, self.maker, facts, self.setting.letters)

    def term(self, depth: int | None = None) -> Term:
        """Return a random term."""
        chosen = depth or self.rng.choice((2, 2, 3, 3, 4))
        scope = self.rng.sample(self.setting.letters, self.rng.randint(1, len(self.setting.letters)))
        return self.maker.real(chosen, tuple(scope))

    def variable(self, term: Term) -> Entry | None:
        """Return an entry of a declared array that a term depends on."""
        names = [n for n in self.context.variables if mentions(term, n, self.context)]
        if not names:
            return None
        name = self.rng.choice(names)
        entry = self.maker.entry(self.setting.letters, name)
        return entry if isinstance(entry, Entry) else None

    def made(
        self, *sides: Term, rules: list[str], when: tuple[IndexRelation, ...] = (), kind: str = ""
    ) -> Made:
        """Return the sides as a claim, without declarations that it does not use."""
        setting = trimmed(self.setting, sides)
        return Made(setting, sides, when, None, kind, frozenset(f"rule {r}" for r in rules))


def trimmed(setting: Setting, sides: tuple[Term, ...]) -> Setting:
    """Return the setting without what the sides do not use."""
    return replace(setting, context=only_used(setting.context, sides))


def by_rewriting(rng: random.Random, arrays: bool = False) -> Made | None:
    """A random term, and the same rewritten a few times."""
    start = Start(rng, arrays)
    if rng.random() < 0.3:
        start.define()
    left = start.term()
    right, rules = start.rewritten(left, RULES, rng.randint(1, 6))
    if arrays and rng.random() < 0.5:
        right, more = narrowed(right, start.here())
        rules += more
    return start.made(left, right, rules=rules) if rules else None


def by_facts(rng: random.Random, arrays: bool = False) -> Made | None:
    """The same, with hypotheses and what simplex and one-hot say."""
    start = Start(rng, arrays, hypotheses=True)
    left = start.term()
    right, rules = start.rewritten(left, WITH_FACTS, rng.randint(2, 6))
    return start.made(left, right, rules=rules) if rules else None


def by_derivative(rng: random.Random, arrays: bool = False) -> Made | None:
    """A derivative, and what the textbook says it is, rewritten."""
    start = Start(rng, arrays, hypotheses=rng.random() < 0.25, kinks=0.25)
    if rng.random() < 0.3:
        start.define()
    body = start.term()
    by = start.variable(body)
    if by is None:
        return None
    left = Derivative(body, (by,))
    try:
        right = slope(body, by, start.context, rng)
    except NoRuleError:
        return None
    right, rules = start.rewritten(right, RULES, rng.randint(0, 4))
    return start.made(left, right, rules=rules)


def by_second_derivative(rng: random.Random, arrays: bool = False) -> Made | None:
    """A second derivative, taken by hand twice."""
    start = Start(rng, arrays, hypotheses=rng.random() < 0.15, kinks=0.1)
    body = start.term(rng.choice((1, 2, 2, 3)))
    first, second = start.variable(body), start.variable(body)
    if first is None or second is None:
        return None
    left = Derivative(body, (first, second))
    if rng.random() < 0.3:
        left = Derivative(Derivative(body, (first,)), (second,))
    try:
        inner = slope(body, first, start.context, rng)
        right = slope(inner, second, start.context, rng)
    except NoRuleError:
        return None
    right, rules = start.rewritten(right, RULES, rng.randint(0, 2))
    return start.made(left, right, rules=rules)


def by_rules_of_d(rng: random.Random, arrays: bool = False) -> Made | None:
    """A term with derivatives in it, rewritten by the rules that move a D about."""
    start = Start(rng, arrays, hypotheses=rng.random() < 0.2, kinks=0.15)
    body = start.term(rng.choice((2, 2, 3)))
    by = start.variable(body)
    if by is None:
        return None
    left: Term = Derivative(body, (by,))
    if rng.random() < 0.4:
        left = multiply(start.term(1), left)
    if rng.random() < 0.25:
        own = [i for i in by.indices if isinstance(i.name, str) and not i.at]
        letter = next((i for i in own if i.name not in start.context.labels), None)
        left = total(left, letter) if letter is not None else left
    right, rules = start.rewritten(left, WITH_D, rng.randint(1, 4))
    return start.made(left, right, rules=rules) if rules else None


def by_defined_name(rng: random.Random, arrays: bool = False) -> Made | None:
    """The chain rule through a defined array on which a scalar depends, and directly on the variable as well."""
    start = Start(rng, arrays, hypotheses=rng.random() < 0.2, kinks=0.1)
    context = start.context
    base = rng.choice([v for v in context.variables.values() if len(v.dims) <= 1])
    dim = rng.choice(list(context.sizes))
    i, k = Index("i", dim), Index("o", dim)  # no letter of `by` is called o
    labels = tuple(context.labels.values())
    middle = start.maker.real(rng.choice((1, 2)), (*labels, i))
    if not mentions(middle, base.name, context):
        middle = multiply(middle, start.maker.entry((i,), base.name))
    p = Definition("p", (i,), middle)
    context = replace(context, definitions={"p": p})
    start.setting.context = context
    start.maker = start.new_maker()
    j = Index("j", dim)
    outer = total(start.maker.real(1, (*labels, j)), j)
    at = rng.choice((j, *[t for t in labels if t.dim == dim], j))
    dependence = start.maker.real(1, (*labels, j))
    if not mentions(dependence, "p", context):
        dependence = multiply(dependence, Entry("p", (at,)))
    inner = total(dependence, j)
    direct = start.maker.real(1, labels)
    body = rng.choice((add(inner, direct), multiply(inner, direct), inner, add(inner, outer)))
    if any(i for i in free_indices(body) if i not in labels):
        return None
    e = Definition("E", (), body)
    context = replace(context, definitions={"p": p, "E": e})
    start.setting.context = context
    start.maker = start.new_maker()
    by = start.maker.entry(start.setting.letters, base.name)
    if not isinstance(by, Entry):
        return None
    q = Entry("p", (k,))
    held = replace(context, variables={**context.variables}, definitions={})
    try:
        # With p held, p is an array of its own: its entries are those of a declared one.
        alone = replace(held, variables={**held.variables, "p": Variable("p", (dim,))})
        by_p = slope(body, q, alone, rng)
        by_variable = slope(body, by, alone, rng)
        by_middle = slope(Entry("p", (k,)), by, replace(context, definitions={"p": p}), rng)
    except NoRuleError:
        return None
    if not mentions(body, "p", alone):
        return None
    letter = Index(next(c for c in ("l", "r", "g", "w") if c not in {i.name for i in free_indices(by)}), dim)
    kind = rng.randrange(4)
    if kind == 0:
        left: Term = Derivative(Entry("E"), (q,))
        right = by_p
    elif kind == 1:  # the chain rule with D by the name, and the direct dependence by hand
        left = Derivative(Entry("E"), (by,))
        parts = multiply(
            Derivative(Entry("E"), (Entry("p", (letter,)),)), Derivative(Entry("p", (letter,)), (by,))
        )
        right = add(total(parts, letter), by_variable)
    elif kind == 2:
        left = Derivative(Entry("E"), (by,))
        right = add(total(rename(multiply(by_p, by_middle), {k: letter}), letter), by_variable)
    else:
        left = add(Derivative(Entry("E"), (by,)), negate(by_variable))
        right = total(multiply(rename(by_p, {k: letter}), Derivative(Entry("p", (letter,)), (by,))), letter)
    right, rules = start.rewritten(right, RULES, rng.randint(0, 3))
    return start.made(left, right, rules=rules)


def by_pattern(rng: random.Random, arrays: bool = False) -> Made | None:
    """A claim for equal or different indices: one letter in place of the other, or a delta between them gone."""
    start = Start(rng, arrays)
    letters = list(start.setting.letters)
    pairs = [(a, b) for a in letters for b in letters if a != b and a.dim == b.dim]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    left = start.term()
    if not {a, b} <= set(free_indices(left)):
        left = add(left, multiply(start.maker.entry((a,)), start.maker.entry((b,))))
    if not {a, b} <= set(free_indices(left)):
        return None
    if rng.random() < 0.6:
        right = rename(left, {a: b}) if rng.random() < 0.7 or a.name in start.context.labels else left
        when = (IndexRelation(a, b, True),)
        if b in free_indices(right) and a not in free_indices(right):
            right, rules = start.rewritten(right, RULES, rng.randint(0, 4))
            return start.made(left, right, rules=rules, when=when)
    extra = multiply(Delta(a, b), start.term(1))
    right, rules = start.rewritten(left, RULES, rng.randint(0, 4))
    right = add(right, extra)
    return start.made(left, right, rules=rules, when=(IndexRelation(a, b, False),))


def by_chain(rng: random.Random, arrays: bool = False) -> Made | None:
    """A chain of three or four sides, each rewritten from the one before."""
    start = Start(rng, arrays, hypotheses=rng.random() < 0.3)
    if rng.random() < 0.3:
        start.define()
    sides = [start.term(rng.choice((1, 2, 2, 3)))]
    if rng.random() < 0.4:
        by = start.variable(sides[0])
        if by is not None:
            sides = [Derivative(sides[0], (by,))]
            try:
                sides.append(slope(sides[0].body, by, start.context, rng))  # type: ignore[attr-defined]
            except NoRuleError:
                return None
    rules: list[str] = []
    rule_set = WITH_FACTS if start.setting.facts else RULES
    while len(sides) < 3 or (len(sides) == 3 and rng.random() < 0.3):
        new, more = start.rewritten(sides[-1], rule_set, rng.randint(1, 3))
        if not more:
            return None
        sides.append(new)
        rules += more
    return start.made(*sides, rules=rules)


REWRITTEN: dict[str, tuple[float, Callable[..., Made | None]]] = {
    "rewriting": (24, by_rewriting),
    "facts": (18, by_facts),
    "derivative": (20, by_derivative),
    "second derivative": (8, by_second_derivative),
    "rules of D": (10, by_rules_of_d),
    "defined name": (8, by_defined_name),
    "pattern": (7, by_pattern),
    "chain": (5, by_chain),
}
TRUE_ARRAYS: dict[str, tuple[float, Generator]] = {
    **{f"arrays, {name}": (weight, partial(make, arrays=True)) for name, (weight, make) in REWRITTEN.items()},
    "whole arrays": (25, by_whole_rewriting),
    "whole gradients": (25, by_whole_gradient),
    **{name: (6, make) for name, make in BESIDE_ARRAYS.items()},
}
TRUE: dict[str, tuple[float, Generator]] = {
    **REWRITTEN,
    **{name: (4, make) for name, make in BESIDE.items()},
}


def by_damage(rng: random.Random, arrays: bool = False) -> Made | None:
    """A true claim with one side damaged in one place."""
    kinds = {k: v for k, v in TRUE_ARRAYS.items() if not k.startswith("whole")} if arrays else TRUE
    name = rng.choices(list(kinds), [weight for weight, _ in kinds.values()])[0]
    made = kinds[name][1](rng)
    if not isinstance(made, Made):
        return None
    place = rng.randrange(1, len(made.sides))
    maker = (ArrayMaker if arrays else Maker)(rng, made.context, kinks=True)
    facts = tuple(made.setting.facts)
    here = Here(rng, made.context, maker, facts, made.setting.letters)
    new, how = damaged(made.sides[place], here, ARRAY_DAMAGES if arrays else DAMAGES)
    if new is None:
        return None
    # In a chain all sides before the damaged one stay, and those after it lead on from it: only one link is false.
    sides = (*made.sides[:place], new)
    features = made.features | {f"damage {how}"}
    return replace(made, sides=sides, wrong=place - 1, kind=f"damaged {name}", features=features)


FALSE: dict[str, tuple[float, Generator]] = {
    "damaged": (50, by_damage),
    **{f"aimed {name}": (50 / len(AIMED), make) for name, make in AIMED.items()},
}
FALSE_ARRAYS: dict[str, tuple[float, Generator]] = {
    "damaged arrays": (40, partial(by_damage, arrays=True)),
    "damaged whole arrays": (25, by_whole_damage),
    **{f"aimed {name}": (35 / len(AIMED_AT_ARRAYS), make) for name, make in AIMED_AT_ARRAYS.items()},
}

__all__ = ["FALSE", "FALSE_ARRAYS", "TRUE", "TRUE_ARRAYS", "walk"]
