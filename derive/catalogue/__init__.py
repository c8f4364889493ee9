"""The catalogue: one loss or layer a file, each a page of prose with a problem in the language. Proves nothing."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from derive.errors import DeriveError
from derive.reading.fences import fenced_blocks

KINDS = (
    "softmax and cross-entropy",
    "classification",
    "regression",
    "likelihoods and divergences",
    "ranking, contrast and policies",
    "activations",
    "layers and models",
    "vectors and matrices",
    "inequalities",
)
"""What entries are about, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
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
    def prose(self) -> str:
        """The name, the title and the sentences above the problem, without markup of blocks."""
        return f"{self.name}\n{self.page.split('```derive')[0]}"

    @property
    def kind(self) -> str:
        """What the entry is about, one of `KINDS`."""
        return self._said("Kind")

    @property
    def about(self) -> str:
        """The sentences on what it is for, as Markdown on one line."""
        below = self.page.split("```derive")[0].partition(f"# {self.title}\n")[2]
        return " ".join(
            re.split(r"^(?:Also|Kind|Source): ", below, maxsplit=1, flags=re.MULTILINE)[0].split()
        )

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names that people look for it under, in small letters."""
        return tuple(one.strip() for one in self._said("Also").split(",") if one.strip())

    @property
    def source(self) -> str:
        """The paper, book or documentation that it is from, as Markdown on one line."""
        return self._said("Source")

    def _said(self, label: str) -> str:
        found = re.search(rf"^{label}: (.+?)\n\n", self.page, re.MULTILINE | re.DOTALL)
        return " ".join(found[1].split()) if found else ""

    @property
    def claims(self) -> tuple[str, ...]:
        """The claims as typed, one a line; a chain over several lines is joined."""
        bare = re.sub(r"[ \t]*#.*", "", self.problem)
        joined = re.sub(r"\n\s*=", " =", bare)
        return tuple(
            re.sub(r"\s+", " ", one).strip() for one in re.findall(r"^\s*claim\s+(.+)", joined, re.M)
        )


def matching(words: Iterable[str]) -> tuple[CatalogueEntry, ...]:
    """Return the entries whose name, title or prose holds every one of some words, in alphabetical order."""
    wanted = [word.lower() for word in words]
    return tuple(entry for entry in map(load, names()) if all(word in entry.prose.lower() for word in wanted))


def nearest(name: str) -> str | None:
    """Return the entry's name that a misspelt one is most like, `None` if it is like none."""
    called = _called()
    near = difflib.get_close_matches(_plain(name), called, n=1, cutoff=0.5)
    return called[near[0]] if near else None


@cache
def names() -> tuple[str, ...]:
    """Return the names of all entries, in alphabetical order."""
    folder = files(__name__)
    return tuple(sorted(one.name.removesuffix(".md") for one in folder.iterdir() if one.name.endswith(".md")))


@cache
def _called() -> dict[str, str]:
    """Return the names of the entries under all that they are called."""
    return {called: name for name in names() for called in (name, *_entry(name).aliases)}


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(" ", "-")


def load(name: str) -> CatalogueEntry:
    """Return the entry of that name, or that is also called so; else a `DeriveError` with the nearest.

    >>> load("mse").name
    'mean-squared-error'
    """
    if name in names():
        return _entry(name)
    found = _called().get(_plain(name))
    if found is None:
        near = nearest(name)
        hint = f"did you mean {near}?" if near else "`derive list` names the entries"
        raise DeriveError(f"no catalogue entry and no file is called {name}; {hint}")
    return _entry(found)


def _entry(name: str) -> CatalogueEntry:
    return CatalogueEntry(name, files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8"))
