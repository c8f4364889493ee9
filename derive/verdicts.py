"""The one place where kernel and oracle meet: a claim goes in, a verdict comes out.

It proves nothing and evaluates nothing itself, and it never lets one engine overrule the other: where they
contradict each other it stops with everything needed to reproduce that.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from derive import kernel, oracle, worked
from derive.errors import ContradictionError, IllPosedError, LimitError
from derive.notation import Context, Equation, IndexRelation, Term, free_indices, same, walk
from derive.report import Counterexample, Result, StepShown, Verdict
from derive.scope import Case, case_text, least_sizes, scope_text, sizes_of
from derive.spelled import spelled

if TYPE_CHECKING:
    from derive.kernel import Theorem
    from derive.mistakes import Explained
    from derive.oracle import Examination

CONFIRMING = oracle.Budget(points=7)  # for what is proved: half as many points, and a witness is among them
THOROUGH = oracle.Budget(points=300, evaluations=60_000, seconds=8.0)
NOWHERE = "at no point that satisfies the hypotheses do both sides have a value, so the claim says nothing"

# A search that fails leaves a verdict without its explanation; it never takes the verdict away.
NO_EXPLANATION = (LimitError, IllPosedError, RecursionError)


def decide(equation: Equation, context: Context, *, explain: bool = True, line: bool = False) -> Result:
    """Return the verdict on an equation, with all that the verdict carries.

    Without `explain` a refuted claim comes without what takes a search: the right side, the diagnosis, and
    the larger sizes at which it holds.
    With `line` the right side is the one nearest to what was written, otherwise the shortest.

    Raises `IllPosedError` for a claim that means nothing (no value anywhere, clashing dimensions) and
    `ContradictionError` if the kernel proves what the oracle refutes.
    """
    started = perf_counter()
    _one_size_a_letter(equation, context)
    base = Result(
        Verdict.UNDECIDED,
        claim=str(equation),
        statement=equation,
        context=context,
        derive_steps=partial(_steps, equation, context),
        spell=partial(spelled, context),
    )
    proof = _prove(equation, context)
    examined = _examined(equation, context, proof, beyond=explain)
    if examined.counterexample is not None:
        if isinstance(proof, kernel.Theorem):
            raise ContradictionError(_reproducer(equation, context, examined))
        result = _refuted(base, examined)
        result = replace(result, derive_steps=partial(_steps, equation, context, true=False))
        if explain:
            result = _explained(result, equation, context, line, examined.counterexample.point)
    elif isinstance(proof, kernel.Theorem):
        result = _witnessed(base, equation, context, proof, examined)
    else:
        result = _undecided(base, equation, context, proof, examined)
    return replace(result, seconds=perf_counter() - started)


def decide_link(
    first: Term,
    left: Term,
    right: Term,
    when: tuple[IndexRelation, ...],
    context: Context,
    *,
    explain: bool = True,
) -> Result:
    """Return the verdict on a link `left = right` of a chain that begins with `first`.

    A link may follow from the side before and the chain still be broken above it, and a link that is wrong
    may lead back to what is true; so both questions are asked. Where a side between has no value, neither
    answer gives the other. A wrong link to what is true is not explained: the mistake is in a side before it.
    """
    claim = Equation(left, right, when)
    if left is first:
        link = decide(claim, context, explain=explain, line=True)
        return replace(link, follows=link.verdict, true=link.verdict)
    started = perf_counter()
    try:
        true = decide(Equation(first, right, when), context, explain=False).verdict
    except IllPosedError:
        true = Verdict.ERROR
    link = decide(claim, context, explain=explain and true is not Verdict.PROVED, line=True)
    return replace(link, follows=link.verdict, true=true, seconds=perf_counter() - started)


def _prove(equation: Equation, context: Context) -> Theorem | kernel.Residual:
    """Return a theorem that proves the equation here and now, or why there is none."""
    try:
        proof = kernel.prove(equation, context)
    except LimitError as limit:
        return kernel.Residual("", limit.message)
    if isinstance(proof, kernel.Residual) or kernel.applies(proof, equation, context):
        return proof
    raise TypeError(f"a verdict needs a theorem that proves it: {kernel.why_not(proof, equation, context)}")


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


def _examined(
    equation: Equation, context: Context, proof: Theorem | kernel.Residual, *, beyond: bool
) -> Examination:
    """Return what the oracle finds; a claim without a proof, or a case without a witness, is worth a longer search."""
    usual = CONFIRMING if isinstance(proof, kernel.Theorem) else oracle.Budget()
    examined = oracle.examine(equation, context, replace(usual, beyond=beyond))
    if examined.counterexample is not None:
        return examined
    if isinstance(proof, kernel.Theorem) and _without_values(equation, context, examined)[1] is None:
        return examined
    return oracle.examine(equation, context, replace(THOROUGH, beyond=beyond))


def _witnessed(
    base: Result, equation: Equation, context: Context, theorem: Theorem, examined: Examination
) -> Result:
    """Return `proved` if every case in scope has a witness or provably no value; else `undecided` (rule R2)."""
    tried = tuple(examined.sizes_tried)
    empty, open_case = _without_values(equation, context, examined)
    if open_case is not None:
        where = f"no point at which both sides have a value was found at {case_text(open_case)}"
        reason = f"{where}: {examined.reason}" if examined.reason else where
        return replace(base, reason=reason, residual="0", sizes_tried=tried)
    sizes = sizes_of(equation, context)
    scope = scope_text(sizes, examined.witnesses, empty)
    if scope is None:
        raise IllPosedError(NOWHERE)
    least = least_sizes(sizes, examined.witnesses, empty)
    if least and theorem.conditions:
        # What holds at every size in scope is no condition there: p[i] < 1 for n >= 2.
        within = {n: replace(s, minimum=least.get(n, s.minimum)) for n, s in context.sizes.items()}
        again = _prove(equation, replace(context, sizes=within))
        theorem = again if isinstance(again, kernel.Theorem) else theorem
    return replace(
        base,
        verdict=Verdict.PROVED,
        scope=scope,
        sizes_tried=tried,
        hypotheses=tuple(map(str, theorem.hypotheses)),
        conditions=tuple(map(str, theorem.conditions)),
        marked=tuple(map(str, theorem.marked)),
    )


def _undecided(
    base: Result, equation: Equation, context: Context, residual: kernel.Residual, examined: Examination
) -> Result:
    """Return `undecided`, unless the claim provably says nothing."""
    if not examined.witnesses and examined.missing:
        _, open_case = _without_values(equation, context, examined)
        if open_case is None:
            raise IllPosedError(NOWHERE)
    reasons = "; ".join(filter(None, (residual.reason, examined.reason)))
    return replace(
        base,
        residual=residual.difference or None,
        reason=reasons or "the difference did not reduce to 0, and no counterexample was found",
        sizes_tried=tuple(examined.sizes_tried),
    )


def _without_values(
    equation: Equation, context: Context, examined: Examination
) -> tuple[list[Case], Case | None]:
    """Return the cases that provably have no values, and the first that has neither a witness nor that proof."""
    empty: list[Case] = []
    for case in examined.missing:
        narrowed = replace(equation, when=case.pattern)
        if not kernel.has_no_value(narrowed, context.with_sizes(case.sizes)):
            return empty, case
        empty.append(case)
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


def _explained(
    result: Result, equation: Equation, context: Context, line: bool, point: oracle.Point
) -> Result:
    """Return a refutation with what would be right and with the mistake, as far as they are found."""
    mistake = _mistake(equation, context)
    diagnosis = None if mistake is None else mistake.diagnosis
    right = mistake.corrected if mistake is not None and line else None
    if right is None:
        right = _correct(equation, context)
    elif diagnosis is not None:  # the corrected line need not be told twice
        diagnosis = replace(diagnosis, text=diagnosis.text.replace(f": {right} is right", ""))
    text = None if right is None else str(right)
    through = None if mistake is None else mistake.through
    jacobian = None if through is None else worked.jacobian(through, context, point)
    return replace(result, correct=text, correct_term=right, diagnosis=diagnosis, jacobian=jacobian)


def _correct(equation: Equation, context: Context) -> Term | None:
    """Return the right-hand side that would be right, if the deriver finds one."""
    from derive import derivation

    try:
        right = derivation.correct(equation, context)
    except NO_EXPLANATION:
        return None
    # That the left side equals itself helps nobody.
    return None if right is None or same(right, equation.left) else right


def _mistake(equation: Equation, context: Context) -> Explained | None:
    """Return the known mistake that reproduces the claim exactly, if there is one."""
    from derive import mistakes

    try:
        return mistakes.explain(equation, context)
    except NO_EXPLANATION:
        return None


def _steps(equation: Equation, context: Context, true: bool = True) -> tuple[StepShown, ...] | None:
    """Return the derivation of the left side as it is shown, `None` where there is nothing to derive."""
    from derive import derivation

    try:
        return derivation.steps(equation, context, true=true) or None
    except NO_EXPLANATION:
        return None


def _reproducer(equation: Equation, context: Context, examined: Examination) -> str:
    """Return the whole problem as text, the point, and both values there."""
    from derive.declarations import problem_text

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
