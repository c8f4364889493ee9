"""Expressions as SymPy's polynomials and back, for divisions and factors. Coq looks over what comes of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derive.certificates.expressions import ZERO, Real, fold, inv, mul, num, power
from derive.certificates.laurent import expression, laurent, summed

# Imported inside functions: SymPy, which takes long to import, and without which most proofs do.


class Symbols:
    """Expressions as SymPy's polynomials, and back."""

    def __init__(self) -> None:
        self.of: dict[Real, Any] = {}

    def symbolic(self, e: Real) -> Any:
        """Return an expression with a symbol for each part that SymPy need not know."""
        import sympy

        match e:
            case ("num", q):
                return sympy.Rational(q.numerator, q.denominator)
            case ("add", a, b):
                return self.symbolic(a) + self.symbolic(b)
            case ("mul", a, b):
                return self.symbolic(a) * self.symbolic(b)
            case ("opp", a):
                return -self.symbolic(a)
            case ("inv", a):
                return 1 / self.symbolic(a)
            case ("pow", a, k):
                return self.symbolic(a) ** k
        if e[0] == "delta":
            e = ("delta", *sorted(e[1:]))
        return self.of.setdefault(e, sympy.Symbol(f"x{len(self.of)}"))

    def numerator(self, e: Real) -> tuple[Any, Any]:
        """Return an expression as a polynomial and what it is divided by."""
        import sympy

        above, below = sympy.fraction(sympy.together(self.symbolic(e)))
        return sympy.expand(above), below

    def expression(self, p: Any) -> Real:
        """Return a polynomial in these symbols as an expression."""
        import sympy

        p = sympy.expand(p)
        if p == 0:
            return ZERO
        back = {s: e for e, s in self.of.items()}
        gens = sorted(p.free_symbols, key=str)
        if not gens:
            return num_of(p)
        terms = []
        for exponents, c in sympy.Poly(p, *gens).terms():
            factors = [power(back[g], k) for g, k in zip(gens, exponents, strict=True) if k]
            terms.append(fold(mul, [num_of(c), *factors]))
        return summed(terms)


def factors(e: Real) -> list[tuple[Real, int]]:
    """Return factors of an expression with their exponents, a number first; none of 0."""
    import sympy

    symbols = Symbols()
    above, below = symbols.numerator(e)
    if above == 0:
        return []
    (c, over), (d, under) = sympy.factor_list(above), sympy.factor_list(below)
    pairs = [(symbols.expression(p), int(k)) for p, k in over]
    pairs += [(symbols.expression(p), -int(k)) for p, k in under]
    return [(num_of(sympy.Rational(c) / d), 1), *((expression(laurent(p)), k) for p, k in pairs)]


def factored(e: Real) -> Real | None:
    """Return an expression as a product of powers of factors, squares as squares; `None` for 0."""
    found = []
    for base, k in factors(e):
        part = fold(mul, [*[("pow", base, 2)] * (abs(k) // 2), *[base] * (k % 2)])
        found.append(part if k > 0 else inv(part))
    return fold(mul, found) if found else None


def num_of(c: Any) -> Real:
    """Return SymPy's rational number as an expression."""
    return num(Fraction(int(c.p), int(c.q)))
