"""The search for the mistake behind a refuted claim: known mistakes in order, the most specific first.

It never says what the kernel did not prove: a mistake is named only if it reproduces the claim exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from derive.deriver.alike import restates
from derive.diagnosis.assumed import MISSING, TOO_EARLY, added
from derive.diagnosis.assumptions import says_something
from derive.diagnosis.candidate import Assertion, Candidate, Through
from derive.diagnosis.chain import DIAGONAL_ONLY
from derive.diagnosis.order import REUSED, candidates, further
from derive.diagnosis.screen import KnownPoint, Screen
from derive.errors import IllPosedError, LimitError, OutOfTimeError
from derive.kernel import prover
from derive.kernel.domain import domain
from derive.report.message import Message, joined, say
from derive.report.results import Diagnosis
from derive.terms import (
    ONE,
    ZERO,
    Context,
    Equation,
    Hypothesis,
    IndexRelation,
    Number,
    SizeNumber,
    Term,
    arrays,
    canonical,
    free_indices,
    has_derivative,
    unfold,
    walk,
)

# The search ends by a count of work, so that a slow machine finds the same. Work is counted in nodes of terms.
MAX_CANDIDATES = 1200
MAX_FURTHER = 800  # where none of these comes to the claim
MAX_WORK = 600_000
MAX_MORE = 40_000  # once a mistake is found, for others that come to the same
OF_A_PROOF = 40  # what a node costs the kernel, beside what it costs to look at
MOST_TOLD = 4  # mistakes that one claim may come from; if there are more, no one can tell
# Where nothing is left, many a mistake leaves nothing, and no one can tell which it was; but for these.
OF_NOTHING = frozenset((MISSING, TOO_EARLY, "inner derivative forgotten"))

# Names that tell of one mistake in several ways; of these the one found first is told.
_ALIKE = (
    ("sign flipped", "sign of one summand flipped", "quotient rule's terms exchanged", "quotient rule with a plus"),
    ("factor lost", "factor added", "wrong constant factor", "wrong size",
     "log base", "factor of the power rule lost", "wrong exponent",
     "exponent not lowered", "exponent raised", "quotient rule without the square"),
    ("inner derivative forgotten", "outer derivative forgotten"),
    ("term lost", "term added", "summand lost", "summand too many",
     "term of a sum lost", "product rule's term dropped", "direct dependence lost",
     "off-diagonal case taken for all"),
    (DIAGONAL_ONLY, "sum lost", "only one summand differentiated"),
    ("dropped delta", REUSED, "diagonal case taken for all", "sum of products split"),
    ("transposed indices", "transposed Jacobian", "diagonal entry for all", "wrong index"),
    ("arrays exchanged", "wrong array", "wrong variable", "logits for probabilities", "probabilities for logits"),
)  # fmt: skip
_KIND = {name: names[0] for names in _ALIKE for name in names}


@dataclass(frozen=True, slots=True)
class Named:
    """A mistake that comes to the claim, and what is said of it: all that this asserts is proved.

    The theorems are those of the candidate's equation and of what the sentence states, in this order; a
    sentence without them cannot be said.
    """

    candidate: Candidate
    said: Assertion
    theorems: tuple[prover.Theorem, ...]
    context: Context

    def __post_init__(self) -> None:
        stated = self._stated()
        proved = [prover.applies(one, *what) for one, what in zip(self.theorems, stated, strict=False)]
        if not all(proved) or not len(self.theorems) == len(stated) == 1 + len(self.said.states):
            raise ValueError("a diagnosis has a theorem for each of its statements")

    def _stated(self) -> list[tuple[Equation, Context]]:
        equations = [one for one in self.said.states if isinstance(one, Equation)]
        own = self.candidate.equation, self.candidate.context
        return [own, *((one, self.context) for one in equations)]

    def text(self, correct: Term | None) -> Message:
        """Return the sentence, with the side that is right unless that is told already."""
        right = self.candidate.equation.right
        told = self.candidate.taken_back and right != correct
        return say("{}: {} is right", self.said.message, right) if told else self.said.message

    def statements(self) -> Iterator[str]:
        """Yield what is asserted, in the language: each can be put below the declarations of the claim."""
        for equation, context in self._stated():
            yield "\n".join((*added(context, self.context), f"claim {equation}"))


@dataclass(frozen=True, slots=True)
class Explained:
    """The mistakes that come to a claim, and the right side without the first, if that is proved."""

    named: tuple[Named, ...]
    corrected: Term | None

    @property
    def through(self) -> Through | None:
        """The chain rule that was misused, where it was."""
        return self.named[0].candidate.through

    def diagnosis(self, correct: Term | None = None) -> Diagnosis:
        """Return what is said of the mistakes to somebody who is told what would be correct."""
        names = " or ".join(dict.fromkeys(one.candidate.mistake for one in self.named))
        sentences = joined((one.text(correct) for one in self.named), ", or ")
        stated = tuple(text for one in self.named for text in one.statements())
        return Diagnosis(names, Message("either " * (len(self.named) > 1), sentences), stated)


def diagnose(equation: Equation, context: Context) -> Diagnosis | None:
    """Return the known mistake that reproduces a refuted claim exactly, `None` if there is none.

    See `explain`, which says more.
    """
    found = explain(equation, context)
    return None if found is None else found.diagnosis()


def explain(equation: Equation, context: Context, spare: KnownPoint | None = None) -> Explained | None:
    """Return the known mistake that reproduces a refuted claim exactly, with the corrected right side if it has one.

    The claim is `left = right`; the derivation is that of the side with a `D` in it, the left one if both have.
    Where several mistakes come to exactly the claim, all of them are told: no one knows which was made. Of two
    names for one mistake the more specific is taken. A claim that the kernel proves has no mistake in it.
    `spare` is a point at which candidates may be looked at where no other is found.
    """
    turned = not has_derivative(equation.left) and has_derivative(equation.right)
    if turned:
        equation = replace(equation, left=equation.right, right=equation.left)
    found: dict[str, Named] = {}
    right: Term | None = None
    try:
        judge, screen = _Judge(equation, context), Screen(equation, context, equation, spare)
        if screen.may_hold(equation) and judge.proved(equation, context) is not None:
            return None
        for candidate, theorem in _reproducing(equation, context, judge, screen):
            kind = _KIND.get(candidate.mistake, candidate.mistake)
            named = None if kind in found else judge.named(candidate, theorem)
            if named is not None:
                right = right if found else judge.right(candidate)
                found[kind] = named
    except (LimitError, IllPosedError):
        return None
    except OutOfTimeError:  # what was found before that is no less true
        if not found:
            raise
    if not 0 < len(found) <= MOST_TOLD:
        return None
    return Explained(tuple(found.values()), None if turned else right)


def _reproducing(
    equation: Equation, context: Context, judge: _Judge, screen: Screen
) -> Iterator[tuple[Candidate, prover.Theorem]]:
    """Yield the candidates that are proved to come to the claim, as far as the work goes that may be done."""
    left = MAX_WORK
    nothing = replace(equation, left=ZERO)
    vanishes = screen.may_hold(nothing) and judge.proved(nothing, context) is not None
    asked = _Asked()
    found = False

    def in_turn() -> Iterator[Candidate]:
        yield from islice(asked.fresh(candidates(equation, context)), MAX_CANDIDATES)
        for less in further(equation, context, screen, vanishes=vanishes):
            if not found:
                yield from islice(asked.fresh(less), MAX_FURTHER)

    for candidate in in_turn():
        own = candidate.context is context
        if vanishes and candidate.equation.left != equation.left and candidate.mistake not in OF_NOTHING:
            continue
        nodes = _size(candidate.equation)
        left -= nodes
        look = screen if own else Screen(candidate.equation, candidate.context, equation, screen.sample)
        if not look.may_hold(candidate.equation) or asked.canonical(candidate):
            continue
        left -= OF_A_PROOF * nodes
        if left < 0:
            return
        theorem = judge.proved(candidate.equation, candidate.context)
        if theorem is None or not _worth_saying(candidate, equation, context):
            continue
        if own or vanishes or judge.proved(nothing, candidate.context) is None:
            left = min(left, MAX_MORE)
            found = found or candidate.mistake != MISSING  # of hypotheses there are many
            yield candidate, theorem


def _worth_saying(candidate: Candidate, claim: Equation, context: Context) -> bool:
    """Return whether a mistake that comes to the claim leaves a reader something to mend."""
    if candidate.context is not context:
        return says_something(candidate, context)
    return not (candidate.taken_back and _says_nothing_new(candidate.equation, claim.right, context))


def _says_nothing_new(mended: Equation, claimed: Term, context: Context) -> bool:
    """Return whether what would be right is the left side at greater length, or a number in the names of numbers."""
    right, before = (unfold(side, context.definitions) for side in (mended.right, claimed))
    number = not (isinstance(right, Number) or arrays(right) or _free(right)) and bool(arrays(before))
    longer = sum(1 for _ in walk(mended.right)) > sum(1 for _ in walk(claimed))
    return number or (
        longer
        and mended.left not in walk(claimed)
        and any(restates(mended.left, part) for part in walk(mended.right))
    )


def _free(node: Term) -> bool:
    return bool(free_indices(node)) or any(isinstance(part, SizeNumber) for part in walk(node))


def _size(equation: Equation) -> int:
    return sum(1 for side in (equation.left, equation.right) for _ in walk(side))


def is_absurd(equation: Equation, context: Context) -> bool:
    """Return whether hypotheses contradict each other, and so prove everything."""
    absurd = Equation(ZERO, ONE, equation.when)
    return prover.applies(prover.prove(absurd, context), absurd, context)


class _Judge:
    """The kernel, asked in such a way that a proof means what the diagnosis says."""

    def __init__(self, equation: Equation, context: Context) -> None:
        self.equation, self.context = equation, context
        sides = domain(equation.left, context) + domain(equation.right, context)
        plain = (c.compare for c in sides if not c.guards and not any(b.excluded for b in c.binders))
        self._asked: dict[tuple[Equation, int], tuple[Context, prover.Theorem | None]] = {}
        self._contradictory: dict[tuple[int, tuple[IndexRelation, ...]], tuple[Context, bool]] = {}
        self.domain = tuple(Hypothesis(compare) for compare in dict.fromkeys(plain))

    def proved(self, equation: Equation, context: Context) -> prover.Theorem | None:
        """Return the equation's theorem if it says something, wherever the claim does. Nothing is asked twice."""
        key = equation, id(context)
        known = self._asked.get(key)
        if known is None:  # the context is kept with the answer, so that no other one gets its number
            known = self._asked[key] = context, self._proved(equation, context)
        return known[1]

    def _proved(self, equation: Equation, context: Context) -> prover.Theorem | None:
        try:
            theorem = prover.prove(equation, context)
            if not prover.applies(theorem, equation, context):
                return None
            # It must hold at every point of the claim's domain: no condition may be new.
            if theorem.conditions and not self._within(equation, context):
                return None
            empty = self._absurd(equation, context) or prover.has_no_value(equation, context)
            return None if empty else theorem
        except (LimitError, IllPosedError):
            return None

    def right(self, candidate: Candidate) -> Term | None:
        """Return the claim's right side without the mistake, if that is proved to be right."""
        if candidate.taken_back or candidate.corrected is None:
            return candidate.corrected
        mended = replace(self.equation, right=candidate.corrected)
        return None if self.proved(mended, self.context) is None else mended.right

    def named(self, candidate: Candidate, theorem: prover.Theorem) -> Named | None:
        """Return the candidate with the first of its sentences of which everything is proved."""
        said: Assertion | None = candidate.said
        while said is not None:
            stated = [self.proved(one, self.context) for one in said.states if isinstance(one, Equation)]
            proofs = [one for one in stated if one is not None]
            if len(proofs) == len(said.states):
                return Named(candidate, said, (theorem, *proofs), self.context)
            said = said.otherwise
        return None

    def _absurd(self, equation: Equation, context: Context) -> bool:
        """Return whether hypotheses contradict each other, and so prove everything."""
        absurd = replace(equation, left=ZERO, right=ONE)
        key = id(context), absurd.when
        known = self._contradictory.get(key)
        if known is None:  # the context is kept with the answer, so that no other one gets its number
            known = self._contradictory[key] = context, is_absurd(equation, context)
        return known[1]

    def _within(self, equation: Equation, context: Context) -> bool:
        """Return whether the conditions of the claim, taken as given, entail all of the equation's."""
        inside = replace(context, hypotheses=(*context.hypotheses, *self.domain))
        theorem = prover.prove(equation, inside)
        return prover.why_not(theorem, equation, inside) is None


class _Asked:
    """What was asked before, so that nothing is asked twice."""

    def __init__(self) -> None:
        self._typed: set[tuple[Term, Term, int]] = set()
        self._canonical: set[tuple[Term, Term, int]] = set()

    def typed(self, candidate: Candidate) -> bool:
        """Return whether a candidate was asked in these very letters; note it. This is cheap."""
        return _noted(self._typed, (candidate.equation.left, candidate.equation.right, _given(candidate)))

    def fresh(self, among: Iterator[Candidate]) -> Iterator[Candidate]:
        """Yield the candidates that were not asked in these very letters before."""
        return (one for one in among if not self.typed(one))

    def canonical(self, candidate: Candidate) -> bool:
        """Return whether a candidate was asked in any letters; note it."""
        sides = canonical(candidate.equation.left), canonical(candidate.equation.right)
        return _noted(self._canonical, (*sides, _given(candidate)))


def _noted(known: set[tuple[Term, Term, int]], key: tuple[Term, Term, int]) -> bool:
    if key in known:
        return True
    known.add(key)
    return False


def _given(candidate: Candidate) -> int:
    context = candidate.context
    return hash(context.hypotheses) ^ hash(tuple(context.variables.values()))
