"""A campaign: numbered problems put to the engines by several processes, each of which can be killed and replaced.

It decides nothing: it counts what comes out.
"""

from __future__ import annotations

import itertools
import json
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic
from typing import TypeAlias

from tests.soundness.trial import WRONG, Outcome, tried

CHUNK = 25  # problems given to a worker at once
PATIENCE = 30.0  # seconds for one problem, and then its worker is killed
RENEW = 4000  # problems after which a worker is replaced, so that its memory is bounded


@dataclass
class Tally:
    """Counts of a campaign, by truth and outcome, by kind and by feature; and what was not as it should be."""

    outcomes: Counter[tuple[bool, str]] = field(default_factory=Counter)
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    features: Counter[tuple[str, bool]] = field(default_factory=Counter)
    solved: Counter[tuple[str, bool]] = field(default_factory=Counter)
    seconds: Counter[bool] = field(default_factory=Counter)
    making: float = 0.0
    wrong: list[Outcome] = field(default_factory=list)
    open: list[Outcome] = field(default_factory=list)

    def add(self, one: Outcome) -> None:
        """Count an outcome."""
        self.outcomes[one.truth, one.outcome] += 1
        self.kinds[one.kind, one.outcome] += 1
        self.seconds[one.truth] += one.seconds  # type: ignore[assignment]
        self.making += one.making
        right = one.outcome == ("proved" if one.truth else "refuted")
        for feature in one.features:
            self.features[feature, one.truth] += 1
            self.solved[feature, one.truth] += right
        if one.outcome in WRONG:
            self.wrong.append(one)
        elif not right:
            self.open.append(one)

    def total(self, truth: bool) -> int:
        """Return how many claims of that truth there were."""
        return sum(count for (true, _), count in self.outcomes.items() if true == truth)

    def rate(self, truth: bool) -> float:
        """Return which part of the true ones was proved, or of the false ones refuted."""
        aim = "proved" if truth else "refuted"
        return self.outcomes[truth, aim] / (self.total(truth) or 1)


class Record:
    """The outcomes of a run, a line each as they come, so that a run that is interrupted can go on."""

    def __init__(self, file: Path, resume: bool) -> None:
        lines = file.read_text(encoding="utf-8").splitlines() if resume and file.exists() else []
        earlier = [json.loads(line) for line in lines if line.endswith("}")]  # the last may be torn
        self.before = [
            Outcome(**{**one["outcome"], "features": frozenset(one["outcome"]["features"])})
            for one in earlier
        ]
        self._began = monotonic() - max((one["elapsed"] for one in earlier), default=0.0)
        self._file = file.open("a" if resume else "w", encoding="utf-8")

    def seconds(self) -> float:
        """Return how long the run has taken, all its parts together."""
        return monotonic() - self._began

    def write(self, one: Outcome) -> None:
        """Write down an outcome."""
        fields = {**asdict(one), "features": sorted(one.features)}
        print(json.dumps({"elapsed": self.seconds(), "outcome": fields}), file=self._file, flush=True)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    waiting: list[int] = field(default_factory=list)
    done: int = 0
    silent: float = 0.0  # seconds since it was heard, as far as this process was awake

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


Trial: TypeAlias = Callable[[int, int], Outcome]


def _work(trial: Trial, seed: int, pipe: Connection) -> None:
    """Try the problems that come through the pipe, and send each outcome back."""
    while True:
        numbers: list[int] = pipe.recv()
        for number in numbers:
            pipe.send(trial(seed, number))


class _Crew:
    """Worker processes and the numbers that none of them has been given."""

    def __init__(self, seed: int, numbers: Iterable[int], trial: Trial) -> None:
        self.seed, self.left, self.trial = seed, iter(numbers), trial
        self.workers: list[_Worker] = []

    def hire(self, waiting: list[int]) -> None:
        """Start a worker on these numbers, or on new ones; none if there are none."""
        numbers = waiting or self.more()
        if not numbers:
            return
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(self.trial, self.seed, theirs), daemon=True)
        process.start()
        theirs.close()
        ours.send(numbers)
        self.workers.append(_Worker(process, ours, numbers))

    def more(self) -> list[int]:
        """Return the next numbers, at most a chunk of them."""
        return list(itertools.islice(self.left, CHUNK))

    def dismiss(self, worker: _Worker, *, waiting: list[int]) -> None:
        """Stop a worker and hire another in its place, which takes over what it has not done."""
        worker.stop()
        self.workers.remove(worker)
        self.hire(waiting)

    def lost(self, worker: _Worker, outcome: str, detail: str) -> Outcome:
        """Return the outcome of the problem on which a worker hung or died."""
        number, *rest = worker.waiting
        self.dismiss(worker, waiting=rest)
        return Outcome(
            self.seed, number, number % 2 == 0, "unknown", outcome, worker.silent, 0.0, detail=detail
        )

    def received(self, worker: _Worker) -> Outcome:
        """Return what a worker sent, and give it more when it has done its chunk."""
        try:
            one: Outcome = worker.pipe.recv()
        except EOFError:
            return self.lost(worker, "crash", "the worker died")
        worker.silent = 0.0
        worker.waiting.remove(one.number)
        worker.done += 1
        if not worker.waiting:
            worker.waiting = self.more()
            if not worker.waiting or worker.done >= RENEW:
                self.dismiss(worker, waiting=worker.waiting)
            else:
                worker.pipe.send(worker.waiting)
        return one


def run(
    seed: int, numbers: Iterable[int], processes: int, patience: float = PATIENCE, trial: Trial = tried
) -> Iterator[Outcome]:
    """Yield the outcome of every problem, in the order in which they come.

    A problem that takes longer than `patience` is `undecided`, out of time; one that kills its worker crashes.
    """
    crew = _Crew(seed, numbers, trial)
    for _ in range(processes):
        crew.hire([])
    while crew.workers:
        before = monotonic()
        ready = wait([w.pipe for w in crew.workers], timeout=1.0)
        # A machine that slept has not kept anybody waiting.
        passed = min(monotonic() - before, 2.0)
        for worker in list(crew.workers):
            worker.silent += passed
            if worker.pipe in ready:
                yield crew.received(worker)
            elif worker.silent > patience:
                yield crew.lost(worker, "undecided", "out of time")
