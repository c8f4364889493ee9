"""What the kernel's search for inequalities finds, as expressions: sums of terms, each not negative by a lemma for Coq.

Nobody believes the kernel here, nor this: `bounding` has Coq prove each term, and that they add up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from derive.certificates.expressions import ONE, ZERO, Real, add, fold, minus, mul, num, opp, rebuild
from derive.certificates.printing import NOWHERE
from derive.certificates.rules import CoqLines
from derive.errors import LimitError
from derive.kernel.cases import Case
from derive.kernel.domain import domain
from derive.kernel.goals import goals_of
from derive.kernel.inequalities.certificates import certificate_of
from derive.kernel.inequalities.parts import Certificate, Summand
from derive.kernel.normal_form.back import as_term, common_factor
from derive.kernel.normal_form.polynomials import POSITION, Idx, Poly
from derive.kernel.normal_form.symbols import NeedPatternError
from derive.kernel.signs.choices import NeedCasesError
from derive.kernel.signs.facts import EmptyCaseError
from derive.terms import Context, Equation, Index

if TYPE_CHECKING:
    from derive.certificates.normaliser import Normaliser
    from derive.kernel.normal_form.ring import Ring

UNFOUND = (LimitError, NeedCasesError, NeedPatternError, EmptyCaseError, RecursionError)


@dataclass(frozen=True, slots=True)
class NonnegativeTerm:
    """A term that is not negative: `number` times the sum over indices of weights times what a lemma is about."""

    number: Fraction
    binders: tuple[tuple[str, str], ...]
    weights: tuple[Real, ...]
    core: Real
    proof: CoqLines

    @property
    def expression(self) -> Real:
        """The term without its number."""
        body = fold(mul, [*self.weights, self.core])
        for name, dim in reversed(self.binders):
            body = "sum", name, dim, body
        return body

    @property
    def lines(self) -> CoqLines:
        """The proof that it is not negative."""
        opening = [f"apply Sum_nneg; intros {name} H{name}; cbv beta." for name, _ in self.binders]
        return [*opening, *(["apply Rmult_le_pos.", "{ nneg. }"] if self.weights else []), *self.proof]


@dataclass(frozen=True, slots=True)
class SumOfNonnegatives:
    """`multiplier` times a difference is the sum of the terms, but for what is left over."""

    multiplier: Real
    terms: tuple[NonnegativeTerm, ...]


def found_sum(search: Normaliser, equation: Equation, context: Context) -> SumOfNonnegatives | None:
    """Return the greater side less the other one as such a sum, if the kernel finds one that can be written."""
    conditions = domain(equation.left, context) + domain(equation.right, context)
    below = equation.relation.bounds_above
    try:
        first, *others = goals_of(equation, context, conditions)
        if others:
            return None
        case = Case(first, context)
        case.install()
        left, right = (first.right, first.left) if below else (first.left, first.right)
        found = certificate_of(case.ring, case.translator.difference(left, right))
        return None if found is None else _Reading(search, case.ring).whole(found)
    except UNFOUND:
        return None


class _Reading:
    """Reads a certificate of the kernel's as expressions."""

    def __init__(self, search: Normaliser, ring: Ring) -> None:
        self.search, self.ring = search, ring

    def whole(self, found: Certificate) -> SumOfNonnegatives | None:
        multiplier = fold(mul, [ONE, *(self.expression(one, {}) for one in found.multiplier)])
        terms = [self.term(Fraction(str(number)), part) for number, part in found.parts if number]
        written = tuple(one for one in terms if one is not None)
        return SumOfNonnegatives(multiplier, written) if len(written) == len(terms) else None

    def expression(self, poly: Poly, letters: Mapping[Idx, str]) -> Real:
        """Return a polynomial of the kernel's as an expression, its temporary indices by these names."""
        names = {one: Index(f"own {letter}", one[1]) for one, letter in letters.items()}
        translation = self.search.translation
        inner = {index: letters[one] for one, index in names.items()}
        return self.search.lowering.whole(_of_positive(translation.expression(as_term(poly, names), inner)))

    def term(self, number: Fraction, part: Summand) -> NonnegativeTerm | None:
        """Return a part of a certificate, `None` for one that there is no lemma for."""
        letters = {one: self.search.fresh() for one in (*part.indices, *filter(None, [part.bound]))}
        arguments = [self.expression(one, letters) for one in part.arguments]
        weights = [self.expression(one, letters) for one in part.weight]
        binders = tuple((letters[one], one[1]) for one in part.indices)
        if part.lemma == "product":
            weights = [one for one in weights if one != ONE] or [ONE]
            return NonnegativeTerm(number, binders, (), fold(mul, weights), ["nneg."])
        if part.lemma == "square":
            common, rest = common_factor(part.arguments[0])
            outside = self.expression(self.ring.multiply(common, common), letters)
            weights += [] if outside == ONE else [outside]
            core, proof = ("pow", self.expression(rest, letters), 2), ["apply pow2_ge_0."]
        elif part.lemma == "rest" and part.bound is not None:
            core, proof = self._rest(part, arguments[0], letters)
        elif part.lemma == "means":
            exponents = [Fraction(str(one)) for one in part.exponents]
            core, proof = self._means(arguments, exponents)
        elif part.lemma in LEMMAS:
            core, proof = LEMMAS[part.lemma](*arguments)
        else:
            return None
        return NonnegativeTerm(number, binders, (fold(mul, weights),) if weights else (), core, proof)

    def _rest(self, part: Summand, body: Real, letters: Mapping[Idx, str]) -> tuple[Real, CoqLines]:
        """Return a sum but for its terms at some places."""
        bound = part.bound
        if bound is None:
            raise LimitError("a sum without its index")
        j = letters[bound]
        places = [letters.get(one) or _place(one) for one in part.places]
        factors = [minus(ONE, ("delta", place, j)) for place in places]
        core: Real = "sum", j, bound[1], fold(mul, [*factors, body])
        proof = [f"apply Sum_nneg; intros {j} H{j}; cbv beta.", "nneg."]
        return core, proof

    def _means(self, arguments: list[Real], exponents: list[Fraction]) -> tuple[Real, CoqLines]:
        """Return weighted terms less their mean, which is a product of powers of theirs."""
        *terms, mean = arguments
        core = minus(fold(add, [mul(num(a), u) for a, u in zip(exponents, terms, strict=True)]), mean)
        show, search = self.search.show, self.search
        if exponents == [Fraction(1, 2)] * 2:
            equal = minus(("pow", mean, 2), mul(*terms))
            _, lines = search.normal(equal, NOWHERE)
            return core, [
                f"apply (means2 {show(terms[0])} {show(terms[1])} {show(mean)}); [nneg|nneg|].",
                f"assert (HM : {show(equal)} = 0).", "{ ", *lines, "alg. }", "lra.",
            ]  # fmt: skip
        logs = minus(fold(add, [mul(num(a), ("fn", "ln", u)) for a, u in zip(exponents, terms, strict=True)]),
                     ("fn", "ln", mean))  # fmt: skip
        _, lines = search.normal(logs, NOWHERE)
        numbers = [*(show(num(a)) for a in exponents), *(show(u) for u in terms), show(mean)]
        lemma = f"means_of_{len(terms)}" if len(terms) in (2, 3) else ""
        if not lemma:
            raise LimitError("a mean of more than three numbers")
        return core, [
            f"apply ({lemma} {' '.join(numbers)}); try lra; try pos.",
            f"assert (HM : {show(logs)} = 0).", "{ ", *lines, "alg. }", "lra.",
        ]  # fmt: skip


def _place(one: Idx) -> str:
    """Return the name of an index of the claim, or of a position from 0."""
    return str(one[3] - 1) if one[0] == POSITION else one[2]


def _of_positive(e: Real) -> Real:
    """Return an expression with logarithms of absolute values, as the kernel has them, as logarithms."""
    if e[:2] == ("fn", "ln") and e[2][:2] == ("fn", "Rabs"):
        return "fn", "ln", _of_positive(e[2][2])
    return rebuild(e, _of_positive)


LEMMAS: dict[str, Callable[..., tuple[Real, CoqLines]]] = {
    "exponential": lambda u: (minus(minus(("fn", "exp", u), ONE), u), ["apply exp_tangent."]),
    "logarithm": lambda u: (minus(minus(u, ONE), ("fn", "ln", u)), ["apply ln_tangent; pos."]),
    "absolute": lambda u: (minus(("where_gt", u, ZERO, u, opp(u)), u), ["apply abs_tangent."]),
    "bernoulli": lambda u, v: (
        minus(minus(("rpow", u, v), ONE), mul(v, minus(u, ONE))),
        ["apply bernoulli; [pos|lra]."],
    ),
}
