"""Verdicts kept on disk: the same as found anew, never those of another question, never those of another program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from derive import catalogue
from derive.reading.sources import SourceFile
from derive.report.evidence import statements
from derive.report.message import pieces_of
from derive.report.results import Report, Result, Verdict
from derive.verification import cache as module
from derive.verification.budget import Budget
from derive.verification.cache import Cache, _digest, folder, lasting, version
from derive.verification.files import answered
from derive.verification.questions import Question, answer
from derive.verification.tasks import read
from derive.verification.work import Run
from tests.verification import tasks

ROOT = Path(__file__).parent.parent.parent
HEAD = "size n\nreal s[n], c[n]\ngiven sum(c[j], j) = 1\nlet p[i] = exp(s[i])/sum(exp(s[k]), k)\n"
LOSS = "let E = -sum(c[j]*log(p[j]), j)\n"
TRUE = HEAD + LOSS + "claim D(E, s[i]) = p[i] - c[i]\n"
FALSE = HEAD + LOSS + "claim D(E, s[i]) = c[i] - p[i]\n"


def asked(text: str, file: str = "a.drv") -> list[Question]:
    return next(read(SourceFile(file, text))).questions


def one(text: str, file: str = "a.drv") -> Question:
    (question,) = asked(text, file)
    return question


@pytest.fixture
def kept(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def entries(kept: Cache) -> list[Path]:
    return [path for path in kept.folder.rglob("*") if path.is_file()]


def explained(question: Question) -> Result:
    found = answer(question, steps=True)
    assert found.steps or found.verdict is not Verdict.PROVED
    return found


@pytest.mark.parametrize(
    "name", ["cross-entropy", "binary-form-softmax", "relu", "batch-mean", "kl-divergence"]
)
def test_what_is_kept_is_what_was_found(name: str, kept: Cache) -> None:
    questions = asked(catalogue.load(name).problem)
    assert questions
    for question in questions:
        found = replace(answer(question), seconds=0.0)
        kept.put(question, found)
        again = kept.get(question, steps=False)
        assert again == found
        assert again.correct_term == found.correct_term
        assert again.jacobian == found.jacobian
        assert list(map(pieces_of, told(again))) == list(map(pieces_of, told(found)))
        assert again.statement == found.statement
        assert again.link == found.link
        assert Report((again,)).latex() == Report((found,)).latex()


def told(result: Result) -> list[str]:
    return [part for one in statements(result) for part in one.parts]


def test_links_of_a_chain_keep_both_their_verdicts(kept: Cache) -> None:
    text = "real x\nderivation\n  x^2 - 1\n  = (x - 1)*(x + 1)\n  = (x - 1)*(x - 1)\n  = x^2 - 1\n"
    for question in asked(text):
        found = answer(question)
        kept.put(question, found)
        again = kept.get(question, steps=False)
        assert again is not None
        assert (again.follows, again.true, again.link) == (found.follows, found.true, found.link)
    assert len(entries(kept)) == 3


def test_derivations_are_kept_where_they_were_wanted(kept: Cache) -> None:
    question = one(TRUE)
    kept.put(question, answer(question))
    assert kept.get(question, steps=True) is None
    found = explained(question)
    kept.put(question, found, steps=True)
    again = kept.get(question, steps=True)
    assert again is not None
    assert again.steps == found.steps
    assert again.json() | {"seconds": 0} == found.json() | {"seconds": 0}


def test_the_place_is_that_of_the_text_now(kept: Cache) -> None:
    kept.put(one(TRUE), answer(one(TRUE)))
    again = kept.get(
        one("# a line more\nproblem: title\n" + TRUE.replace("claim", "  claim"), "b.drv"), steps=False
    )
    assert again is not None
    assert (again.file, again.line, again.column, again.problem) == ("b.drv", 8, 3, "title")


CHANGES = [
    ("size n", "size n >= 2"),
    ("size n", "size n = 3"),
    ("c[n]", "c[n] > 0"),
    ("given sum(c[j], j) = 1\n", ""),
    ("given sum(c[j], j) = 1", "given sum(c[k], k) = 1"),
    ("given sum(c[j], j) = 1", "given sum(c[j], j) = 2"),
    ("let p[i] = exp(s[i])", "let p[i] = 2*exp(s[i])"),
    ("= p[i] - c[i]", "= p[i] - c[i] + 0"),
    ("= p[i] - c[i]", "= p[i] - c[i] when i != j"),
    ("D(E, s[i]) = p[i] - c[i]", "D(E, s[k]) = p[k] - c[k]"),
    ("c[n]", "c[n], unused"),
    ("claim D(E, s[i])", "claim D(E, s[i]) = D(E, s[i])"),
]


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_whatever_is_changed_is_another_question(old: str, new: str, kept: Cache) -> None:
    kept.put(one(TRUE), answer(one(TRUE)))
    text = TRUE.replace(old, new)
    assert text != TRUE
    found = asked(text.replace("when i != j", "+ 0*c[j] when i != j"))
    assert all(question.equation is not None for question in found)
    assert all(kept.get(question, steps=False) is None for question in found)


def test_what_is_expected_is_no_part_of_the_verdict(kept: Cache) -> None:
    kept.put(one(FALSE), answer(one(FALSE)))
    again = kept.get(one(FALSE.replace("p[i]\n", "p[i] expect refuted\n")), steps=False)
    assert again is not None
    assert (again.verdict, again.expect) == (Verdict.REFUTED, Verdict.REFUTED)


def test_a_name_defined_anew_and_wrongly_is_an_error_though_its_equation_is_known(kept: Cache) -> None:
    from derive.errors import DeriveError

    question = one(FALSE)
    kept.put(question, answer(question))
    again = kept.get(replace(question, error=DeriveError("defined differently")), steps=False)
    assert again is not None
    assert (again.verdict, again.message) == (Verdict.ERROR, "defined differently")


@pytest.mark.parametrize(
    "found",
    [
        Result(Verdict.UNDECIDED, reason="out of time: no answer within 1 s"),
        Result(Verdict.UNDECIDED, reason="the two sides have different normal forms"),
        Result(Verdict.ERROR, message="this means nothing"),
        Result(Verdict.ERROR, message="bug", contradiction=True),
    ],
)
def test_what_does_not_last_is_not_kept(found: Result, kept: Cache) -> None:
    question = one(TRUE)
    assert not lasting(found)
    kept.put(question, question.placed(found))
    assert entries(kept) == []


def test_another_program_knows_nothing_of_it(kept: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.put(one(TRUE), answer(one(TRUE)))
    assert kept.get(one(TRUE), steps=False) is not None
    monkeypatch.setattr(module, "version", lambda: "another")
    assert kept.get(one(TRUE), steps=False) is None


def test_every_source_counts_for_the_version(tmp_path: Path) -> None:
    import shutil

    shutil.copytree(ROOT / "derive", tmp_path / "derive", ignore=shutil.ignore_patterns("__pycache__"))
    program = "from derive.verification.cache import version; print(version())"

    def seen() -> str:
        return subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, check=True
        ).stdout.strip()

    first = seen()
    assert first == version()
    for name in ("kernel/prover.py", "reading/grammar.lark", "oracle/search.py"):
        path = tmp_path / "derive" / name
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        second = seen()
        assert second != first
        first = second


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"verdict": "proved"}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_entry_is_none(damage: bytes, kept: Cache) -> None:
    question = one(TRUE)
    kept.put(question, answer(question))
    (path,) = entries(kept)
    path.write_bytes(damage)
    assert kept.get(question, steps=False) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("verdict", "certain"),
        ("scope", 3),
        ("hypotheses", 3),
        ("sizes_tried", [3]),
        ("correct", ["Power"]),
        ("residual", ["no such class"]),
        ("counterexample", {}),
    ],
)
def test_an_entry_that_says_something_impossible_is_none(name: str, value: Any, kept: Cache) -> None:
    question = one(FALSE)
    kept.put(question, answer(question))
    (path,) = entries(kept)
    text = json.dumps(json.loads(path.read_text().split("\n", 1)[1]) | {name: value})
    path.write_text(f"{_digest(path.stem, text)}\n{text}")
    assert kept.get(question, steps=False) is None


def test_a_verdict_that_was_changed_by_hand_is_none(kept: Cache) -> None:
    question = one(FALSE)
    kept.put(question, answer(question))
    (path,) = entries(kept)
    text = path.read_text()
    path.write_text(text.replace('"refuted"', '"proved"'))
    assert path.read_text() != text
    assert kept.get(question, steps=False) is None


def test_the_answer_to_another_question_is_none(kept: Cache) -> None:
    true, false = one(TRUE), one(FALSE)
    kept.put(true, answer(true))
    (proof,) = entries(kept)
    kept.put(false, answer(false))
    (other,) = (path for path in entries(kept) if path != proof)
    other.write_bytes(proof.read_bytes())
    assert kept.get(false, steps=False) is None
    assert kept.get(true, steps=False) is not None


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = Cache(tmp_path / "file")
    kept.put(one(TRUE), answer(one(TRUE)))
    assert kept.get(one(TRUE), steps=False) is None
    kept.trim()


def test_it_stays_small_and_the_oldest_go_first(kept: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [TRUE.replace("size n", f"size n >= {k}") for k in range(2, 6)]
    for age, text in enumerate(texts):
        before = set(entries(kept))
        kept.put(one(text), answer(one(text)))
        (fresh,) = set(entries(kept)) - before
        os.utime(fresh, (1000 + age, 1000 + age))
    total = sum(path.stat().st_size for path in entries(kept))
    other = kept.folder / "another-version" / "ab" / "abc.json"
    other.parent.mkdir(parents=True)
    other.write_text("x" * 1000)
    monkeypatch.setattr(module, "MAX_BYTES", total - 1)
    kept.trim()
    assert not other.exists()
    assert [kept.get(one(text), steps=False) is not None for text in texts] == [False, True, True, True]


def test_where_verdicts_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DERIVE_CACHE", "")
    assert folder() is None
    monkeypatch.setenv("DERIVE_CACHE", "/somewhere")
    assert folder() == Path("/somewhere")
    monkeypatch.delenv("DERIVE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert folder() == Path("/caches/derive")


def test_the_command_keeps_and_uses_them_unless_told_not_to(tmp_path: Path) -> None:
    (tmp_path / "a.drv").write_text(TRUE + FALSE.replace(HEAD + LOSS, ""), encoding="utf-8")

    def run(*options: str) -> list[dict[str, Any]]:
        environment = {**os.environ, "DERIVE_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-m", "derive", "check", "--json", *options, "a.drv"],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment,
            check=False,
        )
        assert done.returncode == 1
        results: list[dict[str, Any]] = json.loads(done.stdout)["results"]
        return results

    without = run("--no-cache")
    assert not (tmp_path / "cache").exists()
    first, second, third = run(), run(), run("--no-cache")
    assert [[one["seconds"] > 0 for one in found] for found in (first, second, third)] == [
        [True, True], [False, False], [True, True]
    ]  # fmt: skip
    for found in (without, first, second, third):
        for result in found:
            result.pop("seconds")
    assert without == first == second == third


@pytest.mark.parametrize("jobs", [1, 3])
def test_what_is_asked_twice_in_one_run_is_decided_once(jobs: int, kept: Cache) -> None:
    texts = [SourceFile("a.drv", TRUE + "claim D(E, s[i]) = p[i] - c[i]\n" + FALSE.removeprefix(HEAD + LOSS))]
    texts += [
        SourceFile("b.drv", "problem: again\n" + TRUE),
        SourceFile("c.drv", TRUE + "claim D(E, s[j]) = p[j] - c[j]\n"),
    ]
    run = Run(jobs=jobs, steps=True, cache=kept)
    found = [result for _, results in answered(texts, run) for result in results]
    places = [(one.file, one.line, one.problem, str(one.verdict)) for one in found]
    assert places == [
        ("a.drv", 6, None, "proved"), ("a.drv", 7, None, "proved"), ("a.drv", 8, None, "refuted"),
        ("b.drv", 7, "again", "proved"), ("c.drv", 6, None, "proved"), ("c.drv", 7, None, "proved"),
    ]  # fmt: skip
    # With several jobs it is not said which text asks first.
    assert sum(one.seconds > 0 for one in found) == len({str(one.claim) for one in found}) == 3
    assert found[1].steps == found[0].steps != ()


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_asked_twice_and_does_not_last_is_asked_again(
    jobs: int, kept: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("derive.verification.work.answers", tasks.stuck)
    text = "real x, stuck\n" + "claim stuck = stuck\n" * 2 + "claim D(x^2, x) = 2*x\n"
    run = Run(Budget(seconds=8.0), jobs, cache=kept)
    (found,) = [list(results) for _, results in answered([SourceFile("a.drv", text)], run)]
    out = "out of time: no answer within 8 s"
    assert [(str(one.verdict), one.line, one.reason) for one in found] == [
        ("undecided", 2, out), ("undecided", 3, out), ("proved", 4, None)
    ]  # fmt: skip


def test_it_is_looked_after_while_a_run_goes_on(kept: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OFTEN", 2)
    monkeypatch.setattr(module, "MAX_BYTES", 1)
    for k in range(2, 5):
        text = TRUE.replace("size n", f"size n >= {k}")
        kept.put(one(text), answer(one(text)))
    assert len(entries(kept)) == 1


@pytest.mark.long
def test_several_processes_write_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.drv").write_text(TRUE, encoding="utf-8")
    environment = {**os.environ, "DERIVE_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "derive", "check", "a.drv"]
    running = [
        subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL) for _ in range(4)
    ]
    assert [process.wait() for process in running] == [0, 0, 0, 0]
    kept = Cache(tmp_path / "cache")
    assert [path.suffix for path in entries(kept)] == [".json"]
    assert kept.get(one(TRUE), steps=False) is not None
