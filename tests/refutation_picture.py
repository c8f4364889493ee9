"""Draws the refutation in README and docs as a terminal shows it: `python -m tests.refutation_picture`."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from derive import catalogue, check
from derive.writing.listing import group_lines
from derive.writing.terminal import laid_out, styled

ROOT = Path(__file__).parent.parent
OUT = ROOT / "docs" / "_static" / "refutation.svg"
WIDTH = 96


def picture() -> str:
    """Return the refutation of p - c for the binary form of cross-entropy through softmax, as SVG."""
    report = check(catalogue.load("binary-form-softmax").problem)
    group = next(one for one in report.claims if one[0].claim == "D(E, s[i]) = p[i] - c[i]")
    console = Console(record=True, file=io.StringIO(), width=WIDTH, highlight=False, color_system="truecolor")
    console.print("$ derive check article.drv")
    for line in laid_out(group_lines(group, signs=True), WIDTH, signs=True):
        console.print(styled(line))
    return console.export_svg(title="derive", unique_id="derive")


def main() -> None:
    """Draw the picture anew."""
    OUT.write_text(picture(), encoding="utf-8")


if __name__ == "__main__":
    main()
