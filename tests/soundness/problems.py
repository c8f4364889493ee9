"""Problem number k of seed s: a text of the language with one claim whose truth is known, always the same.

True claims come from valid rewriting, false ones by damage and from templates aimed at a rule. A third opinion must
see a witness for a true claim, and a point at which a false one fails; what it contradicts is kept as `disputed`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from mpmath import mp

from derive.problem.declarations import declarations
from derive.terms import (
    Big,
    Binder,
    Context,
    Derivative,
    Entry,
    Equation,
    Index,
    IndexPair,
    IndexRelation,
    MatrixFunction,
    Term,
    free_indices,
    names_of,
    walk,
)
from derive.terms.text import tells_dimension
from tests.soundness import opinion
from tests.soundness.opinion import Point
from tests.soundness.points import point_at, sizes_at
from tests.soundness.settings import Setting
from tests.soundness.shapes import features_of

if TYPE_CHECKING:
    from tests.soundness.whole_claims import WholeClaim

MOST_NODES = 110  # a side larger than this is drawn again
WITNESSES, TRIES_TRUE, TRIES_FALSE = 2, 14, 40
PAGES = 0.12  # how many of the problems are pages
ARRAYS = 0.25  # how many of them are of the kinds that arrays bring, unless a campaign says otherwise


@dataclass(frozen=True)
class Made:
    """A claim as its generator made it: sides of one chain, of which `wrong` says which link is false."""

    setting: Setting
    sides: tuple[Term, ...]
    when: tuple[IndexRelation, ...] = ()
    wrong: int | None = None  # the number of the false link, counted from 0; None: all are true
    kind: str = ""
    features: frozenset[str] = frozenset()
    hint: dict[str, int] = field(default_factory=dict)  # sizes at which a false claim may fail

    @property
    def context(self) -> Context:
        """The context of the claim."""
        return self.setting.context

    def equations(self) -> list[Equation]:
        """Return the links of the chain."""
        return [Equation(a, b, self.when) for a, b in zip(self.sides, self.sides[1:], strict=False)]


@dataclass(frozen=True)
class Problem:
    """A text or a page, whether its claim is true, and what it holds."""

    seed: int
    number: int
    text: str
    truth: bool
    kind: str
    features: frozenset[str]
    disputed: str | None = None  # a claim made as true that the third opinion refutes
    page: bool = False  # whether the text is a page in Markdown, with the claim as a display


Generator = Callable[[random.Random], "Made | WholeClaim | None"]
Standing = Literal["holds", "fails", "unknown"]


def problem(seed: int, number: int, arrays: float = ARRAYS) -> Problem:
    """Return the problem; even numbers are true, odd ones false. `arrays` is how many are of the kinds of arrays.

    Of two campaigns that want different shares, a problem with arrays in both is the same, and one without likewise.
    """
    from tests.soundness.generators import FALSE, FALSE_ARRAYS, TRUE, TRUE_ARRAYS
    from tests.soundness.surroundings import fits_a_page, page_of, surrounded
    from tests.soundness.whole_claims import WholeClaim

    rng = random.Random(f"{seed}:{number}")  # noqa: S311 - reproducible, not secret
    truth = number % 2 == 0
    generators = TRUE if truth else FALSE
    if random.Random(f"{seed}:{number}:arrays").random() < arrays:  # noqa: S311
        generators = TRUE_ARRAYS if truth else FALSE_ARRAYS
    for _ in range(200):
        name = rng.choices(list(generators), [weight for weight, _ in generators.values()])[0]
        plain = generators[name][1](rng)
        if isinstance(plain, WholeClaim):
            standing = plain.judged(rng) if plain.readable() else "unknown"
            if standing == "unknown" or (standing == "holds" and not truth):
                continue
            found = plain.text()
            wrong = found if truth and standing == "fails" else None
            return Problem(seed, number, found, truth, plain.kind or name, plain.features(), disputed=wrong)
        made = None if plain is None else surrounded(plain, rng)
        if made is None or not readable(made):
            continue
        standing = judged(made, rng)
        if standing == ("holds" if truth else "fails"):
            page = rng.random() < PAGES and fits_a_page(made)
            text = page_of(made) if page else text_of(made)
            features = _features(made) | ({"page"} if page else set())
            return Problem(seed, number, text, truth, made.kind or name, features, page=page)
        if truth and standing == "fails":
            found = text_of(made)
            return Problem(seed, number, found, truth, made.kind or name, _features(made), disputed=found)
    raise RuntimeError(f"no problem {seed}:{number} was found")


def readable(made: Made) -> bool:
    """Return whether a claim is of a size that a person would write, and the language can tell what it means."""
    context = made.context
    declared = {*context.variables, *context.definitions, *context.labels}
    parts = (*made.sides, *(d.body for d in context.definitions.values()))
    if any(sum(1 for _ in walk(side)) > MOST_NODES for side in made.sides):
        return False
    if any(a == b for a, b in zip(made.sides, made.sides[1:], strict=False)):
        return False
    if any(b.index.name in declared for side in parts for one in walk(side) for b in _binders(one)):
        return False
    free = {i for side in made.sides for i in free_indices(side)}
    labels = set(made.context.labels.values())
    by_name: dict[str | int, str] = {}
    for index in free:
        if isinstance(index.name, str) and by_name.setdefault(index.name, index.dim) != index.dim:
            return False
    if any(r.left not in free | labels or r.right not in free | labels for r in made.when):
        return False
    if any(isinstance(one, IndexPair) and not _named(one) for side in made.sides for one in walk(side)):
        return False
    if not all(_axes_told(one) for side in parts for one in walk(side)):
        return False
    told = set().union(*map(told_in, made.sides))
    if any(isinstance(i.name, str) and i not in told | labels for i in free):
        return False
    return all(set(d.parameters) <= told_in(d.body) for d in made.context.definitions.values())


def _binders(one: Term) -> tuple[Binder, ...]:
    return one.binders if isinstance(one, Big) else ()


def _axes_told(one: Term) -> bool:
    """Return whether, if it is an array, an entry in it tells over which sizes its axes run."""
    if not isinstance(one, Big) or one.operation != "array":
        return True
    return all(tells_dimension(one.body, binder.index) for binder in one.binders)


def _named(one: IndexPair) -> bool:
    """Return whether one of its indices is a letter: of two positions nothing tells the size."""
    return isinstance(one.left.name, str) or isinstance(one.right.name, str)


def told_in(side: Term) -> set[Index]:
    """Return the indices of which an array tells over which size they run."""
    found = [one.indices for one in walk(side) if isinstance(one, Entry)]
    found += [one.at for one in walk(side) if isinstance(one, MatrixFunction)]
    return {letter for indices in found for index in indices for letter in (index, *index.letters)}


def text_of(made: Made) -> str:
    """Return the claim as a text of the language."""
    lines = list(declarations(made.context))
    chain = " = ".join(map(str, made.sides))
    cases = f" when {', '.join(map(str, made.when))}" if made.when else ""
    expect = " expect refuted" if made.wrong is not None and len(made.sides) > 2 else ""
    return "\n".join([*lines, f"claim {chain}{cases}{expect}", ""])


def judged(made: Made, rng: random.Random) -> Standing:
    """Return what a third opinion says: of a true claim every link, of a false one its false link."""
    equations = made.equations()
    if made.wrong is not None:
        chosen = [equations[made.wrong]]
        # In a chain the other links must hold, or be unknown; they are looked at as true ones are.
        rest = [e for k, e in enumerate(equations) if k != made.wrong]
        if any(standing(e, made, rng, WITNESSES, TRIES_TRUE) != "holds" for e in rest):
            return "unknown"
        # The first side may have no value where the false link fails, and then the whole is true.
        if len(made.sides) > 2:
            chosen.append(Equation(made.sides[0], made.sides[made.wrong + 1], made.when))
        fails = all(standing(e, made, rng, 10**6, TRIES_FALSE) == "fails" for e in chosen)
        return "fails" if fails else "unknown"
    found: list[Standing] = [standing(e, made, rng, WITNESSES, TRIES_TRUE) for e in equations]
    if "fails" in found:
        return "fails"
    return "holds" if set(found) == {"holds"} else "unknown"


def standing(equation: Equation, made: Made, rng: random.Random, witnesses: int, tries: int) -> Standing:
    """Return whether an equation fails at a point, or holds at as many as asked for."""
    agreed = 0
    with mp.workprec(opinion.BITS):
        for attempt in range(tries):
            point = random_point(equation, made, rng, attempt)
            same = None if point is None else opinion.compare(equation, made.context, point)
            if same is False:
                return "fails"
            agreed += same is True
            if agreed >= witnesses:
                return "holds"
            if agreed == 0 and attempt >= 8 and attempt >= tries // 3:
                return "unknown"  # it hardly has a value anywhere
    return "holds" if agreed else "unknown"


def random_point(equation: Equation, made: Made, rng: random.Random, attempt: int) -> Point | None:
    """Return a random point with places for the free indices as `when` says; `None` if none was found."""
    setting = made.setting
    sizes = sizes_at(setting, rng)
    if attempt % 2 == 0:
        for name, size in made.hint.items():
            if name in sizes and made.context.sizes[name].fixed is None:
                sizes[name] = max(size, made.context.sizes[name].minimum)
    free = [
        i for i in (*free_indices(equation.left), *free_indices(equation.right)) if isinstance(i.name, str)
    ]
    indices = dict.fromkeys([*free, *made.context.labels.values()])
    for relation in made.when:
        indices |= dict.fromkeys([relation.left, relation.right])
    for _ in range(6):
        places = {i: rng.randint(1, sizes[i.dim]) for i in indices if isinstance(i.name, str)}
        for relation in made.when:
            if relation.equal and isinstance(relation.left.name, str):
                places[relation.left] = _at(relation.right, places)
        fits = all((_at(r.left, places) == _at(r.right, places)) == r.equal for r in made.when)
        if fits and _in_range(equation, sizes):
            return point_at(setting, sizes, {str(i.name): k for i, k in places.items()}, rng)
    return None


def _at(index: Index, places: dict[Index, int]) -> int:
    return index.name if isinstance(index.name, int) else places[index]


def _in_range(equation: Equation, sizes: dict[str, int]) -> bool:
    free = (*free_indices(equation.left), *free_indices(equation.right))
    return all(i.name <= sizes[i.dim] for i in free if isinstance(i.name, int))


def _features(made: Made) -> frozenset[str]:
    context = made.context
    found = set(made.features)
    parts = list(made.sides)
    parts += [d.body for d in context.definitions.values()]
    for part in parts:
        found |= features_of(part)
    if len(context.sizes) > 1:
        found.add("several sizes")
    if any(s.fixed is not None for s in context.sizes.values()):
        found.add("fixed size")
    if context.hypotheses:
        found.add("hypothesis")
    if context.definitions:
        found.add("definition")
    if any(
        isinstance(one, Derivative) and any(v.name in context.definitions for v in one.variables)
        for part in parts
        for one in walk(part)
    ):
        found.add("D by a defined name")
    for v in context.variables.values():
        if v.kind != "real":
            found.add(v.kind)
        elif v.bounds:
            found.add("domain")
    if context.labels:
        found.add("label")
    if made.when:
        found.add("when")
    if len(made.sides) > 2:
        found.add("chain")
    return frozenset(found)


def only_used(context: Context, sides: tuple[Term, ...]) -> Context:
    """Return the context without what a claim does not use: users do not declare what they do not need."""
    used: set[str] = set()
    waiting = list(sides)
    waiting += [s for h in context.hypotheses for s in (h.condition.left, h.condition.right)]
    functions: set[str] = set()
    while waiting:
        for one in walk(waiting.pop()):
            used |= set(names_of(one)) - set(context.definitions)
            name = getattr(one, "name", None)
            if isinstance(name, str) and name not in used:
                used.add(name)
                if name in context.definitions:
                    waiting.append(context.definitions[name].body)
            functions.add(getattr(one, "function", ""))
            for v in getattr(one, "variables", ()):
                used.add(v.name)
                if v.name in context.definitions:
                    waiting.append(context.definitions[v.name].body)
    return replace(
        context,
        variables={n: v for n, v in context.variables.items() if n in used},
        definitions={n: d for n, d in context.definitions.items() if n in used},
        functions=frozenset(context.functions & functions),
        signatures={n: of for n, of in context.signatures.items() if n in used},
    )
