"""docs/mutation.md: the score, and every damage of the sample that no test noticed, with why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "mutation.md"
REASONS = Path(__file__).parent / "explained.json"


def name_of(damage: Any) -> str:
    """Return what names a damage."""
    line, column = damage.start_pos
    operator = damage.operator_name.removeprefix("core/")
    return f"{damage.module_path}:{line}:{column} {operator} {damage.occurrence}"


def survivor(damage: Any, result: Any) -> dict[str, str]:
    """Return a damage that survived: its name, and the lines it takes away and puts."""
    lines = result.diff.splitlines()
    changed = [
        "\n".join(
            line[1:].strip() for line in lines if line.startswith(sign) and not line.startswith(sign * 3)
        )
        for sign in "-+"
    ]
    return {"damage": name_of(damage), "was": changed[0], "became": changed[1]}


def write(result: dict[str, Any]) -> str:
    """Write the page and return its text."""
    reasons = json.loads(REASONS.read_text(encoding="utf-8"))
    text = "\n".join(_lines(result, reasons)) + "\n"
    PAGE.write_text(text, encoding="utf-8")
    return text


def _lines(result: dict[str, Any], reasons: dict[str, str]) -> Iterator[str]:
    alive, number = result["survivors"], result["number"]
    noticed = number - len(alive)
    yield "# Mutation testing of the kernel"
    yield ""
    yield "`make mutation N=… SEED=… JOBS=…` damages the code that `proved` rests on, one place at a time, with"
    yield "cosmic-ray's operators, and runs the kernel's own tests: the forgeries, the catalogue and its false"
    yield "twins, the normal form, the derivatives. A place is drawn first and then a damage to it; annotations"
    yield "are left out, since they are not evaluated. A run six times as long as an undamaged one counts as noticed."
    yield "`make mutation AGAIN=1` tries the survivors again by the tests of today."
    yield ""
    yield "This is the engine that proves, and of it the prover, differentiation, domains, the normal form, and"
    yield "`derive/terms`, which both engines read. Nothing of the oracle, which refutes, is damaged: a fault in it is"
    yield "seen against the kernel, by `make soundness`, and against the calculus, in `tests/oracle`."
    yield ""
    yield (
        f"On {result['date']}, seed {result['seed']}: **{noticed} of {number} noticed "
        f"({100 * noticed / number:.1f} %)**, {result['timeouts']} of them by time, of {result['places']} places; "
        f"{result['minutes']} minutes with {result['jobs']} at a time, the suite alone {result['suite']} s."
    )
    yield ""
    yield "What was not noticed, each with why:"
    yield ""
    for one in alive:
        yield f"- `{one['damage'].split()[0]}`"
        yield f"  `{_code(one['was'])}` → `{_code(one['became'])}`"
        yield f"  {reasons.get(one['was'] + ' → ' + one['became'], 'Not explained.')}"


def _code(text: str) -> str:
    return " ".join(text.split()).replace("`", "'")
