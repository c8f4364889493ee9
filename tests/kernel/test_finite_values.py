"""R12: an entry with finitely many values is split by them, by all of them, and a product that is 0 by its factors."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from derive.kernel.prover import Theorem, prove
from tests.oracle.claims import claim

FUNCTIONS = (
    "exp({})",
    "cos({})",
    "abs({})",
    "1/(9 + {})",
    "log(9 + {})",
    "sqrt(9 + {})",
    "tanh({})",
    "sign({})",
)


def proves(text: str) -> bool:
    found = claim(text)
    return isinstance(prove(found.equation, found.context), Theorem)


def polynomial(roots: list[Fraction]) -> str:
    """Return the product of `{} - r` over roots."""
    return "*".join(f"({{}} - ({root}))" for root in roots) or "1"


def interpolated(function: str, roots: list[Fraction]) -> str:
    """Return the function of `{}` as its values at the roots, each times its Lagrange polynomial."""
    parts = []
    for root in roots:
        others = [other for other in roots if other != root]
        scale = Fraction(1)
        for other in others:
            scale *= root - other
        parts.append(f"{function.format(f'({root})')}*{polynomial(others)}/({scale})")
    return " + ".join(parts)


def problem(given: str, left: str, right: str, under_sum: bool) -> str:
    """Return a claim about a scalar, or about every entry of an array under a sum; `{}` is the entry."""
    if not under_sum:
        return f"real y\ngiven {given}\nclaim {left} = {right}".replace("{}", "y")
    lines = f"size n\nreal y[n]\ngiven {given}".replace("{}", "y[i]")
    return f"{lines}\nclaim sum({left}, j: n) = sum({right}, j: n)".replace("{}", "y[j]")


@pytest.mark.parametrize("under_sum", [False, True])
@pytest.mark.parametrize("seed", range(24))
def test_a_function_is_its_values_times_lagrange_polynomials(seed: int, under_sum: bool) -> None:
    """For random roots and functions, a root twice among them; where one more value is possible, it is not."""
    source = random.Random(seed)  # noqa: S311 - reproducible, not secret
    numbers = [
        Fraction(n, source.choice((1, 1, 2))) for n in source.sample(range(-4, 5), source.randint(1, 3))
    ]
    roots = list(dict.fromkeys(numbers))
    function = source.choice(FUNCTIONS)
    given = f"{polynomial([*roots, source.choice(roots)])} = 0"
    right = interpolated(function, roots)
    assert proves(problem(given, function, right, under_sum)), given
    other = next(root for root in map(Fraction, range(-6, 7)) if root not in roots)
    wider = f"({{}} - ({other}))*{given}"
    assert not proves(problem(wider, "exp({})", interpolated("exp({})", roots), under_sum)), wider
    assert not proves(problem(wider, polynomial(roots), "0", under_sum)), wider


@pytest.mark.parametrize("seed", range(8))
def test_a_function_of_a_one_hot_row_is_the_rows_sum_of_it(seed: int) -> None:
    """For random functions of a random combination; not for a sum over another axis, nor over another row."""
    source = random.Random(seed)  # noqa: S311 - reproducible, not secret
    function = source.choice([f for f in FUNCTIONS if f not in ("sign({})", "abs({})")])
    own = source.choice(("P[n,c]", "S[n,c]^2", "P[n,c]*S[n,c]^2"))
    declared, inner = "size N, C\nonehot Y[N,C]\npositive P[N,C]\nreal S[N,C]\n", "sum(Y[n,c]*{}, c)"
    right = inner.format(function.format(own))
    assert proves(f"{declared}claim {function.format(inner.format(own))} = {right}")
    column = function.format(f"sum(Y[n,c]*{own}, n)")
    assert not proves(f"{declared}claim {column} = sum(Y[n,c]*{function.format(own)}, n)")
    mixed = function.format(inner.format(own.replace("[n", "[m")))
    assert not proves(f"{declared}claim {mixed} = {right}")


@pytest.mark.parametrize(
    ("given", "left", "right"),
    [
        ("x*y = 0", "exp(x) + exp(y)", "1 + exp(x + y)"),
        ("x^2 = y^2", "cosh(x)", "cosh(y)"),
        ("(x - 1)*(y - 2)*(x - y) = 0", "(exp(x) - exp(1))*(exp(y) - exp(2))*(exp(x) - exp(y))", "0"),
        ("x^3 = x*y^2", "x*cosh(x)", "x*cosh(y)"),
    ],
)
def test_a_product_that_is_0_has_a_factor_that_is(given: str, left: str, right: str) -> None:
    """All factors are looked at: with one more the same is not proved."""
    declared = "real x, y, z\n"
    assert proves(f"{declared}given {given}\nclaim {left} = {right}")
    one, other = given.split(" = ")
    assert not proves(f"{declared}given (({one}) - ({other}))*(z - 7) = 0\nclaim {left} = {right}")


def test_a_condition_is_split_by_values_only_where_that_decides_or_nothing_else_helps() -> None:
    """What is known at the kink of the hinge is known of 1 - y*f, and of none of its values by itself."""
    declared = "size N\nreal f[N], y[N]\ngiven y[a]^2 = 1\n"
    assert proves(f"{declared}claim D(sum(max(0, 1 - y[a]*f[a]), a), f[b]) = -where(y[b]*f[b] < 1, y[b], 0)")
    assert proves(
        f"{declared}claim sum([y[a]*f[a] > 0], a) = sum((1 + y[a])/2*[f[a] > 0] + (1 - y[a])/2*[f[a] < 0], a)"
    )
    assert not proves(f"{declared}claim sum([y[a]*f[a] > 0], a) = sum([f[a] > 0], a)")
