"""Valid rules of algebra and of functions: order, brackets, fractions, powers, exponentials, logarithms, cases."""

from __future__ import annotations

from fractions import Fraction

from derive.terms import (
    HALF,
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Apply,
    Big,
    Compare,
    Delta,
    Entry,
    Multiply,
    Number,
    Power,
    Relation,
    Term,
    Where,
    add,
    indicator,
    instantiate,
    multiply,
    negate,
    rename,
    same_index,
)
from tests.soundness.rewriting import Here, Rule
from tests.soundness.shapes import is_nonnegative, is_positive, is_total

TWO = Number(Fraction(2))
OPPOSITE: dict[Relation, Relation] = {
    Relation.LESS: Relation.AT_LEAST,
    Relation.AT_MOST: Relation.GREATER,
    Relation.GREATER: Relation.AT_MOST,
    Relation.AT_LEAST: Relation.LESS,
    Relation.EQUAL: Relation.UNEQUAL,
    Relation.UNEQUAL: Relation.EQUAL,
}
MIRRORED: dict[Relation, Relation] = {
    Relation.LESS: Relation.GREATER,
    Relation.AT_MOST: Relation.AT_LEAST,
    Relation.GREATER: Relation.LESS,
    Relation.AT_LEAST: Relation.AT_MOST,
    Relation.EQUAL: Relation.EQUAL,
    Relation.UNEQUAL: Relation.UNEQUAL,
}


def f(name: str, *arguments: Term) -> Term:
    """Return a function of terms."""
    return Apply(name, arguments)


def safe(here: Here) -> Term:
    """Return a small term that has a value everywhere."""
    for _ in range(4):
        made = here.maker.real(here.rng.choice((0, 0, 1)), here.scope)
        if is_total(made, here.context):
            return made
    return here.maker.number()


def positive(here: Here) -> Term | None:
    """Return a small term that is positive everywhere."""
    for _ in range(4):
        made = here.maker.positive(here.rng.choice((0, 1)), here.scope)
        if is_positive(made, here.context) and is_total(made, here.context):
            return made
    return None


def commute(node: Term, here: Here) -> Term | None:
    """A + b = b + a, a*b = b*a."""
    match node:
        case Add(parts):
            return add(*here.rng.sample(parts, len(parts)))
        case Multiply(parts):
            return multiply(*here.rng.sample(parts, len(parts)))
        case Delta(left, right):
            return Delta(right, left)
    return None


def distribute(node: Term, here: Here) -> Term | None:
    """a*(b + c) = a*b + a*c, (b + c)^2 = b^2 + 2*b*c + c^2."""
    match node:
        case Multiply(parts):
            sums = [k for k, p in enumerate(parts) if isinstance(p, Add)]
            if sums:
                k = here.rng.choice(sums)
                rest = (*parts[:k], *parts[k + 1 :])
                return add(*(multiply(*rest, t) for t in parts[k].terms))  # type: ignore[attr-defined]
        case Power(Add(terms), Number(value)) if value == 2:
            first, rest_sum = terms[0], add(*terms[1:])
            return add(first**2, multiply(2, first, rest_sum), rest_sum**2)
    return None


def factor_out(node: Term, here: Here) -> Term | None:
    """a*b + a*c = a*(b + c)."""
    match node:
        case Add((Multiply(first), Multiply(second), *rest)):
            common = [x for x in first if x in second]
            if common:
                one = here.rng.choice(common)
                left, right = list(first), list(second)
                left.remove(one)
                right.remove(one)
                return add(multiply(one, add(multiply(*left), multiply(*right))), *rest)
    return None


def add_and_subtract(node: Term, here: Here) -> Term | None:
    """A = a + b - b."""
    other = safe(here)
    return add(node, other, negate(other))


def times_and_divided(node: Term, here: Here) -> Term | None:
    """A = a*b/b for b > 0."""
    other = positive(here)
    return None if other is None else multiply(node, other, Power(other, MINUS_ONE))


def common_denominator(node: Term, here: Here) -> Term | None:
    """A + b = (a*c + b*c)/c for c > 0."""
    other = positive(here)
    if not isinstance(node, Add) or other is None:
        return None
    return multiply(add(*(multiply(t, other) for t in node.terms)), Power(other, MINUS_ONE))


def partial_fractions(node: Term, here: Here) -> Term | None:
    """1/(a*b) with b = a + c is (1/a - 1/b)/c for c > 0; 1/a = 1/(a + c) + c/(a*(a + c)), all positive."""
    match node:
        case Power(base, Number(value)) if value == -1 and is_positive(base, here.context):
            other = positive(here)
            if other is not None:
                whole = add(base, other)
                return add(Power(whole, MINUS_ONE), multiply(other, Power(multiply(base, whole), MINUS_ONE)))
    return None


