"""Sums brought to one form with the proof: split, sifted by deltas, multiplied out, their indices in one order."""

from __future__ import annotations

from itertools import permutations

from derive.certificates.contraction_rules import ContractionRules, nested
from derive.certificates.expressions import (
    ONE,
    ZERO,
    Real,
    UnsupportedError,
    add,
    fold,
    holds_index,
    mul,
    renamed,
    walk,
)
from derive.certificates.laurent import (
    Laurent,
    LaurentMonomial,
    expression,
    key,
    laurent,
    monomial,
    of_monomial,
    plus,
    reduced,
    times_monomial,
)
from derive.certificates.printing import CoqPlace
from derive.certificates.rules import CoqLines, Simplified, in_order, matched, renewed, resorted

MAX_SUMS = 5


class SumRules(ContractionRules):
    """The rules for sums over an index."""

    def sum(self, e: Real, place: CoqPlace) -> Simplified:
        """Return a sum in normal form."""
        _, typed, n, body = e
        j = self.fresh()
        found, lines = self.normal(renamed(body, {typed: j}), place)
        p = reduced(laurent(found))
        size, opening = self.index(n), f"apply Sum_ext; intros {j} H{j}."
        if not p:
            return ZERO, [
                f"transitivity (Sum {size} (fun _ => 0)).",
                "{ " + opening,
                *lines,
                "alg. }",
                "apply Sum_zero.",
            ]
        groups: dict[LaurentMonomial, Laurent] = {}
        for m, c in sorted(p.items(), key=lambda pair: key(pair[0])):
            within = tuple(pair for pair in m if holds_index(pair[0], j))
            outside = tuple(pair for pair in m if not holds_index(pair[0], j))
            groups[within] = plus(groups.get(within, {}), {outside: c})
        terms, results, leaves = [], [], []
        for within, coefficient in groups.items():
            factor = expression(coefficient)
            summand, result, proof = self._leaf(within, j, n, place)
            terms.append(mul(factor, summand))
            results.append(mul(factor, result))
            leaves.append(proof)
        value = fold(add, results)
        z = expression(laurent(value))
        if z == e:
            return e, []
        split = f"transitivity (Sum {size} (fun {j} => {self.show(fold(add, terms), place)}))."
        rooted = (
            self.normal(value, place)[1]
            if any(x in self.facts for x in walk(value) if x[0] == "sqrt")
            else []
        )
        closing = f"transitivity {self.show(value, place)}; [|alg]."
        return z, [split, "{ " + opening, *lines, "alg. }", *rooted, closing, *_joined(leaves)]

    def _leaf(self, m: LaurentMonomial, j: str, n: str, place: CoqPlace) -> tuple[Real, Real, CoqLines]:
        """Return a monomial as a summand, its sum, and the proof that the sum is that."""
        if not m:
            return ONE, ("size", n), ["apply Sum_one."]
        for a, k in m:
            if a[0] == "delta" and j in a[1:]:
                return self._sifted(a, tuple(pair for pair in m if pair != (a, k)), j, n, place)
        inner = [(a, k) for a, k in m if a[0] == "sum" and k > 0]
        summand = of_monomial(m)
        if not inner:
            alone = [(j, n)]
            return (summand, *(self.by_known_sum(alone, m, place) or self._canonical(alone, m, place)))
        rest = tuple(pair for pair in m if pair not in inner)
        binders, whole = [(j, n)], rest
        opened: list[tuple[list[tuple[str, str]], Real]] = []
        for a, times in inner:
            for _ in range(times):
                own, body = self._opened(a)
                (single,) = laurent(body)
                opened.append((own, body))
                binders += own
                whole = times_monomial(whole, single)
        lines = self._flattened(binders, whole, rest, opened, place)
        z, proof = (
            self._contracted(binders, whole, place)
            or self.by_known_sum(binders, whole, place)
            or self._canonical(binders, whole, place)
        )
        return summand, z, lines + proof

    def _contracted(
        self, binders: list[tuple[str, str]], m: LaurentMonomial, place: CoqPlace
    ) -> Simplified | None:
        """Return nested sums over fewer indices, where a delta says what one of them is; `None` if none does."""
        here = {i for a, _ in m if a[0] == "delta" for i in a[1:]}
        at = next((b for b, (name, _) in enumerate(binders) if name in here), None)
        if at is None or len(binders) > MAX_SUMS:
            return None
        perm = (*(b for b in range(len(binders)) if b != at), at)
        nest = nested([binders[b] for b in perm], of_monomial(m))
        z, lines = self.ordered(nest, place)
        shown = f"transitivity {self.show(nest, place)}."
        swapped = self.swapped(binders, perm, of_monomial(m), place)
        return z, [shown, "{ ", *swapped, "}", *lines, "alg."]

    def _sifted(
        self, d: Real, rest: LaurentMonomial, j: str, n: str, place: CoqPlace
    ) -> tuple[Real, Real, CoqLines]:
        at = d[2] if d[1] == j else d[1]
        body = of_monomial(rest)
        there = renamed(body, {j: at})
        z, lines = self.ordered(there, place)
        sift = f"{{ apply (Sum_sift {self.index(n)} {self.index(at)} (fun {j} => {self.show(body, place)})). idx. }}"
        return (
            mul(("delta", at, j), body),
            z,
            [f"transitivity {self.show(there, place)}.", sift, *lines, "alg."],
        )

    def _opened(self, e: Real) -> tuple[list[tuple[str, str]], Real]:
        binders = []
        while e[0] == "sum":
            name = self.fresh()
            binders.append((name, e[2]))
            e = renamed(e[3], {e[1]: name})
        return binders, e

    def _flattened(
        self,
        binders: list[tuple[str, str]],
        whole: LaurentMonomial,
        rest: LaurentMonomial,
        opened: list[tuple[list[tuple[str, str]], Real]],
        place: CoqPlace,
    ) -> CoqLines:
        """Return the lines that bring sums in a summand to the front of it."""
        (j, n), nest = binders[0], of_monomial(whole)
        for name, dim in reversed(binders[1:]):
            nest = "sum", name, dim, nest
        lines = [
            f"transitivity (Sum {self.index(n)} (fun {j} => {self.show(nest, place)})).",
            f"{{ apply Sum_ext; intros {j} H{j}.",
        ]
        sums = [nested(own, body) for own, body in opened]
        done = of_monomial(rest)
        for k, (own, body) in enumerate(opened):
            right = fold(mul, [*sums[k + 1 :], done])
            lines += [f"transitivity {self.show(mul(sums[k], right), place)}.", "{ alg. }"]
            lines += [f"apply sum_mul; intros {name} H{name}; cbv beta." for name, _ in own]
            done = mul(done, body)
        return [*lines, "alg. }"]

    def _canonical(self, binders: list[tuple[str, str]], m: LaurentMonomial, place: CoqPlace) -> Simplified:
        """Return nested sums of a monomial with their indices in one order and by one set of names, and the proof."""
        if len(binders) > MAX_SUMS:
            raise UnsupportedError(f"a proof with more than {MAX_SUMS} sums in one")
        perm, names, body = self._first_order(binders, m)
        z = body
        for b in reversed(perm):
            z = "sum", names[binders[b][0]], binders[b][1], z
        lines = self.swapped(binders, perm, of_monomial(m), place, self._turning(m, names))
        for rule in self.sum_rules:
            put = matched(rule.pattern, z, set(rule.indices), {})
            if put is not None:
                applied = " ".join([rule.name, *(f"{self.index(put[v])} ltac:(idx)" for v in rule.indices)])
                return renamed(rule.value, put), [
                    f"transitivity {self.show(z, place)}.",
                    "{ ",
                    *lines,
                    "}",
                    f"exact ({applied}).",
                ]
        return z, lines

    def _one_way(self, a: Real) -> Real:
        """Return an entry of a symmetric array with its indices in one order, anything else as it is."""
        if a[0] != "ent" or a[1] not in self.symmetric:
            return a
        return "ent", a[1], in_order(a[2])

    def _turning(self, m: LaurentMonomial, names: dict[str, str]) -> CoqLines:
        """Return the lines that turn entries of symmetric arrays as they are after the names are changed."""
        now = [a for a, _ in m if a[0] == "ent" and a[1] in self.symmetric]
        wrong = [a for a in now if self._one_way(renamed(a, names)) != renamed(a, names)]
        return self.flips(fold(mul, wrong), ZERO) if wrong else []

    def _first_order(
        self, binders: list[tuple[str, str]], m: LaurentMonomial
    ) -> tuple[tuple[int, ...], dict[str, str], Real]:
        base = max([_depth(a) for a, _ in m], default=0)
        best: tuple[tuple[tuple[str, ...], str], tuple[int, ...], dict[str, str], Real] | None = None
        for perm in permutations(range(len(binders))):
            names = {binders[b][0]: f"k{base + len(binders) - place}" for place, b in enumerate(perm)}
            exponents: dict[Real, int] = {}
            for a, k in m:
                again = (
                    ("poly", renewed(renamed(a[1], names)))
                    if a[0] == "poly"
                    else self._one_way(resorted(renamed(a, names)))
                )
                exponents[again] = exponents.get(again, 0) + k
            body = of_monomial(monomial(exponents))
            candidate = (tuple(binders[b][1] for b in perm), key(body))
            if best is None or candidate < best[0]:
                best = candidate, perm, names, body
        if best is None:
            raise UnsupportedError("a sum over nothing")
        return best[1:]


def _joined(leaves: list[CoqLines]) -> CoqLines:
    """Return the proof that a sum of sums is the sum of their values."""
    *before, last = leaves
    if not before:
        return ["{ apply Sum_sc.", *last, "}"]
    first = _joined(before)
    rest = ["{ ", *first, "}"] if len(before) > 1 else first
    return ["apply Sum_split.", *rest, "{ apply Sum_sc.", *last, "}"]


def _depth(e: Real) -> int:
    return max([int(x[-3][1:]) for x in walk(e) if x[0] in ("sum", "big") and x[-3][0] == "k"], default=0)
