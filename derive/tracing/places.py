"""Where in somebody's code something was computed: the innermost line that is not of a library."""

from __future__ import annotations

import dis
import linecache
import sys
import sysconfig
from functools import cache
from pathlib import Path
from types import CodeType, FrameType, TracebackType

from derive.errors import Position

_OURS = str(Path(__file__).resolve().parent.parent)
_LIBRARIES = frozenset({"numpy", "scipy", "jax", "jaxlib", "torch", "_pytest", "pluggy"})


def here() -> Position | None:
    """Return the line of the user's that is being run."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not is_library(frame.f_code.co_filename):
            return _position(frame.f_code, frame.f_lasti, frame.f_lineno)
        frame = frame.f_back
    return None


def calls_by_name(frame: FrameType, name: str, function: object) -> bool:
    """Return whether what a frame is calling is written as this name, or as a variable that has the function.

    If it is not, the call comes from compiled code, of which Python has no frame.
    """
    positions = list(frame.f_code.co_positions())
    line, end, column, stop = positions[frame.f_lasti // 2]
    if column is None or stop is None:
        return name in frame.f_code.co_names
    called = None
    for instruction, (first, last, start, finish) in zip(
        dis.get_instructions(frame.f_code, show_caches=True), positions, strict=False
    ):
        within = (first, start) == (line, column) and (last or 0, finish or 0) < (end or 0, stop)
        if within and instruction.opname.startswith("LOAD_") and isinstance(instruction.argval, str):
            called = instruction.argval  # the last of them is the longest: `np`, then `np.empty`
    if called == name:
        return True
    return called is not None and any(
        names.get(called) is function for names in (frame.f_locals, frame.f_globals)
    )


@cache
def is_standard(file: str) -> bool:
    """Return whether a file belongs to Python's standard library."""
    standard = sysconfig.get_paths()["stdlib"]
    return file.startswith(standard) and "site-packages" not in Path(file).parts


def raised_at(trace: TracebackType | None) -> Position | None:
    """Return the innermost line of the user's that an error came through."""
    found = None
    while trace is not None:
        code = trace.tb_frame.f_code
        if not is_library(code.co_filename):
            found = _position(code, trace.tb_lasti, trace.tb_lineno)
        trace = trace.tb_next
    return found


@cache
def is_library(file: str) -> bool:
    """Return whether a file belongs to this package or to one of those that traced code calls."""
    path = Path(file)
    inside = _LIBRARIES.intersection(path.parts) and "site-packages" in path.parts
    return file.startswith("<frozen") or bool(inside) or str(path.resolve()).startswith(_OURS + "/")


def _position(code: CodeType, instruction: int, line: int) -> Position:
    source = linecache.getline(code.co_filename, line).rstrip("\n")
    column = 1
    for place, (first, _, start, _) in enumerate(code.co_positions()):
        if place == instruction // 2:
            if first == line and start is not None:
                # Python counts bytes, and a caret stands under a sign.
                column = len(source.encode()[:start].decode(errors="replace")) + 1
            break
    return Position(code.co_filename, line, column, source)


def line_at(file: str, line: int) -> Position:
    """Return the beginning of a line of a file."""
    return Position(file, line, 1, linecache.getline(file, line).rstrip("\n"))


def defined_at(function: object) -> Position | None:
    """Return the line on which a function is defined, if it is one of Python's."""
    code = getattr(getattr(function, "__wrapped__", function), "__code__", None)
    if not isinstance(code, CodeType):
        return None
    return line_at(code.co_filename, code.co_firstlineno)
