"""Damages the kernel in a random sample of places, one at a time, and writes which damages its tests notice.

    python tests/mutation/run.py --number 300 --seed 1 --jobs 2      a sample; docs/mutation.md
    python tests/mutation/run.py --again                             its survivors, by the tests of today

Works on copies in build/mutation and never touches the package itself.
"""

from __future__ import annotations

import argparse
import datetime
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import page
from cosmic_ray.work_db import WorkDB, use_db
from places import sample
from rich.progress import Progress

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "mutation"
RESULTS = Path(__file__).parent / "results.json"
COPIED = ("derive", "tests", "pyproject.toml", "README.md")
# Cheapest first: a damage that one of them notices ends the run.
SUITE = (
    "tests/forgeries/test_forgeries.py::test_the_kernel",
    "tests/kernel",
    "tests/kernel/normal_form",
    "tests/kernel/test_differentiation.py",
    "tests/terms/test_functions.py",
)
DAMAGED = (
    *(
        "derive/kernel/prover.py",
        "derive/kernel/differentiation.py",
        "derive/kernel/domain.py",
        "derive/terms/expansion.py",
    ),
    *("derive/kernel/normal_form", "derive/terms"),
)
CONFIGURATION = """[cosmic-ray]
module-path = {modules}
timeout = {timeout}
excluded-modules = []
test-command = "{python} -m pytest -x -q -p no:cacheprovider {suite}"
[cosmic-ray.distributor]
name = "local"
"""
SESSION = "session.sqlite"
SLOWER = 6  # a run that takes this many times as long as the undamaged one has noticed the damage


def run(tree: Path, *arguments: str) -> None:
    """Run a command of the project's Python inside a copy; it must succeed."""
    subprocess.run([sys.executable, *arguments], cwd=tree, check=True, stdout=subprocess.DEVNULL)


def copied(name: str) -> Path:
    """Return a fresh copy of the project. Its bytecode is checked against the source: a damage is never missed."""
    tree = BUILD / name
    shutil.rmtree(tree, ignore_errors=True)
    for part in COPIED:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tree / part)
    run(tree, "-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "derive", "tests")
    return tree


def undamaged(tree: Path) -> float:
    """Return how long the suite takes; it must pass, or every damage would count as noticed."""
    start = time.perf_counter()
    run(tree, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *SUITE)
    return time.perf_counter() - start


def configure(tree: Path, timeout: float) -> None:
    """Write cosmic-ray's configuration into a copy."""
    modules, suite = json.dumps(list(DAMAGED)), " ".join(SUITE)
    text = CONFIGURATION.format(modules=modules, timeout=timeout, python=sys.executable, suite=suite)
    (tree / "mutation.toml").write_text(text, encoding="utf-8")


def every_damage(tree: Path) -> list[Any]:
    """Return all damages that cosmic-ray knows to do to the kernel."""
    run(tree, "-m", "cosmic_ray.cli", "init", "mutation.toml", SESSION, "--force")
    with use_db(str(tree / SESSION), WorkDB.Mode.open) as known:
        return list(known.work_items)


def measure(chosen: list[Any], trees: list[Path]) -> list[Any]:
    """Return the damages with what came of each; the copies share them out and run at the same time."""
    running = []
    for number, tree in enumerate(trees):
        (tree / SESSION).unlink(missing_ok=True)
        with use_db(str(tree / SESSION)) as mine:
            mine.add_work_items(chosen[number :: len(trees)])
        command = [sys.executable, "-m", "cosmic_ray.cli", "exec", "mutation.toml", SESSION]
        running.append(subprocess.Popen(command, cwd=tree))
    with Progress() as progress:
        task = progress.add_task("damages", total=len(chosen))
        while any(process.poll() is None for process in running):
            time.sleep(2)
            progress.update(task, completed=len(finished(trees)))
    if any(process.returncode for process in running):
        raise SystemExit("a run of cosmic-ray failed")
    return finished(trees)


def finished(trees: list[Path]) -> list[Any]:
    """Return the damages that were tried, each with its result."""
    found: list[Any] = []
    for tree in trees:
        with use_db(str(tree / SESSION), WorkDB.Mode.open) as mine:
            found += [(item, result) for item, result in mine.completed_work_items]
    return found


def main() -> None:
    """Draw a sample, try it, keep what survived, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=300, help="how many damages")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="copies that run at the same time")
    parser.add_argument("--again", action="store_true", help="only the survivors of the last sample")
    options = parser.parse_args()
    trees = [copied(f"tree-{number}") for number in range(options.jobs)]
    seconds = undamaged(trees[0])
    print(f"the suite takes {seconds:.1f} s")
    for tree in trees:
        configure(tree, SLOWER * seconds)
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if options.again else {}
    number, seed = (kept["number"], kept["seed"]) if options.again else (options.number, options.seed)
    chosen, places = sample(every_damage(trees[0]), trees[0], number, seed)
    if options.again:
        alive = {one["damage"] for one in kept["survivors"]}
        chosen = [item for item in chosen if page.name_of(item.mutations[0]) in alive]
    start = time.perf_counter()
    tried = measure(chosen, trees)
    survived = [
        page.survivor(item.mutations[0], result)
        for item, result in tried
        if result.test_outcome == "survived"
    ]
    odd = [result.output for _, result in tried if result.test_outcome not in ("survived", "killed")]
    if odd:
        raise SystemExit(f"{len(odd)} damages could not be tried; the first: {odd[0]}")
    result = {
        **kept,
        "date": str(datetime.datetime.now(datetime.UTC).date()),
        "survivors": sorted(survived, key=lambda one: one["damage"]),
    }
    if not options.again:
        result |= {
            "number": len(tried),
            "seed": seed,
            "places": places,
            "minutes": round((time.perf_counter() - start) / 60, 1),
            "suite": round(seconds, 1),
            "jobs": options.jobs,
            "timeouts": sum(one.output == "timeout" for _, one in tried),
        }
    RESULTS.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(page.write(result))


if __name__ == "__main__":
    main()
