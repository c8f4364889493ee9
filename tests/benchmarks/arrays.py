"""Claims on whole arrays, labels, orders and unknown functions, put to derive and to SymPy's matrix expressions."""

from __future__ import annotations

import signal
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sympy as sp

LIMIT = 5.0  # seconds for one of SymPy's routes
ROUNDS = 3
HEAD = "size n, m\nreal A[n,n], B[n,n], X[n,m], w[m], x[n], y[n], t\npositive c\n"

n, m = sp.symbols("n m", integer=True, positive=True)
c, t = sp.Symbol("c", positive=True), sp.Symbol("t", real=True)
A, B, X = sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("B", n, n), sp.MatrixSymbol("X", n, m)
x, y, w = sp.MatrixSymbol("x", n, 1), sp.MatrixSymbol("y", n, 1), sp.MatrixSymbol("w", m, 1)
det = sp.Determinant


@dataclass(frozen=True)
class Claim:
    """A claim in the language, and what SymPy is to simplify to 0: left minus right; `None` if it has no such terms."""

    name: str
    problem: str
    residue: Callable[[], Any] | None = None

    @property
    def expected(self) -> str:
        """The verdict that it should have here."""
        return "refuted" if "(false)" in self.name else "proved"


def _hat() -> Any:
    return X * (X.T * X).inverse() * X.T


def _on(claim: str, names: str = HEAD) -> str:
    return f"{names}claim {claim}"


CLAIMS = (
    Claim("(AB)' = B'A'", _on("(A @ B).T = B.T @ A.T"), lambda: (A * B).T - B.T * A.T),
    Claim("tr AB = tr BA", _on("trace(A @ B) = trace(B @ A)"), lambda: sp.Trace(A * B) - sp.Trace(B * A)),
    Claim("A inv(A) = I", _on("A @ inv(A) = eye(n)"), lambda: A * A.inverse() - sp.Identity(n)),
    Claim(
        "inv(AB) = inv(B) inv(A)",
        _on("inv(A @ B) = inv(B) @ inv(A)"),
        lambda: (A * B).inverse() - B.inverse() * A.inverse(),
    ),
    Claim("det cA = c^n det A", _on("det(c*A) = c^n*det(A)"), lambda: det(c * A) - c**n * det(A)),
    Claim("det AB = det A det B", _on("det(A @ B) = det(A)*det(B)"), lambda: det(A * B) - det(A) * det(B)),
    Claim(
        "inv(A) - inv(B) = inv(A) (B - A) inv(B)",
        _on("inv(A) - inv(B) = inv(A) @ (B - A) @ inv(B)"),
        lambda: A.inverse() - B.inverse() - A.inverse() * (B - A) * B.inverse(),
    ),
    Claim(
        "the hat matrix is a projection",
        f"{HEAD}let H = X @ inv(X.T @ X) @ X.T\nclaim H @ H = H",
        lambda: _hat() * _hat() - _hat(),
    ),
    Claim(
        "X' inv(XX' + cI) = inv(X'X + cI) X'",
        _on("X.T @ inv(X @ X.T + c*eye(n)) = inv(X.T @ X + c*eye(m)) @ X.T"),
        lambda: (
            X.T * (X * X.T + c * sp.Identity(n)).inverse() - (X.T * X + c * sp.Identity(m)).inverse() * X.T
        ),
    ),
    Claim(
        "log det(I + XX') = log det(I + X'X)",
        _on("logdet(eye(n) + X @ X.T) = logdet(eye(m) + X.T @ X)"),
        lambda: sp.log(det(sp.Identity(n) + X * X.T)) - sp.log(det(sp.Identity(m) + X.T * X)),
    ),
    Claim(
        "gradient of x'Ax",
        _on("D(x @ A @ x, x) = (A + A.T) @ x"),
        lambda: (x.T * A * x).diff(x) - (A + A.T) * x,
    ),
    Claim(
        "gradient of norm(Xw - y)^2 by w",
        _on("D(norm(X @ w - y)^2, w) = 2*X.T @ (X @ w - y)"),
        lambda: ((X * w - y).T * (X * w - y)).diff(w) - 2 * X.T * (X * w - y),
    ),
    Claim(
        "gradient of norm(Xw - y)^2 by X",
        _on("D(norm(X @ w - y)^2, X) = 2*outer(X @ w - y, w)"),
        lambda: ((X * w - y).T * (X * w - y)).diff(X) - 2 * (X * w - y) * w.T,
    ),
    Claim(
        "gradient of log det A",
        _on("D(logdet(A), A) = inv(A).T"),
        lambda: sp.log(det(A)).diff(A) - A.inverse().T,
    ),
    Claim(
        "d/dt log det(A + tB)",
        _on("D(logdet(A + t*B), t) = trace(inv(A + t*B) @ B)"),
        lambda: sp.log(det(A + t * B)).diff(t) - sp.Trace((A + t * B).inverse() * B),
    ),
    Claim(
        "gradient of x' inv(A) y",
        _on("D(x @ inv(A) @ y, A) = -inv(A).T @ outer(x, y) @ inv(A).T"),
        lambda: (x.T * A.inverse() * y).diff(A) + A.inverse().T * x * y.T * A.inverse().T,
    ),
    Claim(
        "softmax regression: gradient by W",
        "size N, d, C\nreal X[N,d], W[d,C]\nonehot Y[N,C]\nlet P = softmax(X @ W)\n"
        "claim D(-sum(Y*log(P)), W) = X.T @ (P - Y)",
    ),
    Claim(
        "labels of a batch: gradient by the scores",
        "size N, C\nreal S[N,C]\nlabel y[N]: C\nlet P = softmax(S)\n"
        "claim D(-sum(log(P[a,y[a]]), a), S[a,c]) = P[a,c] - delta(c,y[a])",
    ),
    Claim("sum over i < j of x_i x_j", _on("sum(x[i]*x[j], i, j: i < j) = (sum(x)^2 - sum(x^2))/2")),
    Claim(
        "a linear layer before any loss L",
        "size n, m\nreal x[n], W[m,n]\nfunction L(y[m])\nlet y = W @ x\n"
        "claim D(L(y), W) = outer(D(L(y), y), x)",
    ),
    Claim(
        "inv(A + B) = inv(A) + inv(B) (false)",
        _on("inv(A + B) = inv(A) + inv(B)"),
        lambda: (A + B).inverse() - A.inverse() - B.inverse(),
    ),
    Claim("det cA = c det A (false)", _on("det(c*A) = c*det(A)"), lambda: det(c * A) - c * det(A)),
    Claim(
        "gradient of log det A = inv(A) (false)",
        _on("D(logdet(A), A) = inv(A)"),
        lambda: sp.log(det(A)).diff(A) - A.inverse(),
    ),
)


