"""Every derivative and every definition in the table of functions, against SymPy at rational points."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

import pytest
import sympy as sp

from derive import check
from derive.kernel.differentiation import differentiate
from derive.oracle import Point, evaluate, holds
from derive.reading.documents import read_document
from derive.terms import ZERO, Apply, Compare, Context, Derivative, Entry, Number, Term, Variable
from derive.terms.functions import TABLE
from derive.terms.nodes import Add, Constant, Multiply, Power, Where
from derive.writing.latex import to_latex

NAMES = tuple("xyz")
DIGITS = 30

SYMPY = {
    "abs": sp.Abs, "max": sp.Max, "min": sp.Min, "relu": lambda x: sp.Max(x, 0),
    "clip": lambda x, a, b: sp.Min(sp.Max(x, a), b), "lgamma": sp.loggamma,
    "sigmoid": lambda x: 1 / (1 + sp.exp(-x)), "softplus": lambda x: sp.log(1 + sp.exp(x)),
    "logsigmoid": lambda x: -sp.log(1 + sp.exp(-x)), "log1p": lambda x: sp.log(1 + x), "expm1": lambda x: sp.exp(x) - 1,
    "silu": lambda x: x / (1 + sp.exp(-x)), "gelu": lambda x: x * (1 + sp.erf(x / sp.sqrt(2))) / 2,
    "step": lambda x: sp.Heaviside(x, sp.Rational(1, 2)), "beta": sp.beta,
    "stop_gradient": lambda x: x,
    "ellipk": sp.elliptic_k, "ellipe": sp.elliptic_e,
    "betainc": lambda a, b, x: sp.betainc(a, b, 0, x), "trunc": lambda x: sp.sign(x) * sp.floor(sp.Abs(x)),
}  # fmt: skip

# Points inside the domains, where the default ones are not.
POINTS = {
    "acosh": ("7/3",), "acoth": ("7/3",), "asec": ("7/3", "-5/2"), "acsc": ("7/3", "-5/2"), "asech": ("2/7", "1/2"),
    "polygamma": ("1 2/3", "2 5/4"), "zeta": ("3 2/3", "5/2 7/5"), "expint": ("2 1/3", "3/2 5/4"),
    "besselj": ("1 2/3", "1/2 7/4"), "bessely": ("1 2/3", "1/2 7/4"), "besseli": ("1 2/3", "1/2 7/4"),
    "besselk": ("1 2/3", "1/2 7/4"), "lowergamma": ("2 2/3", "3/2 5/4"), "uppergamma": ("2 2/3", "3/2 5/4"),
    "betainc": ("2 3 2/7", "3/2 1/2 3/5"), "atan2": ("1/3 2/5", "-1/3 -2/5"), "beta": ("2/3 5/4",),
    "max": ("1/3 2/5", "-1/3 -2/5 -1/7"), "min": ("1/3 2/5", "-1/3 -2/5 -1/7"),
    "clip": ("1/3 -1 1", "-7/3 -1 1", "5/2 -1 1"),
    "floor": ("1/3", "-7/3"), "trunc": ("1/3", "-7/3"), "log": ("2/3", "7/3"), "sqrt": ("2/3", "7/3"),
    "lgamma": ("2/3", "7/3"), "loggamma": ("2/3", "7/3"), "gamma": ("2/3", "-5/2"), "digamma": ("2/3", "7/3"),
    "Ci": ("2/3", "7/3"), "ellipk": ("2/3", "-7/3"), "ellipe": ("2/3", "-7/3"),
}  # fmt: skip
DEFAULT = ("1/3", "-2/5")


def sympy_function(name: str) -> object:
    return SYMPY.get(name) or getattr(sp, name)


def value(term: Term, at: dict[str, sp.Rational]) -> sp.Expr:
    """Return a term at a point as SymPy means it, function by function."""
    match term:
        case Number(number):
            return sp.Rational(number.numerator, number.denominator)
        case Constant():
            return sp.pi
        case Entry(name, ()):
            return at[name]
        case Add(terms):
            return sp.Add(*(value(t, at) for t in terms))
        case Multiply(factors):
            return sp.Mul(*(value(f, at) for f in factors))
        case Power(base, exponent):
            return value(base, at) ** value(exponent, at)
        case Where(condition, then, otherwise):
            return value(then if satisfied(condition, at) else otherwise, at)
        case Apply(name, arguments, 0):
            return sympy_function(name)(*(value(a, at) for a in arguments))  # type: ignore[operator]
    raise TypeError(f"not in the table: {term}")


def satisfied(condition: Compare, at: dict[str, sp.Rational]) -> bool:
    difference = sp.N(value(condition.left, at) - value(condition.right, at), DIGITS)
    return bool({"<": difference < 0, "<=": difference <= 0, ">": difference > 0, ">=": difference >= 0,
            "=": difference == 0, "!=": difference != 0}[condition.relation])  # fmt: skip


def points(name: str) -> list[list[sp.Rational]]:
    return [[sp.Rational(Fraction(part)) for part in point.split()] for point in POINTS.get(name, DEFAULT)]


def close(left: sp.Expr, right: sp.Expr) -> bool:
    difference, size = abs(sp.N(left, DIGITS) - sp.N(right, DIGITS)), 1 + abs(sp.N(right, DIGITS))
    return bool(difference < sp.Float(10) ** -15 * size)


@pytest.mark.parametrize("name", TABLE)
def test_definitions(name: str) -> None:
    """A defined function is what SymPy means by its name."""
    row = TABLE[name]
    if row.expansion is None:
        assert row.derivatives
        return
    for point in points(name):
        arguments = [Entry(n) for n in NAMES[: len(point)]]
        at = dict(zip(NAMES, point, strict=False))
        assert close(value(row.expansion(*arguments), at), sympy_function(name)(*point))  # type: ignore[operator]


@pytest.mark.parametrize("name", TABLE)
def test_derivatives(name: str) -> None:
    """The derivative by each argument, against a difference quotient in fifty digits of SymPy's own function."""
    row = TABLE[name]
    if name == "stop_gradient":  # the one whose derivative is not that of its value
        assert differentiate(Apply(name, (Entry("x"),)), Entry("x")) == ZERO
        return
    step = sp.Rational(1, 10**12)
    for point in points(name):
        arguments = tuple(Entry(n) for n in NAMES[: len(point)])
        at = dict(zip(NAMES, point, strict=False))
        function = sympy_function(name)
        for position in range(len(point)):
            if row.expansion is None and row.derivatives[position] is None:
                continue
            there = value(differentiate(Apply(name, arguments), arguments[position]), at)
            sides = [
                sp.N(function(*point[:position], point[position] + h, *point[position + 1 :]), 50)  # type: ignore[operator]
                for h in (step, -step)
            ]
            quotient = sp.N((sides[0] - sides[1]) / (2 * step), DIGITS)
            assert abs(sp.N(there, DIGITS) - quotient) < sp.Float(10) ** -15 * (1 + abs(quotient))


