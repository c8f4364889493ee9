"""What is searched for is not believed: whoever finds something wrong proves nothing.

Each search is damaged, and a false claim that its result would prove is put to the kernel: with the check the
claim is not proved, and without the check it is, so that the check is what stands in the way.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pytest
from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx
from hypothesis import given
from hypothesis import strategies as st

from derive.kernel import decide, instances
from derive.kernel.combinations import combination
from derive.kernel.generalisation import generalisations
from derive.kernel.goals import goals_of
from derive.kernel.instances import is_instance
from derive.kernel.multiples import Multiple, PolynomialEquation
from derive.kernel.normal_form import bridge, division, ideals, quotients, sums
from derive.kernel.normal_form.long_division import over_all, over_an_index
from derive.kernel.normal_form.polynomials import UNIT, Poly
from derive.kernel.normal_form.powers import PowerRing
from derive.kernel.normal_form.symbols import entry_atom, letter
from derive.kernel.signs import elimination, linear
from derive.kernel.signs.linear import Constraint, contradicts, infeasible
from derive.terms import Compare, Context, Definition, Entry, Index, Relation, Term, Variable, arrays
from tests.kernel.asked import equations, proved, refused


@dataclass(frozen=True)
class Seam:
    """A search with a damage, the check that looks it over, and a false claim that the damage would prove."""

    where: Any
    search: str
    damaged: Callable[..., Any]
    check: tuple[Any, str]
    claim: str


def _factors(product: Any) -> tuple[Any, list[tuple[Any, int]]]:
    """Find the first factor of a polynomial twice, and the last one not at all."""
    content, pieces = product.factor()
    return content, [*pieces[:-1], pieces[0]] if len(pieces) > 1 else pieces


def _squares(product: Any) -> tuple[Any, list[tuple[Any, int]]]:
    content, pieces = product.factor()
    return content, [(piece, times + 1) for piece, times in pieces]


def _primes(number: Any) -> list[tuple[Any, int]]:
    return [(prime, times + 1) for prime, times in number.factor()]


def _twice(ring: Any, *arguments: Any) -> Any:
    """Return twice the quotient of a division."""
    found = over_all(ring, *arguments)
    return None if found is None else (ring.add(found[0], found[0]), found[1])


def _half(*arguments: Any) -> Any:
    """Leave the rest of a division out."""
    found = over_an_index(*arguments)
    return None if found is None else (found[0], {})


def _everything(inequalities: Sequence[object]) -> Mapping[int, fmpq]:
    return dict.fromkeys(range(len(inequalities)), fmpq(1))


def _nothing(inequalities: Sequence[object]) -> Mapping[int, fmpq]:
    return {}


def _itself(target: fmpq_mpoly, generators: Sequence[fmpq_mpoly]) -> Mapping[int, fmpq_mpoly]:
    return {0: target}


def _no_multiples(ring: Any, rest: Any, equations: Any) -> Any:
    return []


def _too_often(*arguments: Any) -> Any:
    """Return multiples of hypotheses twice as often as they are needed."""
    found = combination(*arguments)
    return found and [(multiple, 2 * weight) for multiple, weight in found]


def _of_nothing(target: fmpq_mpoly, generators: Sequence[fmpq_mpoly]) -> Mapping[int, fmpq_mpoly]:
    return {}


def _all_alike(goal: Any) -> Any:
    """Put one and the same entry in the place of all that stands in a function."""
    for general, parts in generalisations(goal):
        first = parts[0]

        def alike(
            node: Term, names: frozenset[str] = frozenset(p.name for p in parts), one: str = first.name
        ) -> Term:
            return Entry(one) if isinstance(node, Entry) and node.name in names else node

        yield (
            replace(general, left=_changed(general.left, alike), right=_changed(general.right, alike)),
            (first,),
        )


def _changed(node: Term, change: Callable[[Term], Term]) -> Term:
    from derive.terms import rebuild

    return rebuild(change(node), lambda child: _changed(child, change))


def _without_conditions(goal: Any) -> Any:
    """Suppose what the goal does not: that whatever is compared is so."""
    for general, parts in generalisations(goal):
        entry = Entry(parts[0].name, parts[0].parameters)
        supposed = replace(general.conditions[0], compare=Compare(Relation.EQUAL, entry, Entry("y")))
        yield replace(general, conditions=(*general.conditions, supposed)), parts


INVERSES = """size n
real A[n,n], B[n,n], C[n,n]
given sum(A[i,k]*B[k,j], k) = delta(i,j)
given sum(C[i,k]*A[k,j], k) = delta(i,j)
"""
SEAMS = {
    "a factor in the place of another": Seam(
        bridge, "_factors", _factors, (bridge, "is_product"),
        "real x\nclaim 1/(x^2 - 1) = 1/(x - 1)^2",
    ),
    "factors too many": Seam(
        bridge, "_factors", _squares, (bridge, "is_product"),
        "real x\nclaim 1/(x^2 - 1) = (1/(x - 1))^2*(1/(x + 1))^2",
    ),
    "primes too many": Seam(
        bridge, "_factors", _primes, (bridge, "is_integer_product"),
        "real x\nclaim log(9) = 3/2*log(3)",
    ),
    "a wrong quotient": Seam(
        division, "over_all", _twice, (division, "is_division"),
        "real u\nclaim exp(u^2/(1 + u^2)) = exp(2 - 1/(1 + u^2))",
    ),
    "a quotient under a sum without its rest": Seam(
        quotients, "over_an_index", _half, (quotients, "is_division"),
        "size n\nreal x[n]\nclaim sum((1 + x[j]^2)/(2 + x[j]^2), j) = n + sum(1/(2 + x[j]^2), j)",
    ),
    "a contradiction that is none": Seam(
        linear, "contradiction", _everything, (linear, "contradicts"),
        "real x, y > 0\nclaim abs(x - y) = x - y",
    ),
    "a contradiction of nothing": Seam(
        linear, "contradiction", _nothing, (linear, "contradicts"),
        "real x, y > 0\nclaim abs(x - y) = y - x",
    ),
    "a wrong cofactor": Seam(
        decide, "cofactors", _itself, (decide, "is_combination"),
        "real x, y, z\ngiven x^2*y + y^2*z = z^2*x + 1\nclaim x*y = z",
    ),
    "no cofactors at all": Seam(
        decide, "cofactors", _of_nothing, (decide, "is_combination"),
        "real x, y, z\ngiven x^2*y + y^2*z = z^2*x + 1\nclaim x*y = z",
    ),
    "no multiples of hypotheses at all": Seam(
        decide, "combination", _no_multiples, (decide, "adds_up"),
        f"{INVERSES}claim A[i,j] = C[i,j]",
    ),
    "different parts taken for one": Seam(
        instances, "generalisations", _all_alike, (instances, "is_instance"),
        "real x, y\nclaim tanh(1 + tanh(x)) = tanh(1 + tanh(y))",
    ),
    "a condition that nobody asked for": Seam(
        instances, "generalisations", _without_conditions, (instances, "is_instance"),
        "real x, y\nclaim 1/(2 - tanh(1 + tanh(x))) = 1/(2 - tanh(y))",
    ),
}  # fmt: skip


@pytest.mark.parametrize("which", SEAMS)
def test_what_a_damaged_search_finds_proves_nothing(which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seam = SEAMS[which]
    assert refused(seam.claim)
    monkeypatch.setattr(seam.where, seam.search, seam.damaged)
    assert refused(seam.claim), "the check lets it pass"
    monkeypatch.setattr(*seam.check, lambda *_: True)
    assert proved(seam.claim), "the damage does no harm, so that nothing was tested"


def test_without_a_search_less_is_proved_and_nothing_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    claims = (
        "real x, y > 0\ngiven x > y\nclaim abs(x - y) = x - y",
        "real x, y, z\ngiven x*y = 1\ngiven y*z = 1\nclaim x = z",
    )
    assert all(map(proved, claims))
    monkeypatch.setattr(linear, "contradiction", lambda inequalities: None)
    monkeypatch.setattr(decide, "cofactors", lambda target, generators: None)
    assert not any(map(proved, claims[1:]))


def test_multiples_of_hypotheses_with_wrong_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    assert proved(f"{INVERSES}claim B[i,j] = C[i,j]")
    monkeypatch.setattr(decide, "combination", _too_often)
    assert refused(f"{INVERSES}claim B[i,j] = C[i,j]")


def test_a_hypothesis_about_one_index_says_nothing_of_another() -> None:
    """`x[t] = 0` for a label t is no fact about x[j], whatever is chosen for t."""
    ring = PowerRing()
    t, j, other = letter("t", "n"), letter("j", "n"), letter("j", "m")
    at_t = ring.poly(entry_atom(ring, "x", (t,)))
    assert Multiple(0, ring.constant(2), {}, ()).poly(
        ring, [PolynomialEquation(at_t, frozenset(), "x[t] = 0")]
    ) == ring.add(at_t, at_t)
    for universal, choice in (
        (frozenset(), {t: j}),
        (frozenset((t,)), {t: other}),
        (frozenset((j,)), {t: j}),
    ):
        with pytest.raises(ValueError, match="for the indices that it holds for"):
            Multiple(0, ring.constant(1), choice, ()).poly(ring, [PolynomialEquation(at_t, universal, "")])


def _one_place_for_two(factors: Any, bound: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    yield (bound[0],) * len(bound)


def _one_left_out(factors: Any, bound: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    yield bound[1:]


@pytest.mark.parametrize("damaged", [_one_place_for_two, _one_left_out])
def test_bound_indices_that_are_not_numbered_one_to_one(
    damaged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`W[j,k]` and `W[k,j]` would be `W[1,1]` both, and their sum the trace."""
    monkeypatch.setattr(sums, "orders", damaged)
    with pytest.raises(ValueError, match="leaves one out, or has one twice"):
        refused("size n\nreal W[n,n]\nclaim sum(W[j,k]^3*W[k,j], j, k) = sum(W[j,j]^4, j)")


