"""The forgeries notice a damaged engine: each damage here makes some claim of theirs come out otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from derive.errors import DeriveError
from derive.kernel import cases, decide, differentiation, goals, prover
from derive.kernel.normal_form import polynomials, powers, ring, sums
from derive.kernel.prover import Theorem, prove
from derive.kernel.signs import analysis, choices
from derive.reading.text import read
from derive.terms import Big, Compare, Derivative, Equation, Index, Term, rebuild, same

pytestmark = pytest.mark.long

HERE = Path(__file__).parent
Patch = pytest.MonkeyPatch


def surprises(*stems: str) -> tuple[int, int]:
    """Return how many false claims are proved, and how many true ones are not."""
    forged = missed = 0
    for file in (HERE / f"{stem}.drv" for stem in stems):
        for problem in read(file.read_text(encoding="utf-8")):
            for claim in problem.claims:
                try:
                    proof = prove(claim.equation, claim.context)
                except (DeriveError, RecursionError):
                    proof = None
                proved = isinstance(proof, Theorem)
                forged += proved and claim.expect is not None
                missed += not proved and claim.expect is None
    return forged, missed


def same_number_for_every_binder(patch: Patch) -> None:
    intern = ring.Ring.intern
    patch.setattr(
        ring.Ring,
        "intern",
        lambda self, kind, key, indices, level, **rest: intern(self, kind, key, indices, 0, **rest),
    )


def sifted_with_the_wrong_sign(patch: Patch) -> None:
    sift = sums._sift
    patch.setattr(sums, "_sift", lambda ring, *rest: ring.negate(sift(ring, *rest)))


def roots_of_squares_without_absolute_values(patch: Patch) -> None:
    patch.setattr(
        powers, "absolute_atom", lambda here, atom, exponent: here.poly(atom, polynomials.whole(exponent))
    )


def boundaries_forgotten(patch: Patch) -> None:
    needed = choices.NeedCasesError.__init__
    patch.setattr(
        choices.NeedCasesError,
        "__init__",
        lambda self, question, signs: needed(self, question, signs - {0}),
    )


def bound_indices_captured_by_D(patch: Patch) -> None:
    patch.setattr(differentiation, "open_binders", lambda node, taken: node)


def equal_indices_forgotten(patch: Patch) -> None:
    patterns = prover.by_pattern
    patch.setattr(prover, "by_pattern", lambda goal, pair: list(patterns(goal, pair))[1:])


def denominators_that_may_be_0(patch: Patch) -> None:
    patch.setattr(decide, "clears", lambda ring, poly, atom: True)


def hypotheses_of_the_claims_own_indices(patch: Patch) -> None:
    """A hypothesis about a label taken for one about every index."""
    installed = cases.Case._fact

    def fact(
        self: Any, compare: Compare, local: tuple[Index, ...], name: str | None, scope: object = None
    ) -> None:
        labels = tuple(self.context.labels.values()) if name else ()
        installed(self, compare, (*local, *labels), name)

    patch.setattr(cases.Case, "_fact", fact)


def hypotheses_before_D(patch: Patch) -> None:
    """The hypothesis' left side replaced by its right before anything is differentiated."""
    first = goals.Resolver.resolve

    def resolve(self: goals.Resolver, node: Term, *rest: Any) -> Term:
        def change(part: Term) -> Term:
            for hypothesis in self.context.hypotheses:
                if str(part) == str(hypothesis.condition.left) or _same_sum(part, hypothesis.condition.left):
                    return hypothesis.condition.right
            return _rebuilt(part, change)

        return first(self, change(node), *rest)

    patch.setattr(goals.Resolver, "resolve", resolve)


def _rebuilt(node: Term, change: Callable[[Term], Term]) -> Term:
    if isinstance(node, Derivative):
        return Derivative(change(node.body), node.variables)
    return rebuild(node, change)


def _same_sum(left: Term, right: Term) -> bool:
    return isinstance(left, Big) and isinstance(right, Big) and same(left, right)


def signs_of_longer_products(patch: Patch) -> None:
    """A fact about a product used for every product that holds it."""
    honest = analysis.sign_of_factors

    def sign(ring: ring.Ring, factors: Any) -> Any:
        factors = list(factors)
        for atoms, known in ring.facts.products:
            if atoms <= {atom for atom, _ in factors}:
                return known
        return honest(ring, factors)

    patch.setattr(analysis, "sign_of_factors", sign)


def when_forgotten(patch: Patch) -> None:
    asked = prover.goals_of

    def plainly(equation: Equation, *rest: Any, **how: Any) -> Any:
        return asked(Equation(equation.left, equation.right), *rest, **how)

    patch.setattr(prover, "goals_of", plainly)


DAMAGES: dict[Callable[[Patch], None], tuple[str, ...]] = {
    same_number_for_every_binder: ("r4_binders",),
    sifted_with_the_wrong_sign: ("r4_binders",),
    roots_of_squares_without_absolute_values: ("r1_domain_first",),
    boundaries_forgotten: ("r5_boundaries",),
    bound_indices_captured_by_D: ("r4_binders",),
    equal_indices_forgotten: ("r3_ambient", "r4_binders", "r8_hypotheses"),
    denominators_that_may_be_0: ("guarded_denominators",),
    hypotheses_of_the_claims_own_indices: ("r8_hypotheses",),
    hypotheses_before_D: ("r3_ambient",),
    signs_of_longer_products: ("r8_hypotheses",),
    when_forgotten: ("r5_boundaries", "r8_hypotheses", "r7_sizes"),
}
FORGES = frozenset(DAMAGES) - {sifted_with_the_wrong_sign, when_forgotten}
"""Damages by which something false is proved; by the others something true is missed."""


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damage_is_noticed(damage: Callable[[Patch], None], monkeypatch: Patch) -> None:
    assert surprises(*DAMAGES[damage]) == (0, 0)
    damage(monkeypatch)
    forged, missed = surprises(*DAMAGES[damage])
    assert forged if damage in FORGES else missed
