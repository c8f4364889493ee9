"""How the HTML pages look: light and dark, on phones and on paper. Nothing in it is loaded from elsewhere."""

LIGHT = """--ink: #1c1b19; --paper: #fffefb; --quiet: #5c5850; --line: #d9d4c8;
  --good: #15602b; --bad: #a3161f; --open: #7a4d00; --bad-ground: #fbe4e4; --good-ground: #e6f3e8;
  --mark: #f3b8bc; --used: #1d4e89; --used-ink: #fff;"""
DARK = """--ink: #eceae4; --paper: #17181a; --quiet: #aaa69d; --line: #3c3d40;
  --good: #7fd495; --bad: #ff9a9a; --open: #f0c060; --bad-ground: #3a1d20; --good-ground: #18301f;
  --mark: #7c2f36; --used: #8fbcf0; --used-ink: #10151c;"""
_RULES = """
body { font: 1rem/1.5 Georgia, "Times New Roman", serif; color: var(--ink); background: var(--paper);
  max-width: 52rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
a { color: var(--used); }
section { border-top: 1px solid var(--line); margin-top: 1.5rem; padding-top: .5rem; }
.verdict { font-weight: bold; } .proved { color: var(--good); } .refuted, .error { color: var(--bad); }
.undecided { color: var(--open); }
.formula { padding: .2rem 0; line-height: 1.9; } .formula[tabindex] { overflow-x: auto; overflow-y: hidden; }
mfrac { padding-inline: .12em; } .formula math { margin-right: .25em; } .formula.on-phone { display: none; }
@media (max-width: 48rem) { .formula.on-page { display: none !important; }
  .formula.on-phone { display: block !important; } summary > .formula.on-phone { display: inline-block !important; } }
.claim .formula { font-size: 1.15rem; }
ol { padding-left: 2.2rem; } .rule { color: var(--quiet); font-size: .85rem; }
.steps { list-style: none; padding-left: 0; } .steps > li { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; } summary > .formula { display: inline-block; vertical-align: middle;
  max-width: calc(100% - 1.5em); } summary > .rule { display: block; padding-left: 1.2em; }
details > .why { margin: .2rem 0 .8rem 1.2em; font-size: .95rem; }
.sides { display: flex; flex-wrap: wrap; gap: 1rem; } .sides > div { flex: 1 1 16rem; min-width: 0;
  padding: .5rem .8rem; border-left: 4px solid; }
.wrong { background: var(--bad-ground); border-color: var(--bad) !important; }
.right { background: var(--good-ground); border-color: var(--good) !important; }
code { overflow-wrap: anywhere; font-size: .9em; } mark { background: var(--mark); color: inherit; }
figure { margin: 1rem 0; } figcaption { color: var(--quiet); font-size: .9rem; }
.jacobian svg { max-width: 100%; height: auto; font: 15px ui-monospace, monospace; }
.jacobian text { fill: var(--ink); text-anchor: middle; dominant-baseline: central; }
.jacobian text.head { fill: var(--quiet); } .jacobian text.used { fill: var(--used-ink); font-weight: bold; }
.jacobian text.dropped { paint-order: stroke; stroke: var(--paper); stroke-width: 6px; }
.jacobian text.struck { fill: var(--quiet); text-decoration: line-through; font-size: 13px; }
.jacobian text.instead { fill: var(--bad); font-weight: bold; } .jacobian rect.replaced { fill: var(--bad-ground);
  stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 1.5 2.5; }
.jacobian rect.used { fill: var(--used); } .jacobian rect.dropped {
  stroke: var(--quiet); stroke-dasharray: 4 3; } .jacobian rect.here { fill: none; stroke: var(--bad);
  stroke-width: 2.5; } .jacobian .hatch { stroke: var(--quiet); stroke-width: 2; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; } td, th { padding: .2rem .7rem;
  border-bottom: 1px solid var(--line); text-align: right; font-weight: normal; } tr.dropped td { font-style: italic; }
@media print { body { max-width: none; margin: 0; } section { break-inside: auto; }
  details::details-content { content-visibility: visible; display: block; block-size: auto; } }
"""

_DARKENED = f"@media (prefers-color-scheme: dark) {{ :root {{ {DARK} }} }}"
STYLE = f":root {{ color-scheme: light dark; {LIGHT} }}\n{_DARKENED}{_RULES}"
NESTED = ".derive {" + STYLE.replace(":root", ".sheet").replace("body {", ".sheet {") + "}"
"""The same for a piece of another page, a `sheet` within an element of class `derive`: it reaches no further."""

__all__ = ["DARK", "LIGHT", "NESTED", "STYLE"]
