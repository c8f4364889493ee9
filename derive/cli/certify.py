"""What `derive certify` does: writes the certificates of an entry or a file, and asks Coq to check them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from derive.report.results import CertificateStatus, ClaimCertificate, Verdict

if TYPE_CHECKING:
    from derive.certificates.certificate import WrittenCertificate
    from derive.report.results import Result
    from derive.terms import Context, Equation

# Imported inside functions: the kernel and what writes certificates, which only this command needs.

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of writing a certificate: the certificate, or else what is told instead.

    `lacking` says that the claim is proved and there is none.
    """

    written: WrittenCertificate | None
    found: ClaimCertificate
    lacking: bool = False


def attempted(equation: Equation, context: Context) -> Attempt:
    """Return what comes of writing the certificate of a claim; nothing is written to disk."""
    from derive.certificates.certificate import NotProvedError, NotStatedError, certificate
    from derive.certificates.expressions import UnsupportedError

    try:
        return Attempt(certificate(equation, context), ClaimCertificate(CertificateStatus.WRITTEN))
    except UnsupportedError as reason:
        told = ClaimCertificate(CertificateStatus.UNSUPPORTED, None, str(reason))
        return Attempt(None, told, not isinstance(reason, NotProvedError))
    except NotStatedError as fault:
        return Attempt(None, ClaimCertificate(CertificateStatus.FAILED, None, str(fault)), True)


class Certifier:
    """Writes certificates into a folder, and has them checked there if that is asked for.

    Raises `NoCoqError` at once where they are to be checked and there is no Coq. Without a folder nothing is written.
    """

    def __init__(self, folder: Path | None, *, check: bool) -> None:
        self.folder, self.check = folder, check
        self.names: list[str] = []
        self.count = 0
        self.lacking = 0  # proved claims without a certificate
        if folder is not None:
            from derive.certificates.checking import prepare
            from derive.certificates.project import write_libraries

            write_libraries(folder)
            if check:
                prepare(folder)

    def certified(self, equation: Equation, context: Context, name: str) -> ClaimCertificate:
        """Return what became of the certificate of a claim, under a file name without its ending."""
        attempt = attempted(equation, context)
        self.lacking += attempt.lacking
        return attempt.found if attempt.written is None else self.kept(attempt.written, name)

    def kept(self, written: WrittenCertificate, name: str) -> ClaimCertificate:
        """Return what becomes of a certificate: it is written into the folder under a name, and checked if asked."""
        if self.folder is None:
            raise ValueError("there is no folder to write to")
        target = self.folder / f"{name}.v"
        target.write_text(written.texts[0], encoding="utf-8")
        if not self.check:
            self.names.append(name)
            return ClaimCertificate(CertificateStatus.WRITTEN, target.name)
        return self._checked(written, target)

    def _checked(self, written: WrittenCertificate, target: Path) -> ClaimCertificate:
        from derive.certificates.checking import first_accepted

        answer = first_accepted(target.parent, target, written.texts)
        if answer.accepted:
            self.names.append(target.stem)
            return ClaimCertificate(CertificateStatus.CHECKED, target.name)
        self.lacking += 1
        return ClaimCertificate(CertificateStatus.FAILED, target.name, answer.reason)

    def with_certificates(
        self, stream: Iterable[tuple[T, Iterable[Result]]]
    ) -> Iterator[tuple[T, Iterable[Result]]]:
        """Yield texts with their results, each that is proved with its certificate: in a chain one for each link."""
        for text, results in stream:
            yield text, (results if self.folder is None else map(self._with_one, results))
        self.finish()

    def _with_one(self, result: Result) -> Result:
        from derive.certificates.project import module_name

        if result.verdict is not Verdict.PROVED or result.statement is None or result.context is None:
            return result
        self.count += 1
        name = module_name(result.file or "claim", self.count)
        return replace(result, certificate=self.certified(result.statement, result.context, name))

    def finish(self) -> None:
        """Write the list by which `make` checks the folder."""
        from derive.certificates.project import write_project

        if self.folder is not None:
            write_project(self.folder, self.names)


@dataclass(frozen=True, slots=True)
class ClaimAsked:
    """A claimed equation to certify: as it is told, the name of its file, and what it takes for granted."""

    text: str
    name: str
    equation: Equation
    context: Context


def claims_of(source: str) -> Iterator[ClaimAsked]:
    """Yield every claimed equation of an entry or a file, of a chain one for each link.

    Raises `DeriveError` for a name that is neither, and for what cannot be read.
    """
    from derive.certificates.project import module_name
    from derive.cli.show import named
    from derive.verification.questions import asked_in_text, questions

    text = named(source)
    number = 0
    for asked in asked_in_text(text.text, text.file, text.document):
        for question in questions(asked):
            if question.error is not None:
                raise question.error
            if question.equation is not None and question.context is not None:
                number += 1
                name = module_name(text.file, number)
                yield ClaimAsked(str(question.equation), name, question.equation, question.context)
