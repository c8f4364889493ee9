"""The rules of differentiation with one of them misapplied at one place, once: a row for each known mistake.

The rules are the table that the kernel applies, but for two: a function's derivative is taken in its own name, and a
defined name stands for its definition. Whether what comes out explains a claim is for others to prove.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from derive.deriver.monomials import denominator
from derive.diagnosis.candidate import KnownMistake, Made, Mistake, replace_term, set_deltas
from derive.kernel.differentiation import (
    RULES,
    Rule,
    Slope,
    differentiate,
    product_of,
    raised,
    resolve,
    sum_of,
)
from derive.report.message import Piece
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

Replacing: TypeAlias = Callable[[Term], Term]
"""The derivative of a term, from another one than the true one of a part."""

Edit: TypeAlias = "Callable[[Term, Differentiator], Made]"
"""The mistaken derivatives of a term, each with what is said of it."""


class Differentiator:
    """The derivative by one entry: the true one when called, and those with one mistake in them.

    `held` are the defined names that stay as they are.
    """

    def __init__(self, context: Context, by: Entry) -> None:
        self.context, self.by = context, by
        self.held = frozenset((by.name,)).intersection(context.definitions)
        self._known: dict[Term, Term] = {}
        own: dict[type[Term], Rule] = {Apply: _function, Entry: self._entry}
        self.rules: Mapping[type[Term], Rule] = {**RULES, **own}

    def __call__(self, node: Term) -> Term:
        """Return the true derivative."""
        if node not in self._known:
            self._known[node] = differentiate(self.plain(node), self.by)
        return self._known[node]

    def plain(self, node: Term) -> Term:
        """Return a term without derivatives and without names, but for those that are held."""
        return resolve(node, self.context, self.held)

    def mistakes(self, node: Term) -> Iterator[Mistake]:
        """Yield every derivative of a term with one rule misapplied at one place, the likelier ones first."""
        if self(node) == ZERO:
            return
        if isinstance(node, Big):
            node = _apart(node, self.by)
        yield from self.at(node, FIRST)
        yield from self._within(node)
        yield from self.at(node, LAST)

    def at(self, node: Term, rows: tuple[KnownMistake[Differentiator], ...]) -> Iterator[Mistake]:
        """Yield the mistakes of some rows, made in the rule for a term itself."""
        for row in rows:
            yield from row.mistakes(node, self)

    def _within(self, node: Term) -> Iterator[Mistake]:
        """Yield the rule for a term, applied to a mistaken derivative of one of its parts."""
        power = _as_power(node) if isinstance(node, Multiply) else None
        if power is not None:
            number, base, exponent = power
            for one in self._within(Power(base, exponent)):
                yield replace(one, term=product_of(number, one.term))
        for part, put in self.parts(node):
            for one in self.mistakes(part):
                yield replace(one, term=put(one.term))

    def parts(self, node: Term) -> Iterator[tuple[Term, Replacing]]:
        """Yield each part that varies, and what the rule for the term makes of another derivative of that part."""
        rule = self.rules.get(type(node))
        if rule is None:
            return
        asked: list[Term] = []

        def asking(part: Term) -> Term:
            asked.append(part)
            return self(part)

        rule(node, asking, self.by)
        for place, part in enumerate(asked):
            if self(part) != ZERO:
                yield part, lambda other, place=place: rule(node, self._but_for(place, other), self.by)  # type: ignore[misc]

    def _but_for(self, place: int, other: Term) -> Slope:
        """Return the true derivatives, but for that of the part which is asked for at this place."""
        places = itertools.count()
        return lambda part: other if next(places) == place else self(part)

    def bare(self, part: Term) -> Iterator[Term]:
        """Yield what stands for the derivative of a part where it is forgotten: the deltas that pick the entry."""
        seen = {self(part)}
        for indices in dict.fromkeys(_occurrences(self.plain(part), self.by.name, frozenset())):
            pairs = zip(indices, self.by.indices, strict=True)
            bare = product_of(*(Delta(i, j) for i, j in pairs if i is not None and i != j))
            if bare not in seen:
                seen.add(bare)
                yield bare

    def _entry(self, node: Entry, slope: Slope, by: Entry) -> Term:
        definition = None if node.name in self.held else self.context.definitions.get(node.name)
        if definition is None:
            return RULES[Entry](node, slope, by)
        return slope(instantiate(definition, node.indices))


def _function(node: Apply, slope: Slope, by: Entry) -> Term:
    inner = [slope(argument) for argument in node.arguments]
    return sum_of(*(product_of(_partial(node, k), part) for k, part in enumerate(inner) if part != ZERO))


def _partial(node: Apply, position: int) -> Term:
    """Return the derivative of a function by one of its arguments, in terms of these."""
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


def _apart(node: Big, by: Entry) -> Big:
    """Return a sum whose letters are not indices of the variable."""
    bound = {binder.index for binder in node.binders}
    letters = free_indices(by)
    if not bound.isdisjoint(letters):
        return open_binders(node, {i.name for i in (*free_indices(node), *letters, *bound)})
    return node


# powers


def _as_power(node: Term) -> tuple[Term, Term, Term] | None:
    """Return a number, a base and an exponent, of roots and of repeated factors too."""
    match node:
        case Power(base, exponent):
            return ONE, base, exponent
        case Apply("sqrt", (argument,)):
            return ONE, argument, HALF
        case Multiply(factors):
            plain = [f for f in factors if not isinstance(f, Number)]
            if len(plain) > 1 and all(f == plain[0] for f in plain):
                number = product_of(*(f for f in factors if isinstance(f, Number)))
                return number, plain[0], term(len(plain))
    return None


def _power(
    slope: Callable[[Term, Term], Term],
    applies: Callable[[Term], bool] = lambda exponent: True,
    of: Callable[[Term, Term], tuple[Term, ...]] = lambda exponent, node: (exponent, node),
) -> Edit:
    """Return an edit of the power rule: what stands before the derivative of the base."""

    def edit(node: Term, d: Differentiator) -> Made:
        power = _as_power(node)
        if power is not None and d(power[2]) == ZERO and applies(power[2]):
            number, base, exponent = power
            yield product_of(number, product_of(slope(base, exponent), d(base))), of(exponent, node)

    return edit


def _exponential(
    pieces: Callable[[Power, Differentiator], tuple[Term, ...]],
    by_exponent: Callable[[Power, Term], Term],
) -> Edit:
    """Return an edit of the rule for a power whose exponent varies: of the summand with the exponent's derivative."""

    def edit(node: Term, d: Differentiator) -> Made:
        if isinstance(node, Power) and d(node.exponent) != ZERO:
            by_base = product_of(node.exponent, raised(node.base, node.exponent, -1), d(node.base))
            wrong = product_of(by_exponent(node, log(node.base)), d(node.exponent))
            yield sum_of(by_base, wrong), (node, *pieces(node, d))

    return edit


