"""Builds the playground: a folder of files in which all of derive runs in a browser, with no server of its own.

`python docs/playground/build.py OUT`. Python for browsers comes from npm, the wheels from the package index; both are
pinned, and fetched through npm and pip. Ends with status 3 where they cannot be fetched.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from derive import catalogue
from derive.writing.style import DARK, LIGHT, resource

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PAGES = ("index.html", "playground.js", "playground.css", "worker.js", "answers.py")
PYTHON = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
TAGS = (
    "--platform", "pyemscripten_2026_0_wasm32", "--platform", "any", "--python-version", "3.14",
    "--implementation", "cp", "--abi", "cp314", "--abi", "none",
)  # fmt: skip
UNFETCHED = 3
FIRST = (
    ("A proof for every n", "cross-entropy"),
    ("A refutation", "binary-form-softmax"),
)
LATEX = r"""Softmax turns scores into probabilities, and the loss compares them with a target whose entries sum to 1.

% derive: size n
% derive: real s[n], c[n]
% derive: given sum(c[j], j) = 1
\begin{align}
p_i &= \frac{e^{s_i}}{\sum_{k=1}^n e^{s_k}} \\
E &= -\sum_{j=1}^n c_j \log p_j
\end{align}
Then
\begin{equation}
\frac{\partial E}{\partial s_i} = p_i - c_i
\end{equation}
"""
OWN = """size n
real x[n]
derivation
  D(sum(x[j]^2, j), x[i])
  = sum(D(x[j]^2, x[i]), j)
  = sum(2*x[j], j)
  = 2*x[i]
"""


def main(out: Path) -> None:
    """Write the folder anew."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as fetched:
        folder = Path(fetched)
        _python(folder, out / "pyodide")
        _wheels(out / "wheels")
    for name in PAGES:
        shutil.copyfile(HERE / name, out / name)
    wheels = sorted(one.name for one in (out / "wheels").iterdir())
    (out / "files.json").write_text(json.dumps({"wheels": wheels}), encoding="utf-8")
    (out / "examples.json").write_text(json.dumps({"examples": _examples()}), encoding="utf-8")
    dark = f"@media (prefers-color-scheme: dark) {{ :root {{ {DARK} }} }}"
    style = f":root {{ color-scheme: light dark; {LIGHT} }}\n{dark}{resource('page.css')}"
    (out / "page.css").write_text(style, encoding="utf-8")


def _python(folder: Path, into: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, folder / name)
    _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], folder)
    into.mkdir()
    for name in PYTHON:
        shutil.copyfile(folder / "node_modules" / "pyodide" / name, into / name)


def _wheels(into: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    needed = ["--no-deps", "--only-binary=:all:", *TAGS, "--requirement", str(HERE / "requirements.txt")]
    _run([*pip, "download", *needed, "--dest", str(into)], ROOT)
    _run([*pip, "wheel", "--no-deps", "--wheel-dir", str(into), str(ROOT)], ROOT)


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True)
    except (OSError, subprocess.CalledProcessError) as wrong:
        print(f"cannot be fetched: {wrong}", file=sys.stderr)
        sys.exit(UNFETCHED)


def _examples() -> list[dict[str, object]]:
    first = [{"title": title, "text": catalogue.load(name).problem.strip() + "\n"} for title, name in FIRST]
    first += [
        {"title": "A page in LaTeX", "text": LATEX},
        {"title": "A derivation with a mistake", "text": OWN},
    ]
    groups: dict[str, list[dict[str, str]]] = {"to begin with": first}
    entries = [catalogue.load(name) for name in catalogue.names()]
    for kind in catalogue.KINDS:
        groups[kind] = [
            {"title": one.title, "text": one.problem.strip() + "\n"} for one in entries if one.kind == kind
        ]
    return [{"kind": kind, "entries": rows} for kind, rows in groups.items() if rows]


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/playground"))
