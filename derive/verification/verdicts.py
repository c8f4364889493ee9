"""The one place where kernel and oracle meet: a claim goes in, a verdict comes out.

Neither engine overrules the other: where they contradict each other it stops, with everything needed to reproduce it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from derive import oracle
from derive.errors import ContradictionError, IllPosedError, LimitError, OutOfTimeError
from derive.kernel import prover
from derive.limits.deadline import Effort, within
from derive.problem.declarations import problem_text
from derive.problem.scopes import Configuration, least_of, related, sizes_of
from derive.report.message import Message, hypotheses_told, joined
from derive.report.results import Counterexample, Result, Sizes, Verdict
from derive.report.scope import case_text, conditions_on_sizes, least_sizes, scope_text
from derive.terms import (
    ZERO,
    Apply,
    Compare,
    Context,
    Entry,
    Equation,
    Hypothesis,
    Index,
    IndexRelation,
    Number,
    Relation,
    Term,
    add,
    free_indices,
    indicator,
    multiply,
    opposite,
    rename,
    walk,
)
from derive.verification import contradictory, searches, worked

if TYPE_CHECKING:
    from derive.kernel.domain import Condition
    from derive.kernel.prover import Theorem
    from derive.oracle import Examination

LOOKING = oracle.SearchBudget(beyond=False)
# For what is proved: half as many points, and a witness is among them.
CONFIRMING = replace(LOOKING, points=7, further=False)
THOROUGH = replace(LOOKING, points=300, evaluations=60_000, seconds=8.0)
INEQUALITY = 1.2  # seconds, for each search for a counterexample of an inequality
BEYOND = 0.3  # seconds, for the sizes beyond that of a counterexample
EMPTINESS = 2.0  # seconds, for a proof that neither side has a value at the sizes that were tried
PROVING = 0.1  # seconds, for a proof of a refuted claim at one size
MOST_PROVED = 4
MOST_PATHS = 4  # to a condition that may never hold
MOST_TOLD = 6  # sizes in a sentence
NOWHERE = (
    "at no point that satisfies the hypotheses do both sides have a value, so the claim says nothing (proved)"
)

Look: TypeAlias = "Callable[[oracle.SearchBudget], Examination]"
"""The oracle's search on one claim, within a budget: one look goes on with the points of the one before."""

T = TypeVar("T")


def decide(
    equation: Equation,
    context: Context,
    *,
    explain: bool = True,
    steps: bool = False,
    effort: Effort | None = None,
) -> Result:
    """Return the verdict on an equation, with all that the verdict carries, and the derivation if `steps` asks for it.

    Without `explain` a refuted claim comes without what takes a search after it: see `stages`.

    Raises `IllPosedError` for a claim that means nothing (no value anywhere, clashing dimensions) and
    `ContradictionError` if the kernel proves what the oracle refutes.
    """
    effort = effort or Effort()
    found = stages(equation, context, effort)
    result = _last(found) if explain else next(found)
    return searches.derived(result, effort.derivation) if steps else result


def stages(equation: Equation, context: Context, effort: Effort | None = None) -> Iterator[Result]:
    """Yield the verdict on an equation, and a refutation again each time that more is found to explain it.

    What comes after the verdict is the larger sizes at which the claim holds, the mistake, and the right side.
    Each search has its bound, and what it does not find is left out, which the result says; none of them changes
    the verdict, whatever becomes of it. Raises what `decide` raises, before the verdict.
    """
    effort = effort or Effort()
    decided, examined, look = _decided(equation, context, effort)
    yield decided
    if decided.verdict is Verdict.REFUTED:
        yield from _explained(decided, examined, look, effort, line=False)


def decide_link(
    whole: Equation,
    link: Equation,
    context: Context,
    *,
    explain: bool = True,
    effort: Effort | None = None,
) -> Result:
    """Return the verdict on a link of a chain that says `whole` up to there, as `decide` does."""
    found = link_stages(whole, link, context, effort)
    return _last(found) if explain else next(found)


