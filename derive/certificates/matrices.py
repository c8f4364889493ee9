"""Inverses and determinants in a proof: each gets a name of its own, and what is known of it becomes a hypothesis.

A matrix has to hang on nothing but the indices and arrays of the claim. Where its determinant is not 0, it is known
what its products with its inverse are, and that the inverse of a symmetric matrix is symmetric.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derive.certificates.expressions import (
    Real,
    UnsupportedError,
    depends,
    free,
    inv,
    minus,
    mul,
    num,
    rebuild,
    renamed,
    unnamed,
    walk,
)
from derive.certificates.laurent import expression, laurent, together
from derive.certificates.matrix_forms import NAMES, NamedMatrix, positive_form, turned_form
from derive.certificates.normaliser import Normaliser
from derive.certificates.printing import NOWHERE
from derive.certificates.rules import CoqLines, KnownSum


class MatrixNames:
    """The matrices of a claim, in the order in which they are named: what stands in one comes before it."""

    def __init__(self, search: Normaliser, indices: Iterable[str]) -> None:
        self.search, self.indices = search, frozenset(indices)
        self.found: dict[Real, NamedMatrix] = {}
        self.regular: dict[int, CoqLines] = {}
        search.named = self.named

    def named(self, e: Real, moving: str = "") -> Real:
        """Return an expression with functions of matrices by their names, but for those in which an array moves."""
        if e[0] == "D":
            self.named(e[1])
            return "D", self.named(e[1], e[2]), *e[2:]
        e = rebuild(e, lambda part: self.named(part, moving))
        if e[0] != "mat" or (moving and depends(e, moving)):
            return e
        _, function, size, row, column, body, at = e
        key = unnamed(("mat", "", size, row, column, body, ()))
        if key not in self.found:
            others = {i for i in free(body) - {row, column} if not i.isdigit()}
            if not others <= self.indices:
                raise UnsupportedError("a proof about a matrix that hangs on a bound index")
            self.found[key] = NamedMatrix(len(self.found) + 1, size, row, column, body)
        matrix = self.found[key]
        if function == "Adj" and self._why_regular(matrix):
            return mul(matrix.determinant, matrix.inverse(*at))
        return "ent", matrix.named(function), tuple(at)

    def _why_regular(self, matrix: NamedMatrix) -> CoqLines:
        """Return the lines that show that a determinant is not 0; there are none where that is not known."""
        if any(one.expression == matrix.determinant for one in self.search.known):
            return ["first [assumption | lra | nz]."]
        if matrix.number not in self.regular:
            self.regular[matrix.number] = []  # for the question may come up in the search for an answer
            self.regular[matrix.number] = self._shown_regular(matrix)
        return self.regular[matrix.number]

    def _shown_regular(self, matrix: NamedMatrix) -> CoqLines:
        shown = self._shown(matrix)
        found = positive_form(self.search, matrix, shown)
        for other in self.found.values():
            if found is None and other.number < matrix.number and self._why_regular(other):
                found = turned_form(self.search, matrix, other, (shown, self._shown(other)))
        return found or []

    def lines(self) -> CoqLines:
        """Return the lines that name the matrices, with what is known of each."""
        lines: CoqLines = []
        folding: list[str] = []
        for one in self.found.values():
            why = self._why_regular(one)
            lines += self._known(one, why) if why else []
            for equation, line in self._naming(one):
                folding.append(equation)
                lines.append(line)
            folding += [f"HA{one.number}"] if why else []
        if folding:
            self.search.folding = f"rewrite {', '.join('?' + name for name in folding)}; cbv beta; "
            lines.append(f"{self.search.folding}idtac.")
        for one in self.found.values():
            if self._why_regular(one):
                lines += self._contractions(one)
        return lines

    def _naming(self, one: NamedMatrix) -> Iterator[tuple[str, str]]:
        """Yield equations that name the functions of a matrix, and the lines by which they come to be."""
        matrix, size = self._shown(one), self.search.index(one.size)
        for letter, function in zip("EXYZ", NAMES, strict=True):
            equation, name = f"H{letter}{one.number}", one.named(function)
            yield (
                equation,
                f"remember ({function} {size} {matrix}) as {name} eqn:{equation} in *; symmetry in {equation}.",
            )
            if one.entry[0] == "ent" and one.entry[2] == (one.row, one.column):
                array = self.search.printer.array(
                    one.entry[1], NOWHERE
                )  # Coq may have it without its indices
                says = f"{function} {size} {array} = {name}"
                yield f"{equation}_", f"pose proof ({equation} : {says}) as {equation}_."

    def _shown(self, one: NamedMatrix) -> str:
        return f"(fun {one.row} {one.column} => {self.search.printer.text(one.entry, NOWHERE)})"

    def _known(self, one: NamedMatrix, why: CoqLines) -> CoqLines:
        k, matrix, size = one.number, self._shown(one), self.search.index(one.size)
        return [
            f"assert (HR{k} : Det {size} {matrix} <> 0).",
            "{ ", *why, "}",
            f"pose proof (Inv_right {size} {matrix} HR{k}) as HF{k}; cbv beta in HF{k}.",
            f"pose proof (Inv_left {size} {matrix} HR{k}) as HG{k}; cbv beta in HG{k}.",
            f"pose proof (Adj_Inv {size} {matrix} HR{k}) as HA{k}.",
            f"pose proof (fun HU => cancel_left {size} {matrix} HU HR{k}) as HC{k}; cbv beta in HC{k}.",
            *self._symmetric(one, matrix, size),
        ]  # fmt: skip

    def _symmetric(self, one: NamedMatrix, matrix: str, size: str) -> CoqLines:
        search, k = self.search, one.number
        a, b = search.fresh(), search.fresh()
        here, there = one.at(a, b), one.at(b, a)
        (z, first), (other, second) = search.ordered(here, NOWHERE), search.ordered(there, NOWHERE)
        if unnamed(z) != unnamed(other):
            return []
        search.symmetric[one.named("Inv")] = f"HS{k}"
        return [
            f"pose proof (Inv_symmetric {size} {matrix} HR{k}) as HS{k}; cbv beta in HS{k}.",
            f"match type of HS{k} with ?P -> _ => assert (HT{k} : P) end.",
            f"{{ intros {a} H{a} {b} H{b}. transitivity {search.show(z)}.",
            "{ ", *first, "alg. }", "symmetry.", *second, "alg. }",
            f"specialize (HS{k} HT{k}).",
        ]  # fmt: skip

    def _contractions(self, one: NamedMatrix) -> CoqLines:
        """Return the lines that say which sums over a product with the inverse are known, and note them as rules."""
        search, lines = self.search, []
        for letter in "FG":
            i, j, k = (search.fresh() for _ in range(3))
            pair = (one.at(i, k), one.inverse(k, j)) if letter == "F" else (one.inverse(i, k), one.at(k, j))
            whole: Real = ("sum", k, one.size, mul(*pair))
            z, proof = search.ordered(whole, NOWHERE)
            sums = [
                (m[0][0], c)
                for m, c in laurent(z).items()
                if len(m) == 1 and m[0][0][0] == "sum" and m[0][1] == 1
            ]
            if not sums:
                continue
            pattern, c = max(sums, key=lambda pair: sum(part[0] == "sum" for part in walk(pair[0])))
            rest = minus(("delta", i, j), minus(z, mul(num(c), pattern)))
            value = expression(laurent(mul(rest, inv(num(c)))))
            name, size = f"HK{one.number}{letter}", search.index(one.size)
            says = (
                f"forall {i}, ({i} < {size})%nat -> forall {j}, ({j} < {size})%nat -> {search.show(pattern)}"
            )
            lines += [
                f"assert ({name} : {says} = {search.show(value)}).",
                f"{{ intros {i} H{i} {j} H{j}. assert (HH : {search.show(whole)} = {search.show(z)}).",
                "{ ", *proof, "alg. }", f"pose proof (H{letter}{one.number} {i} H{i} {j} H{j}) as HI. lra. }}",
            ]  # fmt: skip
            search.contractions.append(KnownSum(name, (i, j), pattern, value))
        return lines

    def cancelled(self, left: Real, right: Real) -> CoqLines | None:
        """Return the proof that two sides are equal since they are after a product with a matrix, if they are."""
        search, difference = self.search, minus(left, right)
        entries = {part for part in walk(difference) if part[0] == "ent" and len(part[2]) == 2}
        for one in self.found.values():
            starts = {i for _, name, (i, _) in entries if name == one.named("Inv") and i in self.indices}
            for i in sorted(starts) if self._why_regular(one) else ():
                a, b = search.fresh(), search.fresh()
                there = renamed(difference, {i: b})
                z, lines = search.ordered(("sum", b, one.size, mul(one.at(a, b), there)), NOWHERE)
                if not together(laurent(z))[0]:
                    function = f"(fun {b} => {search.show(there)})"
                    return [
                        "apply Rminus_diag_uniq.",
                        f"refine (HC{one.number} {function} _ {search.index(i)} ltac:(idx)).",
                        f"intros {a} H{a}; cbv beta.", *lines, "alg.",
                    ]  # fmt: skip
        return None
