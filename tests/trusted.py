"""What has to be believed for a proof to be believed: the modules below the kernel, less those that are looked over.

`python -m tests.trusted` prints them with their lines.
"""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

from tests.test_architecture import ROOT, imports, name_of, parse

KERNEL = "derive.kernel.prover"

# What the kernel reaches and nobody has to believe: searches, with who looks over what they find and how.
LOOKED_OVER = {
    "derive.kernel.combinations": (
        ("derive.kernel.decide",),
        "multiples of hypotheses are made again and added up",
    ),
    "derive.kernel.signs.elimination": (
        ("derive.kernel.signs.linear",),
        "the coefficients of a contradiction between inequalities are multiplied out, none of them negative",
    ),
    "derive.kernel.generalisation": (
        ("derive.kernel.instances",),
        "the parts of a generalisation are put back, and what comes out is compared with the goal",
    ),
    "derive.kernel.inequalities.anchors": (
        ("derive.kernel.inequalities.slopes",),
        "the mean value theorem is applied from the point suggested, and all that it asks is proved",
    ),
    "derive.kernel.inequalities.search": (
        ("derive.kernel.inequalities.certificates",),
        "every part of a certificate is made again, its conditions are asked, and the parts are added up",
    ),
    "derive.kernel.normal_form.ideals": (
        ("derive.kernel.decide",),
        "a difference is compared with the sum of cofactors times equations",
    ),
    "derive.kernel.normal_form.labelling": (
        ("derive.kernel.normal_form.sums",),
        "bound indices are numbered one to one",
    ),
    "derive.kernel.normal_form.long_division": (
        ("derive.kernel.normal_form.division", "derive.kernel.normal_form.quotients"),
        "a numerator is compared with quotient times denominator and rest",
    ),
}
# These write text for people, end a proof, or serve a search that is looked over; nothing is equal because of them.
WITHOUT_A_SAY = (
    "derive.kernel.inequalities.means",
    "derive.kernel.inequalities.simplex",
    "derive.kernel.inequalities.summands",
    "derive.errors",
    "derive.limits",
    "derive.limits.deadline",
    "derive.terms.greek",
    "derive.terms.text",
    "derive.kernel.normal_form.text",
)

PARTS = {
    "terms: data, contexts, walking, renaming, the table of functions": ("derive.terms",),
    "the normal form": ("derive.kernel.normal_form",),
    "signs": ("derive.kernel.signs",),
    "inequalities: what certificates consist of, calculus, convexity": ("derive.kernel.inequalities",),
    "what a theorem says, how it is asked, derivatives, domains, hypotheses": ("derive.kernel",),
}  # fmt: skip


def reached(root: Path = ROOT) -> dict[str, Path]:
    """Return the modules that the kernel imports, directly or through others, and itself."""
    paths = {name_of(path, root): path for path in (root / "derive").rglob("*.py")}
    found: dict[str, Path] = {}
    todo = [KERNEL]
    while todo:
        name = todo.pop()
        if name in paths and name not in found and name != "derive":
            found[name] = paths[name]
            todo += imports(parse(paths[name]))
    return dict(sorted(found.items()))


def trusted(root: Path = ROOT) -> dict[str, Path]:
    """Return the modules that have to be believed."""
    apart = {*LOOKED_OVER, *WITHOUT_A_SAY}
    return {name: path for name, path in reached(root).items() if name not in apart}


def part_of_trust(name: str) -> str:
    """Return the part of the table to which a module belongs."""
    return next(
        part for part, names in PARTS.items() if any(f"{name}.".startswith(f"{one}.") for one in names)
    )


def lines(path: Path) -> int:
    """Return how many lines a file has."""
    return len(path.read_text(encoding="utf-8").splitlines())


def lines_of_code(path: Path) -> int:
    """Return how many lines of a file are neither blank nor comment nor docstring."""
    text = path.read_text(encoding="utf-8")
    nothing = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    tokens = [t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type not in nothing]
    code = {number for t in tokens for number in range(t.start[0], t.end[0] + 1)}
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Expr(ast.Constant(str())):
                code -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(code)


def table() -> str:
    """Return the tables of docs/architecture.md: lines in hundreds, and what is looked over."""
    modules = trusted()
    rows = ["| trusted | modules | lines | of them code |", "| --- | --- | --- | --- |"]
    rows += [_row(part, [p for name, p in modules.items() if part_of_trust(name) == part]) for part in PARTS]
    rows += [_row("**all**", list(modules.values())), ""]
    rows += ["| searched for by | lines | looked over by | how |", "| --- | --- | --- | --- |"]
    rows += [looked_over(name) for name in LOOKED_OVER]
    return "\n".join(rows)


def looked_over(search: str) -> str:
    """Return the row of a search."""
    checks, how = LOOKED_OVER[search]
    count = max(10, round(lines(reached()[search]), -1))
    return f"| `{search}` | {count} | {', '.join(f'`{check}`' for check in checks)} | {how} |"


def _row(title: str, paths: list[Path]) -> str:
    counts = [sum(map(count, paths)) for count in (lines, lines_of_code)]
    return f"| {title} | {len(paths)} | {' | '.join(f'{round(count, -2):,}' for count in counts)} |"


def main() -> None:
    """Print every trusted module with its lines and its lines of code."""
    modules = trusted()
    for name, path in modules.items():
        print(f"{name:40} {lines(path):6} {lines_of_code(path):6}")
    print(f"{len(modules)} modules, {sum(map(lines, modules.values()))} lines, ", end="")
    print(f"{sum(map(lines_of_code, modules.values()))} of them code")


if __name__ == "__main__":
    main()
