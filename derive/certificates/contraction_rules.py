"""Nested sums: their order changed, and parts of them replaced by known sums, as of a matrix and its inverse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derive.certificates.expressions import Real, holds_index, mul, renamed, walk
from derive.certificates.laurent import LaurentMonomial, laurent, monomial, of_monomial
from derive.certificates.printing import CoqPlace
from derive.certificates.rules import CoqLines, KnownSum, ProofRules, Simplified, matched

SumBinders = list[tuple[str, str]]


class ContractionRules(ProofRules):
    """The rules for sums of products of which a part has a known sum."""

    def by_known_sum(self, binders: SumBinders, m: LaurentMonomial, place: CoqPlace) -> Simplified | None:
        """Return nested sums of a monomial with a part of it replaced by its known sum; `None` if no rule applies."""
        for rule in self.contractions:
            own, body = opened(rule.pattern)
            for put, rest in self._parts(rule, own, body, binders, m):
                return self._replaced(rule, put, rest, [put[name] for name, _ in own], binders, m, place)
        return None

    def _parts(
        self, rule: KnownSum, own: SumBinders, body: LaurentMonomial, binders: SumBinders, m: LaurentMonomial
    ) -> Iterator[tuple[dict[str, str], LaurentMonomial]]:
        """Yield how a pattern fits a part of a monomial, and the other part, which must not hold its indices."""
        letters, dims = {*rule.indices, *(name for name, _ in own)}, dict(binders)
        for put, rest in self._fits(list(body), m, letters, {}):
            summed = [put[name] for name, _ in own]
            apart = len(set(summed)) == len(summed) and not any(put[i] in summed for i in rule.indices)
            fits = all(dims.get(put[name]) == dim for name, dim in own)
            if apart and fits and not any(holds_index(a, i) for a, _ in rest for i in summed):
                yield put, rest

    def _fits(
        self, pattern: list[tuple[Real, int]], m: LaurentMonomial, letters: set[str], put: dict[str, str]
    ) -> Iterator[tuple[dict[str, str], LaurentMonomial]]:
        if not pattern:
            yield put, m
            return
        (wanted, power), *others = pattern
        for a, k in m:
            if k < power:
                continue
            for turned in self._turned(wanted):
                again = matched(turned, a, letters, put)
                if again is not None:
                    yield from self._fits(others, monomial({**dict(m), a: k - power}), letters, again)

    def _turned(self, a: Real) -> list[Real]:
        """Return an atom, and with its indices changed about if its array is symmetric."""
        return [a, (*a[:2], a[2][::-1])] if a[0] == "ent" and a[1] in self.symmetric else [a]

    def _replaced(
        self, rule: KnownSum, put: dict[str, str], rest: LaurentMonomial, summed: list[str],
        binders: SumBinders, m: LaurentMonomial, place: CoqPlace,
    ) -> Simplified:  # fmt: skip
        inner = [next(b for b, (name, _) in enumerate(binders) if name == one) for one in summed]
        outer = [b for b in range(len(binders)) if b not in inner]
        others, body = [binders[b] for b in outer], of_monomial(m)
        own = [binders[b] for b in inner]
        factor, value = of_monomial(rest), renamed(rule.value, put)
        part = renamed(opened_body(rule.pattern), put)
        after = nested(others, mul(value, factor))
        applied = " ".join([rule.name, *(f"{self.index(put[v])} ltac:(idx)" for v in rule.indices)])
        z, more = self.ordered(after, place)
        return z, [
            f"transitivity {self.show(nested([*others, *own], body), place)}.",
            "{ ", *self.swapped(binders, (*outer, *inner), body, place), "}",
            f"transitivity {self.show(after, place)}.",
            "{ ", *(f"apply Sum_ext; intros {name} H{name}." for name, _ in others), "symmetry.",
            f"transitivity {self.show(mul(nested(own, part), factor), place)}.",
            f"{{ apply (f_equal2 Rmult); [symmetry; exact ({applied})|reflexivity]. }}",
            *(f"apply sum_mul; intros {name} H{name}; cbv beta." for name, _ in own),
            *self.flips(mul(part, factor), body), "alg. }",
            *more, "alg.",
        ]  # fmt: skip

    def flips(self, left: Real, right: Real) -> CoqLines:
        """Return the lines that turn entries of symmetric arrays on the left as they are on the right."""
        there = set(self._entries(right))
        turned = dict.fromkeys(e for e in self._entries(left) if e not in there)
        return [
            f"rewrite ({self.symmetric[e[1]]} {self.index(e[2][0])} ltac:(idx) {self.index(e[2][1])} ltac:(idx))."
            for e in turned
        ]

    def _entries(self, e: Real) -> list[Real]:
        return [part for part in walk(e) if part[0] == "ent" and part[1] in self.symmetric]

    def swapped(
        self,
        binders: SumBinders,
        perm: tuple[int, ...],
        body: Real,
        place: CoqPlace,
        flips: Iterable[str] = (),
    ) -> CoqLines:
        """Return the proof: neighbouring sums change places, then the monomial in its new order."""
        order, lines = list(range(len(binders))), []
        for position, wanted in enumerate(perm):
            at = order.index(wanted)
            while at > position:
                order[at - 1], order[at] = order[at], order[at - 1]
                at -= 1
                nest = nested([binders[b] for b in order], body)
                opening = "apply Sum_ext; intros ? ?. " * at
                lines += [f"transitivity {self.show(nest, place)}.", "{ " + opening + "apply Sum_swap. }"]
        intros = [f"apply Sum_ext; intros {binders[b][0]} H{binders[b][0]}." for b in perm]
        return [*lines, *intros, *flips, "alg."]


def nested(binders: SumBinders, body: Real) -> Real:
    """Return a sum over several indices, the first outermost."""
    for name, dim in reversed(binders):
        body = "sum", name, dim, body
    return body


def opened_body(e: Real) -> Real:
    """Return what nested sums are of."""
    while e[0] == "sum":
        e = e[3]
    return e


def opened(e: Real) -> tuple[SumBinders, LaurentMonomial]:
    """Return nested sums of a product as their indices and the factors of the product."""
    binders = []
    while e[0] == "sum":
        binders.append((e[1], e[2]))
        e = e[3]
    (found,) = laurent(e)
    return binders, found
