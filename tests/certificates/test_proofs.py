"""The search for proofs: nothing of it is believed, and what it does is to be seen without Coq."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.certificates import audit, closing, derivative_rules, function_rules, normaliser, rules, sum_rules
from derive.certificates.coq_reader import FUNCTIONS
from derive.certificates.existence import existence_of
from derive.certificates.expressions import (
    ONE,
    ZERO,
    UnsupportedError,
    add,
    free,
    inv,
    mul,
    num,
    opp,
    renamed,
    unnamed,
)
from derive.certificates.laurent import expression, laurent, reduced
from derive.certificates.lowering import Lowering
from derive.certificates.printing import Printer, coq_names
from derive.certificates.proof import proof_of
from derive.certificates.slopes import slope
from derive.certificates.statement import state
from derive.certificates.translation import COQ_FUNCTIONS, SUPPOSED, Translation
from derive.terms import Context
from tests.certificates.claims import one

X, Y = ("ent", "x", ()), ("ent", "y", ())


def test_the_writer_and_the_reader_name_functions_alike() -> None:
    """They share no table, and so may not drift apart."""
    assert {coq: name for name, coq in COQ_FUNCTIONS.items()}.items() <= FUNCTIONS.items()
    assert audit.SUPPOSED == SUPPOSED


def test_polynomials_are_what_field_will_find() -> None:
    square = mul(add(X, Y), add(X, Y))
    assert laurent(square) == laurent(add(add(mul(X, X), mul(num(2), mul(X, Y))), mul(Y, Y)))
    assert laurent(mul(X, inv(X))) == {(): Fraction(1)}
    assert expression(reduced(laurent(mul(add(X, Y), inv(add(X, Y)))))) == ONE
    with pytest.raises(UnsupportedError, match="division by 0"):
        laurent(inv(add(X, opp(X))))


def test_a_slope_has_the_shape_of_the_lemmas() -> None:
    assert slope(mul(X, Y), "x", ()) == mul(ONE, Y)
    assert slope(add(Y, Y), "x", ()) == ZERO
    assert slope(("ent", "s", ("k",)), "s", ("i",)) == ("delta", "i", "k")
    assert slope(("pow", X, 5), "x", ()) == mul(mul(num(5), ("pow", X, 4)), ONE)


def test_slopes_of_functions_of_matrices_are_those_of_jacobi() -> None:
    def of(function: str, at: tuple[str, ...] = ()) -> tuple[object, ...]:
        return "mat", function, "n", "r", "c", ("ent", "A", ("r", "c")), at

    moved = mul(("delta", "i", "r"), ("delta", "j", "c"))
    inverse = mul(mul(of("Inv", ("a", "r")), moved), of("Inv", ("c", "b")))
    assert slope(of("Inv", ("a", "b")), "A", ("i", "j")) == opp(("sum", "r", "n", ("sum", "c", "n", inverse)))
    determinant = mul(of("Adj", ("c", "r")), moved)
    assert slope(of("Det"), "A", ("i", "j")) == ("sum", "r", "n", ("sum", "c", "n", determinant))
    with pytest.raises(UnsupportedError):
        slope(of("Adj", ("a", "b")), "A", ("i", "j"))


def test_the_row_and_column_of_a_matrix_are_bound_in_it_alone() -> None:
    entry = ("mat", "Inv", "n", "r", "c", ("ent", "A", ("r", "c")), ("r", "i"))
    assert renamed(entry, {"r": "a", "i": "b"}) == (*entry[:6], ("a", "b"))
    assert free(entry) == {"r", "i"}
    other = ("mat", "Inv", "n", "p", "q", ("ent", "A", ("p", "q")), ("r", "i"))
    transposed = ("mat", "Inv", "n", "p", "q", ("ent", "A", ("q", "p")), ("r", "i"))
    assert unnamed(entry) == unnamed(other) != unnamed(transposed)


def test_a_matrix_is_invertible_if_supposed_so_or_plainly_positive() -> None:
    head = "size n\nreal X[n,n], t\npositive a\nclaim "
    supposed = "\n".join(proof_of(state(*one(f"{head}inv(X) @ X = eye(n)")))[1])
    assert "assert (HR1 : Det n" in supposed
    assert "regular_form" not in supposed
    shown = state(one(f"{head}det(X @ X.T + a*eye(n)) = t")[0], one(f"{head}t = t")[1], ())
    assert "regular_form n" in "\n".join(proof_of(shown)[1])
    other = state(one(f"{head}det(X @ X + a*eye(n)) = t")[0], one(f"{head}t = t")[1], ())
    assert "HR1" not in "\n".join(proof_of(other)[1])


def test_a_product_turned_round_can_be_inverted_if_the_product_can() -> None:
    head = "size n, m\nreal U[n,m], V[m,n]\npositive a\nclaim "
    turned = f"{head}V @ inv(U @ V + a*eye(n)) = inv(V @ U + a*eye(m)) @ V"
    for claim, found in ((turned, True), (turned.replace("V @ U", "V @ U*2"), False)):
        equation, context, conditions = one(claim)
        lines = "\n".join(proof_of(state(equation, context, conditions[:1]))[1])
        assert ("regular_turned n m" in lines) == found


def test_a_proof_about_a_matrix_for_each_index_of_a_sum_is_not_looked_for() -> None:
    head = "size n, m\nreal X[m,n,n]\nclaim "
    claim = f"{head}sum(det(X[k,a,b], a, b), k) = sum(det(X[k,b,a], a, b), k)"
    with pytest.raises(UnsupportedError, match="hangs on a bound index"):
        proof_of(state(*one(claim)))


def test_expressions_are_the_same_but_for_the_names_of_bound_indices() -> None:
    body = ("sum", "j1", "n", ("ent", "s", ("j1",)))
    assert unnamed(body) == unnamed(("sum", "j2", "n", ("ent", "s", ("j2",))))
    assert renamed(body, {"j1": "i"}) == body


def test_lowering_tells_coq_what_it_did() -> None:
    lowering = Lowering(Translation(Context()))
    assert lowering.lowered(("fn", "Rabs", X)) == ("where_gt", X, ZERO, X, opp(X))
    assert "rewrite ?Rabs_fun in *; cbv beta in *." in lowering.tactics()


def test_coq_takes_every_name_and_none_is_two() -> None:
    names = coq_names(["exp", "exp_", "H", "j1", "σ", "E", "forall", "n"])
    assert len(set(names.values())) == len(names)
    assert (names["E"], names["n"]) == ("E", "n")
    assert names["exp"] not in {"exp", "exp_"} or names["exp_"] != names["exp"]


def test_a_derivative_in_a_branch_is_not_said_to_exist() -> None:
    d = ("D", mul(X, X), "x", (), False)
    assert [one.derivative for one in existence_of(add(d, Y))] == [d]
    with pytest.raises(UnsupportedError):
        existence_of(("where_gt", X, ZERO, d, ZERO))


def test_a_proof_names_every_hypothesis_that_it_brings_in() -> None:
    claim = "size n\nreal s[n], c[n]\ngiven sum(c[j], j) = 1\nclaim D(sum(c[j]*s[j], j), s[i]) = c[i]"
    statement = state(*one(claim))
    before, lines = proof_of(statement)
    assert before[0].startswith("Ltac unf := unfold ")
    assert lines[1] == "intros n i s c Hn_n Hi_i Hg_0."
    assert (lines[0], lines[-1]) == ("Proof.", "Qed.")


def test_rules_of_all_kinds_come_together() -> None:
    for kind in (function_rules.FunctionRules, sum_rules.SumRules, derivative_rules.DerivativeRules):
        assert issubclass(normaliser.Normaliser, kind)
        assert issubclass(kind, rules.ProofRules)
    assert closing.CLOSE == ["close."]
    assert Printer(Translation(Context()), {}, shown=True).text(add(X, opp(Y))) == "x + - y"


def test_sums_over_a_fixed_size_are_written_out_if_that_is_asked_for() -> None:
    (equation, context, conditions) = one("size n = 2\nreal x[n]\nclaim sum(x[j], j) = x[1] + x[2]")
    statement = state(equation, context, conditions)
    sums = Lowering(statement.translation)
    assert sums.whole(statement.left)[0] == "sum"
    written = Lowering(statement.translation, written_out=True).whole(statement.left)
    assert written == add(add(ZERO, ("ent", "x", ("0",))), ("ent", "x", ("1",)))


def test_the_label_of_a_sample_is_renamed_within() -> None:
    entry = ("ent", "P", ("a", "y a"))
    assert renamed(entry, {"a": "b"}) == ("ent", "P", ("b", "y b"))
    assert renamed(entry, {"y": "z"}) == entry
    assert unnamed(("sum", "a", "n", entry)) == unnamed(("sum", "b", "n", renamed(entry, {"a": "b"})))


def test_an_order_of_positions_is_known() -> None:
    assert laurent(("before", "0", "1")) == laurent(("upto", "i", "i")) == laurent(ONE)
    assert laurent(("before", "1", "0")) == laurent(("before", "i", "i")) == laurent(("upto", "1", "0")) == {}
    assert laurent(mul(("before", "i", "j"), ("before", "i", "j"))) == laurent(("before", "i", "j"))
