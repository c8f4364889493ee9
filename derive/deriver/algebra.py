"""Terms to sums of products and back: expand, cancel, sift deltas, take factors out of sums, use hypotheses.

Untrusted and quick: it may assume what only holds almost everywhere, since the kernel proves whatever comes out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from derive.deriver.matching import Rewrite
from derive.deriver.monomials import (
    Product,
    Sum,
    atom_sum,
    constant,
    content,
    monomial,
    order,
    plus,
    scaled,
    term_of,
    term_of_monomial,
    times,
    value_of,
)
from derive.errors import LimitError
from derive.terms import (
    HALF,
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Apply,
    Before,
    Big,
    Binder,
    Compare,
    Constant,
    Delta,
    Derivative,
    Entry,
    Index,
    MatrixFunction,
    Multiply,
    Number,
    Power,
    SizeNumber,
    Term,
    UnknownValue,
    Where,
    add,
    canonical,
    delta,
    free_indices,
    multiply,
    open_binders,
    rename,
)

MAX_BITS = 20_000  # of a number in a line

MAX_EXPANDED = 6  # (a + b)^7 and above stay as they are

Powers = dict[Term, Fraction]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What may be used beside the laws of arithmetic: rewrites of sums and entries, and one-hot arrays."""

    rewrites: tuple[Rewrite, ...] = ()
    onehot: frozenset[str] = frozenset()