# ---------------------------------------------------------------- linear arithmetic


def _atoms() -> list[Any]:
    ring = PowerRing()
    return [entry_atom(ring, name, ()) for name in "xyz"]


ATOMS = _atoms()
coefficients = st.integers(-3, 3)
rows = st.tuples(coefficients, coefficients, coefficients, coefficients, st.booleans())


def constraint(row: tuple[int, int, int, int, bool]) -> Constraint:
    *weights, constant, strict = row
    poly: Poly = {((a, 1),): fmpq(w) for a, w in zip(ATOMS, weights, strict=True) if w}
    if constant:
        poly[UNIT] = fmpq(constant)
    return Constraint(poly, strict)


def holds(row: tuple[int, int, int, int, bool], point: Sequence[Fraction]) -> bool:
    *weights, constant, strict = row
    value = sum((w * p for w, p in zip(weights, point, strict=True)), Fraction(constant))
    return value > 0 if strict else value >= 0


POINTS = list(itertools.product([Fraction(k, 2) for k in range(-6, 7)], repeat=3))


@given(st.lists(rows, min_size=1, max_size=6))
def test_what_holds_somewhere_is_not_infeasible(given_rows: list[tuple[int, int, int, int, bool]]) -> None:
    somewhere = any(all(holds(row, point) for row in given_rows) for point in POINTS)
    found = elimination.contradiction([(c.poly, c.strict) for c in map(constraint, given_rows)])
    shown = infeasible([*map(constraint, given_rows)])
    assert shown == (found is not None)  # what is found is right
    assert not (shown and somewhere)


