"""The statement of a certificate: a claim as a theorem of Coq, with its definitions and what it supposes.

Hypotheses are the declarations, the `given`s that have to do with the claim, and the conditions under which both
sides have values, as the kernel's theorem states them. A claim `D(..) = ..` is an `is_derive`; where a derivative
stands elsewhere, the theorem says of it that it exists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from derive.certificates.existence import CONJUNCTION, propositions, said_of
from derive.certificates.expressions import ZERO, Real, UnsupportedError, walk
from derive.certificates.printing import ANY, ARGUMENT, NOWHERE, SUM, CoqPlace, Printer, coq_names, type_of
from derive.certificates.translation import SUPPOSED, Translation, equal_indices, holds_still
from derive.kernel.domain import Condition
from derive.terms import (
    Before,
    Binder,
    Bound,
    Compare,
    Context,
    Delta,
    Equation,
    Index,
    Relation,
    Variable,
    free_indices,
)

RELATIONS: dict[Relation, str] = {
    Relation.LESS: "<", Relation.AT_MOST: "<=", Relation.GREATER: ">", Relation.AT_LEAST: ">=",
    Relation.EQUAL: "=", Relation.UNEQUAL: "<>",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Supposition:
    """A hypothesis of a theorem: its name in the proof, its text, and what it says of reals, if it is of reals.

    `binders` are its own indices with their sizes, `guards` what has to hold of them, `left relation right` the rest.
    """

    name: str
    text: str
    kind: str  # size, index, bound, simplex, onehot, given, distinct, when, condition, function
    binders: tuple[tuple[str, str], ...] = ()
    relation: str = ""
    left: Real = ZERO
    right: Real = ZERO
    guarded: bool = False
    subject: str = ""  # the array, size or index that a declaration is about


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a definition in a file stands for: a name of the claim, defined names opened, or the table's function."""

    name: str
    opened: tuple[str, ...] = ()
    table: bool = False


@dataclass(frozen=True)
class TheoremStatement:
    """A claim as Coq's theorem. `names` are Coq's names, `meanings` what the definitions stand for."""

    translation: Translation
    printer: Printer
    equation: Equation
    context: Context
    conditions: tuple[Condition, ...]
    definitions: tuple[str, ...]
    meanings: Mapping[str, Meaning]
    variables: tuple[tuple[str, str], ...]
    suppositions: tuple[Supposition, ...]
    left: Real
    right: Real
    conclusion: str

    @property
    def names(self) -> Mapping[str, str]:
        """Coq's names of what the claim speaks of."""
        return self.printer.names

    @property
    def derivative(self) -> bool:
        """Whether the theorem is about `is_derive`: the left side is a derivative."""
        return bool(self.left[0] == "D") and not self.equation.is_inequality

    @property
    def theorem(self) -> str:
        """The theorem's text."""
        variables = "".join(f" ({' '.join(names)} : {kind})" for kind, names in grouped(self.variables))
        hypotheses = "".join(f"  {s.text} ->\n" for s in self.suppositions)
        quantified = f"forall{variables},\n" if variables else ""
        return f"Theorem claim : {quantified}{hypotheses}  {self.conclusion}."


