"""Signs by the shape of a term: sums and products of parts of known signs, under sums too, squares left as they are.

The normal form multiplies squares out and takes sums apart; what their shape says is seen here before that happens.
"""

from __future__ import annotations

from collections import Counter

from derive.kernel.inequalities.calculus import Prove
from derive.kernel.normal_form.polynomials import ANY, Sign
from derive.kernel.signs.facts import NEGATIVE, NONNEGATIVE, NONPOSITIVE, POSITIVE, ZERO_SIGN, plus, times
from derive.kernel.signs.syntactic import syntactic_sign
from derive.limits import deadline
from derive.terms import (
    ZERO,
    Add,
    Apply,
    Big,
    Constant,
    Context,
    Delta,
    Entry,
    Equation,
    Index,
    Multiply,
    Number,
    Power,
    Relation,
    SizeNumber,
    Term,
    add,
    multiply,
    rename,
)

_ASKED = ((Relation.AT_LEAST, NONNEGATIVE), (Relation.AT_MOST, NONPOSITIVE))


def sign_by_shape(node: Term, context: Context, prove: Prove, depth: int = 0) -> Sign:
    """Return the possible signs of a term without definitions and derivatives, wherever it has a value.

    `prove` is asked of parts whose shape says nothing.
    """
    deadline.check()
    match node:
        case Number() | Constant() | SizeNumber() | Delta() | Entry():
            found = syntactic_sign(node, context)
            return (
                found
                if len(found) < len(ANY) or not isinstance(node, Entry)
                else _asked(node, context, prove)
            )
        case Add(terms):
            total = ZERO_SIGN
            for term in terms:
                total = plus(total, sign_by_shape(term, context, prove, depth))
                if total == ANY:
                    return _of_one_sum(terms, context, prove, depth) & _asked(node, context, prove)
            return total
        case Multiply(factors):
            product = POSITIVE
            for factor, count in Counter(factors).items():
                own = sign_by_shape(factor, context, prove, depth)
                product = times(product, frozenset(s**count for s in own))
            return product
        case Power(base, Number(value)) if value.denominator == 1:
            own = sign_by_shape(base, context, prove, depth)
            own = frozenset(s * s for s in own) if value % 2 == 0 else own
            return POSITIVE if value == 0 else own - {0} if value < 0 else own
        case Big("sum" | "mean", binders, body):
            free = {b.index: Index(f"at {depth}.{k}", b.index.dim) for k, b in enumerate(binders)}
            own = sign_by_shape(rename(body, free), context, prove, depth + 1)
            if own in (POSITIVE, NEGATIVE, NONNEGATIVE, NONPOSITIVE, ZERO_SIGN):
                return own | {0} if any(b.excluded for b in binders) else own
            return ANY
        case Apply():
            found = syntactic_sign(node, context)
            return found if found != ANY else _asked(node, context, prove)
    return _asked(node, context, prove)


def _of_one_sum(terms: tuple[Term, ...], context: Context, prove: Prove, depth: int) -> Sign:
    """Return the sign of sums over the same indices as that of one sum; any, if there is something else beside."""
    bodies: list[Term] = []
    first: tuple[Index, ...] | None = None
    for term in terms:
        factors = term.factors if isinstance(term, Multiply) else (term,)
        sums = [one for one in factors if isinstance(one, Big) and one.operation == "sum"]
        if len(sums) != 1 or any(b.excluded for b in sums[0].binders):
            return ANY
        free = tuple(Index(f"at {depth}.{k}", b.index.dim) for k, b in enumerate(sums[0].binders))
        if first is not None and free != first:
            return ANY
        first = free
        own = {b.index: index for b, index in zip(sums[0].binders, free, strict=True)}
        bodies.append(multiply(*(one for one in factors if one is not sums[0]), rename(sums[0].body, own)))
    if len(bodies) < 2:
        return ANY
    found = sign_by_shape(add(*bodies), context, prove, depth + 1)
    return found if found in (POSITIVE, NEGATIVE, NONNEGATIVE, NONPOSITIVE, ZERO_SIGN) else ANY


def _asked(node: Term, context: Context, prove: Prove) -> Sign:
    for relation, sign in _ASKED:
        if prove(Equation(node, ZERO, relation=relation), context):
            return sign
    return ANY
