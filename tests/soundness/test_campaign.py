"""A small campaign, what a campaign finds when the engine is damaged, and that it is bounded and reproducible."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mpmath import mp

from derive.kernel import differentiation
from derive.problem.problems import Claim
from derive.reading.documents import read_document
from derive.reading.text import read
from derive.terms import Big, Entry, MatrixFunction, Multiply, Term, rebuild, rename
from tests.forgeries.test_damaged import roots_of_squares_without_absolute_values
from tests.soundness.aimed_arrays import FAMILIES
from tests.soundness.campaign import Record, Tally, run
from tests.soundness.inequalities import holds_at
from tests.soundness.opinion import Point
from tests.soundness.problems import Problem, problem
from tests.soundness.shrinking import shrunk, written
from tests.soundness.trial import WRONG, Outcome, answer, tried

# The workers are forked, also where other tests of the process have loaded JAX, which warns of it; they use none of it.
pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore:.*fork")]

SEED = 2026
COUNT = 120


def test_a_small_campaign() -> None:
    """Nothing wrong, and hardly anything open: `make soundness` runs more."""
    tally = Tally()
    for number in range(COUNT):
        tally.add(tried(SEED, number, arrays=0.0))
    assert tally.wrong == []
    assert tally.total(True) == tally.total(False) == COUNT // 2
    assert tally.rate(True) > 0.85
    assert tally.rate(False) > 0.95


def test_a_small_campaign_of_arrays() -> None:
    """The kinds that arrays bring alone: inverses, labels of samples, orders, unknown functions, whole arrays."""
    tally = Tally()
    for number in range(COUNT // 3):
        tally.add(tried(SEED, number, arrays=1.0))
    assert tally.wrong == []
    assert tally.rate(True) > 0.8
    assert tally.rate(False) > 0.95


def test_the_number_and_the_seed_give_the_text() -> None:
    """In another process, with other hashes, too."""
    script = (
        f"from tests.soundness.problems import problem; print([problem({SEED}, k).text for k in range(40)])"
    )
    here = Path(__file__).parents[2]
    texts = {
        subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            cwd=here,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(here)},
        ).stdout
        for seed in ("1", "2")
    }
    assert texts == {f"{[problem(SEED, k).text for k in range(40)]}\n"}


def test_every_rule_and_every_kind_is_there() -> None:
    problems = [problem(SEED, number, arrays=0.0) for number in range(600)]
    kinds = {one.kind for one in problems}
    assert {f"aimed R{k}" for k in (*range(1, 11), 12, 13)} <= kinds
    assert {"partial functions", "finite values", "overlapping sums"} <= kinds
    assert {"guard", "large size", "page"} <= set().union(*(one.features for one in problems))
    assert {"rewriting", "facts", "derivative", "second derivative", "rules of D", "defined name"} <= kinds
    assert {"pattern", "chain"} <= kinds
    assert any(kind.startswith("damaged") for kind in kinds)


def test_every_kind_of_arrays_is_there() -> None:
    problems = [problem(SEED, number, arrays=1.0) for number in range(700)]
    kinds = {one.kind for one in problems}
    beside = {f"{name}" for name in FAMILIES}
    assert beside | {f"aimed {name}" for name in FAMILIES} <= kinds
    assert {"whole arrays", "whole gradients", "damaged whole arrays", "damaged whole gradients"} <= kinds
    assert {"arrays, rewriting", "arrays, derivative", "arrays, rules of D", "arrays, facts"} <= kinds
    features = set().union(*(one.features for one in problems))
    assert {"inv", "det", "logdet", "adj", "order", "label of a sample", "stop_gradient"} <= features
    assert {"function of several", "partial derivative", "whole D", "whole inv", "whole T"} <= features
    assert {"damage matrix", "damage order", "damage label", "damage transpose", "damage inverse"} <= features
    assert not any(one.disputed for one in problems)


def test_the_share_of_arrays_changes_no_problem() -> None:
    """A problem with arrays is the same text in every campaign that has it, and one without as well."""
    texts = [[problem(SEED, number, share).text for number in range(40)] for share in (0.0, 0.5, 1.0)]
    for none, some, all_of_them in zip(*texts, strict=True):
        assert some in (none, all_of_them)
        assert none != all_of_them


def test_problems_are_read_as_they_are_written() -> None:
    for one in [problem(SEED, number, arrays) for arrays in (0.0, 1.0) for number in range(60)]:
        (group,) = read_document(one.text, "page.md", tex=False) if one.page else read(one.text)
        assert not group.failures
        assert len(group.claims) == 1


def test_a_damaged_kernel_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Roots of squares without their absolute values: found, made small, and written as a forgery."""
    roots_of_squares_without_absolute_values(monkeypatch)
    found = next(one for one in map(_outcome, range(1, 2000, 2)) if one is not None)
    assert found.outcome == "contradiction"
    file = written(found, tmp_path, shrink=True)
    text = file.read_text(encoding="utf-8")
    (group,) = read(text, file.name)
    (claim,) = group.claims
    assert claim.expect == "refuted"
    assert len(claim.text) <= len(_claim(found.text).text)
    monkeypatch.undo()
    assert answer(Problem(SEED, 1, text.split("\n", 1)[1], False, "", frozenset()))[0] == "refuted"