def _is_inverse(exponent: Term) -> bool:
    return exponent == MINUS_ONE


def _log_of_base(node: Power, d: Differentiator) -> tuple[Term, ...]:
    return (log(node.base),)


POWERS = (
    KnownMistake(
        "sign flipped", "the power rule for {} brings down a minus",
        _power(lambda b, e: raised(b, e, -1), _is_inverse, lambda exponent, node: (node,)),
    ),
    KnownMistake(
        "factor of the power rule lost", "the power rule brings down the factor {} of {}",
        _power(lambda b, e: raised(b, e, -1), lambda e: not _is_inverse(e)),
    ),
    KnownMistake(
        "exponent not lowered", "the power rule lowers the exponent {} of {} by 1",
        _power(lambda b, e: product_of(e, raised(b, e, 0))),
    ),
    KnownMistake(
        "exponent raised", "the power rule lowers the exponent {} of {} by 1, it does not raise it",
        _power(lambda b, e: product_of(e, raised(b, e, 1))),
    ),
    KnownMistake(
        "integrated instead", "the power rule for {} was used backwards: this integrates",
        _power(
            lambda b, e: divide(raised(b, e, 1), add(e, ONE)),
            lambda e: not _is_inverse(e),
            lambda exponent, node: (node,),
        ),
    ),
    KnownMistake(
        "log base", "the derivative of {} by its exponent has the factor {}",
        _exponential(_log_of_base, lambda power, factor: power),
    ),
    KnownMistake(
        "log base", "the derivative of {} by its exponent has the factor {}, which is not divided by",
        _exponential(_log_of_base, lambda power, factor: product_of(power, Power(factor, MINUS_ONE))),
    ),
    KnownMistake(
        "power rule for an exponential", "the exponent of {} depends on {}, so the power rule does not apply",
        _exponential(
            lambda power, d: (d.by,),
            lambda power, factor: product_of(power.exponent, raised(power.base, power.exponent, -1)),
        ),
    ),
)  # fmt: skip


