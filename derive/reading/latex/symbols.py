"""What signs and commands mean: letters, functions, operators, fonts. Tables alone; whatever is in none is unknown."""

from __future__ import annotations

from derive.terms import Relation
from derive.terms.functions import COMMANDS as COMMANDS_OF
from derive.terms.functions import LETTERS as FUNCTION_LETTERS
from derive.terms.functions import SPELLINGS
from derive.terms.greek import GREEK

TRANSPOSE = "\u22a4"
"""The name that \\top has: no page declares it, so it stands for nothing but a transpose."""

LETTERS: dict[str, str] = {rf"\{name}": name for name in GREEK} | {
    r"\ell": "ell",
    r"\top": TRANSPOSE,
    r"\intercal": TRANSPOSE,
}
"""Commands that are letters, with the names that they give."""

# Letters typed as themselves; σ and \sigma are the same letter.
TYPED: dict[str, str] = {sign: rf"\{name}" for name, sign in GREEK.items()} | {
    "∂": r"\partial", "∇": r"\nabla", "∑": r"\sum", "∏": r"\prod", "·": r"\cdot", "⋅": r"\cdot", "∘": r"\circ",
    "⊙": r"\odot", "×": r"\times", "−": "-", "∗": "*", "≠": r"\neq", "≤": r"\le", "≥": r"\ge", "∈": r"\in",
    "∀": r"\forall", "∙": r"\bullet", "•": r"\bullet",
}  # fmt: skip
"""Signs typed as themselves, with the commands that they are."""

BARS: dict[str, str] = {r"\mid": "|", r"\vert": "|", r"\|": r"\|", r"\Vert": r"\|"}
"""Commands that show a bar, with how that is compared: `p(y \\mid x)` and `p(y|x)` are one name."""

ACCENTS: dict[str, str] = {
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde",
    "vec": "vec", "dot": "dot", "ddot": "ddot", "check": "check", "breve": "breve",
}  # fmt: skip

DOTS = ("dot", "ddot")
"""Accents that write a derivative."""

FONTS: dict[str, str] = {
    "mathbf": "bold", "boldsymbol": "bold", "bm": "bold", "pmb": "bold", "bf": "bold", "mathrm": "", "rm": "",
    "mathit": "", "it": "", "mathsf": "", "mathtt": "", "mathcal": "calligraphic", "cal": "calligraphic",
    "mathscr": "calligraphic", "mathbb": "blackboard", "mathfrak": "fraktur",
    "mathbbm": "blackboard", "mathds": "blackboard",
}  # fmt: skip
SWITCHES = (r"\rm", r"\bf", r"\it", r"\cal")

FUNCTIONS: dict[str, str] = {command: name for name, command in COMMANDS_OF.items()} | {
    spelling: name for spelling, name in SPELLINGS.items() if spelling.startswith("\\")
}
"""Commands that are functions, with the names that the language has for them."""

# Words that are functions where they are typed as letters or upright, beside the language's own names.
WORDS: dict[str, str] = {word: name for word, name in SPELLINGS.items() if not word.startswith("\\")} | {
    "LogSumExp": "logsumexp", "logsoftmax": "log_softmax", "LSE": "logsumexp", "Softmax": "softmax",
    "SoftMax": "softmax", "LogSoftmax": "log_softmax", "LogSoftMax": "log_softmax",
}  # fmt: skip

CALLED: dict[str, str] = {letter: name for name, letter in FUNCTION_LETTERS.items()}
"""Letters that are a function where a bracket follows, unless they are declared."""

BIG: dict[str, str] = {r"\sum": "sum", r"\prod": "prod", r"\max": "max", r"\min": "min"}
ENTRYWISE = (r"\odot", r"\circ")
"""Products that are entry by entry for arrays; \\circ between functions is refused where they lack their brackets."""
TIMES = (r"\cdot", r"\times", "*", r"\ast", r"\bullet", *ENTRYWISE)
AMONG_NUMBERS = (r"\times", "*", r"\ast", r"\circ")
"""Products that have several meanings for arrays: a cross product, a convolution, one entry by entry."""
UNEQUAL = (r"\neq", r"\ne", r"\not=", r"\not =")
ORDER: dict[str, str] = {
    "<": "<", ">": ">", r"\lt": "<", r"\gt": ">", r"\le": "<=", r"\leq": "<=", r"\leqslant": "<=", r"\ge": ">=",
    r"\geq": ">=", r"\geqslant": ">=", "=": "=", **dict.fromkeys(UNEQUAL, "!="),
}  # fmt: skip

