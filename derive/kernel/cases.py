"""One run of a proof: facts and rewrites installed, both sides brought to normal form, the difference decided."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from flint import fmpq

from derive.errors import LimitError
from derive.kernel.decide import by_multiples, residual
from derive.kernel.domain import Condition
from derive.kernel.goal import LOCAL, Goal, transitive
from derive.kernel.hypotheses import declare, equation
from derive.kernel.inequalities.certificates import holds
from derive.kernel.inverses import ranks
from derive.kernel.multiples import PolynomialEquation
from derive.kernel.normal_form.back import as_term
from derive.kernel.normal_form.matrices import contractions
from derive.kernel.normal_form.polynomials import (
    BOUND,
    FRESH,
    LETTER,
    POSITION,
    Atom,
    AtomKey,
    Exponent,
    Idx,
    Poly,
    Sign,
    as_constant,
    number_power,
)
from derive.kernel.normal_form.powers import AbsAtom, PowerRing
from derive.kernel.normal_form.symbols import (
    DeltaAtom,
    EntryAtom,
    NeedPatternError,
    index_of,
    place,
    size,
)
from derive.kernel.normal_form.text import poly_text
from derive.kernel.normal_form.translate import Translator
from derive.kernel.signs.analysis import assume, sign_of, sign_of_atom, sign_of_factors
from derive.kernel.signs.choices import Choices, NeedCasesError
from derive.kernel.signs.conditions import (
    choose_factor,
    choose_sign,
    indicator,
    inside,
    recheck,
)
from derive.kernel.signs.facts import NONNEGATIVE, NONPOSITIVE, ZERO_SIGN, EmptyCaseError, Guarded
from derive.terms import (
    Compare,
    Context,
    Delta,
    Hypothesis,
    Index,
    Number,
    Relation,
    Term,
    free_indices,
    rename,
)

MAX_ROUNDS = 6
MAX_SIGN_CASES = 40
MAX_REDUCTIONS = 3
MAX_FACTORED = 12
CANNOT = (NeedPatternError, LimitError)  # what a case without a decision ends with


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found: proved, or what is left over, or how to split the goal and ask again."""

    proved: bool
    left_over: str = ""
    reason: str = ""
    used: set[str] = field(default_factory=set)
    split: tuple[AtomKey, Sign] | None = None
    pattern: tuple[Index, Index] | None = None
    conditions_kept: bool = False  # whether the goal with `by_values` is another one


@dataclass(slots=True)
class _Equation:
    """An equation among the hypotheses, its own indices as universal ones, and the polynomials that it was seen as."""

    hypothesis: Hypothesis
    scope: dict[Index, Idx]
    polys: list[Poly]


