"""Arrays without indices are read entry by entry: the same terms as those of index notation, typed out."""

from __future__ import annotations

import pytest

from derive.problem.declarations import declarations
from derive.problem.problems import Claim, Problem
from derive.reading.text import read, read_term
from derive.terms import Context, Entry, free_indices, instantiate, multiply, same

HEAD = """\
size n, m
size k = n
real x[n], y[n], b[m], W[n,m], A[n,n], B[n,n], K[k,k], Z[n,m], u
label t: n
function f
"""

# A claim on whole arrays, and the same with indices; i and j are the letters that the axes get.
SAME = [
    ("x = y", "x[i] = y[i]"),
    ("x + y - 1 = 2*x", "x[i] + y[i] - 1 = 2*x[i]"),
    ("W + b = -W", "W[i,j] + b[j] = -W[i,j]"),
    ("b*W/u = W", "b[j]*W[i,j]/u = W[i,j]"),
    ("x*y/x = x/y*x", "x[i]*y[i]/x[i] = x[i]/y[i]*x[i]"),
    ("x^2 = x**y", "x[i]^2 = x[i]^y[i]"),
    ("2^x = u^x", "2^x[i] = u^x[i]"),
    ("exp(W) = f(W)", "exp(W[i,j]) = f(W[i,j])"),
    ("f'(x) = max(0, x)", "f'(x[i]) = max(0, x[i])"),
    ("max(x, y) = max(x)", "max(x[i], y[i]) = max(x[k_], k_)"),
    ("W.T = W.T", "W[j,i] = W[j,i]"),
    ("W^T @ x = b", "sum(W[k_,i]*x[k_], k_) = b[i]"),
    ("W @ b = x @ A", "sum(W[i,k_]*b[k_], k_) = sum(x[k_]*A[k_,i], k_)"),
    ("x @ y = u", "sum(x[k_]*y[k_], k_) = u"),
    ("A @ B @ x = x", "sum(sum(A[i,k_]*B[k_,l_], k_)*x[l_], l_) = x[i]"),
    ("A @ (B @ x) = x", "sum(A[i,k_]*sum(B[k_,l_]*x[l_], l_), k_) = x[i]"),
    ("2*A @ B/u = A", "sum(2*A[i,k_]*B[k_,j], k_)/u = A[i,j]"),
    ("A @ A.T = A", "sum(A[i,k_]*A[j,k_], k_) = A[i,j]"),
    ("A.T @ A = A", "sum(A[k_,i]*A[k_,j], k_) = A[i,j]"),
    ("A*A.T = A", "A[i,j]*A[j,i] = A[i,j]"),
    ("A @ K = K", "sum(A[i,k_]*K[k_,j], k_) = K[i,j]"),
    ("sum(W) = mean(W)", "sum(W[k_,l_], k_, l_) = mean(W[k_,l_], k_, l_)"),
    ("prod(x) = min(x)", "prod(x[k_], k_) = min(x[k_], k_)"),
    ("norm(W) = norm(x)", "sqrt(sum(W[k_,l_]^2, k_, l_)) = sqrt(sum(x[k_]^2, k_))"),
    ("logsumexp(W) = u", "log(sum(exp(W[k_,l_]), k_, l_)) = u"),
    ("softmax(W) = W", "exp(W[i,j])/sum(exp(W[i,k_]), k_) = W[i,j]"),
    ("softmax(W)[t,:] = b", "exp(W[t,i])/sum(exp(W[t,k_]), k_) = b[i]"),
    ("log_softmax(W)[a,c] = u", "W[a,c] - log(sum(exp(W[a,k_]), k_)) = u"),
    ("trace(A) = trace(A @ B)", "sum(A[k_,k_], k_) = sum(sum(A[k_,l_]*B[l_,k_], l_), k_)"),
    ("diag(A) = x", "A[i,i] = x[i]"),
    ("diag(x) = A", "delta(i,j)*x[i] = A[i,j]"),
    ("outer(x, b) = W", "x[i]*b[j] = W[i,j]"),
    ("outer(x, x) = A", "x[i]*x[j] = A[i,j]"),
    ("eye(n) = A", "delta(i,j) = A[i,j]"),
    ("ones(n) = x", "1 = x[i]"),
    ("zeros(n, m) = W", "0 = W[i,j]"),
    ("ones(n) @ W = b", "sum(1*W[k_,i], k_) = b[i]"),
    (
        "var(x) = std(x)^2",
        "mean((x[k_] - mean(x[l_], l_))^2, k_) = sqrt(mean((x[k_] - mean(x[l_], l_))^2, k_))^2",
    ),
    ("dot(x, y) = x @ y", "sum(x[k_]*y[k_], k_) = sum(x[k_]*y[k_], k_)"),
    ("W[a,:] @ b = x[a]", "sum(W[a,k_]*b[k_], k_) = x[a]"),
    ("x @ W[:,c] = b[c]", "sum(x[k_]*W[k_,c], k_) = b[c]"),
    ("W[t,:] = b", "W[t,i] = b[i]"),
    ("sum(W[a,:], a) = b", "sum(W[a,i], a) = b[i]"),
    ("sum(x[a]*W[a,:], a != t) = b", "sum(x[a]*W[a,i], a != t) = b[i]"),
    ("(W @ b)[a] = x[a]", "sum(W[a,k_]*b[k_], k_) = x[a]"),
    ("W.T[c,a] = u", "W[a,c] = u"),
    ("(A @ B).T = A", "sum(A[j,k_]*B[k_,i], k_) = A[i,j]"),
    ("W*[W > 0] = W", "W[i,j]*[W[i,j] > 0] = W[i,j]"),
    ("where(x > y, x, 0) = x", "where(x[i] > y[i], x[i], 0) = x[i]"),
    ("where(b > 0, W, u) = W", "where(b[j] > 0, W[i,j], u) = W[i,j]"),
    ("where(i = t, x, y) = x", "where(i = t, x[j], y[j]) = x[j]"),
    ("[u > 0 and x[a] < 1] = u", "where(u > 0, where(x[a] < 1, 1, 0), 0) = u"),
    ("[u > 0 or x[a] < 1] = u", "where(u > 0, 1, where(x[a] < 1, 1, 0)) = u"),
    ("[not (u > 0 or not u < 1)] = u", "where(u > 0, 0, where(u < 1, 1, 0)) = u"),
    ("D(u^2, u) = 2*u", "D(u^2, u) = 2*u"),
    ("D(x @ x, x) = 2*x", "D(sum(x[k_]*x[k_], k_), x[i]) = 2*x[i]"),
    ("D(W @ b, b) = W", "D(sum(W[i,k_]*b[k_], k_), b[j]) = W[i,j]"),
    ("D(x, x) = eye(n)", "D(x[i], x[j]) = delta(i,j)"),
    ("D(x @ x, x, x) = 2*eye(n)", "D(sum(x[k_]*x[k_], k_), x[i], x[j]) = 2*delta(i,j)"),
    ("D(sum(W), W) = ones(n, m)", "D(sum(W[k_,l_], k_, l_), W[i,j]) = 1"),
    ("D(sum(W), W[a,:]) = ones(m)", "D(sum(W[k_,l_], k_, l_), W[a,i]) = 1"),
    ("sum(D(x @ y, x)*x) = x @ y", "sum(D(sum(x[l_]*y[l_], l_), x[k_])*x[k_], k_) = sum(x[k_]*y[k_], k_)"),
    ("W = 0", "W[i,j] = 0"),
    ("0 = x = u", "0 = x[i] = u"),
]


