"""A folder of certificates that Coq checks without this program: libraries, one file a claim, and how to run it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from derive.certificates.checking import LIBRARIES

RESOURCES = (*(f"{name}.v" for name in LIBRARIES), "Makefile", "README.md")


def write_libraries(folder: Path) -> None:
    """Write what all certificates share into a folder; a file that is there already as it should be stays."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in RESOURCES:
        text = files("derive.certificates").joinpath("coq", name).read_text(encoding="utf-8")
        target = folder / name
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")


def write_project(folder: Path, names: Iterable[str]) -> None:
    """Write the list of files by which `make` checks a folder: the libraries, and certificates by their names."""
    sources = [*(f"{name}.v" for name in LIBRARIES), *(f"{name}.v" for name in sorted(set(names)))]
    (folder / "_CoqProject").write_text("\n".join(["-Q . Derive", *sources, ""]), encoding="utf-8")


def module_name(source: str, number: int) -> str:
    """Return what the certificate of a claim is called: after its file or entry, with the number of the claim.

    >>> module_name("cross-entropy", 2), module_name("2024 loss.drv", 1)
    ('cross_entropy_2', 'x2024_loss_1')
    """
    stem = re.sub(r"[^A-Za-z0-9]+", "_", Path(source).stem).strip("_") or "claim"
    stem = stem if stem[0].isalpha() else f"x{stem}"
    return f"{stem}_{number}"
