"""Signs of terms as typed, read off their shape: a mean of squares is not negative. Nothing is rewritten.

The normal form multiplies squares out and so loses what their shape says; this looks before that happens.
"""

from __future__ import annotations

from collections.abc import Callable

from derive.kernel.normal_form.polynomials import ANY, Sign
from derive.kernel.signs.facts import NEGATIVE, NONNEGATIVE, POSITIVE, ZERO_SIGN, plus, times
from derive.terms import (
    Add,
    Apply,
    Big,
    Compare,
    Constant,
    Context,
    Entry,
    IndexPair,
    Multiply,
    Number,
    Power,
    Relation,
    SizeNumber,
    Term,
    Where,
)
from derive.terms.functions import TABLE


def syntactic_sign(node: Term, context: Context) -> Sign:
    """Return the possible signs of a term wherever it has a value: of a `D` or a defined name in it, any."""

    def sign(inner: Term) -> Sign:
        return syntactic_sign(inner, context)

    match node:
        case Number(value):
            return frozenset(((value > 0) - (value < 0),))
        case Constant() | SizeNumber():
            return POSITIVE
        case IndexPair():
            return NONNEGATIVE
        case Entry(name, _):
            return _declared(name, context)
        case Add(terms):
            total = ZERO_SIGN
            for term in terms:
                total = plus(total, sign(term))
            return total
        case Multiply(factors):
            product = POSITIVE
            for factor in factors:
                product = times(product, sign(factor))
            return product
        case Power(base, exponent):
            return _power(sign(base), exponent)
        case Where(_, then, otherwise):
            return sign(then) | sign(otherwise)
        case Big(operation, binders, body):
            own = _BIG[operation](sign(body))
            # A size is at least 1, so only a sum that leaves indices out may be empty, and then it is 0.
            return own | {0} if operation == "sum" and any(b.excluded for b in binders) else own
        case Apply(function, arguments, _):
            return _applied(function, [sign(a) for a in arguments])
    return ANY


def _applied(function: str, arguments: list[Sign]) -> Sign:
    if function in _FUNCTIONS:
        return _FUNCTIONS[function](arguments)
    row = TABLE.get(function)
    return Relation(row.positive).signs if row is not None and row.positive else ANY


def _declared(name: str, context: Context) -> Sign:
    variable = context.variables.get(name)
    if variable is None:
        return ANY
    sign = ANY if variable.kind == "real" else NONNEGATIVE
    for bound in variable.bounds:
        if not isinstance(bound.value, Number):
            continue
        value = bound.value.value
        if bound.relation.bounds_below and value >= 0:
            sign &= POSITIVE if value > 0 else bound.relation.signs
        elif bound.relation.bounds_above and value <= 0:
            sign &= NEGATIVE if value < 0 else bound.relation.signs
        elif bound.relation == Relation.UNEQUAL and value == 0:
            sign -= {0}
    return sign


def _power(base: Sign, exponent: Term) -> Sign:
    if not isinstance(exponent, Number):
        # With a size as exponent the base may be negative.
        return base if base in (POSITIVE, NONNEGATIVE) else ANY
    if exponent.value.denominator != 1:
        return POSITIVE if base == POSITIVE else NONNEGATIVE
    if exponent.value % 2 == 0:
        base = frozenset(s * s for s in base)
    if exponent.value == 0:
        return POSITIVE
    return base - {0} if exponent.value < 0 else base


def _added(own: Sign) -> Sign:
    return own if own <= NONNEGATIVE or own <= {0, -1} else ANY


_BIG: dict[str, Callable[[Sign], Sign]] = {
    "sum": _added,
    "mean": _added,
    "prod": lambda own: own | POSITIVE if own <= NONNEGATIVE else ANY,
    "max": lambda own: own,
    "min": lambda own: own,
}

# Functions whose sign hangs on that of their arguments.
_FUNCTIONS: dict[str, Callable[[list[Sign]], Sign]] = {
    "sqrt": lambda a: POSITIVE if a[0] == POSITIVE else NONNEGATIVE,
    "abs": lambda a: NONNEGATIVE - {0} if 0 not in a[0] else NONNEGATIVE,
    "max": lambda a: POSITIVE if POSITIVE in a else NONNEGATIVE if any(s <= NONNEGATIVE for s in a) else ANY,
}


def is_syntactic(compare: Compare, wanted: Sign, context: Context) -> bool:
    """Return whether the shape of `left relation 0` alone shows that it holds."""
    return (
        isinstance(compare.right, Number)
        and compare.right.value == 0
        and (syntactic_sign(compare.left, context) <= wanted)
    )
