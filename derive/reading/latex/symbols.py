"""What signs and commands mean: letters, functions, operators, fonts. Tables alone; whatever is in none is unknown."""

from __future__ import annotations

_GREEK = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho "
    "varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi "
    "Omega"
).split()

TRANSPOSE = "\u22a4"
"""The name that \\top has: no page declares it, so it stands for nothing but a transpose."""

LETTERS: dict[str, str] = {rf"\{name}": name for name in _GREEK} | {
    r"\ell": "ell",
    r"\top": TRANSPOSE,
    r"\intercal": TRANSPOSE,
}
"""Commands that are letters, with the names that they give."""

# Letters typed as themselves; σ and \sigma are the same letter.
_TYPED = (
    "α alpha β beta γ gamma δ delta ε varepsilon ϵ epsilon ζ zeta η eta θ theta ϑ vartheta ι iota κ kappa λ lambda "
    "μ mu ν nu ξ xi π pi ρ rho σ sigma τ tau υ upsilon φ varphi ϕ phi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta "
    "Λ Lambda Ξ Xi Π Pi Σ Sigma Φ Phi Ψ Psi Ω Omega"
).split()
TYPED: dict[str, str] = {sign: rf"\{name}" for sign, name in zip(_TYPED[::2], _TYPED[1::2], strict=True)} | {
    "∂": r"\partial", "∇": r"\nabla", "∑": r"\sum", "∏": r"\prod", "·": r"\cdot", "⋅": r"\cdot", "∘": r"\circ",
    "⊙": r"\odot", "×": r"\times", "−": "-", "∗": "*", "≠": r"\neq", "≤": r"\le", "≥": r"\ge", "∈": r"\in",
    "∀": r"\forall", "∙": r"\bullet", "•": r"\bullet",
}  # fmt: skip
"""Signs typed as themselves, with the commands that they are."""

ACCENTS: dict[str, str] = {
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde",
    "vec": "vec", "dot": "dot", "check": "check", "breve": "breve",
}  # fmt: skip

FONTS: dict[str, str] = {
    "mathbf": "bold", "boldsymbol": "bold", "bm": "bold", "pmb": "bold", "bf": "bold", "mathrm": "", "rm": "",
    "mathit": "", "it": "", "mathsf": "", "mathtt": "", "mathcal": "calligraphic", "cal": "calligraphic",
    "mathscr": "calligraphic", "mathbb": "blackboard", "mathfrak": "fraktur",
    "mathbbm": "blackboard", "mathds": "blackboard",
}  # fmt: skip
SWITCHES = (r"\rm", r"\bf", r"\it", r"\cal")

FUNCTIONS: dict[str, str] = {
    r"\log": "log", r"\ln": "log", r"\exp": "exp", r"\sin": "sin", r"\cos": "cos", r"\tan": "tan", r"\cot": "cot",
    r"\sec": "sec", r"\csc": "csc", r"\sinh": "sinh", r"\cosh": "cosh", r"\tanh": "tanh", r"\coth": "coth",
    r"\arcsin": "asin", r"\arccos": "acos", r"\arctan": "atan",
}  # fmt: skip
"""Commands that are functions, with the names that the language has for them."""

# Words that are functions where they are typed as letters or upright, beside the language's own names.
WORDS: dict[str, str] = {
    "ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "sgn": "sign", "ReLU": "relu",
    "LogSumExp": "logsumexp", "logsoftmax": "log_softmax", "LSE": "logsumexp",
    "Softmax": "softmax", "SoftMax": "softmax", "LogSoftmax": "log_softmax", "LogSoftMax": "log_softmax",
    "Sigmoid": "sigmoid", "Tanh": "tanh", "Relu": "relu",
}  # fmt: skip

CALLED: dict[str, str] = {r"\sigma": "sigmoid", r"\Gamma": "gamma", r"\zeta": "zeta"}
"""Letters that are a function where a bracket follows, unless they are declared."""

BIG: dict[str, str] = {r"\sum": "sum", r"\prod": "prod", r"\max": "max", r"\min": "min"}
ENTRYWISE = (r"\odot", r"\circ")
"""Products that are entry by entry for arrays; \\circ between functions is refused where they lack their brackets."""
TIMES = (r"\cdot", r"\times", "*", r"\ast", r"\bullet", *ENTRYWISE)
UNEQUAL = (r"\neq", r"\ne", r"\not=", r"\not =")
ORDER: dict[str, str] = {
    "<": "<", ">": ">", r"\lt": "<", r"\gt": ">", r"\le": "<=", r"\leq": "<=", r"\leqslant": "<=", r"\ge": ">=",
    r"\geq": ">=", r"\geqslant": ">=", "=": "=", **dict.fromkeys(UNEQUAL, "!="),
}  # fmt: skip

OPENING: dict[str, str] = {
    "(": "round", "[": "square", r"\{": "set", r"\lbrace": "set", r"\lbrack": "square", "|": "bar", r"\lvert": "bar",
    r"\|": "norm", r"\lVert": "norm", r"\lfloor": "floor", ".": "nothing", r"\langle": "angle",
}  # fmt: skip
CLOSING: dict[str, str] = {
    ")": "round", "]": "square", r"\}": "set", r"\rbrace": "set", r"\rbrack": "square", "|": "bar", r"\rvert": "bar",
    r"\|": "norm", r"\rVert": "norm", r"\rfloor": "floor", ".": "nothing", r"\rangle": "angle",
}  # fmt: skip

# Words of cases in Chinese and Korean, with what they are in English; 时 and 일 때 stand behind the condition.
_SPOKEN = {
    "如果": "if", "假如": "if", "若": "if", "当": "when", "當": "when", "时": "when", "時": "when", "其他": "otherwise",
    "其它": "otherwise", "否则": "otherwise", "否則": "otherwise", "일 때": "when", "일때": "when", "인 경우": "when",
    "이면": "if", "그 외": "otherwise", "그외": "otherwise", "나머지": "otherwise",
}  # fmt: skip


def plainly(words: str) -> str:
    """Return words in lower case, those of cases in English; of others the letters stay."""
    for foreign, english in _SPOKEN.items():
        words = words.replace(foreign, f" {english} ")
    return " ".join(words.lower().split())


__all__ = [
    "ACCENTS", "BIG", "CALLED", "CLOSING", "ENTRYWISE", "FONTS", "FUNCTIONS", "LETTERS", "OPENING", "ORDER", "SWITCHES",
    "TIMES", "TRANSPOSE", "TYPED", "UNEQUAL", "WORDS", "plainly",
]  # fmt: skip
