"""Derivations of the usual losses: their results, the rules they name, and that every line is a theorem."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive import deriver
from derive.deriver.steps import Derivation, Step, prove_step, shown
from derive.kernel import prover
from derive.reading.text import read
from derive.report.results import Steps
from derive.terms import (
    ONE,
    ZERO,
    Apply,
    Big,
    Binder,
    Compare,
    Context,
    Definition,
    Delta,
    Derivative,
    Entry,
    Equation,
    Hypothesis,
    Index,
    IndexRelation,
    Relation,
    Size,
    SizeNumber,
    Term,
    Variable,
    Where,
    rename,
    same,
    term,
    total,
)
from derive.terms.functions import exp, log
from tests.deriver.problems import (
    BINARY_FORM,
    CROSS_ENTROPY,
    LOG_SUM_EXP,
    ONE_LABEL,
    SIGMOIDS,
    SOFTMAX,
    SQUARED,
    E,
    binary_form,
    c,
    context,
    cross_entropy,
    entry,
    i,
    j,
    p,
    s,
    slope,
    t,
)

RESULTS: list[tuple[str, Context, Term, Term]] = [
    ("cross-entropy", cross_entropy(), slope(E, s(i)), p(i) - c(i)),
    ("no hypothesis", context(SOFTMAX, CROSS_ENTROPY), slope(E, s(i)), p(i) * total(c(j), j) - c(i)),
    ("hessian", cross_entropy(), slope(E, s(i), s(j)), p(i) * (Delta(i, j) - p(j))),
    ("jacobian", context(SOFTMAX), slope(p(j), s(i)), p(j) * (Delta(i, j) - p(i))),
    ("one label", context(SOFTMAX, ONE_LABEL), slope(E, s(i)), p(i) - Delta(i, t)),
    ("log-sum-exp", context(SOFTMAX, LOG_SUM_EXP), slope(E, s(i)), p(i) - c(i)),
    ("sigmoids", context(SIGMOIDS, BINARY_FORM), slope(E, s(i)), p(i) - c(i)),
    ("sums to one", context(SOFTMAX), total(p(j), j), ONE),
    ("partial", binary_form(), slope(E, p(i)), (p(i) - c(i)) / (p(i) * (1 - p(i)))),
    ("no definitions", context(), slope(total(s(j) ** 2, j), s(i)), 2 * s(i)),
]


@pytest.mark.parametrize(("which", "given", "goal", "result"), RESULTS, ids=[row[0] for row in RESULTS])
def test_the_result_has_the_textbook_shape(which: str, given: Context, goal: Term, result: Term) -> None:
    assert str(deriver.derive_steps(goal, given).result) == str(result)
    assert str(deriver.simplify(goal, given)) == str(result)


@pytest.mark.parametrize(("which", "given", "goal", "result"), RESULTS, ids=[row[0] for row in RESULTS])
def test_every_line_follows_and_the_lines_reach_the_result(
    which: str, given: Context, goal: Term, result: Term
) -> None:
    found = deriver.derive_steps(goal, given)
    assert found.steps, "no line at all"
    for step in found.steps:
        again = prover.prove(Equation(step.before, step.after, step.when), given)
        assert isinstance(again, prover.Theorem)
    assert same(found.steps[-1].after, found.result)


def rules(found: Derivation) -> list[str]:
    return [step.rule for step in found.steps]


def test_the_walk_is_the_one_on_paper() -> None:
    named = rules(deriver.derive_steps(slope(E, s(i)), cross_entropy(), p(i) - c(i)))
    order = [
        "chain rule", "logarithm", "sift the delta", "quotient rule", "write p for its definition",
        "collect", "the case i = j", "the case i != j", "substitute", "cancel", "distribute", "sift the delta",
        "use the hypotheses",
    ]  # fmt: skip
    place = 0
    for rule in order:
        assert rule in named[place:], f"{rule} is not among {named[place:]}"
        place = named.index(rule, place) + 1


def test_a_hypothesis_is_named_only_where_it_is_used() -> None:
    found = deriver.derive_steps(slope(E, s(i)), cross_entropy(), p(i) - c(i))
    using = [step.rule for step in found.steps if step.hypotheses]
    assert using == ["use the hypotheses"]


def test_a_false_target_is_never_reached() -> None:
    found = deriver.derive_steps(slope(E, s(i)), binary_form(), p(i) - c(i))
    assert "as claimed" not in rules(found)
    assert not same(found.result, p(i) - c(i))


def test_a_target_of_another_shape_is_the_last_line() -> None:
    target = -c(i) / p(i) + (1 - c(i)) / (1 - p(i))
    found = deriver.derive_steps(slope(E, p(i)), binary_form(), target)
    assert found.result == target
    assert rules(found)[-1] == "as claimed"


def test_no_step_without_its_theorem() -> None:
    theorem = prover.prove(Equation(total(p(j), j), ONE), context(SOFTMAX))
    assert isinstance(theorem, prover.Theorem)
    step = Step("sum", total(p(j), j), ONE, theorem, context(SOFTMAX))
    with pytest.raises(TypeError, match="it proves sum"):
        Step("sum", total(p(j), j), term(2), theorem, context(SOFTMAX))
    with pytest.raises(TypeError, match="another p"):
        replace(step, context=context(SIGMOIDS))
    object.__setattr__(step, "after", term(2))
    with pytest.raises(TypeError, match="it proves sum"):
        shown(step)


def test_no_step_without_its_conditions() -> None:
    """A line that holds where x is not 0 says so; one that does not say it is none."""
    x = entry("x")
    given = Context(variables={"x": Variable("x")})
    step = prove_step("cancel", x / x, ONE, given)
    assert step is not None
    assert list(map(str, step.conditions)) == ["x != 0"]
    assert shown(step).conditions == ("x != 0",)
    with pytest.raises(TypeError, match="where x != 0"):
        replace(step, conditions=())
    assumed = replace(given, hypotheses=(Hypothesis(Compare(Relation.UNEQUAL, x, ZERO)),))
    assert replace(step, conditions=(), context=assumed).conditions == ()


# ---------------------------------------------------------------- the right side of a refuted claim


def test_the_correct_side_of_a_refuted_claim() -> None:
    found = deriver.correct(Equation(slope(E, s(i)), p(i) - c(i)), binary_form())
    right = (p(i) - c(i)) / (1 - p(i)) + p(i) * total((c(j) - p(j)) / (1 - p(j)), j)
    assert str(found) == str(right)


@pytest.mark.parametrize(("equal", "right"), [(True, p(t) - 1), (False, p(i))], ids=["i = t", "i != t"])
def test_the_correct_side_in_one_case(equal: bool, right: Term) -> None:
    when = (IndexRelation(i, t, equal),)
    found = deriver.correct(Equation(slope(E, s(i)), ZERO, when), context(SOFTMAX, ONE_LABEL))
    assert found is not None
    renamed = rename(found, {i: t}) if equal else found
    assert str(renamed) == str(right)


# ---------------------------------------------------------------- nothing depends on the loss


def test_names_and_letters_do_not_matter() -> None:
    a, b, m = Index("a", "m"), Index("b", "m"), Index("q", "m")

    def z(index: Index) -> Entry:
        return Entry("z", (index,))

    def prob(index: Index) -> Entry:
        return Entry("prob", (index,))

    given = Context(
        sizes={"m": Size("m")},
        variables={name: Variable(name, ("m",)) for name in "zy"},
        definitions={
            "prob": Definition("prob", (a,), exp(z(a)) / total(exp(z(m)), m)),
            "L": Definition("L", (), -total(Entry("y", (b,)) * log(prob(b)), b)),
        },
    )
    found = deriver.simplify(slope(Entry("L"), z(a)), given)
    assert str(found) == "prob[a]*sum(y[b], b) - y[a]"


def test_a_softmax_shifted_by_a_constant_gives_the_same() -> None:
    shifted = Definition("p", (i,), exp(s(i) - Entry("m")) / total(exp(s(j) - Entry("m")), j))
    given = context(shifted, CROSS_ENTROPY)
    given = Context(given.sizes, {**given.variables, "m": Variable("m")}, {}, definitions=given.definitions)
    assert str(deriver.simplify(slope(E, s(i)), given)) == "p[i]*sum(c[j], j) - c[i]"


# ---------------------------------------------------------------- layers, products, kinks, scalars

N, D = Index("a", "N"), Index("k", "d")


def layered() -> Context:
    """Return a linear layer, softmax and cross-entropy: z = W x + b."""
    w, x, b = Entry("W", (i, D)), Entry("x", (D,)), Entry("b", (i,))
    z = Definition("z", (i,), total(w * x, D) + b)
    soft = Definition("p", (i,), exp(Entry("z", (i,))) / total(exp(Entry("z", (j,))), j))
    variables = {
        "W": Variable("W", ("n", "d")), "x": Variable("x", ("d",)),
        "b": Variable("b", ("n",)), "c": Variable("c", ("n",)),
    }  # fmt: skip
    base = context(SOFTMAX, CROSS_ENTROPY)
    return Context(
        {"n": Size("n"), "d": Size("d")}, variables, {},
        definitions={"z": z, "p": soft, "E": base.definitions["E"]}, hypotheses=cross_entropy().hypotheses,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("by", "result"),
    [
        (Entry("W", (i, D)), "x[k]*(p[i] - c[i])"),
        (Entry("b", (i,)), "p[i] - c[i]"),
        (Entry("x", (D,)), "sum(W[j,k]*(p[j] - c[j]), j)"),
    ],
    ids=["W", "b", "x"],
)
def test_through_a_linear_layer(by: Entry, result: str) -> None:
    assert str(deriver.simplify(slope(E, by), layered())) == result


def test_a_function_by_cases_keeps_its_cases() -> None:
    body = Where(Compare(Relation.GREATER, s(i), ZERO), s(i) ** 2, ZERO)
    found = deriver.simplify(Derivative(body, (s(i),)), context())
    assert str(found) == "where(s[i] > 0, 2*s[i], 0)"


def test_a_mean_over_a_batch() -> None:
    body = Big("mean", (Binder(j),), (s(j) - c(j)) ** 2)
    found = deriver.simplify(Derivative(body, (s(i),)), context())
    assert same(found, 2 * (s(i) - c(i)) / SizeNumber("n"))


def test_an_activation_keeps_its_name() -> None:
    body = Apply("tanh", (s(i),))
    found = deriver.derive_steps(Derivative(body, (s(i),)), context())
    assert str(found.result) == "1 - tanh(s[i])^2"
    assert rules(found) == ["derivative of tanh"]


def test_second_derivatives_without_definitions() -> None:
    found = deriver.simplify(Derivative(total(s(j) ** 3, j), (s(i), s(j))), context())
    assert str(found) == "6*s[i]*delta(i,j)"


def test_squared_error_through_softmax() -> None:
    found = deriver.simplify(slope(E, s(i)), context(SOFTMAX, SQUARED))
    assert str(found) == "2*p[i]*(p[i] - c[i] + sum(p[j]*(c[j] - p[j]), j))"


# ---------------------------------------------------------------- without multiplying out


def told(text: str) -> list[tuple[str, str]]:
    """Return the rules and texts of the lines that lead to the last claim of a text."""
    (problem,) = read(text)
    claim = problem.claims[-1]
    return [(line.rule, line.text) for line in Steps(deriver.steps(claim.equation, claim.context)).every]


def test_a_definition_is_named_where_it_stands() -> None:
    lines = told("real x\nlet q = sigmoid(x)\nclaim D(q, x) = q*(1 - q)")
    assert lines[-2:] == [
        ("derivative of sigmoid", "= sigmoid(x)*(1 - sigmoid(x))"),
        ("write q for its definition", "= q*(1 - q)"),
    ]


def test_the_gradient_is_not_derived_again() -> None:
    lines = told("real x\nlet q = sigmoid(x)\nclaim D(q, x, x) = q*(1 - q)*(1 - 2*q)")
    assert [text for rule, text in lines if rule == "definition"] == ["D(q, x) = D(sigmoid(x), x)"]


def test_a_delta_is_sifted_before_a_product_is_multiplied_out() -> None:
    lines = told("size n\nreal x[n], y[n]\nclaim D(sum((x[j] - y[j])^2, j), x[i]) = 2*(x[i] - y[i])")
    assert lines[-1] == ("sift the delta", "= 2*(x[i] - y[i])")
    assert "distribute" not in dict(lines)


@pytest.mark.parametrize("depth", [3, 9])
def test_layers_are_not_multiplied_out(depth: int) -> None:
    """Multiplied out, nine factors 1 - h^2 have five hundred terms."""
    layers = range(1, depth + 1)
    text = "real x, " + ", ".join(f"w{k}" for k in layers) + "\nlet h0 = x\n"
    text += "".join(f"let h{k} = tanh(w{k}*h{k - 1})\n" for k in layers)
    lines = told(text + f"claim D(h{depth}, x) = " + "*".join(f"(1 - h{k}^2)*w{k}" for k in layers))
    assert "distribute" not in dict(lines)
    assert lines[-1][0] == "as claimed"
    assert max(len(line) for _, line in lines) < 40 * depth


# ---------------------------------------------------------------- concrete sizes


def test_three_classes_are_written_out() -> None:
    lines = deriver.steps(Equation(slope(E, s(i)), p(i) - c(i)), cross_entropy(3))
    texts = [line.text for line in lines]
    assert "E = -(c[1]*log(p[1]) + c[2]*log(p[2]) + c[3]*log(p[3]))" in texts
    assert texts[-1] == "(D(E, s[i])) = (p[1] - c[1], p[2] - c[2], p[3] - c[3])"
    (jacobian,) = (line for line in lines if line.rule == "Jacobian")
    assert r"\begin{pmatrix}" in jacobian.latex
    assert jacobian.text.count("p[1]*(1 - p[1])") == 1


def test_two_classes_of_the_binary_form() -> None:
    lines = deriver.steps(Equation(slope(E, s(i)), ZERO), binary_form(2))
    assert lines[-1].text == "(D(E, s[i])) = (2*(p[1] - c[1]), 2*(p[2] - c[2]))"
    assert lines[-1].hypotheses == ("sum(c[j], j) = 1",)
