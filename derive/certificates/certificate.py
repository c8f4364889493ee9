"""A certificate as a file: the claim, the definitions, the theorem and its proof, and the axioms asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from derive.certificates.audit import why_not_stated
from derive.certificates.expressions import UnsupportedError
from derive.certificates.proof import proof_of
from derive.certificates.statement import TheoremStatement, state
from derive.kernel import prover
from derive.kernel.domain import Condition
from derive.terms import Context, Equation

EXPANDED = re.compile(r"\b(?:sigmoid|softplus|tanh)\b")
LINE = 112


@dataclass(frozen=True, slots=True)
class WrittenCertificate:
    """A claim with its certificate: the file's text, and others to be tried if Coq does not accept its proof."""

    claim: str
    texts: tuple[str, ...]


class NotProvedError(UnsupportedError):
    """A claim that the kernel does not prove, for which there is nothing to certify."""


class NotStatedError(Exception):
    """A certificate whose statement does not read back as the claim: a fault of ours, never the user's."""


def certificate(equation: Equation, context: Context) -> WrittenCertificate:
    """Return the certificate of a claim that the kernel proves.

    Raises `UnsupportedError` with the reason where there is none: no proof by the kernel, something that Coq's
    libraries do not have, or a proof that is not looked for. Raises `NotStatedError` for a fault of this package.
    """
    theorem = prover.prove(equation, context)
    if not isinstance(theorem, prover.Theorem) or not prover.applies(theorem, equation, context):
        raise NotProvedError("the kernel does not prove the claim")
    return certificate_under(equation, context, theorem.conditions)


def certificate_under(
    equation: Equation, context: Context, conditions: tuple[Condition, ...]
) -> WrittenCertificate:
    """Return a certificate of a claim under some conditions, whether it is proved or not: Coq is asked later."""
    statement = state(equation, context, conditions)
    said = _statement_text(statement)
    wrong = why_not_stated(said, equation, context, conditions, statement.names, statement.meanings)
    if wrong is not None:
        raise NotStatedError(f"the statement of {equation} does not read back: {wrong}")
    texts = [_text(statement, expand=False)]
    if EXPANDED.search(said):
        texts.append(_text(statement, expand=True))
    return WrittenCertificate(str(equation), tuple(texts))


def _statement_text(statement: TheoremStatement) -> str:
    return "\n".join([*statement.definitions, statement.theorem])


def _text(statement: TheoremStatement, *, expand: bool) -> str:
    before, proof = proof_of(statement, expand=expand)
    said = commented(f"The claim: {statement.equation}.")
    opening = [said, "From Derive Require Import Tactics.", "Open Scope R_scope.", ""]
    parts = [
        *opening,
        *statement.definitions,
        "",
        statement.theorem,
        *proof,
        "",
        "Print Assumptions claim.",
        "",
    ]
    if before:
        place = parts.index(statement.theorem)
        parts[place:place] = [*before, ""]
    return "\n".join(parts)


def commented(text: str) -> str:
    """Return text as a comment of Coq, whatever it holds: neither a comment nor a string ends or begins in it."""
    safe = text.replace('"', "''").replace("(*", "( *").replace("*)", "* )")
    return f"(* {safe} *)"
