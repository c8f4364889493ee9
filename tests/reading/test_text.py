"""What statements and formulas mean: the terms, contexts and claims that a text gives."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.errors import ReadingError
from derive.problem.problems import Claim, DerivationClaim, Problem, Show
from derive.reading.text import read, read_equation, read_term
from derive.terms import (
    HALF,
    MINUS_ONE,
    ONE,
    PI,
    ZERO,
    Add,
    Apply,
    Big,
    Binder,
    Bound,
    Compare,
    Context,
    Definition,
    Delta,
    Derivative,
    Entry,
    Index,
    IndexRelation,
    Multiply,
    Number,
    Power,
    Relation,
    Size,
    SizeNumber,
    Term,
    Variable,
    Where,
    add,
    different_index,
    indicator,
    negate,
    same_index,
    term,
    to_text,
    total,
)
from derive.terms.functions import TABLE, exp, log, sqrt

HEAD = """\
size n, m
size k = n
real s[n], c[n], y[m], W[n,m], u, v, gamma
label t, r: n
function f
let p[i] = exp(s[i])/sum(exp(s[l]), l)
let E = -sum(c[j]*log(p[j]), j)
"""
i, j, l, t = (Index(letter, "n") for letter in "ijlt")
a = Index("a", "m")
u, v, gamma, E = Entry("u"), Entry("v"), Entry("gamma"), Entry("E")


def s(index: Index) -> Entry:
    return Entry("s", (index,))


def c(index: Index) -> Entry:
    return Entry("c", (index,))


def p(index: Index) -> Entry:
    return Entry("p", (index,))


def one(text: str) -> Problem:
    """Return the one problem of a text, which must be readable."""
    (problem,) = read(text)
    assert not problem.failures, problem.failures[0].error
    return problem


def context(text: str = HEAD) -> Context:
    return one(text).context


def shown(text: str) -> Term:
    """Return the term that a formula means below the declarations."""
    (item,) = one(f"{HEAD}show {text}").shows
    return item.term


def claim(text: str, head: str = HEAD) -> Claim:
    (found,) = one(f"{head}{text}").claims
    return found


# ---- statements


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("size n", {"n": Size("n")}),
        ("size N, n", {"N": Size("N"), "n": Size("n")}),
        ("size n >= 2", {"n": Size("n", minimum=2)}),
        ("size n = 3", {"n": Size("n", fixed=3)}),
        ("size n\nsize m = n\nsize k = m", {"n": Size("n")}),
    ],
)
def test_sizes(text: str, sizes: dict[str, Size]) -> None:
    assert context(text).sizes == sizes


def test_another_name_for_a_size_is_that_size() -> None:
    problem = one(
        "size n\nsize m = n\nreal x[n], y[m]\nlabel q: m\nclaim sum(x[j]*y[j], j: m)/m = x[q]*y[q]/n"
    )
    assert problem.context.variables["y"].dims == ("n",)
    assert str(problem.claims[0].equation) == "sum(x[j]*y[j], j)/n = x[q]*y[q]/n"


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("real x", ()),
        ("positive x", (Bound(Relation.GREATER, ZERO),)),
        ("real x in (-1, 1)", (Bound(Relation.GREATER, MINUS_ONE), Bound(Relation.LESS, ONE))),
        (
            "real x in [0, pi/2]",
            (
                Bound(Relation.AT_LEAST, ZERO),
                Bound(Relation.AT_MOST, Multiply((PI, Power(term(2), MINUS_ONE)))),
            ),
        ),
        ("real x in (0, 1]", (Bound(Relation.GREATER, ZERO), Bound(Relation.AT_MOST, ONE))),
        ("real x != 0", (Bound(Relation.UNEQUAL, ZERO),)),
        ("real x > 1/2", (Bound(Relation.GREATER, HALF),)),
        ("real x >= -sqrt(2)", (Bound(Relation.AT_LEAST, negate(sqrt(2))),)),
        ("real x > 0 != 1", (Bound(Relation.GREATER, ZERO), Bound(Relation.UNEQUAL, ONE))),
        ("positive x <= 1", (Bound(Relation.GREATER, ZERO), Bound(Relation.AT_MOST, ONE))),
    ],
)
def test_domains(text: str, bounds: tuple[Bound, ...]) -> None:
    assert context(text).variables == {"x": Variable("x", (), bounds)}


def test_a_domain_holds_for_every_name_in_the_list() -> None:
    found = context("size n, m\nreal x[n], t, W[n,m] in (0, 1)").variables
    assert {one.bounds for one in found.values()} == {
        (Bound(Relation.GREATER, ZERO), Bound(Relation.LESS, ONE))
    }
    assert [one.dims for one in found.values()] == [("n",), (), ("n", "m")]


def test_kinds() -> None:
    found = context("size n, m\nsimplex q[n] > 0\nonehot y[m,n]").variables
    assert found["q"] == Variable("q", ("n",), (Bound(Relation.GREATER, ZERO),), "simplex")
    assert found["y"] == Variable("y", ("m", "n"), (), "onehot")


def test_labels_and_functions() -> None:
    found = context("size n\nlabel t, r: n\nfunction f, g\ngiven t != r")
    assert found.labels == {"t": Index("t", "n"), "r": Index("r", "n")}
    assert found.functions == {"f", "g"}
    assert found.distinct == ((Index("t", "n"), Index("r", "n")),)
    assert not found.hypotheses


def test_definitions() -> None:
    found = context().definitions
    assert found["p"] == Definition("p", (i,), exp(s(i)) / total(exp(s(l)), l))
    assert found["E"].parameters == ()


def test_a_definition_gives_its_indices_their_size() -> None:
    assert shown("sum(p[j], j)") == total(p(j), j)
    found = context("size n, m\nreal x[n]\nlet d[i,j] = delta(i,j)*x[j]").definitions["d"]
    assert found.parameters == (i, j)


def test_hypotheses_are_unfolded_and_keep_their_text() -> None:
    found = context("size n\nreal x[n]\nlet q = sum(x[j], j)\ngiven q   >= 1 # so it is").hypotheses
    assert [(str(one), one.condition) for one in found] == [
        ("q >= 1", Compare(Relation.AT_LEAST, total(Entry("x", (j,)), j), ONE))
    ]


def test_a_problem_line_begins_a_new_scope() -> None:
    first, second = read("real x\nclaim x = x\nproblem: the other one\nclaim x = 1\nreal x\nclaim x = x\n")
    assert (first.title, second.title) == (None, "the other one")
    assert len(first.claims) == 1
    assert [type(one).__name__ for one in second.items] == ["Failure", "Claim"]


def test_a_text_without_statements_has_no_problems() -> None:
    assert read("") == read("\ufeff\n  # nothing\n") == []


def test_a_statement_sees_what_stands_above_it() -> None:
    problem = one("real x\nclaim x = x\nlet y = x\nclaim y = x\ngiven x > 0\nshow y\n")
    contexts = [item.context for item in problem.items if isinstance(item, Claim | Show)]
    assert [(len(one.definitions), len(one.hypotheses)) for one in contexts] == [(0, 0), (1, 0), (1, 1)]
    assert problem.context == contexts[-1]


# ---- claims


def test_a_claim_with_all_its_parts() -> None:
    found = claim(
        "  claim D(E, s[i])   # the gradient\n\n     =  p[i]-c[i]\n   = (u) when i != t, i = r expect refuted"
    )
    assert found.text == "D(E, s[i]) = p[i]-c[i] = (u) when i != t, i = r"
    assert [side.text for side in found.sides] == ["D(E, s[i])", "p[i]-c[i]", "(u)"]
    assert [(side.position.line, side.position.column) for side in found.sides] == [(8, 9), (10, 9), (11, 7)]
    assert (found.position.line, found.position.column) == (8, 3)
    assert found.when == (IndexRelation(i, t, equal=False), IndexRelation(i, Index("r", "n"), equal=True))
    assert found.expect == "refuted"
    first, second = found.equations
    assert (first.left, first.right, first.when) == (
        Derivative(E, (s(i),)),
        add(p(i), negate(c(i))),
        found.when,
    )
    assert second.left == first.right
    assert found.equation.right == second.right


def test_a_derivation() -> None:
    lines = [
        "derivation when i != j expect undecided",
        "    D(p[i], s[j])",
        "      # by the quotient rule",
        "    = -p[i]*p[j]",
        "  = u = v",
        "claim u = u",
    ]
    text = HEAD + "\n".join(lines)
    derivation, other = one(text).claims
    assert isinstance(derivation, DerivationClaim)
    assert not isinstance(other, DerivationClaim)
    assert [to_text(line.term) for line in derivation.lines] == ["D(p[i], s[j])", "-p[i]*p[j]", "u", "v"]
    assert [line.position.line for line in derivation.lines] == [9, 11, 12, 12]
    assert derivation.when == (IndexRelation(i, j, equal=False),)
    assert derivation.expect == "undecided"


def test_lines_of_a_derivation_give_one_another_their_sizes() -> None:
    derivation = claim("derivation\n  delta(i,j)*u\n  = s[i]*c[j]\n")
    assert derivation.sides[0].term == Multiply((Delta(i, j), u))


def test_a_derivation_without_a_first_line_is_refused() -> None:
    (problem,) = read("real u\nderivation\n  = u\n  = u\n")
    assert (
        problem.failures[0].error.message == "a derivation begins with a term; its later lines begin with ="
    )


def test_show() -> None:
    (item,) = one(f"{HEAD}show D(E, s[i])").shows
    assert (item.term, item.text) == (Derivative(E, (s(i),)), "D(E, s[i])")


# ---- numbers and operators


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/3", Fraction(1, 3)),
        ("0.25", Fraction(1, 4)),
        ("0.1", Fraction(1, 10)),
        ("1e-3", Fraction(1, 1000)),
        ("2.5E2", Fraction(250)),
        (".5", Fraction(1, 2)),
        ("3.", Fraction(3)),
        ("-2", Fraction(-2)),
    ],
)
def test_numbers_are_exact(text: str, value: Fraction) -> None:
    assert shown(text) == Number(value)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("-u^2", negate(Power(u, term(2)))),
        ("2^-u", Power(term(2), negate(u))),
        ("u^v^2", Power(u, Power(v, term(2)))),
        ("u**2", Power(u, term(2))),
        ("-u*v", Multiply((MINUS_ONE, u, v))),
        ("u - v - 1", Add((u, negate(v), MINUS_ONE))),
        ("u - (v - 1)", Add((u, Multiply((MINUS_ONE, Add((v, MINUS_ONE))))))),
        ("u/v/2", Multiply((u, Power(v, MINUS_ONE), Power(term(2), MINUS_ONE)))),
        ("u/(v*2)", Multiply((u, Power(Multiply((v, term(2))), MINUS_ONE)))),
        ("u/u", Multiply((u, Power(u, MINUS_ONE)))),
        ("0*u", Multiply((ZERO, u))),
        ("u - 2*v", Add((u, Multiply((term(-2), v))))),
        ("n*pi", Multiply((SizeNumber("n"), PI))),
        ("k", SizeNumber("n")),
        ("gamma*gamma(u)", Multiply((gamma, Apply("gamma", (u,))))),
    ],
)
def test_operators(text: str, meaning: Term) -> None:
    assert shown(text) == meaning


# ---- indices


def test_a_position() -> None:
    assert claim("claim x[2] = x[1]", "size n >= 2\nreal x[n]\n").equation.left == Entry(
        "x", (Index(2, "n"),)
    )
    assert claim("claim x[3] = x[1]", "size n = 3\nreal x[n]\n").equation.left == Entry("x", (Index(3, "n"),))
    (problem,) = read("size n = 3\nreal x[n]\nclaim x[4] = x[1]")
    assert problem.failures[0].error.message == "there is no position 4: n is 3"


def test_dimensions_come_from_anywhere_in_the_statement() -> None:
    found = shown("sum(delta(j,l), j != l)*sum([q = o]*delta(q,a), q)*s[l]*y[a]")
    q, o = Index("q", "m"), Index("o", "m")
    assert isinstance(found, Multiply)
    assert found.factors[0] == Big("sum", (Binder(j, (l,)),), Delta(j, l))
    assert found.factors[1] == total(Multiply((Delta(q, o), Delta(q, a))), q)


def test_a_free_index_without_an_array_runs_over_the_only_size() -> None:
    found = claim("claim delta(i,j)^2 = delta(i,j)", "size n\n").equation
    assert found.left == Power(Delta(i, j), term(2))


def test_a_bound_index_hides_a_free_one_of_its_name() -> None:
    found = shown("D(sum(s[j]^2, j), s[j])")
    assert found == Derivative(total(Power(s(j), term(2)), j), (s(j),))


def test_an_inner_binding_hides_an_outer_one_of_another_size() -> None:
    found = shown("sum(s[j]*sum(y[j], j), j)")
    inner = Index("j", "m")
    assert found == total(Multiply((s(j), total(Entry("y", (inner,)), inner))), j)


@pytest.mark.parametrize(
    ("text", "binders"),
    [
        ("sum(s[j], j)", (Binder(j),)),
        ("sum(s[j], j: n)", (Binder(j),)),
        ("sum(s[j], j: k)", (Binder(j),)),
        ("sum(s[j], j != t)", (Binder(j, (t,)),)),
        ("sum(s[j], j != i, j != t)", (Binder(j, (i, t)),)),
        ("sum(s[j], j: n != i)", (Binder(j, (i,)),)),
        ("sum(s[j], j != 1)", (Binder(j, (Index(1, "n"),)),)),
        ("sum(s[j]*c[l], j, l)", (Binder(j), Binder(l))),
        ("sum(s[j]*c[l], j, l != j)", (Binder(j), Binder(l, (j,)))),
        ("sum(s[j]*c[l], j != l, l)", (Binder(j), Binder(l, (j,)))),
        ("sum(u, j != i, l: n)*s[i]", (Binder(j, (i,)), Binder(l))),
    ],
)
def test_binders(text: str, binders: tuple[Binder, ...]) -> None:
    found = shown(text)
    big = found.factors[0] if isinstance(found, Multiply) else found
    assert isinstance(big, Big)
    assert big.binders == binders


@pytest.mark.parametrize("operation", ["sum", "prod", "mean", "max", "min"])
def test_over_an_index(operation: str) -> None:
    assert shown(f"{operation}(s[j], j)") == Big(operation, (Binder(j),), s(j))  # type: ignore[arg-type] # one of the five


def test_max_and_min_of_numbers_if_the_second_is_declared() -> None:
    assert shown("max(0, u)") == Apply("max", (ZERO, u))
    assert shown("min(u, v, s[i])") == Apply("min", (u, v, s(i)))
    assert shown("max(u, v + 1)") == Apply("max", (u, add(v, 1)))
    assert shown("max(u, n)") == Apply("max", (u, SizeNumber("n")))
    assert shown("max(u, pi)") == Apply("max", (u, PI))
    assert shown("max(u)") == Apply("max", (u,))


# ---- conditions, delta, where


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("[i = j]*s[i]", Delta(i, j)),
        ("[i != j]*s[i]", indicator(different_index(i, j))),
        ("[i = t]", Delta(i, t)),
        ("[u = v]", indicator(Compare(Relation.EQUAL, u, v))),
        ("[u >= 0]", indicator(Compare(Relation.AT_LEAST, u, ZERO))),
        ("where(i = j, u, v)*s[i]", Where(same_index(i, j), u, v)),
        ("where(i != j, u, v)*s[i]", Where(different_index(i, j), u, v)),
        ("where(delta(i,t)=1, u, v)", Where(Compare(Relation.EQUAL, Delta(i, t), ONE), u, v)),
        ("where(u < v, u, v)", Where(Compare(Relation.LESS, u, v), u, v)),
        ("delta(i,1)*s[i]", Delta(i, Index(1, "n"))),
        ("sum([j = 1]*s[j], j)", total(Multiply((Delta(j, Index(1, "n")), s(j))), j)),
    ],
)
def test_conditions(text: str, meaning: Term) -> None:
    found = shown(text)
    assert meaning in (found, found.factors[0] if isinstance(found, Multiply) else None)


# ---- derivatives


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("D(E, s[i])", Derivative(E, (s(i),))),
        ("D(E, s[i], s[j])", Derivative(E, (s(i), s(j)))),
        ("D(E, p[j])", Derivative(E, (p(j),))),
        ("D(u^2, u)", Derivative(Power(u, term(2)), (u,))),
        ("dE/ds[i]", Derivative(E, (s(i),))),
        ("dp[j]/ds[i]", Derivative(p(j), (s(i),))),
        ("2*dE/ds[i]*v", Multiply((term(2), Derivative(E, (s(i),)), v))),
        ("-dE/ds[i]", negate(Derivative(E, (s(i),)))),
        ("u + dE/dp[i]", Add((u, Derivative(E, (p(i),))))),
        ("sum(dE/dp[j]*dp[j]/ds[i], j)", total(Derivative(E, (p(j),)) * Derivative(p(j), (s(i),)), j)),
    ],
)  # fmt: skip
def test_derivatives(text: str, meaning: Term) -> None:
    assert shown(text) == meaning


def test_a_declared_name_with_a_d_is_a_name() -> None:
    found = claim("claim dE/ds = E", "real dE, ds, E, s\n").equation.left
    assert found == Multiply((Entry("dE"), Power(Entry("ds"), MINUS_ONE)))
    (problem,) = read("real E, s, ds\nclaim dE/ds = E")
    assert problem.failures[0].error.message.startswith("unknown name dE")


def test_a_derivative_by_a_name_that_is_mentioned_through_others() -> None:
    head = "size n\nreal s[n]\nlet z[i] = s[i]^2\nlet p[i] = exp(z[i])\nlet E = sum(p[j], j)\nlet F = E^2\n"
    assert str(claim("claim D(F, z[i]) = 0", head).equation) == "D(F, z[i]) = 0"
    assert str(claim("claim D(F, E) = 2*E", head).equation) == "D(F, E) = 2*E"
    (problem,) = read(head + "claim D(z[i], p[j]) = 0")
    assert problem.failures[0].error.message == "z[i] does not mention p"


def test_unknown_functions() -> None:
    assert shown("f''(u) + f(u)") == Add((Apply("f", (u,), 2), Apply("f", (u,), 0)))


# ---- functions


def test_every_function_of_the_table_is_read() -> None:
    for name, row in TABLE.items():
        count = row.arity or 2
        text = f"{name}({', '.join(['u'] * count)})"
        assert shown(text) == Apply(name, (u,) * count), name


LISTED = (
    "exp log sqrt abs sign max min relu step sigmoid tanh softplus erf sin cos tan asin acos atan sinh cosh asinh "
    "acosh atanh gamma lgamma digamma sec csc cot asec acsc acot sech csch coth asech acsch acoth atan2 erfc erfi "
    "erfinv loggamma polygamma beta betainc zeta besselj bessely besseli besselk airyai airybi airyaiprime "
    "airybiprime expint Si Ci lowergamma uppergamma ellipk ellipe floor trunc"
)


def test_every_function_of_the_language_is_in_the_table() -> None:
    assert set(LISTED.split()) <= set(TABLE)


def test_zeta_of_one_argument_is_riemanns() -> None:
    assert shown("zeta(u)") == Apply("zeta", (u, ONE))


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("softmax(s)[i]", "exp(s[i])/sum(exp(s[k]), k)"),
        ("log_softmax(s)[i]", "s[i] - log(sum(exp(s[k]), k))"),
        ("logsumexp(s)", "log(sum(exp(s[k]), k))"),
        ("norm(s)", "sqrt(sum(s[k]^2, k))"),
        ("dot(s, c)", "sum(s[k]*c[k], k)"),
        ("softmax(s)[t]", "exp(s[t])/sum(exp(s[k]), k)"),
        ("softmax(p)[i]", "exp(p[i])/sum(exp(p[k]), k)"),
        ("softmax(W[i])[j]", "exp(W[i,j])/sum(exp(W[i,k]), k)"),
        ("softmax(W)[i,j]", "exp(W[i,j])/sum(exp(W[i,k]), k)"),
        ("sum(softmax(s)[k], k)", "sum(exp(s[k])/sum(exp(s[l]), l), k)"),
        ("softmax(u*s)[i]", "exp(u*s[i])/sum(exp(u*s[k]), k)"),
        ("norm(s - c)", "sqrt(sum((s[k] - c[k])^2, k))"),
        ("dot(c, log(softmax(s)))", "sum(c[k]*log(exp(s[k])/sum(exp(s[l]), l)), k)"),
        ("logsumexp(W[i])*s[i]", "log(sum(exp(W[i,k]), k))*s[i]"),
        ("D(softmax(s)[j], s[i])", "D(exp(s[j])/sum(exp(s[k]), k), s[i])"),
    ],
)
def test_functions_of_arrays_are_written_out(text: str, printed: str) -> None:
    head = HEAD.replace("size k = n\n", "")
    (item,) = one(f"{head}show {text}").shows
    assert str(item.term) == printed


# ---- single formulas


def test_read_term_and_read_equation() -> None:
    here = context()
    assert read_term("s[i] +\n  u # twice", here) == add(s(i), u)
    found = read_equation("D(E, s[i]) = u when i != t", here)
    assert (found.left, found.right, found.when) == (
        Derivative(E, (s(i),)),
        u,
        (IndexRelation(i, t, equal=False),),
    )


@pytest.mark.parametrize("text", ["", "s[i", "s[i] = u", "w"])
def test_read_term_refuses(text: str) -> None:
    with pytest.raises(ReadingError):
        read_term(text, context())


@pytest.mark.parametrize("text", ["u", "u = v = u", "u = v expect proved"])
def test_read_equation_refuses(text: str) -> None:
    with pytest.raises(ReadingError):
        read_equation(text, context())


def test_logarithms_have_one_argument() -> None:
    assert shown("log(u)") == log(u)