@given(st.lists(rows, min_size=1, max_size=4), st.lists(st.integers(-2, 4), min_size=4, max_size=4))
def test_coefficients_out_of_the_air(
    given_rows: list[tuple[int, int, int, int, bool]], weights: list[int]
) -> None:
    somewhere = any(all(holds(row, point) for row in given_rows) for point in POINTS)
    chosen = {place: fmpq(w) for place, (w, _) in enumerate(zip(weights, given_rows, strict=False))}
    assert not (contradicts([*map(constraint, given_rows)], chosen) and somewhere)


def test_coefficients_that_are_wrong() -> None:
    x_at_least_1, x_at_most_0 = constraint((1, 0, 0, -1, False)), constraint((-1, 0, 0, 0, False))
    both = [x_at_least_1, x_at_most_0]
    assert contradicts(both, {0: fmpq(1), 1: fmpq(1)})
    assert contradicts(both, {0: fmpq(2), 1: fmpq(2)})
    for wrong in (
        {},
        {0: fmpq(1)},
        {0: fmpq(1), 1: fmpq(2)},
        {0: fmpq(-1), 1: fmpq(-1)},
        {0: fmpq(0), 1: fmpq(0)},
    ):
        assert not contradicts(both, wrong)
    touching = [constraint((1, 0, 0, 0, False)), constraint((-1, 0, 0, 0, False))]
    assert not contradicts(touching, {0: fmpq(1), 1: fmpq(1)})
    strict = [replace(touching[0], strict=True), touching[1]]
    assert contradicts(strict, {0: fmpq(1), 1: fmpq(1)})
    assert not contradicts([*strict, touching[0]], {2: fmpq(1), 1: fmpq(1), 0: fmpq(0)})


