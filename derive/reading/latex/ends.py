r"""Where the sums of a page begin and end, and over how many terms they run: `\sum_{i=1}^n`, `\sum_{i=0}^{n-1}`.

From 0 to n there may be as many as n, or one more: where n is a number of the page, too, how many is left open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from derive.reading.latex.names import key_of
from derive.reading.latex.structure import Item, row_of

OPEN = "_and_0"
"""What marks a size that may be the one of the name before it, or one more."""


@dataclass(frozen=True, slots=True)
class Range:
    """A letter that a sum of a chain binds, with what stands above the sign and where it begins."""

    chain: int
    letter: str
    above: Item | None
    start: str

    @property
    def end(self) -> str | None:
        """The name at which a sum ends, or behind which it would: `n` of `n`, and from 0 of `n - 1`."""
        inside = row_of(self.above) if self.above is not None else []
        inside = inside[:-2] if self.start == "0" and ends_before(inside) else inside
        key = key_of(inside[0]) if len(inside) == 1 else None
        return key.name if key is not None and not key.font else None

    @property
    def number(self) -> int:
        """The number at which a sum ends, 0 if it ends at none."""
        text = "".join(map(str, row_of(self.above))) if self.above is not None else ""
        return int(text) if text.isdigit() and len(text) < 5 else 0

    @property
    def counts_from_zero(self) -> bool:
        """Whether a sum runs from 0 to a name."""
        return self.start == "0" and self.above is not None and not ends_before(row_of(self.above))


def ends_before(above: Sequence[Item]) -> bool:
    """Return whether an upper end is one less than something: `n - 1`."""
    return len(above) > 2 and [str(one) for one in above[-2:]] == ["-", "1"]


def open_sizes(bound: Iterable[Range], used: AbstractSet[str], declared: AbstractSet[str]) -> dict[str, str]:
    """Return the names above sums from 0, each with the size over which they run.

    That is the name itself if it is `used` for nothing else, and above no other sum; else one that is left open.
    """
    bound = [one for one in bound if one.end is not None and one.end not in declared]
    others = {one.end for one in bound if not one.counts_from_zero and one.start}
    found = {one.end for one in bound if one.counts_from_zero}
    return {name: name + (OPEN if name in used | others else "") for name in found if name is not None}
