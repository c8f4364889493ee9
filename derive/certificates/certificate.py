"""A certificate as a file: the claim, the definitions, the theorem and its proof, and the axioms asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from derive.certificates.audit import why_not_stated
from derive.certificates.expressions import UnsupportedError
from derive.certificates.proof import proof_of
from derive.certificates.statement import TheoremStatement, state
from derive.certificates.witness import witness_of
from derive.kernel import prover
from derive.kernel.domain import Condition
from derive.terms import Context, Equation, Size

EXPANDED = re.compile(r"\b(?:sigmoid|softplus|tanh)\b")
MATRICES = re.compile(r"\b(?:Det|Logdet|Adj|Inv)\b")


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
    return certificate_under(
        equation, context, theorem.conditions, general=_general(equation, context), witness=True
    )


def _general(equation: Equation, context: Context) -> bool:
    """Return whether a claim is proved without the sizes that are fixed in it: then sums need not be written out."""
    fixed = {name: size for name, size in context.sizes.items() if size.fixed is not None}
    if not fixed:
        return True
    free = {name: Size(name, size.fixed or 1) for name, size in fixed.items()}
    without = replace(context, sizes={**context.sizes, **free})
    return prover.applies(prover.prove(equation, without), equation, without)


def certificate_under(
    equation: Equation,
    context: Context,
    conditions: tuple[Condition, ...],
    *,
    general: bool = True,
    witness: bool = False,
) -> WrittenCertificate:
    """Return a certificate of a claim under some conditions, whether it is proved or not: Coq is asked later.

    With `general` a proof is tried first that holds for all sizes; with `witness` a second theorem says that the
    hypotheses can be met.
    """
    statement = state(equation, context, conditions)
    said = _statement_text(statement)
    wrong = why_not_stated(said, equation, context, conditions, statement.names, statement.meanings)
    if wrong is not None:
        raise NotStatedError(f"the statement of {equation} does not read back: {wrong}")
    fixed = any(size.fixed is not None for size in context.sizes.values())
    texts: list[str] = []
    second = witness_of(statement) if witness else None
    reason = UnsupportedError("no proof is looked for")
    for written_out in ([False] if general else []) + ([True] if fixed else []):
        for expand in (False, True) if EXPANDED.search(said) else (False,):
            for bounding in (True, False) if equation.is_inequality else (False,):
                try:
                    proof = proof_of(statement, expand=expand, written_out=written_out, bounding=bounding)
                    texts.append(_text(statement, second, *proof))
                except UnsupportedError as one:
                    reason = one
    if not texts:
        raise reason
    return WrittenCertificate(str(equation), tuple(dict.fromkeys(texts)))


def _statement_text(statement: TheoremStatement) -> str:
    return "\n".join([*statement.definitions, statement.theorem])


def _text(
    statement: TheoremStatement, second: tuple[str, list[str]] | None, before: list[str], proof: list[str]
) -> str:
    said = commented(f"The claim: {statement.equation}.")
    tactics = "MatrixTactics" if MATRICES.search(_statement_text(statement)) else "Tactics"
    opening = [said, f"From Derive Require Import {tactics}.", "Open Scope R_scope.", ""]
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
    if second is not None:
        theorem, lines = second
        parts += [theorem, *lines, "", "Print Assumptions satisfiable.", ""]
    if before:
        place = parts.index(statement.theorem)
        parts[place:place] = [*before, ""]
    return "\n".join(parts)


def commented(text: str) -> str:
    """Return text as a comment of Coq, whatever it holds: neither a comment nor a string ends or begins in it."""
    safe = text.replace('"', "''").replace("(*", "( *").replace("*)", "* )")
    return f"(* {safe} *)"
