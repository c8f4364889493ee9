"""False claims aimed at each rule that keeps the engine sound: templates with random parts, then rewritten validly.

R1 domain first, R2 index patterns and witnesses, R3 D before hypotheses, R4 binders and capture, R5 boundaries,
R6 values, R7 sizes, R8 hypotheses, R9 products, R10 functions outside of their domains, R12 finitely many values,
R13 hypotheses about sums that overlap. That each is false is confirmed by the third opinion. The last three have true
claims beside the false ones, of the same shape.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from derive.problem.problems import Claim
from derive.reading.text import read
from derive.terms import Index, Term, add, free_indices, multiply
from tests.soundness.aimed_arrays import AIMED_FAMILIES, TRUE_FAMILIES
from tests.soundness.aimed_contexts import r3, r4, r8
from tests.soundness.aimed_extended import finite_values, overlapping_sums, partial_functions, r10, r12, r13
from tests.soundness.aimed_terms import r1, r2, r5, r6, r7, r9
from tests.soundness.maker import Maker
from tests.soundness.problems import Made
from tests.soundness.rewriting import Here, rewritten
from tests.soundness.rules_algebra import ALGEBRA, f
from tests.soundness.rules_sums import SUMS
from tests.soundness.settings import Setting
from tests.soundness.templates import Parts, Template


def _made(template: Template, rng: random.Random, wrong: int | None = 0) -> Made | None:
    cases = f" when {template.when}" if template.when else ""
    text = f"{template.declared}\nclaim {template.left} = {template.right}{cases}\n"
    (problem,) = read(text)
    (item,) = problem.items
    if not isinstance(item, Claim):
        raise TypeError(f"{item}\n{text}")
    used = set(item.context.labels.values())
    letters = {i for side in item.sides for i in _free(side.term)} | used
    setting = Setting(item.context, tuple(sorted(letters, key=str)), list(template.repairs))
    maker = Maker(rng, item.context, kinks=False)
    here = Here(rng, item.context, maker, (), setting.letters)
    left, right = item.sides[0].term, item.sides[1].term
    left, right = _wrapped(left, right, here)
    rules: list[str] = []
    if template.rewrite and rng.random() < 0.7:
        left, first = rewritten(left, here, (*ALGEBRA, *SUMS), rng.randint(0, 2))
        right, second = rewritten(right, here, (*ALGEBRA, *SUMS), rng.randint(0, 3))
        rules = first + second
    if rng.random() < 0.3:
        left, right = right, left
    features = frozenset(f"rule {r}" for r in rules)
    return Made(setting, (left, right), item.when, wrong, "", features, template.hint)


def _free(side: Term) -> tuple[Index, ...]:
    return tuple(i for i in free_indices(side) if isinstance(i.name, str))


def _wrapped(left: Term, right: Term, here: Here) -> tuple[Term, Term]:
    """Put both sides in the same place of a larger formula, from which they can be recovered."""
    rng = here.rng
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        kind = rng.randrange(5)
        if kind == 0:
            other = here.maker.real(1, here.scope)
            left, right = add(left, other), add(right, other)
        elif kind == 1:
            other = here.maker.positive(1, here.scope)
            left, right = multiply(left, other), multiply(right, other)
        elif kind == 2:
            name = rng.choice(("tanh", "atan", "sinh"))
            left, right = f(name, left), f(name, right)
        elif kind == 3:
            other = here.maker.positive(1, here.scope)
            left, right = left / other, right / other
        else:
            number = here.maker.number()
            left, right = multiply(number, left), multiply(number, right)
    return left, right


def _generator(
    template: Callable[[Parts], Template], wrong: int | None
) -> Callable[[random.Random], Made | None]:
    return lambda rng: _made(template(Parts(rng)), rng, wrong)


AIMED = {
    one.__name__.upper(): _generator(one, 0) for one in (r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r12, r13)
}
BESIDE = {
    name: _generator(one, None)
    for name, one in {
        "partial functions": partial_functions,
        "finite values": finite_values,
        "overlapping sums": overlapping_sums,
    }.items()
}
AIMED_AT_ARRAYS = {name: _generator(one, 0) for name, one in AIMED_FAMILIES.items()}
BESIDE_ARRAYS = {name: _generator(one, None) for name, one in TRUE_FAMILIES.items()}

__all__ = ["AIMED", "AIMED_AT_ARRAYS", "BESIDE", "BESIDE_ARRAYS"]
