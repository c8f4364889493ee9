"""Claims aimed at what the rules of arrays could get wrong, with true ones of the same shapes beside them.

R15 inverses and determinants, and the shapes of whole arrays; labels of samples; the order of indices; unknown
functions; gradients that are stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.soundness.settings import Repair
from tests.soundness.templates import Parts, Template, symmetric

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Family:
    """Declarations, pairs of sides that are equal, pairs that are not, and repairs for hypotheses.

    `C` in a pair stands for a number that is not 1, `G(...)` for a function that is neither linear nor even.
    """

    declared: str
    true: Pairs
    false: Pairs
    repairs: tuple[Repair, ...] = ()


MATRICES = (
    Family(
        "size n\nreal A[n,n], B[n,n], x[n], t",
        (
            ("sum(A[i,k]*inv(A)[k,j], k)", "delta(i,j)"),
            ("inv(A @ B)", "inv(B) @ inv(A)"),
            ("inv(A) - inv(B)", "inv(A) @ (B - A) @ inv(B)"),
            ("inv(A) + inv(B)", "inv(A) @ (A + B) @ inv(B)"),
            ("det(C*A)", "C^n*det(A)"),
            ("det(A @ B @ A)", "det(A)^2*det(B)"),
            ("logdet(C*A)", "n*log(C) + logdet(A)"),
            ("logdet(inv(A) @ B)", "logdet(B) - logdet(A)"),
            ("adj(A) @ A", "det(A)*eye(n)"),
            ("adj(C*A)", "C^(n - 1)*adj(A)"),
            ("D(inv(A)[i,j], A[k,l])", "-inv(A)[i,k]*inv(A)[l,j]"),
            ("D(det(A), A)", "adj(A).T"),
            ("D(logdet(A), A)", "inv(A).T"),
            ("D(inv(A + t*B)[i,j], t)", "-(inv(A + t*B) @ B @ inv(A + t*B))[i,j]"),
            ("D(logdet(C*A + t*B), t)", "trace(inv(C*A + t*B) @ B)"),
            ("D(trace(inv(A) @ B), A)", "-(inv(A) @ B @ inv(A)).T"),
            ("trace(inv(A) @ A)", "n"),
            ("x @ inv(A) @ x", "x @ inv(A).T @ x"),
            ("det(diag(x))", "prod(x[i], i)"),
            ("det(A.T @ A)", "det(A)^2"),
            ("exp(logdet(A))", "abs(det(A))"),
        ),
        (
            ("sum(A[i,k]*inv(A)[j,k], k)", "delta(i,j)"),
            ("inv(A @ B)", "inv(A) @ inv(B)"),
            ("inv(A + B)", "inv(A) + inv(B)"),
            ("inv(A) - inv(B)", "inv(A) @ (A - B) @ inv(B)"),
            ("inv(A) - inv(B)", "inv(B) @ (B - A) @ inv(B)"),
            ("det(C*A)", "C*det(A)"),
            ("det(A + B)", "det(A) + det(B)"),
            ("logdet(C*A)", "log(C) + logdet(A)"),
            ("logdet(A)", "log(det(A @ A))"),
            ("adj(A) @ A", "eye(n)"),
            ("adj(C*A)", "C*adj(A)"),
            ("adj(A @ B)", "adj(A) @ adj(B)"),
            ("D(inv(A)[i,j], A[k,l])", "-inv(A)[i,k]*inv(A)[j,l]"),
            ("D(inv(A)[i,j], A[k,l])", "-inv(A)[i,l]*inv(A)[k,j]"),
            ("D(det(A), A)", "adj(A)"),
            ("D(det(A), A)", "det(A)*inv(A)"),
            ("D(logdet(A), A)", "inv(A)"),
            ("D(inv(A + t*B)[i,j], t)", "-(B @ inv(A + t*B) @ inv(A + t*B))[i,j]"),
            ("D(logdet(A + t*B), t)", "trace(inv(A) @ B)"),
            ("D(trace(inv(A) @ B), A)", "-inv(A) @ B @ inv(A)"),
            ("trace(inv(A) @ B)", "trace(A @ inv(B))"),
            ("x @ inv(A) @ x", "x @ A.T @ x"),
            ("exp(logdet(A))", "det(A)"),
            ("det(A)^2", "det(A @ B)"),
            ("inv(A)[i,j]", "1/A[i,j]"),
            ("inv(tanh(A))", "tanh(inv(A))"),
            ("A @ inv(A + B)", "inv(A + B) @ A"),
        ),
    ),
    Family(
        "size n\nreal S[n,n], r[n]\npositive lam\ngiven S[i,j] = S[j,i]",
        (
            ("inv(S).T", "inv(S)"),
            ("D(logdet(S), S)", "inv(S)"),
            ("D(r @ inv(S) @ r, S)", "-outer(inv(S) @ r, inv(S) @ r)"),
            ("D(r @ inv(S) @ r, r)", "2*inv(S) @ r"),
            ("adj(S)[i,j]", "adj(S)[j,i]"),
            ("D(logdet(S) + C*r @ inv(S) @ r, S)", "inv(S) - C*inv(S) @ outer(r, r) @ inv(S)"),
        ),
        (
            ("D(logdet(S), S)", "2*inv(S) - diag(diag(inv(S)))"),
            ("D(r @ inv(S) @ r, S)", "outer(inv(S) @ r, inv(S) @ r)"),
            ("D(r @ inv(S) @ r, r)", "inv(S) @ r"),
            ("D(det(S), S)", "2*adj(S)"),
            ("inv(S)[i,j]", "inv(S)[i,i]"),
            ("inv(S + lam*eye(n))", "inv(S) + eye(n)/lam"),
            ("D(trace(S @ S), S)", "4*S"),
            ("logdet(S)", "sum(log(diag(S)^2))/2"),
        ),
        (symmetric("S"),),
    ),
    Family(
        "size n, m\nreal X[n,m], Z[m,n], w[m], v[n]\npositive lam",
        (
            ("X.T @ inv(X @ X.T + lam*eye(n))", "inv(X.T @ X + lam*eye(m)) @ X.T"),
            ("logdet(eye(n) + X @ X.T)", "logdet(eye(m) + X.T @ X)"),
            ("(X @ Z).T", "Z.T @ X.T"),
            ("trace(X @ Z)", "trace(Z @ X)"),
            ("D(sum(softplus(X @ w)), w)", "X.T @ sigmoid(X @ w)"),
            ("D(norm(X @ w - v)^2, X)", "2*outer(X @ w - v, w)"),
            ("diag(v) @ X", "(X.T*v).T"),
            ("X*w", "X @ diag(w)"),
        ),
        (
            ("inv(X @ X.T + lam*eye(n))", "eye(n)/lam - X @ inv(X.T @ X + lam*eye(m)) @ X.T"),
            ("det(lam*eye(n) + X @ X.T)", "det(lam*eye(m) + X.T @ X)"),
            ("det(X @ Z)", "det(Z @ X)"),
            ("det(X @ X.T)", "det(X.T @ X)"),
            ("trace(X @ inv(X.T @ X + lam*eye(m)) @ X.T)", "m"),
            ("trace(X @ X.T)", "sum(X)^2"),
            ("D(norm(X @ w - v)^2, X)", "2*outer(w, w)[1,1]*outer(v, w)"),
            ("D(norm(X @ w)^2, w)", "X.T @ X @ w"),
            ("v @ X @ w", "sum(X)*sum(v)*sum(w)"),
            ("inv(X @ X.T + lam*eye(n)) @ X", "X @ inv(X.T @ X + eye(m))"),
        ),
    ),
)
LABELS = (
    Family(
        "size N, K\nreal P[N,K], u[N], b[K]\nlabel y[N]: K",
        (
            ("D(sum(G(P[a,y[a]]), a), P[e,c])", "delta(c,y[e])*D(G(P[e,c]), P[e,c])"),
            ("sum(delta(c,y[e]), c)", "1"),
            ("sum(delta(c,y[e])*P[e,c], c)", "P[e,y[e]]"),
            ("sum(sum(delta(c,y[a]), a), c)", "N"),
            ("sum(b[y[a]], a)", "sum(sum(delta(c,y[a]), a)*b[c], c)"),
            ("D(sum(C*b[y[a]]*u[a], a), b[c])", "C*sum(delta(c,y[a])*u[a], a)"),
            ("G(sum(delta(c,y[e])*P[e,c], c))", "sum(delta(c,y[e])*G(P[e,c]), c)"),
            ("sum(P[e,c], c != y[e])", "sum(P[e,c], c) - P[e,y[e]]"),
            ("delta(c,y[e])*b[c]", "delta(c,y[e])*b[y[e]]"),
            ("delta(c,y[e])^2", "delta(c,y[e])"),
        ),
        (
            ("D(sum(G(P[a,y[a]]), a), P[e,c])", "D(G(P[e,c]), P[e,c])"),
            ("sum(delta(c,y[a]), a)", "1"),
            ("sum(delta(c,y[a]), a)", "N/K"),
            ("delta(c,y[e])*P[e,c]", "P[e,y[e]]"),
            ("b[y[e]]", "b[y[g]] + 0*u[e]*u[g]"),
            ("D(sum(C*b[y[a]]*u[a], a), b[c])", "C*u[e] + 0*b[c]"),
            ("sum(b[y[a]], a)", "sum(b[c], c)"),
            ("sum(P[a,y[a]], a)", "sum(P[a,y[e]], a) + 0*u[e]"),
            ("G(sum(delta(c,y[e])*P[e,c], c))", "sum(delta(c,y[e])*G(b[c] + P[e,c]), c)"),
            ("delta(c,y[e])*delta(c,y[g])*u[e]*u[g]", "delta(c,y[e])*delta(e,g)*u[e]*u[g]"),
            ("delta(y[e],y[g])*u[e]*u[g]", "delta(e,g)*u[e]*u[g]"),
            ("sum(P[e,c], c != y[e])", "sum(P[e,c], c)"),
            ("prod(P[a,y[a]], a)", "prod(P[a,c], a) + 0*b[c]"),
        ),
    ),
)
ORDER = (
    Family(
        "size n\nreal x[n], v[n], K[n,n], t",
        (
            ("sum(x[i]*x[j], i, j: i < j)", "(sum(x)^2 - sum(x^2))/2"),
            ("sum(x[j], j < i) + sum(x[j], j >= i)", "sum(x)"),
            ("sum(sum(K[i,j], j < i), i)", "sum(sum(K[i,j], i > j), j)"),
            ("[i < j] + [j < i] + delta(i,j) + 0*x[i]*x[j]", "1"),
            ("D(sum(x[j]*G(t), j <= i), x[k])", "[k <= i]*G(t)"),
            ("D(sum(exp(C*sum(x[j], j <= i)), i), x[k])", "C*sum(exp(C*sum(x[j], j <= i)), i >= k)"),
            (
                "sum(G(x[i] - x[j]), i, j: i < j) + sum(G(x[i] - x[j]), i, j: j < i)",
                "sum(G(x[i] - x[j]), i, j != i)",
            ),
            ("sum([j <= i]*v[j], j)", "sum(v[j], j <= i)"),
            ("prod(x[j], j < i)*x[i]", "prod(x[j], j <= i)"),
            ("sum((x[i] - x[j])^2, i, j: i < j)", "n*sum(x^2) - sum(x)^2"),
        ),
        (
            ("sum(x[i]*x[j], i, j: i < j)", "sum(x)^2/2"),
            ("sum(x[i]*x[j], i, j: i <= j)", "(sum(x)^2 - sum(x^2))/2"),
            ("sum(x[j], j < i) + sum(x[j], j > i)", "sum(x)"),
            ("sum(sum(K[i,j], j < i), i)", "sum(sum(K[i,j], j > i), i)"),
            ("sum(K[i,j], i, j: i < j)", "sum(K[i,j], i, j != i)/2"),
            ("[i < j] + [j < i] + 0*x[i]*x[j]", "1"),
            ("[i < j]*[j < k] + 0*x[i]*x[j]*x[k]", "[i < k]"),
            ("[i < j]*x[i]*x[j]", "[j < i]*x[i]*x[j]"),
            ("D(sum(x[j]*G(t), j <= i), x[k])", "[k < i]*G(t)"),
            ("D(sum(exp(C*sum(x[j], j <= i)), i), x[k])", "C*sum(exp(C*sum(x[j], j <= i)), i <= k)"),
            ("sum(G(x[i] - x[j]), i, j: i < j)", "sum(G(x[i] - x[j]), i, j != i)/2"),
            ("sum(v[j], j < i)", "sum(v[j], j <= i)"),
            ("prod(x[j], j < i)", "prod(x[j], j <= i)"),
            ("sum(sum(x[j], j <= i)*v[i], i)", "sum(sum(v[j], j <= i)*x[i], i)"),
            ("[i <= j]*K[i,j]", "[i <= j]*K[j,i]"),
        ),
    ),
)
UNKNOWN = (
    Family(
        "size n\nreal x[n], u, t\nfunction L(y[n])\nfunction f(a, b)",
        (
            ("D(L(x), x[i], x[j])", "D(L(x), x[j], x[i])"),
            ("D(L(C*x), x[i])", "C*partial(L(C*x), 1, i)"),
            ("D(L(G(x)), x[i])", "partial(L(G(x)), 1, i)*D(G(x[i]), x[i])"),
            ("D(f(u, t), u, t)", "D(f(u, t), t, u)"),
            ("D(f(u, u), u)", "partial(f(u, u), 1) + partial(f(u, u), 2)"),
            ("D(f(u*t, t), t)", "u*partial(f(u*t, t), 1) + partial(f(u*t, t), 2)"),
            ("D(L(x + t*x), t)", "sum(x[j]*partial(L(x + t*x), 1, j), j)"),
            ("D(f(G(u), t), u)", "partial(f(G(u), t), 1)*D(G(u), u)"),
            ("sum(D(L(x), x[j])*x[j], j)", "D(L(x), x) @ x"),
        ),
        (
            ("D(L(x), x[i])", "L(x)*x[i]"),
            ("D(L(C*x), x[i])", "partial(L(C*x), 1, i)"),
            ("D(L(C*x), x[i])", "C*partial(L(x), 1, i)"),
            ("D(L(G(x)), x[i])", "partial(L(x), 1, i)*D(G(x[i]), x[i])"),
            ("D(L(x), x[i])", "D(L(x), x[j]) + 0*x[i]*x[j]"),
            ("sum(D(L(x), x[j])*x[j], j)", "L(x)"),
            ("f(u, t)", "f(t, u)"),
            ("D(f(u, u), u)", "2*partial(f(u, u), 1)"),
            ("partial(f(u, t), 1)", "partial(f(u, t), 2)"),
            ("D(f(u*t, t), t)", "u*partial(f(u*t, t), 1)"),
            ("D(f(u, t), u, u)", "D(f(u, t), u)^2"),
            ("L(x) + L(x)", "L(2*x)"),
            ("D(L(x + t*x), t)", "sum(x[j]*partial(L(x), 1, j), j)"),
            ("D(f(G(u), t), u)", "partial(f(G(u), t), 1)"),
        ),
    ),
)
STOPPED = (
    Family(
        "size n\nreal x[n], u, t",
        (
            ("D(u*stop_gradient(u), u)", "u"),
            ("stop_gradient(G(u))", "G(u)"),
            ("D(G(u)*stop_gradient(t), t)", "0*u"),
            ("D(sum(x[j]*stop_gradient(G(x[j])), j), x[i])", "G(x[i])"),
            ("D(G(u + stop_gradient(u)), u)", "D(G(u + t - t + stop_gradient(u)), u)"),
            ("D(C*u + stop_gradient(G(u) - C*u), u)", "C"),
            ("D(exp(u)/stop_gradient(exp(u)), u)", "1"),
        ),
        (
            ("D(u*stop_gradient(u), u)", "2*u"),
            ("D(stop_gradient(G(u)), u)", "D(G(u), u)"),
            ("D(sum(x[j]*stop_gradient(G(x[j])), j), x[i])", "G(x[i]) + x[i]*D(G(x[i]), x[i])"),
            ("D(G(u + stop_gradient(u)), u)", "D(G(2*u), u)"),
            ("D(C*u + stop_gradient(G(u) - C*u), u)", "D(G(u), u)"),
            ("D(u^2*stop_gradient(t), t)", "u^2"),
            ("D(exp(u)/stop_gradient(exp(u)), u)", "0"),
            ("D(stop_gradient(u)*t*u, u)", "2*t*u"),
        ),
    ),
)


def _pair(families: tuple[Family, ...], wrong: bool) -> Callable[[Parts], Template]:
    def template(p: Parts) -> Template:
        family = p.rng.choice(families)
        left, right = p.rng.choice(family.false if wrong else family.true)
        bent, c = p.bent("S"), p.number()
        left, right = (_filled(side, bent, c) for side in (left, right))
        hint = {"n": p.count(2, 3), "m": p.count(1, 3), "N": p.count(2, 3), "K": p.count(2, 3)}
        return Template(family.declared, left, right, family.repairs, hint)

    return template


def _filled(side: str, bent: str, number: str) -> str:
    """Return a side with its number and its function in place."""
    while "G(" in side:
        start = side.index("G(")
        end, depth = start + 2, 1
        while depth:
            depth += {"(": 1, ")": -1}.get(side[end], 0)
            end += 1
        side = f"{side[:start]}({bent.replace('S', side[start + 2 : end - 1])}){side[end:]}"
    return "".join(f"({number})" if c == "C" else c for c in side)


FAMILIES = {
    "inverses and determinants": MATRICES,
    "labels of samples": LABELS,
    "order of indices": ORDER,
    "unknown functions": UNKNOWN,
    "stopped gradients": STOPPED,
}
AIMED_FAMILIES = {name: _pair(families, wrong=True) for name, families in FAMILIES.items()}
TRUE_FAMILIES = {name: _pair(families, wrong=False) for name, families in FAMILIES.items()}

__all__ = ["AIMED_FAMILIES", "TRUE_FAMILIES"]