def problem(text: str, head: str = HEAD) -> Problem:
    (found,) = read(f"{head}{text}")
    assert not found.failures, found.failures
    return found


def claim(text: str, head: str = HEAD) -> Claim:
    (found,) = problem(f"claim {text}", head).claims
    return found


@pytest.mark.parametrize(("whole", "entries"), SAME, ids=[whole for whole, _ in SAME])
def test_entry_by_entry(whole: str, entries: str) -> None:
    found, expected = claim(whole), claim(entries)
    for one, other in zip(found.sides, expected.sides, strict=True):
        assert same(one.term, other.term), f"{one.term} is not {other.term}"


@pytest.mark.parametrize("whole", [whole for whole, _ in SAME])
def test_what_is_read_is_written_and_read_back(whole: str) -> None:
    """Beside entries that tell over which sizes the free indices run; deltas alone do not."""
    read_once = claim(whole)
    over = {"n": "x", "m": "b"}
    for side in read_once.sides:
        letters = [one for one in free_indices(side.term) if str(one) != "t"]
        beside = multiply(side.term, *(Entry(over[one.dim], (one,)) for one in letters))
        assert same(read_term(str(beside), read_once.context), beside), str(beside)


DEFINED = [
    ("let q = W @ b", "let q[i] = sum(W[i,k_]*b[k_], k_)"),
    ("let q = ones(m)", "let q[i: m] = 1"),
    ("let q = eye(n)", "let q[i: n, j: n] = delta(i,j)"),
    ("let q = x @ y", "let q = sum(x[k_]*y[k_], k_)"),
    ("let q = D(W @ b, W)", "let q[i,j,l] = D(sum(W[i,k_]*b[k_], k_), W[j,l])"),
]


