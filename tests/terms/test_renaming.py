"""Renaming keeps the meaning: what is renamed means at a place what it meant at the place that is meant now.

Letters clash on purpose: of three, in terms that bind the same ones again and exclude one another.
"""

from __future__ import annotations

import ast
import itertools
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.kernel.domain import Condition
from derive.terms import (
    Add,
    Big,
    Binder,
    Compare,
    Definition,
    Delta,
    Derivative,
    Entry,
    Index,
    IndexRelation,
    Multiply,
    Number,
    Relation,
    Term,
    Where,
    bind_anew,
    canonical,
    different_index,
    free_indices,
    fresh_index,
    identified,
    instantiate,
    merging,
    open_binders,
    rename,
    renamed,
    same,
    same_index,
)
from derive.terms.nodes import term
from tests.test_architecture import MODULES, name_of, parse

PLACES = (1, 2)
LETTERS = tuple(Index(name, "n") for name in ("i", "j", "k"))
OTHERS = (*LETTERS, Index("j_1", "n"), Index("@0", "n"), Index("@1", "n"))
Where_ = Mapping[Index, int]

# ---------------------------------------------------------------- what a term means, well enough to tell two apart


def value(node: Term, at: Where_) -> int:
    """Return a number made of every part of a term at a place; a D is a number made of what is inside."""
    match node:
        case Number(number):
            return int(number)
        case Entry(name, indices):
            return _mixed(name, *(place(i, at) for i in indices))
        case Delta(left, right):
            return int(place(left, at) == place(right, at))
        case Add(terms):
            return sum(value(one, at) for one in terms)
        case Multiply(factors):
            return _mixed("*", *(value(one, at) for one in factors))
        case Where(condition, then, otherwise):
            return value(then if truth(condition, at) else otherwise, at)
        case Derivative(body, variables):
            return _mixed("D", value(body, at), *(value(one, at) for one in variables))
        case Big(operation, binders, body):
            return _mixed(operation, *(value(body, inner) for inner in under(binders, at)))
    raise TypeError(node)


def truth(compare: Compare, at: Where_) -> bool:
    return _mixed(compare.relation, value(compare.left, at), value(compare.right, at)) % 2 == 0


def meaning(condition: Condition, at: Where_) -> list[tuple[bool, ...]]:
    parts = (condition.compare, *condition.guards)
    return [tuple(truth(part, inner) for part in parts) for inner in under(condition.binders, at)]


def under(binders: tuple[Binder, ...], at: Where_) -> Iterator[Where_]:
    """Yield the places under binders, outermost first."""
    if not binders:
        yield at
        return
    first, *rest = binders
    without = {place(i, at) for i in first.excluded}
    for position in PLACES:
        if position not in without:
            yield from under(tuple(rest), {**at, first.index: position})


def place(index: Index, at: Where_) -> int:
    return index.name if isinstance(index.name, int) else at[index]


def _mixed(*parts: object) -> int:
    return zlib.crc32(repr(parts).encode()) % 10_007


def places() -> Iterator[Where_]:
    for chosen in itertools.product(PLACES, repeat=len(OTHERS)):
        yield dict(zip(OTHERS, chosen, strict=True))


# ---------------------------------------------------------------- terms in which letters clash

indices = st.sampled_from(OTHERS)
entries = st.builds(Entry, st.sampled_from("xy"), st.tuples(indices) | st.tuples(indices, indices))
binders = st.builds(Binder, indices, st.lists(indices, max_size=2).map(tuple)).filter(
    lambda b: b.index not in b.excluded
)
under_them = st.lists(binders, min_size=1, max_size=2, unique_by=lambda b: b.index).map(tuple)
compares = st.builds(Compare, st.sampled_from((Relation.LESS, Relation.EQUAL)), entries, entries) | st.builds(
    same_index, indices, indices
)


def _larger(inside: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    several = st.lists(inside, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Add, several),
        st.builds(Multiply, several),
        st.builds(Where, compares, inside, inside),
        st.builds(Derivative, inside, st.tuples(entries)),
        st.builds(Big, st.sampled_from(("sum", "prod", "max")), under_them, inside),
    )


terms = st.recursive(st.one_of(entries, st.builds(Delta, indices, indices)), _larger, max_leaves=6)
sides = st.builds(Compare, st.sampled_from((Relation.LESS, Relation.EQUAL)), terms, terms)
conditions = st.builds(
    Condition, sides, under_them | st.just(()), st.lists(compares | sides, max_size=2).map(tuple)
)
renamings = st.dictionaries(indices, st.sampled_from((*OTHERS, Index(1, "n"))), min_size=1, max_size=3)


def meant(renaming: Mapping[Index, Index], at: Where_) -> Where_:
    return {old: place(renamed(old, renaming), at) for old in OTHERS}


