"""A theorem cannot be made by anybody but the kernel, and is believed nowhere but where it holds."""

from __future__ import annotations

import ast
import copy
import dataclasses
import importlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from derive.deriver.steps import Step, shown
from derive.kernel import prover
from derive.kernel.prover import Theorem, applies, prove, why_not
from derive.terms import (
    ONE,
    Compare,
    Context,
    Definition,
    Entry,
    Equation,
    Hypothesis,
    Index,
    Relation,
    Size,
    Variable,
    term,
)
from derive.verification import verdicts
from tests.kernel.asked import equations
from tests.test_architecture import MODULES, name_of, parse

X = Entry("x")
BAD = Equation(X, X + 1)


def theorem(text: str) -> tuple[Theorem, Equation, Context]:
    """Return what the kernel says of the one claim of a text."""
    ((equation, context),) = equations(text)
    proof = prove(equation, context)
    assert isinstance(proof, Theorem)
    return proof, equation, context


GENUINE, RIGHT, CONTEXT = theorem("real x\nclaim x + x = 2*x")


# ---------------------------------------------------------------- forged


def _empty() -> object:
    return object.__new__(Theorem)


def _by_class() -> object:
    class Blank:
        __slots__ = ("__weakref__",)

    forged = Blank()
    object.__setattr__(forged, "__class__", Theorem)
    return forged


def _lies_about_its_class() -> object:
    class Liar:
        equation, context, conditions, marked, hypotheses = BAD, CONTEXT, (), (), ()
        __class__ = Theorem  # type: ignore[assignment]

    return Liar()


def _equal_to_a_theorem() -> object:
    class Twin:
        equation, context, conditions, marked, hypotheses = BAD, CONTEXT, (), (), ()

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return hash(GENUINE)

    return Twin()


def _inherited() -> object:
    return type("Mine", (Theorem,), {})()


def _inherited_past_the_refusal() -> object:
    mine = type.__new__(type, "Mine", (Theorem,), {"__init_subclass__": classmethod(lambda cls: None)})
    return object.__new__(mine)


def _pickled() -> object:
    module = importlib.import_module("pickle")
    return module.loads(module.dumps(GENUINE))


FORGERS: tuple[Callable[[], object], ...] = (
    lambda: Theorem(),
    lambda: Theorem(BAD, (), (), tuple, object()),
    lambda: dataclasses.replace(GENUINE, equation=BAD),  # type: ignore[type-var]
    lambda: copy.copy(GENUINE),
    lambda: copy.deepcopy(GENUINE),
    lambda: copy.replace(GENUINE, equation=BAD),  # type: ignore[attr-defined]
    lambda: GENUINE.__class__.__new__(Theorem),
    lambda: GENUINE.__reduce_ex__(2),
    lambda: GENUINE.__reduce__(),
    lambda: object.__reduce_ex__(GENUINE, 2),
    _pickled,
    _empty,
    _by_class,
    _lies_about_its_class,
    _equal_to_a_theorem,
    _inherited,
    _inherited_past_the_refusal,
    lambda: BAD,
    lambda: None,
)


@pytest.mark.parametrize("forger", FORGERS)
def test_nobody_else_makes_a_theorem(forger: Callable[[], object]) -> None:
    """Whatever comes out, if anything does, no equation follows from it, and no step is made of it."""
    try:
        forged: Any = forger()
    except (TypeError, AttributeError):
        return
    assert forged is not GENUINE
    for equation in (BAD, RIGHT):
        assert not applies(forged, equation, CONTEXT)
        assert why_not(forged, equation, CONTEXT) == "the kernel did not make it"
        with pytest.raises(TypeError, match="the kernel did not make it"):
            Step("forged", equation.left, equation.right, forged, CONTEXT)
    if type(forged) is Theorem:
        for name in ("equation", "context", "conditions", "marked", "hypotheses"):
            with pytest.raises(TypeError, match="did not make this one"):
                getattr(forged, name)


@pytest.mark.parametrize(
    "name", ["equation", "context", "conditions", "marked", "hypotheses", "_token", "__dict__"]
)
def test_there_is_nothing_on_a_theorem_to_write_to(name: str) -> None:
    for write in (setattr, object.__setattr__):
        with pytest.raises(AttributeError):
            write(GENUINE, name, BAD)


