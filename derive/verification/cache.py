"""Verdicts kept on disk, so that a second run over the same documents is free.

An entry is JSON behind its digest, never code. Its name holds all that the verdict depends on: the whole question
with its context, and the source of this package. What cannot be read, or does not read back as what was written,
is no entry.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import NoneType
from typing import Any
from uuid import uuid4

from derive.errors import DeriveError
from derive.report.plain import from_plain, to_plain
from derive.report.results import Counterexample, Diagnosis, Jacobian, Result, Steps, Verdict
from derive.terms import Context
from derive.verification.questions import Question

FORMAT = 4
MAX_BYTES = 100_000_000
MAX_ENTRY = 1_000_000
OFTEN = 1000  # entries, after which somebody looks how much there is, even if the run goes on
SOURCES = (".py", ".lark", ".json", ".toml")

# What is kept of a result, and what each must be, unless it is `None`.
_KEPT: dict[str, type] = {
    "verdict": Verdict,
    **dict.fromkeys(("follows", "true"), Verdict),
    **dict.fromkeys(("scope", "correct", "residual", "reason"), str),
    **dict.fromkeys(("hypotheses", "conditions", "marked", "never_tried"), tuple),
    **dict.fromkeys(("sizes_tried", "holds_at", "proved_at"), tuple),
    "proved_from": dict,
    "counterexample": Counterexample,
    "diagnosis": Diagnosis,
    "jacobian": Jacobian,
}


def folder() -> Path | None:
    """Return where verdicts are kept: as DERIVE_CACHE says, which may be empty for nowhere, else where caches are."""
    named = os.environ.get("DERIVE_CACHE")
    if named is not None:
        return Path(named) if named else None
    if os.environ.get("XDG_CACHE_HOME"):
        return Path(os.environ["XDG_CACHE_HOME"]) / "derive"
    home = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else os.environ.get("HOME")
    inside = {"win32": "derive/cache", "darwin": "Library/Caches/derive"}.get(sys.platform, ".cache/derive")
    return Path(home) / inside if home else None


@cache
def sources() -> str:
    """Return a digest of the sources of this package."""
    digest = hashlib.sha256()
    package = Path(__file__).parent.parent
    for path in sorted(path for path in package.rglob("*") if path.suffix in SOURCES):
        digest.update(f"\0{path.relative_to(package)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


@cache
def version() -> str:
    """Return what stands for this very program: a digest of its sources, of Python, and of what computes for it."""
    digest = hashlib.sha256(f"{FORMAT} {sys.version} {sources()}".encode())
    found = find_spec("flint")
    if found is not None and found.origin is not None:
        digest.update(Path(found.origin).read_bytes())  # it says which release it is
    return digest.hexdigest()


@dataclass(slots=True)
class Cache:
    """The verdicts in a directory. Several processes may use one at the same time."""

    folder: Path
    written: int = 0
    _contexts: dict[int, tuple[Context, str]] = field(default_factory=dict)

    @classmethod
    def usual(cls) -> Cache | None:
        """Return the cache of this user, `None` if there is to be none."""
        where = folder()
        return None if where is None else cls(where)

    def get(self, question: Question, steps: bool) -> Result | None:
        """Return the result of a question, with its derivation if asked for, `None` if it is not known."""
        path = self._path(question)
        try:
            if path is None or path.stat().st_size > MAX_ENTRY:
                return None
            digest, text = path.read_text(encoding="utf-8").split("\n", 1)
            if digest != _digest(path.stem, text):
                return None  # changed by something else, or the answer to another question
            data = json.loads(text)
            if steps and "steps" not in data:
                return None
            return decoded(data, question)
        except (OSError, ArithmeticError, LookupError, ValueError, TypeError, RecursionError, DeriveError):
            return None  # none, or damaged

    def put(self, question: Question, found: Result, steps: bool = False) -> None:
        """Keep a verdict, if it is one that lasts; with `steps` its derivation, which was asked for."""
        path = self._path(question) if lasting(found) else None
        if path is None:
            return
        try:
            data = encoded(found, steps)
            text = json.dumps(data, ensure_ascii=False)
            back = decoded(json.loads(text), question)
        except (ValueError, TypeError, KeyError, RecursionError, DeriveError):
            return
        if back != found or encoded(back, steps) != data or len(text) > MAX_ENTRY:
            return
        with contextlib.suppress(OSError):  # a full disk is no reason not to tell the verdict
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = path.with_name(f"{uuid4().hex}.new")
            fresh.write_text(f"{_digest(path.stem, text)}\n{text}", encoding="utf-8")
            fresh.replace(path)  # at once or not at all
            self.written += 1
        if self.written >= OFTEN:
            self.trim()

    def trim(self) -> None:
        """Remove the oldest entries if all together are too many bytes, and whatever other versions left."""
        if not self.written:
            return
        self.written = 0
        with contextlib.suppress(OSError):
            files = [(path.stat(), path) for path in self.folder.glob("*/*/*") if path.is_file()]
            files.sort(key=lambda one: (one[1].is_relative_to(self.folder / version()), one[0].st_mtime))
            total = sum(stat.st_size for stat, _ in files)
            for stat, path in files:
                if total <= MAX_BYTES:
                    break
                path.unlink(missing_ok=True)
                total -= stat.st_size

    def _path(self, question: Question) -> Path | None:
        key = self.key(question)
        return None if key is None else self.folder / version() / key[:2] / f"{key}.json"

    def key(self, question: Question) -> str | None:
        """Return a digest of everything that the verdict and its words depend on; the place is not among it."""
        equation, context = question.equation, question.context
        if equation is None or context is None:
            return None
        try:
            known = self._contexts.get(id(context))
            if known is None or known[0] is not context:
                plain = replace(context, functions=frozenset())  # a set has no order of its own
                known = context, repr((sorted(context.functions), plain))
                self._contexts = {id(context): known}  # questions with the same context follow each other
            compares = None if question.page is None else question.page.compares
            text = repr((replace(equation, position=None), question.first, compares))
        except (RecursionError, ValueError):
            return None
        return hashlib.sha256(f"{known[1]}\0{text}".encode()).hexdigest()


def _digest(key: str, text: str) -> str:
    """Return what an entry begins with: it finds damage, and no intent; who may write here is believed."""
    return hashlib.sha256(f"{key}\0{text}".encode()).hexdigest()


def lasting(found: Result) -> bool:
    """Return whether another run would come to the same verdict: no clock ended it, and nothing went wrong."""
    return found.verdict in (Verdict.PROVED, Verdict.REFUTED) and found.message is None and not found.left_out


def encoded(found: Result, steps: bool) -> dict[str, Any]:
    """Return a result as plain data, without its place and its question; its derivation if it was asked for."""
    return {name: to_plain(getattr(found, name)) for name in (*_KEPT, *(["steps"] if steps else []))}


def decoded(data: Mapping[str, Any], question: Question) -> Result:
    """Return the result that plain data say, about this question. Raises one of many errors for what is none."""
    read = {name: from_plain(one) for name, one in data.items()}
    wrong = [name for name, kind in _KEPT.items() if not isinstance(read[name], (kind, NoneType))]
    if wrong or read["verdict"] is None or not isinstance(read.get("steps"), (Steps, NoneType)):
        raise ValueError("not a result")
    return question.settled(Result(**read, statement=question.equation, context=question.context))
