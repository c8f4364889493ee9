"""The only code that may say "equal", and the only maker of a `Theorem`.

Trusted: this module and what it imports, which is the rest of the kernel and the terms with the table of functions, and
python-flint's exact arithmetic. A theorem says: at every point that satisfies the declarations and hypotheses,
for every value of the free indices and every size in force, where both sides as typed have a value, they are
equal. Whether there is such a point at all is the oracle's to show. Nothing here samples, and nothing searched
elsewhere is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from math import inf
from typing import Never, TypeGuard, final
from weakref import WeakKeyDictionary

from derive.errors import LimitError, OutOfTimeError
from derive.kernel.cases import Case, Outcome
from derive.kernel.domain import Condition, domain
from derive.kernel.entailment import is_shown, open_conditions
from derive.kernel.goal import Goal
from derive.kernel.goals import by_pattern, goals_of, ranks_of_products
from derive.kernel.inequalities.scope import is_within
from derive.kernel.inequalities.slopes import CERTIFICATES, SIGNS, sloped
from derive.kernel.instances import generalised
from derive.kernel.normal_form.polynomials import AtomKey
from derive.kernel.outermost import multiplied_out
from derive.kernel.theorem import Sequent, lacking
from derive.limits.deadline import check, within
from derive.terms import ONE, ZERO, Bound, Context, Equation, Relation

MAX_CASES = 800
MAX_DROPPED = 4
MAX_PATTERNS = (
    20  # of indices taken for equal or different, one after another: labels of labels have no end of them
)
SEARCHING = 2.7  # seconds, for a proof of an inequality in all
BY_CERTIFICATES, BY_CALCULUS = 0.9, 1.6  # of these, for each of the ways
NAMING = 0.5  # seconds, for a proof of an inequality from fewer hypotheses


@final
class Theorem:
    """A proved sequent: what it says stands in the kernel's records, and nothing on the object itself.

    So there is no field to write to and none to copy. An object of this class that the kernel did not make
    says nothing, and no other class is one.
    """

    __slots__ = ("__weakref__",)

    def __new__(cls, *_: object, **__: object) -> Theorem:
        """Refuse to be made."""
        raise TypeError("only the kernel makes theorems")

    def __init_subclass__(cls) -> None:
        """Refuse to be inherited from."""
        raise TypeError("only the kernel makes theorems, and it makes no others")

    def __reduce_ex__(self, protocol: object) -> Never:
        """Refuse to be copied or written to a file."""
        raise TypeError("only the kernel makes theorems, and it makes no copies")

    @property
    def context(self) -> Context:
        """The declarations and hypotheses under which the equation was proved."""
        return replace(_said_by(self).context)

    @property
    def equation(self) -> Equation:
        """What was proved."""
        return replace(_said_by(self).equation)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions that say where both sides have a value, as far as nothing in force entails them."""
        return tuple(map(replace, _said_by(self).conditions))

    @property
    def marked(self) -> tuple[Condition, ...]:
        """Those of the conditions at which the left side has a value and the right has none."""
        return tuple(map(replace, _said_by(self).marked))

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """The hypotheses that the proof needs, as text: found when first asked for, by proofs without some."""
        _said_by(self)
        return _NAMING[self]()


_SEQUENTS: WeakKeyDictionary[Theorem, Sequent] = WeakKeyDictionary()
_NAMING: WeakKeyDictionary[Theorem, Callable[[], tuple[str, ...]]] = WeakKeyDictionary()


def _said_by(theorem: Theorem) -> Sequent:
    sequent = _SEQUENTS.get(theorem)
    if sequent is None:
        raise TypeError("only the kernel makes theorems, and it did not make this one")
    return sequent


def why_not(
    proof: object, equation: Equation, context: Context, stated: Iterable[Condition] = ()
) -> str | None:
    """Return why something is no proof of an equation in a context, where what is `stated` holds; `None` if it is.

    Whoever takes a theorem for evidence asks this, and nothing but this.
    """
    sequent = _SEQUENTS.get(proof) if type(proof) is Theorem else None
    if sequent is None:
        return "the kernel did not make it"
    return lacking(sequent, equation, context, stated)


def applies(
    proof: object, equation: Equation, context: Context, stated: Iterable[Condition] | None = None
) -> TypeGuard[Theorem]:
    """Return whether something is a proof of an equation in a context (see `why_not`).

    Without `stated` the caller undertakes to say the theorem's conditions with the equation.
    """
    if stated is None:
        stated = _SEQUENTS[proof].conditions if type(proof) is Theorem and proof in _SEQUENTS else ()
    return why_not(proof, equation, context, stated) is None