def test_what_a_theorem_hands_out_is_not_what_it_says() -> None:
    """Whoever writes into it writes into a copy."""
    proof, equation, context = theorem("real x\ngiven x = 1\nclaim log(x^2) + x = 2*log(x) + 1")
    text = str(equation)
    object.__setattr__(proof.equation, "right", X)
    object.__setattr__(proof.context, "hypotheses", ())
    for condition in proof.conditions:
        object.__setattr__(condition, "compare", Compare(Relation.EQUAL, ONE, ONE))
    assert str(proof.equation) == text
    assert proof.context == context
    with pytest.raises(TypeError):
        proof.context.variables["x"] = Variable("x", ("n",))  # type: ignore[index]


def test_what_is_changed_after_a_proof_is_not_proved() -> None:
    """The declarations of a context stand in dictionaries, which may be written to."""
    p = Entry("p")
    definitions = {"p": Definition("p", (), X * X)}
    context = Context(variables={"x": Variable("x")}, definitions=definitions)
    equation = Equation(p, X**2)
    proof = prove(equation, context)
    assert applies(proof, equation, context)
    definitions["p"] = Definition("p", (), X + 1)
    assert why_not(proof, equation, context) == "it speaks of another p"


def test_a_step_that_was_written_to_is_not_shown() -> None:
    step = Step("double", RIGHT.left, RIGHT.right, GENUINE, CONTEXT)
    assert shown(step).text == "x + x = 2*x"
    for name, value in (("after", X), ("before", X), ("theorem", None), ("context", Context())):
        wrong = replace(step)
        object.__setattr__(wrong, name, value)
        with pytest.raises(TypeError, match="a step needs a theorem"):
            shown(wrong)


# ---------------------------------------------------------------- misapplied

# What is proved, the context in which it is offered, and what that lacks: a text that holds in neither direction.
ELSEWHERE = {
    "a positive x": ("real x > 0\nclaim abs(x) = x", "real x\nclaim abs(x) = x", "another x"),
    "a bounded x": ("real x >= 1\nclaim max(x, 1) = x", "real x >= 0\nclaim max(x, 1) = x", "another x"),
    "an x of another shape": (
        "size n, m\nreal x[n]\nclaim sum(x[j] - x[k], j, k) = 0",
        "size n, m\nreal x[n], y[m]\nclaim sum(x[j] - x[k], j, k) = 0",
        None,
    ),
    "a simplex": (
        "size n\nsimplex p[n]\nclaim sum(p[j], j) = 1",
        "size n\nreal p[n]\nclaim sum(p[j], j) = 1",
        "another p",
    ),
    "a one-hot vector": (
        "size n\nonehot y[n]\nclaim y[i]^2 = y[i]",
        "size n\nsimplex y[n]\nclaim y[i]^2 = y[i]",
        "another y",
    ),
    "a fixed size": (
        "size n = 3\nreal x[n]\nclaim sum(x[j], j) = x[1] + x[2] + x[3]",
        "size n >= 3\nreal x[n]\nclaim sum(x[j], j) = x[1] + x[2] + x[3]",
        "other sizes n",
    ),
    "another fixed size": (
        "size n = 2\nreal x\nclaim n*x = 2*x",
        "size n = 3\nreal x\nclaim n*x = 2*x",
        "other sizes n",
    ),
    "a smaller size": (
        "size n >= 2\nreal x\nclaim max(n*x^2, 2*x^2) = n*x^2",
        "size n\nreal x\nclaim max(n*x^2, 2*x^2) = n*x^2",
        "other sizes n",
    ),
    "another definition": (
        "real x\nlet p = x^2\nclaim D(p, x) = 2*x",
        "real x\nlet p = x^3\nclaim D(p, x) = 2*x",
        "another p",
    ),
    "another definition further down": (
        "real x\nlet q = x^2\nlet p = q + 1\nclaim D(p, x) = 2*x",
        "real x\nlet q = x^3\nlet p = q + 1\nclaim D(p, x) = 2*x",
        "another q",
    ),
    "a variable that is a definition": (
        "real x, p\nclaim D(p*x, x) = p",
        "real x\nlet p = x\nclaim D(p*x, x) = p",
        "another p",
    ),
    "a hypothesis": ("real x\ngiven x = 1\nclaim x^2 = x", "real x\nclaim x^2 = x", "supposes x = 1"),
    "another hypothesis": (
        "real x\ngiven x > 1\nclaim abs(x) = x",
        "real x\ngiven x > -1\nclaim abs(x) = x",
        "supposes x > 1",
    ),
    "labels that differ": (
        "size n\nreal x[n]\nlabel t, u: n\ngiven t != u\nclaim delta(t,u)*x[t] = 0",
        "size n\nreal x[n]\nlabel t, u: n\nclaim delta(t,u)*x[t] = 0",
        "t != u",
    ),
    "an index of a hypothesis that is a label": (
        "size n\nreal x[n]\ngiven x[t] = 1\nclaim x[j] = 1",
        "size n\nreal x[n]\nlabel t: n\ngiven x[t] = 1\nclaim x[j] = 1",
        "another t",
    ),
    "a label that is an index of a hypothesis": (
        "size n\nreal x[n]\nlabel t: n\ngiven x[t] = 1\nclaim x[t] = 1",
        "size n\nreal x[n]\ngiven x[t] = 1\nclaim x[t] = 1",
        "another t",
    ),
}