def _routes(residue: Callable[[], Any]) -> Iterator[Callable[[], Any]]:
    yield residue
    yield lambda: residue().doit()
    yield lambda: sp.expand(residue())
    yield lambda: sp.simplify(residue())
    yield lambda: sp.simplify(sp.expand(residue()).doit())


def _is_zero(found: Any) -> bool:
    return bool(found == 0 or isinstance(found, sp.ZeroMatrix))


def attempt(claim: Claim) -> tuple[str, float] | None:
    """Return SymPy's answer by its fastest route, and the median seconds; `None` if it cannot be said there."""
    if claim.residue is None:
        return None
    found: list[tuple[str, float]] = []
    for route in _routes(claim.residue):
        times, zero = [], False
        for _ in range(ROUNDS):
            start = time.perf_counter()
            zero = _limited(route)
            times.append(time.perf_counter() - start)
            if times[-1] > LIMIT / 2:
                break
        found.append(("proved" if zero else "residue", statistics.median(times)))
        if zero:
            return found[-1]
    return "residue", max(seconds for _, seconds in found)


def _limited(route: Callable[[], Any]) -> bool:
    """Return whether a route gives 0 within the limit; an expression that it cannot build gives none."""

    def stop(*_: Any) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, LIMIT)
    try:
        return _is_zero(route())
    except (TimeoutError, TypeError, ValueError, AttributeError, NotImplementedError, RecursionError):
        return False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


__all__ = ["CLAIMS", "Claim", "attempt"]
