"""The search for what is left of a difference among the multiples of hypotheses: multiplied, summed, added up.

The cofactors tried are those that make a term of an equation, or an index put in by a delta of it, a term of what
is left, and of what comes with it, for a few rounds. Whether what is left is a combination of these is linear
algebra over the rationals. No rewriting, so that no order of it matters: what two hypotheses both say of A B C
(A B = I, B C = I) is found from either side. Nothing believes it: whoever asks adds the multiples up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from flint import fmpq

from derive.kernel.multiples import Multiple, PolynomialEquation
from derive.kernel.normal_form.polynomials import Atom, Exponent, Idx, Monomial, Poly
from derive.kernel.normal_form.ring import Ring
from derive.kernel.normal_form.sums import SumAtom, open_sum
from derive.kernel.normal_form.symbols import DeltaAtom, EntryAtom

MAX_ROUNDS = 4
MAX_INSTANCES = 240
MAX_FACTORS = 12
MAX_TERMS = 24

Assignment = dict[Idx, Idx]
Weights = dict[int, fmpq]  # of multiples, by their numbers


@dataclass(frozen=True, slots=True)
class OpenedMonomial:
    """A monomial with its sums opened: factors to the first power, what is no positive power, and bound indices."""

    coefficient: fmpq
    factors: tuple[Atom, ...]
    others: Monomial
    bound: tuple[Idx, ...]


@dataclass(frozen=True, slots=True)
class OpenedEquation:
    """An equation, known by its place, with its sums opened."""

    place: int
    terms: tuple[OpenedMonomial, ...]
    universal: frozenset[Idx]


def _known(ring: Ring, place: int, equation: PolynomialEquation) -> OpenedEquation | None:
    """Return an equation with its sums opened; `None` if it is too large to be tried."""
    terms = [_opened(ring, monomial, coefficient) for monomial, coefficient in equation.poly.items()]
    whole = tuple(term for term in terms if term is not None)
    return (
        OpenedEquation(place, whole, equation.universal)
        if 0 < len(whole) == len(terms) <= MAX_TERMS
        else None
    )


def combination(
    ring: Ring, rest: Poly, equations: Sequence[PolynomialEquation]
) -> list[tuple[Multiple, fmpq]] | None:
    """Return multiples of equations, each with its weight, that add up to a polynomial; `None` if none are found."""
    found = (_known(ring, place, equation) for place, equation in enumerate(equations))
    known = [one for one in found if one is not None]
    if not known or len(rest) > MAX_TERMS:
        return None
    span = _Span()
    waiting, seen = list(rest), set(rest)
    for turn in range(MAX_ROUNDS):
        following: list[Monomial] = []
        for monomial in waiting:
            for multiple in _multiples(ring, monomial, known, insert=turn == 0):
                poly = multiple.poly(ring, equations)
                if span.add(poly, multiple):
                    following += [m for m in poly if m not in seen]
                    seen.update(poly)
                if len(span.multiples) > MAX_INSTANCES:
                    break
        weights = span.combination(rest)
        if weights is not None:
            return [(span.multiples[number], weight) for number, weight in weights.items() if weight]
        if len(span.multiples) > MAX_INSTANCES:
            return None
        waiting = following
    return None


def _opened(ring: Ring, monomial: Monomial, coefficient: fmpq) -> OpenedMonomial | None:
    factors: list[Atom] = []
    others: list[tuple[Atom, Exponent]] = []
    bound: list[Idx] = []
    for atom, exponent in monomial:
        if not isinstance(exponent, int) or exponent < 1:
            others.append((atom, exponent))
            continue
        for _ in range(min(exponent, MAX_FACTORS)):
            if not isinstance(atom, SumAtom):
                factors.append(atom)
                continue
            body, fresh = open_sum(ring, atom)
            if len(body) != 1:
                return None
            ((inner, scale),) = body.items()
            coefficient *= scale
            bound += fresh
            for part, power in inner:
                if isinstance(power, int) and power > 0:
                    factors += [part] * min(power, MAX_FACTORS)
                else:
                    others.append((part, power))
        if len(factors) > MAX_FACTORS:
            return None
    return OpenedMonomial(coefficient, tuple(factors), tuple(others), tuple(bound))


def _multiples(
    ring: Ring, monomial: Monomial, known: Iterable[OpenedEquation], insert: bool
) -> Iterator[Multiple]:
    """Yield what equations say of a monomial."""
    here = _opened(ring, monomial, fmpq(1))
    if here is None:
        return
    for equation in known:
        for term in equation.terms:
            for used, found in _matches(ring, term, here, equation.universal):
                if equation.universal <= found.keys():
                    yield _multiple(ring, equation, here, used, found, {found[b] for b in term.bound})
            if insert and not term.bound and not term.others and len(term.factors) == 1:
                for changed, found in _inserted(ring, term.factors[0], here, equation.universal):
                    yield _multiple(ring, equation, changed, frozenset(), found, set())


def _multiple(
    ring: Ring,
    equation: OpenedEquation,
    here: OpenedMonomial,
    used: frozenset[int],
    found: Assignment,
    gone: set[Idx],
) -> Multiple:
    """Return `Σ C H` with the factors of `here` that are not used as the cofactor."""
    cofactor = ring.monomial((*((a, 1) for k, a in enumerate(here.factors) if k not in used), *here.others))
    choice = {u: found[u] for u in equation.universal}
    return Multiple(equation.place, cofactor, choice, tuple(b for b in here.bound if b not in gone))


def _matches(
    ring: Ring, term: OpenedMonomial, here: OpenedMonomial, universal: frozenset[Idx]
) -> Iterator[tuple[frozenset[int], Assignment]]:
    """Yield the factors of `here` that are those of a term of an equation, and what its indices are there."""
    if term.others or not any(isinstance(a, EntryAtom) for a in term.factors):
        return
    variables = universal.union(term.bound)
    todo: list[tuple[int, frozenset[int], Assignment]] = [(0, frozenset(), {})]
    while todo:
        number, used, found = todo.pop()
        if number == len(term.factors):
            if _binds(term, here, used, found):
                yield used, found
            continue
        tried: set[Atom] = set()
        for place, atom in enumerate(here.factors):
            if place in used or atom in tried:
                continue
            tried.add(atom)
            for key in _spellings(ring, term.factors[number]):
                again = _unified(key, atom.key, variables, found)
                if again is not None:
                    todo.append((number + 1, used | {place}, again))


def _binds(term: OpenedMonomial, here: OpenedMonomial, used: frozenset[int], found: Assignment) -> bool:
    """Return whether the bound indices of a term are bound by the same sum, which holds nothing else."""
    images = [found[b] for b in term.bound]
    outside = {i for k, a in enumerate(here.factors) if k not in used for i in a.indices}
    outside |= {i for a, _ in here.others for i in a.indices}
    outside |= {i for u, i in found.items() if u not in term.bound}
    return len(set(images)) == len(images) and set(images) <= set(here.bound) - outside


def _spellings(ring: Ring, atom: Atom) -> Iterator[object]:
    """Yield the key of an atom, of an entry of a symmetric array in every order of its indices."""
    if isinstance(atom, EntryAtom) and atom.name in ring.rewrites.symmetries:
        for order, _ in ring.rewrites.symmetries[atom.name]:
            yield ("entry", atom.name, tuple(atom.slots[k] for k in order))
    elif isinstance(atom, DeltaAtom):
        yield from (("delta", atom.left, atom.right), ("delta", atom.right, atom.left))
    else:
        yield atom.key


def _unified(pattern: object, key: object, variables: frozenset[Idx], found: Assignment) -> Assignment | None:
    """Return what the variables in a key must be for it to become another one."""
    if pattern in variables:
        assert isinstance(pattern, tuple)  # noqa: S101 - a variable is an index; this is for the type checker
        if not (isinstance(key, tuple) and len(key) == len(pattern) and key[1] == pattern[1]):
            return None
        known = found.get(pattern)
        return found if known == key else {**found, pattern: key} if known is None else None
    if isinstance(pattern, tuple) and isinstance(key, tuple) and len(pattern) == len(key):
        for one, other in zip(pattern, key, strict=True):
            again = _unified(one, other, variables, found)
            if again is None:
                return None
            found = again
        return found
    return found if pattern == key else None


def _inserted(
    ring: Ring, atom: Atom, here: OpenedMonomial, universal: frozenset[Idx]
) -> Iterator[tuple[OpenedMonomial, Assignment]]:
    """Yield ways to write f(p) as Σ_q delta(p,q) f(q), where the delta is a term of an equation by itself."""
    if not isinstance(atom, DeltaAtom) or {atom.left, atom.right} != universal:
        return
    for place, factor in enumerate(here.factors):
        if not isinstance(factor, EntryAtom):
            continue
        for slot, index in enumerate(factor.slots):
            if index[1] != atom.left[1]:
                continue
            fresh = ring.fresh(index[1])
            slots = tuple(fresh if k == slot else i for k, i in enumerate(factor.slots))
            key = ("entry", factor.name, slots)
            new = ring.intern(EntryAtom, key, frozenset(slots), 0, name=factor.name, slots=slots)
            factors = (*here.factors[:place], new, *here.factors[place + 1 :])
            changed = OpenedMonomial(here.coefficient, factors, here.others, (*here.bound, fresh))
            yield changed, {atom.left: index, atom.right: fresh}
            yield changed, {atom.left: fresh, atom.right: index}


@dataclass(slots=True)
class _Span:
    """The combinations of some polynomials, as rows with different leading monomials, each with the weights in it."""

    multiples: list[Multiple] = field(default_factory=list)
    rows: dict[Monomial, tuple[Poly, Weights]] = field(default_factory=dict)
    order: dict[Monomial, int] = field(default_factory=dict)

    def add(self, poly: Poly, multiple: Multiple) -> bool:
        """Add a polynomial; return whether it is no combination of those that are there."""
        left, weights = self._reduced(poly)
        self.multiples.append(multiple)
        if left:
            top = max(left, key=self._place)
            weights = {number: -weight for number, weight in weights.items()} | {
                len(self.multiples) - 1: fmpq(1)
            }
            scale = left[top]
            self.rows[top] = (
                {m: c / scale for m, c in left.items()},
                {number: weight / scale for number, weight in weights.items()},
            )
        return bool(left)

    def combination(self, poly: Poly) -> Weights | None:
        """Return the weights by which a polynomial is a combination; `None` if it is none."""
        left, weights = self._reduced(poly)
        return None if left else weights

    def _reduced(self, poly: Poly) -> tuple[Poly, Weights]:
        """Return what rows leave of a polynomial, and the weights of what they took away."""
        left, weights = dict(poly), Weights()
        while True:
            tops = [m for m in left if m in self.rows]
            if not tops:
                return left, weights
            top = max(tops, key=self._place)
            row, own = self.rows[top]
            taken = left[top]
            Ring.add_to(left, row, -taken)
            for number, weight in own.items():
                weights[number] = weights.get(number, fmpq(0)) + taken * weight

    def _place(self, monomial: Monomial) -> int:
        return self.order.setdefault(monomial, len(self.order))