@pytest.mark.parametrize("which", ELSEWHERE)
def test_a_theorem_is_refused_elsewhere(which: str) -> None:
    here, there, lacks = ELSEWHERE[which]
    proof, equation, context = theorem(here)
    assert why_not(proof, equation, context, proof.conditions) is None
    ((same, other),) = equations(there)
    reason = why_not(proof, replace(equation, position=same.position), other, proof.conditions)
    if lacks is None:
        assert reason is None
        return
    assert reason is not None
    assert lacks in reason
    assert not applies(proof, equation, other)
    with pytest.raises(TypeError, match="a step needs a theorem"):
        Step("misapplied", equation.left, equation.right, proof, other, proof.conditions)


TWICE = "real x[n]\nclaim x[i] + x[i] = 2*x[i]"
NARROWER = {
    "more is declared": ("real x\nclaim x + x = 2*x", "real x, y\nlet z = y\nclaim x + x = 2*x"),
    "more is supposed": (
        "real x\ngiven x = 1\nclaim x^2 = 1",
        "real x, y\ngiven x = 1\ngiven y = 2\nclaim x^2 = 1",
    ),
    "fewer sizes": (f"size n >= 2\n{TWICE}", f"size n >= 5\n{TWICE}"),
    "one size": (f"size n >= 2\n{TWICE}", f"size n = 2\n{TWICE}"),
}


@pytest.mark.parametrize("which", NARROWER)
def test_a_theorem_holds_wherever_as_much_is_known(which: str) -> None:
    here, there = NARROWER[which]
    proof, equation, _ = theorem(here)
    ((_, other),) = equations(there)
    assert why_not(proof, equation, other) is None


def test_a_theorem_is_about_its_own_equation() -> None:
    proof, equation, context = theorem("size n\nreal x[n]\nclaim delta(i,j)*x[i] = x[i] when i = j")
    for other in (
        replace(equation, when=()),
        replace(equation, right=ONE),
        replace(equation, left=equation.right),
    ):
        assert why_not(proof, other, context) == f"it proves {equation}"


def test_conditions_are_part_of_what_is_said() -> None:
    proof, equation, context = theorem("real x, y\nclaim log(x*y^2) - log(y^2) = log(x)")
    assert proof.conditions
    assert why_not(proof, equation, context, proof.conditions) is None
    for dropped in proof.conditions:
        stated = tuple(c for c in proof.conditions if c != dropped)
        reason = why_not(proof, equation, context, stated)
        assert reason == f"it holds where {dropped}, which is not said"
    supposed = tuple(Hypothesis(c.compare) for c in proof.conditions)
    assert why_not(proof, equation, replace(context, hypotheses=supposed)) is None


