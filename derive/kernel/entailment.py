"""Which conditions, as typed, declarations and hypotheses entail: only the others stay in a theorem."""

from __future__ import annotations

from collections.abc import Iterator

from derive.kernel.cases import CANNOT, MAX_SIGN_CASES, Case
from derive.kernel.domain import Condition
from derive.kernel.goal import Goal
from derive.kernel.normal_form.polynomials import AtomKey
from derive.kernel.signs.choices import NeedCasesError
from derive.kernel.signs.facts import EmptyCaseError
from derive.kernel.signs.syntactic import is_syntactic
from derive.terms import Compare, Context


def is_shown(compare: Compare, context: Context) -> bool:
    """Return whether the shape of a comparison shows that it holds wherever its sides have a value."""
    return is_syntactic(compare, compare.relation.signs, context)


def open_conditions(goal: Goal, context: Context) -> Iterator[Condition]:
    """Yield the conditions, as typed, that declarations, hypotheses and the others of them do not entail."""
    kept: list[Condition] = []
    shared: Case | None = None
    ready = False  # whether `shared` knows what is kept
    for condition in goal.conditions:
        if is_shown(condition.compare, context):
            continue
        if not ready:
            shared, ready = _installed(goal, context, kept), True
        # Guards become facts, so a guarded condition is asked about by itself.
        if _entailed(goal, context, kept, condition, None if condition.guards else shared):
            continue
        kept.append(condition)
        ready = False
    for condition in list(kept):  # an earlier one may follow from a later one: x >= 0 from x > 0
        others = [c for c in kept if c is not condition]
        if others and _entailed(goal, context, others, condition, None):
            kept = others
    yield from (condition.origin or condition for condition in kept)


def _entailed(
    goal: Goal, context: Context, earlier: list[Condition], condition: Condition, case: Case | None
) -> bool:
    """Return whether a condition is entailed, by cases of signs where its own comparisons ask for them."""
    todo: list[tuple[tuple[AtomKey, int], ...]] = [()]
    for _ in range(MAX_SIGN_CASES):
        if not todo:
            return True
        choices = todo.pop()
        try:
            if case is None or choices:
                case = Case(goal, context, choices)
                case.install()
                for fact in earlier:
                    case.suppose(fact)
            if not case.entails(condition):
                return False
        except EmptyCaseError:
            continue
        except NeedCasesError as need:
            todo += [(*choices, (need.question, sign)) for sign in sorted(need.signs)]
        except CANNOT:
            return False
    return False


def _installed(goal: Goal, context: Context, earlier: list[Condition]) -> Case | None:
    """Return a case with the facts installed, `None` where they need cases of their own."""
    case = Case(goal, context)
    try:
        case.install()
        for fact in earlier:
            case.suppose(fact)
    except (NeedCasesError, EmptyCaseError, *CANNOT):
        return None
    return case
