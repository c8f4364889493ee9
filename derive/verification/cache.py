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
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

from derive.errors import DeriveError
from derive.report.results import (
    Counterexample,
    Derived,
    Diagnosis,
    Result,
    Steps,
    StepShown,
    Verdict,
    as_text,
)
from derive.terms import Context, Term
from derive.verification.questions import Question
from derive.verification.spelled import spelled

# Imported inside functions: the grammar, which only a refuted claim with a right side needs.

FORMAT = 3
MAX_BYTES = 100_000_000
MAX_ENTRY = 1_000_000
OFTEN = 1000  # entries, after which somebody looks how much there is, even if the run goes on
SOURCES = (".py", ".lark", ".json", ".toml")

_PLAIN = ("scope", "correct", "residual", "reason")
_TEXTS = ("hypotheses", "conditions", "marked", "never_tried")
_SIZES = ("sizes_tried", "holds_at", "proved_at")
_VERDICTS = ("follows", "true")


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
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, DeriveError):
            return None  # none, or damaged

    def put(self, question: Question, found: Result) -> None:
        """Keep a verdict, if it is one that lasts."""
        path = self._path(question) if lasting(found) else None
        if path is None:
            return
        try:
            text = json.dumps(encoded(found), ensure_ascii=False)
            back = decoded(json.loads(text), question)
        except (ValueError, TypeError, RecursionError, DeriveError):
            return
        if back != found or back.correct_term != found.correct_term or len(text) > MAX_ENTRY:
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
            text = repr((replace(equation, position=None), question.first))
        except (RecursionError, ValueError):
            return None
        return hashlib.sha256(f"{known[1]}\0{text}".encode()).hexdigest()


def _digest(key: str, text: str) -> str:
    """Return what an entry begins with: it finds damage, and no intent; who may write here is believed."""
    return hashlib.sha256(f"{key}\0{text}".encode()).hexdigest()


def lasting(found: Result) -> bool:
    """Return whether another run would come to the same verdict: no clock ended it, and nothing went wrong."""
    return (
        found.verdict in (Verdict.PROVED, Verdict.REFUTED) and found.message is None and not found.unexplained
    )


def encoded(found: Result) -> dict[str, Any]:
    """Return a result as plain data, without its place and its question."""
    names = (*_PLAIN, *_TEXTS, *_SIZES, *_VERDICTS)
    data: dict[str, Any] = {"verdict": found.verdict, **{name: getattr(found, name) for name in names}}
    data["counterexample"] = None if found.counterexample is None else asdict(found.counterexample)
    data["diagnosis"] = None if found.diagnosis is None else asdict(found.diagnosis)
    if "derivation" in vars(found) and found.derivation.left_out is None:
        data["steps"] = None if found.steps is None else [asdict(step) for step in found.steps]
    return data


def decoded(data: Mapping[str, Any], question: Question) -> Result:
    """Return the result that plain data say, about this question. Raises one of many errors for what is none."""
    example, diagnosis = data["counterexample"], data["diagnosis"]
    fields: dict[str, Any] = {
        **{name: _text(data[name]) for name in _PLAIN},
        **{name: _tuple(data[name]) for name in _TEXTS},
        **{name: None if data[name] is None else tuple(map(_sizes, data[name])) for name in _SIZES},
        **{name: None if data[name] is None else Verdict(data[name]) for name in _VERDICTS},
    }
    decided = Result(
        Verdict(data["verdict"]),
        **fields,
        statement=question.equation,
        context=question.context,
        counterexample=None if example is None else Counterexample(**example),
        diagnosis=None if diagnosis is None else _diagnosis(**diagnosis),
        correct_term=_term(data["correct"], question),
        spell=as_text if question.context is None else partial(spelled, question.context),
    )
    found = question.settled(decided)
    if "steps" in data and found.message is None:
        steps = data["steps"]
        vars(found)["derivation"] = Derived(None if steps is None else Steps(map(_step, steps)))
    return found


def _text(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError
    return value


def _diagnosis(mistake: str, text: str, statements: Sequence[str]) -> Diagnosis:
    return Diagnosis(mistake, text, tuple(statements))


def _tuple(value: Any) -> tuple[str, ...] | None:
    return None if value is None else tuple(str(one) for one in value)


def _sizes(value: Any) -> dict[str, int]:
    return {str(name): int(size) for name, size in value.items()}


def _step(data: Mapping[str, Any]) -> StepShown:
    step = StepShown(**data)
    hypotheses, conditions = tuple(step.hypotheses), tuple(step.conditions)
    return replace(step, hypotheses=hypotheses, conditions=conditions, verdict=Verdict(step.verdict))


def _term(text: str | None, question: Question) -> Term | None:
    """Return the right side that would be right as a term: what is written is read back as the same one."""
    equation, context = question.equation, question.context
    if text is None or equation is None or context is None:
        return None
    from derive.reading.text import read_equation

    return read_equation(f"{equation.left} = {text}", context).right