def test_a_wrong_derivative_would_be_seen() -> None:
    """One part in a million in a derivative is more than the test above lets pass."""
    at = {"x": sp.Rational(1, 3)}
    right = value(differentiate(Apply("tanh", (Entry("x"),)), Entry("x")), at)
    assert close(right, right)
    assert not close(right * (1 + sp.Rational(1, 10**6)), right)


# What the normal form is told of a row, as claims; whatever is wrong there is proved, or contradicted by the oracle.


def _facts() -> Iterator[tuple[str, str]]:
    for name, row in TABLE.items():
        arguments = ", ".join(("k", "x")[-(row.arity or 1) :])
        sign = {1: "", -1: "-"}
        if row.parity is not None:
            yield name, f"{name}(-x) = {sign[row.parity]}{name}({arguments})"
            yield name, f"{name}(-x)^3 = {sign[-row.parity]}{name}({arguments})^3  expect refuted"
        if row.at_zero is not None:
            yield name, f"{name}(0*x) = {row.at_zero}"
            yield name, f"{name}(0*x) = {row.at_zero + 1}  expect refuted"
        if row.inverse_of is not None:
            yield name, f"{row.inverse_of}({name}(x)) = x"
            yield name, f"{row.inverse_of}({name}(x)) = -x  expect refuted"
        if row.order_parity is not None:
            yield name, f"{name}(-3, x^2 + 1) = {sign[row.order_parity]}{name}(3, x^2 + 1)"
            yield name, f"{name}(-3, x^2 + 1) = {sign[-row.order_parity]}{name}(3, x^2 + 1)  expect refuted"
        if row.positive is not None:
            yield name, f"abs({name}({arguments})) = {name}({arguments})"
            yield name, f"abs({name}({arguments})) = -{name}({arguments})  expect refuted"


FACTS = list(_facts())


@pytest.mark.parametrize(("name", "claim"), FACTS, ids=[f"{name}-{k}" for k, (name, _) in enumerate(FACTS)])
def test_what_a_row_says_is_proved_and_its_opposite_refuted(name: str, claim: str) -> None:
    """Each entry of a row is used by the kernel, and the oracle, which has a table of its own, agrees."""
    report = check(f"real x\nclaim {claim}\n", explain=0)
    assert report, f"{name}: {report}"


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.derivatives and row.arity == 1])
def test_a_function_is_written_and_read_back(name: str) -> None:
    """What is written of a function is read as the same one: its LaTeX is in the table alone."""
    latex = to_latex(Apply(name, (Entry("x"),)))
    text = f"```derive\nreal x\n```\n\n$$\n1 + {latex} = 1 + {latex}\n$$\n"
    (problem,) = read_document(text, "page.md", tex=False)
    assert not problem.failures, problem.failures
    assert problem.claims[0].equation.left == 1 + Apply(name, (Entry("x"),))


def test_every_spelling_means_one_function() -> None:
    words = [word for row in TABLE.values() for word in row.spellings]
    assert len(words) == len(set(words))
    assert not set(words) & TABLE.keys()


SPECIAL = tuple(map(Fraction, ("0", "1", "-1", "2", "1/2", "-1/2")))
BY = [(n, k) for n, row in TABLE.items() for k, rule in enumerate(row.derivatives) if rule is not None]


@pytest.mark.parametrize(("name", "place"), BY, ids=[f"{name}-{place}" for name, place in BY])
def test_a_formula_holds_wherever_there_is_a_derivative(name: str, place: int) -> None:
    """At special arguments too: where the oracle has a derivative and the formula no value, the row says so."""
    row = TABLE[name]
    arguments = tuple(map(Entry, NAMES[: row.arity]))
    context = Context(variables={one.name: Variable(one.name) for one in arguments})
    rule = row.derivatives[place]
    assert rule is not None
    formula, derivative = rule(*arguments), Derivative(Apply(name, arguments), (arguments[place],))
    seen = 0
    for numbers in itertools.product(SPECIAL, repeat=len(arguments)):
        at = Point({}, {}, dict(zip(NAMES, numbers, strict=False)))
        if row.formula is not None and not holds(row.formula(*arguments), context, at):
            continue
        expected = evaluate(derivative, context, at)
        if expected is not None:
            found = evaluate(formula, context, at)
            assert found is not None, (
                f"{name} at {numbers} has the derivative {expected}, and the formula no value"
            )
            assert found.overlaps(expected), f"{name} at {numbers}: {found} is not {expected}"
            seen += 1
    assert seen or name in ("floor", "trunc")
