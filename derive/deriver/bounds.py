"""Writes proofs of inequalities as a person does: an identity, terms that are not negative, and the lemma's name.

Every line is proved by the kernel as it stands: that the difference is the sum of these terms as an equation, and that
they are not negative as inequalities. What the search came from is not believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

from derive.deriver.finish import Finisher
from derive.deriver.letters import Letters
from derive.errors import LimitError
from derive.kernel import prover
from derive.kernel.cases import Case
from derive.kernel.domain import domain
from derive.kernel.goals import goals_of
from derive.kernel.inequalities.certificates import certificate_of, remade
from derive.kernel.inequalities.parts import Certificate, Summand
from derive.kernel.inequalities.slopes import sloped
from derive.kernel.normal_form.back import as_term, common_factor
from derive.kernel.normal_form.polynomials import Idx, Poly
from derive.kernel.normal_form.ring import Ring
from derive.kernel.normal_form.symbols import NeedPatternError
from derive.kernel.signs.choices import NeedCasesError
from derive.kernel.signs.facts import EmptyCaseError
from derive.report.message import Message, hypotheses_told
from derive.report.results import StepShown, Verdict
from derive.terms import (
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Big,
    Binder,
    Compare,
    Context,
    Equation,
    Hypothesis,
    Index,
    Number,
    Power,
    Relation,
    Term,
    add,
    multiply,
    negate,
    same,
    walk,
)

SUM = "a sum of what is not negative"
NAMES = {
    "square": "square", "product": "signs", "exponential": "tangent of the exponential",
    "logarithm": "tangent of the logarithm", "absolute": "absolute value", "means": "inequality of means",
    "rest": "rest of a sum", "bernoulli": "Bernoulli's inequality",
}  # fmt: skip


def bound_steps(equation: Equation, context: Context) -> tuple[StepShown, ...]:
    """Return the proof of an inequality line by line; empty if none is found that can be written."""
    relation = equation.relation
    if relation is Relation.UNEQUAL or equation.when:
        return ()
    below = relation.bounds_above
    less, more = (equation.left, equation.right) if below else (equation.right, equation.left)
    difference = more if less == ZERO else add(more, negate(less))
    positive = Relation.GREATER if 0 not in relation.signs else Relation.AT_LEAST
    for whole, names, root in _sums(equation, context, below=below):
        rule = ", ".join(names)
        if root is not None and positive is Relation.AT_LEAST and _vanishes(whole, root, context):
            rule += f" with equality where {root}"
        trivial = same(whole, difference) or str(whole) == str(difference)
        lines = [_line(rule, Equation(difference if trivial else whole, ZERO, relation=positive), context)]
        if not trivial:
            lines = [_line(SUM, Equation(difference, whole), context), *map(_continued, lines)]
        proved = [line for line in lines if line is not None]
        if len(proved) == len(lines):
            return tuple(proved)
    way = sloped(equation, context, prover.shown_without_slopes)
    last = None if way is None else _line(way, equation, context)
    return () if last is None else (last,)


def _vanishes(whole: Term, root: Compare, context: Context) -> bool:
    """Return whether it is proved that a sum is 0 where an equation holds, for all the indices in that."""
    supposed = replace(context, hypotheses=(*context.hypotheses, Hypothesis(root)))
    statement = Equation(whole, ZERO)
    return prover.applies(prover.prove(statement, supposed), statement, supposed)


def _continued(line: StepShown | None) -> StepShown | None:
    return None if line is None else replace(line, before=None)


def _line(rule: str, equation: Equation, context: Context) -> StepShown | None:
    theorem = prover.prove(equation, context)
    if not prover.applies(theorem, equation, context):
        return None
    conditions = tuple(Message(*one.pieces) for one in theorem.conditions)
    return StepShown(
        rule,
        equation.left,
        equation.right,
        (),
        hypotheses_told(theorem.hypotheses, context),
        Verdict.PROVED,
        conditions,
        equation.relation,
    )


def _sums(
    equation: Equation, context: Context, *, below: bool
) -> Iterator[tuple[Term, tuple[str, ...], Compare | None]]:
    """Yield the greater side less the other one as sums of what is not negative, and where it is 0 if one lemma tells.

    The shortest shapes come first, but squares stay squares.
    """
    conditions = domain(equation.left, context) + domain(equation.right, context)
    for goal in goals_of(equation, context, conditions):
        case = Case(goal, context)
        try:
            case.install()
            left, right = (goal.right, goal.left) if below else (goal.left, goal.right)
            poly = case.translator.difference(left, right)
            certificate = certificate_of(case.ring, poly)
            terms = None if certificate is None else _terms(case.ring, certificate)
        except (LimitError, NeedCasesError, NeedPatternError, EmptyCaseError):
            return
        if certificate is None or terms is None:
            return
        names = tuple(dict.fromkeys(NAMES[part.lemma] for _, part in certificate.parts))
        over = [Power(as_term(one), MINUS_ONE) for one in certificate.multiplier]
        finisher = Finisher(context, Letters(context))
        pretty: list[Term] = []
        root = _root(certificate)
        for one in terms:
            node = multiply(one, *over)
            with suppress(LimitError):
                shapes = [node, *finisher.written_short(node)]
                node = min(shapes, key=lambda found: (-_squares(found), len(str(found))))
            pretty.append(node)
        yield finisher.letters.relabel(add(*pretty)), names, root
        yield finisher.letters.relabel(multiply(*over, add(*terms))), names, root
        return


def _squares(node: Term) -> int:
    """Return how many squares of sums there are in a term: a proof by squares shows them."""
    return sum(
        isinstance(part, Power) and isinstance(part.base, Add) and part.exponent == Number(Fraction(2))
        for part in walk(node)
    )


def _root(certificate: Certificate) -> Compare | None:
    """Return where the only part of a certificate is 0."""
    if len(certificate.parts) != 1:
        return None
    ((_, part),) = certificate.parts
    letters = {one: Index("jkl"[k], one[1]) for k, one in enumerate(part.indices)}
    match part.lemma, part.arguments:
        case "square", (whole,):
            root = common_factor(whole)[1]
            above = {m: c for m, c in root.items() if c > 0}
            below = {m: -c for m, c in root.items() if c < 0}
            return Compare(Relation.EQUAL, as_term(above, letters), as_term(below, letters))
        case ("exponential" | "logarithm") as lemma, (inner,):
            return Compare(Relation.EQUAL, as_term(inner, letters), ZERO if lemma == "exponential" else ONE)
        case "means", (first, second, _):
            return Compare(Relation.EQUAL, as_term(first, letters), as_term(second, letters))
    return None


def _terms(ring: Ring, certificate: Certificate) -> list[Term]:
    return [_term(ring, number, part) for number, part in certificate.parts]


def _term(ring: Ring, number: object, part: Summand) -> Term:
    """Return a part of a certificate as a term: a square as a square, a sum as a sum.

    Raises:
        LimitError: something in it has no term.
    """
    letters = {
        one: Index(f"term {k}", one[1]) for k, one in enumerate((*part.indices, *filter(None, [part.bound])))
    }

    def written(poly: Poly) -> Term:
        return as_term(poly, letters)

    if part.lemma == "square":
        common, rest = common_factor(part.arguments[0])
        square = written(ring.multiply(common, common))
        core: Term = multiply(
            *(() if square == ONE else (square,)), Power(written(rest), Number(Fraction(2)))
        )
    elif part.lemma == "rest" and part.bound is not None:
        index = letters[part.bound]
        excluded = tuple(_index(place, letters) for place in part.places)
        core = Big("sum", (Binder(index, excluded),), written(part.arguments[0]))
    elif part.lemma == "product":
        core = ONE
    else:
        bare = Summand(part.lemma, part.arguments, (), (), part.exponents, part.bound, part.places)
        core = written(remade(ring, bare)[0])
    body = multiply(*(written(one) for one in part.weight), core)
    if part.indices:
        body = Big("sum", tuple(Binder(letters[one]) for one in part.indices), body)
    times = Fraction(str(number))
    return body if times == 1 else multiply(Number(times), body)


def _index(place: Idx, letters: dict[Idx, Index]) -> Index:
    return letters.get(place) or Index(place[2], place[1])