@dataclass(frozen=True, slots=True)
class Residual:
    """No proof: what is left of the difference, and why."""

    difference: str
    reason: str


def prove(equation: Equation, context: Context) -> Theorem | Residual:
    """Return a theorem, or what is left of left - right.

    Raises:
        IllPosedError: a derivative that the table of functions does not have.
    """
    try:
        shown = partial(is_shown, context=context)
        left, right = (domain(side, context, shown) for side in (equation.left, equation.right))
        typed = tuple(dict.fromkeys(left + right))
        asked = tuple(goals_of(equation, context, typed, sparing=True))
        found: _Proof | Residual
        if equation.is_inequality and not is_within(equation, context):
            return Residual("", "inequalities with matrices, orders or labels of samples are not proved")
        if equation.is_inequality:
            asked, found = _inequality(equation, asked, context)
        else:
            found = _attempt(asked, context)
        if isinstance(found, Residual) and not equation.is_inequality:
            every = domain(equation.left, context) + domain(equation.right, context)
            whole = tuple(goals_of(equation, context, every))
            if whole != asked:
                asked, found = whole, _attempt(whole, context)
    except LimitError as limit:
        return Residual("", str(limit))
    except RecursionError:
        return Residual("", "it is nested too deeply")
    if isinstance(found, Residual):
        return found
    known = set(left)
    conditions = tuple(c for c in typed if c in found.still_open)
    marked = tuple(c for c in conditions if c not in known)
    theorem: Theorem = object.__new__(Theorem)
    _SEQUENTS[theorem] = Sequent(context, equation, conditions, marked).kept()
    _NAMING[theorem] = cache(partial(_needed, asked, context, found))
    return theorem


@dataclass(frozen=True, slots=True)
class _Proof:
    used: set[str]
    still_open: set[Condition]
    by_calculus: bool = False


def _inequality(
    equation: Equation, asked: tuple[Goal, ...], context: Context
) -> tuple[tuple[Goal, ...], _Proof | Residual]:
    """Return a proof of an inequality with its goals: by signs first, then by all else, each within its time."""
    found = _attempt([replace(goal, effort=SIGNS) for goal in asked], context)
    if not isinstance(found, Residual):
        return asked, found
    asked = tuple(
        goals_of(equation, context, domain(equation.left, context) + domain(equation.right, context))
    )
    ways: tuple[tuple[float, Callable[[], _Proof | Residual]], ...] = (
        (BY_CERTIFICATES, partial(_attempt, [replace(goal, effort=CERTIFICATES) for goal in asked], context)),
        (BY_CALCULUS, partial(_by_calculus, equation, asked, context)),
        (BY_CERTIFICATES, partial(_attempt, asked, context)),
    )
    with suppress(OutOfTimeError), within(SEARCHING):
        for seconds, way in ways:
            try:
                with within(seconds):
                    again = way()
            except OutOfTimeError:
                found = Residual(found.difference, f"no proof was found within {seconds:g} s")
                continue
            if not isinstance(again, Residual):
                return asked, again
    return asked, found


def _by_calculus(equation: Equation, asked: tuple[Goal, ...], context: Context) -> _Proof | Residual:
    """Return a proof that looks at slopes, for an inequality that cannot be read off the difference of its sides."""
    if sloped(equation, context, shown_without_slopes) is None:
        return Residual("", "")
    still_open = {one for goal in asked for one in open_conditions(goal, context)}
    return _Proof({str(h) for h in context.hypotheses}, still_open, by_calculus=True)


def shown_without_slopes(equation: Equation, context: Context, effort: int = SIGNS) -> bool:
    """Return whether an inequality is proved, case by case, without looking at slopes."""
    conditions = domain(equation.left, context) + domain(equation.right, context)
    try:
        goals = (replace(one, effort=effort) for one in goals_of(equation, context, conditions))
        return not isinstance(_attempt(goals, context), Residual)
    except (LimitError, RecursionError):
        return False


def _attempt(asked: Iterable[Goal], context: Context) -> _Proof | Residual:
    proof = _Proof(set(), set())
    for goal in asked:
        generals = () if goal.relation is not Relation.EQUAL else generalised(goal, context)
        asked_first = (_prove(general, context) for general in generals)
        outcome = next((o for o in asked_first if o.proved), None) or _prove(goal, context)
        if not outcome.proved:
            for freed in multiplied_out(goal):
                again = _prove(freed, context)
                if again.proved:
                    outcome = again
                    break
        if not outcome.proved and outcome.conditions_kept:
            outcome = _prove(replace(goal, by_values=True), context)
        if not outcome.proved:
            return Residual(outcome.left_over, outcome.reason)
        proof.used.update(outcome.used)
        proof.still_open.update(open_conditions(goal, context))
    return proof


