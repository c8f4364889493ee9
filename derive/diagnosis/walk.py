"""Differentiation with exactly one mistake in it: every derivative that comes out if one rule is misapplied once.

The rules themselves come from `calculus`; nothing here decides whether a result is right.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from derive.diagnosis.candidate import Sentence, Slip, replace_term, say, set_deltas
from derive.kernel.differentiation import differentiate, product_of, resolve, sum_of
from derive.terms import (
    HALF,
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Apply,
    Big,
    Context,
    Delta,
    Derivative,
    Entry,
    Equation,
    Index,
    Multiply,
    Number,
    Power,
    Term,
    Where,
    add,
    arrays,
    children,
    divide,
    free_indices,
    instantiate,
    multiply,
    negate,
    open_binders,
    rename,
    term,
)
from derive.terms.functions import TABLE, expansion, log


class Walk:
    """The derivative by one entry, true or with one slip. `held` are the defined names that stay as they are."""

    def __init__(self, context: Context, by: Entry) -> None:
        self.context, self.by = context, by
        self.held = frozenset((by.name,)).intersection(context.definitions)
        self._known: dict[Term, Term] = {}

    def true(self, node: Term) -> Term:
        """Return the true derivative."""
        if node not in self._known:
            self._known[node] = differentiate(resolve(node, self.context, self.held), self.by)
        return self._known[node]

    def _constant(self, node: Term) -> tuple[Equation, ...]:
        """Return what says that a term is constant; nothing is to be said if the variable does not occur in it."""
        plain = resolve(node, self.context, self.held)
        return (Equation(Derivative(node, (self.by,)), ZERO),) if self.by.name in arrays(plain) else ()

    def slips(self, node: Term) -> Iterator[Slip]:
        """Yield every derivative of the term with one rule misapplied at one place."""
        if self.true(node) == ZERO:
            return
        match node:
            case Entry(name, indices) if name in self.context.definitions and name not in self.held:
                yield from self.slips(instantiate(self.context.definitions[name], indices))
            case Add(terms):
                yield from self._add(node, terms)
            case Multiply(factors):
                yield from self._multiply(node, factors)
            case Power(base, exponent):
                yield from self._power(node, base, exponent)
            case Apply("sqrt", (argument,)):
                yield from self._power(node, argument, HALF)
            case Apply():
                yield from self._apply(node)
            case Where(condition, then, otherwise):
                yield from self._where(node, then, otherwise)
                for slip in self.slips(then):
                    yield replace(slip, term=Where(condition, slip.term, self.true(otherwise)))
                for slip in self.slips(otherwise):
                    yield replace(slip, term=Where(condition, self.true(then), slip.term))
            case Big("sum" | "mean"):
                yield from self._big(node)

    # sums

    def _add(self, node: Add, terms: tuple[Term, ...]) -> Iterator[Slip]:
        slopes = [self.true(one) for one in terms]
        moving = [k for k, slope in enumerate(slopes) if slope != ZERO]
        for k, one in enumerate(terms):
            others = (slopes[:k], slopes[k + 1 :])
            if k in moving:
                for slip in self.slips(one):
                    yield replace(slip, term=sum_of(*others[0], slip.term, *others[1]))
                if len(moving) > 1:
                    yield Slip(
                        "term of a sum lost",
                        say("the derivative of the summand {} of {} is missing", one, node),
                        sum_of(*others[0], *others[1]),
                    )
                    yield Slip(
                        "sign of one summand flipped",
                        say("the derivative of the summand {} of {} has the wrong sign", one, node),
                        sum_of(*others[0], negate(slopes[k]), *others[1]),
                    )

    def constants_kept(self, node: Term) -> Iterator[Slip]:
        """Yield the derivative of a sum with one summand that does not vary left standing in it."""
        if not isinstance(node, Add):
            return
        slopes = [self.true(one) for one in node.terms]
        for one, slope in zip(node.terms, slopes, strict=True):
            if slope == ZERO:
                said = say(
                    "the summand {} of {} does not depend on {}, so its derivative is 0", one, node, self.by
                )
                yield Slip("constant kept", said.stating(*self._constant(one)), sum_of(*slopes, one))

    def _big(self, node: Big) -> Iterator[Slip]:
        bound = {binder.index for binder in node.binders}
        if bound & set(self.by.indices):
            node = open_binders(node, {i.name for i in (*free_indices(node), *self.by.indices, *bound)})
        slope = self.true(node.body)
        for slip in self.slips(node.body):
            yield replace(slip, term=replace(node, body=slip.term))
        for binder in node.binders:
            for index in self.by.indices:
                if index.dim != binder.index.dim:
                    continue
                pairs = frozenset((frozenset((binder.index, index)),))
                captured = set_deltas(slope, ONE, pairs)
                if captured != slope:
                    yield Slip(
                        "dummy index reused",
                        say(
                            "the bound index {} of {} was taken for the free index {}, so the sum stayed: "
                            "{} is missing",
                            binder.index,
                            node,
                            index,
                            Delta(binder.index, index),
                        ),
                        replace(node, body=captured),
                    )
                rest = tuple(b for b in node.binders if b != binder)
                if node.operation == "sum" and not any(b.excluded for b in node.binders):
                    body = rename(node.body, {binder.index: index})
                    alone = self.true(replace(node, binders=rest, body=body) if rest else body)
                    yield Slip(
                        "only one summand differentiated",
                        say(
                            "only the summand {} = {} of {} was differentiated; the others depend on {} too",
                            binder.index,
                            index,
                            node,
                            self.by,
                        ),
                        alone,
                    )

    # products and quotients

    def _multiply(self, node: Multiply, factors: tuple[Term, ...]) -> Iterator[Slip]:
        plain = [f for f in factors if not isinstance(f, Number)]
        if len(plain) > 1 and all(f == plain[0] for f in plain):
            number = product_of(*(f for f in factors if isinstance(f, Number)))
            for slip in self._power(node, plain[0], term(len(plain))):
                yield replace(slip, term=product_of(number, slip.term))
        yield from self.quotient(node)
        slopes = [self.true(factor) for factor in factors]
        moving = [k for k, slope in enumerate(slopes) if slope != ZERO]
        parts = {k: product_of(*factors[:k], slopes[k], *factors[k + 1 :]) for k in moving}
        for k in moving:
            rest = [part for other, part in parts.items() if other != k]
            if rest:
                yield Slip(
                    "product rule's term dropped",
                    _lost_term(self.by, factors[k]),
                    sum_of(*rest),
                )
            for slip in self.slips(factors[k]):
                yield replace(
                    slip, term=sum_of(*rest, product_of(*factors[:k], slip.term, *factors[k + 1 :]))
                )
        for k, factor in enumerate(factors):
            if k not in moving and factor != MINUS_ONE:
                said = say("the constant factor {} of {} is missing", _as_number(factor), node)
                yield Slip(
                    "log base" if _is_log_base(factor) else "factor lost",
                    said.stating(*self._constant(factor)),
                    self.true(multiply(*factors[:k], *factors[k + 1 :])),
                )
        if len(moving) > 1:
            yield Slip(
                "product of the derivatives",
                say("the derivative of the product {} is not the product of the derivatives", node),
                product_of(*(slopes[k] if k in moving else f for k, f in enumerate(factors))),
            )

    def quotient(self, node: Term) -> Iterator[Slip]:
        """Yield the quotient rule misapplied to a term that is written as a quotient, `f/g`."""
        factors = node.factors if isinstance(node, Multiply) else ()
        below = [_denominator(f) for f in factors]
        if any(d is not None and e is None for d, e in itertools.pairwise(below)):
            return
        bottom = [d for d in below if d is not None]
        if not bottom or len(bottom) == len(factors):
            return
        top = multiply(*(f for f, d in zip(factors, below, strict=True) if d is None))
        under = multiply(*bottom)
        up, down = self.true(top), self.true(under)
        if up == ZERO or down == ZERO:
            return
        first, second = product_of(up, under), product_of(top, down)
        square = Power(under, term(-2))
        slopes = Derivative(top, (self.by,)), Derivative(under, (self.by,))
        right = divide(slopes[0] * under - top * slopes[1], under**2)
        rule = Equation(Derivative(node, (self.by,)), right)

        def told(what: str) -> Sentence:
            plain = say(f"the quotient rule for {{}}: {what}", node)
            said = say(f"the quotient rule for {{}} is {{}}: {what}", node, right)
            return said.stating(rule, otherwise=plain)

        for mistake, text, numerator, divisor in (
            ("quotient rule's terms exchanged", "the two terms of the numerator are exchanged",
             add(second, negate(first)), square),
            ("quotient rule with a plus", "the numerator has a minus between its terms, not a plus",
             add(first, second), square),
            ("quotient rule without the square", "the denominator is to be squared",
             add(first, negate(second)), Power(under, MINUS_ONE)),
            ("quotient rule upside down", "the square of the numerator stands below, where that of the "
             "denominator belongs", add(first, negate(second)), Power(top, term(-2))),
        ):  # fmt: skip
            yield Slip(mistake, told(text), product_of(numerator, divisor))
        yield Slip(
            "quotient of the derivatives",
            told("it is not the quotient of the derivatives"),
            product_of(up, Power(down, MINUS_ONE)),
        )

    # powers and functions

    def _power(self, node: Term, base: Term, exponent: Term) -> Iterator[Slip]:
        inner, outer = self.true(base), self.true(exponent)
        if outer != ZERO:
            yield from self._exponential(node, base, exponent, inner, outer)
            return
        lowered = _shifted(base, exponent, -1)
        number = exponent.value if isinstance(exponent, Number) else None
        if number == -1:
            name, said = "sign flipped", say("the power rule for {} brings down a minus", node)
        else:
            name = "factor of the power rule lost"
            said = say("the power rule brings down the factor {} of {}", exponent, node)
        yield Slip(name, said, product_of(lowered, inner))
        yield Slip(
            "exponent not lowered",
            say("the power rule lowers the exponent {} of {} by 1", exponent, node),
            product_of(exponent, _shifted(base, exponent, 0), inner),
        )
        yield Slip(
            "exponent raised",
            say("the power rule lowers the exponent {} of {} by 1, it does not raise it", exponent, node),
            product_of(exponent, _shifted(base, exponent, 1), inner),
        )
        inside = (replace(s, term=product_of(exponent, lowered, s.term)) for s in self.slips(base))
        bares = self._bare(base, inner)
        forgotten = (self._forgotten(node, base, product_of(exponent, lowered, bare)) for bare in bares)
        yield from self._in_order(base, forgotten, inside)

    def _exponential(
        self, node: Term, base: Term, exponent: Term, inner: Term, outer: Term
    ) -> Iterator[Slip]:
        by_base = product_of(exponent, _shifted(base, exponent, -1), inner)
        power = Power(base, exponent)
        name = "log base"
        factor = log(base)
        yield Slip(
            name,
            say("the derivative of {} by its exponent has the factor {}", node, factor),
            sum_of(by_base, product_of(power, outer)),
        )
        yield Slip(
            name,
            say(
                "the derivative of {} by its exponent has the factor {}, which is not divided by",
                node,
                factor,
            ),
            sum_of(by_base, product_of(power, outer, Power(factor, MINUS_ONE))),
        )
        yield Slip(
            "power rule for an exponential",
            say("the exponent of {} depends on {}, so the power rule does not apply", node, self.by),
            sum_of(by_base, product_of(exponent, _shifted(base, exponent, -1), outer)),
        )
        for bare in self._bare(exponent, outer):
            yield self._forgotten(node, exponent, sum_of(by_base, product_of(power, log(base), bare)))
        for slip in self.slips(exponent):
            yield replace(slip, term=sum_of(by_base, product_of(power, log(base), slip.term)))

    def _apply(self, node: Apply) -> Iterator[Slip]:
        inner = [self.true(argument) for argument in node.arguments]
        outer = [_slope(node, k) if slope != ZERO else ZERO for k, slope in enumerate(inner)]
        parts = [product_of(f, slope) for f, slope in zip(outer, inner, strict=True)]
        for k, argument in enumerate(node.arguments):
            if inner[k] == ZERO:
                continue
            rest = (*parts[:k], *parts[k + 1 :])
            yield from self._at_argument(node, argument, inner[k], outer[k], rest)
            yield Slip(
                "sign flipped",
                say("the derivative of {} has the wrong sign", node),
                sum_of(*rest, negate(parts[k])),
            )
            if node.function == "log":
                for base in (2, 10):
                    yield Slip(
                        "log base",
                        say(
                            "log is the natural logarithm: its derivative at {} has no factor {}",
                            node,
                            divide(ONE, log(term(base))),
                        ),
                        sum_of(*rest, product_of(parts[k], Power(log(term(base)), MINUS_ONE))),
                    )
            match outer[k]:
                case Where(_, then, otherwise):
                    for slip in self._where(node, then, otherwise, inner[k]):
                        yield replace(slip, term=sum_of(*rest, slip.term))
            if resolve(argument, self.context, self.held) != self.by:
                yield Slip(
                    "outer derivative forgotten",
                    say("this has the derivative of {} where that of {} belongs", argument, node),
                    sum_of(*rest, inner[k]),
                )
            yield Slip(
                "function not differentiated",
                say("{} stands where its derivative belongs, at {}", node.function, node),
                sum_of(*rest, product_of(node, inner[k])),
            )

    def _where(self, node: Term, then: Term, otherwise: Term, slope: Term | None = None) -> Iterator[Slip]:
        for branch in (then, otherwise):
            part = self.true(branch) if slope is None else product_of(branch, slope)
            if part != ZERO:
                said = say("the derivative of {} has several cases: one was used for all", node)
                yield Slip("one case taken for all", said, part)

    # the chain rule's inner factor

    def _at_argument(
        self, node: Apply, argument: Term, slope: Term, outer: Term, rest: tuple[Term, ...]
    ) -> Iterator[Slip]:
        inside = (replace(s, term=sum_of(*rest, product_of(outer, s.term))) for s in self.slips(argument))
        bares = self._bare(argument, slope)
        forgotten = (self._forgotten(node, argument, sum_of(*rest, product_of(outer, b))) for b in bares)
        yield from self._in_order(argument, forgotten, inside)

    def _in_order(self, argument: Term, forgotten: Iterator[Slip], inside: Iterator[Slip]) -> Iterator[Slip]:
        """Yield both, the likelier first: of a sum a term is lost sooner than all but one of its terms."""
        yield from (
            itertools.chain(inside, forgotten)
            if isinstance(argument, Add)
            else itertools.chain(forgotten, inside)
        )

    def _forgotten(self, node: Term, argument: Term, result: Term) -> Slip:
        return Slip(
            "inner derivative forgotten",
            say(
                "the chain rule's inner factor at {}, the derivative of {} by {}, is missing",
                node,
                argument,
                self.by,
            ),
            result,
        )

    def _bare(self, argument: Term, slope: Term) -> Iterator[Term]:
        """Yield what stands for the inner derivative where it is forgotten: the deltas that pick the entry."""
        seen = {slope}
        plain = resolve(argument, self.context, self.held)
        for indices in dict.fromkeys(_occurrences(plain, self.by.name, frozenset())):
            pairs = zip(indices, self.by.indices, strict=True)
            bare = product_of(*(Delta(i, j) for i, j in pairs if i is not None and i != j))
            if bare not in seen:
                seen.add(bare)
                yield bare


def _occurrences(node: Term, name: str, bound: frozenset[Index]) -> Iterator[tuple[Index | None, ...]]:
    """Yield the indices of each entry of an array, `None` where the index is bound inside the term."""
    match node:
        case Entry(here, indices) if here == name:
            yield tuple(None if i in bound else i for i in indices)
        case Big(_, binders, body):
            yield from _occurrences(body, name, bound | {b.index for b in binders})
        case _:
            if name in arrays(node):
                for child in children(node):
                    yield from _occurrences(child, name, bound)


def _shifted(base: Term, exponent: Term, by: int) -> Term:
    if not isinstance(exponent, Number):
        return Power(base, add(exponent, term(by))) if by else Power(base, exponent)
    value = exponent.value + by
    return ONE if value == 0 else base if value == 1 else Power(base, Number(value))


def _denominator(factor: Term) -> Term | None:
    if isinstance(factor, Power) and isinstance(factor.exponent, Number) and factor.exponent.value < 0:
        value = -factor.exponent.value
        return factor.base if value == 1 else Power(factor.base, Number(value))
    return None


def _as_number(factor: Term) -> Term:
    """Return a typed `/2` as the number 1/2, for reading."""
    match factor:
        case Power(Number(value), Number(exponent)) if exponent == -1 and value:
            return Number(1 / value)
        case _:
            return factor


def _is_log_base(factor: Term) -> bool:
    match factor:
        case Power(Apply("log", (Number(),)), Number(value)):
            return value == -1
        case _:
            return False


def _lost_term(by: Entry, factor: Term) -> Sentence:
    below = _denominator(factor)
    what = "" if below is None else "the denominator "
    return say(
        "a product has one term for each factor that depends on {}: the one with the derivative of "
        f"{what}{{}} is missing",
        by,
        factor if below is None else below,
    )


def _slope(node: Apply, position: int) -> Term:
    """Return the partial derivative of a function by one of its arguments, at these arguments."""
    dummies = tuple(Entry(f"{k}'") for k in range(len(node.arguments)))
    # A function with constant arguments, as the 0 of max(0, x), keeps them: only the one argument varies.
    kept = tuple(dummies[k] if k == position else a for k, a in enumerate(node.arguments))
    opened = Apply(node.function, kept, node.order)
    row = TABLE.get(node.function)
    if row is not None and expansion(opened) is None:
        rule = row.derivatives[position]
        return ZERO if rule is None else rule(*node.arguments)
    found = differentiate(opened, dummies[position])
    return replace_term(found, dummies[position], node.arguments[position])


__all__ = ["Walk"]
