"""Terms that say the same, whatever small liberties a way of writing takes: what a certificate is compared by.

Numbers are gathered at the front of products, `1/b^2` is `b^-2`, sums over two indices are sums of sums, and a mean is
a sum over a size. Nothing else is changed: two terms that are the same here are the same term but for that.
"""

from __future__ import annotations

from derive.terms import (
    ONE,
    ZERO,
    Add,
    Apply,
    Before,
    Big,
    Compare,
    Delta,
    Derivative,
    Multiply,
    Number,
    Power,
    Relation,
    SizeNumber,
    Term,
    Where,
    add,
    canonical,
    delta,
    divide,
    multiply,
    rebuild,
)
from derive.terms.functions import TABLE
from derive.terms.sameness import same

WRITTEN_OUT = ("digamma", "loggamma", "beta")
"""Functions that certificates write by others, as the table defines them."""


def canonical_form(term: Term) -> Term:
    """Return a term in the form in which certificates are compared."""
    again = _written_out(term)
    if again is not None:
        return canonical_form(again)
    return _tidied(rebuild(term, canonical_form))


def _written_out(term: Term) -> Term | None:
    """Return a term that says by simpler means what this one says, `None` if it is simple."""
    match term:
        case Derivative(body, variables) if len(variables) > 1:
            for v in variables:
                body = Derivative(body, (v,))
            return body
        case Big(operation, binders, body) if len(binders) > 1 and operation not in ("mean", "array"):
            for binder in reversed(binders):
                body = Big(operation, (binder,), body)
            return body
        case Big("mean", binders, body) if not any(b.excluded for b in binders):
            whole: Term = Big("sum", binders, body)
            for binder in binders:
                whole = divide(whole, SizeNumber(binder.index.dim))
            return whole
        case Apply(name, arguments) if name in TABLE:
            expansion = TABLE[name].expansion
            if expansion is not None and name in WRITTEN_OUT:
                return expansion(*arguments)
            if TABLE[name].arity is None and len(arguments) > 2:
                *first, last = arguments
                return Apply(name, (Apply(name, tuple(first)), last))
            if TABLE[name].arity is None and len(arguments) == 1:
                return arguments[0]
    return None


def _tidied(term: Term) -> Term:
    match term:
        case Add(terms):
            return add(*terms)
        case Multiply(factors):
            return _gathered(factors)
        case Power(Power(base, Number(k)), Number(minus)) if minus == -1 and k.denominator == 1 and k > 0:
            return Power(base, Number(-k))
        case Power(Number(value), Number(minus)) if minus == -1 and value:
            return Number(1 / value)
        case Where(Compare(relation, (Delta() | Before()) as d, right), then, otherwise) if right in (
            ONE,
            ZERO,
        ):
            says = (right == ONE) == (relation is Relation.EQUAL)
            positive = Compare(Relation.EQUAL, d, ONE)
            return Where(positive, then, otherwise) if says else Where(positive, otherwise, then)
    return term


def _gathered(factors: tuple[Term, ...]) -> Term:
    flat = multiply(*factors)
    if not isinstance(flat, Multiply):
        return flat
    number, others = ONE.value, []
    for f in flat.factors:
        if isinstance(f, Number):
            number *= f.value
        else:
            others.append(f)
    return multiply(*others) if number == 1 and others else multiply(Number(number), *others)


def agree(left: Term, right: Term) -> bool:
    """Return whether two terms say the same, up to what this module allows and the names of bound indices."""
    mine, theirs = (_sorted_deltas(canonical(canonical_form(side))) for side in (left, right))
    return same(mine, theirs)


def _sorted_deltas(term: Term) -> Term:
    """Return a term with the indices of every delta in order, bound ones by their names from the outside."""
    if isinstance(term, Delta):
        return delta(term.left, term.right)
    return rebuild(term, _sorted_deltas)
