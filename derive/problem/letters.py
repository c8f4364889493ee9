"""The reader's own letters for the names of a problem, replaced all at once. A clash is an error, never a capture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from derive.errors import DeriveError
from derive.problem.names import objection
from derive.problem.problems import Claim, Problem, ProblemItem, Show
from derive.terms import (
    Apply,
    Big,
    Binder,
    Compare,
    Context,
    Definition,
    Derivative,
    Entry,
    Index,
    IndexPair,
    IndexRelation,
    MatrixFunction,
    SizeNumber,
    Term,
    UnknownValue,
    own_indices,
    rebuild,
    walk,
)


def with_symbols(problem: Problem, symbols: Mapping[str, str]) -> Problem:
    """Return the problem with its names, and the letters of its indices, replaced.

    Raises `DeriveError` for a new name that the problem uses already, that two names would share, or that the
    language keeps for itself.
    """
    used = names_of(problem)
    mine = {old: new for old, new in symbols.items() if old in used}
    functions = {name for context in _contexts(problem) for name in context.functions}
    for old, new in mine.items():
        why = _objection(old, mine, used - mine.keys(), functions)
        if why is not None:
            raise DeriveError(f"{old} cannot be called {new}: {why}")
    if not mine:
        return problem
    renamer = _Renamer(mine, functions)
    items = tuple(renamer.item(item) for item in problem.items)
    return replace(problem, items=items, context=renamer.context(problem.context))


def _objection(old: str, mine: Mapping[str, str], taken: set[str], functions: set[str]) -> str | None:
    new = mine[old]
    shared = next((one for one in mine if one != old and mine[one] == new), None)
    if shared is not None:
        return f"{shared} would be {new} too"
    if new in taken:
        return f"{new} is taken"
    why = objection(new, "function" if old in functions else "variable")
    return f"{new} is taken: {why}" if why is not None and new.isidentifier() else why


def _contexts(problem: Problem) -> list[Context]:
    return [problem.context, *(one.context for one in problem.items if isinstance(one, Claim | Show))]


def names_of(problem: Problem) -> set[str]:
    """Return every name and every letter of an index that a problem uses."""
    found: set[str] = set()
    for context in _contexts(problem):
        found |= {
            *context.sizes,
            *context.variables,
            *context.labels,
            *context.functions,
            *context.signatures,
            *context.definitions,
        }
    for term in _terms(problem):
        for part in walk(term):
            found |= {str(index.name) for index in own_indices(part)}
    return found | {str(i.name) for one in problem.context.definitions.values() for i in one.parameters}


def _terms(problem: Problem) -> Iterator[Term]:
    for item in problem.items:
        if isinstance(item, Claim):
            yield from (side.term for side in item.sides)
        elif isinstance(item, Show):
            yield item.term
    for definition in problem.context.definitions.values():
        yield definition.body
    for hypothesis in problem.context.hypotheses:
        yield from (hypothesis.condition.left, hypothesis.condition.right)


class _Renamer:
    """One renaming, injective on the names of its problem; a function of the table keeps its name."""

    def __init__(self, symbols: Mapping[str, str], functions: set[str]) -> None:
        self.symbols = symbols
        self.functions = functions

    def name(self, old: str) -> str:
        return self.symbols.get(old, old)

    def index(self, old: Index) -> Index:
        name = old.name if isinstance(old.name, int) else self.name(old.name)
        return Index(name, self.name(old.dim), tuple(map(self.index, old.at)))

    def entry(self, old: Entry) -> Entry:
        return Entry(self.name(old.name), tuple(map(self.index, old.indices)))

    def term(self, node: Term) -> Term:
        match node:
            case Entry():
                return self.entry(node)
            case SizeNumber(name):
                return SizeNumber(self.name(name))
            case IndexPair(left, right):
                return type(node)(self.index(left), self.index(right))
            case Apply(function, arguments, order):
                name = self.name(function) if function in self.functions else function
                return Apply(name, tuple(map(self.term, arguments)), order)
            case Big(operation, binders, body):
                new = (Binder(self.index(b.index), tuple(map(self.index, b.excluded))) for b in binders)
                return Big(operation, tuple(new), self.term(body))
            case MatrixFunction(operation, matrix, at):
                inside = self.term(matrix)
                assert isinstance(inside, Big)  # noqa: S101 - renamed as it was
                return MatrixFunction(operation, inside, tuple(map(self.index, at)))
            case UnknownValue(name, arguments, partials):
                places = tuple((k, tuple(map(self.index, at))) for k, at in partials)
                return UnknownValue(self.name(name), tuple(map(self.term, arguments)), places)
            case Derivative(body, variables):
                return Derivative(self.term(body), tuple(map(self.entry, variables)))
        return rebuild(node, self.term)

    def compare(self, old: Compare) -> Compare:
        return Compare(old.relation, self.term(old.left), self.term(old.right))

    def when(self, old: tuple[IndexRelation, ...]) -> tuple[IndexRelation, ...]:
        return tuple(replace(one, left=self.index(one.left), right=self.index(one.right)) for one in old)

    def context(self, old: Context) -> Context:
        name = self.name
        variables = (
            replace(one, name=name(one.name), dims=tuple(map(name, one.dims)))
            for one in old.variables.values()
        )
        definitions = (
            Definition(name(one.name), tuple(map(self.index, one.parameters)), self.term(one.body))
            for one in old.definitions.values()
        )
        return Context(
            {name(one.name): replace(one, name=name(one.name)) for one in old.sizes.values()},
            {one.name: one for one in variables},
            {name(label): self.index(index) for label, index in old.labels.items()},
            frozenset(map(name, old.functions)),
            {
                name(function): tuple((name(one), tuple(map(name, dims))) for one, dims in of)
                for function, of in old.signatures.items()
            },
            {one.name: one for one in definitions},
            tuple(replace(one, condition=self.compare(one.condition), text="") for one in old.hypotheses),
            tuple((self.index(left), self.index(right)) for left, right in old.distinct),
        )

    def item(self, old: ProblemItem) -> ProblemItem:
        if isinstance(old, Show):
            term = self.term(old.term)
            return replace(old, term=term, text=str(term), context=self.context(old.context))
        if not isinstance(old, Claim):
            return old
        sides = tuple(
            replace(side, term=term, text=str(term))
            for side, term in ((side, self.term(side.term)) for side in old.sides)
        )
        when = self.when(old.when)
        cases = f" when {', '.join(map(str, when))}" if when else ""
        rest = (f" {link[1]} {side.text}" for link, side in zip(old.links, sides[1:], strict=True))
        text = sides[0].text + "".join(rest) + cases
        return replace(old, sides=sides, when=when, text=text, context=self.context(old.context))
