"""What cannot be read is said at its place: line, column and message of every kind of bad statement."""

from __future__ import annotations

import pytest

from derive.problem.problems import Failure, Problem
from derive.reading.text import read

HEAD = """\
size n, m
real x[n], y[m], W[n,m], u, v
label t: n
function f
let p[i] = x[i]*u
"""
BEGINS = (
    "a statement begins with size, real, positive, simplex, onehot, label, function, let, given, claim, "
    "derivation, show or problem:, not with "
)

# Each with the column and the message; all stand on line 6.
BAD = [
    # indices and their dimensions
    ("claim sum(1, j) = n", 14, "nothing says over which size j runs; write sum(…, j: n)"),
    (
        "claim delta(i,j)*x[i]*y[j] = 0",
        7,
        "delta(i,j) is between different sizes: i over n in x[i], j over m in y[j]",
    ),
    ("claim sum(j*x[j], j) = 0", 11, "j is an index and not a number"),
    ("claim j*x[j] = 0", 7, "j is an index and not a number"),
    ("claim t = 0", 7, "t is an index and not a number"),
    ("claim W[i,i] = 0", 11, "i runs over n in W[i,i] and over m in W[i,i]"),
    ("claim x[j] + y[j] = 0", 16, "j runs over n in x[j] and over m in y[j]"),
    ("claim sum(x[j], j: m) = 0", 13, "j runs over m in j: m and over n in x[j]"),
    ("claim sum(1, j: q) = 0", 17, "unknown size q"),
    ("claim delta(i,j) = 0", 13, "nothing says over which size i runs: it indexes no array here"),
    ("claim delta(i) = 0", 7, "delta takes two indices, as in delta(i,j)"),
    (
        "claim delta(i,j+1)*x[i] = 0",
        15,
        "an index is a letter, a label or a position, not j+1",
    ),
    ("claim x[i+1] = 0", 9, "an index is a letter, a label or a position, not i+1"),
    ("claim x[2] = 0", 9, "there is no position 2 where n is less; write size n >= 2"),
    ("claim x[0] = 0", 9, "a position is a whole number from 1 up"),
    ("claim x[1.5] = 0", 9, "a position is a whole number from 1 up"),
    ("claim x[n] = 0", 9, "n is a size and not an index"),
    ("claim x[u] = 0", 9, "u is a variable and not an index"),
    # binding
    ("claim sum(x[u], u) = 0", 9 + 8, "u is declared and cannot be bound; take another letter"),
    ("claim sum(x[t], t) = 0", 17, "t is declared and cannot be bound; take another letter"),
    ("claim sum(x[j]) = 0", 7, "sum needs an index, as in sum(x[j], j)"),
    ("claim sum(x[j], j, j) = 0", 20, "sum binds j twice"),
    ("claim sum(x[j], 2) = 0", 17, "an index is bound as j, j: n, j != i or j < i; this is 2"),
    ("claim sum(x[j], j != j) = 0", 22, "j cannot differ from itself"),
    ("claim max(u, foo, v) = 0", 19, "v is declared and cannot be bound; take another letter"),
    ("claim max(u, v, foo) = 0", 17, "unknown name foo"),
    # names
    ("claim foo = 0", 7, "unknown name foo"),
    ("claim X[i] = 0", 7, "unknown name X; did you mean x?"),
    ("claim x[i,j] = 0", 7, "x has 1 index; write x[i]"),
    ("claim u[i] = 0", 7, "u has no index; write u"),
    ("claim W[i] = 0", 7, "W has 2 indices; write W[i,j], or W[i,:] for a part of it"),
    ("claim n[i] = 0", 7, "n is a size and has no entries"),
    ("claim u(v) = 1", 7, "u is a variable and not a function; a product is written with *"),
    ("claim exp = 1", 7, "exp is a function; write exp(x)"),
    ("claim f = 1", 7, "f is a function; write f(x)"),
    ("claim ekp(u) = 1", 7, "unknown function ekp; did you mean exp?"),
    # functions
    ("claim exp(u, v) = 1", 7, "exp takes 1 argument, not 2"),
    ("claim atan2(u) = 1", 7, "atan2 takes 2 arguments, not 1"),
    ("claim f(u, v) = 1", 7, "f is a function of one real variable; write f(x)"),
    ("claim exp'(u) = 1", 7, "only a declared function has primes; write function exp above"),
    ("claim exp(u > 0) = 1", 11, "a comparison is not a number; write [u > 0] for 1 or 0"),
    (
        "claim exp(j: n) = 1",
        11,
        "j: n binds an index, and stands only behind what is summed up",
    ),
    ("claim exp(u)[i] = 0", 14, "exp(…) is a number and has no entries"),
    ("claim where(u, 1, 2) = 0", 13, "a condition is a comparison; this is u"),
    ("claim where(u > 0, 1) = 0", 7, "where takes a condition and two values: where(x > 0, a, b)"),
    ("claim [0 < u < 1] = 0", 14, "one comparison at a time; write two"),
    ("claim softmax(u)[i] = 0", 15, "softmax needs an array; this is the number u"),
    (
        "claim softmax(x)[j]*y[j] = 0",
        23,
        "j runs over n in softmax(x)[j] and over m in y[j]",
    ),
    ("claim norm(x - y) = 0", 12, "x - y: x has n, y has m; entry by entry, sizes are equal from the last axis on"),
    ("claim logsumexp(x)[i] = 0", 20, "logsumexp(…) is a number and has no entries"),
    ("claim dot(x) = 0", 7, "dot takes two arrays"),
    # whole arrays
    ("claim W @ x = y", 9, "W @ x: W has n x m, x has n; @ contracts equal sizes"),
    ("claim x @ W @ x = 0", 13, "x @ W @ x: x @ W has m, x has n; @ contracts equal sizes"),
    ("claim u @ x = 0", 9, "u @ x: u has no axes, x has n; @ contracts equal sizes"),
    ("claim x + y = 0", 7, "x + y: x has n, y has m; entry by entry, sizes are equal from the last axis on"),
    ("claim W + x = 0", 7, "W + x: W has n x m, x has n; entry by entry, sizes are equal from the last axis on"),
    ("claim exp(W*x) = 0", 12, "W * x: W has n x m, x has n; entry by entry, sizes are equal from the last axis on"),
    ("claim W = x", 11, "the sides have different shapes: W has n x m, x n"),
    ("claim W.T = W", 13, "the sides have different shapes: W.T has m x n, W n x m"),
    (
        "claim x = x[i]",
        11,
        "x is an array over n, x[i] a number at the index i; write both whole, or both with their indices",
    ),
    (
        "claim x.T = x",
        7,
        "x is a vector, and only a matrix has a transpose; x @ y is the inner product of two vectors, "
        "outer(x, y) the outer one",
    ),
    ("claim u.T = u", 7, "u is a number, and only a matrix has a transpose"),
    ("claim x.S = x", 9, "the only thing behind a dot is T, for the transpose; this is S"),
    (
        "claim W^2 = 0",
        7,
        "W^2 of a matrix has two meanings: write W*W for the entries' squares, W @ W for the matrix product",
    ),
    ("claim trace(W) = 0", 7, "trace(W): W has n x m; a square matrix is needed"),
    ("claim trace(u) = 0", 13, "trace needs an array; this is the number u"),
    ("claim outer(x, W) = 0", 7, "outer(x, W): x has n, W has n x m; vectors are needed"),
    ("claim eye(u) = 0", 11, "eye needs a size, by its name; this is u"),
    ("claim eye(n, m) = 0", 7, "eye takes one size"),
    ("claim outer(x) = 0", 7, "outer takes two arrays"),
    ("claim sum(x, i: n) = 0", 11, "x is an array and has no index i; write sum(x) for all its entries"),
    ("claim (W @ y)[i,j] = 0", 7, "(W @ y) has 1 index"),
    ("claim (x @ x)[i] = 0", 15, "(x @ x) is a number and has no entries"),
    ("claim W[:] = 0", 7, "W has 2 indices; write W[i,j], or W[:,:] for a part of it"),
    ("claim x[:,:] = 0", 7, "x has 1 index; write x[i]"),
    ("claim D(u, W.T) = 0", 12, "D differentiates by an entry such as x or s[i], not by W.T"),
    (
        "claim where(x > y, 1, 0) = 0",
        7,
        "where(x > y, 1, 0): x has n, y has m; entry by entry, sizes are equal from the last axis on",
    ),
    (
        "let q[i] = W[i,:]",
        12,
        "this is an array over m, and q[i] a number; write let q = … for a whole array, or all indices",
    ),
    ("let q[i: m] = x[i]", 17, "i runs over m in i: m and over n in x[i]"),
    ("given x = y", 7, "x = y: x has n, y has m; entry by entry, sizes are equal from the last axis on"),
    ("real r in {0, u}", 15, "the values of a finite domain are rational numbers; this is u"),
    # D
    ("claim D(u) = 0", 7, "D needs what to differentiate by, as in D(E, s[i])"),
    ("claim D(u, 2) = 0", 12, "D differentiates by an entry such as x or s[i], not by 2"),
    ("claim D(u, u+v) = 0", 12, "D differentiates by an entry such as x or s[i], not by u+v"),
    ("claim D(u, n) = 0", 12, "D differentiates by an entry such as x or s[i]; n is a size"),
    ("claim D(u, t) = 0", 12, "D differentiates by an entry such as x or s[i]; t is a label"),
    ("claim sum(D(x[j], j), j) = 0", 19, "D differentiates by an entry such as x or s[i]; j is an index"),
    ("claim D(u, foo) = 0", 12, "unknown name foo"),
    ("claim D(u, p[i]) = 0", 12, "u does not mention p"),
    # claims
    ("claim u", 8, "a claim is an equation or inequality, A = B or A <= B; to have a term derived, write show"),
    ("claim u < v > u", 13, "after < a chain cannot go on with >: nothing would follow of its ends; write two claims"),
    ("claim u = v when i = j", 18, "i is not a free index of this claim, nor a label"),
    ("claim sum(x[i], i) = v when i = t", 29, "i is not a free index of this claim, nor a label"),
    ("claim x[i] = x[j] when i = 1", 28, "1 is not a free index of this claim, nor a label"),
    (
        "claim x[i] = y[j] when i = j",
        24,
        "i = j is between different sizes: i over n in x[i], j over m in y[j]",
    ),
    (
        "claim u = v expect prooved",
        20,
        "expected proved, refuted or undecided, found prooved; did you mean proved?",
    ),
    # hypotheses and definitions
    ("given D(u, v) = 0", 7, "no D may stand in a given"),
    ("given f(u) = 0", 7, "the unknown function f may not stand in a given"),
    (
        "given i != j",
        7,
        "the indices of a given are local, so it cannot relate i; write claim … when i != j",
    ),
    (
        "given delta(i,t) = 1",
        7,
        "the indices of a given are local, so it cannot relate i; write claim … when i = t",
    ),
    ("given 0 < u < 1", 13, "one comparison at a time; write two"),
    ("let x = 1", 5, "x is declared already, as a variable"),
    ("let p[i] = 1", 5, "p is declared already, as a definition"),
    ("let q = x[i]", 11, "i is free here; write let q[i] = …, or bind it"),
    ("let q[t] = 1", 7, "t is a label; a parameter is a new letter"),
    ("let q[i,i] = x[i]", 9, "i is a parameter twice"),
    ("let q = q + 1", 9, "q is defined by this very line"),
    # declarations
    ("size n", 6, "n is declared already, as a size"),
    ("size k = 0", 10, "a size is a whole number from 1 to 1000000"),
    ("size k <= 2", 8, 'a size is free, "= 3", "= n" or ">= 2"'),
    ("size k = u", 10, "u is a variable and not a size"),
    ("real r[q]", 8, "unknown size q"),
    ("real r[N]", 8, "unknown size N; did you mean n?"),
    ("real r[3]", 8, "an axis is over a size by its name, not 3; write size m = 3 above"),
    ("real r in (0, v)", 15, "the bound of a domain is a constant, not v; write a given instead"),
    ("real r = 2", 8, 'a domain is "in (a, b)", "in {a, b}", "> a", ">= a", "< a", "<= a" or "!= a"'),
    ("real r, r", 9, "r is declared already"),
    ("real pi", 6, "pi is the number; choose another name"),
    ("simplex z", 9, "a simplex is an array; write simplex z[n]"),
    ("onehot z[n] > 0", 13, "the entries of a onehot are 0 and 1; it takes no other domain"),
    ("label z: u", 10, "u is a variable and not a size"),
    ("function exp", 10, "exp is a function of the language"),
    # the grammar
    ("claim u = ", 10, "expected an expression, but the statement ends"),
    ("claim = u", 7, "expected an expression, found \"=\""),
    ("claim u == v", 10, 'expected an expression, found "="; equality is written "="'),
    ("claim 2u = v", 8, 'expected an operator, found "u"; a product is written with "*"'),
    ("claim u v = 0", 9, 'expected an operator, found "v"; a product is written with "*"'),
    ("claim (u = 0", 10, 'expected ")", found "="'),
    ("claim u + * v = 0", 11, 'expected an expression, found "*"'),
    ("claim [u] = 0", 9, 'expected "=" or a comparison, found "]"'),
    ("claim u = $", 11, 'the character "$" has no meaning here'),
    ("claim u = \0", 11, "the character U+0000 has no meaning here"),
    ("claim u = v when", 17, "expected an expression, but the statement ends"),
    ("real r in 0, 1", 11, 'expected "(", "[" or "{", found "0"'),
    ("let q[i] x[i]", 10, 'expected "=", found "x"'),
    ("show", 5, "expected an expression, but the statement ends"),
    ("clam u = 0", 1, f"{BEGINS}clam; did you mean claim?"),
    ("+ 3", 1, BEGINS.removesuffix(", not with ")),
    ("derivation", 11, "a derivation is a term and at least one line that begins with =, indented"),
    # limits
    ("claim u^100000 = 0", 9, "an exponent beyond 1000"),
    ("claim u^10^10^10 = 0", 12, "an exponent beyond 1000"),
    (f"claim {'9' * 1001} = 0", 7, "the number has more than 1000 digits"),
    ("claim 1e99999 = 0", 7, "the number has more than 1000 digits"),
    (f"claim {'exp(' * 101}u{')' * 101} = 0", 7 + 4 * 49, "the formula nests deeper than 100 levels"),
]  # fmt: skip