# quotients


def _halves(node: Term) -> tuple[Term, Term] | None:
    """Return what is divided and by what, of a term that is written as a quotient `f/g`."""
    factors = node.factors if isinstance(node, Multiply) else ()
    below = [denominator(f) for f in factors]
    if any(d is not None and e is None for d, e in itertools.pairwise(below)):
        return None
    bottom = [d for d in below if d is not None]
    if not bottom or len(bottom) == len(factors):
        return None
    return multiply(*(f for f, d in zip(factors, below, strict=True) if d is None)), multiply(*bottom)


def _quotient_rule(node: Term, d: Differentiator) -> Term | None:
    """Return what the quotient rule makes of a term, in derivatives that are still to be taken."""
    halves = _halves(node)
    if halves is None:
        return None
    top, under = halves
    up, down = Derivative(top, (d.by,)), Derivative(under, (d.by,))
    return divide(up * under - top * down, under**2)


def _quotient(
    name: str, words: str, wrong: Callable[[Term, Term, Term, Term], tuple[Term, Term]]
) -> KnownMistake[Differentiator]:
    """Return a row of the quotient rule.

    From the numerator, the denominator and their derivatives it makes those of the mistaken derivative.
    """

    def edit(node: Term, d: Differentiator) -> Made:
        halves = _halves(node)
        slopes = () if halves is None else (d(halves[0]), d(halves[1]))
        if halves is not None and ZERO not in slopes:
            above, below = wrong(*halves, *slopes)
            rule = _quotient_rule(node, d)
            yield product_of(above, below), (node, *(() if rule is None else (rule,)))

    def states(node: Term, d: Differentiator, *_: object) -> Iterator[Equation]:
        rule = _quotient_rule(node, d)
        if rule is not None:
            yield Equation(Derivative(node, (d.by,)), rule)

    plain = f"the quotient rule for {{}}: {words}"
    return KnownMistake(name, f"the quotient rule for {{}} is {{}}: {words}", edit, states, plain)


def _square(node: Term) -> Term:
    return Power(node, term(-2))


QUOTIENTS = (
    _quotient(
        "quotient rule's terms exchanged", "the two terms of the numerator are exchanged",
        lambda f, g, df, dg: (add(product_of(f, dg), negate(product_of(df, g))), _square(g)),
    ),
    _quotient(
        "quotient rule with a plus", "the numerator has a minus between its terms, not a plus",
        lambda f, g, df, dg: (add(product_of(df, g), product_of(f, dg)), _square(g)),
    ),
    _quotient(
        "quotient rule without the square", "the denominator is to be squared",
        lambda f, g, df, dg: (add(product_of(df, g), negate(product_of(f, dg))), Power(g, MINUS_ONE)),
    ),
    _quotient(
        "quotient rule upside down",
        "the square of the numerator stands below, where that of the denominator belongs",
        lambda f, g, df, dg: (add(product_of(df, g), negate(product_of(f, dg))), _square(f)),
    ),
    _quotient(
        "quotient of the derivatives", "it is not the quotient of the derivatives",
        lambda f, g, df, dg: (df, Power(dg, MINUS_ONE)),
    ),
)  # fmt: skip


# products


def _term_of_product(*, divisor: bool) -> Edit:
    def edit(node: Term, d: Differentiator) -> Made:
        parts = list(d.parts(node)) if isinstance(node, Multiply) else []
        for factor, put in parts if len(parts) > 1 else ():
            below = denominator(factor)
            if (below is not None) is divisor:
                yield put(ZERO), (d.by, factor if below is None else below)

    return edit


def _product_of_derivatives(node: Term, d: Differentiator) -> Made:
    if isinstance(node, Multiply) and len(list(d.parts(node))) > 1:
        yield product_of(*(d(f) if d(f) != ZERO else f for f in node.factors)), (node,)


def _constant_factor(*, of_a_base: bool) -> Edit:
    def edit(node: Term, d: Differentiator) -> Made:
        factors = node.factors if isinstance(node, Multiply) else ()
        for k, factor in enumerate(factors):
            if d(factor) == ZERO and factor != MINUS_ONE and _is_log_of_a_base(factor) is of_a_base:
                yield d(multiply(*factors[:k], *factors[k + 1 :])), (_as_number(factor), node)

    return edit


