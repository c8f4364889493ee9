"""Mathematics as LaTeX, read into terms: an unknown or ambiguous piece is an error at its place, never a guess."""

from derive.reading.latex.reader import read_equation, read_term

__all__ = ["read_equation", "read_term"]
