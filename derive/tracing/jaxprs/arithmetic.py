"""JAX's primitives on entries: rows of the table."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derive.terms import ONE, Apply, Number, Power, Term, add, divide, multiply, negate
from derive.tracing.jaxprs.table import (
    PRIMITIVES,
    JaxValue,
    Parameters,
    PrimitiveRule,
    Unknown,
    is_number,
    on_entries,
    primitive,
    real,
)
from derive.tracing.operations.entries import REAL, applied
from derive.tracing.proxies.labels import TracedLabels
from derive.tracing.values import entrywise

# Primitives that are universal functions of NumPy under another name, or others.
_ENTRY_BY_ENTRY: dict[str, Callable[..., Term]] = {
    **{
        name: REAL[name]
        for name in "exp exp2 expm1 log log1p sqrt tanh sin cos tan sinh cosh square sign erf erfc cbrt".split()
    },
    "neg": negate,
    "div": divide,
    "abs": REAL["absolute"],
    "pow": Power,
    "logistic": applied("sigmoid"),
    "rsqrt": lambda x: divide(ONE, Apply("sqrt", (x,))),
    "erf_inv": applied("erfinv"),
    "lgamma": applied("lgamma"),
    "digamma": applied("digamma"),
    "asin": applied("asin"),
    "acos": applied("acos"),
    "atan": applied("atan"),
    "asinh": applied("asinh"),
    "acosh": applied("acosh"),
    "atanh": applied("atanh"),
    "atan2": applied("atan2"),
    "clamp": lambda low, x, high: Apply("clip", (x, low, high)),
}
for _name, _build in _ENTRY_BY_ENTRY.items():
    PRIMITIVES[_name] = on_entries(_build)


@primitive("stop_gradient")
def _held(parameters: Parameters, x: JaxValue) -> JaxValue:
    return entrywise(applied("stop_gradient"), real(x))


@primitive("integer_pow")
def _integer_power(parameters: Parameters, x: JaxValue) -> JaxValue:
    return entrywise(lambda base: Power(base, Number(Fraction(parameters["y"]))), real(x))


@primitive("add", "add_any")
def _add(parameters: Parameters, left: JaxValue, right: JaxValue) -> JaxValue:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, TracedLabels):
            # From the end, as negative labels count; what is no label is not used.
            return one if is_number(other, 0) else Unknown("a label with something added")
    return entrywise(add, real(left), real(right))


@primitive("sub")
def _subtract(parameters: Parameters, left: JaxValue, right: JaxValue) -> JaxValue:
    if is_number(right, 0):
        return left
    return entrywise(lambda a, b: add(a, negate(b)), real(left), real(right))


@primitive("mul")
def _multiply(parameters: Parameters, left: JaxValue, right: JaxValue) -> JaxValue:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, TracedLabels) and is_number(other, 1):
            return one
    return entrywise(multiply, real(left), real(right))


def _extreme(name: str, least: str) -> PrimitiveRule:
    def rule(parameters: Parameters, left: JaxValue, right: JaxValue) -> JaxValue:
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Unknown) and one.what == least:
                return other
        return entrywise(applied(name), real(left), real(right))

    return rule


PRIMITIVES["max"] = _extreme("max", "-inf")
PRIMITIVES["min"] = _extreme("min", "inf")
