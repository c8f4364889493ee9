"""The server `derive mcp`: what a language model writes is checked, derived, read and certified, within a budget.

Its tools answer with the JSON of the command. They take text, never the name of a file, and write to no file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from inspect import getdoc
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, Literal, TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from derive import __version__, catalogue
from derive.cli.certify import Attempt, Certifier, attempted
from derive.cli.read import page_data
from derive.errors import DeriveError
from derive.limits.deadline import ASKED_FOR, Effort
from derive.reading.sources import DOCUMENT_ENDINGS, SourceFile
from derive.report.results import CertificateStatus, ClaimCertificate, Report, Result, Verdict
from derive.terms import Context, Equation
from derive.verification.budget import Budget
from derive.verification.cache import Cache
from derive.verification.files import answered, derived
from derive.verification.pool import Job, Pool
from derive.verification.questions import with_verdicts
from derive.verification.stopping import Stop
from derive.verification.work import Run
from derive.writing.json import report_to_data

# Imported inside functions: what reads pages and what asks Coq, which the workers or one of the tools need.

T = TypeVar("T")
Notation = Literal["derive", "markdown", "tex"]
"""In what a text is written: the language of `derive`, or a page of Markdown or LaTeX whose displays are read."""

ENDINGS: dict[str, str | None] = {
    "derive": None,
    **dict(zip(("markdown", "tex"), DOCUMENT_ENDINGS, strict=True)),
}
NAME = "text"

INSTRUCTIONS = """Verifies derivations: gradients, identities and inequalities over arrays of symbolic size.
A claim is proved for every size, or refuted by a counterexample in exact numbers with the right formula and the
mistake, or undecided. Never report a claim as true unless its verdict is "proved".

A text of the language declares its names, defines, and claims, one statement a line:

size n
real s[n]
simplex c[n]
let p[i] = exp(s[i])/sum(exp(s[k]), k)
let E = -sum(c[j]*log(p[j]), j)
claim D(E, s[i]) = p[i] - c[i]

D(E, x) is the derivative; `claim A >= B`, chains `claim A = B = C`, `given A = B` for hypotheses, `when i != j` behind
a claim, `positive T`, `real x in (0, 1)`, `label t: n`, `onehot y[n]`. Pages of Markdown or LaTeX are read as people
write them; the tool `read` tells how. `show` also takes the name of a catalogue entry, such as `cross-entropy`."""


class Assistant:
    """The tools, within a budget for every claim, and so many calls at work at once; certificates go to a folder."""

    def __init__(self, budget: Budget, jobs: int, folder: Path) -> None:
        self.budget = budget
        self.places = CapacityLimiter(jobs)
        self.desk = Desk(folder)

    async def check(
        self,
        text: str,
        notation: Notation = "derive",
        timeout: float | None = None,
        explain: float | None = None,
        steps: bool = False,
    ) -> dict[str, Any]:
        """Give every claim in a text a verdict: proved for every size, refuted with a counterexample, or undecided.

        A refuted claim has the values at which both sides differ, the right formula (`correct`) and the mistake
        (`diagnosis`) where they are found. `timeout` bounds each claim, in seconds; `explain` is how many seconds
        may go into the mistake and the right formula. With `steps` each claim has its derivation.
        """
        run = Run(self._within(timeout), steps=steps, cache=Cache.usual(), effort=self._effort(explain))
        return report_to_data(await self._done(partial(_report, _source(text, notation), run)))

    async def show(
        self,
        text: str,
        notation: Notation = "derive",
        form: Literal["json", "text", "latex", "markdown"] = "json",
        timeout: float | None = None,
    ) -> dict[str, Any]:
        """Derive every `show` and the left side of every claim of a text, or of a catalogue entry, step by step.

        `text` may be the name of an entry, such as `softmax`. In another form than `json` the answer is
        `{"text": ...}`.
        """
        run = Run(self._within(timeout), effort=ASKED_FOR)
        report = await self._done(partial(_derivations, text, notation, run))
        return report_to_data(report) if form == "json" else {"text": report.written(form)}

    async def read(self, text: str, notation: Literal["markdown", "tex"] = "markdown") -> dict[str, Any]:
        """Tell how each display of a page is understood, in the language; nothing is decided.

        The answer has the `displays`, what was `inferred` of names that nothing declares, a `block` that declares
        it, and what would `help` most of what was refused.
        """
        return await self._done(partial(_understood, _source(text, notation), self.budget))

    async def certify(
        self, text: str, notation: Notation = "derive", coq: bool = False, timeout: float | None = None
    ) -> dict[str, Any]:
        """Decide every claim of a text, and write each that is proved as a theorem for Coq.

        The answer is that of `check`, each proved claim with its `certificate`, and the `files` by their names.
        With `coq` they are checked by Coq, if it is installed; only then is a certificate called `checked`.
        """
        run = Run(self._within(timeout), cache=Cache.usual(), effort=Effort.of(0))
        report, files = await self._done(partial(self.desk.certificates, _source(text, notation), run, coq))
        return {**report_to_data(report), "files": files}

    def _within(self, timeout: float | None) -> Budget:
        """Return the budget, or less of it: nobody who calls a tool can ask for more."""
        if timeout is None:
            return self.budget
        if not timeout > 0:
            raise ToolError("a timeout is more than 0 seconds")
        seconds = min(timeout, self.budget.seconds)
        return replace(self.budget, seconds=seconds, after=min(seconds, self.budget.after))

    def _effort(self, explain: float | None) -> Effort:
        if explain is not None and not explain >= 0:
            raise ToolError("an explanation is looked for during 0 seconds or more")
        return Effort.of(None if explain is None else min(explain, self.budget.seconds))

    async def _done(self, work: Callable[[Stop], T]) -> T:
        """Return what work comes to in a thread of its own, which ends where the call is cancelled."""
        stop = Stop()

        def finished() -> T:
            with closing(stop):
                return work(stop)

        try:
            return await run_sync(finished, limiter=self.places, abandon_on_cancel=True)
        except DeriveError as wrong:
            raise ToolError(str(wrong)) from None
        finally:
            stop.ask()


class Desk:
    """A folder in which certificates are written, by one call at a time; Coq compiles the libraries in it once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = Lock()

    def certificates(
        self, source: SourceFile, run: Run, coq: bool, stop: Stop
    ) -> tuple[Report, dict[str, str]]:
        """Return the verdicts, each that is proved with its certificate, and the files by their names.

        Raises `DeriveError` where Coq is to check them and there is none.
        """
        from derive.certificates.checking import NoCoqError

        report = _report(source, run, stop)
        with self.lock:
            try:
                certifier = Certifier(self.folder, check=coq)
            except NoCoqError as wrong:
                raise DeriveError(str(wrong)) from None
            results = tuple(
                _with_certificate(result, f"claim_{number}", certifier, run, stop)
                for number, result in enumerate(report.results, 1)
            )
            files = {
                f"{name}.v": (self.folder / f"{name}.v").read_text(encoding="utf-8")
                for name in certifier.names
            }
        return replace(report, results=results), files