class Case:
    """A goal under a list of chosen signs, for the comparisons that need one."""

    def __init__(self, goal: Goal, context: Context, choices: Iterable[tuple[AtomKey, int]] = ()) -> None:
        self.goal, self.context = goal, context
        self.ring = ring = PowerRing()
        ring.choices = Choices(choices, by_values=goal.by_values)
        self.translator = Translator(ring)
        ring.facts.different = {frozenset(map(place, pair)) for pair in goal.different if len(pair) == 2}
        ring.facts.before = frozenset((place(a), place(b)) for a, b in transitive(goal.order))
        self.equations: list[_Equation] = []
        self.factored: list[Poly] = []  # those whose factors are among the splits already
        self.splits: list[tuple[Atom, ...]] = []  # factors of products that hypotheses say are 0
        sides = (*free_indices(goal.left), *free_indices(goal.right))
        conditions = [i for c in goal.conditions for i in free_indices(c.compare)]
        self.present = tuple(dict.fromkeys((*sides, *conditions, *context.labels.values())))

    def run(self) -> Outcome:
        """Decide the goal in this case."""
        try:
            return self._run()
        except EmptyCaseError:
            return Outcome(True)
        except NeedCasesError as need:
            return Outcome(False, split=(need.question, need.signs))
        except NeedPatternError as need:
            if any(i[0] in (BOUND, FRESH) for i in need.pair):
                return Outcome(False, reason="it depends on whether bound indices are equal")
            left, right = map(index_of, need.pair)
            if left.at and right.at:
                return Outcome(False, reason=f"it depends on whether {left} and {right} are equal")
            return Outcome(False, pattern=(left, right))
        except (LimitError, RecursionError) as error:
            reason = str(error) if isinstance(error, LimitError) else "it is nested too deeply"
            return Outcome(False, reason=reason)

    def _run(self) -> Outcome:
        ring, goal = self.ring, self.goal
        self.install()
        undecided = self._take_conditions()
        recheck(ring)
        rest: Poly = {}
        for _ in range(MAX_ROUNDS):
            self._contract_inverses()
            known = len(ring.rewrites.atoms)
            chosen = ring.choices.taken
            rest = self.translator.difference(goal.left, goal.right)
            rest = residual(ring, rest) if goal.relation is Relation.EQUAL else rest
            if self._holds(rest):
                return Outcome(True, used=set(ring.rewrites.used))
            if self._contract_inverses():
                continue
            if ring.choices.taken > chosen or len(ring.rewrites.atoms) > known:
                # What was translated before a choice, or before an equation that came up, does not know of it.
                self._reduce_by_each_other()
                continue
            unsigned = _free_absolute(rest)
            if unsigned is not None:
                choose_sign(ring, ring.poly(unsigned.inner))
                continue
            if goal.relation is not Relation.EQUAL:
                break
            rest = by_multiples(ring, rest, list(self._known()))
            if not rest:
                return Outcome(True, used=set(ring.rewrites.used))
            factors = self._next_split(rest)
            if factors is None:
                break
            choose_factor(ring, factors)
            self._reduce_by_each_other()
        if undecided is not None:
            raise undecided
        for monomial in rest:
            for atom, _ in monomial:
                if isinstance(atom, DeltaAtom):
                    raise NeedPatternError(atom.left, atom.right)
        reason = "the two sides have different normal forms"
        if goal.relation is not Relation.EQUAL:
            reason = "no proof was found of the sign of the difference"
        return Outcome(False, poly_text(rest), reason, conditions_kept=ring.choices.conditions_kept)

    def _contract_inverses(self) -> bool:
        """Take for rewrites what contracts a matrix with its inverse; return whether there are new ones."""
        new = False
        for named in [one for one in self.ring.matrices.by_name.values() if not one.contracted]:
            for poly, universal in contractions(self.ring, named):
                named.contracted = new = True
                equation(self.ring, poly, universal, named.name)
        return new

    def _holds(self, rest: Poly) -> bool:
        """Return whether the relation of the goal is proved of a difference, the left side less the right one."""
        if self.goal.relation is Relation.EQUAL:
            return not rest
        return holds(self.ring, rest, self.goal.relation, self.goal.effort)

    def factors(self) -> tuple[Sign, tuple[tuple[Term, int], ...]]:
        """Return the sign of what is known of the difference, and the factors of unknown sign with their exponents.

        Each of these, written as a term, has been translated back.

        Raises:
            LimitError: a factor has no term.
        """
        self.install()
        self._take_conditions()
        recheck(self.ring)
        coefficient, pairs = self.ring.factor(self.translator.difference(self.goal.left, self.goal.right))
        known: list[tuple[Atom, Exponent]] = []
        unknown: list[tuple[Term, int]] = []
        for atom, exponent in pairs:
            own = sign_of_atom(self.ring, atom)
            if len(own) == 1 or own in (NONNEGATIVE, NONPOSITIVE) or isinstance(exponent, Fraction):
                known.append((atom, exponent))
                continue
            term = as_term(atom.polynomial())
            if self.ring.subtract(self.translator.term(term), atom.polynomial()):
                raise LimitError("a factor is not what its term says")
            unknown.append((term, exponent))
        sign = sign_of_factors(self.ring, known)
        return frozenset(s * (1 if coefficient > 0 else -1) for s in sign) if coefficient else ZERO_SIGN, (
            *unknown,
        )

    def _take_conditions(self) -> NeedPatternError | None:
        """Take the conditions of the goal as facts; return the last split by a pattern that one asked for."""
        undecided: NeedPatternError | None = None
        # What stands inside comes last and is needed first: 1/x > 0 says something of x where x is not 0.
        for condition in reversed(self.goal.conditions):
            try:
                if self._in_force(self._everywhere(condition)):
                    self._fact(condition.compare, tuple(b.index for b in condition.binders), None)
                else:
                    self._guarded_fact(condition)
            except NeedPatternError as pattern:
                undecided = pattern
        return undecided

    def _known(self) -> Iterator[PolynomialEquation]:
        """Yield the equations among the hypotheses, as they are and as others leave them, to find multiples of."""
        for one in self.equations:
            for poly in one.polys:
                yield PolynomialEquation(poly, frozenset(one.scope.values()), str(one.hypothesis))

    def _next_split(self, rest: Poly) -> tuple[Atom, ...] | None:
        """Return the factors of a product that is 0, of entries that what is left over hangs on, if it does on any."""
        for one in self.equations:
            self._remember_split(one, self._with_numbers(one.polys[-1]))
        number = as_constant(rest) is not None
        keys = [atom.key for monomial in rest for atom, _ in monomial]
        for factors in self.splits:
            entries = {e for f in factors for m in f.polynomial() for e, _ in m}
            if number or any(inside(entry.key, key) for entry in entries for key in keys):
                self.splits.remove(factors)
                return factors
        return None

    def _with_numbers(self, poly: Poly) -> Poly:
        """Return a polynomial with the entries that are numbers in this case put in, and no rewrite made."""
        total: Poly = {}
        for monomial, coefficient in poly.items():
            rest = list[tuple[Atom, Exponent]]()
            for atom, exponent in monomial:
                value = as_constant(self.ring.rewrites.atoms.get(atom, {((atom, 1),): fmpq(1)}))
                if value is None or not isinstance(exponent, int) or exponent < 0:
                    rest.append((atom, exponent))
                else:
                    coefficient *= number_power(value, exponent) if value else fmpq(0)
            self.ring.add_to(total, {tuple(rest): coefficient} if coefficient else {})
        return total

    def _remember_split(self, one: _Equation, poly: Poly) -> None:
        """Remember the factors of an equation, before it is a rewrite and its left side is written as 0."""
        if poly in self.factored:
            return
        self.factored.append(poly)
        if len(poly) > MAX_FACTORED or any(not isinstance(a, EntryAtom) for m in poly for a, _ in m):
            return
        for mapping in itertools.islice(self._instances(tuple(one.scope)), MAX_SIGN_CASES):
            at = {one.scope[index]: place(chosen) for index, chosen in mapping.items()}
            _, factors = self.ring.factor(self.ring.rename(poly, at))
            if len(factors) > 1 and all(isinstance(e, int) and e > 0 for _, e in factors):
                self.splits.append(tuple(atom for atom, _ in factors))

    def install(self) -> None:
        """Take declarations and hypotheses as facts and rewrites."""
        sizes = {s.name: s.fixed for s in self.context.sizes.values() if s.fixed is not None}
        present = list(map(place, self.present))
        declare(self.ring, self.translator, self.context, sizes, dict(self.goal.rows), present)
        first = sorted(self.goal.hypotheses, key=lambda h: h.condition.relation != "=")
        equations = self.equations
        for hypothesis in first:
            free = free_indices(hypothesis.condition)
            scope = {i: self.ring.fresh(i.dim) for i in free if str(i.name).startswith(LOCAL)}
            if hypothesis.condition.relation == "=":
                poly = self.translator.condition(hypothesis.condition, scope)
                equations.append(_Equation(hypothesis, scope, [poly]))
                self._remember_split(equations[-1], poly)
            self._fact(hypothesis.condition, tuple(scope), str(hypothesis), scope)
        self._reduce_by_each_other()
        self._relate_sizes()

    def _relate_sizes(self) -> None:
        """Take what the ranks of products say of sizes as facts; where each is at most the other they are equal."""
        pairs = {pair: str(h) for h in self.goal.hypotheses for pair in ranks(h, LOCAL)}
        for (less, more), name in pairs.items():
            if self.context.sizes[less].fixed is None and self.context.sizes[more].fixed is None:
                poly = self.ring.subtract(size(self.ring, more), size(self.ring, less))
                assume(self.ring, poly, Relation.AT_LEAST.signs)
                if (more, less) in pairs:
                    equation(self.ring, poly, frozenset(), name)

    def _reduce_by_each_other(self) -> None:
        """Take each equation once more as the others leave it: with p*q = 3 and q = 1/n comes p = 3*n."""
        for _ in range(MAX_REDUCTIONS if len(self.equations) > 1 else 0):
            changed = False
            for one in self.equations:
                condition = one.hypothesis.condition
                poly = self.translator.condition(condition, one.scope)
                if poly and poly != one.polys[-1]:
                    one.polys.append(poly)
                    changed = True
                    self._remember_split(one, poly)
                    self._fact(condition, tuple(one.scope), str(one.hypothesis), one.scope)
            if not changed:
                return

    def _fact(
        self,
        compare: Compare,
        local: tuple[Index, ...],
        name: str | None,
        scope: dict[Index, Idx] | None = None,
    ) -> None:
        """Take a comparison as a fact, for all values of the local indices; an equation is a rewrite."""
        ring = self.ring
        scope = scope or {index: ring.fresh(index.dim) for index in local}
        poly = self.translator.condition(compare, scope)
        universal = frozenset(scope.values())
        if any(_chooses_by(a.key, universal) for m in poly for a, _ in m):
            # Conditions inside are decided at the free indices present, one by one.
            named = free_indices(compare)
            for mapping in self._instances(tuple(i for i in local if i in named)):
                self._take(self.translator.condition(rename(compare, mapping)), compare, name)
            return
        self._take(poly, compare, name, universal)

    def _guarded_fact(self, condition: Condition) -> None:
        """Keep a condition for the places at which its guards hold and its bound indices are not those left out."""
        scope = {b.index: self.ring.fresh(b.index.dim) for b in condition.binders}

        def here(index: Index) -> Idx:
            return scope.get(index) or place(index)

        fact = Guarded(
            self.translator.condition(condition.compare, scope),
            condition.compare.relation.signs,
            tuple(scope.values()),
            tuple((scope[b.index], here(e)) for b in condition.binders for e in b.excluded),
            tuple((g.relation, self.translator.condition(g, scope)) for g in condition.guards),
        )
        self.ring.facts.guarded.append(fact)

    def _take(
        self, poly: Poly, compare: Compare, name: str | None, universal: frozenset[Idx] = frozenset()
    ) -> None:
        ring = self.ring
        if compare.relation == "=":
            present = list(map(place, self.present))
            equation(ring, poly, universal, name or str(compare), present)
        else:
            assume(ring, poly, compare.relation.signs, universal)

    def _instances(self, local: tuple[Index, ...]) -> Iterator[dict[Index, Index]]:
        choices = [[i for i in self.present if i.dim == index.dim and i not in local] for index in local]
        for choice in itertools.product(*choices):
            yield dict(zip(local, choice, strict=True))

    def _everywhere(self, condition: Condition) -> Condition:
        """Return a condition for all j != i as one for all j, if what is declared shows it for j = i as well."""
        if not any(b.excluded for b in condition.binders):
            return condition
        bound = {b.index for b in condition.binders}
        scope = {index: self.ring.fresh(index.dim) for index in bound}
        for binder in condition.binders:
            for excluded in binder.excluded:
                if excluded in bound or excluded.at:
                    return condition
                here = {**scope, binder.index: place(excluded)}
                poly = self.translator.condition(condition.compare, here)
                if not sign_of(self.ring, poly) <= condition.compare.relation.signs:
                    return condition
        return replace(condition, binders=tuple(replace(b, excluded=()) for b in condition.binders))

    def _in_force(self, condition: Condition) -> bool:
        """Return whether a condition holds for all its bound indices: its guards are free, and hold in this case.

        Raises:
            NeedPatternError: it is in force or not as two free indices are equal or not.
        """
        if any(b.excluded for b in condition.binders):
            return False
        bound = {b.index for b in condition.binders}
        undecided: NeedPatternError | None = None
        for guard in condition.guards:
            if not bound.isdisjoint(free_indices(guard)):
                return False
            poly = self.translator.condition(guard)
            value = as_constant(poly)
            if value is None and isinstance(guard.left, Delta) and isinstance(guard.right, Number):
                undecided = NeedPatternError(place(guard.left.left), place(guard.left.right))
                continue
            # A comparison that chooses a branch is decided here as it will be when the branch is met.
            holds = as_constant(indicator(self.ring, guard.relation, poly))
            if holds is None or not holds:
                return False
        if undecided is not None:
            raise undecided
        return True

    def entails(self, condition: Condition) -> bool:
        """Return whether what is installed entails a condition; its guards, if any, are taken as facts."""
        scope = {b.index: self.ring.fresh(b.index.dim) for b in condition.binders}
        for guard in condition.guards:
            poly = self.translator.condition(guard, scope)
            assume(self.ring, poly, guard.relation.signs)
        poly = self.translator.condition(condition.compare, scope)
        return sign_of(self.ring, poly) <= condition.compare.relation.signs

    def suppose(self, condition: Condition) -> None:
        """Take a condition without guards and exclusions as a fact."""
        if not condition.guards and not any(b.excluded for b in condition.binders):
            self._fact(condition.compare, tuple(b.index for b in condition.binders), None)

    def violated(self) -> bool:
        """Return whether some condition of the goal holds nowhere, or no point satisfies the hypotheses."""
        try:
            self.install()
            recheck(self.ring)
        except EmptyCaseError:
            return True
        except (NeedCasesError, *CANNOT):
            return False
        for condition in self.goal.conditions:
            try:
                if not self._in_force(condition):
                    continue
            except (NeedCasesError, NeedPatternError, LimitError, EmptyCaseError):
                continue
            if any(self._never(condition, scope) for scope in self._scopes(condition)):
                return True
        return False

    def _scopes(self, condition: Condition) -> Iterator[dict[Index, Idx]]:
        """Yield ways to name the bound indices: apart, as each other, as free indices present."""
        names = [b.index for b in condition.binders]
        fresh = {index: self.ring.fresh(index.dim) for index in names}
        here = {index: [i for i in self.present if i.dim == index.dim] for index in names}
        choices = [
            [fresh[i] for i in names if i.dim == index.dim] + list(map(place, here[index])) for index in names
        ]
        for choice in itertools.product(*choices):
            yield dict(zip(names, choice, strict=True))

    def _never(self, condition: Condition, scope: dict[Index, Idx]) -> bool:
        try:
            poly = self.translator.condition(condition.compare, scope)
            return sign_of(self.ring, poly).isdisjoint(condition.compare.relation.signs)
        except (NeedCasesError, NeedPatternError, LimitError, EmptyCaseError):
            return False


def _chooses_by(key: object, universal: frozenset[Idx]) -> bool:
    """Return whether a condition inside hangs on one of these indices, or is one by itself."""
    if not isinstance(key, tuple):
        return False
    if key[:1] in (("positive",), ("nonpositive",)):
        return not universal or any(inside(index, key) for index in universal)
    return any(_chooses_by(part, universal) for part in key)


def _free_absolute(poly: Poly) -> AbsAtom | None:
    for monomial in poly:
        for atom, _ in monomial:
            if isinstance(atom, AbsAtom) and all(i[0] in (LETTER, POSITION) for i in atom.indices):
                return atom
    return None
