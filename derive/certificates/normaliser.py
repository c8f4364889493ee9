"""The search for normal forms with proofs: every special part of an expression is asserted equal to a simpler one."""

from __future__ import annotations

from derive.certificates.derivative_rules import DerivativeRules
from derive.certificates.expressions import (
    Real,
    UnsupportedError,
    count,
    inside,
    rebuild,
    renamed,
    unnamed,
    walk,
)
from derive.certificates.function_rules import FunctionRules
from derive.certificates.laurent import expression, laurent
from derive.certificates.printing import CoqPlace
from derive.certificates.rules import SPECIAL, CoqLines, Simplified, in_order
from derive.certificates.sum_rules import SumRules


class Normaliser(FunctionRules, SumRules, DerivativeRules):
    """The rules for all kinds together."""

    def normal(self, e: Real, place: CoqPlace) -> Simplified:
        """Return the expression with each special part normal, and the lines that rewrite it so."""
        values: dict[Real, Real] = {}
        asserted: list[tuple[Real, Real, CoqLines]] = []
        extra: CoqLines = []
        for part in self._specials(e, place):
            simpler, proof = self.simpler(part, place)
            if simpler != part:
                values[part] = simpler
                if unnamed(part) != unnamed(simpler):
                    asserted.append((part, simpler, proof))
            for root in dict.fromkeys(one for one in walk(simpler) if one[0] == "sqrt"):
                extra += self._radicand(root, place)
        lines: CoqLines = []
        names = []
        for part, simpler, proof in sorted(asserted, key=lambda one: -count(one[0])):
            h = self.fresh("H")
            names.append(h)
            lines.append(f"assert ({h} : {self.show(part, place)} = {self.show(simpler, place)}).")
            lines += ["{ ", *proof, "}"] if proof else ["{ alg. }"]
        lines += extra
        if names:
            lines.append(f"rewrite {', '.join('?' + h for h in names)}.")

        def put(part: Real) -> Real:
            if part in values:
                return values[part]
            return part if part[0] in SPECIAL else rebuild(part, put)

        return put(e), lines

    def _specials(self, e: Real, place: CoqPlace) -> list[Real]:
        """Return the outermost parts that have rules of their own, each once."""
        if e[0] in SPECIAL or (e[0] == "ent" and e[1] not in place.arrays and self._has_rule(e)):
            return [e]
        return list(dict.fromkeys(s for part in inside(e) for s in self._specials(part, place)))

    def _has_rule(self, e: Real) -> bool:
        """Return whether an entry is one of a one-hot array, or of a symmetric one with its indices out of order."""
        return e[1] in self.choices or (e[1] in self.symmetric and e[2] != in_order(e[2]))

    def simpler(self, e: Real, place: CoqPlace) -> Simplified:
        """Return a special expression in normal form, and the proof that it is equal."""
        match e[0]:
            case "sum":
                return self.sum(e, place)
            case "fn":
                return self.function(e, place)
            case "sqrt":
                return self.root(e[1], place)
            case "rpow":
                return self.real_power(e[1], e[2], place)
            case "npow":
                return self.size_power(e[1], e[2], place)
            case "where_gt":
                return self.branch(e, place)
            case "D":
                return self.derivative_value(e, place)
            case "ent" if e[1] in self.symmetric:
                first, second = map(self.index, e[2])
                return ("ent", e[1], in_order(e[2])), [
                    f"exact ({self.symmetric[e[1]]} {first} ltac:(idx) {second} ltac:(idx))."
                ]
            case "ent":
                chosen, h = self.choices[e[1]]
                return ("delta", *sorted((chosen, e[2][0]))), [f"rewrite {h} by idx.", "alg."]
            case "big":
                return self._reduction(e, place)
        raise UnsupportedError(f"a proof about {e[0]}")

    def _reduction(self, e: Real, place: CoqPlace) -> Simplified:
        """Return a product or a maximum over an index with its terms in normal form."""
        _, operation, typed, n, body = e
        j = self.fresh()
        found, lines = self.normal(renamed(body, {typed: j}), place)
        z = expression(laurent(found))
        deepest = max(
            [int(x[-3][1:]) for x in walk(z) if x[0] in ("sum", "big") and x[-3][0] == "k"], default=0
        )
        name = f"k{deepest + 1}"
        again = "big", operation, name, n, renamed(z, {j: name})
        return again, [f"apply {operation}_ext; intros {j} H{j}.", *lines, "alg."]

    def _radicand(self, e: Real, place: CoqPlace) -> CoqLines:
        """Return the lines that show a radicand not negative by what it came from."""
        if e[0] != "sqrt" or e not in self.facts:
            return []
        origin, z = self.facts[e], e[1]
        _, lines = self.normal(origin, place)
        h, shown = self.fresh("F"), self.show(z, place)
        return [
            f"assert ({h} : {self.show(origin, place)} = {shown}).",
            "{ ", *lines, "alg. }",
            f"try (assert (0 < {shown}) by (rewrite <- {h}; pos)).",
            f"try (assert (0 <= {shown}) by (rewrite <- {h}; nneg)).",
            f"clear {h}.",
        ]  # fmt: skip