def serve(budget: Budget, jobs: int) -> None:
    """Serve the four tools over standard input and output, until nobody is there any more."""
    with TemporaryDirectory(prefix="derive-") as folder:
        tools = Assistant(budget, jobs, Path(folder))
        server = MCPServer("derive", instructions=INSTRUCTIONS, version=__version__, log_level="ERROR")
        harmless = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
        for tool in (tools.check, tools.show, tools.read, tools.certify):
            server.add_tool(tool, description=getdoc(tool), annotations=harmless)
        server.run()


def _source(text: str, notation: str) -> SourceFile:
    return SourceFile(NAME, text, ENDINGS[notation])


def _report(source: SourceFile, run: Run, stop: Stop) -> Report:
    with closing(answered([source], run, stop)) as stream:
        ((text, results),) = ((text, tuple(found)) for text, found in stream)
    return Report(results, with_verdicts(text.displays, results))


def _derivations(text: str, notation: str, run: Run, stop: Stop) -> Report:
    source = _source(text, notation)
    if notation == "derive" and len(text.split()) == 1:  # no text of the language is one word
        entry = catalogue.load(text.strip())
        source = SourceFile(entry.file, entry.problem)
    return Report(tuple(derived(source, {}, {}, run, stop)))


def _understood(source: SourceFile, budget: Budget, stop: Stop) -> dict[str, Any]:
    job = _worked(Job((page_read, (source,))), budget, stop)
    if isinstance(job.value, DeriveError):
        raise job.value
    if job.value is None:
        raise DeriveError(f"this cannot be read: {job.bug or job.fault}")
    found: dict[str, Any] = job.value
    return found


def page_read(source: SourceFile) -> Iterator[dict[str, Any] | DeriveError]:
    """Yield a page as it was read, or the error for which it is not; done by a worker."""
    from derive.reading.understood import understood

    try:
        yield page_data(understood(source.text, source.file, tex=source.document == ".tex"))
    except DeriveError as wrong:
        yield wrong.without_trace()


def certificate_tried(equation: Equation, context: Context) -> Iterator[Attempt]:
    """Yield what comes of writing a certificate; done by a worker."""
    yield attempted(equation, context)


def _with_certificate(result: Result, name: str, certifier: Certifier, run: Run, stop: Stop) -> Result:
    if result.verdict is not Verdict.PROVED or result.statement is None or result.context is None:
        return result
    job = _worked(Job((certificate_tried, (result.statement, result.context))), run.budget, stop)
    if job.value is None:
        reason = job.bug or job.fault
        return replace(result, certificate=ClaimCertificate(CertificateStatus.FAILED, None, reason))
    attempt: Attempt = job.value
    found = attempt.found if attempt.written is None else certifier.kept(attempt.written, name)
    return replace(result, certificate=found)


def _worked(job: Job, budget: Budget, stop: Stop) -> Job:
    """Return a job when a worker has done it, or was ended over it."""
    with Pool(1, budget) as pool:
        pool.start(job)
        while not job.done:
            pool.wait([stop.reader])
            stop.check()
    return job