def _constant(node: Term, d: Differentiator, constant: Term, *_: object) -> Iterator[Equation]:
    """Yield what says that a part is constant; nothing is to be said if the variable does not occur in it."""
    if d.by.name in arrays(d.plain(constant)):
        yield Equation(Derivative(constant, (d.by,)), ZERO)


def _as_number(factor: Term) -> Term:
    """Return a typed `/2` as the number 1/2, for reading."""
    match factor:
        case Power(Number(value), Number(exponent)) if exponent == -1 and value:
            return Number(1 / value)
        case _:
            return factor


def _is_log_of_a_base(factor: Term) -> bool:
    match factor:
        case Power(Apply("log", (Number(),)), Number(value)):
            return value == -1
        case _:
            return False


_ONE_TERM_EACH = "a product has one term for each factor that depends on {}: the one with the derivative of"
_CONSTANT_FACTOR = "the constant factor {} of {} is missing"

DROPPED = (
    KnownMistake(
        "product rule's term dropped", f"{_ONE_TERM_EACH} {{}} is missing", _term_of_product(divisor=False)
    ),
    KnownMistake(
        "product rule's term dropped",
        f"{_ONE_TERM_EACH} the denominator {{}} is missing",
        _term_of_product(divisor=True),
    ),
)
PRODUCTS = (
    KnownMistake("log base", _CONSTANT_FACTOR, _constant_factor(of_a_base=True), _constant),
    KnownMistake("factor lost", _CONSTANT_FACTOR, _constant_factor(of_a_base=False), _constant),
    KnownMistake(
        "product of the derivatives",
        "the derivative of the product {} is not the product of the derivatives",
        _product_of_derivatives,
    ),
)


# sums


def _summand(other: Callable[[Term], Term]) -> Edit:
    """Return an edit that puts something else in the place of one summand's derivative."""

    def edit(node: Term, d: Differentiator) -> Made:
        parts = list(d.parts(node)) if isinstance(node, Add) else []
        for one, put in parts if len(parts) > 1 else ():
            yield put(other(d(one))), (one, node)

    return edit


def _constant_summand(node: Term, d: Differentiator) -> Made:
    for one in node.terms if isinstance(node, Add) else ():
        if d(one) == ZERO:
            yield sum_of(d(node), one), (one, node, d.by)


def _bound_for_free(node: Term, d: Differentiator) -> Made:
    for big, index, by in _summed(node, d):
        slope = d(big.body)
        captured = set_deltas(slope, ONE, frozenset((frozenset((index, by)),)))
        if captured != slope:
            yield replace(big, body=captured), (index, big, by, Delta(index, by))


def _one_summand(node: Term, d: Differentiator) -> Made:
    for big, index, by in _summed(node, d):
        if big.operation == "sum" and not any(b.excluded for b in big.binders):
            rest = tuple(b for b in big.binders if b.index != index)
            body = rename(big.body, {index: by})
            yield d(replace(big, binders=rest, body=body) if rest else body), (index, by, big, d.by)


def _summed(node: Term, d: Differentiator) -> Iterator[tuple[Big, Index, Index]]:
    """Yield a sum with each index that it is over and each of the variable over the same dimension."""
    if isinstance(node, Big) and node.operation in ("sum", "mean"):
        for binder, index in itertools.product(node.binders, d.by.indices):
            if index.dim == binder.index.dim:
                yield node, binder.index, index


SUMS = (
    KnownMistake(
        "term of a sum lost", "the derivative of the summand {} of {} is missing", _summand(lambda one: ZERO)
    ),
    KnownMistake(
        "sign of one summand flipped", "the derivative of the summand {} of {} has the wrong sign",
        _summand(negate),
    ),
    KnownMistake(
        "dummy index reused",
        "the bound index {} of {} was taken for the free index {}, so the sum stayed: {} is missing",
        _bound_for_free,
    ),
    KnownMistake(
        "only one summand differentiated",
        "only the summand {} = {} of {} was differentiated; the others depend on {} too", _one_summand,
    ),
)  # fmt: skip
KEPT = (
    KnownMistake(
        "constant kept", "the summand {} of {} does not depend on {}, so its derivative is 0",
        _constant_summand, _constant,
    ),
)  # fmt: skip


