"""The texts that a command is about: files, standard input, directories, globs and catalogue entries."""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from derive.errors import DeriveError, Position
from derive.reading.lines import MAX_TEXT

TEXT_ENDINGS = (".drv",)
DOCUMENT_ENDINGS = (".md", ".tex")
MAX_BYTES = 4 * MAX_TEXT


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A text with the name under which messages speak of it; `document` is the ending of one, `.md` or `.tex`."""

    file: str
    text: str
    document: str | None = None


def expand(arguments: Iterable[str]) -> Iterator[str]:
    """Yield the files that arguments name, in order: `-`, files, what directories hold, what globs match.

    Raises `DeriveError` for an argument that names nothing.
    """
    for argument in arguments:
        path = Path(argument)
        mode = None if argument == "-" else _mode(path)
        if mode is not None and stat.S_ISDIR(mode):
            yield from _inside(path)
        elif argument == "-" or mode is not None:  # pipes and devices too: somebody has named them
            yield argument
        elif any(sign in argument for sign in "*?["):
            root = Path(path.anchor)
            found = sorted(str(one) for one in root.glob(str(path.relative_to(root))) if one.is_file())
            if not found:
                raise DeriveError(f"no file matches {argument}")
            yield from found
        else:
            raise DeriveError(f"there is no file or directory {argument}")


def _mode(path: Path) -> int | None:
    """Return what kind of thing a path is, `None` if there is nothing. Raises `DeriveError` if that cannot be told."""
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as wrong:
        raise DeriveError(f"cannot read {path}: {getattr(wrong, 'strerror', None) or wrong}") from None


def _inside(folder: Path) -> Iterator[str]:
    found = sorted(
        str(path)
        for path in folder.rglob("*")
        if path.suffix in TEXT_ENDINGS + DOCUMENT_ENDINGS and path.is_file() and not _hidden(path, folder)
    )
    if not found:
        endings = ", ".join(TEXT_ENDINGS + DOCUMENT_ENDINGS)
        raise DeriveError(
            f"the directory {folder} holds no file that ends in {endings}; "
            "write one, or name a directory that has some"
        )
    yield from found


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _bytes(file: BinaryIO) -> bytes:
    """Return what a file holds, but not more than is needed to see that it is too much."""
    return file.read(MAX_BYTES + 1)


def _bytes_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return _bytes(file)


def load(file: str) -> SourceFile:
    """Return the text of a file, or of standard input for `-`.

    Raises `DeriveError` for a file that cannot be read.
    """
    name = "<stdin>" if file == "-" else file
    try:
        raw = _bytes(sys.stdin.buffer) if file == "-" else _bytes_of(Path(file))
        if len(raw) > MAX_BYTES:
            raise DeriveError(f"the text is longer than {MAX_TEXT} characters", Position(name, 1, 1))
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = raw[: wrong.start].count(b"\n") + 1
        raise DeriveError("the text is not UTF-8", Position(name, line, 1)) from None
    except (OSError, ValueError) as wrong:
        why = getattr(wrong, "strerror", None) or wrong
        raise DeriveError(f"cannot read {name}: {why}", Position(name, 1, 1)) from None
    ending = Path(file).suffix
    return SourceFile(name, text, ending if ending in DOCUMENT_ENDINGS else None)