def link_stages(
    whole: Equation, link: Equation, context: Context, effort: Effort | None = None
) -> Iterator[Result]:
    """Yield the verdict on a link of a chain, and what explains it; up to there the chain says `whole`.

    A link may follow from the side before and the chain still be broken above it, and a link that is wrong
    may lead back to what is true; so both questions are asked. Where a side between has no value, neither
    answer gives the other. A wrong link to what is true is not explained: the mistake is in a side before it.
    """
    effort = effort or Effort()
    true: Verdict | None = None
    started = perf_counter()
    if link.left is not whole.left:
        try:
            true = _decided(whole, context, effort)[0].verdict
        except IllPosedError:
            true = Verdict.ERROR
    found, examined, look = _decided(link, context, effort)
    found = replace(
        found, follows=found.verdict, true=true or found.verdict, seconds=perf_counter() - started
    )
    yield found
    if found.verdict is Verdict.REFUTED and true is not Verdict.PROVED:
        yield from _explained(found, examined, look, effort, line=True)


def _last(found: Iterator[Result]) -> Result:
    *_, last = found
    return last


def _decided(equation: Equation, context: Context, effort: Effort) -> tuple[Result, Examination, Look]:
    """Return the verdict, with nothing that explains it, what the oracle found, and how it looks further."""
    started = perf_counter()
    _one_size_a_letter(equation, context)
    contradictory.refuse(context)
    base = Result(
        Verdict.UNDECIDED,
        claim=Message(equation),
        statement=equation,
        context=context,
    )
    look = partial(oracle.examine, equation, context, sessions={})
    examined = _glanced(look)
    if context.hypotheses and not examined.witnesses and prover.has_no_value(equation, context):
        raise IllPosedError(NOWHERE)
    # What is refuted needs no proof; one that there is all the same is a fault of ours, and is not searched for long.
    patience = inf if examined.counterexample is None else effort.proof
    proof = _prove(equation, context, patience)
    if examined.counterexample is None:
        examined = _examined(look, equation, context, proof, examined)
    if examined.counterexample is not None:
        if isinstance(proof, prover.Theorem):
            raise ContradictionError(_reproducer(equation, context, examined))
        result = _with_zeros(_refuted(base, examined), examined.counterexample, equation, context)
    elif isinstance(proof, prover.Theorem):
        result = _witnessed(base, equation, context, proof, examined)
    else:
        result = _undecided(base, equation, context, proof, examined)
    return replace(result, seconds=perf_counter() - started), examined, look


def _prove(equation: Equation, context: Context, patience: float = inf) -> Theorem | prover.Residual:
    """Return a theorem that proves the equation here and now, or why there is none."""
    try:
        with within(patience):
            proof = prover.prove(equation, context)
    except LimitError as limit:
        return prover.Residual("", limit.message)
    except OutOfTimeError:
        return prover.Residual("", f"no proof within {patience:g} s")
    if isinstance(proof, prover.Residual) or prover.applies(proof, equation, context):
        return proof
    raise TypeError(f"a verdict needs a theorem that proves it: {prover.why_not(proof, equation, context)}")


def _one_size_a_letter(equation: Equation, context: Context) -> None:
    """Raise `IllPosedError` where one letter is meant as an index of two sizes: whoever knows it by name mixes them.

    A text cannot say that; terms made in Python can.
    """
    given = [h.condition for h in context.hypotheses]
    pairs = [(equation.left, equation.right), *((c.left, c.right) for c in given)]
    bodies = [(d.body,) for d in context.definitions.values()]
    for sides in (*pairs, *bodies):
        parts = [part for side in sides for part in walk(side)]
        for free in (
            *map(free_indices, parts),
            dict.fromkeys(i for side in sides for i in free_indices(side)),
        ):
            sizes: dict[str | int, str] = {}
            for index in free:
                if not isinstance(index.name, int) and sizes.setdefault(index.name, index.dim) != index.dim:
                    both = f"{sizes[index.name]} and of {index.dim}"
                    raise IllPosedError(
                        f"{index.name} is an index of {both}: take another letter for one of them"
                    )


def _glanced(look: Look) -> Examination:
    """Return what the oracle finds at few points, of a counterexample the one at the smallest sizes."""
    glanced = look(CONFIRMING)
    if glanced.counterexample is None or len(glanced.sizes_tried) == 1:
        return glanced
    examined = look(LOOKING)
    return glanced if examined.counterexample is None else examined


