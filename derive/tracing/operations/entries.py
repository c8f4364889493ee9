"""NumPy's and SciPy's universal functions by their names: what each makes of the entries, as terms."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derive.terms import (
    ONE,
    PI,
    ZERO,
    Apply,
    Compare,
    Number,
    Power,
    Relation,
    Term,
    Where,
    add,
    divide,
    indicator,
    multiply,
    negate,
    term,
)
from derive.tracing.values import chosen

TWO = Number(Fraction(2))


# ---- entry by entry


def applied(name: str) -> Callable[..., Term]:
    """Return what applies a function of the language to terms."""
    return lambda *arguments: Apply(name, arguments)


def _compare(relation: Relation) -> Callable[[Term, Term], Term]:
    def compared(left: Term, right: Term) -> Term:
        # A choice between numbers, such as a label made a number, is compared where it is chosen.
        if isinstance(left, Where) and _chooses_numbers(left) and isinstance(right, Number):
            return Where(left.condition, compared(left.then, right), compared(left.otherwise, right))
        if isinstance(right, Where) and _chooses_numbers(right) and isinstance(left, Number):
            return Where(right.condition, compared(left, right.then), compared(left, right.otherwise))
        if isinstance(left, Number) and isinstance(right, Number):
            return ONE if relation.holds((left.value > right.value) - (left.value < right.value)) else ZERO
        return indicator(Compare(relation, left, right))

    return compared


def _chooses_numbers(node: Term) -> bool:
    """Return whether a term is a number, or a choice between such."""
    if isinstance(node, Where):
        return _chooses_numbers(node.then) and _chooses_numbers(node.otherwise)
    return isinstance(node, Number)


def minus(left: Term, right: Term) -> Term:
    """Return the difference of two terms."""
    return add(left, negate(right))


def both(left: Term, right: Term) -> Term:
    """Return the truth value of both of two holding."""
    return chosen(left, right, ZERO)


def either(left: Term, right: Term) -> Term:
    """Return the truth value of one of two holding, or both."""
    return chosen(left, ONE, right)


def negated(mask: Term) -> Term:
    """Return the truth value of another not holding."""
    return chosen(mask, ZERO, ONE)


def _heaviside(x: Term, at: Term) -> Term:
    return Where(Compare(Relation.GREATER, x, ZERO), ONE, Where(Compare(Relation.LESS, x, ZERO), ZERO, at))


def _zero_times(x: Term, product: Term) -> Term:
    """`xlogy` and the like are 0 where their first argument is 0, whatever the other is."""
    return Where(Compare(Relation.EQUAL, x, ZERO), ZERO, product)


def _log(base: int) -> Callable[[Term], Term]:
    return lambda x: divide(Apply("log", (x,)), Apply("log", (term(base),)))


def _normal(x: Term) -> Term:
    """The distribution function of the normal distribution."""
    return divide(add(ONE, Apply("erf", (divide(x, Apply("sqrt", (TWO,))),))), TWO)


def _huber(delta_: Term, r: Term) -> Term:
    size = Apply("abs", (r,))
    far = multiply(delta_, minus(size, divide(delta_, TWO)))
    return Where(Compare(Relation.AT_MOST, size, delta_), divide(Power(r, TWO), TWO), far)


def _positive_or_none(number: Term, value: Term) -> Term:
    """Return a value that there is where a number is positive; what SciPy gives elsewhere is left open."""
    return Where(Compare(Relation.GREATER, number, ZERO), value, Apply("log", (ZERO,)))


# The universal functions of NumPy and SciPy, by their names, on the entries.
REAL: dict[str, Callable[..., Term]] = {
    "add": add,
    "subtract": minus,
    "multiply": multiply,
    "divide": divide,
    "true_divide": divide,
    "power": Power,
    "float_power": Power,
    "negative": negate,
    "positive": lambda x: x,
    "conjugate": lambda x: x,
    "square": lambda x: Power(x, TWO),
    "reciprocal": lambda x: divide(ONE, x),
    "sqrt": applied("sqrt"),
    "absolute": applied("abs"),
    "fabs": applied("abs"),
    "sign": applied("sign"),
    "heaviside": _heaviside,
    "maximum": applied("max"),
    "minimum": applied("min"),
    "fmax": applied("max"),
    "fmin": applied("min"),
    "clip": applied("clip"),
    "exp": applied("exp"),
    "exp2": lambda x: Power(TWO, x),
    "expm1": applied("expm1"),
    "log": applied("log"),
    "log2": _log(2),
    "log10": _log(10),
    "log1p": applied("log1p"),
    "logaddexp": lambda a, b: Apply("log", (add(Apply("exp", (a,)), Apply("exp", (b,))),)),
    "hypot": lambda a, b: Apply("sqrt", (add(Power(a, TWO), Power(b, TWO)),)),
    "deg2rad": lambda x: divide(multiply(x, PI), 180),
    "rad2deg": lambda x: divide(multiply(x, 180), PI),
    "arctan2": applied("atan2"),
    "arcsin": applied("asin"),
    "arccos": applied("acos"),
    "arctan": applied("atan"),
    "arcsinh": applied("asinh"),
    "arccosh": applied("acosh"),
    "arctanh": applied("atanh"),
    **{name: applied(name) for name in "sin cos tan sinh cosh tanh".split()},
    # scipy.special
    "expit": applied("sigmoid"),
    "log_expit": applied("logsigmoid"),
    "logit": lambda p: Apply("log", (divide(p, minus(ONE, p)),)),
    "xlogy": lambda x, y: _zero_times(x, multiply(x, Apply("log", (y,)))),
    "xlog1py": lambda x, y: _zero_times(x, multiply(x, Apply("log1p", (y,)))),
    "entr": lambda x: negate(_zero_times(x, multiply(x, Apply("log", (x,))))),
    "rel_entr": lambda x, y: _zero_times(x, multiply(x, Apply("log", (divide(x, y),)))),
    "kl_div": lambda x, y: add(_zero_times(x, multiply(x, Apply("log", (divide(x, y),)))), negate(x), y),
    "ndtr": _normal,
    "log_ndtr": lambda x: Apply("log", (_normal(x),)),
    "huber": lambda d, r: _positive_or_none(d, _huber(d, r)),
    "pseudo_huber": lambda d, r: _positive_or_none(
        d,
        multiply(
            Power(d, TWO),
            minus(Apply("sqrt", (add(ONE, Power(divide(r, d), TWO)),)), ONE),
        ),
    ),
    "betaln": lambda a, b: Apply("log", (Apply("abs", (Apply("beta", (a, b)),)),)),
    "gammaln": applied("lgamma"),
    "psi": applied("digamma"),
    "cbrt": lambda x: multiply(Apply("sign", (x,)), Power(Apply("abs", (x,)), Number(Fraction(1, 3)))),
    **{name: applied(name) for name in "erf erfc erfi erfinv gamma beta".split()},
}

COMPARISONS: dict[str, Callable[[Term, Term], Term]] = {
    "equal": _compare(Relation.EQUAL),
    "not_equal": _compare(Relation.UNEQUAL),
    "less": _compare(Relation.LESS),
    "less_equal": _compare(Relation.AT_MOST),
    "greater": _compare(Relation.GREATER),
    "greater_equal": _compare(Relation.AT_LEAST),
}

RELATIONS = {
    "less": Relation.LESS,
    "less_equal": Relation.AT_MOST,
    "greater": Relation.GREATER,
    "greater_equal": Relation.AT_LEAST,
}
MIRRORED = {
    "less": "greater",
    "less_equal": "greater_equal",
    "greater": "less",
    "greater_equal": "less_equal",
}

LOGIC: dict[str, Callable[..., Term]] = {
    "logical_and": both,
    "logical_or": either,
    "logical_not": negated,
    "logical_xor": lambda a, b: chosen(a, negated(b), b),
    "bitwise_and": both,
    "bitwise_or": either,
    "bitwise_xor": lambda a, b: chosen(a, negated(b), b),
    "invert": negated,
}

# What truth values give in arithmetic, where that is a truth value again.
OF_TRUTH_VALUES = {"multiply": both, "add": either, "maximum": either, "minimum": both}
REDUCTION_OF = {
    "add": "sum",
    "multiply": "prod",
    "maximum": "max",
    "minimum": "min",
    "logaddexp": "logsumexp",
}