@given(terms, renamings)
def test_a_term(node: Term, renaming: dict[Index, Index]) -> None:
    changed = rename(node, renaming)
    for at in places():
        assert value(changed, at) == value(node, meant(renaming, at))
    assert set(free_indices(changed)) == {renamed(i, renaming) for i in free_indices(node)}


@given(sides, renamings)
def test_a_comparison(compare: Compare, renaming: dict[Index, Index]) -> None:
    changed = rename(compare, renaming)
    for at in places():
        assert truth(changed, at) == truth(compare, meant(renaming, at))


@given(conditions, renamings)
def test_a_condition_with_its_binders_and_guards(condition: Condition, renaming: dict[Index, Index]) -> None:
    changed = condition.renamed(renaming)
    for at in places():
        assert meaning(changed, at) == meaning(condition, meant(renaming, at))


def test_a_condition_whose_binder_would_capture() -> None:
    i, j, k = LETTERS
    x = [Entry("x", (index,)) for index in LETTERS]
    condition = Condition(Compare(Relation.UNEQUAL, x[0], x[1]), (Binder(j, (i,)),), (different_index(i, k),))
    assert str(condition.renamed({i: j, k: i})) == "x[j] != x[j_1] for all j_1 != j where j != i"
    twice = Condition(Compare(Relation.UNEQUAL, x[0], x[1]), (Binder(j, (i,)), Binder(k, (i, j))))
    assert str(twice.renamed({i: k})) == "x[k] != x[j] for all j != k"


@given(terms)
def test_bound_indices_under_other_names(node: Term) -> None:
    """Their names mean nothing: what is numbered or named freshly means the same, and is the same to `same`."""
    if isinstance(node, Big):
        opened = open_binders(node, {i.name for i in OTHERS})
        assert same(opened, node)
        assert all(value(opened, at) == value(node, at) for at in places())
    numbered = canonical(node)
    assert canonical(numbered) == numbered
    free = set(free_indices(node))
    assert set(free_indices(numbered)) == free


@given(terms, terms | st.none(), renamings)
def test_terms_that_are_the_same_mean_the_same(
    left: Term, other: Term | None, renaming: dict[Index, Index]
) -> None:
    right = rename(left, renaming) if other is None else other
    assert same(left, right) == (canonical(left) == canonical(right))
    assert same(left, left)
    if same(left, right):
        assert all(value(left, at) == value(right, at) for at in places())


def test_what_recurs_is_compared_once() -> None:
    """Forty doublings: a thousand billion terms, if they were counted one by one."""
    i, j, k = LETTERS
    for mine, theirs in ((i, i), (j, k)):
        left: Term = Entry("x", (mine,))
        right: Term = Entry("x", (theirs,))
        for _ in range(40):
            left, right = Multiply((left, left)), Multiply((right, right))
        if mine != theirs:
            left, right = Big("sum", (Binder(mine),), left), Big("sum", (Binder(theirs),), right)
        assert same(left, right)


@given(terms, st.tuples(indices, indices), terms)
def test_parts_that_are_unfolded(body: Term, arguments: tuple[Index, ...], other: Term) -> None:
    """A part stands for what it is at its arguments, under binders as well, and for nothing else."""
    parameters = tuple(Index(f"?{number}", "n") for number in range(len(free_indices(body))))
    part = Definition("f", parameters, rename(body, dict(zip(free_indices(body), parameters, strict=True))))
    chosen = (arguments * 3)[: len(parameters)]
    used, meant_by_it = Entry("f", chosen), instantiate(part, chosen)
    binder = (Binder(arguments[0]),)
    for one, unfolded in (
        (used, meant_by_it),
        (Add((used, other)), Add((meant_by_it, other))),
        (Big("sum", binder, used), Big("sum", binder, meant_by_it)),
    ):
        assert same(one, unfolded, {"f": part})
        assert not same(Add((one, one)), unfolded, {"f": part})
    assert same(used, other, {"f": part}) == same(meant_by_it, other)


def test_numbered_names_that_are_taken() -> None:
    """An index that is called as bound ones are numbered is not one of them."""
    zero, one, j = Index("@0", "n"), Index("@1", "n"), Index("j", "n")
    square = Big("sum", (Binder(j),), Entry("x", (j, j)))
    mixed = Big("sum", (Binder(j),), Entry("x", (j, zero)))
    assert not same(square, mixed)
    assert same(mixed, Big("sum", (Binder(one),), Entry("x", (one, zero))))


@given(terms, st.tuples(indices, indices), st.tuples(indices, indices))
def test_a_definition_at_its_arguments(
    body: Term, parameters: tuple[Index, ...], arguments: tuple[Index, ...]
) -> None:
    if len(set(parameters)) < 2:
        return
    node = instantiate(Definition("f", parameters, body), arguments)
    renaming = dict(zip(parameters, arguments, strict=True))
    assert all(value(node, at) == value(body, meant(renaming, at)) for at in places())


