"""What the search for a proof knows, and what its rules ask of one another.

A rule takes an expression to a simpler one and gives the lines of Coq that prove the two equal. Nothing is believed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from derive.certificates.expressions import ONE, Real, fold, inv, mul, power, rebuild, walk
from derive.certificates.laurent import Laurent, LaurentMonomial, expression, laurent, over_one
from derive.certificates.lowering import Lowering
from derive.certificates.printing import NOWHERE, CoqPlace, Printer
from derive.certificates.translation import Translation

CoqLines: TypeAlias = list[str]
Simplified: TypeAlias = tuple[Real, CoqLines]
IndexBinders: TypeAlias = tuple[tuple[str, str], ...]

SPECIAL = ("sum", "big", "fn", "sqrt", "rpow", "npow", "where_gt", "D")
"""Kinds with rules of their own; what is made of them by sums, products and inverses is `field`'s."""

_BOUND = re.compile(r"[jk]\d+")
UNKNOWN, NONNEGATIVE, POSITIVE = range(3)
"""How an expression looks."""


@dataclass(frozen=True, slots=True)
class KnownSign:
    """What is known of signs: for all values of the indices, an expression is `>` or `!=` 0."""

    binders: IndexBinders
    relation: str
    expression: Real


@dataclass(frozen=True, slots=True)
class KnownSum:
    """A hypothesis that gives the value of a sum: its name in Coq, its indices, the sum and the value."""

    name: str
    indices: tuple[str, ...]
    pattern: Real
    value: Real


class ProofRules:
    """The state of a search, and what rules of all kinds use."""

    def __init__(
        self, translation: Translation, printer: Printer, lowering: Lowering, *, expand: bool
    ) -> None:
        self.translation, self.printer, self.lowering, self.expand = translation, printer, lowering, expand
        self.positive: set[str] = set()  # arrays with positive entries
        self.nonnegative: set[str] = set()  # arrays with entries that are not negative
        self.positives: set[Real] = set()  # expressions that are positive
        self.positive_everywhere: list[
            tuple[Real, set[str]]
        ] = []  # expressions that are, at all these indices
        self.known: list[KnownSign] = []
        self.sum_rules: list[KnownSum] = []
        self.contractions: list[KnownSum] = []  # sums of products, looked for inside longer ones
        self.folding = ""  # the tactic that gives inverses and determinants their names
        self.named: Callable[[Real], Real] = lambda e: e  # what it makes of an expression
        self.symmetric: dict[
            str, str
        ] = {}  # arrays of two indices that may change places, and the hypothesis
        self.choices: dict[str, tuple[str, str]] = {}  # one-hot arrays: where the 1 is, and the hypothesis
        self.roots: dict[Real, Real] = {}
        self.origins: list[tuple[Real, Real]] = []
        self.facts: dict[Real, Real] = {}

    def fresh(self, prefix: str = "j") -> str:
        """Return a name that stands nowhere yet."""
        return self.translation.fresh(prefix)

    def show(self, e: Real, place: CoqPlace = NOWHERE) -> str:
        """Return an expression as an argument of a tactic."""
        return f"({self.printer.text(e, place)})"

    def index(self, name: str) -> str:
        """Return an index or a size as Coq has it."""
        fixed = self.lowering.fixed.get(name)
        return self.printer.name(name) if fixed is None else f"{fixed}%nat"

    def normal(self, e: Real, place: CoqPlace) -> Simplified:
        """Return the expression with each special part normal, and the lines that rewrite it so."""
        raise NotImplementedError

    def derivative(self, e: Real, place: CoqPlace) -> Simplified:
        """Return a derivative, and the lines that turn `is_derive f x v` into `that derivative = v`."""
        raise NotImplementedError

    def ordered(self, e: Real, place: CoqPlace) -> Simplified:
        """Return the expression normal and as a polynomial in one order, and the lines for the first."""
        found, lines = self.normal(e, place)
        return expression(laurent(found)), lines

    def numerator(
        self, z: Real, relation: str, binders: IndexBinders = (), place: CoqPlace = NOWHERE
    ) -> tuple[Real, CoqLines]:
        """Return an expression without what it is divided by, and the lines that say of that `> 0` or `!= 0` as well.

        The lines leave it unsaid where they do not prove it; there are none where nothing is divided.
        """
        above, below = over_one(laurent(z))
        numerator = expression(above)
        if below == ONE:
            return numerator, []
        quantified = "".join(f"forall {j}, ({j} < {self.index(n)})%nat -> " for j, n in binders)
        intros = "".join(f"intros {j} H{j}; " for j, _ in binders)
        shown, product = self.show(numerator, place), self.show(mul(z, below), place)
        says, first, factors = (
            (f"0 < {shown}", "lt_eq", "Rmult_lt_0_compat; pos")
            if relation == ">"
            else (f"{shown} <> 0", "ne_eq", "Rmult_integral_contrapositive_currified; nz")
        )
        proof = f"{intros}apply ({first} {product}); [apply {factors}|alg]"
        return numerator, [f"try (assert ({quantified}{says}) by ({proof}))."]

    def is_positive(self, e: Real) -> bool:
        """Return whether an expression looks positive; Coq is asked anyway."""
        return self._sign(e) == POSITIVE

    def is_nonnegative(self, e: Real) -> bool:
        """Return whether an expression looks nonnegative; Coq is asked anyway."""
        return self._sign(e) >= NONNEGATIVE

    def _sign(self, e: Real) -> int:
        """Return how an expression looks: `POSITIVE`, `NONNEGATIVE`, or `UNKNOWN`."""
        if e in self.positives or any(
            matched(one, e, indices, {}) is not None for one, indices in self.positive_everywhere
        ):
            return POSITIVE
        match e:
            case ("num", q):
                return POSITIVE if q > 0 else UNKNOWN if q else NONNEGATIVE
            case ("pi",) | ("size", _) | ("fn", "exp" | "sigmoid" | "softplus", _):
                return POSITIVE
            case ("ent", name, _):
                return (
                    POSITIVE
                    if name in self.positive
                    else NONNEGATIVE
                    if name in self.nonnegative
                    else UNKNOWN
                )
            case ("sum", j, _, body):
                own = self._sign(body)
                return POSITIVE if own != POSITIVE and self._positive_somewhere(j, body) else own
            case ("mul", a, b):
                return min(self._sign(a), self._sign(b))
            case ("add", ("num", q), ("opp", part)) if q == 1 and self._is_share(part):
                return POSITIVE
            case ("add", a, b):
                signs = self._sign(a), self._sign(b)
                return max(signs) if min(signs) >= NONNEGATIVE else UNKNOWN
            case ("pow", a, 2):
                return max(NONNEGATIVE, self._sign(a))
            case ("inv" | "poly" | "pow" | "rpow" | "npow", a, *_):
                own = self._sign(a)
                return own if e[0] == "pow" or own == POSITIVE else UNKNOWN
            case ("sqrt", a):
                return max(NONNEGATIVE, self._sign(a))
            case ("delta" | "before" | "upto", _, _):
                return NONNEGATIVE
        return UNKNOWN

    def _is_share(self, e: Real) -> bool:
        """Return whether an expression looks like one term of a positive sum, divided by that sum: less than 1."""
        match e:
            case ("mul", part, ("inv", ("sum", j, _, body))):
                return matched(body, part, {j}, {}) is not None and self.is_positive(body)
        return False

    def _positive_somewhere(self, j: str, body: Real) -> bool:
        """Return whether a sum up to an index, itself included, looks positive: its terms are, but for the order."""
        orders = [part for part in walk(body) if part[0] == "upto" and j in part[1:]]
        return len(orders) == 1 and self.is_positive(_put(body, orders[0], ONE))