def test_a_condition_for_all_indices_is_not_one_at_a_label() -> None:
    j = Index("j", "n")
    proof, equation, context = theorem("size n\nreal x[n]\nclaim sum(x[j]/x[j], j) = n")
    assert list(map(str, proof.conditions)) == ["x[j] != 0 for all j"]
    supposed = replace(
        context, hypotheses=(Hypothesis(Compare(Relation.UNEQUAL, Entry("x", (j,)), term(0))),)
    )
    assert why_not(proof, equation, supposed) is None
    at_a_label = replace(supposed, labels={"j": j})
    assert why_not(proof, equation, at_a_label) == "it holds where x[j] != 0 for all j, which is not said"


def test_names_of_which_nothing_was_declared() -> None:
    """The kernel takes an undeclared entry for a number that depends on nothing; elsewhere it may be a definition."""
    p = Entry("p")
    equation = Equation(p - p, term(0))
    proof = prove(equation, Context(sizes={"n": Size("n")}))
    assert applies(proof, equation, Context(sizes={"n": Size("n")}))
    elsewhere = Context(sizes={"n": Size("n")}, variables={"p": Variable("p")})
    assert why_not(proof, equation, elsewhere) == "it speaks of another p"


def test_what_is_not_declared_at_all() -> None:
    """Nor are sizes and functions of which a context says nothing those of a theorem, and the other way round."""
    proof, equation, context = theorem(
        "size n\nreal x[n]\nfunction f\nclaim sum(f(x[j]) + f(x[j]), j) = 2*sum(f(x[j]), j)"
    )
    assert why_not(proof, equation, replace(context, sizes={})) == "it speaks of other sizes n"
    assert why_not(proof, equation, replace(context, functions=frozenset())) == "it speaks of another f"
    without = replace(context, functions=frozenset())
    undeclared = prove(equation, without)
    assert applies(undeclared, equation, without)
    assert why_not(undeclared, equation, context) == "it speaks of another f"


@pytest.mark.parametrize("kind", ["sizes", "variables", "labels", "definitions"])
def test_no_declaration_is_written_to_after_a_proof(kind: str) -> None:
    """A theorem keeps its own: what somebody makes of theirs later is another context."""
    declared: dict[str, dict[str, Any]] = {
        "sizes": {"n": Size("n", 2)},
        "variables": {"x": Variable("x")},
        "labels": {"t": Index("t", "n")},
        "definitions": {"p": Definition("p", (), X)},
    }
    context = Context(**declared)  # type: ignore[arg-type]
    equation = Equation(X + X, 2 * X)
    proof = prove(equation, context)
    assert applies(proof, equation, context)
    declared[kind].clear()
    assert not applies(proof, equation, context)


# ---------------------------------------------------------------- whoever takes a theorem for evidence


def functions(path: Path) -> Iterator[tuple[str, set[str]]]:
    """Yield the functions of a module, each with what it asks of the kernel."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.FunctionDef):
            asked = {
                one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute) and _is_kernel(one.value)
            }
            yield node.name, asked


def _is_kernel(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "prover"


@pytest.mark.long
def test_whoever_asks_for_a_proof_asks_whether_it_is_one() -> None:
    """Nowhere is it enough to be called a theorem."""
    asking = [(path, name, asked) for path in MODULES for name, asked in functions(path) if "prove" in asked]
    assert {name_of(path) for path, *_ in asking} == {
        "derive.verification.contradictory", "derive.deriver", "derive.deriver.steps", "derive.diagnosis.assumptions",
        "derive.diagnosis.search", "derive.verification.unsaid", "derive.verification.verdicts",
        "derive.certificates.certificate", "derive.diagnosis.bounds", "derive.deriver.bounds",
    }  # fmt: skip
    for path, name, asked in asking:
        assert asked & {"applies", "why_not"}, f"{name} in {name_of(path)} believes what it is handed"


def test_a_verdict_needs_a_theorem_that_proves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ((equation, context),) = equations("real x\nclaim x + x = 3*x")
    for wrong in (GENUINE, object.__new__(Theorem), None, True):
        monkeypatch.setattr(prover, "prove", lambda *_, proof=wrong: proof)
        with pytest.raises(TypeError, match="a verdict needs a theorem that proves it"):
            verdicts._prove(equation, context)
