"""Derivatives taken, with the proof that Coq's derivative is that: at the point, or near it for one inside another."""

from __future__ import annotations

from derive.certificates.expressions import (
    Real,
    UnsupportedError,
    depends,
    inside,
    rebuild,
    walk,
)
from derive.certificates.printing import CoqPlace
from derive.certificates.rules import CoqLines, ProofRules, Simplified
from derive.certificates.slopes import slope

AND = " /\\ "


class DerivativeRules(ProofRules):
    """The rules for derivatives."""

    def derivative_value(self, e: Real, place: CoqPlace) -> Simplified:
        """Return the value of a derivative in normal form."""
        d, lines = self.derivative(e, place)
        z, more = self.ordered(d, place)
        return z, ["apply is_derive_unique.", *lines, *more, "alg."]

    def derivative(self, e: Real, place: CoqPlace) -> Simplified:
        """Return a derivative, and the lines that turn `is_derive f x v` into `that derivative = v`."""
        _, _, name, indices, defined = e
        bare, inner = self.without_derivatives(e, place)
        d = slope(bare, name, indices)
        function, point = self.printer.along(("D", bare, name, indices, defined), place)
        there = place.named(name, self.printer.put(name, indices, point, place)) if indices else place
        lines = [
            *inner,
            f"apply (D_eq {function} {point} {self.show(d, there)}).",
            f"{{ dtac; side0; unf; {self.folding}side. }}",
            f"rewrite ?put_same, ?put2_same; {self.folding}idtac.",
        ]
        if defined:
            lines.append("unf.")
            d = self.lowering.whole(_defined(d, name))
        return self.named(d), lines

    def without_derivatives(self, e: Real, place: CoqPlace) -> Simplified:
        """Return the body of a derivative with those inside it taken, and the proof that near the point they agree."""
        _, body, name, indices, defined = e
        if not any(part[0] == "D" for part in walk(body)):
            return body, []
        if defined:
            raise UnsupportedError("a derivative by a defined name of a derivative")
        t = self.fresh("t")
        near = place.named(name, self.printer.put(name, indices, t, place))
        branches = any(part[0] == "where_gt" for part in walk(body))
        bare, lines = self.taken(body, near) if branches else self.normal(body, near)
        function = f"(fun {t} => {self.show(bare, near)})"
        conditions = self.near_conditions(name, near)
        if not conditions:
            return bare, [f"apply (is_derive_ext {function}).", f"{{ intros {t}. symmetry.", *lines, "alg. }"]
        h = self.fresh("Ht")
        return bare, [
            f"apply (is_derive_ext_loc {function}).",
            f"{{ apply (filter_imp (fun {t} => {AND.join(conditions)})).",
            f"{{ intros {t} {h}. {self.parted(h, len(conditions))} symmetry.",
            *lines,
            "alg. }",
            "loc. }",
        ]

    def taken(self, e: Real, place: CoqPlace) -> Simplified:
        """Return an expression with its derivatives taken, and nothing else done."""
        values: dict[Real, Real] = {}
        lines: CoqLines = []
        for one in dict.fromkeys(_derivatives(e)):
            d, proof = self.derivative(one, place)
            h = self.fresh("H")
            values[one] = d
            lines += [
                f"assert ({h} : {self.show(one, place)} = {self.show(d, place)}).",
                "{ apply is_derive_unique.",
            ]
            lines += [*proof, "reflexivity. }", f"rewrite ?{h}."]

        def put(part: Real) -> Real:
            if part in values:
                return values[part]
            return part if part[0] in ("sum", "D") else rebuild(part, put)

        return put(e), lines

    def near_conditions(self, name: str, near: CoqPlace) -> list[str]:
        """Return the conditions that an array is in, which hold near the point because they hold there."""
        found = []
        for known in self.known:
            if not depends(known.expression, name):
                continue
            shown = self.printer.text(known.expression, near)
            text = f"0 < {shown}" if known.relation == ">" else f"{shown} <> 0"
            for j, dim in reversed(known.binders):
                text = f"forall {j}, ({j} < {self.index(dim)})%nat -> {text}"
            found.append(f"({text})")
        return found

    def parted(self, h: str, count: int) -> str:
        """Return the tactic that takes a conjunction apart."""
        if count <= 1:
            return ""
        first = self.fresh("Ha")
        return f"destruct {h} as [{first} {h}]. " + self.parted(h, count - 1)


def _derivatives(e: Real) -> list[Real]:
    """Return the outermost derivatives that no sum is around."""
    if e[0] == "D":
        return [e]
    return [] if e[0] == "sum" else [d for part in inside(e) for d in _derivatives(part)]


def _defined(e: Real, name: str) -> Real:
    """Return an expression with an array standing for a defined name replaced by that name."""
    if e[0] == "ent" and e[1] == name:
        return "def", name, e[2]
    return rebuild(e, lambda part: _defined(part, name))