def split_power(node: Term, here: Here) -> Term | None:
    """a^3 = a*a^2, (a*b)^2 = a^2*b^2, 1/(a*b) = (1/a)*(1/b), a^-2 = (1/a)^2; a^(b+c) = a^b*a^c for a > 0."""
    match node:
        case Power(base, Number(value)) if value.denominator == 1 and value > 1:
            return multiply(base, Power(base, Number(value - 1)) if value > 2 else base)
        case Power(Multiply(parts), Number(value)) if value.denominator == 1:
            return multiply(*(Power(p, Number(value)) for p in parts))
        case Power(base, Number(value)) if value.denominator == 1 and value < -1:
            return Power(Power(base, MINUS_ONE), Number(-value))
        case Power(base, Number(value)) if value.denominator > 1 and is_positive(base, here.context):
            return multiply(base, Power(base, Number(value - 1)))
        case Power(base, Add(parts)) if is_positive(base, here.context):
            return multiply(*(Power(base, p) for p in parts))
    return None


def power_as_exponential(node: Term, here: Here) -> Term | None:
    """a^b = exp(b*log(a)) for a > 0, sqrt(a) = a^(1/2), a*b under a root of positives splits."""
    match node:
        case Power(base, exponent) if is_positive(base, here.context):
            return f("exp", multiply(exponent, f("log", base)))
        case Apply("sqrt", (Multiply(parts),)) if all(is_positive(p, here.context) for p in parts):
            return multiply(*(f("sqrt", p) for p in parts))
        case Apply("sqrt", (inner,)):
            return Power(inner, HALF)
        case Power(base, exponent) if exponent == HALF:
            return f("sqrt", base)
    return None


def exponential(node: Term, here: Here) -> Term | None:
    """exp(a + b) = exp(a)*exp(b), exp(2*a) = exp(a)^2, exp(-a) = 1/exp(a), exp(log(a)) = a."""
    match node:
        case Apply("exp", (Add(parts),)):
            return multiply(*(f("exp", p) for p in parts))
        case Apply("exp", (Multiply((Number(value), *rest)),)) if value.denominator == 1:
            return Power(f("exp", multiply(*rest)), Number(value))
        case Apply("exp", (Apply("log", (inner,)),)):
            return inner
        case Apply("exp", (inner,)):
            return Power(f("exp", negate(inner)), MINUS_ONE)
        case Multiply((Apply("exp", (a,)), Apply("exp", (b,)), *rest)):
            return multiply(f("exp", add(a, b)), *rest)
    return None


def logarithm(node: Term, here: Here) -> Term | None:
    """log(a*b) = log(a) + log(b), log(a^b) = b*log(a), for positives; a = log(exp(a)) = exp(log(a))."""
    match node:
        case Apply("log", (Multiply(parts),)) if all(is_positive(p, here.context) for p in parts):
            return add(*(f("log", p) for p in parts))
        case Apply("log", (Power(base, exponent),)) if is_positive(base, here.context):
            return multiply(exponent, f("log", base))
        case Apply("log", (Apply("exp", (inner,)),)):
            return inner
        case Apply("log", (inner,)):
            return negate(f("log", Power(inner, MINUS_ONE)))
        case Add((Apply("log", (a,)), Apply("log", (b,)), *rest)):
            return add(f("log", multiply(a, b)), *rest)
    if here.rng.random() < 0.3:
        return f("log", f("exp", node))
    return f("exp", f("log", node)) if is_positive(node, here.context) else None


