"""The places of the kernel that can be damaged, and a random sample of them."""

from __future__ import annotations

import ast
import random
from pathlib import Path
from typing import Any

Span = tuple[tuple[int, int], tuple[int, int]]


def unevaluated_spans(path: Path) -> list[Span]:
    """Return where a module's annotations stand: they are not evaluated, so nothing can notice a damage there."""
    found: list[ast.expr | None] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.FunctionDef():
                found.append(node.returns)
            case ast.arg() | ast.AnnAssign():
                found.append(node.annotation)
    return [
        ((one.lineno, one.col_offset), (one.end_lineno or 0, one.end_col_offset or 0))
        for one in found
        if one is not None
    ]


def sample(items: list[Any], root: Path, number: int, seed: int) -> tuple[list[Any], int]:
    """Return a random sample of damages, and how many places there are.

    First the place is drawn, then what is done there: for one `+` there are eleven other operators and nearly
    all of them are noticed at once, so drawing among the damages would flatter the tests.
    """
    unevaluated = {
        path: unevaluated_spans(root / path) for path in {item.mutations[0].module_path for item in items}
    }
    places: dict[tuple[str, Span], list[Any]] = {}
    for item in items:
        (damage,) = item.mutations
        span = damage.start_pos, damage.end_pos
        if not any(start <= span[0] and span[1] <= end for start, end in unevaluated[damage.module_path]):
            places.setdefault((str(damage.module_path), span), []).append(item)
    draw = random.Random(seed)
    chosen = draw.sample(sorted(places), min(number, len(places)))
    order = {place: sorted(places[place], key=lambda one: _key(one.mutations[0])) for place in chosen}
    return [draw.choice(order[place]) for place in chosen], len(places)


def _key(damage: Any) -> tuple[str, int, str]:
    return damage.operator_name, damage.occurrence, str(sorted(damage.operator_args.items()))
