r"""Labels that are spelled with an index, `read yi as y_i`: a block says of one sample i what its label is.

What is proved with it holds of every sample by itself. Where a page sums over the samples, or speaks of another one,
each has a label of its own, and that is not what the block declares.
"""

from __future__ import annotations

from collections.abc import Mapping

from derive.reading.declared import Declared
from derive.reading.latex.spellings import Spelling
from derive.terms import Big, Definition, Entry, Term, free_indices
from derive.terms.traverse import children, reachable


def letters_of_labels(declared: Declared, spellings: list[Spelling]) -> dict[str, frozenset[str]]:
    """Return the labels that are spelled with an index, with its letters."""
    return {one.name: one.fixed for one in spellings if one.name in declared.labels and one.fixed}


def misplaced(
    term: Term,
    letters: Mapping[str, frozenset[str]],
    definitions: Mapping[str, Definition],
    bound: frozenset[str] = frozenset(),
) -> str | None:
    """Return a label that stands in something for another sample than its own, None if none does."""
    match term:
        case Big(_, binders, _):
            bound |= {str(one.index.name) for one in binders}
        case Entry(name, indices) if name in definitions:
            body = definitions[name].body
            for label in _mentioned(body, definitions) & letters.keys():
                own = {str(one.name) for one in indices} & letters[label] - bound
                if indices and not own:
                    return label
            return misplaced(body, letters, definitions)
        case _:
            pass
    found = (misplaced(one, letters, definitions, bound) for one in children(term))
    return next(filter(None, found), None)


def _mentioned(body: Term, definitions: Mapping[str, Definition]) -> set[str]:
    return {
        str(index.name)
        for node in reachable([body], definitions)
        if isinstance(node, Entry)
        for index in free_indices(node)
    }