class Arithmetic:
    """Expands terms; `sift` off keeps sums whole, so that distributing is a line of its own."""

    def __init__(self, known: Knowledge | None = None, *, sift: bool = True) -> None:
        self.known = known or Knowledge()
        self.sift = sift
        self._seen: dict[Term, Sum] = {}
        self._letters: set[str | int] = set()

    def term(self, node: Term) -> Term:
        """Return the term expanded."""
        return term_of(self.sum(node))

    def sum(self, node: Term) -> Sum:
        """Return the term as a sum of monomials."""
        found = self._seen.get(node)
        if found is None:
            found = self._seen[node] = self._sum(node)
        return found

    def _sum(self, node: Term) -> Sum:
        match node:
            case Number(value):
                return constant(value)
            case Constant() | SizeNumber():
                return atom_sum(node)
            case Entry():
                return self._atom(node)
            case Delta(left, right):
                return _delta(left, right)
            case Before():
                return atom_sum(node)
            case Add(terms):
                return plus(*map(self.sum, terms))
            case Multiply() | Power():
                return self._expanded(*self.factors(node))
            case Apply("exp" | "sqrt", _):
                return self._expanded(*self.factors(node))
            case Apply(function, arguments, order_):
                return self._apply(function, tuple(map(self.term, arguments)), order_)
            case Where():
                return self._where(node)
            case Big():
                return self._big(node)
            case Derivative() | MatrixFunction() | UnknownValue():
                return atom_sum(canonical(node))
        raise TypeError(f"not a term: {node!r}")

    def _atom(self, node: Term) -> Sum:
        for rewrite in self.known.rewrites:
            done = rewrite.apply(node)
            if done is not None:
                return self.sum(done)
        return atom_sum(node)

    def _apply(self, function: str, arguments: tuple[Term, ...], order_: int) -> Sum:
        (first, *_) = arguments
        if function == "log":
            if first == ONE:
                return {}
            if isinstance(first, Apply) and first.function == "exp":
                return self.sum(first.arguments[0])
        return self._atom(Apply(function, arguments, order_))

    # ---------------------------------------------------------------- products

    def factors(self, node: Term) -> tuple[Fraction, Powers]:
        """Return a term as a number times powers; sums among the bases are not expanded, so that they cancel."""
        match node:
            case Multiply(inner):
                coefficient, powers = Fraction(1), Powers()
                for one in inner:
                    number, more = self.factors(one)
                    coefficient *= number
                    _raise(powers, more, Fraction(1))
                return coefficient, powers
            case Power(base, exponent):
                return self._power(base, exponent)
            case Apply("sqrt", (argument,)):
                return self._power(argument, HALF)
            case Apply("exp", (argument,)):
                return Fraction(1), self._exponential(self.sum(argument))
        return self.split(self.sum(node))

    def split(self, one: Sum) -> tuple[Fraction, Powers]:
        """Return a sum as a number, a monomial, and what is left: a sum whose first term has a plus."""
        if not one:
            return Fraction(0), {}
        if len(one) == 1:
            ((mono, coefficient),) = one.items()
            return coefficient, dict(mono)
        number, shared = content(one)
        if one[min(one, key=lambda m: (len(m), [order(a) for a, _ in m]))] < 0:
            number = -number
        primitive: Sum = {}
        for mono, value in one.items():
            powers = dict(mono)
            _raise(powers, dict(shared), Fraction(-1))
            primitive[monomial(powers)] = value / number
        powers = dict(shared)
        rest = term_of(primitive)
        for rewrite in self.known.rewrites:
            done = rewrite.apply(rest) if isinstance(rewrite.pattern, Add) else None
            if done is not None:
                factor, more = self.factors(done)
                _raise(powers, more, Fraction(1))
                return number * factor, powers
        self._seen.setdefault(rest, primitive)
        _raise(powers, {rest: Fraction(1)}, Fraction(1))
        return number, powers

    def _power(self, base: Term, exponent: Term) -> tuple[Fraction, Powers]:
        over = self.sum(exponent)
        value = value_of(over)
        if value is None:
            whole = over.get((), Fraction(0))
            symbolic = term_of({m: c for m, c in over.items() if m})
            powers: Powers = {Power(self.term(base), symbolic): Fraction(1)}
            if whole:
                number, more = self._power(base, Number(whole))
                _raise(powers, more, Fraction(1))
                return number, powers
            return Fraction(1), powers
        coefficient, inner = self.factors(base) if value.denominator == 1 else self._under_root(base)
        if coefficient == 0 and value <= 0:
            raise LimitError("a division by 0")
        out: Powers = {}
        if value.denominator == 1:
            digits = max(coefficient.numerator.bit_length(), coefficient.denominator.bit_length()) - 1
            if digits * abs(value) > MAX_BITS:
                raise LimitError("a number with too many digits")
            number = coefficient ** int(value)
        else:
            number = Fraction(1)
            root = _root(coefficient, value)
            if root is not None:
                number = root
            elif coefficient < 0:
                return Fraction(1), {term_of_base(coefficient, inner): value}
            else:
                out[Number(coefficient)] = value
        _raise(out, inner, value)
        return number, out

    def _under_root(self, base: Term) -> tuple[Fraction, Powers]:
        """Return what stands under a root as a number times powers; a sum of products there is not multiplied out."""
        match base:
            case Big("sum", (binder,), body) if not isinstance(body, Add):
                opened = open_binders(base, self._letters)
                number, powers = self.factors(opened.body)
                index = opened.binders[0].index
                inside = {a: e for a, e in powers.items() if index in free_indices(a)}
                outside = {a: e for a, e in powers.items() if a not in inside}
                if inside and not any(isinstance(a, Delta) for a in powers):
                    whole = canonical(
                        Big("sum", (Binder(index, binder.excluded),), term_of_base(Fraction(1), inside))
                    )
                    factor, known = self.split(self._atom(whole))
                    _raise(outside, known, Fraction(1))
                    return number * factor, outside
        return self.factors(base)

    def _exponential(self, one: Sum) -> Powers:
        powers: Powers = {}
        for mono, value in one.items():
            if len(mono) == 1 and mono[0][1] == 1:
                inside = mono[0][0]
                if isinstance(inside, Apply) and inside.function == "log":
                    _, more = self.factors(inside.arguments[0])
                    _raise(powers, more, value)
                    continue
            atom = Apply("exp", (term_of_monomial(mono, Fraction(1, value.denominator)),))
            for rewrite in self.known.rewrites:
                done = rewrite.apply(atom)
                if done is not None:
                    # A factor that cannot be kept as a power would be lost, so only products are put in.
                    number, more = self.factors(done)
                    _raise(
                        powers,
                        {**more, **({Number(number): Fraction(1)} if number != 1 else {})},
                        Fraction(value.numerator),
                    )
                    break
            else:
                _raise(powers, {atom: Fraction(value.numerator)}, Fraction(1))
        return powers

    def _expanded(self, coefficient: Fraction, powers: Powers) -> Sum:
        """Return a product multiplied out; bases that are sums and stand under the line stay whole."""
        if not coefficient:
            return {}
        pending = [
            a
            for a, e in powers.items()
            if isinstance(a, Add) and e.denominator == 1 and 0 < e <= MAX_EXPANDED
        ]
        if not pending:
            return self._reduced(monomial(powers), coefficient)
        # Sums with fractions in them first: what they divide by may still stand whole beside them.
        chosen = max(pending, key=lambda a: any(e < 0 for m in self.sum(a) for _, e in m))
        parts = []
        for mono, value in self.sum(chosen).items():
            rest = dict(powers)
            _raise(rest, {chosen: Fraction(1)}, Fraction(-1))
            _raise(rest, dict(mono), Fraction(1))
            parts.append(self._expanded(coefficient * value, rest))
        return plus(*parts)

    def _reduced(self, mono: Product, coefficient: Fraction) -> Sum:
        """Return a monomial with its deltas used: delta(i,j)*f(j) is delta(i,j)*f(i)."""
        if self.known.onehot:
            done = self._onehot(mono, coefficient)
            if done is not None:
                return done
        if not self.sift:
            return {mono: coefficient}
        for place, (atom, exponent) in enumerate(mono):
            if not isinstance(atom, Delta) or exponent < 0:
                continue
            kept, gone = _kept(atom)
            rest = mono[:place] + mono[place + 1 :]
            if exponent != 1 or any(gone in free_indices(other) for other, _ in rest):
                inner = self.sum(rename(_product(rest), {gone: kept}))
                return scaled(_times_atom(inner, atom), coefficient)
        return {mono: coefficient}

    def _onehot(self, mono: Product, coefficient: Fraction) -> Sum | None:
        entries = [a for a, e in mono if isinstance(a, Entry) and a.name in self.known.onehot and e > 0]
        powers = dict(mono)
        for entry in entries:
            if powers[entry] != 1:
                powers[entry] = Fraction(1)
                return self._reduced(monomial(powers), coefficient)
        for place, one in enumerate(entries):
            for other in entries[place + 1 :]:
                if one.name == other.name and one.indices[:-1] == other.indices[:-1]:
                    del powers[other]
                    delta = _delta(one.indices[-1], other.indices[-1])
                    return scaled(self.sum(multiply(term_of(delta), _product(monomial(powers)))), coefficient)
        return None

    # ---------------------------------------------------------------- sums, cases

    def _where(self, node: Where) -> Sum:
        then, otherwise = self.term(node.then), self.term(node.otherwise)
        condition = node.condition
        if then == otherwise:
            return self.sum(then)
        if isinstance(condition.left, Delta) and condition.relation == "=" and condition.right in (ONE, ZERO):
            equal, different = (then, otherwise) if condition.right == ONE else (otherwise, then)
            return self.sum(condition.left * equal + (1 - condition.left) * different)
        condition = Compare(condition.relation, self.term(condition.left), self.term(condition.right))
        deltas = self._shared_deltas(self.sum(then), self.sum(otherwise))
        if not deltas:
            return atom_sum(Where(condition, then, otherwise))
        # delta(i,j) f in every branch: the delta stands better before the cases, where a sum can sift it.
        inside = (
            self.term(multiply(branch, *(Power(d, MINUS_ONE) for d in deltas)))
            for branch in (then, otherwise)
        )
        return self.sum(multiply(*deltas, Where(condition, *inside)))

    def _shared_deltas(self, *branches: Sum) -> list[Term]:
        """Return the deltas that stand in every term of every branch; a branch that is 0 has them all."""
        monomials = [dict(mono) for branch in branches for mono in branch]
        if not monomials:
            return []
        first, *rest = monomials
        return [
            a
            for a, e in first.items()
            if isinstance(a, Delta) and e == 1 and all(m.get(a) == 1 for m in rest)
        ]

    def _big(self, node: Big) -> Sum:
        if node.operation == "mean" and not any(b.excluded for b in node.binders):
            counts = (SizeNumber(b.index.dim) for b in node.binders)
            return self.sum(
                multiply(
                    Big("sum", node.binders, node.body), *(Power(n, Number(Fraction(-1))) for n in counts)
                )
            )
        if node.operation != "sum":
            return self._atom(canonical(Big(node.operation, node.binders, self.term(node.body))))
        # Letters that occur nowhere else: an atom's own canonical ones would capture.
        node = open_binders(node, self._letters)
        body = self.sum(node.body)
        for binder in reversed(node.binders):
            body = plus(*(self._summed(mono, value, binder) for mono, value in body.items()))
        return body

    def _summed(self, mono: Product, coefficient: Fraction, binder: Binder) -> Sum:
        index = binder.index
        if self.sift:
            for place, (atom, exponent) in enumerate(mono):
                if isinstance(atom, Delta) and index in (atom.left, atom.right) and exponent > 0:
                    other = atom.right if atom.left == index else atom.left
                    rest = rename(_product(mono[:place] + mono[place + 1 :]), {index: other})
                    allowed = (add(ONE, -Delta(other, e)) if other != e else ZERO for e in binder.excluded)
                    return scaled(self.sum(multiply(rest, *allowed)), coefficient)
        inside = tuple((a, e) for a, e in mono if not self.sift or index in free_indices(a))
        outside = tuple((a, e) for a, e in mono if (a, e) not in inside)
        if not inside and self.sift:
            count = add(SizeNumber(index.dim), Number(Fraction(-len(set(binder.excluded)))))
            return scaled(self.sum(multiply(_product(outside), count)), coefficient)
        whole = canonical(Big("sum", (binder,), term_of_monomial(inside, Fraction(1))))
        found = self._atom(whole) if self.sift else atom_sum(whole)
        return plus(
            *(self._reduced(times(outside, one), value * coefficient) for one, value in found.items())
        )


