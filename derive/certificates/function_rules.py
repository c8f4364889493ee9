"""Exponentials, logarithms, roots, powers and branches of expressions, each brought to one form with its proof."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derive.certificates.expressions import (
    ONE,
    ZERO,
    Real,
    add,
    fold,
    free,
    inv,
    minus,
    mul,
    num,
    opp,
    renamed,
)
from derive.certificates.laurent import (
    LaurentMonomial,
    constant,
    expression,
    factor,
    key,
    laurent,
    of_monomial,
    plus,
    stripped,
    together,
)
from derive.certificates.printing import CoqPlace
from derive.certificates.rules import CoqLines, ProofRules, Simplified, matched, multiplied
from derive.certificates.symbols import factors

MAX_REPEATED = 12
MAX_FACTORED = 4  # terms of a radicand that is taken apart into factors
HALF = num(Fraction(1, 2))
EXPANDED: dict[str, tuple[str, Callable[[Real], Real]]] = {
    "sigmoid": ("sigmoid_fun", lambda a: inv(add(ONE, ("fn", "exp", opp(a))))),
    "softplus": ("", lambda a: ("fn", "ln", add(ONE, ("fn", "exp", a)))),
    "tanh": (
        "tanh_fun",
        lambda a: mul(
            minus(("fn", "exp", a), ("fn", "exp", opp(a))), inv(add(("fn", "exp", a), ("fn", "exp", opp(a))))
        ),
    ),
}


class FunctionRules(ProofRules):
    """The rules for functions of one expression."""

    def function(self, e: Real, place: CoqPlace) -> Simplified:
        """Return a function of an expression in normal form."""
        _, f, a, *_ = e
        if f == "exp":
            return self.exponential(a, place)
        if f == "ln":
            return self.logarithm(a, place)
        if self.expand and f in EXPANDED:
            lemma, expanded = EXPANDED[f]
            x: Real = expanded(a)
            z, lines = self.ordered(x, place)
            first = f"rewrite {lemma}; cbv beta." if lemma else f"unfold {f}."
            return z, [first, *lines, "alg."]
        z, lines = self.ordered(a, place)
        if z == ZERO and f in ("sin", "erf", "asin", "atan", "tanh"):
            zero = {"sin": "sin_0", "erf": "erf_0", "asin": "asin_0", "atan": "atan_0", "tanh": "tanh_0"}[f]
            return ZERO, [
                f"transitivity ({f} 0). {{ apply (f_equal {f}).",
                *lines,
                "alg. }",
                f"apply {zero}.",
            ]
        return ("fn", f, z), [f"apply (f_equal ({self.printer.head(f)})).", *lines, "alg."]

    def exponential(self, a: Real, place: CoqPlace) -> Simplified:
        """Return the exponential of a sum as a product, logarithms in it undone."""
        found, lines = self.normal(a, place)
        terms: list[Real] = []
        target: list[Real] = []
        for m, q in sorted(laurent(found).items(), key=lambda pair: key(pair[0])):
            if q.denominator == 1 and _is_logarithm(m) and self.is_positive(m[0][0][2]):
                terms += [m[0][0] if q > 0 else opp(m[0][0])] * int(abs(q))
                target.append(factor(m[0][0][2], int(q)))
                continue
            if q.denominator == 1 and m and abs(q) <= MAX_REPEATED:
                base, k = of_monomial(m), int(q)
            else:
                base, k = of_monomial(m, abs(q)), 1 if q > 0 else -1
            terms += [base if k > 0 else opp(base)] * abs(k)
            target.append(factor(("fn", "exp", base), k))
        if not terms:
            return ONE, ["transitivity (exp 0). { apply (f_equal exp).", *lines, "alg. }", "apply exp_0."]
        into = expression(laurent(fold(mul, target)))
        step = f"transitivity (exp {self.show(fold(add, terms), place)})."
        end = ["rewrite ?exp_plus, ?exp_Ropp; rewrite ?exp_ln by pos.", "alg."]
        return into, [step, "{ apply (f_equal exp). ", *lines, "alg. }", *end]

    def logarithm(self, a: Real, place: CoqPlace) -> Simplified:
        """Return the logarithm of a product of positive factors as a sum."""
        found, lines = self.normal(a, place)
        p = laurent(found)
        factors = self._positive_factors(p)
        if factors == []:
            return ZERO, ["transitivity (ln 1). { apply (f_equal ln).", *lines, "alg. }", "apply ln_1."]
        if factors is not None:
            return self._split(factors, lines, place)
        return ("fn", "ln", expression(p)), ["apply (f_equal ln).", *lines, "alg."]

    def _positive_factors(self, p: dict[LaurentMonomial, Fraction]) -> list[tuple[Real, int]] | None:
        """Return positive factors of a polynomial with their exponents where it falls into several, else `None`."""
        if len(p) == 1:
            ((m, c),) = p.items()
            factors = _factors(m, c)
            several = len(factors) != 1 or factors[0][1] != 1 or factors[0][0][0] == "fn"
            return factors if c > 0 and several and all(self.is_positive(x) for x, _ in factors) else None
        if not p:
            return None
        above, below = together(p)
        if below and above and all(self.is_positive(x[1]) for x in below):
            common, lead, rest = stripped(above)
            whole = expression({m: c * lead for m, c in rest.items()})
            if all(self.is_positive(x) for x, _ in common) and self.is_positive(whole):
                over = _factors(*next(iter(above.items()))) if len(above) == 1 else [*common, (whole, 1)]
                return over + [(x[1], -k) for x, k in below.items()]
        common, lead, rest = stripped(p)
        whole = expression({m: c * lead for m, c in rest.items()})
        split = (common or lead != 1) and lead > 0
        if split and all(self.is_positive(x) for x, _ in common) and self.is_positive(whole):
            return [*_factors((), lead), *common, (expression(rest), 1)]
        return None

    def _split(self, factors: list[tuple[Real, int]], lines: CoqLines, place: CoqPlace) -> Simplified:
        parts = [mul(num(k), _logarithm(x)) for x, k in factors]
        into = expression(laurent(fold(add, parts)))
        step = f"transitivity (ln {self.show(multiplied(factors), place)})."
        return into, [step, "{ apply (f_equal ln). ", *lines, "alg. }", "lnsplit.", "alg."]

    def root(self, a: Real, place: CoqPlace) -> Simplified:
        """Return the root of a product of positive factors as a product."""
        found, lines = self.normal(a, place)
        p = laurent(found)
        if len(p) == 1:
            ((m, c),) = p.items()
            factors = _factors(m, c)
            several = factors and (len(factors) > 1 or factors[0][1] != 1)
            if several and c > 0 and all(self.is_positive(x) for x, _ in factors):
                return self._split_root(factors, lines, place)
            if not factors:
                return ONE, [
                    "transitivity (sqrt 1). { apply (f_equal sqrt).",
                    *lines,
                    "alg. }",
                    "apply sqrt_1.",
                ]
        z = expression(p)
        if 1 < len(p) <= MAX_FACTORED and not self.is_nonnegative(a):
            found_factors = self._factors_of_sign(z)
            if len(found_factors) > 1:
                return self._split_root(found_factors, lines, place)
        self._origin(z, a)
        self.roots["sqrt", z] = z
        return ("sqrt", z), ["apply (f_equal sqrt).", *lines, "alg."]

    def _factors_of_sign(self, z: Real) -> list[tuple[Real, int]]:
        """Return factors of an expression if all of them look positive, each perhaps with the other sign."""
        sign, found = 1, []
        for base, k in factors(z):
            other = expression(laurent(opp(base)))
            if not self.is_positive(base):
                if not self.is_positive(other):
                    return []
                base, sign = other, sign * (-1) ** k
            if base != ONE:
                found.append((base, k))
        return found if sign > 0 else []

    def _split_root(self, factors: list[tuple[Real, int]], lines: CoqLines, place: CoqPlace) -> Simplified:
        target: list[Real] = []
        for x, k in factors:
            half = abs(k) // 2 * (1 if k > 0 else -1)
            if half:
                target.append(factor(x, half))
            if k % 2:
                target.append(factor(("sqrt", x), 1 if k > 0 else -1))
                self.roots["sqrt", x] = x
        into = expression(laurent(fold(mul, target)))
        step = f"transitivity (sqrt {self.show(multiplied(factors, squares=True), place)})."
        return into, [step, "{ apply (f_equal sqrt). ", *lines, "alg. }", "sqsplit.", "alg."]

    def _origin(self, z: Real, a: Real) -> None:
        """Remember from what visibly nonnegative expression a radicand came, if it does not show any more."""
        saved, self.positives = self.positives, set()
        shown = self.is_positive(z)
        self.positives = saved
        if shown:
            return
        if self.is_nonnegative(a):
            self.origins.append((z, a))
            self.facts["sqrt", z] = a
            return
        for pattern, origin in self.origins:
            put = matched(pattern, z, free(pattern), {})
            if put is not None:
                self.facts["sqrt", z] = renamed(origin, put)
                return

    def real_power(self, a: Real, e: Real, place: CoqPlace) -> Simplified:
        """Return a power with a real exponent, its whole part split off."""
        z, lines = self.ordered(a, place)
        opening: CoqLines = []
        if self.is_positive(a) and not self.is_positive(z):
            opening = [
                f"assert (0 < {self.show(z, place)}).",
                f"{{ apply (lt_eq {self.show(a, place)}); [pos|].", *lines, "alg. }",
                *self.numerator(z, ">", (), place)[1],
            ]  # fmt: skip
        positive = bool(opening) or self.is_positive(z)
        split = self._split_power(z, e, lines, place)
        if split is not None:
            return split
        found, more = self.normal(e, place)
        p = laurent(found)
        c = p.get((), Fraction(0))
        k = c.numerator // c.denominator
        rest = expression(plus(p, constant(-k)))
        if rest == ZERO and positive:
            into = expression(laurent(factor(z, k))) if k else ONE
        elif k == 0 or abs(k) > MAX_REPEATED or not positive:
            same = ["apply (f_equal2 power).", "{ ", *more, "alg. }", "{ ", *lines, "alg. }"]
            return ("rpow", z, expression(p)), same
        else:
            root = ("sqrt", z) if rest == HALF else ("rpow", z, rest)
            into = expression(laurent(mul(root, factor(z, k))))
            if rest == HALF:
                self._origin(z, a)
                self.roots[root] = z
        steps = fold(add, [ONE if k > 0 else opp(ONE)] * abs(k)) if k else ZERO
        exponent = add(rest, steps) if rest != ZERO else steps
        step = f"transitivity (power {self.show(exponent, place)} {self.show(z, place)})."
        return into, [
            *opening,
            step,
            "{ apply (f_equal2 power).",
            "{ ",
            *more,
            "alg. }",
            *lines,
            "alg. }",
            "rpsplit.",
            "alg.",
        ]

    def _split_power(self, z: Real, e: Real, lines: CoqLines, place: CoqPlace) -> Simplified | None:
        """Return a power of a product of positive factors as a product of powers; `None` for anything else."""
        if len(laurent(z)) != 1:
            return None
        ((m, c),) = laurent(z).items()
        factors = _factors(m, c)
        several = len(factors) > 1 or (factors and factors[0][1] != 1)
        repeated = any(abs(k) > MAX_REPEATED for _, k in factors)
        if not several or repeated or c <= 0 or not all(self.is_positive(x) for x, _ in factors):
            return None
        exponents = [(x, fold(add, [e] * abs(k)), k) for x, k in factors]
        powers = fold(mul, [factor(("rpow", x, own), 1 if k > 0 else -1) for x, own, k in exponents])
        into, more = self.ordered(powers, place)
        step = f"transitivity (power {self.show(e, place)} {self.show(multiplied(factors), place)})."
        middle = f"transitivity {self.show(powers, place)}."
        return into, [
            step,
            "{ apply f_equal.",
            *lines,
            "alg. }",
            middle,
            "{ pwsplit. rewrite ?power_plus. alg. }",
            *more,
            "alg.",
        ]

    def size_power(self, a: Real, n: str, place: CoqPlace) -> Simplified:
        """Return a power whose exponent is a size."""
        z, lines = self.ordered(a, place)
        return ("npow", z, n), [f"apply (f_equal (fun b => b ^ {self.index(n)})).", *lines, "alg."]

    def branch(self, e: Real, place: CoqPlace) -> Simplified:
        """Return a branch by whether one expression is positive, as 1 or 0 times the difference of its values."""
        _, u, v, a, b = e
        w = u if v == ZERO and (a, b) == (ONE, ZERO) else minus(u, v)
        found, lines = self.normal(w, place)
        p = laurent(found)
        scale = Fraction(1)
        if p:
            scale = abs(stripped(p)[1])
            p = {m: x / scale for m, x in p.items()}
        flipped = bool(p) and stripped(p)[1] < 0 and any(k.binders and k.relation == "!=" for k in self.known)
        if flipped:
            p = {m: -x for m, x in p.items()}
        z = expression(p)
        step: Real = ("where_gt", z, ZERO, ONE, ZERO)
        if flipped:
            step, scale = minus(ONE, step), -scale
        (a2, pa), (b2, pb) = self.normal(a, place), self.normal(b, place)
        into = expression(laurent(add(mul(step, minus(a2, b2)), b2)))
        if into == e:
            return e, []
        h = self.fresh("Hw")
        same = f"assert ({h} : {self.show(minus(u, v), place)} = {self.show(mul(num(scale if p else 1), z), place)})."
        return into, [*pa, *pb, same, "{ ", *lines, "alg. }", "ifs; first [exfalso; lra | alg | contra]."]


def _logarithm(x: Real) -> Real:
    """Return the logarithm of an exponential, a power, or anything else."""
    if x[:2] == ("fn", "exp"):
        inner: Real = x[2]
        return inner
    return mul(x[2], ("fn", "ln", x[1])) if x[0] == "rpow" else ("fn", "ln", x)


def _is_logarithm(m: LaurentMonomial) -> bool:
    return len(m) == 1 and m[0][1] == 1 and m[0][0][:2] == ("fn", "ln")


def _factors(m: LaurentMonomial, c: Fraction) -> list[tuple[Real, int]]:
    found: list[tuple[Real, int]] = []
    if c.numerator != 1:
        found.append((num(c.numerator), 1))
    if c.denominator != 1:
        found.append((num(c.denominator), -1))
    return found + [(a[1] if a[0] == "poly" else a, k) for a, k in m]
