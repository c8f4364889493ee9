"""Asking Coq: the libraries compiled once, a certificate compiled, its axioms compared with the four of the reals.

That a claim is checked is said here and nowhere else, of a file that `coqc` has just accepted as it stands.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from derive.certificates.coq_syntax import UnreadableError, read_file

INSTALL = "apt-get install --no-install-recommends coq libcoq-coquelicot"
AXIOMS = frozenset((
    "ClassicalDedekindReals.sig_not_dec", "ClassicalDedekindReals.sig_forall_dec",
    "FunctionalExtensionality.functional_extensionality_dep", "Classical_Prop.classic",
))  # fmt: skip
"""What the real numbers of Coq's library rest on, and nothing else may be rested on."""

LIBRARIES = ("Spec", "Lemmas", "Tactics", "Matrices", "MatrixLemmas", "MatrixTactics")
SECONDS = 60.0

# Words by which a file would say something else than it seems to: none of them has a place in a certificate.
FORBIDDEN = (
    "Admitted admit give_up Abort Axiom Axioms Parameter Parameters Conjecture Hypothesis Hypotheses Variable "
    "Variables Context Section Module Notation Infix Load Require Import Export Declare Redirect Set Unset "
    "Fixpoint Inductive Instance Goal Example Lemma Corollary Fact Proposition Remark Let Extract Drop"
).split()


HEAD = r"From Derive Require Import (?:Matrix)?Tactics\."


class NoCoqError(Exception):
    """There is no Coq, or no Coquelicot; the message says how to install them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What Coq said of a file: whether it is accepted with the four axioms alone, and if not, why."""

    accepted: bool
    reason: str = ""
    seconds: float = 0.0
    line: int = 0


def objection(text: str) -> str | None:
    """Return what in the text of a certificate has no place in one, `None` if nothing does.

    No word that admits, supposes or renames anything stands in it, and nothing but definitions and theorems with
    their proofs.
    """
    bare = re.sub(r"\(\*.*?\*\)", " ", text, flags=re.DOTALL)
    without_head = re.sub(HEAD, " ", bare, count=1)
    for word in FORBIDDEN:
        if re.search(rf"(?<![\w.']){word}(?![\w'])", without_head):
            return f"{word} has no place in a certificate"
    if bare.count("Proof.") != bare.count("Qed.") or '"' in bare:
        return "a proof without an end, or an end without a proof"
    try:
        read = read_file(text)
    except UnreadableError as wrong:
        return str(wrong)
    missing = [name for name in read.theorems if f"Print Assumptions {name}." not in bare]
    return f"its axioms are not asked for: {', '.join(missing)}" if missing else None


def prepare(folder: Path) -> None:
    """Compile the libraries in a folder. Raises `NoCoqError` where Coq or Coquelicot is missing or too old."""
    coqc = shutil.which("coqc")
    if coqc is None:
        raise NoCoqError(f"there is no coqc: {INSTALL}")
    newest = 0.0  # a library is compiled again after those that it is made from
    for name in LIBRARIES:
        source, compiled = folder / f"{name}.v", folder / f"{name}.vo"
        newest = max(newest, source.stat().st_mtime)
        if compiled.exists() and compiled.stat().st_mtime >= newest:
            continue
        done = _compiled(folder, source, 10 * SECONDS)
        if done.returncode:
            missing = "Coquelicot" in done.stderr and "Cannot find" in done.stderr
            wanted = (
                "Coq has no Coquelicot"
                if missing
                else f"Coq does not accept {name}.v (8.16 or newer is needed)"
            )
            raise NoCoqError(f"{wanted}: {INSTALL}\n{done.stderr.strip()[:400]}")


def _compiled(folder: Path, file: Path, seconds: float) -> subprocess.CompletedProcess[str]:
    command = ["coqc", "-w", "-all", "-Q", str(folder), "Derive", str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)  # noqa: S603 - our own command, on our own files


def checked(folder: Path, file: Path, seconds: float = SECONDS) -> Answer:
    """Return Coq's answer to a certificate, whose libraries are prepared in the folder."""
    started = perf_counter()
    wrong = objection(file.read_text(encoding="utf-8"))
    if wrong is not None:
        return Answer(False, wrong)
    try:
        done = _compiled(folder, file, seconds)
    except subprocess.TimeoutExpired:
        return Answer(False, f"Coq needs more than {seconds:g} s", perf_counter() - started)
    passed = perf_counter() - started
    if done.returncode:
        return Answer(False, _told(done.stderr), passed, _line(done.stderr))
    others = assumed(done.stdout) - AXIOMS
    if others:
        return Answer(False, f"it rests on other axioms: {', '.join(sorted(others))}", passed)
    if not done.stdout.strip():
        return Answer(False, "Coq did not tell its axioms", passed)
    return Answer(True, "", passed)


def first_accepted(folder: Path, file: Path, texts: Sequence[str]) -> Answer:
    """Return Coq's answer to the first of several proofs that it accepts, which stays in the file, else to the first.

    Where the claim is accepted, and not that its hypotheses can be met, the file says nothing of that.
    """
    answers = []
    for whole in texts:
        for text in dict.fromkeys((whole, without_witness(whole))):
            file.write_text(text, encoding="utf-8")
            answer = checked(folder, file)
            answers.append(answer)
            if answer.accepted:
                return replace(answer, seconds=sum(one.seconds for one in answers))
            second = whole.partition("Theorem satisfiable")[0].count("\n") + 1
            if answer.line < second:
                break
    file.write_text(texts[0], encoding="utf-8")
    return replace(answers[0], seconds=sum(one.seconds for one in answers))


def _line(errors: str) -> int:
    found = re.search(r"line (\d+)", errors)
    return int(found[1]) if found else 0


def assumed(output: str) -> frozenset[str]:
    """Return the axioms that `Print Assumptions` lists."""
    return frozenset(re.findall(r"^([A-Za-z_][\w.']*)\s*(?=:|$)", output, re.MULTILINE)) - {"Axioms"}


def _told(errors: str) -> str:
    """Return Coq's error in a line: the place and the first sentence."""
    place = re.search(r"line (\d+)", errors)
    said = re.split(r"Error:\s*", errors, maxsplit=1)[-1]
    first = " ".join(said.split())[:160]
    return f"Coq does not accept its proof, at line {place[1]}: {first}" if place else first


def hypotheses_met(text: str) -> bool:
    """Return whether a certificate holds the second theorem."""
    return "Theorem satisfiable" in text


def without_witness(text: str) -> str:
    """Return a certificate without its second theorem."""
    before, _, rest = text.partition("Theorem satisfiable")
    return before + rest.partition("Print Assumptions satisfiable.\n")[2]
