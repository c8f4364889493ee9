"""The catalogue: one loss or layer a file, each a page of prose with a problem in the language. Proves nothing."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from derive.errors import DeriveError
from derive.reading.fences import fenced_blocks


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the catalogue: its name, its Markdown, and its problem with the line numbers of the page."""

    name: str
    page: str

    @property
    def file(self) -> str:
        """The page's file name, for messages."""
        return f"{self.name}.md"

    @property
    def problem(self) -> str:
        """The problem as text in the language, at the lines at which it stands on the page."""
        return fenced_blocks(self.page)

    @property
    def title(self) -> str:
        """The page's heading."""
        found = re.search(r"^#\s+(.+)$", self.page, re.MULTILINE)
        return found[1].strip() if found else self.name

    @property
    def claims(self) -> tuple[str, ...]:
        """The claims as typed, one a line; a chain over several lines is joined."""
        bare = re.sub(r"[ \t]*#.*", "", self.problem)
        joined = re.sub(r"\n\s*=", " =", bare)
        return tuple(
            re.sub(r"\s+", " ", one).strip() for one in re.findall(r"^\s*claim\s+(.+)", joined, re.M)
        )


@cache
def names() -> tuple[str, ...]:
    """Return the names of all entries, in alphabetical order."""
    folder = files(__name__)
    return tuple(sorted(one.name.removesuffix(".md") for one in folder.iterdir() if one.name.endswith(".md")))


def load(name: str) -> Entry:
    """Return the entry of that name; for a misspelt one a `DeriveError` with the nearest."""
    if name not in names():
        near = difflib.get_close_matches(name.lower(), names(), n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise DeriveError(f"no catalogue entry and no file is called {name}{hint}")
    return Entry(name, files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8"))
