"""What the theorem of a certificate says, read from its text back to terms, with nothing of what wrote it.

Whoever reads a certificate here learns which names stand for what; that each stands for it is checked: the body of
every definition is read and compared with the claim's, and every argument of every call with what the name means there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypeAlias

from derive.certificates.coq_syntax import CoqTree, UnreadableError
from derive.terms import (
    ONE,
    PI,
    Apply,
    Before,
    Big,
    Binder,
    Compare,
    Context,
    Delta,
    Derivative,
    Entry,
    Index,
    MatrixFunction,
    Number,
    Power,
    Relation,
    SizeNumber,
    Term,
    Where,
    add,
    divide,
    multiply,
    negate,
    reachable,
)

FUNCTIONS = {
    "exp": "exp", "ln": "log", "sin": "sin", "cos": "cos", "tan": "tan", "asin": "asin", "acos": "acos",
    "atan": "atan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "sqrt": "sqrt", "Rabs": "abs", "Rmax": "max",
    "Rmin": "min", "sigmoid": "sigmoid", "softplus": "softplus", "erf": "erf", "gamma": "gamma", "lgamma": "lgamma",
}  # fmt: skip
"""What the functions of Coq, Coquelicot and Spec.v are in the language."""

BRANCHES = {
    "where_gt": Relation.GREATER, "where_lt": Relation.LESS, "where_ge": Relation.AT_LEAST,
    "where_le": Relation.AT_MOST, "where_eq": Relation.EQUAL, "where_ne": Relation.UNEQUAL,
}  # fmt: skip
COMPARISONS = {
    "=": Relation.EQUAL, "<>": Relation.UNEQUAL, "<": Relation.LESS, "<=": Relation.AT_MOST, ">": Relation.GREATER,
    ">=": Relation.AT_LEAST,
}  # fmt: skip
REDUCTIONS = {"Sum": "sum", "Prod": "prod", "Max": "max"}
MATRIX_ENTRIES = {"Inv": "inv", "Adj": "adj"}
DETERMINANTS = {"Det": "det", "Logdet": "logdet"}
"""What Matrices.v defines of a matrix: entries, and numbers."""

# An array with entries replaced: (indices, variable), the first replaced first.
Replaced: TypeAlias = tuple[tuple[tuple[Index, ...], str], ...]


@dataclass(frozen=True, slots=True)
class DefinitionRead:
    """A definition of a file: its parameters by meaning and kind, its name in the claim, and the opened names."""

    parameters: tuple[tuple[str, str], ...]
    name: str
    opened: frozenset[str] = frozenset()
    table: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean at a place of a theorem.

    `sizes`, `arrays` and `functions` are Coq's names with those of the claim; `indices` are indices in force, `labels`
    are arrays of labels, with the sizes of their indices and the size of which they are labels, and
    `replaced` says of an array which entries are replaced here.
    """

    sizes: Mapping[str, str] = field(default_factory=dict)
    arrays: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    indices: Mapping[str, Index] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, tuple[str, ...], str]] = field(default_factory=dict)
    replaced: Mapping[str, Replaced] = field(default_factory=dict)

    def without(self, name: str) -> Scope:
        """Return the scope in which a name means nothing."""
        scope = self
        for attribute in ("sizes", "arrays", "functions", "indices", "labels"):
            kept = {k: v for k, v in getattr(self, attribute).items() if k != name}
            scope = replace(scope, **{attribute: kept})
        return scope

    def bound(self, name: str, index: Index) -> Scope:
        """Return the scope in which a name is an index."""
        scope = self.without(name)
        return replace(scope, indices={**scope.indices, name: index})


