"""What certificates say: the statements of the whole catalogue read back, and damaged ones rejected."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from derive.certificates.audit import why_not_stated
from derive.certificates.comparison import agree
from derive.certificates.coq_syntax import UnreadableError, read_file, read_proposition
from derive.certificates.expressions import UnsupportedError
from derive.certificates.statement import Meaning, TheoremStatement, state
from derive.terms import Equation, Relation
from tests.certificates.claims import Claim, catalogue, conditions_of, one

CROSS_ENTROPY = """
size n
real s[n], c[n]
given sum(c[j], j) = 1
let p[i] = exp(s[i]) / sum(exp(s[k]), k)
let E = -sum(c[j]*log(p[j]), j)
claim D(E, s[i]) = p[i] - c[i]
"""
WEIGHTED = """
size n, m
positive w[n]
real X[n,m], b[m], y[n]
given sum(w[a], a) = 2
let f[a] = sum(X[a,k]*b[k], k)
let L = sum(w[a]*(f[a] - y[a])^2, a)
claim D(L, b[k]) = 2*sum(w[a]*(f[a] - y[a])*X[a,k], a)
"""
SECOND = """
size n
real s[n]
let f = log(sum(exp(s[k]), k))
claim sum(D(f, s[i], s[j]), j) = 0
"""
BRANCHES = """
size n
real x[n], h > 0
let y[i] = where(abs(x[i]) <= h, x[i]^2/2, h*(abs(x[i]) - h/2))
claim D(sum(y[j], j), x[i]) = clip(x[i], -h, h)
"""
ORDERED = """
size n
real x[n], g[n]
let c[i] = sum(x[j], j <= i)
claim D(sum(g[k]*c[k], k), x[j]) + [i <= j] = sum(g[k], k >= j) when j < i
"""
LABELLED = """
size N, C
real S[N,C]
label y[N]: C
claim D(sum(S[a,y[a]]^2, a), S[b,c]) = 2*S[b,y[b]]*[y[b] = c]
"""
MATRICES = """
size n
real A[n,n], B[n,n], t
let M[i,j] = A[i,j] + t*B[i,j]
claim D(inv(M)[i,j], t) = -sum(inv(M)[i,l]*B[l,k]*inv(M)[k,j], l, k)
"""
CLAIMS = {
    "cross-entropy": CROSS_ENTROPY, "weighted": WEIGHTED, "second": SECOND, "branches": BRANCHES, "ordered": ORDERED,
    "labelled": LABELLED, "matrices": MATRICES,
}  # fmt: skip


def text_of(statement: TheoremStatement) -> str:
    return "\n".join([*statement.definitions, statement.theorem])


def objection(claim: Claim, text: str) -> str | None:
    equation, context, conditions = claim
    statement = state(*claim)
    return why_not_stated(text, equation, context, conditions, statement.names, statement.meanings)


def test_every_statement_of_the_catalogue_reads_back() -> None:
    unsupported, read = [], 0
    for name, equation, context, _ in catalogue():
        conditions = conditions_of(equation, context)
        try:
            statement = state(equation, context, conditions)
        except UnsupportedError:
            unsupported.append(name)
            continue
        read += 1
        said = why_not_stated(
            text_of(statement), equation, context, conditions, statement.names, statement.meanings
        )
        assert said is None, name
    assert read > 640, unsupported


def test_no_claim_of_the_catalogue_reads_back_as_another_of_its_entry() -> None:
    for (name, equation, context, _), (other_name, other, beside, _) in zip(
        catalogue(), catalogue()[1:], strict=False
    ):
        same_entry = name.split()[0] == other_name.split()[0] and context == beside
        if not same_entry or (agree(equation.left, other.left) and agree(equation.right, other.right)):
            continue
        try:
            statement = state(equation, context, conditions_of(equation, context))
        except UnsupportedError:
            continue
        text, conditions = text_of(statement), conditions_of(other, context)
        assert why_not_stated(text, other, context, conditions, statement.names, statement.meanings), name


@pytest.mark.parametrize("name", CLAIMS)
def test_a_statement_reads_back(name: str) -> None:
    claim = one(CLAIMS[name])
    assert objection(claim, text_of(state(*claim))) is None


def test_a_statement_reads_as_the_claim() -> None:
    assert text_of(state(*one(CROSS_ENTROPY))).splitlines() == [
        "Definition p (n : nat) (s : nat -> R) (i : nat) : R := exp (s i) / Sum n (fun k => exp (s k)).",
        "Definition E (n : nat) (s c : nat -> R) : R := - Sum n (fun j => c j * ln (p n s j)).",
        "Theorem claim : forall (n i : nat) (s c : nat -> R),",
        "  (1 <= n)%nat ->",
        "  (i < n)%nat ->",
        "  Sum n (fun j => c j) = 1 ->",
        *(
            line
            for line in text_of(state(*one(CROSS_ENTROPY))).splitlines()
            if "<> 0" in line or "> 0" in line
        ),
        "  is_derive (fun t => E n (put s i t) c) (s i) (p n s i - c i).",
    ]


def test_the_chain_rule_is_read_through_a_definition_that_is_a_variable() -> None:
    claim = one(CROSS_ENTROPY.replace("D(E, s[i]) = p[i] - c[i]", "D(E, p[i]) = -c[i]/p[i]"))
    text = text_of(state(*claim))
    assert "Definition E_of_p (n : nat) (c p : nat -> R)" in text
    assert "is_derive (fun t => E_of_p n c (put (p n s) i t)) (p n s i)" in text
    assert objection(claim, text) is None
    closed = text.replace(
        "Definition E_of_p (n : nat) (c p : nat -> R)", "Definition E (n : nat) (s c : nat -> R)"
    )
    assert objection(
        claim, closed.replace("ln (p j)", "ln (p n s j)").replace("E_of_p n c (put (p n s) i t)", "E n s c")
    )


def test_where_a_derivative_stands_inside_it_is_said_to_exist() -> None:
    text = text_of(state(*one(SECOND)))
    assert "locally" in text
    assert "ex_derive" in text
    parts = text.split(" /\\\n  ")
    assert len(parts) == 3
    head, main = parts[0].rpartition("\n")[0], parts[-1]
    for kept in (parts[1], parts[0].rpartition("\n")[2].strip()):
        only = f"{head}\n  {kept} /\\\n  {main}"
        assert "does not say that a derivative exists" in str(objection(one(SECOND), only))


# Each damage is of one sign in a statement; every place at which it can be done is tried.
DAMAGES = {
    "another operation": (r"(?<=\w )-(?= )", "+"),
    "a quotient for a product": (r"(?<= )\*(?= )", "/"),
    "another function": (r"\bexp\b", "ln"),
    "another number": (r"\b2\b", "3"),
    "a sign lost": (r"(?<=[=(] )- |(?<=:= )- ", ""),
    "an index for another": (r"\bX a k\b", "X k a"),
    "a product for a sum": (r"\bSum\b", "Prod"),
    "another comparison": (r"\bwhere_le\b", "where_lt"),
    "the array itself where an entry varies": (r"\(put (\w+) \w+ t\)", r"\1"),
    "a derivative for its existence": (r"\bex_derive\b", "is_derive"),
    "a constant for the variable": (r"(?<=i )t\b(?=\))", "0"),
    "another hypothesis": (r"= 2 ->", "= 3 ->"),
    "a hypothesis the other way": (r"> 0", "< 0"),
    "a hypothesis that is not there": (r"(?m)^(  \(\w+ < n\)%nat ->)$", r"\1\n  0 = 1 ->"),
    "a smaller size": (r"\(1 <= n\)", "(0 <= n)"),
    "an order turned round": (r"\bwhere_before (\w+) (\w+)", r"where_before \2 \1"),
    "an order for an equality": (r"\bwhere_before\b", "where_same"),
    "the values of a branch exchanged": (r"(?<=i j )0 1\b|(?<=i j' )0 \(x j'\)", "1 0"),
    "a hypothesis on an order turned round": (r"\(j < i\)", "(i < j)"),
    "an index for the label of a sample": (r"\(y b\)", "c"),
    "another sample's label": (r"\(y a\)", "(y b)"),
    "labels of which nothing is said but that they are fewer": (r"\(y a < C\)", "(y a < N)"),
    "an adjugate for an inverse": (r"\bInv\b", "Adj"),
    "a row for a column": (r"(\bInv n \(fun [^)]*\)) (\w+) (\w+)", r"\1 \3 \2"),
    "the transpose of a matrix": (r"\bfun (\w+) (\w+) =>", r"fun \2 \1 =>"),
    "another matrix": (r"\(fun (\w+) (\w+) => M A B t", r"(fun \1 \2 => A"),
    "the logarithm of a determinant": (r"\bDet\b", "Logdet"),
    "the claim as its own hypothesis": (r"(?s)\n  (is_derive.*)\.$", r"\n  \1 ->\n  \1."),
    "nothing to show": (r"(?s)\n  is_derive.*\.$", "\n  0 = 0."),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_statement_is_rejected(damage: str) -> None:
    pattern, instead = DAMAGES[damage]
    tried = 0
    for text in CLAIMS.values():
        claim = one(text)
        said = text_of(state(*claim))
        for place in re.finditer(pattern, said):
            tried += 1
            damaged = said[: place.start()] + place.expand(instead) + said[place.end() :]
            assert objection(claim, damaged) is not None, damaged
    assert tried, "the damage is nowhere done"


def test_a_hypothesis_without_its_brackets_swallows_the_theorem() -> None:
    claim = one(WEIGHTED)
    text = text_of(state(*claim))
    hypothesis = "(forall j, (j < n)%nat -> w j > 0) ->"
    assert hypothesis in text
    bare = text.replace(hypothesis, hypothesis.replace("(forall", "forall").replace("0) ->", "0 ->"))
    assert objection(claim, bare) is not None


def test_each_pair_of_brackets_that_is_left_out_is_seen_or_means_the_same() -> None:
    seen = 0
    for text in CLAIMS.values():
        claim = one(text)
        said = text_of(state(*claim))
        opening: list[int] = []
        for at, sign in enumerate(said):
            if sign == "(":
                opening.append(at)
            elif sign == ")":
                start = opening.pop()
                bare = said[:start] + " " + said[start + 1 : at] + " " + said[at + 1 :]
                try:
                    same = read_file(bare) == read_file(said)
                except UnreadableError:
                    same = False
                if not same and objection(claim, bare) is not None:
                    seen += 1
                else:
                    assert same or _only_associates(said, start, at), bare
    assert seen > 50


def _only_associates(said: str, start: int, end: int) -> bool:
    """Whether brackets around a product or a sum inside one do no more than group it."""
    before, after = said[:start].rstrip()[-1:], said[end + 1 :].lstrip()[:1]
    return before in "*(+=" or (before == "-" and after in ".)") or said[start + 1 : end].isdigit()


def test_a_name_that_is_shadowed_is_not_what_it_was() -> None:
    claim = one(CROSS_ENTROPY)
    text = text_of(state(*claim))
    assert objection(claim, text.replace("fun j => c j * ln (p n s j)", "fun c => c c * ln (p n s c)"))
    assert (
        objection(claim, text.replace("fun k => exp (s k)", "fun n => exp (s n)")) is None
    )  # its own letter
    assert objection(claim, text.replace("fun k => exp (s k)", "fun k => exp (s i)"))


def test_a_number_by_definition_is_no_real_exponent() -> None:
    with pytest.raises(UnsupportedError):
        state(*one("real x\nlet a = 2\nclaim x^a = x*x"))


@pytest.mark.parametrize(
    "sentence",
    [
        "Axiom false : 0 = 1.",
        'Notation "0" := 1.',
        "Section S.",
        "Hypothesis H : 0 = 1.",
        "Require Import Other.",
    ],
)
def test_a_sentence_that_has_no_place_is_refused(sentence: str) -> None:
    with pytest.raises(UnreadableError):
        read_file(f"{sentence}\nTheorem claim : 0 = 0.")


def test_arrows_and_quantifiers_reach_as_far_as_in_coq() -> None:
    a, b, c, x, y = (("id", letter) for letter in "abcxy")
    assert read_proposition("forall j, a -> b -> c") == ("forall", (("j", ""),), ("->", a, ("->", b, c)))
    assert read_proposition("- x ^ 2 * y") == ("*", ("neg", ("^", x, ("num", 2))), y)
    assert read_proposition("a - b - c") == ("-", ("-", a, b), c)
    assert read_proposition("a b / x y") == ("/", ("app", a, b), ("app", x, y))


def test_what_coq_has_no_function_for_is_said() -> None:
    with pytest.raises(UnsupportedError, match="besselj"):
        state(*one("real x\nclaim D(besselj(0, x), x) = -besselj(1, x)"))


def test_labels_and_orders_read_as_the_claim() -> None:
    labelled, ordered = (text_of(state(*one(text))).splitlines() for text in (LABELLED, ORDERED))
    assert "Theorem claim : forall (N C b c : nat) (S_ : nat -> nat -> R) (y : nat -> nat)," in labelled
    assert "  (forall a, (a < N)%nat -> (y a < C)%nat) ->" in labelled
    assert "  (j < i)%nat ->" in ordered
    assert ordered[0].endswith("R := Sum n (fun j' => where_before i j' 0 (x j')).")


def test_a_function_of_a_matrix_shows_its_entries_and_supposes_that_it_can_be_inverted() -> None:
    text = text_of(state(*one(MATRICES)))
    assert "  Det n (fun m r => M A B t m r) <> 0 ->\n" in text
    assert "is_derive (fun t' => Inv n (fun m r => M A B t' m r) i j) t (" in text


def test_an_inequality_is_stated_as_it_is() -> None:
    equation, context, conditions = one("real x\nclaim 0 <= x^2")
    statement = state(equation, context, conditions)
    text = text_of(statement)
    assert text.endswith("  0 <= x ^ 2.")
    assert objection((equation, context, conditions), text) is None
    for sign in ("<", ">=", ">", "=", "<>"):
        assert "it concludes" in str(objection((equation, context, conditions), text.replace("<=", sign)))
    for relation in set(Relation) - {Relation.AT_MOST}:
        other = replace(equation, relation=relation)
        assert why_not_stated(text, other, context, conditions, statement.names, statement.meanings)


def test_an_inequality_about_a_derivative_says_that_it_exists() -> None:
    claim = one("real x\nclaim D(sigmoid(x), x) <= 1/4")
    text = text_of(state(*claim))
    exists = "  ex_derive (fun t => sigmoid t) x /\\\n"
    assert exists in text
    assert "does not say that a derivative exists" in str(objection(claim, text.replace(exists, "")))


def test_two_sides_exchanged_are_another_claim() -> None:
    equation, context, conditions = one(CROSS_ENTROPY)
    statement = state(equation, context, conditions)
    turned = Equation(equation.right, equation.left)
    assert why_not_stated(
        text_of(statement), turned, context, conditions, statement.names, statement.meanings
    )


STILL = "real x\nlet f = x*stop_gradient(x)\nclaim D(f, x) = x"


def test_a_derivative_that_holds_something_still_is_neither_stated_nor_read_as_one_of_coq() -> None:
    """For Coq the function is its argument: the theorem would be about another derivative."""
    equation, context, conditions = one(STILL)
    with pytest.raises(UnsupportedError, match="stop_gradient"):
        state(equation, context, conditions)
    text = (
        "Definition stop_gradient (x : R) : R := x.\nDefinition f (x : R) : R := x * stop_gradient x.\n"
        "Theorem claim : forall (x : R),\n  is_derive (fun t => f t) x x."
    )
    meanings = {"stop_gradient": Meaning("stop_gradient", table=True), "f": Meaning("f")}
    wrong = why_not_stated(text, equation, context, conditions, {"x": "x", "f": "f"}, meanings)
    assert "held still" in str(wrong)


def test_what_is_held_still_may_stand_in_a_claim_without_derivatives() -> None:
    equation, context, conditions = one("real x\nclaim x*stop_gradient(x) = x^2")
    assert "Definition stop_gradient (x : R) : R := x." in state(equation, context, conditions).definitions
