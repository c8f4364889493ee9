"""Diagnoses taken at their word: what each sentence asserts, read from its text alone, and proved again or not.

Nothing of the search is used here: a sentence of a kind that is not in this table is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from derive import check
from derive.problem.declarations import declarations
from derive.report.results import Diagnosis, Verdict
from derive.terms import Context, Equation, Variable

Reading = Callable[[Equation, Sequence[str]], list[str]]
"""From the claim, and what stands between the words of a sentence, to claims that must hold."""

X = "(.+?)"


def _nothing(_claim: Equation, _parts: Sequence[str]) -> list[str]:
    return []


def _claim(left: object, right: object, claim: Equation) -> str:
    return str(Equation(left, right, claim.when))  # type: ignore[arg-type]


def _is(place: int) -> Reading:
    """Return the reading of "this is X": what was claimed, on one side or the other, is X."""
    return lambda claim, parts: [_claim(parts[place], side, claim) for side in (claim.right, claim.left)]


def _minus(claim: Equation, parts: Sequence[str]) -> list[str]:
    other = claim.right if parts[0] == str(claim.left) else claim.left
    return [f"{parts[0]} = -({other})"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of sentence: its words, what it asserts of the claim, and which parts a statement has to hold."""

    words: str
    reading: Reading = _nothing
    stated: tuple[int, ...] = ()

    def parts(self, text: str) -> tuple[str, ...] | None:
        found = re.fullmatch(re.escape(self.words).replace(r"\{\}", X), text)
        return None if found is None else found.groups()


