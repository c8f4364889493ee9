"""Claims from Python: a pair of expressions and their hypotheses go in, a `Result` comes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from derive.errors import IllPosedError, Position
from derive.limits.deadline import ASKED_FOR, Effort
from derive.objects.declared import Carried, merge
from derive.objects.expression import (
    Expression,
    IndexStatement,
    Statement,
    expression,
    is_sympy,
    joined,
    statement,
    told,
)
from derive.reading.declared import Declared
from derive.report.results import Result
from derive.terms import (
    ONE,
    ZERO,
    Apply,
    Compare,
    Context,
    Delta,
    Derivative,
    Equation,
    Hypothesis,
    Index,
    IndexRelation,
    Relation,
    Term,
    free_indices,
    unfold,
    walk,
)

# Imported inside functions: SymPy and the engines, which are loaded when something is to be decided.

_EVALUATED = (
    "{what} is {value}: Python or SymPy has already evaluated `==`; for SymPy expressions write Eq(a, b)"
)


def verify(
    left: Any,
    right: Any = None,
    given: Iterable[Any] | Statement | IndexStatement = (),
    when: IndexStatement | Sequence[IndexStatement] = (),
    *,
    explain: float | None = None,
    steps: bool = True,
) -> Result:
    """Prove or refute `left = right` for every size and every point that satisfies the hypotheses.

    Both sides are derive's expressions, SymPy expressions or numbers; `left` alone may be a whole statement,
    `a == b` or `Eq(a, b)`. `given` takes statements (their open axes and free indices mean "for all") and
    `t != u` between labels; `when` relates free indices, as `i != j` does. `explain` and `steps` are as in `check`.

    Raises:
        IllPosedError: shapes that do not fit, a bool among the hypotheses, a side without any value.
        ContradictionError: the two engines contradict each other, which is a bug in derive.
    """
    from derive.verification.verdicts import decide

    effort = _effort(explain)
    given = _listed(given)
    cases = _listed(when)
    relations = tuple(_relation(one) for one in cases)
    asked = _Pair(Relation.EQUAL, left, right) if right is not None else left
    converted, carried = _converted(asked, given)
    claim, hypotheses = converted[0], converted[1:]
    context = merge((carried, *(one.context for one in cases))).declarations()
    for hypothesis in hypotheses:
        context = _assume(context, hypothesis)
    equation = replace(claim.equation, when=relations)
    _check_when(equation)
    return decide(equation, context, steps=steps, effort=effort)


def show(value: Any) -> Result:
    """Return the derivation of an expression: the proved claim that it is what it comes to, line by line.

    Its `steps` are the lines, and `latex()` typesets it. Raises `IllPosedError` for what is no expression.
    """
    from derive.verification.questions import Question, answer

    found = expression(value)
    term, _ = found.written()
    context = found.context.declarations()
    at = Position("<expression>", 1, 1)
    question = Question("", at, at.file, None, 1, context=context, shown=term)
    return replace(answer(question, ASKED_FOR, steps=True), file=None, line=None, column=None)


def _effort(explain: object) -> Effort:
    """Return how much an explanation may cost."""
    if explain is not None and type(explain) not in (int, float):
        raise IllPosedError(f"`explain` is a number of seconds, and {told(explain)} is none")
    try:
        return Effort.of(explain)  # type: ignore[arg-type]  # one of the two, or nothing
    except ValueError as error:
        raise IllPosedError(str(error)) from None


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """Two sides that are no expressions yet."""

    relation: Relation
    left: Any
    right: Any


def _listed(value: Any) -> list[Any]:
    """Return one thing or several as a list; whatever is no collection is one thing."""
    if not isinstance(value, Iterable) or isinstance(value, str | bytes | Expression) or is_sympy(value):
        return [value]
    try:
        return list(value)
    except TypeError:  # a number in a NumPy array without axes
        return [value]


def _converted(asked: Any, given: list[Any]) -> tuple[list[Any], Carried]:
    """Return the claim and the hypotheses as statements, and the declarations of all of them.

    SymPy expressions are converted together, so that an index whose range stands in one of them has it
    in all.
    """
    for one, what in ((asked, "the claim"), *((one, "a hypothesis") for one in given)):
        if type(one).__name__ in {"bool", "bool_", "BooleanTrue", "BooleanFalse"}:
            raise IllPosedError(_EVALUATED.format(what=what, value=one))
    parts: list[Any] = []
    shapes: list[tuple[Relation, int] | IndexStatement] = []
    for position, one in enumerate([asked, *given]):
        if isinstance(one, IndexStatement) and position:
            shapes.append(one)
            continue
        relation, left, right = _relation_and_sides(one)
        shapes.append((relation, len(parts)))
        parts.extend((left, right))
    expressions = _expressions(parts)
    statements: list[Any] = [
        shape
        if isinstance(shape, IndexStatement)
        else statement(shape[0], expressions[shape[1]], expressions[shape[1] + 1])
        for shape in shapes
    ]
    return statements, merge(one.context for one in statements)


def _relation_and_sides(one: Any) -> tuple[Relation, Any, Any]:
    if isinstance(one, Statement | _Pair):
        return one.relation, one.left, one.right
    if is_sympy(one):
        from derive import interop

        if interop.is_statement(one):
            return interop.sides(one)
    raise IllPosedError(f"{told(one)} is no statement: write a == b, or Eq(a, b) for SymPy expressions")


def _expressions(parts: list[Any]) -> list[Expression]:
    foreign = [number for number, part in enumerate(parts) if is_sympy(part)]
    found = {number: expression(part) for number, part in enumerate(parts) if number not in foreign}
    if foreign:
        from derive.interop import from_sympy

        ours = merge(one.context for one in found.values())
        terms, context = from_sympy([parts[number] for number in foreign], apart=Declared.of(ours).names())
        found |= {number: joined(one, context) for number, one in zip(foreign, terms, strict=True)}
    return [found[number] for number in range(len(parts))]


def _assume(context: Context, hypothesis: Any) -> Context:
    if isinstance(hypothesis, IndexStatement):
        relation = hypothesis.relation
        if relation.equal or not {relation.left, relation.right} <= set(context.labels.values()):
            raise IllPosedError(f"`given` takes `!=` between labels; {relation} belongs in `when`")
        return replace(context, distinct=(*context.distinct, (relation.left, relation.right)))
    assert isinstance(hypothesis, Statement)  # noqa: S101 - what `_converted` makes
    left, right = (unfold(side, context.definitions) for side in hypothesis.written())
    for side in (left, right):
        _check_supposed(side, context)
    condition = Compare(hypothesis.relation, left, right)
    _refuse_indices(condition, context)
    return replace(context, hypotheses=(*context.hypotheses, Hypothesis(condition, str(hypothesis))))


def _check_supposed(side: Term, context: Context) -> None:
    for node in walk(side):
        if isinstance(node, Derivative):
            raise IllPosedError("a hypothesis restricts the point, so no derivative stands in it")
        if isinstance(node, Apply) and node.function in context.functions:
            raise IllPosedError(f"the unknown function {node.function} may not stand in a hypothesis")


def _refuse_indices(condition: Compare, context: Context) -> None:
    """The indices of a hypothesis are local and mean "for all": it would say that every two are equal, or differ."""
    delta = condition.left
    if isinstance(delta, Delta) and condition.relation == "=" and condition.right in (ZERO, ONE):
        free = [one for one in (delta.left, delta.right) if str(one) not in context.labels]
        if free:
            raise IllPosedError(
                f"the indices of a hypothesis are local, so it cannot relate {free[0]}; use `when`"
            )


def _relation(one: Any) -> IndexRelation:
    if not isinstance(one, IndexStatement):
        raise IllPosedError(f"`when` takes relations between indices, as i == j, not {told(one)}")
    return one.relation


def _check_when(equation: Equation) -> None:
    named: set[Index] = {*free_indices(equation.left), *free_indices(equation.right)}
    for relation in equation.when:
        for index in (relation.left, relation.right):
            if index not in named:
                raise IllPosedError(f"{index} stands in `when` and not in the claim")
