"""Random settings: sizes, arrays with their domains, labels and functions, and what is known of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, TypeAlias

from derive.terms import (
    ONE,
    ZERO,
    Bound,
    Context,
    Delta,
    Entry,
    Index,
    Number,
    Relation,
    Size,
    Term,
    Variable,
    multiply,
    total,
)
from tests.soundness.opinion import Key

Values: TypeAlias = dict[Key, Any]
Repair: TypeAlias = Callable[[Values, Mapping[str, int], Mapping[str, int], random.Random], None]
"""Changes the values of entries so that a hypothesis holds: values, sizes, places of labels, randomness."""

POSITIVE = (Bound(Relation.GREATER, ZERO),)
BOUNDS: tuple[tuple[Bound, ...], ...] = (
    POSITIVE,
    POSITIVE,
    (Bound(Relation.AT_LEAST, ZERO),),
    (Bound(Relation.UNEQUAL, ZERO),),
    (Bound(Relation.GREATER, ZERO), Bound(Relation.LESS, ONE)),
    (Bound(Relation.GREATER, Number(Fraction(-1))), Bound(Relation.LESS, ONE)),
    (Bound(Relation.GREATER, ONE),),
    (Bound(Relation.LESS, ZERO),),
)


@dataclass(frozen=True)
class Fact:
    """An equation that holds at every point: its indices that are not labels are local."""

    left: Term
    right: Term


@dataclass
class Setting:
    """A context with what a generator and a sampler need to know of it."""

    context: Context
    letters: tuple[Index, ...]  # free indices that terms may use, labels too
    repairs: list[Repair] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    features: set[str] = field(default_factory=set)


def random_setting(rng: random.Random) -> Setting:
    """Return a random setting, without hypotheses."""
    names = ["n"] if rng.random() < 0.5 else ["n", "m"] if rng.random() < 0.85 else ["n", "m", "N"]
    sizes = {name: _size(name, rng) for name in names}
    variables: dict[str, Variable] = {}

    def declare(name: str, *dims: str) -> None:
        if rng.random() < 0.6:
            variables[name] = Variable(name, dims)
        else:
            variables[name] = Variable(name, dims, rng.choice(BOUNDS))

    vectors = ["x", "y", "s"][: rng.choice((1, 2, 2, 3))]
    for k, name in enumerate(vectors):
        declare(name, names[0] if k == 0 else rng.choice(names))
    for name in ["W", "A"][: rng.choice((0, 1, 1, 2))]:
        declare(name, rng.choice(names), rng.choice(names))
    if rng.random() < 0.06:
        declare("R", rng.choice(names), rng.choice(names), rng.choice(names))
    for name in ["u", "v", "a"][: rng.choice((0, 1, 2, 2, 3))]:
        declare(name)
    kinds = rng.random()
    if kinds < 0.12:
        dims = (rng.choice(names),) if rng.random() < 0.7 else (rng.choice(names), rng.choice(names))
        variables["q"] = Variable("q", dims, (), "simplex")
    elif kinds < 0.24:
        dims = (rng.choice(names),) if rng.random() < 0.7 else (rng.choice(names), rng.choice(names))
        variables["h"] = Variable("h", dims, (), "onehot")
    labels = {}
    if rng.random() < 0.2:
        labels["t"] = Index("t", rng.choice(names))
        if rng.random() < 0.3:
            labels["b"] = Index("b", rng.choice(names))
    functions = frozenset({"f"} if rng.random() < 0.12 else ())
    distinct: tuple[tuple[Index, Index], ...] = ()
    places = {label.dim for label in labels.values()}
    if len(labels) == 2 and len(places) == 1 and (sizes[places.pop()].fixed or 2) > 1 and rng.random() < 0.5:
        distinct = ((labels["t"], labels["b"]),)
    context = Context(sizes, variables, labels, functions, distinct=distinct)
    letters = [Index(letter, names[0]) for letter in "ik"]
    letters += [Index(letter, name) for letter, name in zip("cd", names[1:], strict=False)]
    setting = Setting(context, (*letters, *labels.values()))
    note_kinds(setting)
    return setting


def array_setting(rng: random.Random) -> Setting:
    """Return a random setting with some of: labels of samples, matrices to invert, functions of several variables."""
    setting = random_setting(rng)
    context = setting.context
    variables, signatures = dict(context.variables), dict(context.signatures)
    names = list(context.sizes)
    if rng.random() < 0.45:
        samples, among = rng.choice(names), rng.choice(names)
        variables["P"] = Variable("P", (samples, among))
        variables["z"] = Variable("z", (samples, among), (), "label")
    if rng.random() < 0.5:
        square = rng.choice(names)
        variables["M"] = Variable("M", (square, square))
        if rng.random() < 0.3:
            variables["lam"] = Variable("lam", (), POSITIVE)
    if rng.random() < 0.4:
        signatures["L"] = (("v", (rng.choice(names),)),)
    if rng.random() < 0.3:
        signatures["G"] = (("a", ()), ("b", ())) if rng.random() < 0.6 else (("a", ()), ("b", (names[0],)))
    setting.context = replace(context, variables=variables, signatures=signatures)
    return setting


def _size(name: str, rng: random.Random) -> Size:
    draw = rng.random()
    if draw < 0.72:
        return Size(name)
    if draw < 0.84:
        return Size(name, minimum=rng.choice((2, 2, 3)))
    return Size(name, fixed=rng.choice((1, 2, 2, 3)))


def note_kinds(setting: Setting) -> None:
    """Add what simplex and one-hot say to the facts."""
    for v in setting.context.variables.values():
        if v.kind == "real":
            continue
        rows = tuple(Index(letter, dim) for letter, dim in zip("e", v.dims[:-1], strict=False))
        j, l = Index("j", v.dims[-1]), Index("l", v.dims[-1])
        setting.facts.append(Fact(total(Entry(v.name, (*rows, j)), j), ONE))
        if v.kind == "onehot":
            one, other = Entry(v.name, (*rows, j)), Entry(v.name, (*rows, l))
            setting.facts.append(Fact(multiply(one, other), multiply(Delta(j, l), one)))
