"""The command `derive`: check, read, show, certify, gallery, list, plot, lsp, mcp."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from derive import __version__
from derive.cli.hints import FIRST_STEPS
from derive.cli.progress import progress
from derive.errors import visible
from derive.writing.formats import CHECK, FORMATS, SHOW, formats_of

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from derive.catalogue import CatalogueEntry
    from derive.cli.certify import Certifier
    from derive.problem.problems import Displayed
    from derive.reading.sources import SourceFile
    from derive.report.results import Report, Result
    from derive.verification.tasks import Given

# Imported inside functions: what one of the commands needs, so that help, completion and lists come at once.

UNREADABLE, BUG = 2, 4
CERTIFICATES = Path("certificates")
INTERRUPTED, NOBODY_LISTENS = 130, 141  # 128 and the number of the signal, as shells have it
FEW = 5  # entries that are listed with their claims
POSITIVE = click.FloatRange(min=0, min_open=True, max=1e9)
SECONDS = click.FloatRange(min=0, max=1e9)


def main() -> None:
    """Run the command; an error of ours ends with a trace and status 4, never with that of a refuted claim."""
    try:
        command()
    except Exception:  # noqa: BLE001 - whatever it is, Python's own status 1 would say "refuted"
        import traceback

        traceback.print_exc()
        _say("this is a bug in derive: please report it with the text above and the problem", err=True)
        sys.exit(BUG)


def _say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print text; whatever stands in names, titles and files, no sign of it steers the terminal."""
    click.echo(visible(text), err=err, nl=nl)


class _Commands(click.Group):
    """The commands; a word that is none of them gets an answer that says what to type instead."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in self.commands and not args[0].startswith("-"):
            from derive.cli.hints import no_command

            ctx.fail(no_command(args[0], self.commands))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; one that is interrupted, or to which nobody listens, ends as other programs do then."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            # What is still to be written at the end of the program goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(NOBODY_LISTENS)


def _complete_source(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the names of the catalogue, and after them files."""
    from click.shell_completion import CompletionItem

    from derive import catalogue

    names = [CompletionItem(name) for name in catalogue.names() if name.startswith(incomplete)]
    return names or [CompletionItem(incomplete, type="file")]


@click.group(
    name="derive", cls=_Commands, epilog=FIRST_STEPS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="derive")
@click.option(
    "--unicode/--ascii",
    "signs",
    default=None,
    help="Formulas as mathematics, or as they are typed. By default as mathematics on a terminal that can show it.",
)
def command(signs: bool | None) -> None:
    """Prove, refute and write out gradients, for every number of classes."""


