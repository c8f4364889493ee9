"""Formulas that are told as text, as LaTeX: read in the context of their claim. What cannot be read stays text."""

from __future__ import annotations

from derive.errors import DeriveError
from derive.terms import Context, Relation
from derive.writing.latex import index_to_latex, to_latex

# Imported inside functions: the grammar, which a process without formulas to tell does without.

MOST = 2000  # characters; longer ones are told as they are


def spelled(context: Context, text: str) -> str | None:
    """Return a term, an equation or another comparison of terms or indices as LaTeX, `None` for what is neither."""
    if len(text) > MOST:
        return None
    parts = _sides(text)
    sides = [_side(side, context) for side in parts[::2]]
    if None in sides:
        return None
    signs = [*(f" {Relation(sign).latex} " for sign in parts[1::2]), ""]
    return "".join(f"{side}{sign}" for side, sign in zip(sides, signs, strict=True))


def _side(text: str, context: Context) -> str | None:
    from derive.reading.text import read_term

    try:
        return to_latex(read_term(text, context))
    except (DeriveError, RecursionError):
        return index_to_latex(text) if text.isidentifier() and len(text) == 1 else None


def _sides(text: str) -> list[str]:
    """Return the sides of a comparison and the relations between them, in turn."""
    parts, depth = [""], 0
    for word in text.split(" "):
        if depth == 0 and word in set(Relation):
            parts += [word, ""]
        else:
            parts[-1] = f"{parts[-1]} {word}".strip()
        depth += sum(word.count(sign) for sign in "([") - sum(word.count(sign) for sign in ")]")
    return parts


__all__ = ["spelled"]
