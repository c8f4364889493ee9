r"""Names that with an index are others than without, as `L_i` and the L of `L = \sum_i L_i`. Reads nothing."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence

from derive.reading.declared import Declared
from derive.reading.latex.names import opened
from derive.reading.latex.spellings import Spelling, flat
from derive.reading.latex.structure import shape
from derive.reading.latex.uses import Use

TOTAL = "_total"
r"""What marks the name of the L of `L = \sum_i L_i`, where a block defines `L[i]`."""


def totals(
    uses: Sequence[Use],
    heads: Container[int],
    of_chain: Mapping[int, int],
    bound: Container[tuple[int, str]],
    declared: Declared,
) -> Iterator[Spelling]:
    """Yield how a page writes a sum of entries that has the name of the array which a block defines, and these.

    `heads` are the sides before a sign of equality, and `bound` the letters of the sums of each chain.
    """
    for name, made in declared.definitions.items():
        written = [one for one in uses if one.key.name == name and one.fence is None and not one.power]
        sums = {of_chain[one.piece] for one in written if one.alone and not one.marks and one.piece in heads}
        for one in written:
            letters, chain = _letters(one), of_chain[one.piece]
            if (
                chain in sums
                and len(letters) == len(made.parameters) > 0
                and all((chain, letter) in bound for letter in letters)
            ):
                yield Spelling(name + TOTAL, (), (opened(one.items[0])[0],))
                yield Spelling(name, letters, one.items)
                break


def _letters(use: Use) -> tuple[str, ...]:
    """Return the letters below a name, if nothing else stands at it."""
    below = flat(use.marks.get("SUB")) if set(use.marks) == {"SUB"} else []
    return tuple(map(str, below)) if all(shape(one) == "LETTER" for one in below) else ()