def _product(mono: Product) -> Term:
    return multiply(*(a if e == 1 else Power(a, Number(e)) for a, e in mono))


def term_of_base(coefficient: Fraction, powers: Powers) -> Term:
    """Return a number times powers as a term."""
    return term_of({monomial(powers): coefficient})


def _raise(powers: Powers, more: Powers, exponent: Fraction) -> None:
    """Multiply powers in place with others, each to the exponent."""
    for atom, one in more.items():
        value = powers.get(atom, Fraction(0)) + one * exponent
        if value:
            powers[atom] = value
        else:
            powers.pop(atom, None)


def _times_atom(one: Sum, atom: Term) -> Sum:
    out: Sum = {}
    for mono, value in one.items():
        powers = dict(mono)
        powers[atom] = Fraction(1)
        out[monomial(powers)] = value
    return out


def _delta(left: Index, right: Index) -> Sum:
    found = delta(left, right)
    return constant(found.value) if isinstance(found, Number) else atom_sum(found)


def _kept(delta: Delta) -> tuple[Index, Index]:
    """Return the index that stays and the one that gives way: positions stay, else the first letter."""
    if isinstance(delta.right.name, int):
        return delta.right, delta.left
    return delta.left, delta.right


def _root(value: Fraction, exponent: Fraction) -> Fraction | None:
    """Return a rational root if there is one; only square roots are looked for."""
    if value < 0 or exponent.denominator != 2:
        return Fraction(1) if value == 1 else None
    for part in (value.numerator, value.denominator):
        if round(part**0.5) ** 2 != part:
            return None
    root = Fraction(round(value.numerator**0.5), round(value.denominator**0.5))
    return root**exponent.numerator


def parts(node: Term) -> Iterator[Term]:
    """Yield the terms of a sum, or the term itself."""
    yield from node.terms if isinstance(node, Add) else (node,)