def failure(statement: str) -> Failure:
    """Return the only failure of a statement below the declarations."""
    (problem,) = read(HEAD + statement, "f.drv")
    (found,) = problem.failures
    return found


@pytest.mark.parametrize(("statement", "column", "message"), BAD, ids=[one[0][:40] for one in BAD])
def test_a_bad_statement(statement: str, column: int, message: str) -> None:
    error = failure(statement).error
    assert error.position is not None
    assert (error.message, error.position.file, error.position.line, error.position.column) == (
        message,
        "f.drv",
        6,
        column,
    )


def test_an_error_shows_its_line_with_a_caret() -> None:
    (problem,) = read("real s\n\tclaim s =  t # why not\n", "a.drv")
    assert str(problem.failures[0].error) == (
        "a.drv:2:13: unknown name t\n  \tclaim s =  t # why not\n  \t           ^"
    )


def test_an_error_in_a_continuation_has_its_own_line() -> None:
    (problem,) = read("real s\nclaim s\n  = s\n\n  = w\n", "a.drv")
    assert problem.failures[0].position.line == 2
    position = problem.failures[0].error.position
    assert position is not None
    assert (position.line, position.column, position.source) == (5, 5, "  = w")


def items(text: str) -> Problem:
    (problem,) = read(text, "f")
    return problem


