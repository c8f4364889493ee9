"""Asking Coq: what has no place in a certificate, what a proof may rest on, and a few certificates in earnest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from derive.certificates import checking, witness
from derive.certificates.audit import why_not_stated
from derive.certificates.certificate import certificate, certificate_under, commented
from derive.certificates.checking import (
    AXIOMS,
    FORBIDDEN,
    Answer,
    NoCoqError,
    assumed,
    checked,
    objection,
    prepare,
    without_witness,
)
from derive.certificates.expressions import UnsupportedError
from derive.certificates.project import RESOURCES, module_name, write_libraries, write_project
from derive.certificates.statement import state
from derive.certificates.witness import witness_of
from tests.certificates.claims import catalogue, conditions_of, one
from tests.certificates.test_statements import CROSS_ENTROPY, WEIGHTED

REFUTED = CROSS_ENTROPY.replace("p[i] - c[i]", "p[i] - 2*c[i]")
ROOT = "real x > 0\nclaim D(sqrt(x), x) = 1/(2*sqrt(x))"
SYMMETRIC = """
size n
real S[n,n], x[n]
given S[i,j] = S[j,i]
claim D(sum(x[j]*S[j,k]*x[k], j, k), x[i]) = 2*sum(S[i,k]*x[k], k)
"""
SHARE = """
size n >= 2
real s[n]
real g > 1
let p[i] = exp(s[i])/sum(exp(s[k]), k)
claim D((1 - p[i])^g, s[i]) = -g*p[i]*(1 - p[i])^g
"""
PRODUCT = """
size n
real a[n] in (0, 1)
let T[i] = prod(1 - a[j], j < i)
claim D(T[i], a[j]) = -[j < i]*T[i]/(1 - a[j])
"""
INVERSE = """
size n
real S[n,n], x[n]
given S[i,j] = S[j,i]
claim D(x @ inv(S) @ x, S[i,j]) = -(inv(S) @ x)[i]*(inv(S) @ x)[j]
"""
DETERMINANT = "size n\nreal A[n,n]\nclaim D(det(A), A[i,j]) = adj(A)[j,i]"
DEFINITE = """
size n, m
real X[n,m], y[n]
positive a
claim X.T @ inv(X @ X.T + a*eye(n)) @ y = inv(X.T @ X + a*eye(m)) @ X.T @ y
"""
TURNED = """
size n, m
real U[n,m], V[m,n]
positive a
claim V @ inv(U @ V + a*eye(n)) = inv(V @ U + a*eye(m)) @ V
"""
SAMPLE = {
    "cross-entropy": CROSS_ENTROPY, "weighted": WEIGHTED, "root": ROOT, "symmetric": SYMMETRIC, "share": SHARE,
    "product": PRODUCT, "inverse": INVERSE, "determinant": DETERMINANT, "definite": DEFINITE,
    "turned": TURNED,
    "trigonometric": "real x\ngiven cos(x) != 0\nclaim D(tan(x), x) = 1/cos(x)^2",
}  # fmt: skip


@pytest.fixture(scope="session")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The libraries, compiled."""
    folder = tmp_path_factory.mktemp("certificates")
    write_libraries(folder)
    prepare(folder)
    return folder


def asked(folder: Path, text: str, name: str = "asked") -> Answer:
    target = folder / f"{name}.v"
    target.write_text(text, encoding="utf-8")
    return checked(folder, target)


def test_a_certificate_says_what_it_is_of() -> None:
    equation, context, _ = one(CROSS_ENTROPY)
    text = certificate(equation, context).texts[0]
    assert text.startswith("(* The claim: D(E, s[i]) = p[i] - c[i]. *)\n")
    assert text.endswith("Qed.\n\nPrint Assumptions satisfiable.\n")
    assert "Qed.\n\nPrint Assumptions claim.\n" in text
    assert objection(text) is None


@pytest.mark.parametrize("word", FORBIDDEN)
def test_a_word_that_admits_or_supposes_is_seen(word: str) -> None:
    equation, context, _ = one(CROSS_ENTROPY)
    text = certificate(equation, context).texts[0]
    assert objection(text.replace("facts.", f"facts. {word}.")) == f"{word} has no place in a certificate"


