"""The scalar functions of the language: one row each, with all that any part of the package knows of a function.

A function is *defined* (it has an expansion into simpler ones) or *primitive* (it has a derivative by each
argument). Domains are conditions on the arguments; that of a defined function is the domain of its definition.
A new function is a row here, and if it is primitive one of the oracle's own, which shares no mathematics with this.
Sources: the definitions of SymPy 1.14, whose conventions the language follows; tests compare every row with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from derive.terms import (
    HALF,
    ONE,
    PI,
    ZERO,
    Apply,
    Compare,
    Number,
    Term,
    Where,
    term,
)
from derive.terms.greek import GREEK
from derive.terms.relations import Relation


@dataclass(frozen=True, slots=True)
class Function:
    """A row of the table.

    `arity` counts the arguments, `None` for any number from one up. A primitive has `derivatives`, a defined
    function has an `expansion`; one that is smooth may have both, the derivatives in its own terms.
    `derivatives[k]` is the partial derivative by argument k, `None` where the table has none. `domain` lists the
    conditions under which a primitive has a value, as far as comparisons can say it: a condition listed is
    necessary. `formula` says where the derivative given holds, if not everywhere; elsewhere it stays a function
    of its own, of order 1. `equal` is a term that a primitive equals everywhere, in simpler primitives (`None`
    where these arguments have none).

    `outside` is the total extension: the value that the normal form takes a primitive to have where it has no
    real value, by a term at which the functions in it have values; without it that is 0. Every rewrite of the
    normal form holds for these values too, or is made only where it does.

    Of a primitive the normal form uses further: `parity` (1 if f(-x) = f(x), -1 if f(-x) = -f(x), everywhere, for
    the total extension too), `at_zero`, its value at 0, and `inverse_of`, the primitive g with g(f(x)) = x wherever
    f has a value. `order_parity` is s if f(-k, x) = s^k f(k, x) for whole k. `positive` says what is known of its
    sign whatever the arguments: ">" or ">=" 0.

    `latex` is how it is set: a command, or what stands around its argument, which is `#`; without it the name,
    upright. `bare` functions need no brackets around a name. `spellings` are further words and commands that pages
    have for it. `sympy` names SymPy's class; it is "" where SymPy has none, and the function's own name by default.
    `sympy_default` are last arguments that SymPy leaves out.
    """

    name: str
    arity: int | None
    expansion: Callable[..., Term] | None = None
    derivatives: tuple[Callable[..., Term] | None, ...] = ()
    domain: Callable[..., tuple[Compare, ...]] | None = None
    equal: Callable[..., Term | None] | None = None
    formula: Callable[..., Compare] | None = None
    outside: Callable[..., Term] | None = None
    parity: Literal[1, -1] | None = None
    at_zero: int | None = None
    inverse_of: str | None = None
    order_parity: Literal[1, -1] | None = None
    positive: Literal[">", ">="] | None = None
    latex: str | None = None
    bare: bool = False
    spellings: tuple[str, ...] = ()
    sympy: str | None = None
    sympy_default: tuple[Term, ...] = ()


def _f(name: str) -> Callable[..., Term]:
    return lambda *arguments: Apply(name, tuple(map(term, arguments)))


exp, log, sqrt, sin, cos, asin, atan = map(_f, ("exp", "log", "sqrt", "sin", "cos", "asin", "atan"))
absolute, sigmoid, tanh, sinh = map(_f, ("abs", "sigmoid", "tanh", "sinh"))
cosh, erf, erfi = map(_f, ("cosh", "erf", "erfi"))
gamma, lgamma, polygamma, erfinv, zeta = map(_f, ("gamma", "lgamma", "polygamma", "erfinv", "zeta"))
besselj, bessely, besseli, besselk = map(_f, ("besselj", "bessely", "besseli", "besselk"))
airyai, airyaiprime, airybi, airybiprime = map(_f, ("airyai", "airyaiprime", "airybi", "airybiprime"))
expint, ellipk, ellipe = map(_f, ("expint", "ellipk", "ellipe"))


def _above(left: Term | int, right: Term | int) -> Compare:
    return Compare(Relation.GREATER, term(left), term(right))


def _below(left: Term | int, right: Term | int) -> Compare:
    return Compare(Relation.LESS, term(left), term(right))


def _at_least(left: Term | int, right: Term | int) -> Compare:
    return Compare(Relation.AT_LEAST, term(left), term(right))


def _not(left: Term | int, right: Term | int) -> Compare:
    return Compare(Relation.UNEQUAL, term(left), term(right))


def _greatest(*a: Term) -> Term:
    first, *rest = a
    for other in rest:
        first = Where(_above(first, other), first, other)
    return first


def _least(*a: Term) -> Term:
    first, *rest = a
    for other in rest:
        first = Where(_below(first, other), first, other)
    return first


def _sign(x: Term, below: Term, at: Term, above: Term) -> Term:
    return Where(_above(x, 0), above, Where(_below(x, 0), below, at))


def _lower(v: Term) -> Term:
    return Number(v.value - 1) if isinstance(v, Number) else v - 1


def _unit(x: Term) -> tuple[Compare, ...]:
    return _at_least(x, -1), _at_least(1, x)


def _no_pole(x: Term) -> tuple[Compare, ...]:
    return (_not(gamma(x), 0),)


F = Function
_ROWS = (
    # primitive
    F("exp", 1, derivatives=(lambda x: exp(x),), positive=">", latex="e^{#}", spellings=(r"\exp",)),
    F("log", 1, derivatives=(lambda x: 1 / x,), domain=lambda x: (_above(x, 0),),
      outside=lambda x: Where(_below(x, 0), log(-x), ZERO), latex=r"\log", bare=True, spellings=(r"\ln", "ln")),
    F("sin", 1, derivatives=(lambda x: cos(x),), parity=-1, at_zero=0, latex=r"\sin", bare=True),
    F("cos", 1, derivatives=(lambda x: -sin(x),), parity=1, at_zero=1, latex=r"\cos", bare=True),
    F("asin", 1, derivatives=(lambda x: 1 / sqrt(1 - x**2),), domain=_unit,
      outside=lambda x: Where(_above(x, 1), PI / 2, -PI / 2), parity=-1, at_zero=0, inverse_of="sin",
      latex=r"\arcsin", spellings=("arcsin",)),
    F("atan", 1, derivatives=(lambda x: 1 / (1 + x**2),), parity=-1, at_zero=0,
      latex=r"\arctan", spellings=("arctan",)),
    F("erf", 1, derivatives=(lambda x: 2 * exp(-(x**2)) / sqrt(PI),), parity=-1, at_zero=0),
    F("erfi", 1, derivatives=(lambda x: 2 * exp(x**2) / sqrt(PI),), parity=-1, at_zero=0),
    F("gamma", 1, derivatives=(lambda x: gamma(x) * polygamma(0, x),), domain=_no_pole, latex=r"\Gamma"),
    F("lgamma", 1, derivatives=(lambda x: polygamma(0, x),), domain=lambda x: (_above(x, 0),),
      equal=lambda x: log(gamma(x)), sympy="loggamma"),
    F("polygamma", 2, derivatives=(None, lambda k, x: polygamma(k + 1, x)), domain=lambda k, x: _no_pole(x)),
    F("erfinv", 1, derivatives=(lambda x: sqrt(PI) / 2 * exp(erfinv(x) ** 2),),
      domain=lambda x: (_above(x, -1), _below(x, 1)), parity=-1, at_zero=0, inverse_of="erf"),
    F("atan2", 2, derivatives=(lambda y, x: x / (x**2 + y**2), lambda y, x: -y / (x**2 + y**2)),
      domain=lambda y, x: (_not(x**2 + y**2, 0),)),
    F("zeta", 2, derivatives=(None, lambda s, a: -s * zeta(s + 1, a)), formula=lambda s, a: _not(s, 0),
      latex=r"\zeta", sympy_default=(ONE,)),
    F("besselj", 2, derivatives=(None, lambda v, x: (besselj(v - 1, x) - besselj(v + 1, x)) / 2), order_parity=-1),
    F("bessely", 2, derivatives=(None, lambda v, x: (bessely(v - 1, x) - bessely(v + 1, x)) / 2), order_parity=-1),
    F("besseli", 2, derivatives=(None, lambda v, x: (besseli(v - 1, x) + besseli(v + 1, x)) / 2), order_parity=1),
    F("besselk", 2, derivatives=(None, lambda v, x: -(besselk(v - 1, x) + besselk(v + 1, x)) / 2), order_parity=1),
    F("airyai", 1, derivatives=(lambda x: airyaiprime(x),)),
    F("airybi", 1, derivatives=(lambda x: airybiprime(x),)),
    F("airyaiprime", 1, derivatives=(lambda x: x * airyai(x),)),
    F("airybiprime", 1, derivatives=(lambda x: x * airybi(x),)),
    F("expint", 2, derivatives=(None, lambda v, x: -expint(_lower(v), x)),
      equal=lambda v, x: exp(-x) / x if v == ZERO else None),
    F("Si", 1, derivatives=(lambda x: sin(x) / x,), formula=lambda x: _not(x, 0), parity=-1, at_zero=0),
    F("Ci", 1, derivatives=(lambda x: cos(x) / x,), domain=lambda x: (_above(x, 0),)),
    F("lowergamma", 2, derivatives=(None, lambda s, x: x ** (s - 1) * exp(-x)), formula=lambda s, x: _above(x, 0)),
    F("uppergamma", 2, derivatives=(None, lambda s, x: -(x ** (s - 1)) * exp(-x)), formula=lambda s, x: _above(x, 0)),
    F("ellipk", 1, derivatives=(lambda m: (ellipe(m) - (1 - m) * ellipk(m)) / (2 * m * (1 - m)),),
      domain=lambda m: (_below(m, 1),), formula=lambda m: _not(m, 0), sympy="elliptic_k"),
    F("ellipe", 1, derivatives=(lambda m: (ellipe(m) - ellipk(m)) / (2 * m),), domain=lambda m: (_at_least(1, m),),
      formula=lambda m: _not(m, 0), sympy="elliptic_e"),
    F("betainc", 3, derivatives=(None, None, lambda a, b, x: x ** (a - 1) * (1 - x) ** (b - 1)),
      formula=lambda a, b, x: _above(x * (1 - x), 0), sympy=""),
    F("floor", 1, derivatives=(lambda x: ZERO,), latex=r"\left\lfloor # \right\rfloor"),
    F("trunc", 1, derivatives=(lambda x: ZERO,), sympy=""),
    # by cases: at equality of a comparison the derivative has no value
    F("abs", 1, lambda x: Where(_above(x, 0), x, -x), positive=">=", latex=r"\left|#\right|", sympy="Abs"),
    F("sign", 1, lambda x: _sign(x, term(-1), ZERO, ONE), spellings=("sgn",)),
    F("step", 1, lambda x: _sign(x, ZERO, HALF, ONE), sympy="Heaviside"),
    F("max", None, _greatest, latex=r"\max", sympy="Max"),
    F("min", None, _least, latex=r"\min", sympy="Min"),
    F("clip", 3, lambda x, low, high: _least(_greatest(x, low), high), sympy=""),
    F("relu", 1, lambda x: Where(_above(x, 0), x, ZERO), positive=">=", spellings=("ReLU", "Relu"), sympy=""),
    # powers and exponentials
    F("sqrt", 1, lambda x: x**HALF, latex=r"\sqrt{#}", sympy=""),
    F("sigmoid", 1, lambda x: 1 / (1 + exp(-x)), derivatives=(lambda x: sigmoid(x) * (1 - sigmoid(x)),),
      positive=">", latex=r"\sigma", spellings=("Sigmoid",), sympy=""),
    F("softplus", 1, lambda x: log(1 + exp(x)), derivatives=(lambda x: sigmoid(x),), positive=">", sympy=""),
    F("logsigmoid", 1, lambda x: -log(1 + exp(-x)), derivatives=(lambda x: sigmoid(-x),), sympy=""),
    F("log1p", 1, lambda x: log(1 + x), sympy=""),
    F("expm1", 1, lambda x: exp(x) - 1, sympy=""),
    F("silu", 1, lambda x: x * sigmoid(x), spellings=("SiLU",), sympy=""),
    F("stop_gradient", 1, lambda x: x, derivatives=(lambda x: ZERO,), sympy=""),
    F("gelu", 1, lambda x: x * (1 + erf(x / sqrt(2))) / 2, spellings=("GELU",), sympy=""),
    F("sinh", 1, lambda x: (exp(x) - exp(-x)) / 2, derivatives=(lambda x: cosh(x),), latex=r"\sinh", bare=True),
    F("cosh", 1, lambda x: (exp(x) + exp(-x)) / 2, derivatives=(lambda x: sinh(x),), positive=">",
      latex=r"\cosh", bare=True),
    F("tanh", 1, lambda x: (exp(x) - exp(-x)) / (exp(x) + exp(-x)), derivatives=(lambda x: 1 - tanh(x) ** 2,),
      latex=r"\tanh", bare=True, spellings=("Tanh",)),
    F("coth", 1, lambda x: (exp(x) + exp(-x)) / (exp(x) - exp(-x)), latex=r"\coth"),
    F("sech", 1, lambda x: 2 / (exp(x) + exp(-x))),
    F("csch", 1, lambda x: 2 / (exp(x) - exp(-x))),
    F("asinh", 1, lambda x: log(x + sqrt(x**2 + 1))),
    F("acosh", 1, lambda x: log(x + sqrt(x - 1) * sqrt(x + 1))),
    F("atanh", 1, lambda x: (log(1 + x) - log(1 - x)) / 2),
    F("acoth", 1, lambda x: log((x + 1) / (x - 1)) / 2),
    F("asech", 1, lambda x: log(1 / x + sqrt(1 / x - 1) * sqrt(1 / x + 1))),
    F("acsch", 1, lambda x: log(1 / x + sqrt(1 / x**2 + 1))),
    # trigonometric
    F("tan", 1, lambda x: sin(x) / cos(x), latex=r"\tan", bare=True),
    F("cot", 1, lambda x: cos(x) / sin(x), latex=r"\cot"),
    F("sec", 1, lambda x: 1 / cos(x), latex=r"\sec"),
    F("csc", 1, lambda x: 1 / sin(x), latex=r"\csc"),
    F("acos", 1, lambda x: PI / 2 - asin(x), latex=r"\arccos", spellings=("arccos",)),
    F("acot", 1, lambda x: atan(1 / x)),
    F("asec", 1, lambda x: PI / 2 - asin(1 / x)),
    F("acsc", 1, lambda x: asin(1 / x)),
    # special
    F("erfc", 1, lambda x: 1 - erf(x)),
    F("loggamma", 1, lambda x: lgamma(x)),
    F("digamma", 1, lambda x: polygamma(0, x)),
    F("beta", 2, lambda a, b: gamma(a) * gamma(b) / gamma(a + b)),
)  # fmt: skip

TABLE: dict[str, Function] = {row.name: row for row in _ROWS}

# How functions are written: by a command of TeX's, or by a Greek letter, which is one before a bracket alone.
_SET = {row.name: row.latex for row in _ROWS if row.latex and "#" not in row.latex and row.arity is not None}
LETTERS: dict[str, str] = {name: latex for name, latex in _SET.items() if latex[1:] in GREEK}
COMMANDS: dict[str, str] = {name: latex for name, latex in _SET.items() if name not in LETTERS}
SPELLINGS: dict[str, str] = {spelling: row.name for row in _ROWS for spelling in row.spellings}
"""Further words and commands of pages, with the functions that they are."""


def expansion(node: Apply) -> Term | None:
    """Return the definition of a defined function at these arguments, `None` for a primitive or declared one."""
    row = TABLE.get(node.function)
    return row.expansion(*node.arguments) if row is not None and row.expansion is not None else None


def equal_term(node: Apply) -> Term | None:
    """Return what a primitive equals in simpler ones wherever it has a value, `None` if nothing is known."""
    row = TABLE.get(node.function)
    return row.equal(*node.arguments) if row is not None and row.equal is not None else None
