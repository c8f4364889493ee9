"""A wrong verdict made small: declarations and parts of the claim left out for as long as it stays wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from mpmath import mp

from derive.errors import ContradictionError, DeriveError
from derive.problem.declarations import problem_text
from derive.problem.problems import Claim
from derive.reading.text import read
from derive.report.results import Verdict
from derive.terms import (
    ONE,
    ZERO,
    Big,
    Context,
    Derivative,
    Equation,
    Term,
    children,
    free_indices,
    rebuild,
)
from derive.verification.verdicts import decide
from tests.soundness import opinion
from tests.soundness.points import admitted
from tests.soundness.problems import only_used
from tests.soundness.trial import Outcome, point_of

STEPS = 400


def written(one: Outcome, directory: Path, shrink: bool) -> Path:
    """Write what was found to a file that can be dropped into tests/forgeries, as small as it gets; a page as it is."""
    directory.mkdir(parents=True, exist_ok=True)
    if "page" in one.features:
        page = directory / f"seed{one.seed}_{one.number}.md"
        page.write_text(f"<!-- {one.outcome}, {one.kind} -->\n{one.text}", encoding="utf-8")
        return page
    text = one.text
    if shrink:
        try:
            text = shrunk(text, one.truth)
        except DeriveError:
            text = one.text
    comment = "\n".join(f"# {line}" for line in (one.detail.splitlines() or [""])[-12:])
    file = directory / f"seed{one.seed}_{one.number}.drv"
    body = text.rstrip() if one.truth else _expecting(text)
    file.write_text(f"problem: {one.outcome}, {one.kind}\n{comment}\n{body}\n", encoding="utf-8")
    return file


def _expecting(text: str) -> str:
    *before, claim = text.rstrip().split("\n")
    return "\n".join([*before, claim if " expect " in claim else f"{claim} expect refuted"])


def shrunk(text: str, truth: bool) -> str:
    """Return a smaller text on which the engines are wrong in the same way; the text itself if there is none."""
    (problem,) = read(text)
    claims = [item for item in problem.items if isinstance(item, Claim)]
    if not claims or len(claims[0].sides) != 2:
        return text
    equation, context = claims[0].equation, claims[0].context
    kind = wrongness(equation, context, truth)
    if kind is None:
        return text
    steps = 0
    smaller = True
    while smaller and steps < STEPS:
        smaller = False
        for candidate, within in candidates(equation, context):
            steps += 1
            if steps > STEPS:
                break
            if wrongness(candidate, within, truth) == kind:
                equation, context, smaller = candidate, within, True
                break
    return problem_text(equation, only_used(context, (equation.left, equation.right)))


def wrongness(equation: Equation, context: Context, truth: bool) -> str | None:
    """Return what is wrong with the verdict on an equation, `None` if nothing certainly is."""
    try:
        (problem,) = read(problem_text(equation, context))
        if problem.failures:
            return None
        (claim,) = problem.claims
        result = decide(claim.equation, claim.context, explain=False)
    except ContradictionError:
        return "contradiction"
    except DeriveError:
        return None
    except Exception as error:  # noqa: BLE001 - a traceback is one of the things looked for
        return type(error).__name__
    if truth and result.verdict is Verdict.REFUTED and result.counterexample is not None:
        with mp.workprec(opinion.BITS):
            point = point_of(result.counterexample, claim.context)
            if point is None:
                return "refuted"
            if opinion.compare(claim.equation, claim.context, point) is not False:
                return "refuted"
            return None if admitted(claim.context, point) else "refuted"
    if not truth and result.verdict is Verdict.PROVED and _fails(claim):
        return "proved"
    return None


def _fails(claim: Claim) -> bool:
    """Return whether the third opinion still refutes a claim, at random points that satisfy its hypotheses."""
    import random

    from tests.soundness.problems import Made, standing
    from tests.soundness.settings import Setting

    setting = Setting(claim.context, tuple(claim.context.labels.values()))
    made = Made(setting, (claim.sides[0].term, claim.sides[1].term), claim.when, 0)
    source = random.Random(1)  # noqa: S311 - reproducible, not secret
    return standing(claim.equation, made, source, 10**6, 60) == "fails"


def candidates(equation: Equation, context: Context) -> Iterator[tuple[Equation, Context]]:
    """Yield smaller claims: a declaration less, or a part of a side replaced by something simpler."""
    for k in range(len(context.hypotheses)):
        rest = context.hypotheses[:k] + context.hypotheses[k + 1 :]
        yield equation, replace(context, hypotheses=rest)
    for name, v in context.variables.items():
        if v.bounds:
            yield equation, replace(context, variables={**context.variables, name: replace(v, bounds=())})
    if equation.when:
        yield replace(equation, when=equation.when[1:]), context
    for left in smaller(equation.left):
        yield replace(equation, left=left), context
    for right in smaller(equation.right):
        yield replace(equation, right=right), context


def smaller(node: Term) -> Iterator[Term]:
    """Yield simpler terms: 0, 1, a part in place of the whole, or a simpler part."""
    if node in (ZERO, ONE):
        return
    yield from (ZERO, ONE)
    parts = node.terms if hasattr(node, "terms") else getattr(node, "factors", ())
    for k in range(len(parts)):
        from derive.terms import Add, add, multiply

        rest = (*parts[:k], *parts[k + 1 :])
        yield add(*rest) if isinstance(node, Add) else multiply(*rest)
    bound = {b.index for b in node.binders} if isinstance(node, Big) else set()
    for child in children(node):
        if not bound & set(free_indices(child)):
            yield child
    inner = (node.body,) if isinstance(node, Derivative) else children(node)
    for k, child in enumerate(inner):
        for new in smaller(child):
            yield _with(node, k, new)


def _with(node: Term, place: int, new: Term) -> Term:
    count = -1

    def change(child: Term) -> Term:
        nonlocal count
        count += 1
        return new if count == place else child

    return rebuild(node, change)