KINDS = (
    # hypotheses
    Kind("a hypothesis is missing: it holds if {} is given; without it, {} is right",
         lambda claim, parts: [f"{claim.left} = {parts[1]}", f"{claim.right} = {parts[1]}"]),
    Kind("a hypothesis is missing: it holds if {} is given"),
    Kind("a hypothesis is missing: it holds if {} is one-hot"),
    Kind("{} restricts the point, not the direction: it was used in {} before differentiating by {}"),
    Kind("{} restricts the point, not the direction: {} and {} were varied together"),
    # the line as it stands
    Kind("the sign is flipped: {} is minus this", _minus),
    Kind("the sign is flipped"),
    Kind("{} has the wrong sign"),
    Kind("{} and {} are exchanged"),
    Kind("the indices {} and {} are exchanged: this is {}", _is(2)),
    Kind("the indices {} and {} are exchanged"),
    Kind("{} is transposed, {} belongs there"),
    Kind("{} is transposed"),
    Kind("{} stands where {}, which is made from it, belongs"),
    Kind("{} stands where {}, from which it is made, belongs"),
    Kind("{} stands where {} belongs"),
    Kind("{} should be {}"),
    Kind("the letter {} of {} stands for {} too"),
    Kind("{} is not a product of sums: {} is the letter of both"),
    Kind("{} is a product of sums where a sum of products belongs"),
    Kind("a factor {} of {} is too much"),
    Kind("a factor {} of {} is missing"),
    Kind("a factor {} is too much"),
    Kind("a factor {} is missing"),
    Kind("the chain rule's inner factor {} is missing"),
    Kind("the terms with {} != {} are lost: {} is too much"),
    Kind("{} is missing: its factor or summand is there for {} = {} only"),
    Kind("{} is missing"),
    # cases
    Kind("this is the case {} = {} of {}, and it was taken for all"),
    Kind("this is the case {} != {} of {}: the term with {} is missing",
         lambda claim, parts: [f"{claim.left} = {claim.right} when {parts[0]} != {parts[1]}"]),
    Kind("the terms of {} with {} != {} are lost: {} is too much"),
    Kind("the terms of {} with {} = {} are lost"),
    # the chain rule through an array
    Kind("the chain rule stops at {}: this is {}, and the factor {} of the chain rule is missing", _is(1)),
    Kind("this is {}, and the factor {} of the chain rule is missing", _is(0)),
    Kind("the chain rule stops at {}: the factor {} of the chain rule is missing"),
    Kind("the factor {} of the chain rule is missing"),
    Kind("{} depends on {} not only through {}: the derivative with {} held fixed is missing"),
    Kind("{} depends on {} too: the term {} of the chain rule is missing", stated=(2,)),
    Kind("{} depends on {} too: its term of the chain rule is missing"),
    Kind("the sum over {} of the chain rule is missing: only the diagonal of the Jacobian of {} was used, {}, where "
         "{} is needed", stated=(2, 3)),
    Kind("the sum over {} of the chain rule is missing: only the diagonal of the Jacobian of {} was used"),
    Kind("the sum over {} of the chain rule, {}, has lost its diagonal term, {} by {}", stated=(1,)),
    Kind("the sum over {} of the chain rule has lost its diagonal term, {} by {}"),
    Kind("the sum over {} of the chain rule is missing: only the summand {} = {} was used, where {} is needed",
         stated=(3,)),
    Kind("the sum over {} of the chain rule is missing: only the summand {} = {} was used"),
    *(Kind(f"in {{}} {words}", stated=(0,)) for words in (
        "the factor {} is missing",
        "the entry {} of the Jacobian was used for every {}",
        "the Jacobian of {} is transposed",
        "the delta of the Jacobian of {} is lost: its diagonal form was used for every {}",
        "the delta of the Jacobian of {} is lost: its off-diagonal form was used for every {}",
    )),
    *(Kind(f"in the chain rule through {{}} {words}") for words in (
        "the factor {} is missing",
        "the entry {} of the Jacobian was used for every {}",
        "the Jacobian of {} is transposed",
        "the delta of the Jacobian of {} is lost: its diagonal form was used for every {}",
        "the delta of the Jacobian of {} is lost: its off-diagonal form was used for every {}",
    )),
    # the rules of differentiation
    Kind("the derivative of the summand {} of {} is missing"),
    Kind("the derivative of the summand {} of {} has the wrong sign"),
    Kind("the summand {} of {} does not depend on {}, so its derivative is 0"),
    Kind("the bound index {} of {} was taken for the free index {}, so the sum stayed: {} is missing"),
    Kind("only the summand {} = {} of {} was differentiated; the others depend on {} too"),
    Kind("a product has one term for each factor that depends on {}: the one with the derivative of {} is missing"),
    Kind("the constant factor {} of {} is missing"),
    Kind("the derivative of the product {} is not the product of the derivatives"),
    *(Kind(f"the quotient rule for {{}} is {{}}: {words}", stated=(0, 1)) for words in (
        "the two terms of the numerator are exchanged", "the numerator has a minus between its terms, not a plus",
        "the denominator is to be squared", "it is not the quotient of the derivatives",
        "the square of the numerator stands below, where that of the denominator belongs",
    )),
    Kind("the power rule for {} brings down a minus"),
    Kind("the power rule for {} was used backwards: this integrates"),
    Kind("the power rule brings down the factor {} of {}"),
    Kind("the power rule lowers the exponent {} of {} by 1, it does not raise it"),
    Kind("the power rule lowers the exponent {} of {} by 1"),
    Kind("the derivative of {} by its exponent has the factor {}, which is not divided by"),
    Kind("the derivative of {} by its exponent has the factor {}"),
    Kind("the exponent of {} depends on {}, so the power rule does not apply"),
    Kind("log is the natural logarithm: its derivative at {} has no factor {}"),
    Kind("this has the derivative of {} where that of {} belongs"),
    Kind("{} stands where its derivative belongs, at {}"),
    Kind("the derivative of {} has several cases: one was used for all"),
    Kind("the chain rule's inner factor at {}, the derivative of {} by {}, is missing"),
    Kind("the derivative of {} has the wrong sign"),
    Kind("this is {}, the derivative by {}", _is(0)),
    Kind("the derivative is taken by {}"),
    Kind("this is {}, a derivative of another order", _is(0)),
    Kind("the derivative is of another order"),
    Kind("{} has several cases: one was used for all"),
    Kind("{} depend on {} too: their terms of the chain rule are missing"),
    Kind("in the chain rule through {} the derivative of {} at {} is missing"),
    Kind("in the chain rule through {} the derivative of {} has {} itself in its place"),
    # one place
    Kind("the cases of {} are exchanged"),
    Kind("the term {} of {} is too much"),
    Kind("the sum over {} in {} is too much"),
    Kind("the summand {} = {} of {} is too much"),
    Kind("the summand {} = {} of {} is missing"),
    Kind("{} stands on one side only: the sum over {} is missing"),
    Kind("{} stands on one side only: the mean over {} is missing"),
    Kind("{} stand on one side only: the sum over {} is missing"),
    Kind("{} stand on one side only: the mean over {} is missing"),
    Kind("the factor {} is missing"),
    Kind("the term {} is missing"),
    # from one line to the next
    Kind("the sum over {} of the chain rule is missing: of {} only the summand {} was kept"),
    Kind("the sum over {} is missing: of {} only the summand {} was kept"),
    Kind("the sign of {} in {} was flipped"),
    Kind("the minus before {} is missing"),
    Kind("the term {} of {} is missing"),
    Kind("the factor {} of {} is missing"),
    Kind("{} is not {}: {} does not go into a sum"),
    Kind("{} is not {}: a power does not go into a sum"),
    Kind("{} is not the sum of {}"),
    Kind("{} is not the product of {}"),
    Kind("{} is not {}"),
    Kind("{} is a summand in {}, and cannot be cancelled"),
)  # fmt: skip


