"""The door to SymPy: its expressions in, ours out, node by node. Never reads text, never simplifies."""

from derive.sympy_door.incoming import from_sympy, is_statement, sides
from derive.sympy_door.outgoing import equation_to_sympy, to_sympy

__all__ = ["equation_to_sympy", "from_sympy", "is_statement", "sides", "to_sympy"]
