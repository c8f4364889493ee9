r"""Functions of one input that a page defines for any, `f(x) = w^\top x`, and uses at its samples: `f(x_i)`.

What f is at the samples is an array of its own: the definition with each x replaced by that of a sample.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from derive.reading.latex.names import key_of, opened
from derive.reading.latex.structure import Item
from derive.reading.latex.uses import Shape, Use, parts_of
from derive.terms import Definition, Entry, Index, Term, instantiate, walk
from derive.terms.renaming import fresh_index
from derive.terms.traverse import depends, has_derivative, own_indices, rebuild

SAMPLED = "_sampled"
"""What marks the name of all samples of a name, and of what a function is at them."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A function, by its shape at any input, with the letter of that, and with the mark that numbers the samples."""

    core: str
    text: str
    generic: str
    mark: str

    def is_sampled(self, use: Use, shape: Shape) -> bool:
        """Return whether a use is of the samples, or of the function at one."""
        if shape.core == self.core:
            return shape.text != self.text
        return use.key.name == self.generic and self.mark in use.marks


def instances_in(
    shapes: Sequence[tuple[Use, Shape]],
    heads: Container[int],
    of_chain: Mapping[int, int],
    related: Container[int],
) -> Iterator[Instance]:
    """Yield the functions that are defined at an input without an index, and stand elsewhere at one with an index.

    `related` are the chains that relate something.
    """
    for use, shape in shapes:
        item = _argument(use)
        if not use.alone or use.piece not in heads or item is None or shape.letters or opened(item)[1]:
            continue
        generic = key_of(item)
        others = [(other, one) for other, one in shapes if one.core == shape.core and one.text != shape.text]
        texts = {one.text for _, one in others}
        marks = (
            {_mark(_argument(other), generic.name) for other, _ in others} if generic is not None else set()
        )
        if generic is None or len(texts) != 1 or len(marks) != 1:
            continue
        found = Instance(shape.core, shape.text, generic.name, marks.pop())
        plain = all(len(one.letters) == 1 for _, one in others) and found.mark
        if plain and _is_any(found, shapes, of_chain, of_chain[use.piece], related):
            yield found


def _is_any(
    found: Instance,
    shapes: Sequence[tuple[Use, Shape]],
    of_chain: Mapping[int, int],
    defining: int,
    related: Container[int],
) -> bool:
    """Return whether the input of a function stands for any: nowhere else than in what is said of the function.

    Elsewhere it might be the array of all samples.
    """
    chains: dict[int, Counter[str]] = {}
    for use, shape in shapes:
        counts = chains.setdefault(of_chain[use.piece], Counter())
        counts["sampled"] += found.is_sampled(use, shape)
        counts["called"] += shape.text == found.text
        counts["bare"] += use.key.name == found.generic and not use.marks
    if chains[defining]["sampled"]:
        return False
    made_of = {use.key.name for use, _ in shapes if of_chain[use.piece] == defining}
    inner = {
        of_chain[use.piece] for use, _ in shapes if use.alone and use.key.name in made_of - {found.generic}
    }
    return all(
        counts["bare"] <= counts["called"] or ((counts["called"] or chain in inner) and not counts["sampled"])
        for chain, counts in chains.items()
        if chain != defining and chain in related
    )


def _argument(use: Use) -> Item | None:
    """Return what alone stands in the brackets behind a name."""
    parts = parts_of(use.fence) if use.fence is not None else []
    return parts[0][0] if len(parts) == 1 and len(parts[0]) == 1 else None


def _mark(item: Item | None, generic: str | None) -> str:
    """Return which script alone numbers the samples in an argument, "" if it is none of a letter."""
    base, marks = opened(item) if item is not None else (None, {})
    key = key_of(base) if base is not None else None
    numbered = key is not None and key.name == generic and len(marks) == 1
    return next(iter(marks)) if numbered and not marks.keys() - {"SUB", "SUP"} else ""


def at_samples(
    definition: Definition, generic: str, sizes: Sequence[str], definitions: Mapping[str, Definition]
) -> Definition | None:
    """Return what a function is at the samples of its input, None if that takes more than to put these in.

    `sizes` are those of the array of all samples, the first of them numbers these.
    """
    if definition.parameters:
        return None
    bodies = _bodies(definition.body, definitions)
    if any(map(has_derivative, bodies)):
        return None
    taken = {one.name for body in bodies for node in walk(body) for one in own_indices(node)}
    if sizes[0] in sizes[1:]:  # as many as it has entries: are the samples these?
        return None
    sample = fresh_index(Index("s", sizes[0]), taken)

    def put(term: Term) -> Term:
        match term:
            case Entry(one, indices) if one == generic:
                return Entry(generic + SAMPLED, (sample, *indices))
            case Entry(one, indices) if one in definitions and depends(term, generic, definitions):
                return put(instantiate(definitions[one], indices))
            case _:
                return rebuild(term, put)

    return Definition(definition.name + SAMPLED, (sample,), put(definition.body))


def _bodies(term: Term, definitions: Mapping[str, Definition]) -> list[Term]:
    """Return a term and the bodies of all definitions that it is made of."""
    found, waiting, seen = [], [term], set[str]()
    while waiting:
        one = waiting.pop()
        found.append(one)
        for node in walk(one):
            if isinstance(node, Entry) and node.name in definitions and node.name not in seen:
                seen.add(node.name)
                waiting.append(definitions[node.name].body)
    return found
