"""How kernel and oracle become a verdict, with both engines replaced by answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from derive import check, oracle
from derive.errors import ContradictionError, IllPosedError, LimitError
from derive.kernel import prover
from derive.problem.scopes import Configuration
from derive.report.results import Verdict
from derive.terms import Context, Entry, Equation, Hypothesis, Index, Relation, Size, Variable
from derive.terms.nodes import Compare
from derive.verification import searches
from derive.verification.verdicts import decide, decide_link

I = Index("i", "n")
X, Y = Entry("x", (I,)), Entry("y", (I,))
CONTEXT = Context(
    sizes={"n": Size("n")},
    variables={name: Variable(name, ("n",)) for name in "xyz"},
    hypotheses=tuple(
        Hypothesis(Compare(Relation.EQUAL, X, other), f"{X} = {other}") for other in (Y, Entry("z", (I,)))
    ),
)
CLAIM = Equation(X, Y)


@dataclass
class Found:
    """A point at which the sides differ."""

    sizes: dict[str, int] = field(default_factory=lambda: {"n": 2})
    indices: dict[str, int] = field(default_factory=lambda: {"i": 1})
    values: dict[str, Any] = field(default_factory=lambda: {"x": ("0", "1"), "y": ("1", "0")})
    left: str = "0"
    right: str = "1"
    point: oracle.Point = field(default_factory=oracle.Point)
    near_zero: tuple[str, ...] = ()


@dataclass
class Examined:
    """What the oracle found."""

    counterexample: Found | None = None
    witnesses: tuple[Configuration, ...] = tuple(Configuration({"n": n}, ()) for n in (1, 2, 3))
    missing: tuple[Configuration, ...] = ()
    holds_at: tuple[dict[str, int], ...] = ()
    sizes_tried: tuple[dict[str, int], ...] = ({"n": 1}, {"n": 2}, {"n": 3})
    reason: str | None = None
    never_tried: tuple[Compare, ...] = ()
    least: dict[str, int] = field(default_factory=dict)


prove_truly = prover.prove


def theorem(equation: Equation = CLAIM) -> prover.Theorem:
    """Return a theorem of the kernel's own, since it takes no others."""
    found = prove_truly(equation, CONTEXT)
    assert isinstance(found, prover.Theorem)
    return found


Engines = Callable[..., None]


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Engines:
    def answer(
        proof: Any = None, examined: Examined | None = None, *, empty: bool = False, correct: Any = None
    ) -> None:
        residual = prover.Residual("x[i] - y[i]", "nothing known relates x to y")

        def prove(equation: Equation, context: Context) -> Any:
            if isinstance(proof, Exception):
                raise proof
            return proof or residual

        monkeypatch.setattr(prover, "prove", prove)
        monkeypatch.setattr(prover, "has_no_value", lambda equation, context: empty)
        monkeypatch.setattr(oracle, "examine", lambda equation, context, *_, **_kept: examined or Examined())
        monkeypatch.setattr(searches, "correct", lambda equation, context: correct)
        monkeypatch.setattr(searches, "mistake", lambda equation, context, point: None)

    return answer


def test_a_theorem_with_witnesses_everywhere_is_proved(engines: Engines) -> None:
    engines(theorem())
    result = decide(CLAIM, CONTEXT)
    assert result.verdict is Verdict.PROVED
    assert result.scope == "for all n >= 1"
    assert result.hypotheses == ("x[i] = y[i]",)
    assert result.conditions == ()
    assert result.marked == ()
    assert result.sizes_tried == ({"n": 1}, {"n": 2}, {"n": 3})
    assert result.claim == "x[i] = y[i]"
    assert result.seconds > 0
    assert result.counterexample is None
    assert result.residual is None


def test_no_proof_and_no_counterexample_is_undecided(engines: Engines) -> None:
    engines()
    result = decide(CLAIM, CONTEXT)
    assert result.verdict is Verdict.UNDECIDED
    assert result.residual == "x[i] - y[i]"
    assert result.reason == "nothing known relates x to y"
    assert result.scope is None


def test_a_counterexample_refutes(engines: Engines) -> None:
    engines(examined=Examined(Found(), holds_at=({"n": 1},)), correct=Entry("z", (I,)))
    result = decide(CLAIM, CONTEXT)
    assert result.verdict is Verdict.REFUTED
    assert result.counterexample is not None
    assert result.counterexample.values["x"] == ("0", "1")
    assert (result.counterexample.left, result.counterexample.right) == ("0", "1")
    assert result.holds_at == ({"n": 1},)
    assert result.correct == "z[i]"
    assert result.hypotheses is None


