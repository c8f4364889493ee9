"""Expressions as proofs work with them: definitions unfolded, and few kinds, each with lemmas of its own.

For each kind that is replaced here there is a line of Coq that does the same to the goal (`tactics`).
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from derive.certificates.expressions import (
    ONE,
    ZERO,
    Real,
    add,
    fold,
    inv,
    minus,
    mul,
    num,
    opp,
    power,
    rebuild,
    renamed,
)
from derive.certificates.translation import Translation

# How the goal follows, in the order in which it has to: what Coq unfolds, and equations between functions.
UNFOLDED = ("where_lt", "where_ge", "where_le", "where_ne", "where_eq", "except", "tan", "sinh", "cosh")
EQUATIONS = {
    "Rabs": "Rabs_fun", "Rmax": "Rmax_fun", "Rmin": "Rmin_fun", "where_same": "same_fun", "acos": "acos_fun",
    "where_before": "before_fun", "root 1": "sqrt_fun1", "root 3": "sqrt_fun3",
}  # fmt: skip


MAX_WRITTEN_OUT = 4  # over a greater size sums stay sums


class Lowering:
    """Expressions of one translation made simple. `met` are the kinds replaced so far.

    Over a size that is `fixed`, sums, products and maxima are written out, if that is asked for.
    """

    def __init__(self, translation: Translation, *, written_out: bool = False) -> None:
        self.translation = translation
        self.met: dict[str, None] = {}
        sizes = translation.context.sizes.items() if written_out else ()
        self.fixed = {n: s.fixed for n, s in sizes if s.fixed is not None and s.fixed <= MAX_WRITTEN_OUT}

    def written_out(self) -> list[str]:
        """Return the line of Coq that writes out what runs over fixed sizes, in the goal and its hypotheses."""
        return ["cbn [Sum Prod Max INR] in *."] if self.fixed else []

    def tactics(self) -> list[str]:
        """Return the lines of Coq that do to a goal and its hypotheses what was done to expressions."""
        own = [name for name in UNFOLDED if name in self.met]
        lines = [f"unfold {', '.join(['Rdiv', 'Rminus', *own])} in *; cbv beta in *."]
        if "tan" in own or "sinh" in own or "cosh" in own:
            lines.append("unfold Rdiv, Rminus in *.")
        lines += [
            f"rewrite ?{lemma} in *; cbv beta in *." for name, lemma in EQUATIONS.items() if name in self.met
        ]
        return lines

    def whole(self, e: Real) -> Real:
        """Return an expression with every definition unfolded."""
        return self.lowered(self.inlined(e, frozenset()))

    def inlined(self, e: Real, kept: frozenset[str]) -> Real:
        """Return an expression with definitions unfolded, but for those kept, which become arrays."""
        if e[0] == "def":
            if e[1] in kept:
                return "ent", e[1], e[2]
            return self.inlined(self.translation.unfolded(e[1], e[2]), kept)
        if e[0] == "D":
            inner = kept | {e[2]} if e[4] else kept
            return "D", self.inlined(e[1], inner), *e[2:]
        return rebuild(e, lambda part: self.inlined(part, kept))

    def lowered(self, e: Real) -> Real:
        """Return an expression in few kinds."""
        kind = e[0]
        e = rebuild(e, self.lowered)
        name = e[1] if kind in ("fn", "call") else kind
        change = getattr(self, f"_{name}", None) if isinstance(name, str) else None
        if kind == "call":
            self.met[f"call {name}"] = None
            return self._call(e)
        if change is None:
            return e
        self.met[name] = None
        lowered: Real = change(*(e[2:] if kind == "fn" else e[1:]))
        return lowered

    def _call(self, e: Real) -> Real:
        parameters, body = self.translation.table_definition(e[1])
        arguments = dict(zip(parameters, e[2:], strict=True))

        def put(part: Real) -> Real:
            return arguments[part[1]] if part[0] == "ent" else rebuild(part, put)

        return put(self.lowered(body))

    def _size(self, n: str) -> Real:
        return fold(add, [ONE] * self.fixed[n]) if n in self.fixed else ("size", n)

    def _npow(self, a: Real, n: str) -> Real:
        return ("pow", a, self.fixed[n]) if n in self.fixed else ("npow", a, n)

    def _terms(self, index: str, n: str, body: Real) -> list[Real]:
        return [self.translation.refreshed(renamed(body, {index: str(k)})) for k in range(self.fixed[n])]

    def _sum(self, index: str, n: str, body: Real) -> Real:
        return fold(add, [ZERO, *self._terms(index, n, body)]) if n in self.fixed else ("sum", index, n, body)

    def _big(self, operation: str, index: str, n: str, body: Real) -> Real:
        if n not in self.fixed:
            return "big", operation, index, n, body
        terms = self._terms(index, n, body)
        if operation == "Prod":
            return fold(mul, [ONE, *terms])
        self.met["Rmax"] = None
        return fold(self._Rmax, terms)

    def _sub(self, a: Real, b: Real) -> Real:
        return minus(a, b)

    def _div(self, a: Real, b: Real) -> Real:
        return mul(a, inv(b))

    def _where_lt(self, u: Real, v: Real, a: Real, b: Real) -> Real:
        return "where_gt", v, u, a, b

    def _where_ge(self, u: Real, v: Real, a: Real, b: Real) -> Real:
        return "where_gt", v, u, b, a

    def _where_le(self, u: Real, v: Real, a: Real, b: Real) -> Real:
        return "where_gt", u, v, b, a

    def _where_ne(self, u: Real, v: Real, a: Real, b: Real) -> Real:
        return "where_gt", u, v, a, ("where_gt", v, u, a, b)

    def _where_eq(self, u: Real, v: Real, a: Real, b: Real) -> Real:
        return "where_gt", u, v, b, ("where_gt", v, u, b, a)

    def _where_same(self, i: str, j: str, a: Real, b: Real) -> Real:
        return add(mul(("delta", i, j), a), mul(minus(ONE, ("delta", i, j)), b))

    def _where_before(self, i: str, j: str, a: Real, b: Real) -> Real:
        return add(mul(("before", i, j), a), mul(("upto", j, i), b))

    def _except(self, i: str, j: str, a: Real) -> Real:
        return mul(minus(ONE, ("delta", i, j)), a)

    def _Rabs(self, a: Real) -> Real:  # noqa: N802 - Coq's name
        return "where_gt", a, ZERO, a, opp(a)

    def _Rmax(self, a: Real, b: Real) -> Real:  # noqa: N802 - Coq's name
        return "where_gt", a, b, a, b

    def _Rmin(self, a: Real, b: Real) -> Real:  # noqa: N802 - Coq's name
        return "where_gt", b, a, a, b

    def _tan(self, a: Real) -> Real:
        return mul(("fn", "sin", a), inv(("fn", "cos", a)))

    def _acos(self, a: Real) -> Real:
        return minus(mul(("pi",), inv(num(2))), ("fn", "asin", a))

    def _sinh(self, a: Real) -> Real:
        return mul(minus(("fn", "exp", a), ("fn", "exp", opp(a))), inv(num(2)))

    def _cosh(self, a: Real) -> Real:
        return mul(add(("fn", "exp", a), ("fn", "exp", opp(a))), inv(num(2)))

    def _sqrt(self, a: Real) -> Real:
        return "sqrt", a

    def _pow(self, a: Real, k: int) -> Real:
        return power(a, k) if k <= 3 else ("pow", a, k)

    def _rpow(self, a: Real, e: Real) -> Real:
        if e in (num(Fraction(1, 2)), num(Fraction(3, 2))):
            root: Real = ("sqrt", a)
            self.met[f"root {e[1].numerator}"] = None
            return root if e[1] == Fraction(1, 2) else mul(a, root)
        return "rpow", a, e


def product(parts: Iterable[Real]) -> Real:
    """Return the product of some expressions, at least one."""
    return fold(mul, parts)