def hyperbolic(node: Term, here: Here) -> Term | None:
    """What sigmoid, tanh, softplus and the like are in exponentials, and how they relate."""
    if not isinstance(node, Apply) or len(node.arguments) != 1:
        return None
    (a,) = node.arguments
    e, minus = f("exp", a), f("exp", negate(a))
    choices: dict[str, list[Term]] = {
        "sigmoid": [
            Power(add(1, minus), MINUS_ONE),
            multiply(e, Power(add(1, e), MINUS_ONE)),
            add(1, negate(f("sigmoid", negate(a)))),
            multiply(HALF, add(1, f("tanh", multiply(HALF, a)))),
        ],
        "tanh": [
            multiply(add(e, negate(minus)), Power(add(e, minus), MINUS_ONE)),
            add(multiply(2, f("sigmoid", multiply(2, a))), MINUS_ONE),
            multiply(f("sinh", a), Power(f("cosh", a), MINUS_ONE)),
            negate(f("tanh", negate(a))),
        ],
        "softplus": [f("log", add(1, e)), add(a, f("softplus", negate(a))), negate(f("log", f("sigmoid", negate(a))))],
        "sinh": [multiply(HALF, add(e, negate(minus)))],
        "cosh": [multiply(HALF, add(e, minus)), f("sqrt", add(1, f("sinh", a) ** 2))],
        "sin": [negate(f("sin", negate(a))), multiply(2, f("sin", multiply(HALF, a)), f("cos", multiply(HALF, a)))],
        "cos": [f("cos", negate(a)), add(1, multiply(-2, f("sin", multiply(HALF, a)) ** 2))],
        "erf": [add(1, negate(f("erfc", a))), negate(f("erf", negate(a)))],
        "atan": [negate(f("atan", negate(a)))],
        "lgamma": [add(f("lgamma", add(a, 1)), negate(f("log", a)))],
        "gamma": [multiply(f("gamma", add(a, 1)), Power(a, MINUS_ONE))],
        "digamma": [add(f("digamma", add(a, 1)), negate(Power(a, MINUS_ONE)))],
        "log": [],
    }  # fmt: skip
    found = choices.get(node.function)
    return here.rng.choice(found) if found else None


def addition_theorem(node: Term, here: Here) -> Term | None:
    """sin(a + b), cos(a + b)."""
    match node:
        case Apply("sin" | "cos", (Add((first, *rest)),)):
            a, b = first, add(*rest)
            if node.function == "sin":
                return add(multiply(f("sin", a), f("cos", b)), multiply(f("cos", a), f("sin", b)))
            return add(multiply(f("cos", a), f("cos", b)), negate(multiply(f("sin", a), f("sin", b))))
    return None


def unity(node: Term, here: Here) -> Term | None:
    """1 = sin^2 + cos^2 = cosh^2 - sinh^2 = sigmoid(a) + sigmoid(-a) = [c] + [not c] = exp(a)*exp(-a)."""
    a = safe(here)
    condition = here.maker.condition(1, here.scope)
    ways: list[Term] = [
        add(f("sin", a) ** 2, f("cos", a) ** 2),
        add(f("sigmoid", a), f("sigmoid", negate(a))),
        multiply(f("exp", a), f("exp", negate(a))),
        add(f("cosh", a) ** 2, negate(f("sinh", a) ** 2)),
    ]
    sides = (condition.left, condition.right)
    if here.maker.kinks and not here.inside and all(is_total(s, here.context) for s in sides):
        other = Compare(OPPOSITE[condition.relation], condition.left, condition.right)
        ways.append(add(indicator(condition), indicator(other)))
    one = here.rng.choice(ways)
    return one if node == ONE else multiply(node, one) if here.rng.random() < 0.4 else None


def kinks(node: Term, here: Here) -> Term | None:
    """abs, relu, sign, step, max and min in terms of each other. Inside a D all have the same kinks."""
    match node:
        case Apply("abs", (a,)):
            ways = [
                f("sqrt", a**2),
                f("max", a, negate(a)),
                Where(Compare(Relation.GREATER, a, ZERO), a, negate(a)),
            ]
            ways += [f("abs", negate(a)), multiply(a, f("sign", a)), add(f("relu", a), f("relu", negate(a)))]
        case Apply("relu", (a,)):
            ways = [multiply(HALF, add(a, f("abs", a))), f("max", a, ZERO), multiply(a, f("step", a))]
            ways += [Where(Compare(Relation.GREATER, a, ZERO), a, ZERO), add(a, f("relu", negate(a)))]
        case Apply("sign", (a,)):
            ways = [add(multiply(2, f("step", a)), MINUS_ONE), negate(f("sign", negate(a)))]
            ways += [
                add(
                    indicator(Compare(Relation.GREATER, a, ZERO)),
                    negate(indicator(Compare(Relation.LESS, a, ZERO))),
                )
            ]
        case Apply("step", (a,)):
            ways = [multiply(HALF, add(1, f("sign", a)))]
        case Apply("max", (a, b)):
            ways = [f("max", b, a), add(a, f("relu", add(b, negate(a))))]
            ways += [
                multiply(HALF, add(a, b, f("abs", add(a, negate(b))))),
                negate(f("min", negate(a), negate(b))),
            ]
        case Apply("min", (a, b)):
            ways = [f("min", b, a), add(a, b, negate(f("max", a, b)))]
        case Power(Apply("abs", (a,)), Number(value)) if value.denominator == 1 and value.numerator % 2 == 0:
            ways = [Power(a, Number(value))]
        case Power(a, Number(value)) if value == 2 and here.maker.kinks and not here.inside:
            ways = [f("abs", a) ** 2]
        case Apply("sqrt", (Power(a, Number(value)),)) if value == 2:
            ways = [f("abs", a)]
        case _:
            if here.inside or not here.maker.kinks or not is_nonnegative(node, here.context):
                return None
            ways = [f("abs", node), f("relu", node), f("sqrt", node**2)]
    return here.rng.choice(ways)