# ---------------------------------------------------------------- factors, quotients, ideals

CONTEXT = fmpq_mpoly_ctx.get(("x", 3), "degrevlex")
exponents = st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 1))
small = st.dictionaries(exponents, st.integers(-3, 3).map(fmpq), min_size=1, max_size=3).map(
    CONTEXT.from_dict
)


@given(st.lists(small, min_size=1, max_size=3), st.lists(small, min_size=3, max_size=3))
def test_a_combination_is_found(generators: list[fmpq_mpoly], multiples: list[fmpq_mpoly]) -> None:
    target = sum((m * g for m, g in zip(multiples, generators, strict=False)), CONTEXT.constant(0))
    found = ideals.cofactors(target, generators)
    if found is None:
        return  # too far to look
    assert sum((c * generators[place] for place, c in found.items()), CONTEXT.constant(0)) == target


def test_what_is_no_combination_has_no_cofactors() -> None:
    x, y, z = CONTEXT.gens()
    assert ideals.cofactors(x, [x * y, x * z]) is None
    assert ideals.cofactors(x - y, [x**2 - y**2]) is None
    assert ideals.cofactors(x, []) is None
    assert ideals.cofactors(x**2 * y - z**2, [x * y - z, x * z - z**2]) is not None
    assert ideals.cofactors(CONTEXT.constant(1), [x * y - 1, x * z, y * z - 1]) is not None


def _poly(poly: fmpq_mpoly) -> Poly:
    return bridge.over(ATOMS, ()).back(poly)


@given(small, st.lists(small, min_size=1, max_size=2), st.sampled_from([fmpq(1), fmpq(1, 3), fmpq(-2)]))
def test_a_combination_is_looked_over(cofactor: fmpq_mpoly, equations: list[fmpq_mpoly], scale: fmpq) -> None:
    """Of what vanishes at no common point of the equations nothing is shown."""
    target = scale * cofactor * equations[0]
    assert decide.is_combination(_poly(target), [*map(_poly, equations)], ATOMS)
    points = list(itertools.product((-1, 0, 1, 2), repeat=3))
    common = [p for p in points if all(_at(e, p) == 0 for e in equations)]
    if common:
        assert not decide.is_combination(_poly(target + 1), [*map(_poly, equations)], ATOMS)


def _at(poly: fmpq_mpoly, point: Sequence[int]) -> Any:
    return poly(*point)


@given(st.lists(small.filter(lambda p: p != 0), min_size=1, max_size=3))
def test_factors_multiply_back(pieces: list[fmpq_mpoly]) -> None:
    whole = CONTEXT.constant(1)
    for piece in pieces:
        whole *= piece
    found = bridge.factored(_poly(whole))
    lex = bridge.over(ATOMS, (_poly(whole),))
    total = lex.into({UNIT: fmpq(1)})
    for poly, times in found:
        piece = lex.into(poly)
        assert piece is not None
        total *= piece**times
    assert total == lex.into(_poly(whole))


def test_exponents_that_python_flint_has_not() -> None:
    (x, *_) = ATOMS
    half: Poly = {((x, Fraction(1, 2)),): fmpq(1), UNIT: fmpq(1)}
    third: Poly = {((x, Fraction(1, 3)),): fmpq(1)}
    negative: Poly = {((x, -1),): fmpq(1)}
    variables = bridge.over(ATOMS, (half,))
    into = variables.into(half)
    assert into is not None
    assert variables.back(into) == half
    assert variables.into(third) is None
    assert variables.into(negative) is None
    assert variables.into({((x, 401),): fmpq(1)}) is None


