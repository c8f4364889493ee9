"""Laurent polynomials over expressions, for the search for a proof: sums of monomials in atoms, with inverses of sums.

Nothing here is believed: Coq's `field` looks over each equation that comes of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TypeAlias

from derive.certificates.expressions import (
    ONE,
    PAIRS,
    ZERO,
    Real,
    UnsupportedError,
    fold,
    inv,
    mul,
    num,
    power,
    rebuild,
)
from derive.certificates.expressions import add as joined

LaurentMonomial: TypeAlias = tuple[tuple[Real, int], ...]
"""Atoms with exponents, sorted; `("poly", e)` is a sum that is inverted."""
Laurent: TypeAlias = dict[LaurentMonomial, Fraction]

MAX_MONOMIALS = 4000
MAX_REDUCTIONS = 200
FIRST = Fraction(1)


def key(e: object) -> str:
    """Return what expressions are sorted by."""
    return repr(e)


def monomial(exponents: Mapping[Real, int]) -> LaurentMonomial:
    """Return a monomial."""
    return tuple(sorted(((a, k) for a, k in exponents.items() if k), key=lambda pair: key(pair[0])))


def plus(p: Laurent, q: Laurent) -> Laurent:
    """Return a sum."""
    found = dict(p)
    for m, c in q.items():
        found[m] = found.get(m, Fraction(0)) + c
        if not found[m]:
            del found[m]
    return found


def times_monomial(left: LaurentMonomial, right: LaurentMonomial) -> LaurentMonomial:
    """Return a product of monomials; deltas and comparisons are their own squares."""
    exponents = dict(left)
    for a, k in right:
        exponents[a] = exponents.get(a, 0) + k
        if a[0] in (*PAIRS, "where_gt") and exponents[a] > 1:
            exponents[a] = 1
    return monomial(exponents)


def times(p: Laurent, q: Laurent) -> Laurent:
    """Return a product; squares of roots of products are products."""
    found: Laurent = {}
    for m1, c1 in p.items():
        for m2, c2 in q.items():
            for m, c in _rooted(times_monomial(m1, m2), c1 * c2).items():
                found[m] = found.get(m, Fraction(0)) + c
    if len(found) > MAX_MONOMIALS:
        raise UnsupportedError("a proof with too many terms")
    return {m: c for m, c in found.items() if c}


def _rooted(m: LaurentMonomial, c: Fraction) -> Laurent:
    squares = [(a, k) for a, k in m if a[0] == "sqrt" and abs(k) >= 2 and len(laurent(a[1])) == 1]
    if not squares:
        return {m: c}
    found: Laurent = {tuple(pair for pair in m if pair not in squares): c}
    for a, k in squares:
        half = int(k / 2)
        whole = to_power(laurent(a[1]), abs(half))
        found = times(found, whole if half > 0 else inverse(whole))
        if k - 2 * half:
            found = times(found, {((a, k - 2 * half),): FIRST})
    return found


def to_power(p: Laurent, k: int) -> Laurent:
    """Return a whole power, k at least 0."""
    found = constant(1)
    for _ in range(k):
        found = times(found, p)
    return found


def atom(a: Real) -> Laurent:
    """Return an expression that is left as it is."""
    return {((a, 1),): FIRST}


def constant(c: Fraction | int) -> Laurent:
    """Return a number."""
    return {(): Fraction(c)} if c else {}


def stripped(p: Laurent) -> tuple[LaurentMonomial, Fraction, Laurent]:
    """Return a monomial, a number and a rest without common factors whose product is p, the rest led by 1."""
    atoms = {a for m in p for a, _ in m}
    common = monomial({a: min(dict(m).get(a, 0) for m in p) for a in atoms})
    away = monomial({a: -k for a, k in common})
    rest = {times_monomial(m, away): c for m, c in p.items()}
    lead = rest[min(rest, key=lambda m: (-len(m), key(m)))]
    return common, lead, {m: c / lead for m, c in rest.items()}


def inverse(p: Laurent) -> Laurent:
    """Return one over p."""
    if not p:
        raise UnsupportedError("a division by 0")
    if any(a[0] == "poly" and k < 0 for m in p for a, k in m):
        above, below = together(p)
        if not above:
            raise UnsupportedError("a division by 0")
        if len(above) > 1:
            return times(inverse(above), {monomial(below): FIRST})
        found = inverse(above)
        for a, k in below.items():
            found = times(found, to_power(laurent(a[1]), k))
        return found
    common, lead, rest = stripped(p)
    found = {monomial({a: -k for a, k in common}): 1 / lead}
    return found if len(rest) == 1 else times(found, {((("poly", expression(rest)), -1),): FIRST})


def factor(a: Real, k: int) -> Real:
    """Return a power of an atom as an expression."""
    base = a[1] if a[0] == "poly" else a
    return power(base, k) if k > 0 else inv(power(base, -k))


def of_monomial(m: LaurentMonomial, c: Fraction = FIRST) -> Real:
    """Return a multiple of a monomial as an expression."""
    factors = [factor(a, k) for a, k in m]
    if not factors:
        return num(c)
    return fold(mul, factors if c == 1 else [num(c), *factors])


def expression(p: Laurent) -> Real:
    """Return p as an expression, its terms in one order."""
    if not p:
        return ZERO
    return fold(joined, [of_monomial(m, c) for m, c in sorted(p.items(), key=lambda pair: key(pair[0]))])


def laurent(e: Real) -> Laurent:
    """Return an expression as a Laurent polynomial."""
    match e:
        case ("num", q):
            return constant(q)
        case ("add", a, b):
            return plus(laurent(a), laurent(b))
        case ("mul", a, b):
            return times(laurent(a), laurent(b))
        case ("opp", a):
            return {m: -c for m, c in laurent(a).items()}
        case ("inv", ("mul", a, b)):
            return times(laurent(inv(a)), laurent(inv(b)))
        case ("inv", ("pow", a, k)):
            return to_power(laurent(inv(a)), k)
        case ("inv", ("inv", a)):
            return laurent(a)
        case ("inv", a):
            return inverse(laurent(a))
        case ("pow", a, k):
            return to_power(laurent(a), k)
        case ("delta", i, j):
            return (
                constant(1) if i == j else constant(0) if _apart(i, j) else atom(("delta", *sorted((i, j))))
            )
        case ("before" | "upto" as kind, i, j) if i == j or _apart(i, j):
            return constant(int(kind == "upto") if i == j else int(int(i) < int(j)))
    return atom(e)


def _apart(i: str, j: str) -> bool:
    return i.isdigit() and j.isdigit()


def _ordered(p: Laurent) -> Laurent:
    """Return p with orders of indices, where a monomial is a multiple of one, put into what it is divided by."""
    found: Laurent = {}
    for m, c in p.items():
        orders = {a: ONE for a, _ in m if a[0] in ("before", "upto")}
        orders |= {("upto" if a[0] == "before" else "before", a[2], a[1]): ZERO for a in orders}
        whole: Laurent = {tuple(pair for pair in m if pair[0][0] != "poly"): c}
        for a, k in m:
            if a[0] == "poly":
                again = laurent(_put(a[1], orders))
                whole = times(whole, to_power(again if k > 0 else inverse(again), abs(k)))
        found = plus(found, whole)
    return found


def _put(e: Real, values: Mapping[Real, Real]) -> Real:
    return values[e] if e in values else rebuild(e, lambda part: _put(part, values))


def reduced(p: Laurent) -> Laurent:
    """Return p with lead/P replaced by 1 - rest/P, so that fractions have one form."""
    if any(a[0] in ("before", "upto") for m in p for a, _ in m):
        p = _ordered(p)
    for _ in range(MAX_REDUCTIONS):
        hit = _reducible(p)
        if hit is None:
            return p
        m, a, divisor, lead = hit
        rest, c = times_monomial(m, monomial({b: -e for b, e in lead})), p[m]
        found: Laurent = {times_monomial(rest, ((a, 1),)): c / divisor[lead]}
        for x, y in divisor.items():
            if x != lead:
                found = plus(found, times({rest: -c * y / divisor[lead]}, {x: FIRST}))
        p = plus({x: y for x, y in p.items() if x != m}, found)
    return p


def _reducible(p: Laurent) -> tuple[LaurentMonomial, Real, Laurent, LaurentMonomial] | None:
    for m in p:
        exponents = dict(m)
        for a, k in m:
            if a[0] != "poly" or k >= 0:
                continue
            divisor = laurent(a[1])
            lead = max((x for x in divisor if x), key=lambda x: (len(x), key(x)), default=())
            if lead and all(exponents.get(b, 0) >= e > 0 for b, e in lead):
                return m, a, divisor, lead
    return None


def together(p: Laurent) -> tuple[Laurent, dict[Real, int]]:
    """Return p over one denominator: the numerator, and the sums in the denominator with their exponents."""
    below: dict[Real, int] = {}
    for m in p:
        for a, k in m:
            if a[0] == "poly" and k < 0:
                below[a] = max(below.get(a, 0), -k)
    for a, k in below.items():
        over: Laurent = {}
        for m, c in p.items():
            exponents = dict(m)
            own = exponents.pop(a, 0)
            over = plus(over, times({monomial(exponents): c}, to_power(laurent(a[1]), k + own)))
        p = over
    return p, below


def over_one(p: Laurent) -> tuple[Laurent, Real]:
    """Return p times what it is divided by, so that nothing is divided in it, and that."""
    above, below = together(p)
    least: dict[Real, int] = {}
    for m in above:
        for a, k in m:
            least[a] = min(least.get(a, 0), k)
    divided = {a: -k for a, k in least.items() if k < 0}
    factors = [factor(a, k) for a, k in (below | divided).items()]
    return times(above, {monomial(divided): FIRST}), fold(mul, factors) if factors else num(1)


def summed(parts: Iterable[Real]) -> Real:
    """Return the sum of some expressions, 0 of none."""
    found = list(parts)
    return fold(joined, found) if found else ZERO