@pytest.mark.parametrize(
    "failure", [LimitError("too large"), IllPosedError("no derivative"), RecursionError()]
)
def test_a_search_that_fails_leaves_the_refutation(
    failure: Exception, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    from derive import deriver, diagnosis

    def fail(*_: object, **__: object) -> None:
        raise failure

    explain = searches.correct, searches.mistake
    engines(examined=Examined(Found()))
    monkeypatch.setattr(searches, "correct", explain[0])
    monkeypatch.setattr(searches, "mistake", explain[1])
    for module, name in ((deriver, "correct"), (deriver, "steps"), (diagnosis, "explain")):
        monkeypatch.setattr(module, name, fail)
    result = decide(CLAIM, CONTEXT)
    assert result.verdict is Verdict.REFUTED
    assert (result.correct, result.diagnosis, result.steps) == (None, None, None)


def test_a_theorem_and_a_counterexample_are_no_verdict(engines: Engines) -> None:
    engines(theorem(), Examined(Found()))
    with pytest.raises(ContradictionError) as raised:
        decide(CLAIM, CONTEXT)
    for part in (
        "size n",
        "real x[n]",
        "given x[i] = y[i]",
        "claim x[i] = y[i]",
        "n = 2",
        "i = 1",
        "('0', '1')",
    ):
        assert part in raised.value.reproducer
    assert "left 0, right 1" in raised.value.reproducer


def test_a_size_without_a_witness_and_without_a_proof_of_that_is_undecided(engines: Engines) -> None:
    engines(
        theorem(), Examined(missing=(Configuration({"n": 1}, ()),), reason="the hypotheses are hard to meet")
    )
    result = decide(CLAIM, CONTEXT)
    assert result.verdict is Verdict.UNDECIDED
    assert result.reason is not None
    assert "n = 1" in result.reason
    assert "hard to meet" in result.reason


def test_a_size_that_provably_has_no_value_leaves_the_scope(engines: Engines) -> None:
    live = tuple(Configuration({"n": n}, ()) for n in (2, 3))
    engines(theorem(), Examined(witnesses=live, missing=(Configuration({"n": 1}, ()),)), empty=True)
    result = decide(CLAIM, CONTEXT)
    assert result.verdict is Verdict.PROVED
    assert result.scope == "for all n >= 2"


def test_no_value_anywhere_means_nothing(engines: Engines) -> None:
    everywhere = tuple(Configuration({"n": n}, ()) for n in (1, 2, 3))
    engines(theorem(), Examined(witnesses=(), missing=everywhere), empty=True)
    with pytest.raises(IllPosedError, match="says nothing"):
        decide(CLAIM, CONTEXT)


def test_no_value_anywhere_means_nothing_without_a_proof_either(engines: Engines) -> None:
    everywhere = tuple(Configuration({"n": n}, ()) for n in (1, 2, 3))
    engines(None, Examined(witnesses=(), missing=everywhere), empty=True)
    with pytest.raises(IllPosedError, match="says nothing"):
        decide(CLAIM, CONTEXT)
    engines(None, Examined(witnesses=(), missing=everywhere), empty=False)
    assert decide(CLAIM, CONTEXT).verdict is Verdict.UNDECIDED


def test_a_proof_that_met_its_bound_is_no_refutation(engines: Engines) -> None:
    engines(LimitError("too large"))
    result = decide(CLAIM, CONTEXT)
    assert result.verdict is Verdict.UNDECIDED
    assert result.reason == "too large"


def test_a_chain_asks_two_questions_of_each_link(engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    engines()
    asked = []

    def prove(equation: Equation, context: Context) -> Any:
        asked.append(str(equation))
        return theorem(equation) if equation.left == X else prover.Residual("", "")

    monkeypatch.setattr(prover, "prove", prove)
    z = Entry("z", (I,))
    first, second = (
        decide_link(Equation(X, right), Equation(left, right), CONTEXT) for left, right in ((X, Y), (Y, z))
    )
    assert sorted(asked) == ["x[i] = y[i]", "x[i] = z[i]", "y[i] = z[i]"]
    assert (first.follows, first.true) == (Verdict.PROVED, Verdict.PROVED)
    assert (second.verdict, second.follows, second.true) == (
        Verdict.UNDECIDED, Verdict.UNDECIDED, Verdict.PROVED,
    )  # fmt: skip


@pytest.mark.parametrize("side", ["sum(log(-log(u[j])), j)", "sum(log(1 - u[j]^2), j)"])
def test_a_side_that_has_values_in_a_small_range_alone_has_a_witness(side: str) -> None:
    (result,) = check(f"size n\npositive u[n]\nclaim {side} + 0 = {side}").results
    assert result.verdict is Verdict.PROVED, result.reason