# ---------------------------------------------------------------- generalisations

LEFT, RIGHT = "tanh(1 + tanh(x[i]))", "tanh(tanh(x[i]) + 1)"
NESTED = f"""size n
real x[n], y
given y > tanh(1 + tanh(x[i]))
claim {LEFT} + 1/(2 - tanh(sum(tanh(x[k]), k))) = {RIGHT} + 1/(2 - tanh(sum(tanh(x[j]), j)))
"""


def _asked() -> tuple[Any, Any, tuple[Definition, ...], Context]:
    from derive.kernel.domain import domain

    ((equation, context),) = equations(NESTED)
    conditions = domain(equation.left, context) + domain(equation.right, context)
    (goal,) = goals_of(equation, context, conditions)
    general, parts = next(generalisations(goal))
    return goal, general, parts, context


def test_a_generalisation_and_what_is_none() -> None:
    """The parts put back give the goal, in all that is asked and known, and nothing else will do."""
    goal, general, parts, context = _asked()
    assert goal.conditions
    assert goal.hypotheses
    assert is_instance(goal, general, parts, context)
    x = Entry("x", (Index("i", "n"),))
    wrong = Compare(Relation.GREATER, x, x)
    for other in (
        replace(general, left=general.right + 1),
        replace(general, right=goal.left),
        replace(general, conditions=()),
        replace(general, conditions=(*general.conditions, general.conditions[0])),
        replace(general, conditions=(replace(general.conditions[0], compare=wrong), *general.conditions[1:])),
        replace(
            general, conditions=(replace(general.conditions[0], guards=(wrong,)), *general.conditions[1:])
        ),
        replace(general, hypotheses=()),
        replace(general, hypotheses=(replace(general.hypotheses[0], condition=wrong),)),
        replace(general, different=frozenset((frozenset((Index("i", "n"), Index("j", "n"))),))),
        replace(general, rows=(("y", Index("t", "n")),)),
    ):
        assert not is_instance(goal, other, parts, context)


def test_parts_that_are_none() -> None:
    goal, general, parts, context = _asked()
    (first, *rest) = parts
    used = {name for side in (general.left, general.right) for name in arrays(side)}
    assert first.name in used
    for other in (
        (),
        rest,
        (replace(first, body=first.body + 1), *rest),
        (first, *parts),
        (replace(first, parameters=()), *rest),
        (replace(first, parameters=first.parameters * 2), *rest),
    ):
        assert not is_instance(goal, general, other, context)
    known = replace(context, variables={**context.variables, first.name: Variable(first.name)})
    assert not is_instance(goal, general, parts, known)
    named = replace(context, definitions={first.name: first})
    assert not is_instance(goal, general, parts, named)


def test_a_name_that_the_question_has() -> None:
    """An entry that is known to be something is not anything."""
    goal, general, parts, context = _asked()
    taken = Entry(parts[0].name, parts[0].parameters)
    assert not is_instance(replace(goal, left=goal.left + taken), general, parts, context)


def test_a_part_says_what_it_depends_on() -> None:
    """`?0` for tanh(x[k]) under a sum over k, with no index of its own, is a number that does not hang on k."""
    ((equation, context),) = equations(
        "size n\nreal x[n]\nclaim tanh(sum(tanh(x[k]), k)) = tanh(n*tanh(x[j]))"
    )
    (goal,) = goals_of(equation, context, ())
    general, parts = next(generalisations(goal))
    free = tuple(Definition(part.name, (), part.body) for part in parts)

    def bare(node: Term) -> Term:
        return Entry(node.name) if isinstance(node, Entry) and node.name.startswith("?") else node

    less = replace(general, left=_changed(general.left, bare), right=_changed(general.right, bare))
    assert not is_instance(goal, less, free, context)


def test_a_root_that_is_found_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where (y - 1)^2 is not seen to be a square, 1 is the one value of y, and functions of y are not 0."""
    monkeypatch.setattr(bridge, "_factors", lambda product: (1, [(product, 1)]))
    given = "real y, z\ngiven y^2 = 2*y - 1\n"
    assert refused(f"{given}claim exp(y*z) = 0")
    assert refused(f"{given}claim sin(y*z) = 0")
    assert proved(f"{given}claim exp(y*z) = exp(z)")
