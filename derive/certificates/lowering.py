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
)
from derive.certificates.translation import Translation

# How the goal follows, in the order in which it has to: what Coq unfolds, and equations between functions.
UNFOLDED = ("where_lt", "where_ge", "where_le", "where_ne", "where_eq", "except", "tan", "sinh", "cosh")
EQUATIONS = {
    "Rabs": "Rabs_fun", "Rmax": "Rmax_fun", "Rmin": "Rmin_fun", "where_same": "same_fun", "acos": "acos_fun",
    "root 1": "sqrt_fun1", "root 3": "sqrt_fun3",
}  # fmt: skip


class Lowering:
    """Expressions of one translation made simple. `met` are the kinds replaced so far."""

    def __init__(self, translation: Translation) -> None:
        self.translation = translation
        self.met: dict[str, None] = {}

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
