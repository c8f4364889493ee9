"""Derivatives of expressions, in exactly the shape of the lemmas in Lemmas.v, so that Coq finds them by unification."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from derive.certificates.expressions import (
    ONE,
    ZERO,
    Real,
    UnsupportedError,
    add,
    depends,
    fold,
    inv,
    minus,
    mul,
    num,
    opp,
)


def slope(e: Real, name: str, indices: Iterable[str]) -> Real:
    """Return the derivative of an expression by an entry of an array."""

    def d(part: Real) -> Real:
        return slope(part, name, indices)

    if not depends(e, name):
        return ZERO
    if e[:2] == ("big", "Prod") or e[0] == "mat":
        return _of_product(e, d) if e[0] == "big" else _of_matrix(e, d(e[5]))
    match e:
        case ("ent", _, own):
            pairs = list(zip(indices, own, strict=True))
            return fold(mul, [("delta", i, j) for i, j in pairs]) if pairs else ONE
        case ("add" | "mul", f, g):
            return _of_two(e[0], f, g, depends(f, name), depends(g, name), d)
        case ("opp" | "inv", f):
            return opp(d(f)) if e[0] == "opp" else mul(opp(d(f)), inv(("pow", f, 2)))
        case ("pow", f, k):
            return mul(mul(num(k), f if k == 2 else ("pow", f, k - 1)), d(f))
        case ("npow", f, n):
            return mul(mul(("size", n), mul(e, inv(f))), d(f))
        case ("sqrt", f):
            return mul(d(f), inv(mul(num(2), e)))
        case ("rpow", f, x):
            return _of_power(e, f, x, name, indices)
        case ("sum", j, n, f):
            return "sum", j, n, d(f)
        case ("where_gt", u, v, *branches):
            return "where_gt", u, v, *map(d, branches)
        case ("fn", f, x):
            return _of_function(f, x, e, d(x))
    raise UnsupportedError(f"the derivative of an expression of the kind {e[0]}")


def _of_two(
    kind: str,
    f: Real,
    g: Real,
    first: bool,
    second: bool,
    d: Callable[[Real], Real],
) -> Real:
    """Return the derivative of a sum or a product, of which the first, the second or both depend on the variable."""
    if kind == "add":
        return add(d(f), d(g)) if first and second else d(f) if first else d(g)
    return add(mul(d(f), g), mul(f, d(g))) if first and second else mul(d(f), g) if first else mul(f, d(g))


def _of_matrix(e: Real, inner: Real) -> Real:
    """Return the derivative of a function of a matrix; `inner` is that of its entry."""
    _, function, n, r, c, body, at = e

    def entry(kind: str, i: str, j: str) -> Real:
        return "mat", kind, n, r, c, body, (i, j)

    if function == "Inv":
        i, j = at
        found = mul(mul(entry("Inv", i, r), inner), entry("Inv", c, j))
    elif function in ("Det", "Logdet"):
        found = mul(entry("Adj" if function == "Det" else "Inv", c, r), inner)
    else:
        raise UnsupportedError("the derivative of an adjugate")
    whole: Real = ("sum", r, n, ("sum", c, n, found))
    return opp(whole) if function == "Inv" else whole


def _of_product(e: Real, d: Callable[[Real], Real]) -> Real:
    """Return the derivative of a product over an index, of which no factor is 0."""
    _, _, j, n, f = e
    return mul(e, ("sum", j, n, mul(d(f), inv(f))))


def _of_power(e: Real, f: Real, x: Real, name: str, indices: Iterable[str]) -> Real:
    if not depends(x, name):
        return mul(mul(x, mul(e, inv(f))), slope(f, name, indices))
    below, above = slope(f, name, indices), slope(x, name, indices)
    return mul(e, add(mul(above, ("fn", "ln", f)), mul(x, mul(below, inv(f)))))


def _of_function(f: object, x: Real, e: Real, dx: Real) -> Real:
    if isinstance(f, str) and f in _TABLE:
        return _TABLE[f](x, e, dx)
    match f:
        case ("lgamma",):
            return mul(("fn", ("polygamma", 0), x), dx)
        case ("polygamma", int(order)):
            return mul(("fn", ("polygamma", order + 1), x), dx)
        case ("gamma",):
            return mul(mul(e, ("fn", ("polygamma", 0), x)), dx)
        case ("declared", name, int(order)):
            return mul(("fn", ("declared", name, order + 1), x), dx)
    raise UnsupportedError(f"the derivative of the function {f}")


def _bell(x: Real) -> Real:
    return mul(mul(num(2), ("fn", "exp", opp(("pow", x, 2)))), inv(("sqrt", ("pi",))))


# The derivative of f(x) by the argument x, the value e = f(x) and the derivative of x.
_TABLE: dict[str, Callable[[Real, Real, Real], Real]] = {
    "exp": lambda x, e, dx: mul(e, dx),
    "ln": lambda x, e, dx: mul(dx, inv(x)),
    "sin": lambda x, e, dx: mul(("fn", "cos", x), dx),
    "cos": lambda x, e, dx: mul(opp(("fn", "sin", x)), dx),
    "asin": lambda x, e, dx: mul(dx, inv(("sqrt", minus(ONE, ("pow", x, 2))))),
    "atan": lambda x, e, dx: mul(dx, inv(add(ONE, ("pow", x, 2)))),
    "sigmoid": lambda x, e, dx: mul(mul(e, minus(ONE, e)), dx),
    "tanh": lambda x, e, dx: mul(minus(ONE, ("pow", e, 2)), dx),
    "softplus": lambda x, e, dx: mul(("fn", "sigmoid", x), dx),
    "erf": lambda x, e, dx: mul(_bell(x), dx),
}