def _put(e: Real, part: Real, instead: Real) -> Real:
    return instead if e == part else rebuild(e, lambda inner: _put(inner, part, instead))


def in_order(indices: tuple[str, ...]) -> tuple[str, ...]:
    """Return indices in one order, those that are not bound first."""
    return tuple(sorted(indices, key=lambda i: (bool(_BOUND.fullmatch(i)), i)))


def parts_of(p: Laurent) -> list[tuple[LaurentMonomial, object]]:
    """Return the terms of a polynomial in one order."""
    return sorted(p.items(), key=lambda pair: repr(pair[0]))


def renewed(e: Real) -> Real:
    """Return an expression as a polynomial in one order."""
    return expression(laurent(e))


def resorted(a: Real) -> Real:
    """Return an atom with the indices of its deltas in order."""
    if a[0] == "delta":
        return ("delta", *sorted(a[1:]))  # the others are of an order
    return rebuild(a, resorted) if a[0] in ("sum", "mul", "add", "opp", "pow", "inv") else a


def multiplied(factors: list[tuple[Real, int]], *, squares: bool = False) -> Real:
    """Return a product with whole exponents written out, or in squares."""
    out: list[Real] = []
    for a, k in factors:
        x = a if k > 0 else inv(a)
        out += [power(x, 2)] * (abs(k) // 2) + [x] * (abs(k) % 2) if squares else [x] * abs(k)
    return fold(mul, out)


def matched(pattern: object, e: object, indices: set[str], found: dict[str, str]) -> dict[str, str] | None:
    """Return what indices of a pattern have to be for it to be the expression, else `None`."""
    if isinstance(pattern, str):
        if pattern in indices:
            if pattern in found:
                return found if found[pattern] == e else None
            return {**found, pattern: e} if isinstance(e, str) else None
        if " " in pattern and isinstance(e, str):
            return matched(tuple(pattern.split(" ")), tuple(e.split(" ")), indices, found)
        return found if pattern == e else None
    if isinstance(pattern, tuple):
        if not isinstance(e, tuple) or len(pattern) != len(e):
            return None
        for one, other in zip(pattern, e, strict=True):
            again = matched(one, other, indices, found)
            if again is None:
                return None
            found = again
        return found
    return found if pattern == e else None
