"""What is differentiated again is derived without the hypotheses that hold at the point alone (rule R3)."""

import pytest

from derive import check

CASES = {
    "zero": (
        "real x, y\ngiven x = 0\n",
        ("D(x^2*y, x, x) = 2*y", "D(x^2*y, x, y) = 0", "D(x^3*y, x, x, x) = 6*y"),
    ),
    "equal": (
        "real x, y\ngiven x = y\n",
        ("D(x^2*y, x, x) = 2*x", "D(x^2*y, y, x) = 2*y", "D(D(x^2*y, x)*y, x) = 2*x^2"),
    ),
    "simplex": (
        "size n\nsimplex p[n]\n",
        ("D(sum(p[k], k)^2, p[i], p[j]) = 2", "D(sum(p[k], k)^3, p[i], p[j]) = 6"),
    ),
    "one-hot": ("size n\nonehot y[n]\n", ("D(sum(y[k]^3, k), y[i], y[j]) = 6*delta(i,j)*y[i]",)),
    "symmetric": (
        "size n\nreal A[n,n], x[n]\ngiven A[i,j] = A[j,i]\n",
        (
            "D(sum(x[i]*A[i,j]*x[j], i, j), x[k], x[l]) = 2*A[k,l]",
            "D(sum(A[i,j]*A[j,i], i, j), A[k,l], A[a,b]) = 2*delta(k,b)*delta(l,a)",
        ),
    ),
    "an entry": (
        "size n = 2\nreal x[n]\ngiven x[1] = 0\n",
        ("D(x[1]^2*x[2], x[1], x[1]) = 2*x[2]", "D(x[1]^2*x[2], x[1], x[2]) = 0"),
    ),
    "by a definition after another variable": (
        "real x, y\nlet h = y^2\n",
        ("D(h*x, x, h) = 1", "D(h^2*x, x, h) = 2*h", "D(h^2*x, h, x) = 2*h", "D(h^3*x^2, x, h, h) = 12*h*x"),
    ),
    "a definition": (
        "size n\nreal s[n], c[n]\nlet p[i] = exp(s[i])/sum(exp(s[k]), k)\nlet E = -sum(c[j]*log(p[j]), j)\n"
        "given sum(c[j], j) = 1\ngiven sum(s[j], j) = 0\n",
        ("D(E, s[i], s[j]) = p[i]*(delta(i,j) - p[j])", "D(E, p[i], p[j]) = delta(i,j)*c[i]/p[i]^2"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_under_hypotheses_about_what_is_varied(name: str) -> None:
    given, claims = CASES[name]
    for result in check(given + "".join(f"claim {claim}\n" for claim in claims)).results:
        assert result, str(result)
        assert result.steps, result.left_out
        assert result.left_out is None
        claimed = str(result.statement.right) if result.statement else ""
        assert result.steps[-1].text.endswith(f"= {claimed}")
