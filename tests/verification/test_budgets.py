"""The verdict comes first, and what explains it stops when its time is up: wrong claims about large models."""

from __future__ import annotations

import time

import pytest

from derive.errors import OutOfTimeError
from derive.kernel import prover
from derive.limits.deadline import Effort, check, within
from derive.reading.sources import SourceFile
from derive.report.results import Verdict
from derive.verification.budget import Budget
from derive.verification.files import answered
from derive.verification.questions import Question, asked_in_text, questions, stages
from derive.verification.work import Run
from tests.verification import tasks

NETWORK = """size n, m, d
real W[m,d], V[n,m], x[d], c[n], b[m]
given sum(c[i], i) = 1
let u[k] = tanh(sum(W[k,l]*x[l], l) + b[k])
let s[i] = sum(V[i,k]*u[k], k)
let p[i] = exp(s[i])/sum(exp(s[j]), j)
let E = -sum(c[i]*log(p[i]), i)
"""
ATTENTION = """size N, M, d
real Q[N,d], K[M,d], V[M,d], G[N,d]
let S[a,b] = sum(Q[a,k]*K[b,k], k)/sqrt(d)
let A[a,b] = exp(S[a,b])/sum(exp(S[a,c]), c)
let O[a,k] = sum(A[a,b]*V[b,k], b)
let E = sum(G[a,k]*O[a,k], a, k)
"""
NORM = """size n
real x[n], w[n], g[n], e > 0
let m = mean(x[j], j)
let r = sqrt(mean((x[j] - m)^2, j) + e)
let h[i] = (x[i] - m)/r
let E = sum(g[i]*w[i]*h[i], i)
"""
LOGISTIC = """size N, d
real X[N,d], w[d], y[N]
let q[a] = 1/(1 + exp(-sum(X[a,f]*w[f], f)))
let E = -sum(y[a]*log(q[a]) + (1 - y[a])*log(1 - q[a]), a)/N
"""
GATES = """size n
real W[n,n], U[n,n], x[n], h[n], b[n]
let z[i] = sigmoid(sum(W[i,j]*x[j], j) + sum(U[i,j]*h[j], j) + b[i])
let c[i] = tanh(sum(W[i,j]*x[j], j) + sum(U[i,j]*z[j]*h[j], j))
let o[i] = (1 - z[i])*h[i] + z[i]*c[i]
"""
WRONG = {
    "network": NETWORK + "claim D(E, W[k,l]) = x[l]*(1 + u[k]^2)*sum(V[i,k]*(p[i] - c[i]), i)\n",
    "attention": ATTENTION + "claim D(E, Q[a,k]) = sum(sum(G[a,l]*V[b,l], l)*A[a,b]*K[b,k], b)/sqrt(d)\n",
    "layer norm": NORM
    + "claim D(E, x[i]) = (w[i]*g[i] - mean(w[j]*g[j], j) + h[i]*mean(w[j]*g[j]*h[j], j))/r\n",
    "logistic Hessian": LOGISTIC + "claim D(E, w[h], w[e]) = sum(q[a]*(1-q[a])*X[a,h]*X[a,e], a)\n",
    "gates": GATES + "claim D(sum(o[i]^2, i)/2, b[k]) = o[k]*(c[k] - h[k])*z[k]*(1 - z[k])\n",
}
OVERSHOT = 1.0  # seconds past a bound, before a search looks at the clock: a bound on what hangs, not on what is slow


def question(text: str) -> Question:
    (asked,) = asked_in_text(text, "wrong.drv")
    (found,) = questions(asked)
    return found


@pytest.mark.parametrize("name", WRONG)
def test_the_verdict_first_and_the_rest_in_time(name: str) -> None:
    effort = Effort.of(0.15)
    found = stages(question(WRONG[name]), effort)
    first = next(found)
    assert first.verdict is Verdict.REFUTED
    assert first.counterexample is not None
    assert (first.diagnosis, first.correct) == (None, None)
    started = time.process_time()
    last = first
    for result in found:
        assert (result.verdict, result.counterexample) == (first.verdict, first.counterexample)
        last = result
    assert time.process_time() - started < 3 * (0.15 + OVERSHOT)
    for what, there in (("mistake", last.diagnosis), ("right side", last.correct)):
        told = [text for text in last.left_out or () if text.startswith(what)]
        assert told in ([], [f"{what}: not found within 0.15 s"])
        assert not (told and there)


@pytest.mark.parametrize("name", sorted(set(WRONG) - {"gates"}))
def test_mistakes_in_large_models_are_named(name: str) -> None:
    *_, last = stages(question(WRONG[name]), Effort.of(20.0))
    assert last.diagnosis is not None
    assert last.left_out is None


@pytest.mark.parametrize("steps", [False, True])
def test_a_refutation_survives_the_end_of_its_process(steps: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.verification.work.answers", tasks.told_then_sleep)
    run = Run(Budget(seconds=30.0, after=0.5), steps=steps)
    text = "real x\nclaim D(x^2, x) = x\nclaim D(x^2, x) = 2*x\n"
    (results,) = [list(found) for _, found in answered([SourceFile("a.drv", text)], run)]
    assert [str(one.verdict) for one in results] == ["refuted", "proved"]
    late = "what comes after the verdict: out of time: nothing more within 0.5 s"
    assert [one.left_out for one in results] == [(late,), (late,)]
    assert results[0].counterexample is not None


def test_a_proof_stops_at_once_and_leaves_nothing_behind() -> None:
    one = question(GATES + "claim D(sum(o[i], i), b[k]) = (c[k] - h[k])*z[k]*(1 - z[k])\n")
    assert one.equation is not None
    assert one.context is not None
    before = str(prover.prove(one.equation, one.context))
    for seconds in (0.0, 0.001, 0.01):
        started = time.process_time()
        with pytest.raises(OutOfTimeError), within(seconds):
            prover.prove(one.equation, one.context)
        assert time.process_time() - started < seconds + OVERSHOT
    assert str(prover.prove(one.equation, one.context)) == before


def test_the_nearer_bound_holds() -> None:
    with within(60.0):
        with pytest.raises(OutOfTimeError), within(0.0):
            check()
        with within(60.0):
            check()
        check()
    with pytest.raises(OutOfTimeError), within(0.0), within(60.0):
        check()
    check()


@pytest.mark.parametrize("seconds", [-1.0, float("nan")])
def test_no_effort_below_nothing(seconds: float) -> None:
    with pytest.raises(ValueError, match="0 seconds or more"):
        Effort.of(seconds)