def test_names_that_are_not_free() -> None:
    i, j, k = LETTERS
    node = Big("sum", (Binder(j), Binder(k, (j,))), Entry("x", (i, j, k)))
    for name in (i, j):  # one captures, one is the other's
        with pytest.raises(ValueError, match="not all are free names"):
            bind_anew(node, lambda index, name=name: name)  # type: ignore[misc]
    swapped = bind_anew(node, {j: k, k: j}.__getitem__)
    assert same(swapped, node)
    assert str(swapped) == "sum(x[i,k,j], k, j != k)"


relations = st.lists(st.builds(IndexRelation, indices, indices, st.booleans()), max_size=4)


@given(relations)
def test_a_pattern(when: list[IndexRelation]) -> None:
    """Wherever a pattern holds, the names that it gives mean the same places, and pairs that differ do differ."""
    renaming, different = identified(when)
    for at in places():
        holds = all((place(r.left, at) == place(r.right, at)) == r.equal for r in when)
        if holds:
            assert all(place(old, at) == place(new, at) for old, new in renaming.items())
            assert all(len({place(i, at) for i in pair}) == len(pair) == 2 for pair in different)
    assert not set(renaming) & set(renaming.values())


def test_a_position_is_kept_before_a_letter() -> None:
    i, one = Index("i", "n"), Index(1, "n")
    assert merging(i, one) == merging(one, i) == {i: one}


def test_a_fresh_index() -> None:
    taken: set[str | int] = {"j", "j_1"}
    assert fresh_index(Index("j", "n"), taken) == Index("j_2", "n")
    assert "j_2" in taken


# ---------------------------------------------------------------- there is no second renaming

# Modules beside `notation.renaming` in which the mark of a renaming is found, and what is done there instead.
NOT_OF_INDICES = {
    "derive.certificates.translation": "letters of the places of matrices in a statement",
    "derive.terms.sameness": "indices by their numbers, to compare them",
    "derive.kernel.domain": "an index that was put at a place before",
    "derive.reading.declared": "names that a page gives to others",
    "derive.kernel.hypotheses": "indices of the normal form, which are no terms",
    "derive.reading.dimensions": "dimensions by the one that leads them, in binders of which nothing is known yet",
    "derive.problem.letters": "all names of a problem, indices among them, one to one",
    "derive.diagnosis.line": "wrong on purpose: an index in the place of another, captured or not; arrays by names",
    "derive.reading.calls": "binders as they are read",
    "derive.testing.expressions": "binders as they are drawn",
    "derive.interop.incoming": "SymPy's names, while nothing is a term yet",
    "derive.certificates.coq_reader": "binders as they are read",
    "derive.reading.latex.inferred": "letters of a page, while nothing is a term yet",
    "derive.reading.latex.surroundings": "letters of a page, by what they are called in a sentence",
    "derive.tracing.code": "the parameters of a function, by what they are declared as",
    "derive.tracing.operations.universal": "comparisons, by those with exchanged sides",
}


def marks(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield what no renaming does without: `m.get(i, i)`, `new if i == old else i`, excluded indices mapped."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="get"), args=[key, default]):
                if ast.dump(key) == ast.dump(default):
                    yield node
            case ast.GeneratorExp(elt=ast.IfExp(test, _, kept)) | ast.ListComp(elt=ast.IfExp(test, _, kept)):
                match test:
                    case ast.Compare(left, [ast.Eq()], [_]) if ast.dump(left) == ast.dump(kept):
                        yield node
            case ast.Call(func=ast.Name(id="Binder"), args=[_, excluded]):
                made = ast.GeneratorExp | ast.ListComp | ast.Call
                if any(isinstance(part, made) for part in ast.walk(excluded)):
                    yield node


def knows_indices(path: Path) -> bool:
    tree = parse(path)
    found = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    names = {
        alias.name for node in found if str(node.module).startswith("derive.terms") for alias in node.names
    }
    return bool(names & {"Index", "Binder", "Big"})


def test_indices_are_renamed_in_one_place() -> None:
    found = {
        name_of(path): [ast.unparse(mark) for mark in marks(parse(path))]
        for path in MODULES
        if knows_indices(path)
    }
    assert found.pop("derive.terms.renaming")
    found = {name: lines for name, lines in found.items() if lines}
    assert found.keys() <= NOT_OF_INDICES.keys(), {n: found[n] for n in found.keys() - NOT_OF_INDICES.keys()}


def test_a_second_renaming_is_found() -> None:
    for second in (
        "Entry(name, tuple(renaming.get(i, i) for i in indices))",
        "tuple(new if index == old else index for index in indices)",
        "Binder(new, tuple(at(i) for i in binder.excluded))",
        "Binder(mine(b.index), tuple(map(mine, b.excluded)))",
    ):
        assert list(marks(ast.parse(second))), second
    assert not list(marks(ast.parse("Binder(index, binder.excluded); m.get(i, None); a if i == j else b")))


def test_a_number_is_no_index() -> None:
    assert rename(term(2), {LETTERS[0]: LETTERS[1]}) == term(2)
