"""The proof of a statement, searched for by code that nobody has to believe: Coq accepts it, or it is worth nothing."""

from __future__ import annotations

import re
from dataclasses import replace

from derive.certificates.bounding import Bounding
from derive.certificates.closing import EquationGiven, closed
from derive.certificates.existence import Existence, said_of
from derive.certificates.expressions import (
    ONE,
    ZERO,
    Real,
    UnsupportedError,
    free,
    inside,
    minus,
    rebuild,
    renamed,
    unnamed,
    walk,
)
from derive.certificates.laurent import laurent
from derive.certificates.lowering import Lowering
from derive.certificates.matrices import MatrixNames
from derive.certificates.normaliser import Normaliser
from derive.certificates.printing import NOWHERE, CoqPlace, Printer
from derive.certificates.rules import CoqLines, IndexBinders, KnownSign, KnownSum, renewed
from derive.certificates.slopes import slope
from derive.certificates.statement import Supposition, TheoremStatement
from derive.terms import free_indices

MAX_BRANCHES = 4
AND = " /\\ "
_BOUND = re.compile(r"[jk]\d+")


def proof_of(
    statement: TheoremStatement, *, expand: bool = False, written_out: bool = False, bounding: bool = False
) -> tuple[CoqLines, CoqLines]:
    """Return what stands before the theorem, and a proof to be tried.

    With `expand`, sigmoid, softplus and tanh are written by exponentials; with `written_out`, sums over fixed sizes;
    with `bounding` an inequality is shown by what the kernel's search for inequalities finds.

    Raises `UnsupportedError` where there is no way to look for one.
    """
    names = list(statement.meanings)
    unfolding = f"unfold {', '.join([*reversed(names), 'Rdiv', 'Rminus'])}; cbv beta."
    return [f"Ltac unf := {unfolding}"], [
        "Proof.",
        *_ProofSearch(statement, expand, written_out, bounding).lines(),
        "Qed.",
    ]


