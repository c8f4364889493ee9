"""Unknown functions of several numbers or arrays, and their partial derivatives, as atoms.

*Identity:* equal arguments give equal values; the order of two derivatives does not matter. *Precondition:* the
function is twice continuously differentiable, so that of more than two derivatives the order is kept. *Near miss:* the
derivative by the first argument is none by the second, though both be the same number.
"""

from __future__ import annotations

from collections.abc import Iterator

from derive.kernel.normal_form.polynomials import (
    BOUND,
    Atom,
    Exponent,
    Idx,
    Mapping_,
    Poly,
    moved,
    outside,
    poly_indices,
    poly_key,
    poly_level,
    with_letters,
)
from derive.kernel.normal_form.powers import power
from derive.kernel.normal_form.ring import Ring

Argument = tuple[tuple[Idx, ...], Poly]
"""The indices of the axes of an array, and its entry; a number has no axes."""

Partials = tuple[tuple[int, tuple[Idx, ...]], ...]


class UnknownAtom(Atom):
    """A value of an unknown function, or of a partial derivative of it."""

    __slots__ = ("arguments", "name", "partials")
    name: str
    arguments: tuple[Argument, ...]
    partials: Partials

    def parts(self) -> Iterator[Poly]:
        yield from (entry for _, entry in self.arguments)

    def renamed(self, ring: Ring, mapping: Mapping_, exponent: Exponent) -> Poly:
        arguments: list[Argument] = []
        for axes, entry in self.arguments:
            fresh = {axis: ring.fresh(axis[1]) for axis in axes}
            arguments.append((tuple(fresh.values()), ring.rename(ring.rename(entry, fresh), mapping)))
        partials = tuple((k, tuple(moved(index, mapping) for index in at)) for k, at in self.partials)
        return power(ring, unknown(ring, self.name, tuple(arguments), partials), exponent)


def unknown(ring: Ring, name: str, arguments: tuple[Argument, ...], partials: Partials) -> Poly:
    """Return an unknown function of arguments whose axes have temporary indices."""
    if len(partials) == 2:
        partials = (min(partials), max(partials))
    named: list[Argument] = []
    indices: frozenset[Idx] = with_letters(index for _, at in partials for index in at)
    greatest = 0
    for axes, entry in arguments:
        level = poly_level(entry)
        labels = {old: (BOUND, old[1], "", level + 1 + k) for k, old in enumerate(axes)}
        body = ring.rename(entry, labels)
        named.append((tuple(labels.values()), body))
        indices |= outside(poly_indices(body), labels.values())
        greatest = max(greatest, level + len(axes))
    key = ("unknown", name, tuple((axes, poly_key(body)) for axes, body in named), partials)
    atom = ring.intern(
        UnknownAtom, key, indices, greatest, name=name, arguments=tuple(named), partials=partials
    )
    return ring.poly(atom)