def _examined(
    look: Look,
    equation: Equation,
    context: Context,
    proof: Theorem | prover.Residual,
    glanced: Examination,
) -> Examination:
    """Return what the oracle finds; a claim without a proof, or a case without a witness, is worth a longer search."""
    if isinstance(proof, prover.Theorem):
        if not glanced.missing:
            return glanced
        # A second look is cheaper than a proof that there is nothing to see.
        examined = look(LOOKING)
        if examined.counterexample is not None or _without_values(equation, context, examined)[1] is None:
            return examined
    else:
        examined = look(_for(equation, LOOKING))
        if examined.counterexample is not None:
            return examined
    return look(_for(equation, THOROUGH))


def _for(equation: Equation, budget: oracle.SearchBudget) -> oracle.SearchBudget:
    """Return how long to search: for an inequality not as long, since many ways to prove it are tried beside."""
    return replace(budget, seconds=INEQUALITY) if equation.is_inequality else budget


def _witnessed(
    base: Result, equation: Equation, context: Context, theorem: Theorem, examined: Examination
) -> Result:
    """Return `proved` if every case in scope has a witness or provably no value; else `undecided` (rule R2)."""
    tried = tuple(examined.sizes_tried)
    empty, open_case = _without_values(equation, context, examined)
    sizes = least_of(sizes_of(equation, context), examined.least)
    relations = prover.related_sizes(context, equation)
    conditions = conditions_on_sizes(context, sizes)
    scope = None
    if open_case is None:
        scope = scope_text(sizes, examined.witnesses, empty, relations, conditions)
    if scope is None:
        reason = _without_witness(equation, context, examined, open_case)
        return replace(base, reason=reason, residual="0", sizes_tried=tried)
    least = least_sizes(sizes, examined.witnesses, related(empty, relations))
    if least and theorem.conditions:
        # What holds at every size in scope is no condition there: p[i] < 1 for n >= 2.
        within = {n: replace(s, minimum=least.get(n, s.minimum)) for n, s in context.sizes.items()}
        again = _prove(equation, replace(context, sizes=within))
        theorem = again if isinstance(again, prover.Theorem) else theorem
    return replace(
        base,
        verdict=Verdict.PROVED,
        scope=scope,
        sizes_tried=tried,
        hypotheses=hypotheses_told(theorem.hypotheses, context),
        conditions=tuple(Message(*one.pieces) for one in theorem.conditions),
        marked=tuple(Message(*one.pieces) for one in theorem.marked),
        never_tried=_never_tried(equation, context, examined, theorem.conditions),
    )


def _without_witness(
    equation: Equation, context: Context, examined: Examination, open_case: Configuration | None
) -> Message:
    """Return why there is no verdict where no point was found; raise `IllPosedError` if provably there is none."""
    free = [name for name, size in sizes_of(equation, context).items() if size.fixed is None]
    if open_case is None and (not free or prover.has_no_value(equation, context)):
        raise IllPosedError(NOWHERE)
    places = (
        [open_case] if open_case is not None else [Configuration(sizes, ()) for sizes in examined.sizes_tried]
    )
    told = [case_text(place) for place in places if place.sizes or place.pattern]
    told = told if len(told) <= MOST_TOLD else [*told[:2], Message("..."), told[-1]]
    found = Message(
        "no point at which both sides have a value was found", *([" at ", joined(told)] if told else [])
    )
    return Message(found, ": ", examined.reason) if examined.reason else found


def _never_tried(
    equation: Equation, context: Context, examined: Examination, needed: tuple[Condition, ...] = ()
) -> tuple[str, ...]:
    """Return the conditions in the claim under which no point was tried, where there could be one.

    Left out are those that provably never hold, and those under which a condition of the theorem provably fails.
    """
    found = (one for one in examined.never_tried if not _says_nothing(one, equation, context, needed))
    return tuple(dict.fromkeys(Message(one.condition) for one in found))