class _ProofSearch:
    def __init__(self, statement: TheoremStatement, expand: bool, written_out: bool, bounding: bool) -> None:
        self.statement, self.bounding = statement, bounding
        translation = statement.translation
        self.lowering = Lowering(translation, written_out=written_out)
        printer = Printer(translation, statement.names, shown=False)
        self.search = Normaliser(translation, printer, self.lowering, expand=expand)
        self.equations: list[EquationGiven] = []
        self.indices = self._indices()
        self.matrices = MatrixNames(self.search, self.indices)
        self.apart: set[frozenset[str]] = set()
        self.merged: dict[str, str] = {}

    def _indices(self) -> dict[str, str]:
        statement, context = self.statement, self.statement.context
        found = {}
        for s in statement.suppositions:
            if s.kind == "index":
                label = context.labels.get(s.subject)
                found[s.subject] = label.dim if label is not None else self._dim(s.subject)
        return found

    def _dim(self, index: str) -> str:
        equation = self.statement.equation
        sides = [i for side in (equation.left, equation.right) for i in free_indices(side)]
        sides += [i for w in equation.when for i in (w.left, w.right)]
        return next(i.dim for i in sides if i.name == index)

    def lines(self) -> CoqLines:
        """Return the whole proof."""
        statement = self.statement
        supposed = self._supposed()
        hypotheses = [line for s in statement.suppositions for line in self._taken(s)]
        left, right = self._lowered(statement.left), self._lowered(statement.right)
        matrices = self.matrices.lines()
        names = [name for _, name in statement.variables] + [s.name for s in statement.suppositions]
        fixed = self.lowering.written_out()
        opening = [
            f"intros {' '.join(names)}.", *self._unfolding(), *self._substituted(), *fixed,
            *self.lowering.tactics(), *matrices, *supposed, *hypotheses, *fixed, "facts.",
        ]  # fmt: skip
        return [
            *opening,
            *self._cases(left, right, [i for i, n in self.indices.items() if n in self.lowering.fixed]),
        ]

    def _lowered(self, e: Real) -> Real:
        return self.matrices.named(self.lowering.whole(e))

    def _substituted(self) -> CoqLines:
        """Return the lines that put numbers for the sizes that are written out."""
        names = {n: self.statement.names[n] for n in self.lowering.fixed if n in self.statement.names}
        return [f"subst {name}." for name in names.values() if ("nat", name) in self.statement.variables]

    def _cases(self, left: Real, right: Real, indices: list[str]) -> CoqLines:
        """Return the rest of the proof, for each value of the indices whose size is written out."""
        if not indices:
            return self._sides(left, right)
        index, *others = indices
        count = self.lowering.fixed[self.indices[index]]
        name = self.search.index(index)
        lines = [f"destruct {name} as {'[|' * count}{name}{']' * count}."]
        saved = self.search.known, self.equations, self.search.choices
        for k in range(count):
            put = {index: str(k)}
            self.search.known = [replace(s, expression=renamed(s.expression, put)) for s in saved[0]]
            self.equations = [
                replace(e, left=renamed(e.left, put), right=renamed(e.right, put)) for e in saved[1]
            ]
            self.search.choices = {y: (put.get(t, t), h) for y, (t, h) in saved[2].items()}
            lines += ["{ ", *self._cases(renamed(left, put), renamed(right, put), others), "}"]
        self.search.known, self.equations, self.search.choices = saved
        return [*lines, "exfalso; lia."]

    def _sides(self, left: Real, right: Real) -> CoqLines:
        """Return the proof that both sides are equal, once hypotheses are taken."""
        statement = self.statement
        known = self._simplified()
        merging = self._merged()
        left, right = renamed(left, self.merged), renamed(right, self.merged)
        existence = self._existence(left, right)
        derivative: CoqLines = []
        if statement.derivative:
            left, derivative = self.search.derivative(left, NOWHERE)
        self._sum_rules()
        if not statement.derivative or any(part[0] == "D" for part in walk(right)):
            left, first = self.search.taken(left, NOWHERE)
            right, second = self.search.taken(right, NOWHERE)
            derivative += first + second
        end = self._branches(left, right, 0)
        return [*known, *merging, *existence, *derivative, *end]

    def _unfolding(self) -> CoqLines:
        names = list(self.statement.meanings)
        return [f"unfold {', '.join(reversed(names))} in *; cbv beta in *."] if names else []

    def _supposed(self) -> CoqLines:
        special = {s.subject for s in self.statement.suppositions if s.kind == "function"}
        lines = []
        if "polygamma" in special:
            lines.append("pose proof (Hf_polygamma 0%nat); pose proof (Hf_polygamma 1%nat).")
        return lines

    # ---- hypotheses

    def _taken(self, s: Supposition) -> CoqLines:
        """Note what a hypothesis says, and return the lines that bring it into the form in which it is used."""
        if s.kind in ("simplex", "onehot"):
            return self._kind(s)
        if s.kind in ("when", "distinct"):
            return []
        if s.kind not in ("bound", "given", "condition") or s.guarded:
            return []
        left, right = self._lowered(s.left), self._lowered(s.right)
        if s.relation == "=":
            if _says_symmetric(s.left, s.right, s.binders):
                self.search.symmetric[s.left[1]] = s.name
                return []
            self.equations.append(EquationGiven(s.name, s.binders, left, right))
            return []
        difference = minus(left, right) if right != ZERO else left
        if s.relation in (">", "<", "<>"):
            if s.relation == "<":
                difference = minus(right, left) if left != ZERO else right
            self.search.known.append(KnownSign(s.binders, "!=" if s.relation == "<>" else ">", difference))
            if s.relation != "<>":
                self.search.positives.add(difference)
                self.search.positives.add(renewed(difference))
        entries = left[0] == "ent" and tuple(i for i, _ in s.binders) == left[2]
        if entries and s.relation == ">" and right[0] == "num" and right[1] >= 0:
            self.search.positive.add(left[1])
        if entries and s.relation == ">=" and right[0] == "num" and right[1] >= 0:
            self.search.nonnegative.add(left[1])
        return []

    def _kind(self, s: Supposition) -> CoqLines:
        variable, name = self.statement.context.variables[s.subject], self.search.printer.name(s.subject)
        self.search.nonnegative.add(s.subject)
        *outer, last = variable.dims
        letters = [self.search.fresh() for _ in variable.dims]
        rows = list(zip(letters[:-1], outer, strict=True))
        total = ("sum", letters[-1], last, ("ent", s.subject, tuple(letters)))
        h = f"Hsum_{s.subject}"
        self.equations.append(EquationGiven(h, tuple(rows), total, ONE))
        size = self.search.index(last)
        if s.kind == "simplex" and not outer:
            return [f"destruct {s.name} as [{s.name} {h}]."]
        opening = "".join(f"forall {i}, ({i} < {self.search.index(d)})%nat -> " for i, d in rows)
        row = " ".join([name, *letters[:-1]])
        if s.kind == "simplex":
            each = f"forall {letters[-1]}, ({letters[-1]} < {size})%nat -> 0 <= {row} {letters[-1]}"
            sums = f"Sum {size} (fun {letters[-1]} => {row} {letters[-1]}) = 1"
            intro = " ".join(f"{i} H{i}" for i in letters[:-1])
            use = f"intros {intro}; apply ({s.name} {' '.join(f'{i} H{i}' for i in letters[:-1])})"
            return [
                f"assert ({h} : {opening}{sums}) by ({use}).",
                f"assert (Hb_{s.subject} : {opening}{each}) by ({use}).",
            ]
        if not outer:
            t = f"{name}_at"
            self.search.choices[s.subject] = (t, f"Hy_{s.subject}")
            self.indices[t] = last
            pose = f"pose proof (onehot_sum {size} {name} {s.name}) as {h}."
            return [pose, f"destruct {s.name} as [{t} [Ht_{s.subject} Hy_{s.subject}]]."]
        if len(outer) == 1:
            return [f"pose proof (onehot_rows {self.search.index(outer[0])} {size} {name} {s.name}) as {h}."]
        raise UnsupportedError("a proof about a one-hot array of three indices")

    def _simplified(self) -> CoqLines:
        """Return the lines that assert the conditions again, of expressions in normal form."""
        lines: CoqLines = []
        search = self.search
        for known in list(search.known):
            d = known.expression
            if any(part[0] in ("D", "where_gt", "big") for part in walk(d)):
                continue
            z, proof = search.ordered(d, NOWHERE)
            if z[0] == "num":
                continue
            if unnamed(z) == unnamed(d):
                lines += self._numerator(known, z)
                continue
            quantified = "".join(f"forall {j}, ({j} < {search.index(n)})%nat -> " for j, n in known.binders)
            says = f"0 < {search.show(z)}" if known.relation == ">" else f"{search.show(z)} <> 0"
            lemma, tactic = ("lt_eq", "pos") if known.relation == ">" else ("ne_eq", "nz")
            intros = "".join(f"intros {j} H{j}. " for j, _ in known.binders)
            lines += [
                f"assert ({quantified}{says}).",
                f"{{ {intros}apply ({lemma} {search.show(d)}); [{tactic}|].",
                *proof,
                "alg. }",
            ]
            self._positive(known, z)
            lines += self._numerator(known, z)
        return lines

    def _positive(self, known: KnownSign, z: Real) -> None:
        """Note that an expression is positive wherever a condition holds."""
        if known.relation == ">" and known.binders:
            self.search.positive_everywhere.append((z, {j for j, _ in known.binders}))
        elif known.relation == ">":
            self.search.positives.add(z)

    def _numerator(self, known: KnownSign, z: Real) -> CoqLines:
        """Return the lines that say of the numerator of a condition what is said of the whole, if they prove it."""
        above, lines = self.search.numerator(z, known.relation, known.binders)
        if lines:
            self._positive(known, above)
        return lines

    def _merged(self) -> CoqLines:
        lines = []
        translation = self.statement.translation
        for k, w in enumerate(self.statement.equation.when):
            i, j = translation.index(w.left), translation.index(w.right)
            if w.equal:
                self.merged[i] = j
                lines.append(f"rewrite Hw_{k} in *; clear Hw_{k}.")
            else:
                self.apart.add(frozenset((i, j)))
        for a, b in self.statement.context.distinct:
            self.apart.add(frozenset((str(a.name), str(b.name))))
        return lines

    def _sum_rules(self) -> None:
        for equation in self.equations:
            if equation.left[0] == "sum":
                z, _ = self.search.sum(equation.left, NOWHERE)
                if z[0] == "sum":
                    names = tuple(b for b, _ in equation.binders)
                    self.search.sum_rules.append(KnownSum(equation.name, names, z, equation.right))

    # ---- derivatives that exist

    def _existence(self, left: Real, right: Real) -> CoqLines:
        """Return the lines that prove that the derivatives inside the sides exist."""
        lines: CoqLines = []
        for one in said_of(left, right, whole=self.statement.derivative):
            for proof in self._proofs(one, NOWHERE):
                lines += ["split.", "{ ", *proof, "}"]
        return lines

    def _proofs(self, one: Existence, place: CoqPlace) -> list[CoqLines]:
        """Return the proofs of what is said of a derivative: of those inside it near its point, and of itself."""
        opening = [f"intros {i} H{i}." for i, _ in one.binders]
        search, (_, _, name, indices, _) = self.search, one.derivative
        found = []
        if one.inside:
            t = search.fresh("t")
            near = place.named(name, search.printer.put(name, indices, t, place))
            inner = [proof for part in one.inside for proof in self._proofs(part, near)]
            together = [line for proof in inner[:-1] for line in ("split.", "{ ", *proof, "}")] + inner[-1]
            conditions = search.near_conditions(name, near)
            if conditions:
                h = search.fresh("Ht")
                first = f"apply (filter_imp (fun {t} => {AND.join(conditions)}))."
                intro = f"{{ intros {t} {h}. {search.parted(h, len(conditions))}"
                found.append([*opening, first, intro, *together, "}", "loc."])
            else:
                found.append([*opening, f"apply filter_forall; intros {t}.", *together])
        if one.whole:
            bare, inner_lines = search.without_derivatives(one.derivative, place)
            _, point = search.printer.along(one.derivative, place)
            there = place.named(name, search.printer.put(name, indices, point, place)) if indices else place
            value = search.show(slope(bare, name, indices), there)
            found.append(
                [*opening, f"exists {value}.", *inner_lines, f"dtac; side0; unf; {search.folding}side."]
            )
        return found

    def _bound(self, left: Real, right: Real) -> CoqLines | None:
        """Return the proof of an inequality by a sum of what is not negative, if one is found."""
        statement = self.statement
        way = Bounding(self.search, statement.context, self.equations, self.indices, self.apart)
        return way.lines(statement.equation, left, right)

    # ---- branches

    def _branches(self, left: Real, right: Real, depth: int) -> CoqLines:
        """Return the end of the proof, by cases of the comparisons that no bound index is in."""
        search, bounded = self.search, self.bounding and self.statement.equation.is_inequality
        if bounded and depth == 0:
            bound = self._bound(left, right)
            if bound is not None:
                return bound
        found = _comparison(left) or _comparison(right)
        if found is None or depth > MAX_BRANCHES:
            search.roots = {}
            (_, left, right), lines = search.normal(("add", left, right), NOWHERE)
            if self.statement.equation.is_inequality:
                return [*lines, "compared."]
            end = self.matrices.cancelled(left, right) if laurent(minus(left, right)) else None
            return [*lines, *(end or closed(search, left, right, self.equations, self.indices, self.apart))]
        u, v = found
        lines = [f"split_on {search.show(v)} {search.show(u)}."]
        w = minus(u, v)
        z, proof = search.ordered(w, NOWHERE)
        asserted: tuple[CoqLines, CoqLines] = ([], [])
        if z not in (w, u):
            asserted[0].extend(
                [
                    f"assert (0 < {search.show(z)}).",
                    f"{{ apply (lt_eq {search.show(w)}); [lra|].",
                    *proof,
                    "alg. }",
                ]
            )
            asserted[1].extend(
                [
                    f"assert ({search.show(z)} <= 0).",
                    f"{{ apply (le_eq {search.show(w)}); [lra|].",
                    *proof,
                    "alg. }",
                ]
            )
        for k in (0, 1):
            sides = (_chosen(left, found, k), _chosen(right, found, k))
            lines += ["{ ", *asserted[k], *self._branches(*sides, depth + 1), "}"]
        return lines


def _says_symmetric(left: Real, right: Real, binders: IndexBinders) -> bool:
    """Return whether an equation says that the two indices of an array may change places."""
    return (
        left[0] == right[0] == "ent"
        and left[1] == right[1]
        and len(binders) == 2
        and left[2] == tuple(reversed(right[2])) == tuple(i for i, _ in binders)
    )


def _comparison(e: Real) -> tuple[Real, Real] | None:
    """Return the sides of an innermost comparison that no bound index is in."""
    if e[0] == "D":
        return None
    for part in inside(e):
        found = _comparison(part)
        if found is not None:
            return found
    if e[0] != "where_gt":
        return None
    sides: tuple[Real, Real] = (e[1], e[2])
    if any(part[0] in ("where_gt", "D") for side in sides for part in walk(side)):
        return None
    return None if any(_BOUND.fullmatch(i) for side in sides for i in free(side)) else sides


def _chosen(e: Real, sides: tuple[Real, Real], k: int) -> Real:
    if e[0] == "D":
        return e
    if e[0] == "where_gt" and e[1:3] == sides:
        return _chosen(e[3 + k], sides, k)
    return rebuild(e, lambda part: _chosen(part, sides, k))
