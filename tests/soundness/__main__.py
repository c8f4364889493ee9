"""The command of a campaign: `python -m tests.soundness --count N --seed SEED`. Exit status 1 for a wrong verdict."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from tests.soundness.campaign import Record, Tally, run
from tests.soundness.inequalities import INEQUALITIES
from tests.soundness.problems import ARRAYS
from tests.soundness.shrinking import written
from tests.soundness.trial import Outcome, tried

OUTCOMES = ("proved", "refuted", "undecided", "error", "wrong", "contradiction", "crash", "disputed")


@click.command(help=__doc__)
@click.option("--count", default=2000, show_default=True, help="How many problems, half true and half false.")
@click.option("--seed", default=1, show_default=True)
@click.option("--start", default=0, show_default=True, help="The number of the first problem.")
@click.option(
    "--arrays",
    default=ARRAYS,
    show_default=True,
    type=click.FloatRange(0, 1),
    help="How many are of the kinds that arrays bring: inverses, labels, orders, unknown functions, whole arrays.",
)
@click.option(
    "--inequalities",
    default=INEQUALITIES,
    show_default=True,
    type=click.FloatRange(0, 1),
    help="How many are inequalities.",
)
@click.option("--processes", default=2, show_default=True)
@click.option("--found", default="build/soundness", show_default=True, help="Where to write what is found.")
@click.option("--shrink/--no-shrink", default=True, help="Make what is found small.")
@click.option("--resume", is_flag=True, help="Go on with a run that was interrupted.")
def main(
    count: int,
    seed: int,
    start: int,
    arrays: float,
    inequalities: float,
    processes: int,
    found: str,
    shrink: bool,
    resume: bool,
) -> None:
    console = Console(width=110, soft_wrap=True)
    tally = Tally()
    directory = Path(found)
    directory.mkdir(parents=True, exist_ok=True)
    record = Record(directory / f"outcomes-{seed}.jsonl", resume)
    click.get_current_context().call_on_close(record.close)
    done = set()
    for one in record.before:
        tally.add(one)
        done.add(one.number)
    numbers = [number for number in range(start, start + count) if number not in done]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("problems", total=count, completed=len(done))
        every = max(1, count // 50)
        for one in run(
            seed, numbers, processes, trial=partial(tried, arrays=arrays, inequalities=inequalities)
        ):
            tally.add(one)
            record.write(one)
            number = tally.total(True) + tally.total(False)
            bar.update(task, advance=1, description=f"problems, {len(tally.wrong)} wrong")
            if one in tally.wrong[-1:]:
                console.print(f"[bold red]{one.outcome}[/] problem {one.number}: {one.detail}", markup=True)
            if not console.is_terminal and number % every == 0:
                console.print(_line(tally, number, record.seconds()))
    seconds = record.seconds()
    (directory / f"open-{seed}.txt").write_text("\n".join(map(_open, tally.open)), encoding="utf-8")
    for one in tally.wrong:
        console.print(f"wrong: {written(one, directory, shrink)}")
    _show(console, tally, seed, seconds)
    sys.exit(1 if tally.wrong else 0)


def _line(tally: Tally, number: int, seconds: float) -> str:
    return (
        f"{number} problems in {seconds:.0f} s: proved {tally.rate(True):.2%} of the true, "
        f"refuted {tally.rate(False):.2%} of the false, {len(tally.wrong)} wrong"
    )


def _open(one: Outcome) -> str:
    """Return what was neither proved nor refuted as text, for whoever wants to raise the rates."""
    truth = "true" if one.truth else "false"
    head = f"# {one.number} {one.kind}: {one.outcome}, {truth}, {one.seconds:.2f} s"
    return f"{head}\n{one.text}# {one.detail[:600]}\n"


def _show(console: Console, tally: Tally, seed: int, seconds: float) -> None:
    table = Table("claims", *OUTCOMES, "rate", "ms each")
    for truth in (True, False):
        counts = [str(tally.outcomes[truth, outcome]) for outcome in OUTCOMES]
        each = 1000 * tally.seconds[truth] / (tally.total(truth) or 1)
        table.add_row("true" if truth else "false", *counts, f"{tally.rate(truth):.3%}", f"{each:.1f}")
    console.print(table)
    kinds = Table("kind", "claims", "not as it should be")
    for kind in sorted({kind for kind, _ in tally.kinds}):
        found = {outcome: tally.kinds[kind, outcome] for outcome in OUTCOMES}
        aim = "refuted" if kind.startswith(("aimed", "damaged")) else "proved"
        rest = ", ".join(f"{count} {outcome}" for outcome, count in found.items() if count and outcome != aim)
        kinds.add_row(kind, str(sum(found.values())), rest)
    console.print(kinds)
    features = Table("feature", "true", "proved", "false", "refuted")
    names = sorted({name for name, _ in tally.features}, key=lambda n: -tally.features[n, True])
    for name in names:
        cells: list[str] = []
        for truth in (True, False):
            count = tally.features[name, truth]
            cells += [str(count), f"{tally.solved[name, truth] / count:.1%}" if count else ""]
        features.add_row(name, *cells)
    console.print(features)
    total = tally.total(True) + tally.total(False)
    console.print(
        f"seed {seed}: {total} problems in {seconds:.0f} s, {len(tally.wrong)} wrong verdicts; "
        f"{tally.making / (total or 1) * 1000:.1f} ms each for making them and the third opinion"
    )


if __name__ == "__main__":
    main()
