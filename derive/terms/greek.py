"""The Greek letters: what LaTeX calls each, and the sign for it. Every door and every writer takes them from here."""

from __future__ import annotations

GREEK: dict[str, str] = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "\u03bd", "xi": "ξ",
    "pi": "π", "varpi": "ϖ", "rho": "\u03c1", "varrho": "\u03f1", "sigma": "\u03c3", "varsigma": "ς", "tau": "τ",
    "upsilon": "\u03c5", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "\u03a5",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
"""LaTeX's name of a letter without its backslash, and the sign that LaTeX sets for it."""

COMMON: dict[str, str] = {n: s for n, s in GREEK.items() if not n.startswith("var")} | {
    "epsilon": "ε",
    "phi": "φ",
}
"""Letters as a keyboard and a terminal have them: their usual form, whichever LaTeX sets."""