def test_an_inverse_differentiated_wrongly_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """D inv(A) with the rows and columns of dA exchanged is right where A is symmetric, and nowhere else."""
    rule = differentiation.RULES[MatrixFunction]

    def exchanged(node: Term, slope: differentiation.Slope, by: Entry) -> Term:
        found = rule(node, slope, by)
        if not isinstance(node, MatrixFunction) or node.operation != "inv" or not isinstance(found, Multiply):
            return found
        return rebuild(found, lambda one: _other_way_round(one) if isinstance(one, Big) else one)

    monkeypatch.setattr(differentiation, "RULES", {**differentiation.RULES, MatrixFunction: exchanged})
    aimed = (problem(SEED, number, arrays=1.0) for number in range(1, 2000, 2))
    matrices = (one for one in aimed if one.kind == "aimed inverses and determinants" and "D(" in one.text)
    assert any(answer(one)[0] in WRONG for one in matrices)


def _other_way_round(product: Big) -> Term:
    """Return the sum over two indices with both exchanged in the factor that is not an inverse."""
    row, column = (binder.index for binder in product.binders)
    exchange = {row: column, column: row}

    def change(one: Term) -> Term:
        return one if isinstance(one, MatrixFunction) else rename(one, exchange)

    return Big("sum", product.binders, rebuild(product.body, change))


def _outcome(number: int) -> Outcome | None:
    """Return what comes of a problem that may show the damage, `None` if it does not."""
    one = problem(SEED, number, arrays=0.0)
    if one.kind != "aimed R1":
        return None
    found = tried(SEED, number, arrays=0.0)
    return found if found.outcome in WRONG else None


def _claim(text: str) -> Claim:
    return read(text)[0].claims[0]


def test_a_difference_too_small_for_the_third_opinion_is_none_to_it() -> None:
    """At x = (1, 0) the sides are 9e-2137 and 0: the oracle sees that, and the opinion cannot."""
    assert tried(1, 78535, arrays=0).outcome == "refuted"


def test_what_is_not_wrong_is_not_shrunk() -> None:
    text = "real x\nclaim x + x = 2*x\n"
    assert shrunk(text, truth=True) == text


def test_a_false_claim_taken_for_true_is_called_wrong() -> None:
    """The counterexample is checked, but the truth that the problem states counts."""
    claimed = Problem(1, 0, "real x\nclaim x^2 = x\n", True, "", frozenset())
    assert answer(claimed)[0] == "wrong"
    assert answer(Problem(1, 1, "real x\nclaim x + x = 2*x\n", False, "", frozenset()))[0] == "wrong"


def test_a_run_goes_on_where_it_was_interrupted(tmp_path: Path) -> None:
    file = tmp_path / "outcomes.jsonl"
    first, second = (Outcome(1, k, k % 2 == 0, "kind", "proved", 0.5, 0.1, frozenset({"D"})) for k in (0, 1))
    record = Record(file, resume=False)
    record.write(first)
    record.close()
    with file.open("a", encoding="utf-8") as torn:
        torn.write('{"elapsed": 1.0, "outc\n')
    again = Record(file, resume=True)
    assert again.before == [first]
    again.write(second)
    again.close()
    for resume, expected in ((True, [first, second]), (False, [])):
        record = Record(file, resume)
        assert record.before == expected
        record.close()


def _sleepy(seed: int, number: int) -> Outcome:
    if number == 3:
        time.sleep(60)
    if number == 5:
        os._exit(1)
    return Outcome(seed, number, number % 2 == 0, "", "proved" if number % 2 == 0 else "refuted", 0.0, 0.0)


def test_a_worker_that_hangs_or_dies_is_replaced() -> None:
    """No problem is lost and none comes twice."""
    outcomes = {one.number: one.outcome for one in run(1, range(60), 2, patience=1.0, trial=_sleepy)}
    assert sorted(outcomes) == list(range(60))
    assert outcomes.pop(3) == "undecided"
    assert outcomes.pop(5) == "crash"
    assert set(outcomes.values()) == {"proved", "refuted"}


def test_a_small_campaign_of_inequalities() -> None:
    """Inequalities alone, made by valid rules or damaged until the third opinion sees one fail."""
    tally = Tally()
    for number in range(COUNT // 6):
        tally.add(tried(SEED, number, inequalities=1.0))
    assert tally.wrong == []
    assert tally.rate(True) > 0.85
    assert tally.rate(False) > 0.95


def test_a_relation_is_looked_at_as_one() -> None:
    """The third opinion tells `<=` from `<` where the sides are equal, and knows which side is the greater one."""
    for claim, holds in (("s^2 >= 0", True), ("s^2 > 0", False), ("s^2 < 1", True), ("s^2 > 1", False)):
        (asked,) = read(f"real s\nclaim {claim}\n")
        (equation,) = asked.claims[0].equations
        point = Point({}, {}, {("s", ()): mp.mpf(0)})
        assert holds_at(equation, asked.context, point) is holds