def _says_nothing(
    one: oracle.Untried, equation: Equation, context: Context, needed: tuple[Condition, ...]
) -> bool:
    """Return whether it is proved that a branch is never taken, wherever it stands, where both sides have values."""

    def never(*together: Compare) -> bool:
        term = multiply(*map(indicator, together))
        # A branch that a side itself excludes, as sqrt(x) excludes x < 0, is one that no point takes either.
        return any(
            isinstance(searches.looked_for(PROVING, partial(_prove, one, context))[0], prover.Theorem)
            for one in (Equation(term, ZERO, _among(term)), Equation(add(term, nothing), ZERO, equation.when))
        )

    def _among(term: Term) -> tuple[IndexRelation, ...]:
        free = {*free_indices(term)}
        return tuple(relation for relation in equation.when if {relation.left, relation.right} <= free)

    nothing = multiply(ZERO, add(equation.left, equation.right))

    def fails(condition: Condition, *together: Compare) -> bool:
        parts = (condition.compare, *map(opposite, condition.guards))
        return not condition.binders and all(never(*together, part) for part in parts)

    return len(one.paths) <= MOST_PATHS and all(
        never(*path, one.condition) or any(fails(part, *path, one.condition) for part in needed[:MOST_PATHS])
        for path in one.paths
    )


def _undecided(
    base: Result, equation: Equation, context: Context, residual: prover.Residual, examined: Examination
) -> Result:
    """Return `undecided`, unless the claim provably says nothing."""
    reasons = joined(filter(None, (residual.reason, examined.reason)), "; ")
    if not examined.witnesses and examined.missing:
        _, open_case = _without_values(equation, context, examined)
        reasons = _without_witness(equation, context, examined, open_case)
    return replace(
        base,
        residual=residual.difference or None,
        reason=reasons or "the difference did not reduce to 0, and no counterexample was found",
        sizes_tried=tuple(examined.sizes_tried),
        never_tried=_never_tried(equation, context, examined),
    )


def _without_values(
    equation: Equation, context: Context, examined: Examination
) -> tuple[list[Configuration], Configuration | None]:
    """Return the cases that provably have no values, and the first that has neither a witness nor that proof."""
    empty: list[Configuration] = []
    case = None
    try:
        with within(EMPTINESS):
            for case in examined.missing:
                narrowed = replace(equation, when=case.pattern)
                if not prover.has_no_value(narrowed, context.with_sizes(case.sizes)):
                    return empty, case
                empty.append(case)
    except OutOfTimeError:
        return empty, case
    return empty, None


def _refuted(base: Result, examined: Examination) -> Result:
    found = examined.counterexample
    assert found is not None  # noqa: S101 - the caller looked; this is for the type checker
    return replace(
        base,
        verdict=Verdict.REFUTED,
        sizes_tried=tuple(examined.sizes_tried),
        counterexample=Counterexample(found.sizes, found.indices, found.values, found.left, found.right),
        holds_at=tuple(examined.holds_at),
    )


def _with_zeros(result: Result, found: oracle.Refutation, equation: Equation, context: Context) -> Result:
    """Return a refutation in which a side is told to be 0 that the kernel proves to be; balls alone never say it."""
    if not found.near_zero:
        return result
    texts = {"left": found.left, "right": found.right}
    for name in found.near_zero:
        side = equation.left if name == "left" else equation.right
        here = partial(_proved_at, Equation(side, ZERO), context, found.point)
        texts[name] = Message(ZERO) if searches.looked_for(PROVING, here)[0] else texts[name]
    shown = Counterexample(found.sizes, found.indices, found.values, texts["left"], texts["right"])
    return replace(result, counterexample=shown)


def _proved_at(equation: Equation, context: Context, point: oracle.Point) -> bool:
    """Return whether the kernel proves an equation at a point, of which it is told what is rational or a logarithm."""
    sizes = context.with_sizes(point.sizes)
    places = {
        i: Index(point.indices[str(i)], i.dim) for i in free_indices(equation.left) if str(i) in point.indices
    }
    given = [
        Hypothesis(
            Compare(Relation.EQUAL, Entry(name, tuple(map(Index, at, context.variables[name].dims))), value)
        )
        for (name, at), number in point.entries()
        for value in _as_terms(number)
    ]
    here = Equation(rename(equation.left, places), rename(equation.right, places))
    proof = _prove(here, replace(sizes, hypotheses=(*sizes.hypotheses, *given)))
    return isinstance(proof, prover.Theorem)


def _as_terms(number: oracle.Value) -> Iterator[Term]:
    match number:
        case oracle.Rational(value):
            yield Number(value)
        case oracle.Logarithm(value):
            yield Apply("log", (Number(value),))


