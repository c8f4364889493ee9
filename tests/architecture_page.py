"""Writes the lists of docs/architecture.md anew, of modules and of what is trusted.

It is run by `python -m tests.architecture_page`.

Every line is the first sentence of a module's docstring; every module stands after those that it imports.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path

from tests.test_architecture import ROOT, imports, name_of, parse, part_of
from tests.trusted import table

# Where the order is free, as on paper: what is understood first stands first.
FIRST = [
    *(
        "errors",
        "limits",
        "terms",
        "problem",
        "kernel",
        "oracle",
        "report",
        "reading",
        "deriver",
        "diagnosis",
    ),
    *("verification", "writing", "interop", "arrays"),
]
TRUST = "Written by `python -m tests.architecture_page`, in hundreds of lines:"
LAST = {"": 1, "cli": 2, "testing": 2, "__main__": 3}


def ordered(
    nodes: Iterable[str], needs: Mapping[str, Collection[str]], rank: Callable[[str], tuple[int | str, ...]]
) -> Iterator[str]:
    """Yield nodes after those that they need, of several possible ones the one of least rank first."""
    left = set(nodes)
    while left:
        ready = [one for one in left if not left.intersection(needs.get(one, ())) - {one}]
        following = min(ready or left, key=rank)
        yield following
        left.remove(following)


def first_sentence(path: Path) -> str:
    """Return what a module says it is."""
    paragraph = " ".join((ast.get_docstring(parse(path)) or "").split("\n\n")[0].split())
    sentence = re.split(r"(?<=[.])\s", paragraph)[0]
    return sentence if sentence.endswith(".") else f"{sentence}."


def modules_in_order(root: Path) -> dict[str, Path]:
    """Return the modules of the package, each after those that it imports when it is loaded."""
    paths = {name_of(path, root): path for path in sorted((root / "derive").rglob("*.py"))}
    needs: dict[str, set[str]] = {}
    parts: dict[str, set[str]] = {}
    for name, path in paths.items():
        at_the_top: list[ast.stmt] = [
            n for n in parse(path).body if isinstance(n, ast.Import | ast.ImportFrom)
        ]
        # A package's face is imported by name only; what is in it has its own line.
        face = path.stem in {"__init__", "__main__"}
        found = set() if face else set(imports(ast.Module(at_the_top, []))) & paths.keys()
        needs[name] = found - {"derive", name}
        parts.setdefault(part_of(name), set()).update(part_of(one) for one in needs[name])

    def rank(part: str) -> tuple[int | str, ...]:
        return LAST.get(part, 0), FIRST.index(part) if part in FIRST else len(FIRST), part

    found_order: dict[str, Path] = {}
    for part in sorted(ordered(parts, parts, rank), key=lambda one: LAST.get(one, 0)):
        mine = [name for name in paths if part_of(name) == part]
        for name in ordered(mine, needs, lambda one: (one.count("."), one)):
            found_order[name] = paths[name]
    return found_order


def main() -> None:
    """Rewrite the list on the page of this tree, or of the one that is named."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT
    page = root / "docs" / "architecture.md"
    lines = [f"- `{name}`: {first_sentence(path)}" for name, path in modules_in_order(root).items()]
    head, rest = page.read_text(encoding="utf-8").split("after those that it imports.\n\n")
    tail = rest[rest.index("\n## ") :]
    before, rest = tail.split(f"{TRUST}\n\n")
    after = rest[rest.index("\n\n## ") :]
    tail = f"{before}{TRUST}\n\n{table()}{after}"
    page.write_text(
        head + "after those that it imports.\n\n" + "\n".join(lines) + "\n" + tail, encoding="utf-8"
    )


if __name__ == "__main__":
    main()
