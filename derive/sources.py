"""The texts that a command is about: files, standard input, directories, globs and catalogue entries."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from derive.errors import DeriveError, Position

TEXT_ENDINGS = (".drv",)
DOCUMENT_ENDINGS = (".md", ".tex")


@dataclass(frozen=True, slots=True)
class Source:
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
        if argument == "-" or path.is_file():
            yield argument
        elif path.is_dir():
            yield from _inside(path)
        elif any(sign in argument for sign in "*?["):
            root = Path(path.anchor)
            found = sorted(str(one) for one in root.glob(str(path.relative_to(root))) if one.is_file())
            if not found:
                raise DeriveError(f"no file matches {argument}")
            yield from found
        else:
            raise DeriveError(f"there is no file or directory {argument}")


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


def load(file: str) -> Source:
    """Return the text of a file, or of standard input for `-`.

    Raises `DeriveError` for a file that cannot be read.
    """
    name = "<stdin>" if file == "-" else file
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = raw[: wrong.start].count(b"\n") + 1
        raise DeriveError("the text is not UTF-8", Position(name, line, 1)) from None
    except OSError as wrong:
        raise DeriveError(f"cannot read {name}: {wrong.strerror or wrong}", Position(name, 1, 1)) from None
    ending = Path(file).suffix
    return Source(name, text, ending if ending in DOCUMENT_ENDINGS else None)