def _needed(asked: tuple[Goal, ...], context: Context, proof: _Proof) -> tuple[str, ...]:
    """Return the hypotheses that the theorem needs: those without which it fails, or needs more conditions.

    All are left out at once, then all that no rewrite used, then one by one; of very many the rest counts as
    needed. What is returned alone has carried a proof, for a fact may have been used silently.
    """
    given = [str(h) for h in context.hypotheses]
    kinds = [f"{v.kind} {v.name}" for v in context.variables.values() if v.kind in ("simplex", "onehot")]
    comparisons = {str(h) for h in context.hypotheses if h.condition.relation != "="}
    every = sorted({*given, *kinds})
    if proof.by_calculus:
        return tuple(every)

    def suffices(kept: list[str]) -> bool:
        dropped = set(every).difference(kept)
        fewer = [
            replace(
                goal,
                hypotheses=tuple(h for h in goal.hypotheses if str(h) not in dropped),
                rows=tuple(row for row in goal.rows if f"onehot {row[0]}" not in dropped),
            )
            for goal in asked
        ]
        try:
            with within(NAMING if any(goal.relation is not Relation.EQUAL for goal in asked) else inf):
                again = _attempt(fewer, _without(context, dropped))
        except (LimitError, RecursionError, OutOfTimeError):
            return False
        return isinstance(again, _Proof) and again.still_open <= proof.still_open

    needed = every
    likely = [name for name in every if name in proof.used or name in comparisons]
    for kept in ([], likely):
        if len(kept) < len(needed) and suffices(kept):
            needed = kept
    if len(needed) > 1:
        for name in needed[:MAX_DROPPED]:
            kept = [other for other in needed if other != name]
            if suffices(kept):
                needed = kept
    return tuple(needed)


def _without(context: Context, dropped: set[str]) -> Context:
    """Return the context without some hypotheses; of a simplex or one-hot array the range of its entries stays."""
    variables = {
        name: replace(
            v, kind="real", bounds=(*v.bounds, Bound(Relation.AT_LEAST, ZERO), Bound(Relation.AT_MOST, ONE))
        )
        if f"{v.kind} {name}" in dropped
        else v
        for name, v in context.variables.items()
    }
    hypotheses = tuple(h for h in context.hypotheses if str(h) not in dropped)
    return replace(context, variables=variables, hypotheses=hypotheses)


def has_no_value(equation: Equation, context: Context) -> bool:
    """Return whether it is proved that at no point of the context both sides have a value."""
    try:
        for less, more in related_sizes(context, equation):
            if (context.sizes[less].fixed or 0) > (
                context.sizes[more].fixed or context.sizes[less].fixed or 0
            ):
                return True
        conditions = domain(equation.left, context) + domain(equation.right, context)
        for goal in goals_of(equation, context, conditions):
            check()
            nothing = replace(goal, left=ONE, right=ZERO, relation=Relation.EQUAL)  # holds at no point
            if not Case(goal, context).violated() and not _prove(nothing, context).proved:
                return False
    except (LimitError, RecursionError):
        return False
    return True


def related_sizes(context: Context, equation: Equation) -> tuple[tuple[str, str], ...]:
    """Return pairs of sizes of which the first is at most the second wherever an equation says anything."""
    return ranks_of_products(context, equation)


def _prove(goal: Goal, context: Context, patterns: int = 0) -> Outcome:
    """Prove one goal, by cases of signs where a free comparison asks for it.

    `patterns` counts the pairs of indices that are taken for equal or different already.
    """
    todo: list[tuple[tuple[AtomKey, int], ...]] = [()]
    used: set[str] = set()
    for _ in range(MAX_CASES):
        if not todo:
            return Outcome(True, used=used)
        choices = todo.pop()
        outcome = Case(goal, context, choices).run()
        if outcome.split is not None:
            asked, signs = outcome.split
            todo += [(*choices, (asked, sign)) for sign in sorted(signs)]
        elif outcome.pattern is not None and patterns < MAX_PATTERNS:
            for again in by_pattern(goal, outcome.pattern):
                inner = _prove(again, context, patterns + 1)
                if not inner.proved:
                    return inner
                used |= inner.used
            return Outcome(True, used=used)
        elif not outcome.proved:
            return outcome
        used |= outcome.used
    return Outcome(False, reason="too many cases")