BOUNDS: dict[str, Relation] = {
    sign: relation
    for sign, told in (*ORDER.items(), ("≤", "<="), ("≥", ">="), ("\uff1c", "<"), ("\uff1e", ">"))
    if (relation := Relation(told)).bounds_above or relation.bounds_below
}
"""Relations beside equality that can be claimed: one side bounds the other."""

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


# ---- what is ignored, by name: patterns for the cutting of displays and for the grammar of structures

BLANKS = r"\s+|~|\\[,;:!\ \n]"
"""Room between signs."""

SPACES = (
    r"\\(?:displaystyle|textstyle|scriptstyle|limits|nolimits|nonumber|notag|hfill|strut|thinspace|enspace|mathstrut"
    r"|[Ll]arge|LARGE|[Hh]uge|normalsize|small)(?![A-Za-z])"
)
"""Commands that only say how big something is, or where it stands."""

NOTES = r"\\(?:label|tag\*?|hspace\*?|vspace\*?|color|textcolor|[hv]?phantom)\s*\{[^{}]*\}"
"""Commands that do not show, or show a number or a colour alone, with what they take."""

# ---- relations

OUTSIDE: dict[str, str] = {
    r"\approx": "an approximation", r"\simeq": "an approximation", r"\propto": "a proportionality",
    r"\sim": "a distribution", r"\in": "membership", r"\subset": "inclusion", r"\subseteq": "inclusion",
    r"\leftarrow": "an update", r"\gets": "an update", r"\to": "a limit or a map", r"\rightarrow": "a limit or a map",
    r"\mapsto": "a map", r"\perp": "independence", r"\cong": "a congruence",
    "≈": "an approximation", "∝": "a proportionality", "\u223c": "a distribution", "∈": "membership", "←": "an update",
    "→": "a limit or a map",
}  # fmt: skip
"""Relations that are outside of what is decided, with what each says."""

RESTRICTING = frozenset({r"\in", r"\sim", r"\perp", "∈", "\u223c"})
"""Relations of those that say something about their names that a refutation would have to keep to."""

RELATIONS = (
    *(sign[1:] for sign in OUTSIDE if sign.startswith("\\")), "le", "leq", "ge",
    "geq", "leqslant", "geqslant", "lt", "gt", "ll", "gg", "ne", "neq", "asymp", "prec",
    "succ", "models", "doteq", "supset", "supseteq", "vdash", "mid", "parallel",
)  # fmt: skip
"""Commands that relate two sides and are no equality."""

_SHOWN = (
    "partial nabla frac dfrac tfrac cfrac over sqrt overset stackrel underset underbrace overbrace underline cancel "
    "bcancel xcancel substack begin end left right text textrm textbf textit textsf mbox operatorname qquad quad not "
    "ldots dots cdots vdots ddots infty forall exists emptyset varnothing int iint oint lim sup inf det Pr arg argmax "
    "argmin gcd deg dim ker dagger ddagger star prime pm mp div otimes oplus cap cup setminus bigcup bigcap bigoplus "
    "bigotimes wedge vee land lor neg colon mid Re Im hbar imath jmath sharp flat diamond triangle Box square "
    "lceil rceil lvert rvert lVert rVert vert Vert rangle rfloor rbrace rbrack backslash intertext shortintertext "
    "big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm displaystyle textstyle scriptstyle limits "
    "nolimits nonumber notag hfill strut thinspace enspace mathstrut large Large LARGE huge Huge normalsize small "
    "label tag hspace vspace color textcolor phantom hphantom vphantom hskip kern mathrel mathbin mathop mathord "
    "therefore because"
).split()
COMMANDS: frozenset[str] = frozenset(
    {
        *(rf"\{name}" for name in (*ACCENTS, *FONTS, *RELATIONS, *_SHOWN)),
        *LETTERS, *FUNCTIONS, *BIG, *TIMES, *ORDER, *OPENING, *CLOSING, *OUTSIDE, *SWITCHES,
    }
)  # fmt: skip
"""Every command of which it is known what it shows; any other might show anything, a relation included."""

RELATION_SIGNS = (
    "<",
    ">",
    "≠",
    "≤",
    "≥",
    "≈",
    "∝",
    "\u223c",
    "∈",
    "←",
    "→",
    "\uff1d",
    "\uff1c",
    "\uff1e",
    "≃",
    "≅",
)
"""Signs that do the same."""

LOSSES = frozenset("MSE RMSE MAE SSE RSS TSS NLL BCE CCE ELBO".split())
"""Names of losses that are typed as letters side by side."""