class TermReader:
    """Reads terms in the language of certificates, in the context of a claim."""

    def __init__(self, context: Context, definitions: Mapping[str, DefinitionRead]) -> None:
        self.context, self.definitions = context, definitions
        self.count = 0

    def fresh(self, dim: str) -> Index:
        """Return an index that stands nowhere yet."""
        self.count += 1
        return Index(f"#{self.count}", dim)

    def rank(self, name: str) -> int:
        """Return how many indices an array has, declared or defined."""
        if name in self.context.definitions:
            return len(self.context.definitions[name].parameters)
        return len(self.context.variables[name].dims)

    def dims(self, name: str) -> tuple[str, ...]:
        """Return the sizes of an array."""
        if name in self.context.definitions:
            return tuple(p.dim for p in self.context.definitions[name].parameters)
        return self.context.variables[name].dims

    # ---- reals

    def term(self, tree: CoqTree, scope: Scope) -> Term:
        """Return a real expression as a term."""
        match tree:
            case ("num", int(k)):
                return Number(Fraction(k))
            case ("+", a, b):
                return add(self.term(_tree(a), scope), self.term(_tree(b), scope))
            case ("-", a, b):
                return add(self.term(_tree(a), scope), negate(self.term(_tree(b), scope)))
            case ("*", a, b):
                return multiply(self.term(_tree(a), scope), self.term(_tree(b), scope))
            case ("/", a, b):
                return divide(self.term(_tree(a), scope), self.term(_tree(b), scope))
            case ("neg", a):
                return negate(self.term(_tree(a), scope))
            case ("inv", a):
                return divide(ONE, self.term(_tree(a), scope))
            case ("^", a, b):
                return Power(self.term(_tree(a), scope), self._whole(_tree(b), scope))
            case ("**", a, b):
                return self._real_power(self.term(_tree(a), scope), self.term(_tree(b), scope))
            case ("id", str(name)):
                return self._named(name, scope)
            case ("app", ("id", str(head)), *arguments):
                return self._applied(head, [_tree(a) for a in arguments], tree, scope)
            case ("app", *_):
                return self._entry(tree, scope)
        raise UnreadableError(f"no real expression: {tree}")

    def _whole(self, tree: CoqTree, scope: Scope) -> Term:
        match tree:
            case ("num", int(k)):
                return Number(Fraction(k))
            case ("id", str(name)) if name in scope.sizes:
                return SizeNumber(scope.sizes[name])
        raise UnreadableError(f"no whole exponent: {tree}")

    def _real_power(self, base: Term, exponent: Term) -> Term:
        """Return a power; an exponent that is whole by its definition would have another value at negative bases."""
        if isinstance(exponent, Number):
            if exponent.value.denominator == 1:
                raise UnreadableError("a whole exponent after **")
            return Power(base, exponent)
        inside = reachable((exponent,), self.context.definitions)
        if not any(isinstance(part, Entry) and part.name in self.context.variables for part in inside):
            raise UnreadableError("an exponent after ** that may be a whole number")
        return Power(base, exponent)

    def _named(self, name: str, scope: Scope) -> Term:
        if name == "PI":
            return PI
        return self._entry(("id", name), scope)

    def _applied(self, head: str, arguments: list[CoqTree], tree: CoqTree, scope: Scope) -> Term:
        known = head in scope.arrays or head in scope.functions or head in self.definitions
        if head in scope.functions and len(arguments) == 1:
            f, order = scope.functions[head]
            return Apply(f, (self.term(arguments[0], scope),), order)
        if head in self.definitions and self.definitions[head].table and head not in scope.arrays:
            return Apply(self.definitions[head].name, tuple(self.term(a, scope) for a in arguments))
        if known or head in ("put", "put2"):
            return self._entry(tree, scope)
        if head in FUNCTIONS:
            return Apply(FUNCTIONS[head], tuple(self.term(a, scope) for a in arguments))
        if head in BRANCHES and len(arguments) == 4:
            u, v, then, otherwise = (self.term(one, scope) for one in arguments)
            return Where(Compare(BRANCHES[head], u, v), then, otherwise)
        if head in REDUCTIONS and len(arguments) == 2:
            return self._reduction(REDUCTIONS[head], arguments[0], arguments[1], scope)
        if (head in MATRIX_ENTRIES and len(arguments) == 4) or (head in DETERMINANTS and len(arguments) == 2):
            return self._matrix_function(head, arguments, scope)
        match head, arguments:
            case "INR", [("id", str(n))] if n in scope.sizes:
                return SizeNumber(scope.sizes[n])
            case "delta", [a, b]:
                i, j = self._pair(a, b, scope)
                return Delta(i, j)
            case "before", [a, b]:
                return Before(*self._pair(a, b, scope))
            case "where_same" | "where_before", [a, b, first, second]:
                i, j = self._pair(a, b, scope)
                same = Compare(Relation.EQUAL, Delta(i, j) if head == "where_same" else Before(i, j), ONE)
                return Where(same, self.term(first, scope), self.term(second, scope))
            case "polygamma", [("nat", ("num", int(k))), a]:
                return Apply("polygamma", (Number(Fraction(k)), self.term(a, scope)))
            case "Derive", [("fun", str(t), body), point]:
                return self.derivative(t, _tree(body), point, scope)
        raise UnreadableError(f"{head} means nothing here, with {len(arguments)} arguments")

    def _reduction(self, operation: str, size: CoqTree, function: CoqTree, scope: Scope) -> Term:
        match size, function:
            case ("id", str(n)), ("fun", str(letter), body) if n in scope.sizes:
                self._unused(letter, scope)
                index = self.fresh(scope.sizes[n])
                inner, excluded, tree = scope.bound(letter, index), [], _tree(body)
                while operation == "sum":
                    match tree:
                        case ("app", ("id", "except"), left, ("id", str(own)), rest) if own == letter:
                            excluded.append(self.index(_tree(left), inner, index.dim))
                            tree = _tree(rest)
                        case _:
                            break
                if index in excluded:
                    raise UnreadableError("a sum that leaves its own index out")
                body_term = self.term(tree, inner)
                return Big(operation, (Binder(index, tuple(excluded)),), body_term)  # type: ignore[arg-type]
        raise UnreadableError(f"{operation} over something else than a size")

    def _matrix_function(self, head: str, arguments: list[CoqTree], scope: Scope) -> Term:
        size, matrix, *at = arguments
        match size, matrix:
            case ("id", str(n)), ("fun", str(row), ("fun", str(column), body)) if (
                n in scope.sizes and row != column
            ):
                dim, inner = scope.sizes[n], scope
                indices = self.fresh(dim), self.fresh(dim)
                for letter, index in zip((row, column), indices, strict=True):
                    self._unused(letter, scope)
                    inner = inner.bound(letter, index)
                entries = Big("array", tuple(map(Binder, indices)), self.term(_tree(body), inner))
                operation = MATRIX_ENTRIES.get(head) or DETERMINANTS[head]
                places = tuple(self.index(one, scope, dim) for one in at)
                return MatrixFunction(operation, entries, places)  # type: ignore[arg-type] # of the tables above
        raise UnreadableError(f"{head} of something else than a matrix over a size")

    def derivative(self, t: str, body: CoqTree, point: CoqTree, scope: Scope) -> Derivative:
        """Return a derivative: of a function of t, which replaces the entry at which it is taken."""
        variable = self._entry(point, scope)
        return Derivative(self.term(body, self.moved(variable, t, scope)), (variable,))

    def entry(self, tree: CoqTree, scope: Scope) -> Entry:
        """Return an entry of an array or of a definition."""
        return self._entry(tree, scope)

    def array(self, tree: CoqTree, scope: Scope) -> str:
        """Return an array of which no entry is replaced."""
        name, replaced = self._array(tree, scope)
        if replaced:
            raise UnreadableError(f"{name} with an entry replaced")
        return name

    def moved(self, variable: Entry, t: str, scope: Scope) -> Scope:
        """Return the scope in which an entry is the variable t."""
        self._unused(t, scope)
        scope = scope.without(t)
        now = (*scope.replaced.get(variable.name, ()), (variable.indices, t))
        return replace(scope, replaced={**scope.replaced, variable.name: now})

    def _unused(self, name: str, scope: Scope) -> None:
        """Refuse a bound name that hides a variable by which is differentiated: it would be meant, and not be it."""
        if any(t == name for replaced in scope.replaced.values() for _, t in replaced):
            raise UnreadableError(f"{name} is bound twice")

    # ---- indices

    def index(self, tree: CoqTree, scope: Scope, dim: str) -> Index:
        """Return an index of a size."""
        match tree:
            case ("id", str(name)) if name in scope.indices and scope.indices[name].dim == dim:
                return scope.indices[name]
            case ("nat", ("num", int(k))):
                return Index(k + 1, dim)
            case ("app", ("id", str(y)), *at) if y in scope.labels and scope.labels[y][2] == dim:
                name, dims, _ = scope.labels[y]
                if len(at) == len(dims):
                    places = zip(at, dims, strict=True)
                    return Index(name, dim, tuple(self.index(_tree(a), scope, d) for a, d in places))
        raise UnreadableError(f"no index of {dim}: {tree}")

    def _pair(self, left: CoqTree, right: CoqTree, scope: Scope) -> tuple[Index, Index]:
        dim = self.dim_of((left, right), scope)
        return self.index(left, scope, dim), self.index(right, scope, dim)

    def dim_of(self, trees: Iterable[CoqTree], scope: Scope) -> str:
        """Return the size over which indices run, of which one at least is no number."""
        for one in trees:
            head = _tree(one[1]) if one[0] == "app" else one
            if head[0] == "id" and str(head[1]) in scope.indices and head is one:
                return scope.indices[str(head[1])].dim
            if head[0] == "id" and str(head[1]) in scope.labels and head is not one:
                return scope.labels[str(head[1])][2]
        raise UnreadableError("indices of no size")

    # ---- entries and arrays

    def _entry(self, tree: CoqTree, scope: Scope) -> Entry:
        """Return an entry of an array, or of a definition with its arguments."""
        head, arguments = _split(tree)
        if head[0] == "id" and str(head[1]) in self.definitions and str(head[1]) not in scope.arrays:
            return self._call(str(head[1]), arguments, scope)
        if head[0] == "id" and str(head[1]) in ("put", "put2"):
            width = 3 if head[1] == "put" else 4
            name, replaced = self._array(("app", head, *arguments[:width]), scope)
            rest = arguments[width:]
        elif head[0] == "app":
            name, replaced = self._array(head, scope)
            rest = arguments
        else:
            name, replaced = self._array(head, scope)
            rest = arguments
        if replaced != scope.replaced.get(name, ()):
            raise UnreadableError(f"{name} does not stand for {name} here")
        return Entry(name, self._indices(name, rest, scope))

    def _indices(self, name: str, trees: list[CoqTree], scope: Scope) -> tuple[Index, ...]:
        dims = self.dims(name)
        if len(trees) != len(dims):
            raise UnreadableError(f"{name} has {len(dims)} indices, and not {len(trees)}")
        return tuple(self.index(one, scope, dim) for one, dim in zip(trees, dims, strict=True))

    def _array(self, tree: CoqTree, scope: Scope) -> tuple[str, Replaced]:
        """Return an array and the entries of it that are replaced."""
        match tree:
            case ("id", str(name)):
                for scalar, replaced in scope.replaced.items():
                    if replaced and replaced[-1] == ((), name):
                        return scalar, replaced
                if name in scope.arrays:
                    return scope.arrays[name], ()
                if name in self.definitions:
                    return self._whole_definition(name, [], scope)
            case ("app", ("id", "put"), base, i, ("id", str(t))):
                return self._put(_tree(base), [_tree(i)], t, scope)
            case ("app", ("id", "put2"), base, i, k, ("id", str(t))):
                return self._put(_tree(base), [_tree(i), _tree(k)], t, scope)
            case ("app", ("id", str(name)), *arguments) if name in self.definitions:
                return self._whole_definition(name, [_tree(a) for a in arguments], scope)
        raise UnreadableError(f"no array: {tree}")

    def _put(self, base: CoqTree, places: list[CoqTree], t: str, scope: Scope) -> tuple[str, Replaced]:
        name, replaced = self._array(base, scope)
        return name, (*replaced, (self._indices(name, places, scope), t))

    def _whole_definition(self, name: str, arguments: list[CoqTree], scope: Scope) -> tuple[str, Replaced]:
        definition = self.definitions[name]
        if definition.table or len(arguments) != self._depending(definition):
            raise UnreadableError(f"{name} with the wrong number of arguments")
        outer = replace(scope, replaced={n: r for n, r in scope.replaced.items() if n != definition.name})
        self._arguments(definition, arguments, outer)
        return definition.name, ()

    def _depending(self, definition: DefinitionRead) -> int:
        return len(definition.parameters) - self.rank(definition.name)

    def _call(self, name: str, arguments: list[CoqTree], scope: Scope) -> Entry:
        definition = self.definitions[name]
        if definition.table:
            raise UnreadableError(f"{name} is a function")
        if definition.name in {n for n, r in scope.replaced.items() if r}:
            raise UnreadableError(f"{definition.name} is a variable here")
        count = self._depending(definition)
        self._arguments(definition, arguments[:count], scope)
        self._opened(definition, scope)
        return Entry(definition.name, self._indices(definition.name, arguments[count:], scope))

    def _opened(self, definition: DefinitionRead, scope: Scope) -> None:
        """Refuse a definition that depends on what varies here and was not opened for it."""
        body = self.context.definitions[definition.name].body
        others = {n: d for n, d in self.context.definitions.items() if n not in definition.opened}
        inside = {part.name for part in reachable((body,), others) if isinstance(part, Entry)}
        for name, replaced in scope.replaced.items():
            if (
                replaced
                and name in self.context.definitions
                and name in inside
                and name not in definition.opened
            ):
                raise UnreadableError(
                    f"{definition.name} depends on {name}, and is not written as a function of it"
                )

    def _arguments(self, definition: DefinitionRead, arguments: list[CoqTree], scope: Scope) -> None:
        """Check that each argument of a call is what the parameter of that name is at this place."""
        parameters = definition.parameters[: self._depending(definition)]
        if len(arguments) != len(parameters):
            raise UnreadableError(f"{definition.name} with the wrong number of arguments")
        for (meaning, kind), argument in zip(parameters, arguments, strict=True):
            if not self._stands_for(meaning, kind, argument, scope):
                raise UnreadableError(f"{definition.name} with something else in the place of {meaning}")

    def _stands_for(self, meaning: str, kind: str, argument: CoqTree, scope: Scope) -> bool:
        if kind == "labels":
            return (
                argument[0] == "id"
                and str(argument[1]) in scope.labels
                and scope.labels[str(argument[1])][0] == meaning
            )
        if kind == "size":
            return argument[0] == "id" and scope.sizes.get(str(argument[1])) == meaning
        if kind == "label":
            found = scope.indices.get(str(argument[1])) if argument[0] == "id" else None
            return found is not None and found == self.context.labels[meaning]
        if kind == "function":
            name = str(argument[1]) if argument[0] == "id" else ""
            known = scope.functions.get(name)
            return meaning == (f"{known[0]}'{known[1]}" if known is not None else name)
        return self._array(argument, scope) == (meaning, scope.replaced.get(meaning, ()))


def _tree(part: object) -> CoqTree:
    if not isinstance(part, tuple):
        raise UnreadableError(f"no expression: {part}")
    return part


def _split(tree: CoqTree) -> tuple[CoqTree, list[CoqTree]]:
    if tree[0] != "app":
        return tree, []
    return _tree(tree[1]), [_tree(a) for a in tree[2:]]
