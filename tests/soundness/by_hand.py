"""Derivatives taken by hand: the textbook's rules, in one of several ways each, and rules for a D that stays."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

from derive.terms import (
    HALF,
    MINUS_ONE,
    ONE,
    PI,
    ZERO,
    Add,
    Apply,
    Big,
    Binder,
    Compare,
    Constant,
    Context,
    Delta,
    Derivative,
    Entry,
    Index,
    IndexPair,
    MatrixFunction,
    Multiply,
    Number,
    Power,
    Relation,
    SizeNumber,
    Term,
    UnknownValue,
    Where,
    add,
    free_indices,
    instantiate,
    multiply,
    negate,
    rename,
    total,
)
from tests.soundness.rewriting import Here, Rule
from tests.soundness.shapes import is_positive, mentions


def f(name: str, *arguments: Term) -> Term:
    """Return a function of terms."""
    return Apply(name, arguments)


class NoRuleError(Exception):
    """The textbook here has no rule for it."""


def _plus(*terms: Term) -> Term:
    kept = [t for t in terms if t != ZERO]
    return add(*kept) if kept else ZERO


def _times(*factors: Term) -> Term:
    if ZERO in factors:
        return ZERO
    kept = [x for x in factors if x != ONE]
    return multiply(*kept) if kept else ONE


def slope(node: Term, by: Entry, context: Context, rng: random.Random) -> Term:
    """Return the derivative of a term without D by an entry, through every definition. Raises `NoRuleError`."""

    def d(one: Term) -> Term:
        return slope(one, by, context, rng)

    if not mentions(node, by.name, context):
        return ZERO
    match node:
        case Entry(name, indices) if name == by.name:
            pairs = [pair for pair in zip(indices, by.indices, strict=True) if pair[0] != pair[1]]
            if any(isinstance(a.name, int) and isinstance(b.name, int) for a, b in pairs):
                return ZERO  # two different places
            return _times(*(Delta(*rng.sample(pair, 2)) for pair in pairs))
        case Entry(name, indices):
            return d(instantiate(context.definitions[name], indices))
        case Number() | Constant() | SizeNumber() | IndexPair():
            return ZERO
        case Add(terms):
            return _plus(*map(d, terms))
        case Multiply(factors):
            return _product(node, factors, by, context, rng)
        case Power(base, exponent):
            return _power(base, exponent, by, context, rng)
        case Apply():
            return _function(node, by, context, rng)
        case Where(condition, then, otherwise):
            return Where(condition, d(then), d(otherwise))
        case Big():
            return _big(node, by, context, rng)
    return _of_arrays(node, by, context, rng)


def _of_arrays(node: Term, by: Entry, context: Context, rng: random.Random) -> Term:
    match node:
        case MatrixFunction():
            return _of_matrix(node, by, context, rng)
        case UnknownValue():
            return _unknown(node, by, context, rng)
    raise NoRuleError


def _new_letters(node: Term, by: Entry, array: Big, rng: random.Random) -> tuple[tuple[Index, ...], Term]:
    """Return new letters for the axes of an array, and its entry there: no letter of the term or of `by`."""
    taken = {i.name for i in (*free_indices(node), *free_indices(by))} | {"aa", "bb"}
    free = [c for c in ("k", "l", "r", "g", "w", "cc", "dd", "ee", "gg") if c not in taken]
    names = rng.sample(free, len(array.binders))
    new = tuple(Index(c, b.index.dim) for c, b in zip(names, array.binders, strict=True))
    return new, rename(array.body, {b.index: i for b, i in zip(array.binders, new, strict=True)})


def _of_matrix(node: MatrixFunction, by: Entry, context: Context, rng: random.Random) -> Term:
    """D inv = -inv dA inv, D det = sum of adj[l,k] dA[k,l], D logdet the same with inv; none for an adjugate."""
    (k, l), body = _new_letters(node, by, node.matrix, rng)
    inner = slope(body, by, context, rng)
    if inner == ZERO:
        return ZERO
    match node.operation:
        case "inv":
            left, right = node.at
            parts = negate(node.of("inv", left, k)), inner, node.of("inv", l, right)
            return total(_times(*parts), k, l)
        case "det":
            return total(_times(node.of("adj", l, k), inner), k, l)
        case "logdet":
            return total(_times(node.of("inv", l, k), inner), k, l)
    raise NoRuleError


def _unknown(node: UnknownValue, by: Entry, context: Context, rng: random.Random) -> Term:
    """The chain rule: the sum over the arguments, and over their entries, of partial derivatives times slopes."""
    if len(node.partials) > 1:
        raise NoRuleError
    parts: list[Term] = []
    for k, one in enumerate(node.arguments):
        letters: tuple[Index, ...] = ()
        body = one
        if isinstance(one, Big) and one.operation == "array":
            letters, body = _new_letters(node, by, one, rng)
        inner = slope(body, by, context, rng)
        outer = UnknownValue(node.name, node.arguments, (*node.partials, (k, letters)))
        part = _times(outer, inner)
        parts.append(total(part, *letters) if letters and part != ZERO else part)
    return _plus(*parts)


def _product(node: Term, factors: tuple[Term, ...], by: Entry, context: Context, rng: random.Random) -> Term:
    if all(is_positive(x, context) for x in factors) and rng.random() < 0.3:  # by its logarithm
        slopes = [(slope(x, by, context, rng), x) for x in factors]
        return _times(node, _plus(*(_times(s, Power(x, MINUS_ONE)) for s, x in slopes if s != ZERO)))
    *before, last = factors
    if isinstance(last, Power) and last.exponent == MINUS_ONE and before and rng.random() < 0.5:
        u, v = multiply(*before), last.base  # the quotient rule
        top = _plus(_times(slope(u, by, context, rng), v), negate(_times(u, slope(v, by, context, rng))))
        return _times(top, Power(v, Number(Fraction(-2))))
    return _plus(
        *(_times(*factors[:k], slope(x, by, context, rng), *factors[k + 1 :]) for k, x in enumerate(factors))
    )


def _power(base: Term, exponent: Term, by: Entry, context: Context, rng: random.Random) -> Term:
    inner, outer = slope(base, by, context, rng), slope(exponent, by, context, rng)
    if outer == ZERO:
        lower: Term
        if isinstance(exponent, Number):
            lower = Power(base, Number(exponent.value - 1)) if exponent.value != 2 else base
            lower = ONE if exponent.value == 1 else lower
        else:
            lower = Power(base, add(exponent, MINUS_ONE))
        return _times(exponent, lower, inner)
    return _times(
        Power(base, exponent),
        _plus(_times(outer, f("log", base)), _times(exponent, inner, Power(base, MINUS_ONE))),
    )


def _function(node: Apply, by: Entry, context: Context, rng: random.Random) -> Term:
    name, arguments = node.function, node.arguments
    if name in context.functions:
        inner = slope(arguments[0], by, context, rng)
        return _times(Apply(name, arguments, node.order + 1), inner)
    if name in ("max", "min") and len(arguments) == 2:
        a, b = arguments
        relation = rng.choice(
            [one for one in Relation if (one.bounds_below if name == "max" else one.bounds_above)]
        )
        return Where(
            Compare(relation, a, b),
            slope(a, by, context, rng),
            slope(b, by, context, rng),
        )
    if name == "stop_gradient":
        return ZERO
    if len(arguments) != 1 or name not in _SLOPES:
        raise NoRuleError
    (a,) = arguments
    return _times(rng.choice(_SLOPES[name](a)), slope(a, by, context, rng))


def _squared(one: Term) -> Term:
    return Power(one, Number(Fraction(2)))


_SLOPES: dict[str, Callable[[Term], tuple[Term, ...]]] = {
    "exp": lambda a: (f("exp", a),),
    "log": lambda a: (Power(a, MINUS_ONE),),
    "sqrt": lambda a: (
        multiply(HALF, Power(f("sqrt", a), MINUS_ONE)),
        multiply(HALF, Power(a, Number(Fraction(-1, 2)))),
        multiply(HALF, f("sqrt", a), Power(a, MINUS_ONE)),
    ),
    "sin": lambda a: (f("cos", a),),
    "cos": lambda a: (negate(f("sin", a)),),
    "tan": lambda a: (add(1, _squared(f("tan", a))), Power(f("cos", a), Number(Fraction(-2)))),
    "atan": lambda a: (Power(add(1, _squared(a)), MINUS_ONE),),
    "asin": lambda a: (Power(f("sqrt", add(1, negate(_squared(a)))), MINUS_ONE),),
    "atanh": lambda a: (Power(add(1, negate(_squared(a))), MINUS_ONE),),
    "tanh": lambda a: (add(1, negate(_squared(f("tanh", a)))), _squared(Power(f("cosh", a), MINUS_ONE))),
    "sigmoid": lambda a: (
        multiply(f("sigmoid", a), add(1, negate(f("sigmoid", a)))),
        multiply(f("sigmoid", a), f("sigmoid", negate(a))),
        multiply(f("exp", negate(a)), _squared(f("sigmoid", a))),
    ),
    "softplus": lambda a: (
        f("sigmoid", a),
        multiply(f("exp", a), Power(add(1, f("exp", a)), MINUS_ONE)),
    ),
    "sinh": lambda a: (f("cosh", a),),
    "cosh": lambda a: (f("sinh", a),),
    "asinh": lambda a: (Power(f("sqrt", add(1, _squared(a))), MINUS_ONE),),
    "erf": lambda a: (multiply(2, Power(f("sqrt", PI), MINUS_ONE), f("exp", negate(_squared(a)))),),
    "erfc": lambda a: (multiply(-2, Power(f("sqrt", PI), MINUS_ONE), f("exp", negate(_squared(a)))),),
    "lgamma": lambda a: (f("digamma", a),),
    "gamma": lambda a: (multiply(f("gamma", a), f("digamma", a)),),
    "abs": lambda a: (
        f("sign", a),
        multiply(a, Power(f("abs", a), MINUS_ONE)),
        Where(Compare(Relation.GREATER, a, ZERO), ONE, MINUS_ONE),
    ),
    "relu": lambda a: (f("step", a), Where(Compare(Relation.GREATER, a, ZERO), ONE, ZERO)),
    "sign": lambda a: (ZERO,),
    "step": lambda a: (ZERO,),
}


def _big(node: Big, by: Entry, context: Context, rng: random.Random) -> Term:
    node = apart(node, by, rng)
    inner = slope(node.body, by, context, rng)
    if inner == ZERO:
        return ZERO
    match node.operation:
        case "sum":
            return _sifted(node, inner) if rng.random() < 0.5 else Big("sum", node.binders, inner)
        case "mean":
            if any(b.excluded for b in node.binders):
                raise NoRuleError
            sizes = [Power(SizeNumber(b.index.dim), MINUS_ONE) for b in node.binders]
            return _times(*sizes, Big("sum", node.binders, inner))
        case "prod" if len(node.binders) == 1:
            (binder,) = node.binders
            if is_positive(node.body, context) and rng.random() < 0.5:
                return _times(node, Big("sum", node.binders, _times(inner, Power(node.body, MINUS_ONE))))
            other = Index(f"{binder.index.name}{binder.index.name}", binder.index.dim)
            rest = Big(
                "prod",
                (Binder(other, (*binder.excluded, binder.index)),),
                rename(node.body, {binder.index: other}),
            )
            return Big("sum", node.binders, _times(inner, rest))
        case "max" | "min" if len(node.binders) == 1:
            top = Where(Compare(Relation.EQUAL, node.body, node), inner, ZERO)
            return Big("sum", node.binders, top)
    raise NoRuleError


def apart(node: Big, by: Entry, rng: random.Random) -> Big:
    """Return the sum with no binder called as an index of `by` is."""
    names = {i.name for i in free_indices(by)}
    binders, renaming = [], {}
    taken = names | {i.name for i in free_indices(node.body)} | {b.index.name for b in node.binders}
    for binder in node.binders:
        index = binder.index
        if index.name in names:
            letter = next(c for c in (*rng.sample("jklopqr", 7), "jj", "kk", "ll") if c not in taken)
            taken.add(letter)
            renaming[index] = Index(letter, index.dim)
        excluded = tuple(renaming.get(e, e) for e in binder.excluded)
        binders.append(Binder(renaming.get(index, index), excluded))
    return Big(node.operation, tuple(binders), rename(node.body, renaming))


def _sifted(node: Big, inner: Term) -> Term:
    """Sift a delta that is a factor of the summand, where the range is whole."""
    if len(node.binders) == 1 and not node.binders[0].excluded:
        (binder,) = node.binders
        factors = inner.factors if isinstance(inner, Multiply) else (inner,)
        for k, part in enumerate(factors):
            if isinstance(part, Delta) and binder.index in (part.left, part.right):
                other = part.right if part.left == binder.index else part.left
                if other != binder.index:
                    return rename(_times(*factors[:k], *factors[k + 1 :]), {binder.index: other})
    return Big("sum", node.binders, inner)


def d_of_sum(node: Term, here: Here) -> Term | None:
    """D(a + b) = D(a) + D(b); D(sum) = sum(D), with no index captured."""
    match node:
        case Derivative(Add(terms), variables) if not _needs_name(node, here):
            return add(*(Derivative(t, variables) for t in terms))
        case Derivative(Big("sum", _, _) as body, (by,)) if not _needs_name(node, here):
            inner = apart(body, by, here.rng)
            return Big("sum", inner.binders, Derivative(inner.body, (by,)))
    return None


def d_of_product(node: Term, here: Here) -> Term | None:
    """D(a*b) = D(a)*b + a*D(b)."""
    match node:
        case Derivative(Multiply((first, *rest)), (by,)) if not _needs_name(node, here):
            other = multiply(*rest)
            return add(multiply(Derivative(first, (by,)), other), multiply(first, Derivative(other, (by,))))
    return None


def _needs_name(node: Derivative, here: Here) -> bool:
    """A part that does not mention a defined name has no D by it, and what holds it is not split."""
    return here.held or any(v.name in here.context.definitions for v in node.variables)


def d_order(node: Term, here: Here) -> Term | None:
    """D(a, x, y) = D(a, y, x) = D(D(a, x), y)."""
    match node:
        case Derivative(body, (x, y)) if not _needs_name(node, here):
            if here.rng.random() < 0.5:
                return Derivative(body, (y, x))
            return Derivative(Derivative(body, (x,)), (y,))
    return None


def d_taken(node: Term, here: Here) -> Term | None:
    """D(a, x) is what the textbook says."""
    match node:
        case Derivative(body, (by,)) if by.name in here.context.variables:
            if any(isinstance(one, Derivative) for one in _inside(body)):
                return None
            try:
                return slope(body, by, here.context, here.rng)
            except NoRuleError:
                return None
    return None


def _inside(node: Term) -> list[Term]:
    from derive.terms import walk

    return list(walk(node))


def chain_rule(node: Term, here: Here) -> Term | None:
    """D(g(a), x) = g'(a)*D(a, x)."""
    match node:
        case Derivative(Apply(name, (a,)), (by,)) if name in _SLOPES and not _needs_name(node, here):
            return multiply(here.rng.choice(_SLOPES[name](a)), Derivative(a, (by,)))
    return None


def new_derivative(node: Term, here: Here) -> Term | None:
    """A = D(a*u, u) for an a that does not mention u; 1 = D(x[i], x[i])."""
    names = [v.name for v in here.context.variables.values() if not v.dims]
    free = [n for n in names if not mentions(node, n, here.context)]
    if not free or here.inside or here.rng.random() < 0.7:
        return None
    u = Entry(here.rng.choice(free))
    return Derivative(multiply(node, u), (u,))


DERIVATIVES: tuple[Rule, ...] = (
    d_of_sum, d_of_sum, d_of_product, d_order, d_taken, chain_rule, chain_rule, new_derivative
)  # fmt: skip

__all__ = ["DERIVATIVES", "NoRuleError", "apart", "slope", "total"]
