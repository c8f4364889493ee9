"""The door to SymPy: its expressions in, ours out, node by node. Never reads text, never simplifies."""

from sympy import SympifyError

from derive.errors import IllPosedError
from derive.interop.incoming import from_sympy, is_statement, sides
from derive.interop.outgoing import equation_to_sympy, to_sympy


class NotSymPyError(IllPosedError, SympifyError):  # type: ignore[misc]  # SymPy has no types
    """Something that SymPy cannot take; to its operators the error says that the other side may know how."""

    def __init__(self, message: str) -> None:
        IllPosedError.__init__(self, message)


__all__ = ["NotSymPyError", "equation_to_sympy", "from_sympy", "is_statement", "sides", "to_sympy"]