def sentences(text: str) -> list[str]:
    """Return the sentences of a diagnosis, of which several tell of several mistakes."""
    return text.removeprefix("either ").split(", or ")


def is_readable(equation: Equation, context: Context) -> bool:
    """Return whether the claim itself can be read from its text: a line of our own may not say which size j has."""
    (found,) = check("\n".join((*declarations(context), f"claim {equation}"))).results
    return found.verdict is not Verdict.ERROR


def kind_of(sentence: str) -> tuple[Kind | None, tuple[str, ...]]:
    """Return the kind of a sentence, the one with most words of its own, and what stands between its words."""
    found = [(kind, parts) for kind in KINDS if (parts := kind.parts(sentence)) is not None]
    return max(found, key=lambda one: len(one[0].words.replace("{}", "")), default=(None, ()))


def unproved(diagnosis: Diagnosis, equation: Equation, context: Context) -> Iterator[str]:
    """Yield each assertion of a diagnosis, sentences of no known kind too, that is not proved from its text alone."""
    for statement in diagnosis.statements:
        if not proves(statement, context):
            yield f"not proved: {statement}"
    if not diagnosis.statements:
        yield "nothing is stated"
    for sentence in sentences(diagnosis.text):
        yield from _unproved(sentence, diagnosis, equation, context)


def _unproved(sentence: str, diagnosis: Diagnosis, equation: Equation, context: Context) -> Iterator[str]:
    colon = _last_colon(sentence)
    if colon and sentence.endswith(" is right") and "; without it" not in sentence:
        right = sentence[colon + 2 :].removesuffix(" is right")
        sentence = sentence[:colon]
        sides = (equation.left, equation.right)
        if not any(proves(f"claim {_claim(side, right, equation)}", context) for side in sides):
            yield f"not right: {right}"
    kind, parts = kind_of(sentence)
    if kind is None:
        yield f"of no known kind: {sentence}"
        return
    asserted = kind.reading(equation, parts)
    if asserted and not any(proves(f"claim {one}", context) for one in asserted):
        yield f"not proved: {asserted[0]}"
    for place in kind.stated:
        if not any(parts[place] in one for one in diagnosis.statements):
            yield f"not stated: {parts[place]}"


def _last_colon(sentence: str) -> int:
    """Return where the last colon outside of brackets stands, 0 if there is none: `sum(x[j], j: n)` has one inside."""
    depth, last = 0, 0
    for place, sign in enumerate(sentence):
        depth += (sign in "([") - (sign in ")]")
        last = place if sign == ":" and not depth else last
    return last


def proves(statement: str, context: Context) -> bool:
    """Return whether a statement is proved below the declarations of a context."""
    lines = list(declarations(context))
    *more, _ = statement.splitlines()
    for line in more:  # an array that is declared anew takes the place of the one there was
        name = line.split("[")[0].split()[1]
        variable = context.variables.get(name)
        if isinstance(variable, Variable) and not line.startswith("given"):
            lines = [line if one.split("[")[0].split()[1:2] == [name] else one for one in lines]
            statement = statement.replace(f"{line}\n", "")
    results = check("\n".join((*lines, statement))).results
    return bool(results) and all(one.verdict is Verdict.PROVED for one in results)