def grouped(variables: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """Return variables, each a type and a name, as types with the names that follow each other."""
    groups: list[tuple[str, list[str]]] = []
    for kind, name in variables:
        if groups and groups[-1][0] == kind:
            groups[-1][1].append(name)
        else:
            groups.append((kind, [name]))
    return groups


def state(equation: Equation, context: Context, conditions: Iterable[Condition]) -> TheoremStatement:
    """Return a claim as a theorem. Raises `UnsupportedError` for what Coq's libraries cannot say, or this package."""
    return _Writer(equation, context, tuple(conditions)).statement()


class _Writer:
    def __init__(self, equation: Equation, context: Context, conditions: tuple[Condition, ...]) -> None:
        self.equation, self.context, self.conditions = equation, context, conditions
        if any(index.at for relation in equation.when for index in (relation.left, relation.right)):
            raise UnsupportedError("a condition on the label of a sample")
        if holds_still(equation, context):
            raise UnsupportedError("a derivative for which stop_gradient holds something still")
        self.translation = Translation(context)
        self.left = self.translation.expression(equation.left, {})
        self.right = self.translation.expression(equation.right, {})
        self.given = [self._asserted(h.condition, ()) for h in context.hypotheses]
        self.open = [self._condition(c) for c in conditions]
        self.free = self._free()
        self.used = self._used()
        self.translation.orders = self._orders()
        names = (
            *context.sizes,
            *context.labels,
            *self.free,
            *context.functions,
            *context.variables,
            *context.definitions,
        )
        tables = tuple(f"table {name}" for name in self._tables())
        self.printer = Printer(
            self.translation, coq_names(names) | self._table_names(names, tables), shown=True
        )
        if len(set(names)) != len(names):
            raise UnsupportedError("a name that stands for two things")

    def _tables(self) -> tuple[str, ...]:
        # Bodies of definitions are translated when they are first asked for, and functions are met there too.
        for name in self.context.definitions:
            if ("d", name) in self.used:
                self.translation.definition(name)
        return tuple(self.translation.called)

    @staticmethod
    def _table_names(names: tuple[str, ...], tables: tuple[str, ...]) -> dict[str, str]:
        taken = set(coq_names(names).values())
        found = {}
        for table in tables:
            own = table.removeprefix("table ")
            while own in taken:
                own += "_"
            found[table] = own
        return found

    def _free(self) -> dict[str, str]:
        """Return the free indices of the claim with their sizes, labels apart."""
        sides = (self.equation.left, self.equation.right)
        found: dict[str, str] = {}
        for index in (i for side in sides for i in free_indices(side)):
            if not isinstance(index.name, int) and index.name not in self.context.labels:
                found[index.name] = index.dim
        for relation in self.equation.when:
            for index in (relation.left, relation.right):
                if not isinstance(index.name, int) and index.name not in self.context.labels:
                    found.setdefault(index.name, index.dim)
        return found

    def _used(self) -> set[tuple[str, str]]:
        """Return all that the claim has to do with: what stands in it, and what hypotheses say of that."""
        uses = self.translation.uses
        used = uses(self.left) | uses(self.right)
        for s in self.open:
            used |= uses(s.left) | uses(s.right)
        for relation in self.equation.when:
            used |= {
                ("i", str(i.name)) for i in (relation.left, relation.right) if i.name in self.context.labels
            }
        pending = [uses(s.left) | uses(s.right) for s in self.given]
        while True:
            before = len(used)
            for own in pending:
                if own & used & {u for u in used if u[0] in "ain"} or not any(u[0] in "ai" for u in own):
                    used |= own
            if len(used) == before:
                break
        for a, v in self.context.variables.items():
            if ("a", a) in used:
                used |= {("n", d) for d in v.dims}
        used |= {("n", i.dim) for name, i in self.context.labels.items() if ("i", name) in used}
        used |= {("n", d) for d in self.free.values()}
        for s in (*self.given, *self.open):
            used |= {("n", d) for _, d in s.binders}
        return used

    def _orders(self) -> int:
        sides = (
            self.left,
            self.right,
            *(self.translation.definition(n)[1] for k, n in self.used if k == "d"),
        )
        parts = [part for side in sides for part in walk(side)]
        highest = max(
            [
                0,
                *(
                    part[1][2]
                    for part in parts
                    if part[0] == "fn" and isinstance(part[1], tuple) and part[1][0] == "declared"
                ),
            ]
        )
        return int(highest) + len([part for part in parts if part[0] == "D"])

    # ---- hypotheses

    def _asserted(
        self, compare: Compare, binders: tuple[Binder, ...], guards: tuple[Compare, ...] = ()
    ) -> Supposition:
        """Return a comparison as a supposition, its indices other than labels universal; the text comes later."""
        translation, letters = self.translation, {}
        own: list[tuple[str, str]] = []
        bound = [b.index for b in binders]
        if not binders:
            bound = [
                i
                for i in free_indices(compare)
                if not isinstance(i.name, int) and str(i.name) not in self.context.labels
            ]
        for index in bound:
            if index not in letters:
                letters[index] = translation.fresh()
                translation.letters[letters[index]] = str(index.name)
                own.append((letters[index], index.dim))
        if isinstance(compare.left, Delta | Before):
            raise UnsupportedError("a hypothesis about a delta")
        left, right = (translation.expression(side, letters) for side in (compare.left, compare.right))
        return Supposition(
            "", "", "given", tuple(own), RELATIONS[compare.relation], left, right, bool(guards)
        )

    def _condition(self, condition: Condition) -> Supposition:
        used = {i for part in (condition.compare, *condition.guards) for i in free_indices(part)}
        if condition.guards or any(b.excluded for b in condition.binders):
            return self._guarded(condition)
        binders = tuple(b for b in condition.binders if b.index in used)
        if not binders:
            return replace(self._closed(condition.compare), kind="condition")
        return replace(self._asserted(condition.compare, binders), kind="condition")

    def _closed(self, compare: Compare) -> Supposition:
        left, right = (self.translation.expression(side, {}) for side in (compare.left, compare.right))
        return Supposition("", "", "condition", (), RELATIONS[compare.relation], left, right)

    def _guarded(self, condition: Condition) -> Supposition:
        """Return a condition with guards; what they say is kept with the binders, in the order of the text."""
        translation = self.translation
        letters: dict[Index, str] = {}
        for b in condition.binders:
            letters[b.index] = translation.fresh()
            translation.letters[letters[b.index]] = str(b.index.name)
        left, right = (
            translation.expression(side, letters)
            for side in (condition.compare.left, condition.compare.right)
        )
        found = Supposition(
            "",
            "",
            "condition",
            tuple((letters[b.index], b.index.dim) for b in condition.binders),
            RELATIONS[condition.compare.relation],
            left,
            right,
            guarded=True,
        )
        self._letters = getattr(self, "_letters", {})
        self._letters[id(condition)] = letters
        return found

    def _told(self, s: Supposition, premises: Iterable[str], place: CoqPlace) -> str:
        show = self.printer.text
        said = [*premises, f"{show(s.left, place, SUM)} {s.relation} {show(s.right, place, SUM)}"]
        return " -> ".join(said)

    def _binding(self, binders: Iterable[tuple[str, str]]) -> tuple[str, CoqPlace]:
        text, place = "", NOWHERE
        for index, dim in binders:
            letter, place = self.printer.bound(index, place)
            text += f"forall {letter}, ({letter} < {self.printer.name(dim)})%nat -> "
        return text, place

    def _text_of(self, s: Supposition, condition: Condition | None = None) -> str:
        opening, place = self._binding(s.binders)
        premises: list[str] = []
        if condition is not None and s.guarded:
            letters = self._letters[id(condition)]
            for b in condition.binders:
                premises += [
                    f"{letters_name(self, letters[b.index], place)} <> {self._index(x, letters, place)}"
                    for x in b.excluded
                ]
            premises += [self._guard(g, letters, place) for g in condition.guards]
        text = opening + self._told(s, premises, place)
        return f"({text})" if opening or premises else text

    def _index(self, index: Index, letters: Mapping[Index, str], place: CoqPlace) -> str:
        return self.printer.name(self.translation.index(index, letters), place)

    def _guard(self, guard: Compare, letters: Mapping[Index, str], place: CoqPlace) -> str:
        if isinstance(guard.left, Delta | Before):
            same = equal_indices(guard)
            if same is None:
                raise UnsupportedError("a condition on a delta")
            i, j = (self._index(x, letters, place) for x in (guard.left.left, guard.left.right))
            if isinstance(guard.left, Before):
                return f"({i} < {j})%nat" if same else f"({j} <= {i})%nat"
            return f"{i} {'=' if same else '<>'} {j}"
        left, right = (self.translation.expression(side, letters) for side in (guard.left, guard.right))
        show = self.printer.text
        return f"{show(left, place, SUM)} {RELATIONS[guard.relation]} {show(right, place, SUM)}"

    def _suppositions(self) -> list[Supposition]:
        """Return the hypotheses in order: sizes, indices, functions, arrays, what is given, and the conditions."""
        show, context = self.printer.name, self.context
        found = [*self._of_sizes(), *self._of_functions()]
        for name, variable in context.variables.items():
            if ("a", name) in self.used:
                found += self._declared(name, variable)
        for k, s in enumerate(self.given):
            if self._concerns(s):
                found.append(replace(s, name=f"Hg_{k}", text=self._text_of(s)))
        for k, (a, b) in enumerate(context.distinct):
            if ("i", str(a.name)) in self.used and ("i", str(b.name)) in self.used:
                found.append(
                    Supposition(f"Hd_{k}", f"{show(str(a.name))} <> {show(str(b.name))}", "distinct")
                )
        for k, w in enumerate(self.equation.when):
            i, j = (self._index(x, {}, NOWHERE) for x in (w.left, w.right))
            said = f"({i} < {j})%nat" if w.before else f"{i} {'=' if w.equal else '<>'} {j}"
            found.append(Supposition(f"Hw_{k}", said, "when"))
        for k, (s, c) in enumerate(zip(self.open, self.conditions, strict=True)):
            found.append(replace(s, name=f"Hc_{k}", text=self._text_of(s, c)))
        return found

    def _of_sizes(self) -> Iterator[Supposition]:
        show = self.printer.name
        for n, size in self.context.sizes.items():
            if ("n", n) in self.used:
                fixed = size.fixed is not None
                text = f"{show(n)} = {size.fixed}%nat" if fixed else f"({size.minimum} <= {show(n)})%nat"
                yield Supposition(f"Hn_{n}", text, "size", subject=n)
        for i, d in self._indices().items():
            yield Supposition(f"Hi_{i}", f"({show(i)} < {show(d)})%nat", "index", subject=i)

    def _of_functions(self) -> Iterator[Supposition]:
        for f in sorted(self.context.functions):
            for order in range(self.translation.orders if ("f", f) in self.used else 0):
                g, d = (self.printer.function(f, k) for k in (order, order + 1))
                text = f"(forall x, is_derive {g} x ({d} x))"
                yield Supposition(f"Hf_{f}{order}", text, "function", subject=f)
        for f, (_, text) in SUPPOSED.items():
            if ("f", f) in self.used:
                yield Supposition(f"Hf_{f}", f"({text})", "function", subject=f)

    def _concerns(self, s: Supposition) -> bool:
        own = self.translation.uses(s.left) | self.translation.uses(s.right)
        return own <= self.used

    def _indices(self) -> dict[str, str]:
        labels = {l: i.dim for l, i in self.context.labels.items() if ("i", l) in self.used}
        return {**labels, **self.free}

    def _declared(self, name: str, variable: Variable) -> list[Supposition]:
        found = []
        for k, bound in enumerate(variable.bounds):
            s = self._bound(name, variable, bound)
            found.append(replace(s, name=f"Hb_{name}{k}", text=self._text_of(s)))
        if variable.kind != "real":
            *outer, last = variable.dims
            letters = [self.translation.fresh() for _ in outer]
            for letter, shown in zip(letters, "abc", strict=False):
                self.translation.letters[letter] = shown
            opening, place = self._binding(zip(letters, outer, strict=True))
            row = " ".join([self.printer.name(name), *(self.printer.name(i, place) for i in letters)])
            whose = f"({row} < {self.printer.name(last)})%nat"
            text = f"{opening}{variable.kind} {self.printer.name(last)} {f'({row})' if outer else row}"
            text = opening + whose if variable.kind == "label" else text
            found.append(
                Supposition(f"Hk_{name}", f"({text})" if opening else text, variable.kind, subject=name)
            )
        return found

    def _bound(self, name: str, variable: Variable, bound: Bound) -> Supposition:
        letters = [self.translation.fresh() for _ in variable.dims]
        for letter, shown in zip(letters, "jkl", strict=False):
            self.translation.letters[letter] = shown
        value = self.translation.expression(bound.value, {})
        binders = tuple(zip(letters, variable.dims, strict=True))
        return Supposition(
            "",
            "",
            "bound",
            binders,
            RELATIONS[bound.relation],
            ("ent", name, tuple(letters)),
            value,
            subject=name,
        )

    # ---- the whole

    def _conclusion(self) -> str:
        show = self.printer.text
        whole = self.left[0] == "D" and not self.equation.is_inequality
        said = [
            p for one in said_of(self.left, self.right, whole=whole) for p in propositions(self.printer, one)
        ]
        if whole:
            function, point = self.printer.along(self.left, NOWHERE)
            said.append(f"is_derive {function} {point} {show(self.right, NOWHERE, ARGUMENT)}")
        else:
            sign = RELATIONS[self.equation.relation]
            said.append(f"{show(self.left, NOWHERE, SUM)} {sign} {show(self.right, NOWHERE, SUM)}")
        return CONJUNCTION.join(said)

    def statement(self) -> TheoremStatement:
        suppositions = self._suppositions()
        conclusion = self._conclusion()
        variables = self._variables()
        definitions, meanings = self._definitions()
        return TheoremStatement(
            self.translation, self.printer, self.equation, self.context, self.conditions, tuple(definitions), meanings,
            tuple(variables), tuple(suppositions), self.left, self.right, conclusion,
        )  # fmt: skip

    def _variables(self) -> list[tuple[str, str]]:
        show, context = self.printer.name, self.context
        found = [("nat", show(n)) for n in context.sizes if ("n", n) in self.used]
        found += [("nat", show(i)) for i in self._indices()]
        found += [(kind, name) for name, kind in self.printer.functions(self.used)]
        for a, v in context.variables.items():
            if ("a", a) in self.used:
                found.append((type_of(v), show(a)))
        return found

    def _definitions(self) -> tuple[list[str], dict[str, Meaning]]:
        """Return the definitions that the theorem uses, each after those that it uses itself."""
        printer, found, meanings = self.printer, [], {}
        for table in self._table_order():
            parameters, body = self.translation.table_definition(table)
            name = printer.names[f"table {table}"]
            place = CoqPlace({p: p for p in parameters}, taken=frozenset(parameters))
            found.append(
                f"Definition {name} ({' '.join(parameters)} : R) : R := {printer.text(body, place, ANY)}."
            )
            meanings[name] = Meaning(table, table=True)
        done: dict[tuple[str, frozenset[str]], str] = {}

        def define(key: tuple[str, frozenset[str]]) -> None:
            if key in done:
                return
            done[key] = ""
            printer.variants = {}
            text = self._definition(*key)
            for inner in list(printer.variants):
                define(inner)
            found.append(text)
            meanings[printer.variant(*key)] = Meaning(key[0], tuple(sorted(key[1])))

        for key in list(printer.variants):
            define(key)
        return found, meanings

    def _table_order(self) -> list[str]:
        order: list[str] = []

        def visit(name: str) -> None:
            _, body = self.translation.table_definition(name)
            for part in walk(body):
                if part[0] == "call" and part[1] not in order:
                    visit(part[1])
            if name not in order:
                order.append(name)

        for name in list(self.translation.called):
            visit(name)
        return order

    def _definition(self, name: str, opened: frozenset[str]) -> str:
        printer = self.printer
        parameters, body = self.translation.definition(name)
        uses = self.translation.uses(body, opened)
        letters = {
            p: printer.unused(p, CoqPlace()) if p not in printer.names.values() else p for p in parameters
        }
        arguments = printer.arguments(uses, opened, CoqPlace({n: printer.name(n) for n in opened}))
        taken = frozenset(text for _, text in arguments)
        for p in parameters:
            while letters[p] in taken:
                letters[p] += "'"
        arguments += [("nat", letters[p]) for p in parameters]
        head = "".join(f" ({' '.join(names)} : {kind})" for kind, names in grouped(arguments))
        place = CoqPlace({n: printer.name(n) for n in opened}, letters, frozenset(letters.values()))
        return f"Definition {printer.variant(name, opened)}{head} : R := {printer.text(body, place, ANY)}."


def letters_name(writer: _Writer, index: str, place: CoqPlace) -> str:
    """Return how an index is written at a place."""
    return writer.printer.name(index, place)