# functions and cases


def _forgotten(*, of_sums: bool) -> Edit:
    """Return the chain rule without its inner factor: of a sum one term is lost sooner than all but one."""

    def edit(node: Term, d: Differentiator) -> Made:
        power = _as_power(node)
        outside = Power(*power[1:]) if power is not None else node
        number = power[0] if power is not None else ONE
        for part, put in d.parts(outside) if isinstance(outside, Power | Apply) else ():
            if isinstance(part, Add) is of_sums:
                for bare in d.bare(part):
                    yield product_of(number, put(bare)), (node, part, d.by)

    return edit


Instead: TypeAlias = Iterator[tuple[Term, tuple[Piece, ...]]]


def _outer(instead: Callable[[Apply, Term, Term, Differentiator], Instead]) -> Edit:
    """Return an edit of a function's derivative by one argument, from the function, the argument and this."""

    def edit(node: Term, d: Differentiator) -> Made:
        if not isinstance(node, Apply):
            return
        inner = [d(argument) for argument in node.arguments]
        outer = [_partial(node, k) if part != ZERO else ZERO for k, part in enumerate(inner)]
        parts = [product_of(*pair) for pair in zip(outer, inner, strict=True)]
        for k, argument in enumerate(node.arguments):
            for factor, of in instead(node, argument, outer[k], d) if inner[k] != ZERO else ():
                yield sum_of(*parts[:k], product_of(factor, inner[k]), *parts[k + 1 :]), of

    return edit


def _turned(node: Apply, argument: Term, outer: Term, d: Differentiator) -> Instead:
    yield negate(outer), (node,)


def _other_base(node: Apply, argument: Term, outer: Term, d: Differentiator) -> Instead:
    for base in (2, 10) if node.function == "log" else ():
        factor = log(term(base))
        yield product_of(outer, Power(factor, MINUS_ONE)), (node, divide(ONE, factor))


def _one_case_of_it(node: Apply, argument: Term, outer: Term, d: Differentiator) -> Instead:
    for branch in (outer.then, outer.otherwise) if isinstance(outer, Where) else ():
        if branch != ZERO:
            yield branch, (node,)


def _inner_alone(node: Apply, argument: Term, outer: Term, d: Differentiator) -> Instead:
    if d.plain(argument) != d.by:
        yield ONE, (argument, node)


def _itself(node: Apply, argument: Term, outer: Term, d: Differentiator) -> Instead:
    yield node, (node.function, node)


def _one_case(node: Term, d: Differentiator) -> Made:
    for branch in (node.then, node.otherwise) if isinstance(node, Where) else ():
        if d(branch) != ZERO:
            yield d(branch), (node,)


_INNER = "the chain rule's inner factor at {}, the derivative of {} by {}, is missing"
_CASES = "the derivative of {} has several cases: one was used for all"

FUNCTIONS = (
    KnownMistake("sign flipped", "the derivative of {} has the wrong sign", _outer(_turned)),
    KnownMistake(
        "log base", "log is the natural logarithm: its derivative at {} has no factor {}", _outer(_other_base)
    ),
    KnownMistake("one case taken for all", _CASES, _outer(_one_case_of_it)),
    KnownMistake("one case taken for all", _CASES, _one_case),
    KnownMistake(
        "outer derivative forgotten",
        "this has the derivative of {} where that of {} belongs",
        _outer(_inner_alone),
    ),
    KnownMistake(
        "function not differentiated", "{} stands where its derivative belongs, at {}", _outer(_itself)
    ),
)

FIRST: tuple[KnownMistake[Differentiator], ...] = (
    *POWERS,
    *QUOTIENTS,
    *DROPPED,
    KnownMistake("inner derivative forgotten", _INNER, _forgotten(of_sums=False)),
)
"""The mistakes in a rule that are tried before those within its parts."""

LAST: tuple[KnownMistake[Differentiator], ...] = (
    KnownMistake("inner derivative forgotten", _INNER, _forgotten(of_sums=True)),
    *PRODUCTS,
    *SUMS,
    *FUNCTIONS,
)
"""The mistakes in a rule that are tried after them."""

AT_THE_ROOT = (*QUOTIENTS, *KEPT)
"""The mistakes that are made in what is differentiated as a whole, as the user wrote it."""


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
