"""A chain as it is written on a page, and the parts of one: under which conditions each stands. Reads no formula."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lark import Token, Tree

from derive.errors import ReadingError
from derive.problem.problems import Displayed, DisplayKind, Failure, Side
from derive.reading.latex.displays import Display
from derive.reading.latex.rows import Node
from derive.reading.latex.said import Said
from derive.reading.latex.sides import IndexCondition, nodes_in
from derive.reading.latex.signs import Place
from derive.reading.lines import Passage
from derive.terms import Derivative, Entry, Index, Relation, Term, walk
from derive.terms.nodes import ZERO, Big, IndexPair


@dataclass(slots=True, eq=False)
class Written:
    """A chain as written: its pieces, the conditions beside each, and what could not be cut up among them.

    `stands` are the places of its parts, with their text, and `rows` of which display each is and where its row begins.
    `defines` says that it can only be a definition, `said` how the text around it takes it, `outside` what it says that
    is not decided; `heads` are what a part that could not be cut up may have defined, `skipped` says that its author
    leaves it out, `whole` that it does not end with an operator, and `negative` that it defines the negative of a name.
    `displayed` are its displays; `reserved` is why it is not refuted, `flow` the stretch of displays it belongs to, and
    `general` says that it is written for all indices. A `silent` one stands in the text: it can define a name, claims
    nothing and is listed nowhere. `assumes` are formulas of the text of which it makes use, and `text` is that of a
    silent one. `bounds` are the relations of pieces to the one before, where they are not equal, by the places of the
    pieces.
    """

    pieces: list[Passage] = field(default_factory=list)
    when: list[list[IndexCondition]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    stands: list[Displayed] = field(default_factory=list)
    rows: list[tuple[int, Place]] = field(default_factory=list)
    heads: list[Passage] = field(default_factory=list)
    defines: bool = False
    displayed: list[Display] = field(default_factory=list)
    said: Said = Said.NOTHING
    reserved: str = ""
    flow: int = 0
    general: bool = False
    outside: str = ""
    restricts: bool = False
    skipped: bool = False
    section: int = 0
    trailing: bool = False
    silent: bool = False
    text: str = ""
    assumes: list[str] = field(default_factory=list)
    open: bool = True
    whole: bool = True
    negative: bool = False
    bounds: dict[Place, Relation] = field(default_factory=dict)

    def is_bound(self, piece: Passage) -> bool:
        """Return whether a piece is related to the one before otherwise than by equality."""
        return (piece.line, piece.column) in self.bounds

    def relations(self, sides: Sequence[Side]) -> tuple[Relation, ...]:
        """Return how each of these sides of it is related to the one before.

        Raises:
            ReadingError: nothing follows for the two: what stands between leads both ways.
        """
        places = [(piece.line, piece.column) for piece in self.pieces]
        found: list[Relation] = []
        for left, right in itertools.pairwise(sides):
            start, end = ((one.position.line or 1, one.position.column or 1) for one in (left, right))
            relation: Relation | None = Relation.EQUAL
            for place in places[bisect.bisect(places, start) : bisect.bisect(places, end)]:
                relation = relation and relation.then(self.bounds.get(place, Relation.EQUAL))
            if relation is None or (found and _over(found).then(relation) is None):
                message = "a chain of inequalities leads one way: of this one nothing follows for its ends"
                raise ReadingError(message, right.position)
            found.append(relation)
        return tuple(found)


def _over(relations: Sequence[Relation]) -> Relation:
    """Return what relations that lead one way say of the ends."""
    found = Relation.EQUAL
    for one in relations:
        found = found.then(one) or found
    return found


MACROS = "macros"
STEP = "an update of a name by what is made of it"
"""What a display says that only gives meanings to commands."""

CASE_OF = "a case in a sentence"
"""What a formula in a sentence says that relates two letters."""

MESSAGES: dict[DisplayKind, str] = {
    "assumption": "assumed, and not used as a hypothesis: say it with given",
    "outside": "no relation: nothing is claimed",
    "skipped": "left out by its author",
}


def before_zero(sides: tuple[Side, ...], relations: Sequence[Relation] = ()) -> Iterator[tuple[Side, ...]]:
    """Yield a chain, and by itself its last link where a derivative is 0 in the end: that may be a condition."""
    bounded = any(one is not Relation.EQUAL for one in relations)
    if len(sides) > 2 and sides[-1].term == ZERO and isinstance(sides[0].term, Derivative) and not bounded:
        yield sides[:-1]
        yield (sides[0], sides[-1])
    elif len(sides) > 1:
        yield sides


def is_differentiated(node: Tree[Token], side: Node) -> bool:
    """Return whether an entry is what a derivative is of."""
    for one in nodes_in(side):
        if isinstance(one, Tree) and one.data == "call" and one.children[0] == "D":
            arguments = one.children[1]
            if isinstance(arguments, Tree) and arguments.children[0] is node:
                return True
    return False


def bound_letters(term: Term) -> set[str | int]:
    """Return the letters that sums and the like bind in a term."""
    return {binder.index.name for one in walk(term) if isinstance(one, Big) for binder in one.binders}


def uses(term: Term, index: Index) -> int:
    """Return how often an index stands in a term."""
    count = 0
    for one in walk(term):
        match one:
            case Entry(_, indices):
                count += indices.count(index)
            case IndexPair(left, right):
                count += (left, right).count(index)
            case Big(_, binders, _):  # under a sum both letters may be bound: over all pairs that differ
                count += 2 * sum(binder.excluded.count(index) for binder in binders)
            case _:
                pass
    return count


def stretches(chain: Written, pieces: list[Passage]) -> Iterator[tuple[list[Passage], list[IndexCondition]]]:
    """Yield the parts of a chain that stand under the same conditions; one that begins later repeats the side before.

    A condition holds from its line on. One that contradicts it, further down, is about the side before both.
    """
    started = len(chain.pieces) - len(pieces)
    current = list(chain.when[started])
    stretch, fork = [pieces[0]], pieces[0]
    for piece, when in zip(pieces[1:], chain.when[started + 1 :], strict=True):
        fresh = [one for one in when if not any(_agree(one, other) for other in current)]
        if fresh:
            against = any(_oppose(one, other) for one in fresh for other in current)
            if len(stretch) > 1:
                yield stretch, current
            if not against:
                fork = stretch[-1]
            current = list(when) if against else [*current, *fresh]
            stretch = [fork]
        stretch.append(piece)
    if len(stretch) > 1:
        yield stretch, current


def _pair(one: IndexCondition) -> frozenset[str]:
    return frozenset((str(one.left), str(one.right)))


def _agree(left: IndexCondition, right: IndexCondition) -> bool:
    return _pair(left) == _pair(right) and left.equal == right.equal


def _oppose(left: IndexCondition, right: IndexCondition) -> bool:
    return _pair(left) == _pair(right) and left.equal != right.equal