def _explained(
    result: Result, examined: Examination, look: Look, effort: Effort, *, line: bool
) -> Iterator[Result]:
    """Yield a refutation with what explains it, again with each part of it that is found.

    With `line` the right side is the one nearest to what was written, otherwise the shortest.
    """
    equation, context, found = result.statement, result.context, examined.counterexample
    assert equation is not None and context is not None and found is not None  # noqa: S101, PT018 - it is refuted
    if effort.mistake:
        result = _with_proofs(_with_sizes(result, equation, context, look), equation, context)
    if equation.is_inequality:  # it has mistakes of its own, and no right side
        if effort.mistake:
            search = partial(searches.mistake_in_bound, equation, context, found.point)
            mistake, why = searches.looked_for(effort.mistake, search)
            result = result if why is None else result.without("mistake", why)
            result = result if mistake is None else replace(result, diagnosis=mistake.diagnosis())
        yield result
        return
    if effort.mistake:
        mistake, why = searches.looked_for(
            effort.mistake, partial(searches.mistake, equation, context, found.point)
        )
        result = result if why is None else result.without("mistake", why)
        if mistake is not None:
            if line and mistake.corrected is not None:
                result = _with_right(result, mistake.corrected)
            result = replace(result, diagnosis=mistake.diagnosis(result.correct_term))
            if mistake.through is not None:
                shown = partial(worked.jacobian, mistake.through, context, found.point)
                jacobian, why = searches.looked_for(effort.mistake, shown)
                result = replace(result, jacobian=jacobian)
                result = result if why is None else result.without("Jacobian", why)
        yield result
    if effort.right and result.correct is None:
        right, why = searches.looked_for(effort.right, partial(searches.correct, equation, context))
        result = _with_right(result, right)
        yield result if why is None else result.without("right side", why)


def _with_sizes(result: Result, equation: Equation, context: Context, look: Look) -> Result:
    """Return a refutation with what the oracle finds at sizes beyond that of the counterexample."""
    if all(size.fixed for size in sizes_of(equation, context).values()):
        return result
    further = look(replace(LOOKING, beyond=True, seconds=BEYOND))
    if further.counterexample is None:  # it took the longer search to find one
        return result
    return replace(result, sizes_tried=tuple(further.sizes_tried), holds_at=tuple(further.holds_at))


def _with_proofs(result: Result, equation: Equation, context: Context) -> Result:
    """Return a refutation with those of the sizes without a counterexample at which the kernel proves the claim."""
    least = _least_proved(result, equation, context)
    proved = []
    for sizes in (result.holds_at or ())[:MOST_PROVED]:
        if least is not None and all(sizes[name] >= number for name, number in least.items()):
            continue
        proof, _ = searches.looked_for(PROVING, partial(_prove, equation, context.with_sizes(sizes)))
        if isinstance(proof, prover.Theorem):
            proved.append(sizes)
    return replace(result, proved_at=tuple(proved), proved_from=least)


def _least_proved(result: Result, equation: Equation, context: Context) -> Sizes | None:
    """Return from which size on the kernel proves a refuted claim: the one beyond those with a counterexample.

    Only a claim with a single size that varies is asked about, for no other has one that comes next.
    """
    holds = result.holds_at or ()
    names = {name for sizes in holds for name in sizes if context.sizes[name].fixed is None}
    if len(names) != 1:
        return None
    (name,) = names
    failing = [sizes[name] for sizes in result.sizes_tried or () if sizes not in holds]
    least = {name: max(failing, default=0) + 1}
    if not any(sizes[name] >= least[name] for sizes in holds):
        return None
    beyond = context.from_sizes(least)
    proof, _ = searches.looked_for(PROVING, partial(_prove, equation, beyond))
    return least if prover.applies(proof, equation, beyond) and not proof.conditions else None


def _with_right(result: Result, right: Term | None) -> Result:
    return replace(result, correct=None if right is None else Message(right))


def _reproducer(equation: Equation, context: Context, examined: Examination) -> str:
    """Return the whole problem as text, the point, and both values there."""
    found = examined.counterexample
    assert found is not None  # noqa: S101 - the caller looked; this is for the type checker
    point = [
        f"{name} = {value}"
        for part in (found.sizes, found.indices, found.values)
        for name, value in part.items()
    ]
    lines = [
        problem_text(equation, context),
        f"# at {', '.join(point)}",
        f"# left {found.left}, right {found.right}",
    ]
    return "\n".join(lines)
