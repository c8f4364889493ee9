"""How `make docs` builds these pages: Sphinx with MyST, offline, formulas as MathML, every warning an error."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

project = "derive"
author = "the authors of derive"
extensions = ["myst_parser", "_ext.pages"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
exclude_patterns = ["_ext", "_static", "playground", "vscode"]
html_theme = "furo"
html_title = "derive"
html_static_path = ["_static"]
html_css_files = ["derive.css"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_theme_options = {"source_repository": "", "footer_icons": []}
nitpicky = True
