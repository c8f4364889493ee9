"""The shape of the package: layers, sizes of modules, no evaluation of text, and a page that lists it all."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "derive"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 60  # lines of a function
EVALUATORS = {
    "eval",
    "exec",
    "compile",
    "sympify",
    "parse_expr",
    "parse_latex",
    "S",
    "lambdify",
    "__import__",
}
# mypy itself asks a `type: ignore` for its code, which says enough; a rule of style is broken for a reason.
SILENCED = re.compile(r"#\s*noqa(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?(?P<reason>.*)$")


def name_of(path: Path, root: Path = ROOT) -> str:
    """Return a module's dotted name."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(module: str) -> str:
    """Return the top-level part of the package that a module belongs to."""
    return module.split(".")[1] if "." in module else ""


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield the modules that a tree imports, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def evaluations(tree: ast.AST) -> Iterator[str]:
    """Yield the calls that would turn text into code or into SymPy's idea of it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id in EVALUATORS:
                yield called.id
            # re.compile is no evaluation; sympy.sympify and the like are
            if isinstance(called, ast.Attribute) and called.attr in EVALUATORS - {"compile"}:
                yield called.attr


@cache
def parse(path: Path) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def test_the_tree_is_found() -> None:
    assert {"derive.errors", "derive.terms.nodes", "derive.terms.functions"} <= set(map(name_of, MODULES))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Yield the functions and methods of a tree."""
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_no_function_is_long() -> None:
    """How long a module is, cohesion decides."""
    lines = [
        (name_of(path), one.name, (one.end_lineno or 0) - one.lineno + 1)
        for path in MODULES
        for one in functions(parse(path))
    ]
    assert [function for function in lines if function[-1] > LONGEST] == []


def test_every_module_says_what_it_is() -> None:
    assert [name_of(path) for path in MODULES if not ast.get_docstring(parse(path))] == []


def test_no_text_is_evaluated() -> None:
    assert [(name_of(path), call) for path in MODULES for call in evaluations(parse(path))] == []


@pytest.mark.parametrize(
    "source", ["eval('1')", "sympy.sympify(text)", "exec(code)", "parse_expr(t)", "compile(t, '', 'eval')"]
)
def test_an_evaluation_is_seen(source: str) -> None:
    assert list(evaluations(ast.parse(source)))


def test_a_pattern_is_no_evaluation() -> None:
    assert not list(evaluations(ast.parse("re.compile('a')")))


def test_importing_the_package_and_its_command_loads_nothing_heavy() -> None:
    program = (
        "import sys, derive, derive.cli.command; "
        "print([m for m in ('sympy', 'flint', 'lark', 'rich', 'numpy') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_the_command_leaves_the_engines_to_its_workers(options: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.drv").write_text("size n\nreal s[n]\nclaim D(logsumexp(s), s[i]) = softmax(s)[i]\n")
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "derive", "check", "--no-cache", *options, "a.drv"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines()}
    assert "derive.verification.worker" in loaded
    heavy = {
        "derive.kernel.prover",
        "derive.oracle",
        "derive.verification.verdicts",
        "derive.deriver",
        "flint",
        "lark",
        "rich",
    }
    assert loaded & heavy == set()


def test_no_module_is_named_like_a_public_name() -> None:
    """Importing `derive.verify` as a module would put it in the place of the function of that name."""
    import derive

    assert not set(derive.__all__) & {part_of(name_of(path)) for path in MODULES}


TOP = {"__init__", "__main__", "api", "errors", "jax", "torch"}


def test_at_the_top_stands_only_what_is_on_the_way_in() -> None:
    assert {path.stem for path in PACKAGE.glob("*.py")} == TOP


def types_of(tree: ast.Module) -> Iterator[str]:
    """Yield the classes and the names of types that a module defines, those inside classes too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
            yield ast.unparse(node.target)


def test_a_type_name_means_one_thing() -> None:
    where: dict[str, list[str]] = {}
    for path in MODULES:
        for name in types_of(parse(path)):
            where.setdefault(name, []).append(name_of(path))
    assert {name: places for name, places in where.items() if len(places) > 1} == {}


def test_types_are_seen_where_they_are_defined() -> None:
    source = "class A:\n    class B: ...\nC: TypeAlias = int\nd: int = 1\n"
    assert list(types_of(ast.parse(source))) == ["A", "C", "B"]


def test_only_the_face_of_a_package_lists_what_it_offers() -> None:
    """Elsewhere an underscore says what is a module's own, and no import is kept alive by a list."""
    listing = [name_of(path) for path in MODULES if "\n__all__ = " in path.read_text(encoding="utf-8")]
    assert [name for name in listing if not (PACKAGE.parent / name.replace(".", "/")).is_dir()] == []


WHY_INSIDE = re.compile(r"^# Imported inside functions: \w{2}.*\.$", re.MULTILINE)


def imports_inside(tree: ast.Module) -> list[int]:
    """Return the lines at which a function imports something."""
    inside = (node for one in functions(tree) for node in ast.walk(one))
    return [node.lineno for node in inside if isinstance(node, ast.Import | ast.ImportFrom)]


def test_imports_inside_functions_have_their_reason() -> None:
    """Optional dependencies and the time it takes to start are reasons; the module says which it is."""
    said = {name_of(path) for path in MODULES if WHY_INSIDE.search(path.read_text(encoding="utf-8"))}
    inside = {name_of(path) for path in MODULES if imports_inside(parse(path))}
    assert sorted(inside - said) == [], "no reason is given"
    assert sorted(said - inside) == [], "says why, and does not"


def test_nothing_is_called_utils() -> None:
    assert not [path for path in MODULES if path.stem in {"utils", "util", "helpers", "misc", "common"}]


def listed_modules() -> list[str]:
    """Return the modules that docs/architecture.md lists, in its order."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return re.findall(r"^- `(derive(?:\.\w+)*)`: \S.*\.$", page, re.MULTILINE)


def test_the_architecture_page_lists_every_module_once() -> None:
    listed, there = listed_modules(), set(map(name_of, MODULES))
    hint = "run python -m tests.architecture_page"
    assert sorted(there - set(listed)) == [], f"missing on the page: {hint}"
    assert sorted(set(listed) - there) == [], f"gone from the tree: {hint}"
    assert len(listed) == len(there), "listed twice"


def test_the_architecture_page_lists_modules_after_what_they_import() -> None:
    position = {name: place for place, name in enumerate(listed_modules())}
    for path in MODULES:
        if path.stem in {"__init__", "__main__"}:
            continue  # a package's face is imported by name only; what is in it has its own line
        tree = parse(path)
        at_the_top = ast.Module(
            [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)], []
        )
        name = name_of(path)
        for imported in imports(at_the_top):
            if imported in position and imported != "derive":
                assert position[imported] < position[name], f"{name} stands before {imported}"


def unexplained(path: Path) -> Iterator[str]:
    """Yield the places at which a finding is silenced without a word of why."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        silenced = SILENCED.search(line)
        if silenced and not re.search(r"\w{3}", silenced["reason"]):
            yield f"{path.name}:{number}: {silenced[0]}"


def test_every_silenced_finding_has_its_reason() -> None:
    assert [place for path in MODULES for place in unexplained(path)] == []


def test_a_finding_silenced_without_a_word_is_seen(tmp_path: Path) -> None:
    source = tmp_path / "silent.py"
    source.write_text("x = f()  # noqa: S311\ny = f()  # noqa: S101 - the caller looked\n")
    assert list(unexplained(source)) == ["silent.py:1: # noqa: S311"]
