"""Valid rewriting of formulas of whole arrays, gradients of them from the last operation back, and damage to them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from tests.soundness.whole import SLOPES, Whole, made_of, number, of, size_number

Rule = Callable[[Whole, random.Random], "Whole | None"]


def associated(node: Whole, rng: random.Random) -> Whole | None:
    """(A @ B) @ C = A @ (B @ C), where B is a matrix."""
    match node:
        case Whole("@", (Whole("@", (a, b)), c)) if len(b.dims) == 2:
            return a @ (b @ c)
        case Whole("@", (a, Whole("@", (b, c)))) if len(b.dims) == 2 and a.dims:
            return (a @ b) @ c
    return None


def distributed(node: Whole, rng: random.Random) -> Whole | None:
    """A @ (B + C) = A @ B + A @ C, t*(A + B) = t*A + t*B, for terms of one shape."""
    match node:
        case Whole("@", (a, Whole("+" | "-" as sign, (b, c)))) if b.dims == c.dims:
            return Whole(sign, (a @ b, a @ c), node.dims)
        case Whole("@", (Whole("+" | "-" as sign, (a, b)), c)) if a.dims == b.dims:
            return Whole(sign, (a @ c, b @ c), node.dims)
        case Whole("*", (a, Whole("+" | "-" as sign, (b, c)))):
            return Whole(sign, (a * b, a * c), node.dims) if b.dims == c.dims else None
        case Whole("trace" | "sum" as name, (Whole("+" | "-" as sign, (a, b)),)) if a.dims == b.dims:
            return Whole(sign, (of(name, a), of(name, b)), ())
    return None


def transposed(node: Whole, rng: random.Random) -> Whole | None:
    """(A @ B).T = B.T @ A.T, A.T.T = A, A @ x = x @ A.T, and a transpose goes into sums, inverses, traces."""
    match node:
        case Whole("T", (Whole("@", (a, b)),)):
            return b.t @ a.t
        case Whole("T", (Whole("T", (a,)),)):
            return a
        case Whole("T", (Whole("+" | "-" | "*" | "/" as sign, (a, b)),)):
            return Whole(sign, tuple(one.t if one.dims else one for one in (a, b)), node.dims)
        case Whole("T", (Whole("inv" | "adj" as name, (a,)),)):
            return of(name, a.t)
        case Whole("T", (Whole("outer", (a, b)),)):
            return of("outer", b, a)
        case Whole("T", (Whole("eye" | "diag"),)):
            return node.parts[0]
        case Whole("@", (a, b)) if len(a.dims) == 1 and len(b.dims) == 2:
            return b.t @ a
        case Whole("@", (a, b)) if len(a.dims) == 2 and len(b.dims) == 1:
            return b @ a.t
        case Whole("det" | "logdet" | "trace" | "sum" as name, (a,)) if len(a.dims) == 2:
            return of(name, a.t)
        case Whole("inv", (Whole("T", (a,)),)):
            return of("inv", a).t
    return None


def inverted(node: Whole, rng: random.Random) -> Whole | None:
    """inv(A @ B) = inv(B) @ inv(A), inv(inv(A)) = A, inv(t*A) = inv(A)/t, for square matrices."""
    match node:
        case Whole("inv", (Whole("@", (a, b)),)) if a.square and b.square:
            return of("inv", b) @ of("inv", a)
        case Whole("@", (Whole("inv", (a,)), Whole("inv", (b,)))):
            return of("inv", b @ a)
        case Whole("inv", (Whole("inv", (a,)),)):
            return a
        case Whole("inv", (Whole("*", (t, a)),)) if not t.dims:
            return of("inv", a) / t
        case Whole("inv", (a,)):
            return of("adj", a) / of("det", a)
        case Whole("@", (a, Whole("inv", (b,)))) | Whole("@", (Whole("inv", (b,)), a)) if a == b:
            return made_of("eye", a.dims[0])
    return None


def determinants(node: Whole, rng: random.Random) -> Whole | None:
    """det(A @ B) = det(A)*det(B), det(inv(A)) = 1/det(A), logdet(A @ B) = logdet(A) + logdet(B), A @ adj(A)."""
    match node:
        case Whole("det", (Whole("@", (a, b)),)) if a.square:
            return of("det", a) * of("det", b)
        case Whole("det", (Whole("inv", (a,)),)):
            return number(1) / of("det", a)
        case Whole("logdet", (Whole("@", (a, b)),)) if a.square:
            return of("logdet", a) + of("logdet", b)
        case Whole("logdet", (Whole("inv", (a,)),)):
            return -of("logdet", a)
        case Whole("@", (a, Whole("adj", (b,)))) | Whole("@", (Whole("adj", (b,)), a)) if a == b:
            return of("det", a) * made_of("eye", a.dims[0])
        case Whole("det", (Whole("diag", (a,)),)) if len(a.dims) == 1:
            return of("prod", a)
    return None


def traces(node: Whole, rng: random.Random) -> Whole | None:
    """trace(A @ B) = trace(B @ A) = sum(A*B.T), x @ A @ y = trace(A @ outer(y, x)), trace(outer(x, y)) = x @ y."""
    match node:
        case Whole("trace", (Whole("@", (a, b)),)):
            return rng.choice((of("trace", b @ a), of("sum", a * b.t)))
        case Whole("trace", (Whole("outer", (a, b)),)):
            return a @ b
        case Whole("trace", (Whole("eye"),)):
            return size_number(node.parts[0].dims[0])
        case Whole("@", (a, b)) if len(a.dims) == len(b.dims) == 1:
            return rng.choice((b @ a, of("trace", of("outer", a, b)), of("sum", a * b)))
        case Whole("sum", (a,)) if len(a.dims) == 1:
            return made_of("ones", *a.dims) @ a
        case Whole("sum", (a,)) if len(a.dims) == 2:
            return made_of("ones", a.dims[0]) @ a @ made_of("ones", a.dims[1])
        case Whole("trace", (a,)):
            return of("sum", of("diag", a))
    return None


def outer_products(node: Whole, rng: random.Random) -> Whole | None:
    """A @ outer(x, y) = outer(A @ x, y), outer(x, y) @ z = x*(y @ z), diag(x) @ y = x*y."""
    match node:
        case Whole("@", (a, Whole("outer", (x, y)))) if len(a.dims) == 2:
            return of("outer", a @ x, y)
        case Whole("@", (Whole("outer", (x, y)), a)) if len(a.dims) == 2:
            return of("outer", x, y @ a)
        case Whole("@", (Whole("outer", (x, y)), a)) if len(a.dims) == 1:
            return (y @ a) * x
        case Whole("@", (Whole("diag", (x,)), y)) if len(x.dims) == 1 and len(y.dims) == 1:
            return x * y
        case Whole("outer", (Whole("+" | "-" as sign, (a, b)), c)) if a.dims == b.dims:
            return Whole(sign, (of("outer", a, c), of("outer", b, c)), node.dims)
    return None


def units(node: Whole, rng: random.Random) -> Whole | None:
    """A = A @ eye(n) = eye(n) @ A, and back; A = A + B - B; A = 2*A - A."""
    match node:
        case Whole("@", (Whole("eye"), a)) | Whole("@", (a, Whole("eye"))):
            return a
        case Whole("+", (a, b)):
            return b + a if rng.random() < 0.5 else -(-a - b)
    if node.dims and rng.random() < 0.4:
        return node @ made_of("eye", node.dims[-1])
    return node + node - node if rng.random() < 0.2 else None


RULES: tuple[Rule, ...] = (
    associated, associated, distributed, distributed, transposed, transposed, transposed, inverted, inverted,
    determinants, determinants, traces, traces, outer_products, units,
)  # fmt: skip


def spots(node: Whole, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Whole]]:
    """Yield every place in a formula; by which a D is taken is none."""
    yield path, node
    for k, one in enumerate(node.parts):
        if node.operation != "D" or k == 0:
            yield from spots(one, (*path, k))


def put(node: Whole, path: tuple[int, ...], new: Whole) -> Whole:
    """Return the formula with another one of the same shape at a place."""
    if not path:
        return new
    first, *rest = path
    parts = list(node.parts)
    parts[first] = put(parts[first], tuple(rest), new)
    return node.with_parts(tuple(parts))


def rewritten(node: Whole, rng: random.Random, times: int, rules: tuple[Rule, ...] = RULES) -> Whole:
    """Return the formula rewritten at random places."""
    for _ in range(times):
        for _ in range(40):
            path, part = rng.choice(list(spots(node)))
            new = rng.choice(rules)(part, rng)
            if new is not None and new != part:
                node = put(node, path, new)
                break
    return node


def gradient(node: Whole, by: Whole, outer: Whole) -> Whole | None:
    """Return the derivative of `sum(outer*node)` by an array, from the last operation back; `None` for 0.

    The rules are those of reverse accumulation: each operation hands on to its parts what it was handed.
    """
    if node == by:
        return outer
    if not node.mentions(by.name):
        return None
    found = [
        slope
        for part, handed in zip(node.parts, _handed(node, outer), strict=True)
        if (slope := gradient(part, by, handed)) is not None
    ]
    if not found:
        return None
    whole = found[0]
    for one in found[1:]:
        whole = whole + one
    return whole


def _handed(node: Whole, g: Whole) -> tuple[Whole, ...]:
    if node.operation in SLOPES:
        return (g * SLOPES[node.operation](*node.parts),)
    return _HANDED[node.operation](g, *node.parts)


def _of_shape(part: Whole, g: Whole) -> Whole:
    """Return what is handed to a part: summed over all entries where the part is a number and the whole is not."""
    return of("sum", g) if g.dims and not part.dims else g


def _to_factors(a: Whole, b: Whole, g: Whole) -> tuple[Whole, Whole]:
    match len(a.dims), len(b.dims):
        case 2, 2:
            return g @ b.t, a.t @ g
        case 2, 1:
            return of("outer", g, b), a.t @ g
        case 1, 2:
            return b @ g, of("outer", a, g)
    return g * b, g * a


_HANDED: dict[str, Callable[..., tuple[Whole, ...]]] = {
    "@": lambda g, a, b: _to_factors(a, b, g),
    "T": lambda g, a: (g.t,),
    "+": lambda g, a, b: (_of_shape(a, g), _of_shape(b, g)),
    "-": lambda g, a, b: (_of_shape(a, g), _of_shape(b, -g)),
    "neg": lambda g, a: (-g,),
    "*": lambda g, a, b: (_of_shape(a, g * b), _of_shape(b, g * a)),
    "/": lambda g, a, b: (_of_shape(a, g / b), _of_shape(b, -(g * a / (b * b)))),
    "inv": lambda g, a: (-(of("inv", a).t @ g @ of("inv", a).t),),
    "det": lambda g, a: (g * of("adj", a).t,),
    "logdet": lambda g, a: (g * of("inv", a).t,),
    "trace": lambda g, a: (g * made_of("eye", a.dims[0]),),
    "sum": lambda g, a: (g * made_of("ones", *a.dims),),
    "diag": lambda g, a: (of("diag", g),),
    "outer": lambda g, a, b: (g @ b, a @ g),
}


def damaged(node: Whole, rng: random.Random, names: dict[str, Whole]) -> tuple[Whole | None, str]:
    """Return the formula with one place made wrong, most likely, and how."""
    places = list(spots(node))
    for _ in range(60):
        path, part = rng.choice(places)
        how = rng.choice(DAMAGES)
        new = how(part, rng, names)
        if new is not None and new != part and new.dims == part.dims:
            return put(node, path, new), how.__name__
    return None, ""


Damage = Callable[[Whole, random.Random, "dict[str, Whole]"], "Whole | None"]


def transpose(node: Whole, rng: random.Random, names: dict[str, Whole]) -> Whole | None:
    """A transpose too many, or one forgotten."""
    if node.operation == "T" and node.square:
        return node.parts[0]
    return node.t if node.square else None


def factors(node: Whole, rng: random.Random, names: dict[str, Whole]) -> Whole | None:
    """Factors exchanged, one forgotten, or a product taken entry by entry."""
    match node:
        case Whole("@", (a, b)) if a.dims == b.dims and a.square:
            return rng.choice((b @ a, a * b, a, b))
        case Whole("outer" | "-", (a, b)) if a.dims == b.dims:
            return node.with_parts((b, a))
        case Whole("*" | "/", (a, b)):
            return rng.choice([one for one in (a, b) if one.dims == node.dims])
    return None


def sign(node: Whole, rng: random.Random, names: dict[str, Whole]) -> Whole | None:
    """A sign, or a factor of 1.001."""
    match node:
        case Whole("+", (a, b)):
            return a - b
        case Whole("-", (a, b)):
            return a + b
        case Whole("neg", (a,)):
            return a
    return rng.choice((-node, number(2) * node, Whole("number", (), (), "1001/1000") * node))


def inverse(node: Whole, rng: random.Random, names: dict[str, Whole]) -> Whole | None:
    """An inverse forgotten or taken into a sum, an adjugate taken for it, a determinant for its logarithm."""
    match node:
        case Whole("inv", (Whole("+", (a, b)),)) if a.square and b.square:
            return of("inv", a) + of("inv", b)
        case Whole("inv", (Whole("@", (a, b)),)) if a.square and b.square:
            return of("inv", a) @ of("inv", b)
        case Whole("inv", (a,)):
            return rng.choice((a, of("adj", a)))
        case Whole("adj", (a,)):
            return of("inv", a)
        case Whole("det", (a,)):
            return rng.choice((of("logdet", a), of("trace", a)))
        case Whole("logdet", (a,)):
            return rng.choice((of("det", a), of("trace", a)))
        case Whole("trace", (a,)):
            return of("sum", a)
        case Whole("sum", (a,)) if a.square:
            return of("trace", a)
    return None


def another(node: Whole, rng: random.Random, names: dict[str, Whole]) -> Whole | None:
    """Another array of the same shape."""
    if node.operation in ("array", "eye", "ones"):
        others = [one for one in names.values() if one.dims == node.dims and one != node]
        return rng.choice(others) if others else None
    return None


def size(node: Whole, rng: random.Random, names: dict[str, Whole]) -> Whole | None:
    """A size left out, or ones in place of the identity matrix."""
    match node:
        case Whole("size"):
            return number(1)
        case Whole("eye", _, dims):
            return made_of("ones", *dims)
        case Whole("ones", _, dims) if node.square:
            return made_of("eye", dims[0])
    return None


DAMAGES: tuple[Damage, ...] = (transpose, transpose, factors, factors, sign, inverse, inverse, another, size)

__all__ = ["damaged", "gradient", "rewritten"]