def messages(text: str) -> list[str]:
    return [str(one.error.message) for one in items(text).failures]


def test_a_bad_claim_leaves_the_others_alone() -> None:
    problem = items("real s\nclaim s = s\nclaim s = \nclaim s = r\nclaim s + s = 2*s\n")
    assert [type(one).__name__ for one in problem.items] == ["Claim", "Failure", "Failure", "Claim"]


@pytest.mark.parametrize(
    "declaration",
    [
        "real s in (0, ",
        "positive s[q]",
        "let s = r",
        "size s = -1",
        "label s: n",
        "function s(",
        "real r[n, s",
    ],
)
def test_a_name_whose_declaration_failed_is_not_known(declaration: str) -> None:
    problem = items(f"real u\n{declaration}\nclaim s*u = u*s\nclaim u = u")
    assert len(problem.claims) == 1
    wrong = problem.failures[-1].error.message
    assert wrong == (
        "unknown name s"
        if declaration.startswith("real r")
        else "s is not known, since line 2 could not be read"
    )


def test_a_name_declared_twice_is_not_known_from_there_on() -> None:
    assert messages("real s\nclaim s = s\nreal s\nclaim s = s") == [
        "s is declared already, as a variable",
        "s is not known, since line 3 could not be read",
    ]


def test_a_claim_under_a_hypothesis_that_could_not_be_read_gets_no_verdict() -> None:
    text = "size n\nreal c[n], s[n], w\nlet E = sum(c[j], j)\ngiven sum(c[j] = 1\nclaim E = 1\nclaim w = w"
    problem = items(text)
    assert [claim.text for claim in problem.claims] == ["w = w"]
    assert problem.failures[1].error.message == (
        "line 4 could not be read, and may say something about what stands here"
    )


def test_a_hypothesis_reaches_further_through_other_hypotheses() -> None:
    text = "real a, b, c, d\ngiven a = b\ngivn b = 2*c\nclaim a = 2*c\nclaim c = c\nclaim d = d"
    assert [claim.text for claim in items(text).claims] == ["d = d"]


def test_a_hypothesis_of_which_nothing_is_known_concerns_every_claim() -> None:
    assert not items("real a\nclaim a = a\ngiven ???\nclaim a = a").claims[1:]
    assert not items("real a\nasume foo\nclaim a = a").claims


def test_a_statement_above_the_failure_keeps_its_context() -> None:
    problem = items("real a\nclaim a = a\nlet a = 2")
    assert not problem.claims[0].context.definitions
