"""Whether a certificate states a claim: its theorem is read back and compared with the claim, term by term.

What is compared: every definition with the claim's, every hypothesis with the declarations, the `given`s and the
conditions, one of each at most, and the conclusion with the equation. A theorem with fewer hypotheses says more, so
a hypothesis may be missing; one that was not asked for may not be there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from derive.certificates.comparison import agree, canonical_form
from derive.certificates.coq_reader import COMPARISONS, DefinitionRead, Scope, TermReader
from derive.certificates.coq_syntax import CoqTree, Defined, UnreadableError, read_file, read_proposition
from derive.certificates.statement import Meaning
from derive.kernel.domain import Condition
from derive.terms import (
    ONE,
    ZERO,
    Apply,
    Before,
    Big,
    Binder,
    Compare,
    Context,
    Delta,
    Derivative,
    Entry,
    Equation,
    Index,
    Relation,
    Term,
    Variable,
    Where,
    children,
    different_index,
    free_indices,
    reachable,
)
from derive.terms.functions import TABLE

SUPPOSED = {
    "gamma": ("R -> R", "forall x, 0 < x -> 0 < gamma x /\\ is_derive gamma x (gamma x * polygamma 0%nat x)"),
    "lgamma": ("R -> R", "forall x, 0 < x -> is_derive lgamma x (polygamma 0%nat x)"),
    "polygamma": ("nat -> R -> R", "forall k x, 0 < x -> is_derive (polygamma k) x (polygamma (S k) x)"),
}
"""What may be supposed of functions that no library has, and their types."""


def why_not_stated(
    text: str,
    equation: Equation,
    context: Context,
    conditions: Iterable[Condition],
    names: Mapping[str, str],
    meanings: Mapping[str, Meaning],
) -> str | None:
    """Return why a certificate does not state a claim, `None` if it does.

    `names` are Coq's names of the claim's, `meanings` what the definitions of the file are said to be; both are
    looked over here.
    """
    try:
        _Audit(equation, context, tuple(conditions), names, meanings).read(text)
    except UnreadableError as wrong:
        return str(wrong)
    return None


class _Audit:
    def __init__(
        self,
        equation: Equation,
        context: Context,
        conditions: tuple[Condition, ...],
        names: Mapping[str, str],
        meanings: Mapping[str, Meaning],
    ) -> None:
        self.equation, self.context, self.conditions, self.meanings = equation, context, conditions, meanings
        self.named = {coq: name for name, coq in names.items() if not name.startswith("table ")}
        if len(self.named) != len([n for n in names if not n.startswith("table ")]):
            raise UnreadableError("two names are one in Coq")
        self.definitions: dict[str, DefinitionRead] = {}
        self.reader = TermReader(context, self.definitions)
        self.free = self._free()

    def _free(self) -> dict[str, Index]:
        sides = (self.equation.left, self.equation.right)
        found = [i for side in sides for i in free_indices(side)]
        found += [i for w in self.equation.when for i in (w.left, w.right)]
        return {i.name: i for i in found if not isinstance(i.name, int) and i.name not in self.context.labels}

    def read(self, text: str) -> None:
        """Read a certificate; raise `UnreadableError` where it does not state the claim."""
        if self._still():
            raise UnreadableError("Coq has no derivative for which something is held still")
        read = read_file(text)
        if set(read.theorems) - {"satisfiable"} != {"claim"}:
            raise UnreadableError("there is not one theorem called claim")
        for definition in read.definitions:
            self._definition(definition)
        tree = read.theorems["claim"]
        variables: tuple[tuple[str, str], ...] = ()
        if tree[0] == "forall":
            variables, tree = tree[1], tree[2]  # type: ignore[assignment] # as the parser makes them
        scope = self._scope(variables)
        expected, hypotheses = self._expected(), []
        while tree[0] == "->":
            hypotheses.append(_t(tree[1]))
            self._hypothesis(hypotheses[-1], scope, expected)
            tree = _t(tree[2])
        self._conclusion(tree, scope)
        if "satisfiable" in read.theorems:
            _satisfiable(read.theorems["satisfiable"], variables, hypotheses)

    def _still(self) -> bool:
        """Return whether the claim has a derivative, and something that no derivative sees move."""
        parts = list(reachable((self.equation.left, self.equation.right), self.context.definitions))
        stops = any(isinstance(part, Apply) and part.function == "stop_gradient" for part in parts)
        return stops and any(isinstance(part, Derivative) for part in parts)

    # ---- definitions

    def _definition(self, defined: Defined) -> None:
        meaning = self.meanings.get(defined.name)
        if meaning is None:
            raise UnreadableError(f"{defined.name} stands for nothing")
        if meaning.table:
            self._table(defined, meaning.name)
            return
        definition = self.context.definitions[meaning.name]
        opened = frozenset(meaning.opened)
        count = len(defined.parameters) - len(definition.parameters)
        if count < 0:
            raise UnreadableError(f"{defined.name} has too few parameters")
        scope, parameters = self._parameters(defined.parameters[:count], opened)
        for (name, kind), parameter in zip(defined.parameters[count:], definition.parameters, strict=True):
            if kind != "nat":
                raise UnreadableError(f"{name} is no index")
            scope = scope.bound(name, parameter)
        body = self.reader.term(defined.body, scope)
        if not agree(body, definition.body):
            raise UnreadableError(f"{defined.name} is defined as {body}, and not as {definition.body}")
        self.definitions[defined.name] = DefinitionRead(
            (*parameters, *(("", "index") for _ in definition.parameters)), meaning.name, opened
        )

    def _table(self, defined: Defined, name: str) -> None:
        row = TABLE[name]
        if (
            row.expansion is None
            or any(kind != "R" for _, kind in defined.parameters)
            or row.arity != len(defined.parameters)
        ):
            raise UnreadableError(f"{defined.name} is not {name}")
        letters = [p for p, _ in defined.parameters]
        bare = TermReader(Context(variables={p: Variable(p) for p in letters}), self.definitions)
        body = bare.term(defined.body, Scope(arrays={p: p for p in letters}))
        if not agree(body, row.expansion(*map(Entry, letters))):
            raise UnreadableError(f"{defined.name} is not {name}")
        self.definitions[defined.name] = DefinitionRead((), name, table=True)

    def _parameters(
        self, parameters: Iterable[tuple[str, str]], opened: frozenset[str]
    ) -> tuple[Scope, list[tuple[str, str]]]:
        scope, found = Scope(), []
        for coq, kind in parameters:
            scope, meaning = self._declared(coq, kind, scope, opened)
            found.append(meaning)
        return scope, found

    def _declared(
        self, coq: str, kind: str, scope: Scope, opened: frozenset[str]
    ) -> tuple[Scope, tuple[str, str]]:
        """Return the scope in which a variable means what it is called after, and what that is."""
        context, name = self.context, self.named.get(coq, "")
        base = coq.rstrip("'")
        if self.named.get(base, "") in context.functions and kind == "R -> R":
            f, order = self.named[base], len(coq) - len(base)
            return replace(scope, functions={**scope.functions, coq: (f, order)}), (
                f"{f}'{order}",
                "function",
            )
        if coq in SUPPOSED and SUPPOSED[coq][0] == kind:
            return scope, (coq, "function")
        if kind == "nat" and name in context.sizes:
            return replace(scope, sizes={**scope.sizes, coq: name}), (name, "size")
        if kind == "nat" and name in context.labels:
            return scope.bound(coq, context.labels[name]), (name, "label")
        if kind == "nat" and name in self.free:
            return scope.bound(coq, self.free[name]), (name, "index")
        if name in context.variables and context.variables[name].kind == "label":
            *at, dim = context.variables[name].dims
            if kind == " -> ".join([*["nat"] * len(at), "nat"]):
                found = (name, (*at,), dim)
                return replace(scope, labels={**scope.labels, coq: found}), (name, "labels")
        elif name in context.variables or name in opened:
            rank = self.reader.rank(name)
            if kind == " -> ".join([*["nat"] * rank, "R"]):
                return replace(scope, arrays={**scope.arrays, coq: name}), (name, "array")
        raise UnreadableError(f"{coq} : {kind} stands for nothing")

    def _scope(self, variables: Iterable[tuple[str, str]]) -> Scope:
        scope, seen = Scope(), set()
        for coq, kind in variables:
            if coq in seen:
                raise UnreadableError(f"{coq} is declared twice")
            seen.add(coq)
            scope, _ = self._declared(coq, kind, scope, frozenset())
        return scope

    # ---- hypotheses

    def _expected(self) -> list[Term]:
        """Return what may be supposed of reals, each as a term that is 1 where it holds."""
        found = []
        for name, v in self.context.variables.items():
            indices = tuple(self.reader.fresh(d) for d in v.dims)
            binders = tuple(map(Binder, indices))
            found += [
                _told(binders, (), Compare(b.relation, Entry(name, indices), b.value)) for b in v.bounds
            ]
        for h in self.context.hypotheses:
            own = [
                i
                for i in free_indices(h.condition)
                if not isinstance(i.name, int) and i.name not in self.context.labels
            ]
            found.append(_told(tuple(map(Binder, own)), (), h.condition))
        for c in self.conditions:
            used = {i for part in (c.compare, *c.guards) for i in free_indices(part)}
            whole = bool(c.guards) or any(b.excluded for b in c.binders)
            binders = c.binders if whole else tuple(b for b in c.binders if b.index in used)
            found.append(_told(binders, c.guards, c.compare))
        return found

    def _hypothesis(self, tree: CoqTree, scope: Scope, expected: list[Term]) -> None:
        if self._declaration(tree, scope):
            return
        said = self._said(tree, scope, (), ())
        if not any(agree(said, one) for one in expected):
            raise UnreadableError(f"a hypothesis that nobody supposes: {said}")

    def _declaration(self, tree: CoqTree, scope: Scope) -> bool:
        """Return whether a hypothesis declares a size, an index, a kind of array, or a function."""
        match tree:
            case ("nat", ("<=", ("num", int(k)), ("id", str(n)))) if n in scope.sizes:
                return k >= self.context.sizes[scope.sizes[n]].minimum or _wrong(f"{n} is at least {k}")
            case ("=", ("id", str(n)), ("nat", ("num", int(k)))) if n in scope.sizes:
                return k == self.context.sizes[scope.sizes[n]].fixed or _wrong(f"{n} is {k}")
            case ("nat", ("<", ("id", str(i)), ("id", str(n)))) if i in scope.indices and n in scope.sizes:
                return scope.indices[i].dim == scope.sizes[n] or _wrong(f"{i} below {n}")
            case ("nat", ("<", ("id", str(a)), ("id", str(b)))) if a in scope.indices and b in scope.indices:
                return self._before(scope.indices[a], scope.indices[b]) or _wrong(f"{a} before {b}")
            case ("=" | "<>", ("id", str(a)), ("id", str(b))) if a in scope.indices and b in scope.indices:
                return self._apart(scope.indices[a], scope.indices[b], tree[0] == "=") or _wrong(
                    f"{a} and {b}"
                )
            case ("app", ("id", "simplex" | "onehot"), *_) | ("forall", *_):
                return self._function(tree, scope) or self._kind(tree, scope)
        return False

    def _apart(self, left: Index, right: Index, equal: bool) -> bool:
        pair = {left, right}
        said = [({w.left, w.right}, w.equal) for w in self.equation.when]
        said += [({a, b}, False) for a, b in self.context.distinct]
        return (pair, equal) in said

    def _before(self, left: Index, right: Index) -> bool:
        return any(w.before and (w.left, w.right) == (left, right) for w in self.equation.when)

    def _kind(self, tree: CoqTree, scope: Scope) -> bool:
        """Return whether a hypothesis says of an array what its declaration says: `simplex`, or `onehot`."""
        indices: list[str] = []
        while tree[0] == "forall":
            letter, _, tree, scope = self._bound(tree, scope)
            indices.append(letter)
        match tree:
            case ("app", ("id", "simplex" | "onehot" as kind), ("id", str(n)), row):
                row = _t(row)
                places = [("id", i) for i in indices]
                array = (
                    row
                    if not indices
                    else _t(row[1])
                    if row[0] == "app" and list(row[2:]) == places
                    else None
                )
                if array is None or n not in scope.sizes:
                    return False
                variable = self.context.variables.get(self.reader.array(array, scope))
                dims = (*(scope.indices[i].dim for i in indices), scope.sizes[n])
                return variable is not None and variable.kind == kind and variable.dims == dims
            case ("nat", ("<", ("app", ("id", str(y)), *at), ("id", str(n)))) if y in scope.labels:
                _, dims, dim = scope.labels[y]
                own = tuple(scope.indices[i].dim for i in indices)
                return list(at) == [("id", i) for i in indices] and dims == own and scope.sizes.get(n) == dim
        return False

    def _bound(self, tree: CoqTree, scope: Scope) -> tuple[str, str, CoqTree, Scope]:
        """Read `forall j, (j < n)%nat -> ...`."""
        match tree:
            case ("forall", ((str(j), ""),), ("->", ("nat", ("<", ("id", str(own)), ("id", str(n)))), rest)):
                if own == j and n in scope.sizes and j not in scope.sizes:
                    dim = scope.sizes[n]
                    return j, dim, _t(rest), scope.bound(j, self.reader.fresh(dim))
        raise UnreadableError("a quantifier over something else than an index")

    def _function(self, tree: CoqTree, scope: Scope) -> bool:
        for text in (one for _, one in SUPPOSED.values()):
            if tree == read_proposition(text):
                return True
        for coq in scope.functions:
            if (
                tree == read_proposition(f"forall x, is_derive {coq} x ({coq}' x)")
                and f"{coq}'" in scope.functions
            ):
                return True
        return False

    def _said(
        self, tree: CoqTree, scope: Scope, binders: tuple[Binder, ...], guards: tuple[Compare, ...]
    ) -> Term:
        """Return a hypothesis about reals as a term that is 1 where it holds."""
        if tree[0] == "forall":
            letter, _, tree, scope = self._bound(tree, scope)
            return self._said(tree, scope, (*binders, Binder(scope.indices[letter])), guards)
        if tree[0] == "->":
            premise = _t(tree[1])
            return self._said(_t(tree[2]), scope, binders, (*guards, self._compare(premise, scope)))
        return _told(binders, guards, self._compare(tree, scope))

    def _compare(self, tree: CoqTree, scope: Scope) -> Compare:
        sign = str(tree[0])
        if sign not in COMPARISONS and sign != "nat":
            raise UnreadableError(f"no comparison: {tree}")
        left, right = _t(tree[1]), _t(tree[-1])
        if sign == "nat":
            return self._order(left, scope)
        if _is_index(left, scope) and _is_index(right, scope):
            dim = self.reader.dim_of((left, right), scope)
            i, j = (self.reader.index(x, scope, dim) for x in (left, right))
            return Compare(Relation.EQUAL, Delta(i, j), ONE if sign == "=" else ZERO)
        return Compare(COMPARISONS[sign], self.reader.term(left, scope), self.reader.term(right, scope))

    def _order(self, tree: CoqTree, scope: Scope) -> Compare:
        """Read `(i < j)%nat` or `(j <= i)%nat` as an order of indices that holds, or does not."""
        if tree[0] not in ("<", "<="):
            raise UnreadableError(f"no order: {tree}")
        left, right = _t(tree[1]), _t(tree[2])
        dim = self.reader.dim_of((left, right), scope)
        i, j = (self.reader.index(x, scope, dim) for x in (left, right))
        return (
            Compare(Relation.EQUAL, Before(i, j), ONE)
            if tree[0] == "<"
            else Compare(Relation.EQUAL, Before(j, i), ZERO)
        )

    # ---- the conclusion

    def _conclusion(self, tree: CoqTree, scope: Scope) -> None:
        exists: list[Term] = []
        while tree[0] == "/\\":
            exists += self._exist(_t(tree[1]), scope)
            tree = _t(tree[2])
        left = canonical_form(self.equation.left)
        match tree:
            case ("app", ("id", "is_derive"), ("fun", str(t), body), point, value):
                relation = Relation.EQUAL
                said: Term = self.reader.derivative(t, _t(body), _t(point), scope)
                right = self.reader.term(_t(value), scope)
                whole = isinstance(left, Derivative)
            case ("=" | "<>" | "<" | "<=" | ">" | ">=" as sign, a, b):
                relation = COMPARISONS[sign]
                said, right, whole = self.reader.term(_t(a), scope), self.reader.term(_t(b), scope), False
            case _:
                raise UnreadableError(f"no conclusion: {tree}")
        same = relation is self.equation.relation
        if not same or not agree(said, self.equation.left) or not agree(right, self.equation.right):
            raise UnreadableError(f"it concludes {said} {relation} {right}, and not {self.equation}")
        wanted = [] if whole else _existing(left)
        if whole and isinstance(left, Derivative):
            wanted += [Derivative(one, left.variables) for one in _existing(left.body)]
        wanted += _existing(canonical_form(self.equation.right))
        for one in wanted:
            if not any(agree(one, other) for other in exists):
                raise UnreadableError(f"it does not say that a derivative exists: {one}")

    def _exist(self, tree: CoqTree, scope: Scope) -> list[Term]:
        """Return the derivatives of which a conjunct says that they exist, as terms."""
        match tree:
            case ("/\\", a, b):
                return [*self._exist(_t(a), scope), *self._exist(_t(b), scope)]
            case ("forall", *_):
                letter, _, rest, inner = self._bound(tree, scope)
                return [Big("sum", (Binder(inner.indices[letter]),), one) for one in self._exist(rest, inner)]
            case ("app", ("id", "ex_derive"), ("fun", str(t), body), point):
                return [Apply("exists", (self.reader.derivative(t, _t(body), _t(point), scope),))]
            case ("app", ("id", "locally"), point, ("fun", str(t), body)):
                variable = self.reader.entry(_t(point), scope)
                near = self._exist(_t(body), self.reader.moved(variable, t, scope))
                return [Derivative(one, (variable,)) for one in near]
        raise UnreadableError(f"neither the claim nor the existence of a derivative: {tree}")


def _satisfiable(tree: CoqTree, variables: tuple[tuple[str, str], ...], hypotheses: list[CoqTree]) -> None:
    """Check that the second theorem says of the hypotheses of the first, each of them, that they can be met at once."""
    if tree[:2] != ("exists", variables):
        raise UnreadableError("the second theorem is about something else")
    rest = _t(tree[2])
    for hypothesis in hypotheses[:-1]:
        if rest[0] != "/\\" or rest[1] != hypothesis:
            raise UnreadableError("the second theorem leaves a hypothesis out")
        rest = _t(rest[2])
    if rest != hypotheses[-1]:
        raise UnreadableError("the second theorem leaves a hypothesis out")


def _existing(term: Term) -> list[Term]:
    """Return the derivatives in a term of which has to be said that they exist, in the form of `_exist`."""
    match term:
        case Derivative(body, variables):
            return [*(Derivative(one, variables) for one in _existing(body)), Apply("exists", (term,))]
        case Big("sum", binders, body):
            return [Big("sum", tuple(Binder(b.index) for b in binders), one) for one in _existing(body)]
    return [one for child in children(term) for one in _existing(child)]


def _told(binders: tuple[Binder, ...], guards: tuple[Compare, ...], compare: Compare) -> Term:
    """Return what a hypothesis says as a term: under its indices and guards, 1 where the comparison holds."""
    term: Term = Where(compare, ONE, ZERO)
    apart = tuple(different_index(b.index, other) for b in binders for other in b.excluded)
    for guard in reversed((*apart, *guards)):
        term = Where(guard, term, ONE)
    for binder in reversed(binders):
        term = Big("prod", (Binder(binder.index),), term)
    return term


def _is_index(tree: CoqTree, scope: Scope) -> bool:
    head = tree[1] if tree[0] == "app" else tree
    labelled = isinstance(head, tuple) and head[0] == "id" and str(head[1]) in scope.labels
    return (tree[0] == "id" and str(tree[1]) in scope.indices) or tree[0] == "nat" or labelled


def _t(part: object) -> CoqTree:
    if not isinstance(part, tuple):
        raise UnreadableError(f"no expression: {part}")
    return part


def _wrong(what: str) -> bool:
    raise UnreadableError(f"a hypothesis that nobody supposes: {what}")
