r"""What a page tells of names that nothing declares: which letters are indices, what each name is, over which sizes.

All displays and the formulas in the text are looked at together. A name that nothing defines is a free number or
array; its indices run over the same size wherever they share a letter. It reads no formula and decides nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from types import MappingProxyType

from lark import Tree

from derive.errors import ReadingError
from derive.reading.declared import Declared
from derive.reading.latex.axes import Axes, Node, fresh_names
from derive.reading.latex.counting import columns_in, compared_in, in_brackets, is_delta, of_deltas, stepping
from derive.reading.latex.ends import Range, open_sizes
from derive.reading.latex.extents import Extent, Span, counted, spans_of, torn
from derive.reading.latex.inline import InText, Stretch
from derive.reading.latex.instances import SAMPLED, Instance, instances_in
from derive.reading.latex.names import key_of, opened
from derive.reading.latex.powers import is_second, whole_powers
from derive.reading.latex.sequences import SequencePlace, steps_of
from derive.reading.latex.signs import Place
from derive.reading.latex.slopes import Slopes, slopes_of
from derive.reading.latex.spellings import Spelling, find, flat
from derive.reading.latex.structure import Item, row_of, structure, tree
from derive.reading.latex.symbols import DOTS, LETTERS
from derive.reading.latex.totals import totals
from derive.reading.latex.uses import (
    Shape,
    Use,
    bound_in_rows,
    is_family,
    is_straight,
    is_transposition,
    parts_of,
    place_of,
    primed_of,
    shape_of,
    star_of,
    stars_in,
    uses_in,
)
from derive.reading.lines import Passage
from derive.terms import Index, Relation, Size, Variable
from derive.terms.contexts import Bound
from derive.terms.nodes import ZERO

_ALL = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
EACH = "_each"
"""What marks the name of `L_i` where `L` is another."""
UP = "_up"
"""What marks the name of `x^{(i)}` where there is an `x_i`, too."""
_COUNTING = frozenset("ij")
"""Letters that below a name count its entries, and are no part of the name."""


@dataclass(slots=True)
class NameUses:
    """A name of the page: its shapes, the uses of each, and how many axes it has beyond its index letters."""

    name: str
    uses: list[tuple[Use, Shape]] = field(default_factory=list)
    extra: int = 0

    @property
    def fullest(self) -> tuple[Use, Shape]:
        """The use with the most index letters."""
        return max(self.uses, key=lambda one: len(one[1].letters))

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.fullest[1].letters) + self.extra


@dataclass(slots=True)
class Inferred:
    r"""What a page tells of names that nothing declares.

    `varying` are letters of which there is a derivative on the page, by its notation: `y'`, `\dot y`, `y_x`; each with
    the letters by which it is differentiated, or `ANYTHING`. `parametrised` are names that are written with the array
    below them of which they are functions, too, each with how. `numbers` are names that are used as no function is,
    `factors` those that stand as one before they stand before a bracket, `refused` those that cannot be what the page
    says of them, each with why. `finite` are the values of names that have no others; `unplaced` is where the text
    gives values to what is found in no formula.
    """

    spellings: list[Spelling] = field(default_factory=list)
    variables: dict[str, Variable] = field(default_factory=dict)
    sizes: dict[str, Size] = field(default_factory=dict)
    labels: dict[str, Index] = field(default_factory=dict)
    totals: list[Spelling] = field(default_factory=list)
    columns: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()
    tails: set[str] = field(default_factory=set)
    inside: set[str] = field(default_factory=set)
    zero_based: Mapping[str, str] = field(default_factory=dict)
    one_based: frozenset[str] = frozenset()
    declared: set[str] = field(default_factory=set)
    upstream: dict[str, list[str]] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)
    slopes: dict[str, str] = field(default_factory=dict)
    parametrised: dict[str, str] = field(default_factory=dict)
    varying: dict[str, set[str]] = field(default_factory=dict)
    finite: dict[str, tuple[Fraction, ...]] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    factors: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    instances: dict[str, Instance] = field(default_factory=dict)
    steps: dict[str, SequencePlace] = field(default_factory=dict)
    torn: dict[str, tuple[Span, Span]] = field(default_factory=dict)
    unplaced: set[Stretch] = field(default_factory=set)

    def merge(self, merged: Mapping[str, str]) -> None:
        """Make sizes one that must be, or what stands on the page would be ill-typed."""

        def final(size: str) -> str:
            while size in merged:
                size = merged[size]
            return size

        for name, one in self.variables.items():
            self.variables[name] = replace(one, dims=tuple(map(final, one.dims)))
        self.labels = {name: Index(name, final(one.dim)) for name, one in self.labels.items()}
        self.sizes = {name: size for name, size in self.sizes.items() if name not in merged}


@dataclass(slots=True)
class PageChains:
    """The chains of a page: the sides of each.

    `bounded` are the places of sides that are related to the one before otherwise than by equality, `cases` the
    letters that the text compares, `solutions` the places of chains that the text says to solve something, and
    `extents` what is said of indices and lists.
    """

    chains: list[list[Passage]] = field(default_factory=list)
    bounded: set[Place] = field(default_factory=set)
    cases: Sequence[set[str]] = ()
    solutions: set[Place] = field(default_factory=set)
    extents: list[Extent] = field(default_factory=list)


class Page:
    """The sides of all chains of a page, and the names that stand in them.

    `lifted` are the axes of names that must be arrays, or nothing around them would fit.
    """

    def __init__(
        self,
        page: PageChains,
        declared: Declared,
        text: InText,
        called: Iterable[str],
        spelled: Sequence[Spelling] = (),
        lifted: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    ) -> None:
        self.text = text
        self.lifted = lifted
        self.declared = declared
        self.extents = page.extents
        self._read(page.chains, page.bounded)
        self.of_chain: dict[int, int] = {}
        self.dims: dict[str, tuple[str | None, ...]] = {}
        self.listed: set[tuple[str, int]] = set()
        self.uses: list[Use] = []
        self.instances: list[Instance] = []
        self.heads: set[int] = set()
        self.ends: set[int] = set()
        self.inside: set[int] = set()
        self._find_uses()
        self.heads -= set(self._solved(page))
        self.every = tuple(self.uses)
        self.given = {
            letter
            for one in self.uses
            if declared.kind(one.key.name) in ("variable", "definition") and declared.dims(one.key.name)
            for letter in shape_of(one, _ALL).letters
        }
        self._columns = frozenset(columns_in(self.every)) - {one.name for one in spelled}
        self.uses = list(self._open(frozenset(called), spelled))
        self.uses = whole_powers(self.uses, self.heads, any(map(is_second, self._sides())))
        self.bound = list(self._ranges())
        self.totals = self._totals({one.name for one in spelled})
        self.compared = [*page.cases, *(pair for items in self._sides() for pair in compared_in(items))]
        self.bases = {one.key.name for one in self.uses if not one.above}.difference(*self.compared)
        self.steps = {letter for items in self._sides() for letter in stepping(items)}
        self.letters = self._index_letters(frozenset(text.ranges))
        self.labels = frozenset(
            label
            for one in spelled
            if declared.kind(one.name) == "label" and len(one.pattern) == 1
            if (label := place_of(one.pattern[0], self.letters)) is not None
        )
        self.stars = {
            name: one
            for items in self._sides()
            for name, one in stars_in(items, self.letters)
            if not any(find(spelling, [one], 0) for spelling in spelled)
        }
        shown = {k for chain in self.related() for k in chain}
        numbers = {
            one.key.name for one in self.uses if not one.marks and not one.above and one.piece in shown
        } | {one.end for one in self.bound if one.end is not None}
        self.uses = [
            replace(one, power=False) if self._is_part(one, numbers) else self._not_transposed(one, numbers)
            for one in self.uses
        ]

    def _open(self, called: frozenset[str], spelled: Sequence[Spelling]) -> Iterator[Use]:
        """Yield the uses of names that nothing declares."""
        straight = any(is_straight(items) for items in self._sides())
        for one in self.uses:
            name = one.key.name
            known = self.declared.kind(name) is not None and not _is_marked(one, self.declared)
            if (known and not _is_other(one, self.declared, spelled)) or name in called:
                continue
            if any(find(spelling, one.items, 0) for spelling in spelled) or is_delta(one.items[0]):
                continue
            if not (straight and name == "d" and not one.marks):
                yield one

    def _totals(self, spoken: set[str]) -> list[Spelling]:
        """Return how the page writes sums of arrays under their names; what a block spells is written so."""
        ranges = {(one.chain, one.letter) for one in self.bound}
        found = totals(self.every, self.heads, self.of_chain, ranges, self.declared)
        return [one for one in found if one.name not in spoken]

    def _read(self, chains: Sequence[Sequence[Passage]], bounded: Container[Place]) -> None:
        """Read the sides of chains; one that cannot be read tells nothing."""
        read = [
            [(piece, items) for piece in chain if (items := _items(piece)) is not None] for chain in chains
        ]
        self.chains: list[list[list[Item]]] = [[items for _, items in chain] for chain in read]
        self.places = [_place(piece) for chain in read for piece, _ in chain]
        self.bounded = {
            (place, side)
            for place, chain in enumerate(read)
            for side, (piece, _) in enumerate(chain)
            if (piece.line, piece.column) in bounded
        }

    def _find_uses(self) -> None:
        """Find the uses of names in every side, and the sides that begin or end a chain with a name alone."""
        number = 0
        for place, chain in enumerate(self.chains):
            for side, items in enumerate(chain):
                self.of_chain[number] = place
                found = list(uses_in(items, number))
                alone = len(chain) > 1 and found and found[0].alone
                if alone and side == 0 and (place, 1) not in self.bounded:
                    self.heads.add(number)
                if alone and len(chain) == side + 1 and (place, side) not in self.bounded:
                    self.ends.add(number)
                bound = {(place, side), (place, side + 1)} & self.bounded
                if alone and 0 < side < len(chain) - 1 and not bound:
                    self.inside.add(number)
                self.uses += found
                number += 1

    def _solved(self, page: PageChains) -> Iterator[int]:
        """Yield the sides that are a variable for which a page has solved something: that defines no name."""
        variables = {one.key.name for one in self.uses if one.by == "below"}
        arguments = (
            item
            for one in self.uses
            if len(one.items) > 1
            for part in parts_of(one.items[-1])
            for item in part
        )
        variables |= {key.name for one in arguments if (key := key_of(one)) is not None}
        for use in self.uses:
            first = page.chains[self.of_chain[use.piece]][0]
            if (
                use.piece in self.heads
                and use.key.name in variables
                and (first.line, first.column) in page.solutions
            ):
                yield use.piece

    def _ranges(self) -> Iterator[Range]:
        for place, chain in enumerate(self.chains):
            for items in chain:
                for letter, above, start in bound_in_rows(items):
                    yield Range(place, letter, above, start)

    # ---- letters

    def _index_letters(self, ranges: frozenset[str]) -> frozenset[str]:
        """Return the letters that are indices: bound by a sum, of a range, in a delta, or varying in one place."""
        found = {one.letter for one in self.bound} | ranges
        found |= {name for items in self._sides() for name in of_deltas(items)}
        found |= {
            letter for use in self.uses for letter in in_brackets(use.fence) if letter not in self.bases
        }
        found |= self.given
        groups: dict[str, list[tuple[str, ...]]] = {}
        for use in self.uses:
            one = shape_of(use, _ALL)
            if one.letters and use.fence is None:
                groups.setdefault(one.text, []).append(one.letters)
        for letters in groups.values():
            for place in zip(*letters, strict=True):
                found |= {one for one in place if f"{one}'" in found & set(place)}
                loose = {one for one in place if one not in self.bases and one.islower() and len(one) == 1}
                if (
                    loose & _COUNTING - self.steps
                    or len(loose) > 1
                    or (loose and (len(set(place)) > 1 and found & set(place)))
                ):
                    found |= loose
        ends = self._ends()
        for _ in range(2):  # a letter is an index where it is compared with one
            for pair in self.compared:
                found |= pair if pair & found else set()
        found.discard("pi")
        found -= ends - {one.letter for one in self.bound}
        return frozenset(one for one in found if self.declared.kind(one) is None)

    def _ends(self) -> set[str]:
        """Return the names of last positions, above sums and in lists."""
        return {one.end for one in self.bound if one.end is not None} | {last for _, last in self.text.listed}

    def _is_part(self, use: Use, numbers: set[str]) -> bool:
        """Return whether a letter above a name is an index of it or a part of it, and no exponent."""
        if not use.power or use.transposed:
            return False
        inside = row_of(opened(use.items[0])[1]["SUP"])
        key = key_of(inside[0]) if len(inside) == 1 else None
        return key is not None and (key.name in self.letters or key.name not in numbers)

    def _not_transposed(self, use: Use, numbers: set[str]) -> Use:
        """Return a use whose superscript is a number of the page, and no sign of a transpose."""
        inside = row_of(opened(use.items[0])[1]["SUP"]) if use.transposed else []
        key = key_of(inside[0]) if len(inside) == 1 else None
        return replace(use, transposed=False) if key is not None and key.name in numbers else use

    def _is_number_above(self, use: Use) -> bool:
        """Return whether the sign of a transpose above a name is one of which the text says something."""
        above = opened(use.items[0])[1].get("SUP")
        if above is None or not is_transposition(above):
            return False
        return any((key := key_of(one)) and key.name in self.text.numbers for one in row_of(above))

    def related(self) -> Iterator[range]:
        """Yield the numbers of the sides of each chain that relates something."""
        number = 0
        for chain in self.chains:
            if len(chain) > 1:
                yield range(number, number + len(chain))
            number += len(chain)

    def zero_based(self) -> dict[str, str]:
        """Return the names above sums from 0, each with the size over which they run."""
        shown = {k for chain in self.related() for k in chain}
        used = {one.key.name for one in self.uses if not one.above and not one.marks and one.piece in shown}
        return open_sizes(self.bound, used, self.declared.sizes.keys())

    def _sides(self) -> Iterator[list[Item]]:
        return itertools.chain.from_iterable(self.chains)

    # ---- names

    def named(self) -> dict[str, NameUses]:
        """Return the names of the page, each with its uses."""
        shapes = [(use, shape_of(use, self.letters, self.labels)) for use in self.uses]
        texts = {one.text for _, one in shapes}
        related = {place for place, chain in enumerate(self.chains) if len(chain) > 1}
        listed = {name for name, _ in self.text.listed}
        self.instances = [
            one
            for one in instances_in(shapes, self.heads, self.of_chain, related)
            if self.declared.kind(one.generic) is None and one.generic not in listed
        ]
        ends = {re.escape(one) for one in self._ends()}
        apart = self._apart(shapes)
        found: dict[str, NameUses] = {}
        cores: dict[str, set[str]] = {}
        for _, one in shapes:
            if one.text != one.core:
                cores.setdefault(one.core, set()).add(one.text)
        for use, one in shapes:
            if use.key.name in self.letters and not use.marks and use.fence is None:
                continue
            if use.fence is None and self._is_place(use.items[0]):
                continue
            if len(cores.get(one.core, ())) > 1 and not any(one.core == each.core for each in self.instances):
                continue
            whole = re.sub(rf"(?<=[_\W])(?:\d+|{'|'.join(sorted(ends) or ['!'])})(?!\w)", "#", one.text)
            if whole != one.text and whole in texts:
                self.listed.add((use.key.name, self.of_chain[use.piece]))
                continue  # a position of an array
            if use.above and use.key.name in ("T", "t"):
                continue  # a transpose
            name = self._at_samples(use, one, texts) or _name_of(one, texts) + EACH * (
                one.core.count("#") if _whole(one) in apart else 0
            )
            name += EACH * (
                self.declared.kind(name) == "label" or name == "pi"
            )  # the number stands by itself
            found.setdefault(name, NameUses(name)).uses.append((use, one))
        for made in found.values():
            clear = [one for one in made.uses if not one[0].nested]
            made.uses = clear or made.uses
            made.extra = _extra(made)
        for items, dims in self.text.arrays:
            told = self._name_in_text(items, found)
            if told is not None:
                # `x_i` in the reals of d has the axis of i ahead of that of d; of `s` in those of n, `s_i` is an entry.
                ahead = max(
                    (len(shape_of(one, self.letters).letters) for one in uses_in(items, -1)), default=0
                )
                self.dims[told] = (*([None] * ahead), *dims)
                found[told].extra = max(0, len(self.dims[told]) - len(found[told].fullest[1].letters))
        for instance in self.instances:
            generic, samples = found.get(instance.generic), found.get(instance.generic + SAMPLED)
            if generic is not None and samples is not None:
                rank = max(generic.rank, samples.rank - 1)
                generic.extra += rank - generic.rank
                samples.extra += rank + 1 - samples.rank
        return found

    def _at_samples(self, use: Use, shape: Shape, texts: set[str]) -> str:
        """Return the name of a function or its input at the samples, "" for any other use."""
        sampled = any(one.is_sampled(use, shape) for one in self.instances)
        whole = (
            use.key.name
            if any(use.key.name == one.generic for one in self.instances)
            else _name_of(shape, texts)
        )
        return whole + SAMPLED if sampled else ""

    def _is_place(self, item: Item) -> bool:
        """Return whether an item is a place along an axis, such as `y_1`, `j'` or `j^*`."""
        told = place_of(item, self.letters) or primed_of(item, self.letters)
        return told is not None or star_of(item, self.letters) in self.stars

    def _apart(self, shapes: Sequence[tuple[Use, Shape]]) -> set[str]:
        r"""Return the names that with an index are others than without: `L_i = …` and then `L = \sum_i L_i`.

        So are those that the page defines both ways, `\ell(\theta) = \sum_i …` with a sum over the index of `\ell_i`.
        """
        heads = {
            one.core: (use, one)
            for use, one in shapes
            if use.alone and not use.power and use.piece in self.heads
        }
        made_of: dict[str, set[int]] = {}
        for use, one in shapes:
            if "#" in one.core:
                made_of.setdefault(_whole(one), set()).add(self.of_chain[use.piece])
        bound = {(one.chain, one.letter) for one in self.bound}
        found: set[str] = set()
        for _, one in heads.values():
            whole = heads.get(_whole(one)) if "#" in one.core else None
            if whole is not None:
                chain = self.of_chain[whole[0].piece]
                summed = bool(one.letters) and (chain, one.letters[-1]) in bound
                if summed or chain in made_of.get(_whole(one), ()):
                    found.add(_whole(one))
        return found

    def _name_in_text(self, items: Sequence[Item], named: dict[str, NameUses]) -> str | None:
        """Return the name that items of the text are."""
        for use in uses_in(items, -1):
            text = shape_of(use, self.letters).text
            for name, one in named.items():
                if any(shape.text == text for _, shape in one.uses):
                    return name
            if text == use.key.name in named:
                return text
        return None

    def infer(self) -> Inferred:
        """Return what the page tells."""
        named = self.named()
        defined = {name for name, one in named.items() if self._is_defined(one)}
        tails = {name for name, one in named.items() if name not in defined and self._is_tail(one)}
        tails = {name for name in tails if not name.endswith(SAMPLED)}
        told = Inferred(letters=self.letters, tails=tails, zero_based=self.zero_based())
        told.one_based = frozenset(one.end for one in self.bound if one.start == "1" and one.end is not None)
        told.instances = {
            name: one
            for one in self.instances
            for name, made in named.items()
            if _is_of(one, made) and name in defined
        }
        told.inside = {name for name, one in named.items() if name not in defined and self._is_inside(one)}
        told.upstream = self._upstream(named, defined | tails | told.inside)
        whole = self._whole(named, {*defined, *tails, *told.inside})
        axes, sizes, numbered = self._axes(named)
        for name, entries in whole.items():
            for place in range(2):
                axes.join(("axis", name, place), ("axis", entries, place))
        told.sizes = {one: Size(one) for one in sorted(sizes) if self.declared.kind(one) is None}
        told.sizes |= {name: Size(name, fixed=one) for name, one in numbered.items()}
        taken = {*self.bases, *self.letters, *told.sizes, *self.declared.names()}
        fresh = fresh_names(taken)
        slopes = self._slopes(named, defined, frozenset(told.sizes))
        told.slopes = slopes.names(self.every)
        told.totals = self.totals
        for base, use in self._parametrised(named, slopes):
            told.parametrised[base] = "_".join([base, *map(str, flat(use.marks.get("SUB")))])
            told.spellings.append(Spelling(base, (), _pattern(use)))
        told.columns = self._columns
        told.torn = self._torn(named)
        told.steps = steps_of({name: one.uses for name, one in named.items()})
        told.varying = _varying(one for one in self.every if one.key.name not in self._updated())
        known = {*defined, *tails, *told.inside, *told.upstream, *sizes, *self._unclear(named)}
        known |= {name + SAMPLED for name in told.instances}
        for name, one in named.items():
            if any(slopes.base(use) is not None for use, _ in one.uses):
                continue
            told.spellings += _spelling(whole.get(name, name), one)
            if name in whole or name in known or self.declared.kind(name) is not None:
                continue
            dims = [axes.size_of(("axis", name, place), fresh, told.sizes) for place in range(one.rank)]
            told.variables[name] = Variable(
                name, tuple(dims) or (() if name in self.dims else self.lifted.get(name, ()))
            )
        self._take_stars(told, axes, fresh)
        told.fresh = told.sizes.keys() - sizes - numbered.keys()
        self._take_values(told, named)
        self._refuse(told, named)
        self._take_factors(told, named)
        return told

    def _take_stars(self, told: Inferred, axes: Axes, fresh: Iterator[str]) -> None:
        """Take places such as `j^*` for labels."""
        for label, item in self.stars.items():
            if self.declared.kind(label) is None:
                size = axes.size_of(("label", label), fresh, told.sizes)
                told.labels[label] = Index(label, size)
                told.spellings.append(Spelling(label, (), (item,)))

    def _refuse(self, told: Inferred, named: Mapping[str, NameUses]) -> None:
        """Leave undeclared what cannot be what the page says of it, or may be a power as well as a transpose."""
        told.refused |= {
            name: f"{name} with a T above it: its transpose, or a power, as the page says something of a T? "
            "Write ^\\top, or declare it"
            for name, one in named.items()
            if any((use.transposed or one.rank) and self._is_number_above(use) for use, _ in one.uses)
            and name not in self.dims
            and told.variables.pop(name, None) is not None
        }

    def _take_factors(self, told: Inferred, named: dict[str, NameUses]) -> None:
        """Take which names are numbers by their use, or are likely to be."""
        told.numbers |= {name for name, one in named.items() if any(map(_is_of_number, one.uses))}
        told.numbers |= self.dims.keys() | told.finite.keys()
        told.factors |= {name for name, one in told.variables.items() if one.bounds}
        told.factors |= {name for name, one in named.items() if self._is_factor(one)}

    def _is_factor(self, one: NameUses) -> bool:
        """Return whether a name is part of a formula above those in which it stands before a bracket."""
        pieces = [use.piece for use, _ in one.uses if use.followed is not None]
        first = self.of_chain[min(pieces, key=lambda piece: self.of_chain[piece])] if pieces else 0
        return any(
            use.followed is None
            and not (use.alone or use.by)
            and self.of_chain[use.piece] < first
            and len(self.chains[self.of_chain[use.piece]]) > 1
            for use, _ in one.uses
        )

    def _take_values(self, told: Inferred, named: dict[str, NameUses]) -> None:
        """Take what the text says of the values of names: one-hot, positive, or among finitely many."""
        for items in self.text.one_hot:
            found = self._name_in_text(items, named)
            if found in told.variables and self._is_row(named[found]):
                told.variables[found] = replace(told.variables[found], kind="onehot")
        for items in self.text.positive:
            found = self._name_in_text(items, named)
            if found in told.variables:
                told.variables[found] = replace(
                    told.variables[found], bounds=(Bound(Relation.GREATER, ZERO),)
                )
        for items, values, at in self.text.finite:
            found = self._name_in_text(items, named)
            if found in told.variables:
                told.finite[found] = values
            else:
                told.unplaced.add(at)

    def _parametrised(self, named: Mapping[str, NameUses], slopes: Slopes) -> Iterator[tuple[str, Use]]:
        r"""Yield uses such as `h_\theta(x)` of an `h(x)` that the page defines, a number, where \theta is an array.

        A derivative by that were an array, too. What stands alone on a side may be one that is claimed, and one by what
        stands in the brackets is no parameter.
        """
        arrays = {name for name, one in named.items() if one.rank}
        arrays |= {name for name in self.declared.names() if self.declared.dims(name)}
        found = [
            (base, use) for use in self.every if (base := slopes.base(use)) in named and base is not None
        ]
        alone = {base for base, use in found if use.alone or "PRIMES" in use.marks}
        for base, use in found:
            brackets = {one.text[len(one.core) :] for _, one in named[base].uses}
            one = shape_of(use, self.letters)
            keys = [key_of(item) for item in flat(use.marks.get("SUB"))]
            keys += [None for part in parts_of(use.items[-1]) for item in part if key_of(item) in keys]
            plain = not named[base].rank and one.text != one.core and one.text[len(one.core) :] in brackets
            if plain and base not in alone and all(key is not None and key.name in arrays for key in keys):
                yield base, use

    def _is_row(self, one: NameUses) -> bool:
        """Return whether a name has one axis, and its index stands below it wherever it has one."""
        return one.rank == 1 and all("SUP" not in use.marks for use, _ in one.uses)

    def _slopes(self, named: dict[str, NameUses], defined: set[str], sizes: frozenset[str]) -> Slopes:
        """Return what may be derivatives of names that the page or a block defines."""
        heads = {
            named[name].fullest[1].core: frozenset(
                piece
                for use, _ in named[name].uses
                if use.alone and use.piece in self.heads
                for piece, chain in self.of_chain.items()
                if chain == self.of_chain[use.piece]
            )
            for name in defined
            if not any("PRIMES" in use.marks for use, _ in named[name].uses)
        }
        indices = self.letters | sizes | self.declared.sizes.keys() | self.declared.labels.keys()
        return slopes_of(self.every, heads, list(self._sides()), self.declared, indices)

    def _whole(self, named: dict[str, NameUses], known: set[str]) -> dict[str, str]:
        """Return the matrices whose entries have the small letter: X of `x_{ij}`, both of them free.

        What the text may make of its entries otherwise is none of these.
        """
        otherwise = {self._name_in_text(items, named) for items in self.text.rearranged}
        return {
            name: entries
            for name, one in named.items()
            if len(name) == 1
            and name not in otherwise
            and (entries := name.lower()) != name
            and entries in named
            and not {name, entries} & known
            and all(self.declared.kind(letter) is None for letter in (name, entries))
            and one.rank == 2
            and all(not shape.letters and use.fence is None for use, shape in one.uses)
            and not named[entries].extra
            and named[entries].rank == 2
            and set(named[entries].fullest[0].marks) == {"SUB"}
        }

    def _updated(self) -> set[str]:
        r"""Return the names of which a prime is the next value: `w' = w - \eta \frac{\partial L}{\partial w}`."""
        primed: dict[str, set[int]] = {}
        for one in self.every:
            if "PRIMES" in one.marks:
                primed.setdefault(one.key.name, set()).add(self.of_chain[one.piece])
        plain = [one for one in self.every if not one.marks.keys() & {"PRIMES", "SUP"}]
        found = {(one.key.name, self.of_chain[one.piece], one.by) for one in plain}
        headed = {
            (one.key.name, self.of_chain[one.piece])
            for one in self.every
            if one.alone and one.piece in self.heads and "PRIMES" in one.marks
        }
        return {
            name
            for name, chains in primed.items()
            if all({(name, k, ""), (name, k, "below")} <= found and (name, k) in headed for k in chains)
        }

    def _axes(self, named: dict[str, NameUses]) -> tuple[Axes, set[str], dict[str, int]]:
        """Return which axes and letters run over the same size, the sizes with a name, and those that are numbers."""
        ends = {one.end for one in self.bound if one.end is not None}
        sizes = {end for end in ends if end not in self.letters and end.isidentifier()}
        numbered = {f"n_{one.number}": one.number for one in self.bound if one.number}
        axes = Axes()
        for name, uses in named.items():
            self._unify(axes, name, uses)
        zero_based = self.zero_based()
        for one in self.bound:
            size = zero_based.get(one.end or "", one.end) if one.counts_from_zero else one.end
            if one.end in sizes and size is not None:
                sizes.add(size)
                axes.join(("letter", one.chain, one.letter), ("size", size))
            elif one.number:
                axes.join(("letter", one.chain, one.letter), ("size", f"n_{one.number}"))
        for label, chain in itertools.product(self.stars, range(len(self.chains))):
            axes.join(("letter", chain, label), ("label", label))
        for instance in self.instances:
            generic, samples = instance.generic, instance.generic + SAMPLED
            for place in range(named[generic].rank if {generic, samples} <= named.keys() else 0):
                axes.join(("axis", samples, place + 1), ("axis", generic, place))
        sizes.update(*self.text.ranges.values())
        for node, size in self._told_axes(named):
            sizes.add(size)
            axes.join(node, ("size", size))
        return axes, sizes, numbered

    def _told_axes(self, named: Mapping[str, NameUses]) -> Iterator[tuple[Node, str]]:
        """Yield the axes and letters of which the text says over what they run; what a sum binds runs over its own."""
        ended = {(one.chain, one.letter) for one in self.bound if one.end is not None or one.number}
        for letter, over in self.text.ranges.items():
            for chain in range(len(self.chains) if len(over) == 1 else 0):
                if (chain, letter) not in ended:
                    yield ("letter", chain, letter), next(iter(over))
        for name, given in self.dims.items():
            # Of `x` in the reals of d with entries x_ij, the last axis is that of d: the others count such vectors.
            for place, size in enumerate(given, named[name].rank - len(given)):
                if size is not None:
                    yield ("axis", name, place), size
        for name, size in self.text.listed:
            if name in named and named[name].rank and size not in self.letters:
                yield ("axis", name, 0), size

    def _torn(self, named: dict[str, NameUses]) -> dict[str, tuple[Span, Span]]:
        """Return the names of which the page says that their entries go to one end here, and to another there."""
        axes = Axes()
        for name, uses in named.items():
            self._unify(axes, name, uses)
        said: list[tuple[Node, Span]] = []
        for name, given in self.dims.items():
            places = enumerate(given, named[name].rank - len(given))
            said += [(("axis", name, place), Span(None, size)) for place, size in places if size]
        arrays = {name: (one.fullest[0].key.name, one.rank) for name, one in named.items()}
        said += spans_of(self.bound, self.extents, arrays, len(self.chains))
        return torn(axes, said, arrays, counted(self.extents))

    def _unclear(self, named: dict[str, NameUses]) -> set[str]:
        """Return the names without indices that may be no numbers, by their letter, an arrow, or what the text says."""
        spoken = self._spoken_of(named)
        found = {name for name, one in named.items() if not one.rank and name not in self.dims}
        return {one for one in found if one in spoken or _MATRIX.fullmatch(one) or one.endswith("_vec")}

    def _upstream(self, named: dict[str, NameUses], defined: set[str]) -> dict[str, list[str]]:
        """Return the losses that are known by their derivatives alone, each with what they are differentiated by."""
        found: dict[str, list[str]] = {}
        below = [name for name, one in named.items() if any(use.by == "below" for use, _ in one.uses)]
        for name, one in named.items():
            number = not one.rank and name not in defined and self.declared.kind(name) is None
            shown = [
                use for use, _ in one.uses if not use.alone or len(self.chains[self.of_chain[use.piece]]) > 1
            ]
            if number and shown and all(use.by == "above" for use in shown):
                found[name] = below
        return found

    def _is_defined(self, one: NameUses) -> bool:
        """Return whether a name stands alone before a sign of equality, and not behind it."""
        for use, _ in one.uses:
            if use.alone and use.piece in self.heads:
                chain = self.of_chain[use.piece]
                others = [other for other, _ in one.uses if self.of_chain[other.piece] == chain]
                listed = (use.key.name, chain) in self.listed
                if not listed and all(other.piece == use.piece or other.alone for other in others):
                    return True
        return False

    def _is_tail(self, one: NameUses) -> bool:
        """Return whether a name is first met alone at the end of a chain, which then says what it is."""
        first = min(one.uses, key=lambda use: use[0].piece)[0]
        known = self.declared.kind(first.key.name) is not None
        return first.alone and not first.power and first.piece in self.ends and not known

    def _is_inside(self, one: NameUses) -> bool:
        """Return whether a name is first met alone inside a chain, as the b of `a = b = c`: c says what it is."""
        first = min((use for use, _ in one.uses), key=lambda use: self.places[use.piece])
        known = self.declared.kind(first.key.name) is not None
        return first.alone and not first.power and first.piece in self.inside and not known

    def _spoken_of(self, named: dict[str, NameUses]) -> set[str]:
        """Return the names in sentences that speak of vectors and matrices."""
        uses = [use for items in self.text.spoken for use in uses_in(items, -1)]
        keys = {use.key.name for use in uses}
        return {
            name for name, one in named.items() if one.uses[0][0].key.name in keys and name not in self.dims
        }

    def _unify(self, axes: Axes, name: str, one: NameUses) -> None:
        for use, shape in one.uses:
            chain = self.of_chain[use.piece]
            if len(shape.letters) != len(one.fullest[1].letters):
                continue
            for place, letter in enumerate(shape.letters):
                axes.join(("axis", name, place), ("letter", chain, letter))


ANYTHING = "*"
"""What a derivative may be taken by that does not say by what it is."""


def _varying(uses: Iterable[Use]) -> dict[str, set[str]]:
    r"""Return the letters of which a derivative is written by a prime, a dot or letters below, with those letters."""
    found: dict[str, set[str]] = {}
    for use in uses:
        base, _, accent = use.key.name.rpartition("_")
        below = [str(one) for one in flat(use.marks.get("SUB"))]
        above = [str(one) for one in flat(use.marks.get("SUP"))]
        if "PRIMES" in use.marks or (above and set(above) == {r"\prime"}):
            found.setdefault(use.key.name, set()).add(ANYTHING)
        if accent in DOTS:
            found.setdefault(base, set()).add(ANYTHING)
        if len(set(below)) == 1:
            found.setdefault(use.key.name, set()).add(LETTERS.get(below[0], below[0]))
    return found


def _is_of_number(one: tuple[Use, Shape]) -> bool:
    r"""Return whether a use is one of a number: differentiated by, an exponent, or in its own bracket as `p(1-p)`."""
    use, _ = one
    fence = use.followed if isinstance(use.followed, Tree) and use.followed.data == "fence" else None
    inside = uses_in(row_of(fence.children[1]), -1) if fence is not None else ()
    own = any(other.key == use.key and other.followed is None for other in inside)
    return use.by == "below" or use.above or use.transposed or own


def _is_of(instance: Instance, made: NameUses) -> bool:
    """Return whether a name is the function of an instance, at any input."""
    return any(shape.text == instance.text for _, shape in made.uses)


def _place(piece: Passage) -> tuple[int, int]:
    return piece.position.line or 0, piece.position.column or 0


def _items(piece: Passage) -> list[Item] | None:
    try:
        return structure(piece)
    except ReadingError:
        return None


def _is_marked(use: Use, declared: Declared) -> bool:
    """Return whether a use has a prime or a star, and so is another name than the one declared."""
    if declared.kind(use.key.name) == "function":
        return False
    marks = use.marks
    return "PRIMES" in marks or ("SUP" in marks and str(row_of(marks["SUP"])[0]) == "*")


def _is_other(use: Use, declared: Declared, spelled: Sequence[Spelling]) -> bool:
    """Return whether a use has an index, and so is not the label of this name, which a block spells otherwise."""
    name = use.key.name
    label = name in declared.labels and any(one.name == name for one in spelled)
    return label and "SUB" in use.marks


def is_marked(spelling: Spelling) -> bool:
    """Return whether a spelling has more to it than a letter with what stands below it."""
    if len(spelling.pattern) > 1:
        return True
    return bool(set(opened(spelling.pattern[0])[1]) - {"SUB"})


def _extra(one: NameUses) -> int:
    """Return how many axes a name has beyond its letters: a vector is bold or transposed, a matrix a bold capital."""
    most = len(one.fullest[1].letters)
    full = [use for use, shape in one.uses if len(shape.letters) == most]
    capital = full[0].key.name[:1].isupper() and not most
    if any(use.transposed or use.behind_row for use in full):
        return 2 if capital else 1
    if all(use.key.font == "bold" for use in full):
        return 2 if capital else 1
    return 0


_MATRIX = re.compile(r"[A-Z](?:_\d+)?")
"""A name of a matrix, if nothing says otherwise."""

_LETTER = {name: command for command, name in LETTERS.items()}


def _whole(shape: Shape) -> str:
    """Return a shape without its indices."""
    return shape.core.replace("#", "").rstrip("_")


def _name_of(shape: Shape, texts: set[str]) -> str:
    """Return the name that the language has for a shape."""
    text = shape.core
    behind = len(shape.letters) - shape.inner
    if behind and any(other != shape.text and other.startswith(f"{shape.core}_") for other in texts):
        text += "_of"
    root, _, above = text.partition("^")
    beside = (one for one in texts if one == root or (one.startswith(f"{root}_") and "^" not in one))
    if "#" in above and any("#" in one for one in beside):
        text += UP
    text = text.replace("'", "_prime").replace("*", "_star").replace("-", "_minus_").replace("+", "_plus_")
    text = re.sub(r"\\[A-Za-z]+", "_", text)
    return re.sub(r"_+", "_", re.sub(r"\W", "_", text.replace("#", "").replace("|", "_given_"))).strip("_")


def _spelling(name: str, one: NameUses) -> list[Spelling]:
    """Return how a name is spelled, where that is not how the language would read it anyway."""
    found: dict[tuple[str, ...], Spelling] = {}
    for use, shape in one.uses:
        families = (
            [one for part in parts_of(use.fence) for one in part if is_family(one)] if use.fence else []
        )
        written = (shape.text, *map(str, families))  # the fonts in them may be any
        natural = shape.text.replace("#", "").rstrip("_") == name == use.key.name and len(_pattern(use)) == 1
        if natural or written in found or len(set(shape.letters)) < len(shape.letters):
            continue
        letters = tuple(_LETTER.get(letter, letter) for letter in shape.letters)
        found[written] = Spelling(name, letters, _pattern(use))
    return list(found.values())


def _pattern(use: Use) -> tuple[Item, ...]:
    """Return the items of a use without what is no part of the name."""
    first, *rest = use.items
    ahead = () if use.before is None else (use.before,)
    if use.power and isinstance(first, Tree):
        kept = [one for one in first.children[1:] if isinstance(one, Tree) and str(one.children[0]) != "^"]
        first = tree("scripted", [first.children[0], *kept], first) if kept else first.children[0]
    return (*ahead, first, *rest)
