"""The statements that declare, define and suppose, each from its parse tree into what is declared."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from lark import Token, Tree

from derive.arrays.operations import entrywise
from derive.arrays.values import shape_text
from derive.problem import names
from derive.reading.declared import (
    MAX_HYPOTHESES,
    MAX_NAMES,
    MAX_RANK,
    MAX_UNFOLDED,
    MAX_UNFOLDED_DEPTH,
    Declared,
)
from derive.reading.formulas import ArrayComparison, Formulas, is_name, relation_of, sign_of
from derive.reading.lines import Passage
from derive.reading.parser import Node, parse
from derive.terms import (
    ONE,
    ZERO,
    Add,
    Apply,
    Bound,
    Compare,
    Constant,
    Definition,
    Delta,
    Derivative,
    Hypothesis,
    Index,
    Multiply,
    Number,
    Power,
    Relation,
    Size,
    Term,
    UnknownValue,
    Variable,
    condition_to_text,
    unfold,
    walk,
)
from derive.terms.contexts import MAX_SIZE, FunctionParameter, VariableKind

MAX_VALUES = 16
_CONSTANT = (Number, Constant, Add, Multiply, Power, Apply)


def declare(statement: Passage, declared: Declared) -> None:
    """Read a statement that declares and add to what is declared; on an error nothing is added.

    Raises:
        ReadingError: it cannot be read, or says something ill-typed.
    """
    rule, read = DECLARATIONS[statement.keyword]
    tree = parse(rule, statement)
    read(Formulas(statement, declared, tree), tree)


def _new_name(formulas: Formulas, token: Node, taken: set[str], kind: names.Kind = "variable") -> str:
    """Return a name to be declared, which must be new."""
    name, declared = str(token), formulas.declared
    objection = names.objection(name, kind)
    if objection is not None:
        raise formulas.error(objection, token)
    if name in declared.lost:
        raise formulas.unknown(token)  # type: ignore[arg-type] # names are tokens
    known = declared.kind(name)
    if known is not None or name in taken:
        raise formulas.error(f"{name} is declared already{f', as a {known}' if known else ''}", token)
    if len(declared.names()) + len(taken) >= MAX_NAMES:
        raise formulas.error(f"a problem has at most {MAX_NAMES} names", token)
    taken.add(name)
    return name


def _names(formulas: Formulas, tokens: list[Node], kind: names.Kind = "variable") -> list[str]:
    taken: set[str] = set()
    return [_new_name(formulas, token, taken, kind) for token in tokens]


def _size_named(formulas: Formulas, node: Node) -> str:
    """Return the size that an axis is over."""
    if not is_name(node):
        text = formulas.text(node)
        raise formulas.error(f"an axis is over a size by its name, not {text}; write size m = 3 above", node)
    size = formulas.declared.size(str(node))
    if size is None or str(node) in formulas.declared.lost:
        kind = formulas.declared.kind(str(node))
        if kind is not None and str(node) not in formulas.declared.lost:
            raise formulas.error(f"{node} is a {kind} and not a size", node)
        if kind is not None:
            raise formulas.unknown(node)  # type: ignore[arg-type] # a name
        sizes = [*formulas.declared.sizes, *formulas.declared.aliases]
        raise formulas.error(f"unknown size {node}{formulas.declared.nearest(str(node), sizes)}", node)
    return size


# ---- sizes


def _sizes(formulas: Formulas, tree: Tree[Token]) -> None:
    head, *rest = tree.children
    assert isinstance(head, Tree)  # noqa: S101 - the grammar says so; this is for the type checker
    new = _names(formulas, head.children, "size")
    declared = formulas.declared
    if not rest:
        declared.sizes.update({name: Size(name) for name in new})
        return
    relation, value = relation_of(rest[0]), rest[1]
    if relation == Relation.EQUAL and is_name(value):
        size = _size_named(formulas, value)
        declared.aliases.update(dict.fromkeys(new, size))
    elif relation == Relation.EQUAL:
        number = _whole_number(formulas, value)
        declared.sizes.update({name: Size(name, fixed=number) for name in new})
    elif relation == Relation.AT_LEAST:
        number = _whole_number(formulas, value)
        declared.sizes.update({name: Size(name, minimum=number) for name in new})
    else:
        raise formulas.error('a size is free, "= 3", "= n" or ">= 2"', rest[0])


def _whole_number(formulas: Formulas, node: Node) -> int:
    if not (isinstance(node, Token) and node.isdecimal() and len(node) < 10 and 1 <= int(node) <= MAX_SIZE):
        raise formulas.error(f"a size is a whole number from 1 to {MAX_SIZE}", node)
    return int(node)


# ---- variables, labels, functions


def _variables(formulas: Formulas, tree: Tree[Token], kind: VariableKind, positive: bool = False) -> None:
    nodes = [one for one in tree.children if isinstance(one, Tree)]
    heads = [one for one in nodes if one.data == "declared"]
    new = _names(formulas, [one.children[0] for one in heads])
    domains = [one for one in nodes if one.data != "declared"]
    if domains and kind == "onehot":
        raise formulas.error("the entries of a onehot are 0 and 1; it takes no other domain", domains[0])
    bounds = tuple(bound for one in domains if one.data != "finite" for bound in _bounds(formulas, one))
    finite = [(one, _finite(formulas, one)) for one in domains if one.data == "finite"]
    if positive:
        bounds = (Bound(Relation.GREATER, ZERO), *bounds)
    found: dict[str, Variable] = {}
    for name, head in zip(new, heads, strict=True):
        _check_rank(formulas, head)
        dims = tuple(_size_named(formulas, one) for one in head.children[1:])
        if kind != "real" and not dims:
            raise formulas.error(f"a {kind} is an array; write {kind} {name}[n]", head)
        found[name] = Variable(name, dims, bounds, kind)
    _check_count(formulas, len(found) * len(finite), tree)
    formulas.declared.variables.update(found)
    for node, values in finite:
        for one in found.values():
            formulas.declared.hypotheses.append(formulas.declared.one_of(one.name, values, formulas.at(node)))


def _check_rank(formulas: Formulas, head: Tree[Token]) -> None:
    if len(head.children) > MAX_RANK + 1:
        raise formulas.error(f"an array has at most {MAX_RANK} indices", head.children[MAX_RANK + 1])


_OPENING = {"(": Relation.GREATER, "[": Relation.AT_LEAST}
_CLOSING = {")": Relation.LESS, "]": Relation.AT_MOST}


def _bounds(formulas: Formulas, node: Tree[Token]) -> list[Bound]:
    if node.data == "interval":
        _, opening, low, high, closing = node.children
        return [
            Bound(_OPENING[sign_of(opening)], _closed(formulas, low)),
            Bound(_CLOSING[sign_of(closing)], _closed(formulas, high)),
        ]
    relation, value = node.children
    sign = relation_of(relation)
    if sign == Relation.EQUAL:
        raise formulas.error(
            'a domain is "in (a, b)", "in {a, b}", "> a", ">= a", "< a", "<= a" or "!= a"', relation
        )
    return [Bound(sign, _closed(formulas, value))]


def _finite(formulas: Formulas, node: Tree[Token]) -> list[Number]:
    """Return the values of a finite domain, each once."""
    values: list[Number] = []
    for one in node.children[1:]:
        value = formulas.term(one)
        if not isinstance(value, Number):
            message = f"the values of a finite domain are rational numbers; this is {formulas.text(one)}"
            raise formulas.error(message, one)
        values.append(value)
    found = list(dict.fromkeys(values))
    if len(found) > MAX_VALUES:
        raise formulas.error(f"a finite domain has at most {MAX_VALUES} values", node)
    return found


def _check_count(formulas: Formulas, more: int, node: Node) -> None:
    if len(formulas.declared.hypotheses) + len(formulas.declared.distinct) + more > MAX_HYPOTHESES:
        raise formulas.error(f"a problem has at most {MAX_HYPOTHESES} hypotheses", node)


def _closed(formulas: Formulas, node: Node) -> Term:
    """Return the value of a bound: a constant."""
    value = formulas.term(node)
    if not all(isinstance(one, _CONSTANT) for one in walk(value)):
        text = formulas.text(node)
        raise formulas.error(f"the bound of a domain is a constant, not {text}; write a given instead", node)
    return value


def _labels(formulas: Formulas, tree: Tree[Token]) -> None:
    *found, dim = tree.children
    heads = [head for head in found if isinstance(head, Tree)]
    for head in heads:
        _check_rank(formulas, head)
    new = _names(formulas, [head.children[0] for head in heads], "label")
    size = _size_named(formulas, dim)
    for name, head in zip(new, heads, strict=True):
        if len(head.children) > 1:
            dims = (*(_size_named(formulas, one) for one in head.children[1:]), size)
            formulas.declared.variables[name] = Variable(name, dims, kind="label")
        else:
            formulas.declared.labels[name] = Index(name, size)


def _functions(formulas: Formulas, tree: Tree[Token]) -> None:
    heads = [one for one in tree.children if isinstance(one, Tree)]
    new = _names(formulas, [head.children[0] for head in heads], "function")
    for name, head in zip(new, heads, strict=True):
        if len(head.children) == 1:
            formulas.declared.functions.add(name)
            continue
        parameters: list[FunctionParameter] = []
        for one in head.children[1:]:
            assert isinstance(one, Tree)  # noqa: S101 - the grammar says so; this is for the type checker
            _check_rank(formulas, one)
            token, *dims = one.children
            if any(str(token) == known for known, _ in parameters):
                raise formulas.error(f"{token} is a parameter twice", token)
            parameters.append((str(token), tuple(_size_named(formulas, dim) for dim in dims)))
        formulas.declared.signatures[name] = tuple(parameters)


# ---- definitions and hypotheses


def _definition(formulas: Formulas, tree: Tree[Token]) -> None:
    head, body = tree.children
    assert isinstance(head, Tree)  # noqa: S101 - the grammar says so; this is for the type checker
    token, *nodes = head.children
    _check_rank(formulas, head)
    name = formulas.defining = _new_name(formulas, token, set(), "definition")
    parameters = [_parameter(formulas, node) for node in nodes]
    value = formulas.value(body)
    if value.axes and parameters:
        message = f"this is an array over {shape_text(value.shape)}, and {name}[{formulas.text(nodes[0])}"
        message += "…] a number" if len(nodes) > 1 else "] a number"
        raise formulas.error(f"{message}; write let {name} = … for a whole array, or all indices", body)
    for letter, index in formulas.free.items():
        if index not in parameters:
            places = f"{name}[{','.join([*(str(one) for one in parameters), letter])}]"
            message = f"{letter} is free here; write let {places} = …, or bind it"
            raise formulas.error(message, formulas.first[letter])
    formulas.dims.settle(formulas.declared.sizes)
    (settled,), axes = formulas.lettered([formulas.dims.settled(value.entry)], value.axes)
    check_size(formulas, settled, body)
    formulas.declared.definitions[name] = Definition(
        name, tuple(map(formulas.dims.index, parameters)) or axes, settled
    )


def _parameter(formulas: Formulas, typed: Node) -> Index:
    """Return the index that a parameter of a definition is: a letter, or `i: n` with its size."""
    ranged = typed if isinstance(typed, Tree) and typed.data == "ranged" else None
    node = typed if ranged is None else ranged.children[0]
    if not is_name(node):
        raise formulas.error(f"a parameter is a letter; this is {formulas.text(node)}", node)
    if node in formulas.free:
        raise formulas.error(f"{node} is a parameter twice", node)
    index = formulas.index(node)
    if str(node) in formulas.declared.labels:
        raise formulas.error(f"{node} is a label; a parameter is a new letter", node)
    if ranged is not None:
        size = _size_named(formulas, ranged.children[1])
        formulas.dims.require(index, size, formulas.text(typed), formulas.at(node))
    return index


def check_size(formulas: Formulas, term: Term, node: Node) -> None:
    """Refuse a term that is too big or too deep once its definitions are unfolded."""
    weight = formulas.declared.weigh(term)
    if weight.terms > MAX_UNFOLDED:
        raise formulas.error(f"with its definitions unfolded this has more than {MAX_UNFOLDED} terms", node)
    if weight.depth > MAX_UNFOLDED_DEPTH:
        message = f"with its definitions unfolded this nests deeper than {MAX_UNFOLDED_DEPTH} levels"
        raise formulas.error(message, node)


def _hypothesis(formulas: Formulas, tree: Tree[Token]) -> None:
    comparison = tree.children[0]
    assert isinstance(comparison, Tree)  # noqa: S101 - the grammar says so; this is for the type checker
    _check_count(formulas, 1, comparison)
    typed = formulas.comparison(comparison)
    _check_relation(formulas, comparison, typed)
    whole = formulas.made(
        comparison,
        [comparison.children[0], comparison.children[2]],
        lambda: entrywise(lambda *sides: Apply("", sides), typed.left, typed.right),
    )
    formulas.dims.settle(formulas.declared.sizes)
    (settled,), _ = formulas.lettered([formulas.dims.settled(whole.entry)], whole.axes)
    assert isinstance(settled, Apply)  # noqa: S101 - built above
    condition = Compare(typed.relation, *settled.arguments)
    declared = formulas.declared
    for side in (condition.left, condition.right):
        check_size(formulas, side, comparison)
    left, right = (unfold(side, declared.definitions) for side in (condition.left, condition.right))
    for one in (*walk(left), *walk(right)):
        if isinstance(one, Derivative):
            raise formulas.error("no D may stand in a given", comparison)
        if isinstance(one, UnknownValue):
            raise formulas.error(f"the unknown function {one.name} may not stand in a given", comparison)
        if isinstance(one, Apply) and one.function in declared.functions:
            raise formulas.error(f"the unknown function {one.function} may not stand in a given", comparison)
    if isinstance(left, Delta) and condition.relation == Relation.EQUAL and right == ZERO:
        declared.distinct.append((left.left, left.right))
    else:
        unfolded = Compare(condition.relation, left, right)
        declared.hypotheses.append(Hypothesis(unfolded, formulas.text(comparison), formulas.at(comparison)))


def _check_relation(formulas: Formulas, node: Tree[Token], condition: ArrayComparison) -> None:
    """A `given` may relate labels; of other indices it would say that every two are equal, or differ."""
    delta, right = condition.left.entry, condition.right.entry
    if not isinstance(delta, Delta) or condition.relation != Relation.EQUAL or right not in (ZERO, ONE):
        return
    for index in (delta.left, delta.right):
        if index.name not in formulas.declared.labels:
            relation = condition_to_text(Compare(condition.relation, delta, right))
            message = f"the indices of a given are local, so it cannot relate {index}; write claim … when {relation}"
            raise formulas.error(message, node)


StatementReader: TypeAlias = Callable[[Formulas, Tree[Token]], None]
DECLARATIONS: dict[str, tuple[str, StatementReader]] = {
    "size": ("size", _sizes),
    "real": ("variables", partial(_variables, kind="real")),
    "positive": ("variables", partial(_variables, kind="real", positive=True)),
    "simplex": ("variables", partial(_variables, kind="simplex")),
    "onehot": ("variables", partial(_variables, kind="onehot")),
    "label": ("label", _labels),
    "function": ("function", _functions),
    "let": ("let", _definition),
    "given": ("given", _hypothesis),
}