def test_a_second_theorem_of_that_name_and_a_hidden_end_are_seen() -> None:
    equation, context, _ = one(CROSS_ENTROPY)
    text = certificate(equation, context).texts[0]
    assert objection(text.replace("Qed.", "", 1)) is not None
    assert objection(text.replace("Proof.", "Proof. Qed.", 1)) is not None
    assert objection(text.replace("Print Assumptions claim.", "")) is not None
    assert objection(text + "Compute 1.") is not None


def test_the_certificate_on_the_page_is_the_one_that_is_written() -> None:
    page = (Path(__file__).parent.parent.parent / "docs/certificates.md").read_text(encoding="utf-8")
    shown = page.split("```coq\n")[1].split("\n```")[0]
    equation, context, _ = one(CROSS_ENTROPY)
    text = certificate(equation, context).texts[0]
    assert text.startswith(f"{shown}\nProof.\n")
    second = page.split("```coq\n")[2].split("\n```")[0]
    assert f"\n{second}\nProof.\n" in text


def test_the_second_theorem_is_about_the_hypotheses_of_the_first() -> None:
    equation, context, _ = one(CROSS_ENTROPY)
    text = certificate(equation, context).texts[0]
    statement = state(equation, context, ())

    def wrong(damaged: str) -> str | None:
        return why_not_stated(damaged, equation, context, (), statement.names, statement.meanings)

    assert wrong(text) is None
    second = text[text.index("Theorem satisfiable") :]
    head = text[: text.index("Theorem satisfiable")]
    for lost in ("  (1 <= n)%nat /\\\n", "  (i < n)%nat /\\\n", " /\\\n  Sum n (fun j => c j) = 1"):
        assert lost in second
        assert "leaves a hypothesis out" in str(wrong(head + second.replace(lost, "")))
    assert "something else" in str(wrong(head + second.replace("(n i : nat)", "(n : nat)")))
    assert wrong(head + second.replace("= 1.", "= 0.")) is not None
    assert objection(head + second.replace("Print Assumptions satisfiable.", "")) is not None
    assert without_witness(text) == head


@pytest.mark.long
@pytest.mark.needs_tool("coqc")
def test_hypotheses_that_contradict_each_other_are_not_met(libraries: Path) -> None:
    """The claim is accepted, for anything follows; the second theorem is not."""
    text = "real x > 0\ngiven x < 0\nclaim x = x + 1"
    statement = state(*one(text))
    met = replace(statement, equation=replace(statement.equation, right=statement.equation.left))
    assert witness_of(met) is None
    theorem = witness.theorem_of(statement)
    proof = "Proof.\nexists 1.\nmeets.\nQed.\nPrint Assumptions satisfiable.\n"
    head = "From Derive Require Import Tactics.\nOpen Scope R_scope.\n"
    assert not asked(libraries, f"{head}{theorem}\n{proof}").accepted


def test_comments_end_nowhere_else() -> None:
    assert commented('x *) Axiom a : False. (* "') == "(* x * ) Axiom a : False. ( * '' *)"


def test_every_axiom_that_coq_lists_is_seen() -> None:
    listed = (
        "Axioms:\nClassical_Prop.classic : forall P : Prop, P \\/ ~ P\nOther.axiom\n  : forall x, x = x\n"
    )
    assert assumed(listed) == {"Classical_Prop.classic", "Other.axiom"}
    assert assumed(listed) - AXIOMS == {"Other.axiom"}
    assert assumed("Closed under the global context\n") - AXIOMS == set()


def test_libraries_have_no_axiom_of_their_own(tmp_path: Path) -> None:
    write_libraries(tmp_path)
    for name in (f"{library}.v" for library in checking.LIBRARIES):
        text = (tmp_path / name).read_text(encoding="utf-8")
        for word in ("Admitted", "admit", "Axiom", "Parameter", "Conjecture", "Hypothesis", "Variable"):
            assert word not in text.split(), (name, word)
    for name, most in (("Spec.v", 40), ("Matrices.v", 20)):
        assert len((tmp_path / name).read_text(encoding="utf-8").splitlines()) <= most


