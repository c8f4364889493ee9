"""From terms to expressions as statements show them, with the letters of bound indices made unique.

Nothing here is believed: what a statement says is read back from its text.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping

from derive.certificates.expressions import (
    Real,
    UnsupportedError,
    fold,
    indices_at,
    indices_of,
    inv,
    num,
    opp,
    rebuild,
    renamed,
    walk,
)
from derive.terms import (
    ONE,
    ZERO,
    Add,
    Apply,
    Before,
    Big,
    Compare,
    Constant,
    Context,
    Delta,
    Derivative,
    Entry,
    Equation,
    Index,
    MatrixFunction,
    Multiply,
    Number,
    Power,
    Relation,
    SizeNumber,
    Term,
    Where,
    reachable,
)
from derive.terms.functions import TABLE

COQ_FUNCTIONS: dict[str, str] = {
    "exp": "exp", "log": "ln", "sin": "sin", "cos": "cos", "tan": "tan", "asin": "asin", "acos": "acos",
    "atan": "atan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "sqrt": "sqrt", "abs": "Rabs",
    "sigmoid": "sigmoid", "softplus": "softplus", "erf": "erf",
}  # fmt: skip
"""The functions of the language that Coq, Coquelicot or Spec.v have, and their names there."""

PAIRWISE: dict[str, str] = {"max": "Rmax", "min": "Rmin"}
SUPPOSED: dict[str, tuple[str, str]] = {
    "gamma": ("R -> R", "forall x, 0 < x -> 0 < gamma x /\\ is_derive gamma x (gamma x * polygamma 0%nat x)"),
    "lgamma": ("R -> R", "forall x, 0 < x -> is_derive lgamma x (polygamma 0%nat x)"),
    "polygamma": ("nat -> R -> R", "forall k x, 0 < x -> is_derive (polygamma k) x (polygamma (S k) x)"),
}
"""Functions that no library has: a theorem says of them that it holds for all with these derivatives."""

WHERE: dict[Relation, str] = {
    Relation.GREATER: "where_gt", Relation.LESS: "where_lt", Relation.AT_LEAST: "where_ge",
    Relation.AT_MOST: "where_le", Relation.EQUAL: "where_eq", Relation.UNEQUAL: "where_ne",
}  # fmt: skip

BIG: dict[str, str] = {"sum": "Sum", "mean": "Sum", "prod": "Prod", "max": "Max"}
MATRIX: dict[str, str] = {"inv": "Inv", "adj": "Adj", "det": "Det", "logdet": "Logdet"}

Letters = Mapping[Index, str]


class Translation:
    """The terms of one context as expressions. `letters` are the letters that unique names of bound indices had."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.letters: dict[str, str] = {}
        self.called: dict[str, None] = {}  # functions of the table that the file has to define
        self.orders = 0  # the highest derivative of a declared function in a statement, and one for each D
        self._numbers = itertools.count(1)
        self._uses: dict[tuple[str, frozenset[str]], set[tuple[str, str]]] = {}
        self._bodies: dict[str, tuple[tuple[str, ...], Real]] = {}

    def fresh(self, prefix: str = "j") -> str:
        """Return a name that stands nowhere yet."""
        return f"{prefix}{next(self._numbers)}"

    def definition(self, name: str) -> tuple[tuple[str, ...], Real]:
        """Return the parameters and the body of a definition."""
        if name not in self._bodies:
            definition = self.context.definitions[name]
            letters = {p: self.index(p) for p in definition.parameters}
            self._bodies[name] = tuple(letters.values()), self.expression(definition.body, letters)
        return self._bodies[name]

    def index(self, index: Index, letters: Letters | None = None) -> str:
        """Return an index by its name; a position from 1 is a number from 0."""
        if any(one.at for one in index.at):
            raise UnsupportedError("the label of a sample within another one")
        if index.at:
            return " ".join([str(index.name), *(self.index(one, letters) for one in index.at)])
        if letters and index in letters:
            return letters[index]
        return str(index.name - 1) if isinstance(index.name, int) else index.name

    def indices(self, indices: Iterable[Index], letters: Letters) -> tuple[str, ...]:
        """Return several indices."""
        return tuple(self.index(i, letters) for i in indices)

    def expression(self, term: Term, letters: Letters) -> Real:
        """Return a term as an expression; raise `UnsupportedError` for what certificates cannot say."""
        match term:
            case Number(value):
                return num(value)
            case Constant():
                return ("pi",)
            case SizeNumber(name):
                return "size", name
            case Entry(name, indices):
                kind = "def" if name in self.context.definitions else "ent"
                return kind, name, self.indices(indices, letters)
            case Add():
                return self._sum(term, letters)
            case Multiply():
                return self._product(term, letters)
            case Power():
                return self._power(term, letters)
            case Apply():
                return self._apply(term, letters)
            case Delta(left, right) | Before(left, right):
                kind = "delta" if isinstance(term, Delta) else "before"
                return kind, self.index(left, letters), self.index(right, letters)
            case Where():
                return self._where(term, letters)
            case Big() | MatrixFunction():
                return self._big(term, letters) if isinstance(term, Big) else self._matrix(term, letters)
            case Derivative(body, variables):
                e = self.expression(body, letters)
                for v in variables:
                    defined = v.name in self.context.definitions
                    e = "D", e, v.name, self.indices(v.indices, letters), defined
                return e
        raise UnsupportedError(f"a term of the kind {type(term).__name__}")

    def _sum(self, term: Add, letters: Letters) -> Real:
        def join(a: Real, b: Real) -> Real:
            return (
                ("sub", a, b[1])
                if b[0] == "opp"
                else ("sub", a, num(-b[1]))
                if b[0] == "num" and b[1] < 0
                else ("add", a, b)
            )

        return fold(join, [self.expression(t, letters) for t in term.terms])

    def _product(self, term: Multiply, letters: Letters) -> Real:
        first, *rest = term.factors
        if rest and isinstance(first, Number) and first.value < 0:
            value = -first.value
            inner = (*rest,) if value == 1 else (Number(value), *rest)
            return opp(self.expression(inner[0] if len(inner) == 1 else Multiply(inner), letters))

        def join(a: Real, b: Real) -> Real:
            return ("div", a, b[1]) if b[0] == "inv" else ("mul", a, b)

        return fold(join, [self.expression(f, letters) for f in term.factors])

    def _power(self, term: Power, letters: Letters) -> Real:
        base, exponent = self.expression(term.base, letters), term.exponent
        if isinstance(exponent, Number):
            value = exponent.value
            if value.denominator == 1:
                k = int(value)
                return ("pow", base, k) if k >= 0 else inv(base if k == -1 else ("pow", base, -k))
            return "rpow", base, num(value)
        if isinstance(exponent, SizeNumber):
            return "npow", base, exponent.name
        if not any(
            isinstance(p, Entry) and p.name in self.context.variables
            for p in reachable((exponent,), self.context.definitions)
        ):
            raise UnsupportedError("an exponent that is a number by its definition")
        return "rpow", base, self.expression(exponent, letters)

    def _apply(self, term: Apply, letters: Letters) -> Real:
        name = term.function
        arguments = [self.expression(a, letters) for a in term.arguments]
        if name not in TABLE:
            if len(arguments) != 1 or name in self.context.signatures:
                raise UnsupportedError(f"the function {name} of {len(arguments)} arguments")
            return "fn", ("declared", name, term.order), arguments[0]
        if term.order:
            raise UnsupportedError(f"a derivative of {name} that is a function of its own")
        if name in COQ_FUNCTIONS:
            return "fn", COQ_FUNCTIONS[name], arguments[0]
        if name in PAIRWISE:
            return fold(lambda a, b: ("fn", PAIRWISE[name], a, b), arguments)
        if name == "polygamma":
            order = term.arguments[0]
            if not isinstance(order, Number) or order.value.denominator != 1 or order.value < 0:
                raise UnsupportedError("polygamma of an order that is no whole number")
            return "fn", ("polygamma", int(order.value)), arguments[1]
        if name in SUPPOSED:
            return "fn", (name,), arguments[0]
        row = TABLE[name]
        if row.expansion is None or row.arity is None:
            raise UnsupportedError(f"the function {name}, which Coq's libraries do not have")
        if supposes(name):
            return self.expression(row.expansion(*term.arguments), letters)
        self.table_definition(name)
        return "call", name, *arguments

    def table_definition(self, name: str) -> tuple[tuple[str, ...], Real]:
        """Return a defined function of the table as a definition of its arguments, `x`, `y`, `z`."""
        row = TABLE[name]
        parameters = ("x", "y", "z")[: row.arity]
        if row.expansion is None:
            raise UnsupportedError(f"the function {name}")
        bare = Translation(Context())
        bare._numbers = self._numbers
        body = bare.expression(row.expansion(*(Entry(p) for p in parameters)), {})
        self.called.update(bare.called)
        self.called[name] = None
        return parameters, body

    def _where(self, term: Where, letters: Letters) -> Real:
        condition = term.condition
        then, otherwise = (self.expression(t, letters) for t in (term.then, term.otherwise))
        if isinstance(condition.left, Delta | Before):
            kind = "where_same" if isinstance(condition.left, Delta) else "where_before"
            holds = equal_indices(condition)
            if holds is None:
                raise UnsupportedError("a comparison with a delta")
            pair = (self.index(x, letters) for x in (condition.left.left, condition.left.right))
            return kind, *pair, *((then, otherwise) if holds else (otherwise, then))
        left, right = (self.expression(t, letters) for t in (condition.left, condition.right))
        return WHERE[condition.relation], left, right, then, otherwise

    def _big(self, term: Big, letters: Letters) -> Real:
        if term.operation not in BIG:
            raise UnsupportedError(f"{term.operation} over an index")
        inner, names = dict(letters), []
        for binder in term.binders:
            name = self.fresh()
            excluded = self.indices(binder.excluded, inner)
            if excluded and term.operation != "sum":
                raise UnsupportedError(f"{term.operation} over an index that leaves one out")
            inner[binder.index] = name
            self.letters[name] = str(binder.index.name)
            names.append((name, binder.index.dim, excluded))
        e = self.expression(term.body, inner)
        for name, dim, excluded in reversed(names):
            for other in reversed(excluded):
                e = "except", other, name, e
            e = (
                ("sum", name, dim, e)
                if term.operation in ("sum", "mean")
                else ("big", BIG[term.operation], name, dim, e)
            )
        if term.operation == "mean":
            for _, dim, _ in names:
                e = "div", e, ("size", dim)
        return e

    def _matrix(self, term: MatrixFunction, letters: Letters) -> Real:
        """Return a function of a matrix, whose row and column are bound."""
        (rows, columns), inner = term.matrix.binders, dict(letters)
        if rows.index.dim != columns.index.dim or rows.excluded or columns.excluded:
            raise UnsupportedError("a matrix over two sizes, or without some of its entries")
        names = self.fresh(), self.fresh()
        for name, binder in zip(names, (rows, columns), strict=True):
            inner[binder.index] = name
            self.letters[name] = str(binder.index.name)
        body = self.expression(term.matrix.body, inner)
        if any(part[0] == "D" for part in walk(body)):
            raise UnsupportedError("a derivative in a matrix that is inverted, or has a determinant")
        return "mat", MATRIX[term.operation], rows.index.dim, *names, body, self.indices(term.at, letters)

    def refreshed(self, e: Real) -> Real:
        """Return the expression with new names for its bound indices."""
        if e[0] == "mat":
            _, function, dim, *old, body, at = e
            names = dict(zip(old, (self.fresh(), self.fresh()), strict=True))
            self.letters |= {new: self.letters.get(one, one) for one, new in names.items()}
            return "mat", function, dim, *names.values(), self.refreshed(renamed(body, names)), at
        if e[0] not in ("sum", "big"):
            return rebuild(e, self.refreshed)
        *kind, old, dim, body = e
        name = self.fresh()
        self.letters[name] = self.letters[old] if old in self.letters else str(old)
        return *kind, name, dim, self.refreshed(renamed(body, {old: name}))

    def unfolded(self, name: str, indices: Iterable[str]) -> Real:
        """Return the body of a definition at some indices, its bound indices new."""
        parameters, body = self.definition(name)
        return self.refreshed(renamed(body, dict(zip(parameters, indices, strict=True))))

    def uses(self, e: Real, opened: frozenset[str] = frozenset()) -> set[tuple[str, str]]:
        """Return what an expression uses, through definitions other than the opened ones, which count as arrays.

        A pair is a kind and a name: `a` array, `n` size, `i` label, `f` function, `d` definition.
        """
        found: set[tuple[str, str]] = set()
        labels = self.context.labels
        for part in walk(e):
            kind = part[0]
            if kind == "D":
                part = ("def" if part[4] else "ent", part[2], part[3])
                kind = part[0]
            found |= {("i", i) for i in indices_of(part) if i in labels}
            found |= {("a", i.split(" ")[0]) for i in indices_at(part) if " " in i}
            if kind == "fn" and part[1] in (("lgamma",), ("gamma",)):
                found.add(("f", "polygamma"))  # its derivative
            if kind == "ent":
                found.add(("a", part[1]))
            elif kind == "size":
                found.add(("n", part[1]))
            elif kind == "npow":
                found.add(("n", part[2]))
            elif kind in ("sum", "big"):
                found.add(("n", part[-2]))
            elif kind == "mat":
                found.add(("n", part[2]))
            elif kind == "fn" and isinstance(part[1], tuple):
                found.add(("f", part[1][1] if part[1][0] == "declared" else part[1][0]))
            elif kind == "def":
                name = part[1]
                if name in opened:
                    found.add(("a", name))
                else:
                    found |= self._uses_of(name, opened) | {("d", name)}
        return found

    def _uses_of(self, name: str, opened: frozenset[str]) -> set[tuple[str, str]]:
        """Return what a definition uses; what recurs is found once."""
        if (name, opened) not in self._uses:
            self._uses[name, opened] = self.uses(self.definition(name)[1], opened)
        return self._uses[name, opened]


def holds_still(equation: Equation, context: Context) -> bool:
    """Return whether a derivative is taken of what `stop_gradient` holds still: that is no derivative of Coq's."""
    parts = list(reachable((equation.left, equation.right), context.definitions))
    still = any(isinstance(part, Apply) and part.function == "stop_gradient" for part in parts)
    return still and any(isinstance(part, Derivative) for part in parts)


def supposes(name: str) -> bool:
    """Return whether a defined function of the table is made of functions that no library has: it is written out."""
    row = TABLE[name]
    if row.expansion is None or row.arity is None:
        return False
    body = row.expansion(*(Entry(p) for p in "xyz"[: row.arity]))
    inside = {part.function for part in reachable((body,), {}) if isinstance(part, Apply)}
    return any(f in SUPPOSED or supposes(f) for f in inside)


def equal_indices(condition: Compare) -> bool | None:
    """Return whether a comparison with a delta, or an order, says that it is 1 or that it is 0; else `None`."""
    if condition.relation not in (Relation.EQUAL, Relation.UNEQUAL) or condition.right not in (ONE, ZERO):
        return None
    return (condition.right == ONE) == (condition.relation is Relation.EQUAL)