def cases(node: Term, here: Here) -> Term | None:
    """where(c, a, b) = where(not c, b, a) = [c]*a + [not c]*b; f(where(c, a, b)) = where(c, f(a), f(b))."""
    match node:
        case Where(condition, then, otherwise):
            opposite = Compare(OPPOSITE[condition.relation], condition.left, condition.right)
            ways: list[Term] = [Where(opposite, otherwise, then)]
            of_indices = isinstance(condition.left, Delta)
            if not of_indices:
                mirrored = Compare(MIRRORED[condition.relation], condition.right, condition.left)
                ways.append(Where(mirrored, then, otherwise))
            if is_total(then, here.context) and is_total(otherwise, here.context):
                parts = multiply(indicator(condition), then), multiply(indicator(opposite), otherwise)
                ways.append(add(*parts))
            return here.rng.choice(ways)
        case Apply(name, (Where(condition, then, otherwise),), order):
            return Where(condition, Apply(name, (then,), order), Apply(name, (otherwise,), order))
        case Multiply((*before, Where(condition, then, otherwise))):
            return Where(condition, multiply(*before, then), multiply(*before, otherwise))
        case Delta(left, right) if isinstance(left.name, str) and isinstance(right.name, str):
            return Where(same_index(left, right), ONE, ZERO) if here.rng.random() < 0.5 else node**2
    if here.inside or not here.maker.kinks or here.rng.random() < 0.7:
        return None
    condition = here.maker.condition(1, here.scope)
    if all(is_total(s, here.context) for s in (condition.left, condition.right)):
        return Where(condition, node, node)
    return None


def delta_renames(node: Term, here: Here) -> Term | None:
    """delta(i,j)*a[i] = delta(i,j)*a[j], for an a that has a value everywhere."""
    match node:
        case Multiply(parts):
            for k, part in enumerate(parts):
                if isinstance(part, Delta):
                    rest = multiply(*parts[:k], *parts[k + 1 :])
                    left, right = here.rng.sample((part.left, part.right), 2)
                    if is_total(rest, here.context) and isinstance(left.name, str):
                        return multiply(part, rename(rest, {left: right}))
    return None


def unfolded(node: Term, here: Here) -> Term | None:
    """A defined name is its definition. Not inside a D by a defined name."""
    if here.held or not isinstance(node, Entry) or node.name not in here.context.definitions:
        return None
    return instantiate(here.context.definitions[node.name], node.indices)


def under_big(node: Term, here: Here) -> Term | None:
    """Under products and extremes: prod(a*b) = prod(a)*prod(b), exp of a sum, max(-a) = -min(a), mean = sum/n."""
    match node:
        case Big("prod", binders, Multiply(parts)):
            return multiply(*(Big("prod", binders, p) for p in parts))
        case Big("prod", binders, Apply("exp", (inner,))):
            return f("exp", Big("sum", binders, inner))
        case Apply("exp", (Big("sum", binders, inner),)):
            return Big("prod", binders, f("exp", inner))
        case Apply("log", (Big("prod", binders, inner),)) if is_positive(inner, here.context):
            return Big("sum", binders, f("log", inner))
        case Big("max", binders, inner):
            return negate(Big("min", binders, negate(inner)))
        case Big("min", binders, inner):
            return negate(Big("max", binders, negate(inner)))
    return None


ALGEBRA: tuple[Rule, ...] = (
    commute,
    commute,
    distribute,
    distribute,
    factor_out,
    add_and_subtract,
    times_and_divided,
    common_denominator,
    partial_fractions,
    split_power,
    split_power,
    power_as_exponential,
    exponential,
    exponential,
    logarithm,
    logarithm,
    hyperbolic,
    hyperbolic,
    addition_theorem,
    unity,
    kinks,
    kinks,
    cases,
    delta_renames,
    unfolded,
    unfolded,
    under_big,
)