def test_a_folder_can_be_checked_without_this_program(tmp_path: Path) -> None:
    write_libraries(tmp_path)
    write_project(tmp_path, ["loss_2", "loss_1"])
    listed = (tmp_path / "_CoqProject").read_text(encoding="utf-8").split()
    libraries = [f"{library}.v" for library in checking.LIBRARIES]
    assert listed == ["-Q", ".", "Derive", *libraries, "loss_1.v", "loss_2.v"]
    assert {one.name for one in tmp_path.iterdir()} == {*RESOURCES, "_CoqProject"}


def test_names_of_files_are_names_of_modules() -> None:
    assert module_name("2024 loss (1).drv", 3) == "x2024_loss_1_3"
    assert module_name("-", 1) == "claim_1"


def test_where_there_is_no_coq_the_line_that_installs_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(NoCoqError, match="apt-get install --no-install-recommends coq libcoq-coquelicot"):
        prepare(tmp_path)


def test_what_the_kernel_does_not_prove_has_no_certificate() -> None:
    equation, context, _ = one(REFUTED)
    with pytest.raises(UnsupportedError, match="does not prove"):
        certificate(equation, context)


@pytest.mark.long
@pytest.mark.needs_tool("coqc")
@pytest.mark.parametrize("name", SAMPLE)
def test_coq_accepts_a_certificate(name: str, libraries: Path) -> None:
    equation, context, _ = one(SAMPLE[name])
    texts = certificate(equation, context).texts
    answers = [asked(libraries, text) for text in texts]
    assert any(answer.accepted for answer in answers), answers


def test_only_who_speaks_of_matrices_needs_their_library() -> None:
    heads = [certificate(*one(text)[:2]).texts[0].splitlines()[1] for text in (CROSS_ENTROPY, DETERMINANT)]
    assert heads == ["From Derive Require Import Tactics.", "From Derive Require Import MatrixTactics."]


@pytest.mark.long
@pytest.mark.needs_tool("coqc")
@pytest.mark.parametrize(
    "claim",
    [
        REFUTED,
        INVERSE.replace("= -(", "= ("),
        DETERMINANT.replace("adj(A)[j,i]", "adj(A)[i,j]"),
        DETERMINANT.replace("adj(A)[j,i]", "det(A)*inv(A)[i,j]"),
        DEFINITE.replace("X.T @ y", "X.T @ y*2"),
        "size n\nreal A[n,n], B[n,n]\nclaim inv(A @ B) = inv(A) @ inv(B)",
    ],
)
def test_coq_does_not_accept_what_is_refuted(libraries: Path, claim: str) -> None:
    for text in certificate_under(*one(claim)).texts:
        answer = asked(libraries, text)
        assert not answer.accepted
        assert answer.reason.startswith("Coq does not accept its proof, at line ")


@pytest.mark.long
@pytest.mark.needs_tool("coqc")
def test_a_proof_that_rests_on_another_axiom_is_not_accepted(
    libraries: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    equation, context, _ = one(SAMPLE["root"])
    text = certificate(equation, context).texts[0]
    monkeypatch.setattr(checking, "AXIOMS", frozenset(list(AXIOMS)[:1]))
    assert asked(libraries, text).reason.startswith("it rests on other axioms: ")


@pytest.mark.long
@pytest.mark.needs_tool("coqc")
def test_a_statement_that_is_proved_by_its_own_hypothesis_never_gets_to_coq(libraries: Path) -> None:
    """Coq would accept it: that is why statements are read back."""
    text = (
        "From Derive Require Import Tactics.\nOpen Scope R_scope.\n"
        "Theorem claim : forall (x : R), 0 = 1 -> x = x + 1.\nProof.\nintros; lra.\nQed.\nPrint Assumptions claim.\n"
    )
    assert asked(libraries, text).accepted
    equation, context, conditions = one("real x\nclaim x = x + 1")
    assert "nobody supposes" in str(why_not_stated(text, equation, context, conditions, {"x": "x"}, {}))


def test_the_refuted_claims_of_the_catalogue_are_stated_as_they_are() -> None:
    """What is not true can be stated; none of these may be accepted, which `make certificates` asks Coq."""
    refuted = [(e, c) for _, e, c, wrong in catalogue() if wrong]
    assert len(refuted) > 90
    stated = 0
    for equation, context in refuted[::6]:
        try:
            stated += bool(certificate_under(equation, context, conditions_of(equation, context)).texts)
        except UnsupportedError:
            continue
    assert stated > 10
