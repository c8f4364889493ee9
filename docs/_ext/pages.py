"""The catalogue as a gallery, formulas as MathML, and the language in colours: an extension for Sphinx."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from pygments.lexer import RegexLexer, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Text
from sphinx.application import Sphinx

from derive import catalogue
from derive.api import derivations
from derive.errors import DeriveError
from derive.writing.html import report_body
from derive.writing.style import DARK, LIGHT, NESTED

CHOSEN = "DERIVE_GALLERY"  # names of entries, to build the gallery of these alone
KEYWORDS = (
    "size real positive simplex onehot label function let given claim show derivation expect when in problem "
    "read"
)


_STYLE = f"""<style>{NESTED}
body[data-theme="light"] .derive .sheet {{ color-scheme: light; {LIGHT} }}
body[data-theme="dark"] .derive .sheet {{ color-scheme: dark; {DARK} }}
.derive .sheet {{ font: inherit; color: inherit; background: none; max-width: none; margin: 0; padding: 0; }}
.derive .sheet code {{ background: none; border: 0; padding: 0; font-size: .9em; }}
</style>
"""
"""Our own style within the theme's: its letters, its ground, and its switch between light and dark."""


class Language(RegexLexer):
    """The project's own language, for Pygments."""

    name = "derive"
    aliases = ("derive",)
    tokens = {  # noqa: RUF012 - so Pygments wants it
        "root": [
            (r"#.*$", Comment.Single),
            (words(KEYWORDS.split(), prefix=r"\b", suffix=r"\b"), Keyword),
            (r"[^\W\d]\w*'*(?=\()", Name.Function),
            (r"[^\W\d]\w*", Name),
            (r"\d+(\.\d*)?", Number),
            (r"[-+*/^=<>!]+", Operator),
            (r".|\n", Text),
        ]
    }


def gallery_page(name: str) -> str:
    """Return the page of an entry: its own prose and problem, and below them what is found and derived."""
    entry = catalogue.load(name)
    try:
        body = report_body(derivations(entry.problem, entry.file, {}))
    except DeriveError as wrong:
        raise RuntimeError(f"the entry {name} cannot be derived: {wrong}") from wrong
    found = "\n".join(line for line in body.splitlines() if line.strip())
    raw = f'```{{raw}} html\n{_STYLE}<div class="derive"><div class="sheet">\n{found}\n</div></div>\n```'
    return f"{entry.page.strip()}\n\n## What derive finds\n\n{raw}\n"


def index_page(names: list[str]) -> str:
    """Return the page that lists the entries."""
    entries = [catalogue.load(name) for name in names]
    parts = []
    for kind in catalogue.KINDS:
        rows = "\n".join(
            f"| [{one.title}]({one.name}.md) | `{one.name}` | {len(one.claims)} |"
            for one in entries
            if one.kind == kind
        )
        if rows:
            parts.append(
                f"## {kind[0].upper()}{kind[1:]}\n\n| entry | name | claims |\n|---|---|---:|\n{rows}\n"
            )
    toctree = "```{toctree}\n:hidden:\n\n" + "\n".join(names) + "\n```"
    return (
        "# The catalogue\n\n"
        "Losses, activations, layers and matrix identities, each with its claims, their verdicts and the "
        "derivations, as `derive show NAME` writes them. False formulas that people write stand there too, "
        "each with its counterexample. `derive gallery` writes them as pages that can be searched.\n\n"
        + "\n".join(parts)
        + f"\n{toctree}\n"
    )


def write_gallery(app: Sphinx) -> None:
    """Write docs/catalogue before the pages are read; what has not changed is left alone."""
    folder = Path(app.srcdir) / "catalogue"
    folder.mkdir(exist_ok=True)
    names = os.environ.get(CHOSEN, "").split() or list(catalogue.names())
    stamp = source_stamp()
    for old in folder.glob("*.md"):
        if old.stem not in names and old.stem != "index":
            old.unlink()
    (folder / "index.md").write_text(index_page(names), encoding="utf-8")
    marks = dict.fromkeys(names, f"<!-- {stamp} -->\n")
    due = [name for name in names if not is_current(folder / f"{name}.md", marks[name])]
    with ProcessPoolExecutor() as pool:
        for name, page in zip(due, pool.map(gallery_page, due), strict=True):
            (folder / f"{name}.md").write_text(marks[name] + page, encoding="utf-8")


def is_current(page: Path, mark: str) -> bool:
    """Tell whether a page was written by the package as it is now."""
    return page.is_file() and page.read_text(encoding="utf-8").startswith(mark)


def source_stamp() -> str:
    """Return a digest of the package and the catalogue: a page with another one is written anew."""
    digest = hashlib.sha256()
    root = Path(catalogue.__file__).parent.parent
    for path in sorted(root.rglob("*")):
        if path.suffix in (".py", ".md", ".lark"):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _inline(translator: Any, node: Any) -> None:
    translator.body.append(convert(node.astext()))
    from docutils import nodes

    raise nodes.SkipNode


def _block(translator: Any, node: Any) -> None:
    translator.body.append(f'<div class="math">{convert(node.astext(), display="block")}</div>\n')
    from docutils import nodes

    raise nodes.SkipNode


_MENDED = {
    'role="heading"><span class="caption-text">': 'role="heading" aria-level="2"><span class="caption-text">',
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="all pages">',
    '<aside class="toc-drawer': '<aside aria-label="on this page" class="toc-drawer',
    "<pre>": '<pre tabindex="0">',  # it may scroll, and then the keyboard must reach it
}


def mend(app: Sphinx, failure: Exception | None) -> None:
    """Mend what the theme leaves to be desired for those who hear the pages or use no mouse."""
    if failure is not None or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        for wrong, right in _MENDED.items():
            page = page.replace(wrong, right)
        path.write_text(page, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register everything with Sphinx."""
    app.add_lexer("derive", Language)
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.connect("builder-inited", write_gallery)
    app.connect("build-finished", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


__all__ = ["Language", "gallery_page", "index_page", "setup", "write_gallery"]