def _within_bounds(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that bound a claim."""
    time = click.option(
        "--timeout", type=POSITIVE, metavar="SECONDS", help="How long a claim may take.  [default: 120]"
    )
    memory = click.option(
        "--memory", type=click.IntRange(1, 2**30), metavar="MB", help="How much it may take.  [default: 2048]"
    )
    return time(memory(function))


_EXPRESSION = click.option(
    "-e",
    "--expression",
    "expressions",
    multiple=True,
    metavar="TEXT",
    help="A formula instead of a file: names are declared by how they are used. LaTeX works too.",
)


@command.command(short_help="Give every claim in files a verdict.")
@click.argument("files", nargs=-1, metavar="FILE...", type=click.Path())
@_EXPRESSION
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--format", "form", type=click.Choice(formats_of(CHECK)), default="text", show_default=True)
@click.option("--jobs", type=click.IntRange(min=1), default=1, metavar="N", help="Check N claims at once.")
@_within_bounds
@click.option(
    "--explain",
    type=SECONDS,
    metavar="SECONDS",
    help="How long to look for the mistake, the right side and the derivation, each; 0 for not at all.  [default: 0.8]",
)
@click.option("--no-cache", is_flag=True, help="Decide anew what was decided before.")
@click.option(
    "--certify",
    is_flag=True,
    help="Write what is proved as theorems for Coq, and have Coq check them where it is installed.",
)
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=CERTIFICATES,
    metavar="DIR",
    help="Where the theorems go.  [default: certificates]",
)
@click.option(
    "--lenient", is_flag=True, help="Displays that are not read are warnings, and change no status."
)
def check(
    files: tuple[str, ...],
    expressions: tuple[str, ...],
    as_json: bool,
    form: str,
    jobs: int,
    timeout: float | None,
    memory: int | None,
    explain: float | None,
    no_cache: bool,
    certify: bool,
    folder: Path,
    lenient: bool,
) -> None:
    """Give every claim in FILEs, or after -e, a verdict. '-' is standard input; directories and globs work too.

    Exit status: 0 all claims proved or as expected, 1 one is refuted, 3 one is undecided, 2 something
    could not be read or there was no claim, 4 a bug in derive.
    """
    from derive.limits.deadline import Effort
    from derive.report.results import Report
    from derive.verification.budget import budget_of
    from derive.verification.cache import Cache
    from derive.verification.files import answered
    from derive.verification.questions import with_verdicts
    from derive.verification.work import Run

    form = "json" if as_json else form
    kept = None if no_cache else Cache.usual()
    steps = form != "text" and FORMATS[form].steps  # on the page that grows claim by claim there are none
    run = Run(budget_of(timeout, memory), jobs, steps, fork=True, cache=kept, effort=Effort.of(explain))
    if not files and not expressions:
        raise click.UsageError("nothing to check: name a FILE, or write a formula after -e")
    names, results = _files(files)
    typed = [_typed(one, form == "text") for one in expressions]
    page = _Page(headings=len(names) > 1, lenient=lenient)
    displays: list[Displayed] = []
    for result in results:
        page.error(result)
    certifier = _certifier(folder if certify else None)
    asked: list[Given] = [*typed, *names]
    with closing(answered(asked, run)) as stream, progress("deciding", len(asked)) as advance:
        for text, found in certifier.with_certificates(stream):
            results += page.results(text.name, found, claims=form == "text")
            displays += text.displays
            advance()
    report = Report(tuple(results), with_verdicts(displays, results), lenient)
    _whole(report, form, page)
    if not results and not (lenient and displays):
        from derive.cli.hints import no_claim

        _say(no_claim(names), err=True)
    sys.exit(report.status)


def _whole(report: Report, form: str, page: _Page) -> None:
    """Print what is known at the end: how many claims got which verdict, or the report in a format."""
    if form == "text":
        page.summary(report)
    else:
        whole = report.written(form)  # nothing in it steers a terminal, but for commands to GitHub
        click.echo(whole, nl=not whole.endswith("\n"))


def _typed(formula: str, told: bool) -> SourceFile:
    """Return a formula from the command line as a text, and say what it is taken to declare.

    Ends the command with a message where it leaves open what a name is.
    """
    from derive.errors import DeriveError
    from derive.reading.implied import expression

    try:
        source, declared = expression(formula)
    except DeriveError as wrong:
        _say(str(wrong), err=True)
        sys.exit(UNREADABLE)
    if declared and told:
        _say(f"taken as: {'; '.join(declared)}")
    return source


def _files(arguments: tuple[str, ...]) -> tuple[list[str], list[Result]]:
    """Return the files that arguments name, and an error for each argument that names none."""
    from derive.cli.hints import no_file
    from derive.errors import DeriveError
    from derive.reading.sources import expand
    from derive.verification.questions import error_result

    names: dict[str, None] = {}
    errors = []
    for argument in arguments:
        try:
            names.update(dict.fromkeys(expand([argument])))
        except DeriveError as wrong:
            hint = ""
            if not os.path.lexists(argument) and not any(sign in argument for sign in "*?["):
                with suppress(OSError):  # what stands beside it cannot be read either
                    hint = no_file(argument)
            errors.append(error_result(DeriveError(wrong.message + hint), file=argument))
    return list(names), errors


class _Page:
    """Prints results for people: verdicts on standard output, errors on standard error."""

    def __init__(self, headings: bool, lenient: bool) -> None:
        self.lenient = lenient
        self.colour, self.signs = _colour(), _signs()
        self.headings = headings
        self.heading: tuple[str | None, str | None] = (None, None)
        self.shown: tuple[str | None, str | None] = (None, None)

    def file(self, name: str) -> None:
        """Note the file that comes next; its name is printed above its first result."""
        self.heading = (name, None)

    def results(self, name: str, found: Iterable[Result], claims: bool) -> list[Result]:
        """Print what was found in a file as it comes, of claims if they are asked for, and return it."""
        self.file(name)
        taken: list[Result] = []
        for _, links in groupby(found, key=lambda result: result.chain):
            group = tuple(links)
            taken += group
            if claims:
                self.claim(group)
            for result in group:
                self.error(result)
        return taken

    def claim(self, group: tuple[Result, ...]) -> None:
        """Print a claim, or a chain as a listing, under its file and the title of its problem where these are new."""
        from derive.writing.listing import group_lines
        from derive.writing.terminal import heading_lines, write

        first = group[0]
        if first.link is None and first.message is not None:
            return  # it is told on standard error
        now = (first.file if self.headings else None, first.problem)
        if now != self.shown:
            write(heading_lines(self.shown, now), sys.stdout, self.colour, self.signs)
            self.shown = now
        write(group_lines(group, self.signs), sys.stdout, self.colour, self.signs)
        sys.stdout.flush()

    def error(self, result: Result) -> None:
        """Print an error, if the result is one, with its place and a caret."""
        from derive.writing.terminal import error_text

        if result.message is not None:
            warning = "warning: " if self.lenient and result.refused else ""
            _say(warning + error_text(result), err=True)

    def summary(self, report: Report) -> None:
        """Print how many claims got which verdict, if there are several."""
        from derive.writing.terminal import displays_line, summary_line, write

        if report.displays:
            write(iter([[], displays_line(report)]), sys.stdout, self.colour, self.signs)
        if len(report.claims) > 1:
            write(iter([[], summary_line(report)]), sys.stdout, self.colour, self.signs)


def _colour() -> bool:
    """Colours go to terminals alone, and not where NO_COLOR forbids them."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _signs() -> bool:
    """Tell whether formulas are written with mathematical signs: as asked, or on a terminal that has them."""
    asked = click.get_current_context().find_root().params.get("signs")
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    able = sys.stdout.isatty() and encoding == "utf8" and os.environ.get("TERM") != "dumb"
    return able if asked is None else bool(asked)


def _size(text: str) -> tuple[str, int]:
    name, equals, value = text.partition("=")
    if not (equals and name.strip().isidentifier() and value.strip().isdecimal() and int(value) > 0):
        raise click.BadParameter(f"{text!r} is no size; write it as n=3")
    return name.strip(), int(value)


def _symbol(text: str) -> tuple[str, str]:
    old, equals, new = (part.strip() for part in text.partition("="))
    if not (equals and old.isidentifier() and new.isidentifier()):
        raise click.BadParameter(f"{text!r} does not replace a name; write it as s=z")
    return old, new


@command.command(short_help="Derive a catalogue entry or a file, step by step.")
@click.argument("source", metavar="[NAME|FILE]", required=False, shell_complete=_complete_source)
@click.option("-e", "--expression", metavar="TEXT", help="A formula instead of a file.")
@click.option(
    "--format",
    "form",
    type=click.Choice(formats_of(SHOW)),
    help="[default: as OUT ends, else text]",
)
@click.option("--size", "sizes", multiple=True, metavar="n=3", help="Write it out for a concrete size.")
@click.option("--symbols", multiple=True, metavar="s=z,c=y", help="Call the problem's s z, and its c y.")
@click.option(
    "--steps",
    "lines",
    type=click.Choice(["main", "all"]),
    default="main",
    help="Every line by itself, or what a reader takes in one go as one.  [default: main]",
)
@click.option("--fragment", is_flag=True, help="LaTeX to paste into a document of your own.")
@click.option("-o", "--output", "out", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT")
@_within_bounds
def show(
    source: str | None,
    expression: str | None,
    form: str | None,
    sizes: tuple[str, ...],
    symbols: tuple[str, ...],
    lines: str,
    fragment: bool,
    out: Path | None,
    timeout: float | None,
    memory: int | None,
) -> None:
    """Derive every `show` and the left side of every claim of an entry, a file or a formula, step by step."""
    from derive.cli.show import named, shown_report, title_of
    from derive.errors import DeriveError
    from derive.limits.deadline import ASKED_FOR
    from derive.verification.budget import budget_of
    from derive.verification.work import Run
    from derive.writing.listing import report_lines
    from derive.writing.terminal import write

    if (source is None) == (expression is None):
        raise click.UsageError("name one entry or FILE, or write a formula after -e")
    if fragment and form not in (None, "text", "latex"):
        raise click.UsageError(f"--fragment is LaTeX, and the format asked for is {form}")
    pdf = out is not None and out.suffix == ".pdf"
    if pdf and (fragment or form not in (None, "latex")):
        raise click.UsageError(f"{out} would be set from a whole LaTeX document; leave the format out")
    if form is None and out is not None:
        form = _form_of(out)
    form = "fragment" if fragment else form or "text"
    told = form == "text" and out is None
    fixed = dict(map(_size, sizes))
    letters = dict(_symbol(one) for several in symbols for one in several.split(","))
    try:
        with progress("deriving", 1):
            run = Run(budget_of(timeout, memory), fork=True, effort=ASKED_FOR)
            text = named(source) if source is not None else _typed(str(expression), told)
            report = shown_report(text, fixed, letters, run)
        report = report.with_every_line() if lines == "all" else report
        if told:
            write(report_lines(report, _signs()), sys.stdout, _colour(), _signs())
            return
        written = report.written(form, title_of(source or str(expression)))
    except DeriveError as wrong:
        _say(str(wrong), err=True)
        sys.exit(UNREADABLE)
    if out is None:
        _say(written, nl=not written.endswith("\n"))
        return
    with _writing(out):
        if pdf:
            _write_pdf(written, out)
        else:
            out.write_text(written if written.endswith("\n") else written + "\n", encoding="utf-8")


def _form_of(out: Path) -> str:
    """Return the format as which a file with that ending is written."""
    if out.suffix == ".pdf":
        return "latex"
    endings = {FORMATS[one].ending: one for one in reversed(formats_of(SHOW))}
    if out.suffix not in endings:
        known = ", ".join(sorted((*endings, ".pdf")))
        raise click.UsageError(f"{out}: what is to be written? Let it end in {known}, or name a --format")
    return endings[out.suffix]


def _write_pdf(document: str, out: Path) -> None:
    """Have TeX write a PDF; where it does not, end with a message."""
    from derive.cli.pdf import write_pdf
    from derive.errors import DeriveError

    try:
        write_pdf(document, out)
    except DeriveError as wrong:
        _say(str(wrong), err=True)
        sys.exit(UNREADABLE)


def _certifier(folder: Path | None) -> Certifier:
    """Return what writes certificates, and has them checked where there is a Coq; without a folder it writes none."""
    from derive.certificates.checking import NoCoqError
    from derive.cli.certify import Certifier

    if folder is None:
        return Certifier(None, check=False)
    with _writing(folder):
        try:
            return Certifier(folder, check=True)
        except NoCoqError as wrong:
            _say(f"{wrong}; certificates are written, and not checked", err=True)
            return Certifier(folder, check=False)


@command.command(short_help="Write what is proved as theorems that Coq checks.")
@click.argument("source", metavar="NAME|FILE", shell_complete=_complete_source)
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=CERTIFICATES,
    metavar="DIR",
    help="[default: certificates]",
)
@click.option("--check", "asked", is_flag=True, help="Have Coq check them.")
def certify(source: str, folder: Path, asked: bool) -> None:
    """Write every claim of a catalogue entry or a file that the kernel proves as a theorem with its proof for Coq.

    DIR gets a file for each claim, the libraries, and a Makefile: Coq checks them without this program. A claim is
    called checked only after Coq accepted the very file, and found that its proof rests on the axioms of Coq's
    real numbers and on nothing else.

    Exit status: 0 if every claim that the kernel proves has its certificate, 1 if one has none or is not accepted,
    2 if something could not be read or there is no Coq to ask.
    """
    from derive.certificates.checking import NoCoqError
    from derive.cli.certify import Certifier, claims_of
    from derive.errors import DeriveError
    from derive.report.evidence import certificate_text

    with _writing(folder):
        try:
            claims = list(claims_of(source))
            certifier = Certifier(folder, check=asked)
        except (DeriveError, NoCoqError) as wrong:
            _say(str(wrong), err=True)
            sys.exit(UNREADABLE)
        with progress("certifying", len(claims)) as advance:
            for claim in claims:
                found = certifier.certified(claim.equation, claim.context, claim.name)
                _say(f"{str(found.status).ljust(11)} {claim.text}\n{' ' * 12}{certificate_text(found)}")
                advance()
        certifier.finish()
    sys.exit(1 if certifier.lacking else 0)


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    """End with a message, and not with a trace, where a file cannot be written."""
    try:
        yield
    except OSError as wrong:
        _say(f"cannot write {target}: {wrong.strerror or wrong}", err=True)
        sys.exit(UNREADABLE)


@command.command(short_help="Plot a proved gradient over the oracle's derivative.")
@click.argument("source", metavar="NAME|FILE", shell_complete=_complete_source)
@click.option("-o", "--output", "out", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT")
def plot(source: str, out: Path | None) -> None:
    """Plot the first proved gradient of a catalogue entry or a file along one entry of its variable.

    The formula is a line, the derivative by the oracle are dots. OUT ends in .png, .svg or .pdf; without it
    the picture goes to NAME.png. Needs the extra `plot`.
    """
    from derive.cli.plot import picture, save
    from derive.cli.show import named
    from derive.errors import DeriveError

    target = out or Path(f"{Path(source).stem if source != '-' else 'plot'}.png")
    with _writing(target):
        try:
            save(picture(named(source)), target)
        except DeriveError as wrong:
            _say(str(wrong), err=True)
            sys.exit(UNREADABLE)
    _say(f"written: {target}")


@command.command(short_help="Write the catalogue as pages, with an index to search.")
@click.argument("words", nargs=-1, metavar="[WORD...]", shell_complete=_complete_source)
@click.option(
    "-o", "--output", "folder", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="DIR"
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Derive N entries at once.  [default: one a processor]",
)
def gallery(words: tuple[str, ...], folder: Path, jobs: int | None) -> None:
    """Derive all entries, or those containing every WORD, into HTML pages in DIR; index.html lists and searches them.

    For the whole catalogue that takes some minutes. The pages need no network, and but for the search no script.
    """
    from derive.cli.gallery import write_pages

    names = [entry.name for entry in _entries(words)]
    with _writing(folder), progress("deriving", len(names)) as advance:
        for name in write_pages(folder, names, jobs or os.cpu_count() or 1):
            if name is not None:
                advance()
    _say(f"written: {folder / 'index.html'}")


def _entries(words: tuple[str, ...]) -> tuple[CatalogueEntry, ...]:
    """Return the entries that hold every word; where none does, end with a hint."""
    from derive import catalogue

    entries = catalogue.matching(words)
    if not entries:
        near = catalogue.nearest(" ".join(words))
        hint = f"did you mean {near}?" if near else "`derive list` alone names every entry"
        _say(f"nothing in the catalogue matches {' '.join(words)}; {hint}", err=True)
        sys.exit(UNREADABLE)
    return entries


@command.command(name="read", short_help="Show how each display of a page was understood.")
@click.argument("page", metavar="PAGE", type=click.Path())
@click.option(
    "--write-block", is_flag=True, help="Print the block of declarations that says what was inferred."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON: the displays, what was inferred, the block.")
def read_page(page: str, write_block: bool, as_json: bool) -> None:
    """Show how each display of a page was understood, in the language; nothing is decided."""
    from derive.cli.read import block_text, page_json, page_of, page_text
    from derive.errors import DeriveError

    try:
        found = page_of(page)
    except DeriveError as wrong:
        _say(str(wrong), err=True)
        sys.exit(UNREADABLE)
    if write_block:
        text, status = block_text(found)
        _say(text, err=bool(status), nl=bool(status))
        sys.exit(status)
    _say(page_json(found) if as_json else page_text(found))


@command.command(name="list", short_help="List the catalogue, or search it.")
@click.argument("words", nargs=-1, metavar="[WORD...]", shell_complete=_complete_source)
@click.option(
    "--claims", is_flag=True, help="With the claims of each entry; the default where WORDs leave few."
)
def list_entries(words: tuple[str, ...], claims: bool) -> None:
    """List all entries, or those containing every WORD in name or description."""
    entries = _entries(words)
    width = max(len(entry.name) for entry in entries)
    for entry in entries:
        _say(f"{entry.name.ljust(width)}  {entry.title}")
        if claims or (words and len(entries) <= FEW):
            _say("".join(f"    {claim}\n" for claim in entry.claims), nl=False)
    if sys.stdout.isatty():
        _say(f"{len(entries)} entries; derive show NAME derives one, derive list WORD searches", err=True)


@command.command(short_help="Serve editors, by the Language Server Protocol.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    metavar="N",
    help="Decide N claims at once.",
    show_default=True,
)
@click.option("--no-cache", is_flag=True, help="Decide anew what was decided before.")
@_within_bounds
def lsp(jobs: int, no_cache: bool, timeout: float | None, memory: int | None) -> None:
    """Serve an editor over standard input and output, by the Language Server Protocol.

    It starts this command for files that end in .drv, .md and .tex, and for notebooks. Needs the extra `lsp`.
    """
    from derive.verification.budget import budget_of
    from derive.verification.cache import folder

    with _extra("lsp"):
        from derive.editor.server import serve
    serve(budget_of(timeout, memory), jobs, None if no_cache else folder())


@command.command(short_help="Serve language models, by the Model Context Protocol.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Answer N calls at once.  [default: one a processor]",
)
@_within_bounds
def mcp(jobs: int | None, timeout: float | None, memory: int | None) -> None:
    """Serve the tools check, show, read and certify over standard input and output, by the Model Context Protocol.

    An assistant starts this command and sends what it wrote; the answers are the JSON of `derive check`. No call can
    ask for more than --timeout and --memory. Needs the extra `mcp`.
    """
    from derive.verification.budget import budget_of

    with _extra("mcp"):
        from derive.cli.assistant import serve
    serve(budget_of(timeout, memory), jobs or os.cpu_count() or 1)


@contextmanager
def _extra(name: str) -> Iterator[None]:
    """End with a message where a library is missing that an extra brings."""
    try:
        yield
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] == "derive":
            raise
        _say(f"{missing.name} is missing: pip install 'derivation-verifier[{name}]'", err=True)
        sys.exit(UNREADABLE)