@pytest.mark.parametrize(("whole", "entries"), DEFINED, ids=[whole for whole, _ in DEFINED])
def test_definitions(whole: str, entries: str) -> None:
    found, expected = (problem(one).context.definitions["q"] for one in (whole, entries))
    assert [one.dim for one in found.parameters] == [one.dim for one in expected.parameters]
    assert same(instantiate(found, expected.parameters), expected.body)
    written = "\n".join(declarations(problem(whole).context)) + "\n"
    assert problem("", written).context.definitions["q"] == found


HYPOTHESES = [
    ("given A.T = A", "given A[j,i] = A[i,j]"),
    ("given x >= 0", "given x[i] >= 0"),
    ("given W @ b = x", "given sum(W[i,k_]*b[k_], k_) = x[i]"),
    ("given A @ B = eye(n)", "given sum(A[i,k_]*B[k_,j], k_) = delta(i,j)"),
    ("given x < y", "given x[i] < y[i]"),
]


@pytest.mark.parametrize(("whole", "entries"), HYPOTHESES, ids=[whole for whole, _ in HYPOTHESES])
def test_hypotheses(whole: str, entries: str) -> None:
    (found,), (expected,) = (problem(one).context.hypotheses for one in (whole, entries))
    assert found.condition.relation == expected.condition.relation
    assert same(found.condition.left, expected.condition.left)
    assert same(found.condition.right, expected.condition.right)
    assert str(found) == whole.removeprefix("given ")


def test_a_finite_domain_is_a_hypothesis_on_every_entry() -> None:
    context: Context = problem(
        "real p[n] in {0, 1}\npositive q in {1/2, 2}\nreal r[n,n] in {-1, 0, 1}"
    ).context
    assert [(str(one), str(one.condition)) for one in context.hypotheses] == [
        ("p in {0, 1}", "p[i]*(p[i] - 1) = 0"),
        ("q in {1/2, 2}", "(q - 1/2)*(q - 2) = 0"),
        ("r in {-1, 0, 1}", "(r[i,j] + 1)*r[i,j]*(r[i,j] - 1) = 0"),
    ]


def test_letters_of_axes_are_no_names_that_are_typed_or_declared() -> None:
    head = "size n\nreal i[n], W[n,n]\nlabel j: n\n"
    assert str(claim("W @ i = sum(W[k,:], k)", head).equation) == "sum(W[l,m]*i[m], m) = sum(W[k,l], k)"


def test_an_index_of_somebody_is_no_axis() -> None:
    """The index i is free beside the axes, and bound by nothing that whole arrays bind."""
    found = claim("x[i]*sum(x[i]*y) = u").equation
    assert str(found) == "x[i]*sum(x[i]*y[l], l) = u"
