"""Choices by the label of a sample, in the form in which sums over samples are differentiated.

`f(where(y[i] = j, a, b))` is written `where(y[i] = j, f(a), f(b))`, and `where(y[i] = j, a, b)` of branches that have a
value everywhere `delta(y[i],j)*a + (1 - delta(y[i],j))*b`. Both are identities, with a value at the same points: only
the branch taken must have one, and where both have one anyway, it does not matter which are written.
"""

from __future__ import annotations

import math
from fractions import Fraction

from derive.terms import (
    ONE,
    ZERO,
    Add,
    Apply,
    Compare,
    Constant,
    Delta,
    Entry,
    Multiply,
    Number,
    Power,
    Relation,
    SizeNumber,
    Term,
    Where,
    add,
    multiply,
    negate,
    rebuild,
)
from derive.terms.functions import TABLE, expansion
from derive.terms.traverse import children


def with_choices_outside(node: Term) -> Term:
    """Return an equal term, with a value at the same points, in which no function is applied to a choice by one label.

    A function of several different choices stays as it is: written out, it would have a branch for each combination.
    """
    return _with_deltas(_outside(node))


def _outside(node: Term) -> Term:
    found = rebuild(node, _outside)
    if isinstance(found, Apply | Power):
        conditions = _conditions(found)
        if len(conditions) == 1:
            (condition,) = conditions
            return Where(condition, _decided(found, condition, True), _decided(found, condition, False))
    return found


def _with_deltas(node: Term) -> Term:
    found = rebuild(node, _with_deltas)
    match found:
        case Where(condition, then, otherwise):
            if _is_of_sample(condition) and _is_total(then) and _is_total(otherwise):
                same = condition.left
                return add(_product(same, then), _product(add(ONE, negate(same)), otherwise))
    return found


def _is_of_sample(condition: Compare) -> bool:
    """Return whether a comparison is that the label of a sample is an index."""
    match condition:
        case Compare(Relation.EQUAL, Delta(left, right), Number(value)):
            return value == 1 and bool(left.at or right.at)
    return False


def _conditions(node: Term) -> set[Compare]:
    """Return the labels of samples by which a term chooses, those inside binders left out."""
    found: set[Compare] = set()
    if isinstance(node, Where):
        if _is_of_sample(node.condition):
            found.add(node.condition)
    elif isinstance(node, Delta):
        if node.left.at or node.right.at:
            found.add(Compare(Relation.EQUAL, node, ONE))
    elif not isinstance(node, Apply | Power | Add | Multiply):
        return found
    return found.union(*map(_conditions, _inside(node)))


def _inside(node: Term) -> tuple[Term, ...]:
    return (node.then, node.otherwise) if isinstance(node, Where) else tuple(children(node))


def _decided(node: Term, condition: Compare, holds: bool) -> Term:
    """Return a term where it is known whether a label is an index."""
    if node == condition.left:
        return Number(Fraction(holds))
    if isinstance(node, Where):
        if node.condition == condition:
            return _decided(node.then if holds else node.otherwise, condition, holds)
    elif not isinstance(node, Apply | Power | Add | Multiply):
        return node
    found = rebuild(node, lambda inside: _decided(inside, condition, holds))
    match found:
        case Multiply(factors):
            return _product(*factors)
        case Add(terms):
            number = sum(one.value for one in terms if isinstance(one, Number))
            rest = [one for one in terms if not isinstance(one, Number)]
            return add(*([Number(Fraction(number))] if number or not rest else []), *rest)
    return found


def _product(*factors: Term) -> Term:
    """Return a product with its numbers multiplied; 0 times what has a value everywhere is 0."""
    number = math.prod((one.value for one in factors if isinstance(one, Number)), start=Fraction(1))
    rest = [one for one in factors if not isinstance(one, Number)]
    if not number and all(map(_is_total, rest)):
        return ZERO
    return multiply(*([Number(number)] if number != 1 or not rest else []), *rest)


# ---- what has a value everywhere


def _is_total(node: Term) -> bool:
    """Return whether a term of entries, functions and numbers has a value whatever the entries are."""
    match node:
        case Entry() | Number() | Constant() | SizeNumber() | Delta():
            return True
        case Add() | Multiply():
            return all(map(_is_total, children(node)))
        case Power(base, Number(exponent)):
            return _is_total(base) and ((exponent.denominator == 1 and exponent >= 0) or _is_positive(base))
        case Apply("log" | "sqrt", (argument,)):
            return _is_positive(argument) and _is_total(argument)
        case Apply(name, arguments) if not node.order:
            row = TABLE.get(name)
            if row is None or row.domain is not None or not all(map(_is_total, arguments)):
                return False
            written = expansion(node)
            return written is None or _is_total(written)
        case Where(condition, then, otherwise):
            return all(map(_is_total, (condition.left, condition.right, then, otherwise)))
    return False


def _is_positive(node: Term) -> bool:
    """Return whether a term is positive wherever it has a value, by its form alone."""
    match node:
        case Number(value):
            return value > 0
        case SizeNumber() | Apply("exp" | "sigmoid", _):
            return True
        case Add((Number(value), Multiply((Number(times), Apply("sigmoid", _))))):
            return value == 1 and times == -1
        case Add() | Multiply():
            return all(map(_is_positive, children(node)))
        case Power(base, Number()):
            return _is_positive(base)
    return False
