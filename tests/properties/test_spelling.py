"""What a number is does not hang on how it is spelled: domain, normal form and value are the same however it is."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any

import pytest

from derive import check
from derive.errors import IllPosedError, LimitError
from derive.kernel.differentiation import resolve
from derive.kernel.domain import Condition, domain
from derive.kernel.normal_form.polynomials import AtomKey, Poly, poly_key
from derive.kernel.normal_form.powers import PowerRing
from derive.kernel.normal_form.ring import Ring
from derive.kernel.normal_form.symbols import NeedPatternError
from derive.kernel.normal_form.translate import Translator
from derive.kernel.signs.choices import NeedCasesError
from derive.oracle.asking import evaluate
from derive.oracle.points import Point, nested
from derive.report.results import Verdict
from derive.terms import (
    HALF,
    ONE,
    Apply,
    Context,
    Definition,
    Derivative,
    Entry,
    Index,
    Number,
    Power,
    Size,
    Term,
    Variable,
    add,
    arrays,
    multiply,
    rebuild,
    rename,
)
from tests.kernel.normal_form.generated import FREE, SIZE, Terms

MANY = 40
VALUES = (Fraction(0), Fraction(1), Fraction(-1), Fraction(2), Fraction(1, 2), Fraction(-3, 2))


class Spelling:
    """Spells each number of a term in another way, some of them by definitions."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.definitions: dict[str, Definition] = {}

    def number(self, value: Fraction, *, exact: bool) -> Term:
        """Return a term that comes to a number; what is no exponent has to be exact in balls as well."""
        part = Number(Fraction(self.random.choice((1, 2, -3))))
        ways: list[Term] = [
            add(Number(value - part.value), part),
            multiply(Number(value / part.value), part),
            Power(Number(value), ONE),
        ]
        if not exact:
            ways += [
                add(Number(value), Power(Number(Fraction(4)), HALF), Number(Fraction(-2))),
                add(Number(value), Apply("sqrt", (Number(Fraction(9, 4)),)), Number(Fraction(-3, 2))),
            ]
            ways += [Power(Number(value**2), HALF)] if value >= 0 else []
        spelled = self.random.choice(ways)
        if self.random.random() < 0.5:
            name = f"c{len(self.definitions)}"
            self.definitions[name] = Definition(name, (), spelled)
            spelled = Entry(name)
        return spelled

    def term(self, node: Term) -> Term:
        """Return a term with its numbers spelled otherwise, the orders of special functions as they are."""
        match node:
            case Number(value):
                return self.number(value, exact=True)
            case Power(base, Number(value)):
                return Power(self.term(base), self.number(value, exact=False))
            case Apply(name, (Number() as order, *rest), primes) if rest:
                return Apply(name, (order, *map(self.term, rest)), primes)
        return rebuild(node, self.term)


def context_of(definitions: dict[str, Definition]) -> Context:
    dims = {"x": (SIZE,), "y": (SIZE,), "W": (SIZE, SIZE), "u": (), "v": ()}
    variables = {name: Variable(name, at) for name, at in dims.items()}
    return Context({SIZE: Size(SIZE)}, variables, functions=frozenset("f"), definitions=definitions)


def conditions(node: Term, context: Context) -> set[AtomKey]:
    """Return the conditions of a term that hang on anything, by the normal forms of their parts."""
    return {key for key in (_key(c, context) for c in domain(node, context)) if any(m for m, *_ in key[0][1])}


def _key(condition: Condition, context: Context) -> AtomKey:
    ring = PowerRing()
    names = {b.index: Index(f"?{k}", b.index.dim) for k, b in enumerate(condition.binders)}
    sides = [(c.relation, c.left - c.right) for c in (condition.compare, *condition.guards)]
    parts = [(relation, poly_key(_form(rename(part, names), context, ring))) for relation, part in sides]
    binders = tuple(tuple(str(names.get(e, e)) for e in b.excluded) for b in condition.binders)
    return (*parts, binders)


def _form(node: Term, context: Context, ring: Ring) -> Poly:
    return Translator(ring).term(resolve(node, context))


def outcome(ask: Callable[[], Any]) -> Any:
    """Return what comes out, an error by its kind."""
    try:
        return ask()
    except (LimitError, IllPosedError, NeedCasesError, NeedPatternError) as error:
        return type(error).__name__


def two_spellings(seed: int) -> tuple[Term, Term, Context]:
    """Return a random term, one in five differentiated, as it is and with its numbers spelled otherwise."""
    random = Random(seed)  # noqa: S311 - a test that can be repeated
    node, spelling = Terms(random).term(random.choice((2, 3))), Spelling(random)
    other = spelling.term(node)
    if "u" in arrays(node) and random.random() < 0.2:
        node, other = (Derivative(body, (Entry("u"),)) for body in (node, other))
    return node, other, context_of(spelling.definitions)


@pytest.mark.parametrize("block", range(5))
def test_the_kernel(block: int) -> None:
    """The same conditions, and the same normal form."""
    for seed in range(block * MANY, (block + 1) * MANY):
        node, other, context = two_spellings(seed)
        for ask in (
            lambda side, context=context: conditions(side, context),
            lambda side, context=context: poly_key(_form(side, context, PowerRing())),
        ):
            first, second = (outcome(partial(ask, side)) for side in (node, other))
            assert first == second, (seed, str(node), str(other))


@pytest.mark.parametrize("block", range(5))
def test_the_oracle(block: int) -> None:
    """The same value, or none, at points inside and outside of domains."""
    values = 0
    for seed in range(block * MANY, (block + 1) * MANY):
        node, other, context = two_spellings(seed)
        random = Random(-seed)  # noqa: S311 - a test that can be repeated
        size = random.choice((1, 2, 3))

        def number(at: tuple[int, ...], random: Random = random) -> Fraction:
            return random.choice(VALUES)

        arrays_at = {name: nested((size,) * len(v.dims), number) for name, v in context.variables.items()}
        point = Point({SIZE: size}, {str(i): random.randint(1, size) for i in FREE}, arrays_at)
        first, second = (outcome(partial(evaluate, side, context, point)) for side in (node, other))
        values += first is not None
        assert (first is None) == (second is None), (seed, str(node), str(other), point)
        assert first is None or isinstance(first, str) or first.overlaps(second), (
            seed,
            str(node),
            str(other),
        )
    assert values > MANY // 4


NUMBERS = ("2", "2^1", "1 + 1", "4/2", "4^(1/2)", "sqrt(4)", "-1 + 3", "(1/2)*4", "b", "2*b^2")
TEXTS = (
    "x^c",
    "x^c + [x < 0]",
    "1/x^c",
    "(-x)^c",
    "x^(c/2)",
    "x^(-c)",
    "D(x^c, x)",
    "(y^2)^(c/4)",
    "sum(z[j]^c, j)",
)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("number", NUMBERS)
def test_verdicts(text: str, number: str) -> None:
    """A definition that comes to 2 is 2: the same verdicts and conditions, proved or refuted."""
    typed, plain = (
        f"size n\nreal x, y, z[n]\nlet b = 3 - 2\nlet c = {value}\nclaim {text} = {text.replace('c', '2')}\n"
        f"claim {text} = {text.replace('c', '3')}\n"
        for value in (number if number != "b" else "2*b", "2")
    )
    found = [[(r.verdict, r.conditions) for r in check(source).results] for source in (typed, plain)]
    assert found[0] == found[1]
    assert found[0][0][0] is Verdict.PROVED
