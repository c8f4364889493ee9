"""What the text around a display says of it: that it is assumed, wanted, denied or restricted. Words alone."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum

from derive.reading.latex.symbols import ACCENTS, CALLED, FONTS, LETTERS, TYPED
from derive.terms import Equation


class Said(Enum):
    """How the words around a display take it; the value is the reason why it is no plain claim, for a message."""

    NOTHING = ""
    ASSUMED = "the text before it assumes this"
    VANISHING = "the text before it sets something to zero"
    WANTED = "the text before it wants this to hold"
    SUPPOSED = "the text before it supposes something of which this may make use"
    DENIED = "the text around it denies this"
    DOUBTED = "the text before it doubts this"
    CONDITIONAL = "the text before it says this under a condition"
    TO_SOLVE = "the text before it asks for what solves this"
    RESTRICTED = "the text behind it restricts this"

    def __bool__(self) -> bool:
        """Return whether anything is said."""
        return self is not Said.NOTHING


def _words(*several: str) -> re.Pattern[str]:
    plain = [one for one in " ".join(several).split() if one.isascii()]
    others = [one for one in " ".join(several).split() if not one.isascii()]
    told = [rf"(?<![a-z])(?:{'|'.join(plain)})(?![a-z])"] if plain else []
    return re.compile("|".join([*told, *others]).replace("_", r"\s+"), re.IGNORECASE)


_ASSUMING = _words(
    "assum(?:e|es|ed|ing) assumptions? suppos(?:e|es|ed|ing) provided given_that constraints?",
    "requir(?:e|es|ed|ing) subject_to impos(?:e|es|ed|ing) such_that hypothes(?:is|es)",
    "satisf(?:y|ies|ying) 假设 假設 假定",
    "约束 약속 가정 仮定 supposons angenommen supongamos supponiamo предположим",
)
_INTRODUCING = _words("let(?!\\s+us|'s) 设 設 令 soit sei sea пусть")
_GOVERNING = frozenset(
    "assume assumes assumed assuming suppose supposed supposing provided require required requires "
    "impose imposed let "
    "such subject constraint constraints satisfies satisfy given "
    "假设 假設 假定 设 設 令 约束 약속 가정 supposons soit sei "
    "angenommen sea supongamos supponiamo пусть предположим".split()
)
_BESIDE = frozenset(
    "now we i us also further furthermore moreover then here first next again and the following to with that x "
    "condition conditions is are que dass che что".split()
)
_VANISHING = _words(
    "set(?:s|ting)?\\b[^.]{0,80}\\b(?:zero|equal|to) equat(?:e|es|ing) vanish(?:es|ing)? stationar(?:y|ity)",
    "optim(?:um|al) first-order optimality minim(?:um|a|iser|izer) maxim(?:um|a|iser|izer) critical_points?",
    "extrem(?:um|a) solv(?:e|es|ing) at_equilibrium 导数为 導數為 等于零 为零 為零 최적 正规方程",
)
_SETTING = frozenset(
    "we now then so hence thus therefore and set sets setting equate equates equating this that "
    "these it the its their "
    "first all each both derivative derivatives gradient gradients partial equal equals to zero of "
    "with respect get gets "
    "gives yields obtain find at a minimum maximum optimum vanishes vanish must has have condition for is by which "
    "stationary point points".split()
)
_WANTING = _words(
    "we_want want_to would_like wish(?:es)? goal aim desired ideally should must ought need_to hope möchten wollen "
    "voudrions voulons queremos хотим 希望 想要"
)
_SOLVING = _words(
    "(?:normal|eigenvalue|eigenvector|eigen|differential|quadratic|cubic|linear|characteristic|matrix|heat|wave"
    "|balance|consistency|stationarity|moment|estimating|likelihood|score|fixed-point|update)_equations?",
    "consider_(?:the|an?|this)_(?:\\w+_)?(?:equations?|systems?|constraints?|problems?)",
    "solutions?_(?:of|to) solve(?:s|d)?",
    "the_equations? equations?_of roots?_of conditions? KKT pick choose 方程",
)
_TO_SHOW = _words("show prove verify check derive compute find calculate evaluate differentiate")
_DENYING = _words(
    "not never no_longer wrong(?:ly)? incorrect(?:ly)? false(?:ly)? mistaken(?:ly)? mistakes?",
    "erroneous(?:ly)? naive(?:ly)?",
    "contradict(?:s|ion)? fails? cannot can't doesn't isn't don't aren't won't",
    "不 错 錯 误 誤 非 아니 않 틀린 nicht falsch",
    "falsche[rnms]? fehler kein pas faux fausse erreur falso falsa erróneo incorrecto неверно не ложно ошибка ない",
)
_DOUBTING = _words(
    "(?:common|frequent|typical|usual|classic|popular|widespread|possible)_(?:errors?|slips?|misconceptions?|beliefs?"
    "|traps?)",
    "an?_errors? tempting tempted bad badly buggy bugs? fallac(?:y|ies) fallacious misconceptions?",
    "pitfalls? typos? unlike",
    "misleading(?:ly)? misprints? might would allegedly supposedly purported(?:ly)? guess",
    "conjectur(?:e|ed|es) doubtful",
    "whether hardly untrue invalid(?:ly)? inaccurate(?:ly)? nonsense absurd avoid beware pretend(?:s|ing)? imagine",
    "often_(?:write|written|see|seen|think|say|forget|forgotten) dream errat(?:um|a) corrigend(?:um|a)",
    "instead_of rather_than counterexamples? approximat(?:e|es|ely|ion|ing) roughly heuristic(?:ally)?",
)
_HYPOTHETICAL = _words(
    "if unless whenever as_long_as in_case only_(?:if|when|for) wenn falls sofern lorsque quand",
    "siempre cuando quando",
    "если когда si 如果 若 当 當 除非 만약 もし とき 場合",
    "(?:anti)?symmetric(?:al)? skew-symmetric orthogonal orthonormal idempotent invertible non-?negative",
    "sums?_to_(?:one|1|unity|zero) unit_(?:norm|length|vectors?) whitened infinitesimal(?:ly)?",
    "(?:is|are)_(?:small|large|tiny|positive|negative|zero|odd|even|constant|independent|normali[sz]ed|diagonal"
    "|equal)",
    "for_(?:small|large|tiny|positive|negative|symmetric|diagonal) orthogonality cent(?:ered|red) in_characteristic",
    "(?:is|are)_linear probability_vectors? unit_(?:circle|sphere|ball|simplex) modulo mod",
)
_SIGNS = re.compile(
    "[?\uff1f\u00bf\u2753\u2754\u203d\u274c\u2717\u2718\u2716\u2715\u26a0\U0001f6ab\U0001f44e\u26d4\u2620\U0001f41b]"
)
_STRUCK = re.compile(r"<(?P<closed>/?)(?:del|s|strike)\s*>|(?P<tilde>(?<!~)~~(?!~))", re.IGNORECASE)
_RESTRICTING = re.compile(
    r"[\s,;]*(?:(?:must|should|shall|ought\s+to|ha(?:s|ve)\s+to)"
    r"|(?:is|are)\s+(?:the|an?|our)\s+(?:constraints?|conditions?|assumptions?|requirements?|hypothes[ie]s)"
    r"|only|if|when|whenever|unless|except|provided|assuming|as\s+long\s+as|by\s+(?:assumption|hypothesis)"
    r"|for\s+(?:small|large|some|any\s+fixed)|does\s+not|holds?\s+(?:only|if|when)"
    r"|(?:(?:which|this|that)\s+)?(?:is\s+(?:not|false|wrong|incorrect|only|assumed|required|approximately))"
    r"|(?:which|this|that)\s+(?:does\s+not|holds\s+(?:only|if|when)|we\s+assume))(?![a-z])"
    r"|[^\S\n]*(?:如果|当|當|若)"
    r"|\s*[(\[]?\s*(?:[?\uff1f\u2753\u274c\u2717\u2718\u2716\u26a0\U0001f6ab]|~~|</(?:del|s|strike)\s*>|\(?(?:wrong|false|incorrect|sic)\b)"
)
"""What goes on with the sentence of a display, in small letters or on its line; another sentence leads to the next."""
_LEADING = re.compile(
    r"\b(?:with|where|since|because|as|when|if|whenever|for|while|under|using|from|by)\s*[:,]?\s*$",
    re.IGNORECASE,
)
_JOINING = re.compile(r"[\s,;]*(?:and|or|as well as|和|以及|그리고|및)?[\s,;]*")
_FORMULAS = re.compile(r"\$[^$]*\$|\\\((?:[^\\]|\\[^()])*\\\)", re.DOTALL)


_SEEKING = re.compile(
    r"\b(?:want|need)\s+(?:its|the|their|this)\s+(?:gradients?|derivatives?|hessians?)\b(?!\s+(?:to|be|equals?|as)\b)",
    re.IGNORECASE,
)
"""That something is to be found, and not to hold."""


def said_before(sentence: str) -> Said:
    """Return what a sentence says of the display that it leads to."""
    words = _in_words(sentence)
    if _DENYING.search(words) and not _TO_SHOW.search(words):
        return Said.DENIED
    if _DOUBTING.search(words) or _SIGNS.search(words):
        return Said.DOUBTED
    if _VANISHING.search(words):
        return Said.VANISHING
    if _LEADING.search(sentence):  # a formula behind the word is what it leads into
        return Said.SUPPOSED
    if _ASSUMING.search(words):
        return Said.ASSUMED if governs(sentence) else Said.SUPPOSED
    if _INTRODUCING.search(words) and governs(
        sentence
    ):  # what else it introduces is read, or told by its words
        return Said.ASSUMED
    if _WANTING.search(words) and not _TO_SHOW.search(words) and not _SEEKING.search(words):
        return Said.WANTED
    if _SOLVING.search(words):
        return Said.TO_SOLVE
    return Said.CONDITIONAL if _HYPOTHETICAL.search(words) else Said.NOTHING


def denies(words: str) -> bool:
    """Return whether words deny or doubt what they are about."""
    return any(one.search(words) for one in (_DENYING, _DOUBTING, _SIGNS))


def conditions(words: str) -> bool:
    """Return whether words make a condition of what they are about, or ask for what solves it."""
    return any(one.search(words) for one in (_HYPOTHETICAL, _VANISHING, _SOLVING))


def governs(sentence: str) -> bool:
    """Return whether the verb of an assumption has nothing but the display as what is assumed: "Assume that"."""
    if sentence.rstrip().endswith((".", "。")) or _FORMULAS.search(sentence):
        return False
    words = re.findall(r"[^\W\d_]+", sentence.lower())
    return set(words) <= _GOVERNING | _BESIDE and not _GOVERNING.isdisjoint(words)


def sets_to_zero(sentence: str) -> bool:
    """Return whether all that a sentence says is that something is set to zero."""
    return set(re.findall(r"[^\W\d_]+", _in_words(sentence).lower())) <= _SETTING


def solves(sentence: str) -> bool:
    """Return whether all that a sentence says is what holds where a slope is zero: "setting it to zero gives $w = b$".

    It says that of the point that is sought, and nothing of the names before.
    """
    words = set(re.findall(r"[^\W\d_]+", _in_words(sentence).lower()))
    return "zero" in words and not words.isdisjoint(_SLOPES) and words <= _SETTING | _SOLVED


_SLOPES = frozenset("derivative derivatives gradient gradients partial this these it".split())
_SOLVED = frozenset(
    "normal equation equations closed form solution solutions solving solve optimal optimum minimiser minimizer "
    "estimator estimate weights parameters coefficients least squares unique minimum solves known where which".split()
)


def _in_words(sentence: str) -> str:
    """Return a sentence without its formulas; of one that says that a slope is 0, the word stays."""
    return _FORMULAS.sub(lambda one: " zero " if _ZERO.search(one[0]) else " ", sentence)


_ZERO = re.compile(
    r"(?:'|\\(?:prime|nabla|partial|dot)(?![A-Za-z])|\\frac\s*\{\s*d).*=\s*0\s*(?:\$|\\\))", re.DOTALL
)
"""A slope that is 0: for it a page solves."""


def struck(text: str) -> Callable[[int], bool]:
    """Return what tells of a place in a text whether it is struck out: `~~` or `<del>` is open there."""
    tags = tildes = 0
    ends, states = [0], [False]
    for found in _STRUCK.finditer(text):
        if found["tilde"]:
            tildes += 1
        else:
            tags = max(0, tags + (-1 if found["closed"] else 1))
        ends.append(found.end())
        states.append(tags > 0 or tildes % 2 == 1)
    return lambda place: states[bisect.bisect_right(ends, place) - 1]


def joins(between: str) -> bool:
    """Return whether what stands between two displays leaves the second as the first: nothing, a comma, "and"."""
    return _JOINING.fullmatch(between) is not None


def said_behind(text: str, sentence: str) -> Said:
    """Return what the text behind a display says of it; `sentence` is what goes on with its own, if anything does."""
    words = _FORMULAS.sub(" ", sentence)
    turned = any(one.search(words) for one in (_DENYING, _DOUBTING, _HYPOTHETICAL))
    return Said.RESTRICTED if turned or _RESTRICTING.match(text) else Said.NOTHING


# ---- which letters are spoken of

_LETTERS = re.compile(
    r"\\(?:text|textrm|textbf|textit|operatorname\*?|mathrm|mathit|mathsf|mbox)\s*\{([^{}]*)\}|\\([A-Za-z]+)|([A-Za-z])"
)
_RELATION = re.compile(
    r"[=<>≤≥∈\u223c≈:]|\\(?:in|le|leq|ge|geq|sim|approx|equiv|coloneqq|triangleq|to|propto)(?![A-Za-z])"
)


def signs_in(latex: str) -> list[str]:
    """Return the letters, words and commands of a piece of LaTeX in their order."""
    return [next(filter(None, one.groups()), "") for one in _LETTERS.finditer(commanded(latex))]


def letters_of(latex: str) -> frozenset[str]:
    """Return the letters, words and commands that stand in a piece of LaTeX."""
    latex = commanded(latex)
    return frozenset(next(filter(None, one.groups()), "") for one in _LETTERS.finditer(latex))


@dataclass(slots=True)
class Told:
    """The letters of which the prose of a page speaks, those that it relates to something, those of unread displays.

    `refused` are displays that say something which was not used, `supposed` claims that may be no more than supposed,
    with their links, and `signs` the signs that displays may define, each with its equation; all stand under their
    places. `constants` are the numbers of the language, such as e, that the
    page defines anew, with the line of it: then none of its uses is clear.
    """

    spoken: frozenset[str] = frozenset()
    scalars: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()
    unread: set[str] = field(default_factory=set)
    heads: set[str] = field(default_factory=set)
    refused: dict[tuple[int, int], str] = field(default_factory=dict)
    supposed: dict[tuple[int, int], tuple[str, tuple[Equation, ...]]] = field(default_factory=dict)
    constants: dict[str, int] = field(default_factory=dict)
    signs: dict[tuple[int, int], tuple[str, Equation]] = field(default_factory=dict)

    def leave_unread(self, formulas: Iterable[str]) -> None:
        """Note formulas that could not be read: what they speak of, and what they might say the meaning of."""
        for one in formulas:
            self.unread |= letters_of(one)
            self.heads |= heads_of(one)

    @property
    def extent(self) -> tuple[int, ...]:
        """How much is noted, so that a reader sees whether reading has added to it."""
        return len(self.unread), len(self.refused), len(self.supposed), len(self.signs), len(self.constants)

    @property
    def all(self) -> set[str]:
        """Every letter of which something is said that was not read."""
        return self.unread | self.spoken | self.defined


_PARTING = re.compile(
    r"[=<>≤≥∈≈:]|\\(?:in|equiv|sim|approx|le|ge|leq|geq|to|triangleq|coloneqq|propto)(?![A-Za-z])|\\\\"
    r"|\\q?quad(?![A-Za-z])|,|\\text\s*\{[^{}]*\}"
)


def heads_of(formula: str) -> frozenset[str]:
    """Return the letters of names of which a formula may say what they are: they stand alone on a side."""
    found: frozenset[str] = frozenset()
    for side in _PARTING.split(_ARGUMENTS.sub(r"\1", _SCRIPT.sub(_kept_star, formula))):
        bare = _MARKING.sub(" ", side)
        letters = letters_of(bare.partition("(")[0] or bare)
        accents = {ACCENTS[one] for one in _ACCENT.findall(side)}
        accents |= {"star"} if r"\star " in side else set()
        accents |= {"prime"} if "'" in side or "\\prime" in side else set()
        marked = frozenset(f"{one}_{accent}" for one in letters for accent in accents) or letters
        found |= marked if len(letters) <= 1 else frozenset()
    return found


def _kept_star(script: re.Match[str]) -> str:
    """Return nothing for what stands above or below a name, but for a star, which makes it another name."""
    return r" \star " if STARRED.fullmatch(script[0]) else " "


STARRED = re.compile(r"\^\s*\{?\s*(?:\*|\\(?:ast|star)(?![A-Za-z]))\s*\}?")
_VALUE = re.compile(r"[^=]*=\s*-?[\d.]+[\s.,]*")
"""A number on the right: whatever has that value, it depends on nothing."""
_ACCENT = re.compile(rf"\\({'|'.join(ACCENTS)})(?![A-Za-z])")
_ARGUMENTS = re.compile(r"(\\?[A-Za-z]\s*)(?:\\left\s*)?\([^()=]*\)")
_SCRIPT = re.compile(r"[_^]\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\\?[A-Za-z]+|\S)|[&{}*]")
_MARKING = re.compile(rf"\\(?:{'|'.join((*FONTS, *ACCENTS))}|left|right|,|;|!)(?![A-Za-z])")
_CALLED = re.compile(
    rf"(?:{'|'.join(map(re.escape, CALLED))})(?![A-Za-z])"
    r"(?!\s*(?:'+|\^\s*\{?\s*(?:\\prime\s*)+\}?)?(?:\s|\\left|\\[bB]igg?l?|\\!)*(?:[(\[]|\\\{|\\lbrace))"
)
_NAMED = re.compile(rf"\s*(?:{'|'.join(map(re.escape, CALLED))})'*\s*(?:\(\s*(?:\\cdot|\w)\s*\))?\s*")
_FUNCTION = re.compile(r"sigmoid|logistic|activation|nonlinear|non-linear|squash|function", re.IGNORECASE)


def used_otherwise(prose: str, displays: Iterable[str]) -> frozenset[str]:
    r"""Return the letters that are functions before a bracket, such as \sigma, and that a page uses without one.

    Prose may name the function by its letter alone, in a sentence that calls it one.
    """
    formulas = list(displays)
    for sentence in re.split(r"\n\s*\n|[.;!?]\s", prose):
        inline = [one[0].strip("$") for one in _FORMULAS.finditer(sentence)]
        called = _FUNCTION.search(_FORMULAS.sub(" ", sentence)) is not None
        formulas += [
            one
            for one in inline
            if not (called and _NAMED.fullmatch(one.removeprefix(r"\(").removesuffix(r"\)")))
        ]
    return frozenset(one[0] for formula in formulas for one in _CALLED.finditer(commanded(formula)))


_FUNCTION_WORDS = {
    "sigmoid": "sigmoid", "logistic": "sigmoid", "hyperbolic tangent": "tanh", "tanh": "tanh", "softplus": "softplus",
    "rectifier": "relu", "rectified linear unit": "relu", "relu": "relu", "sigmoïde": "sigmoid",
    "sigmoidfunktion": "sigmoid",
}  # fmt: skip
_CALLING = re.compile(
    r"(?:\$|\\\()\s*(?P<letter>\\?[A-Za-z]+)\s*(?:\(\s*(?:\\cdot|\w)\s*\))?\s*(?:\$|\\\))[\s,]*"
    r"(?:is|be|are|denotes|means|stands\s+for|for)?\s*(?:the|a|an|our)?\s*(?:usual|standard)?\s*"
    rf"(?P<word>{'|'.join(_FUNCTION_WORDS)})(?:\s+(?:activation\s+)?function(?![\w-])|(?=\s*[.,;:)]|\s*$))"
    r"(?!\s*(?:or|and|,\s*or)(?![a-z]))",
    re.IGNORECASE,
)


def functions_in(prose: str) -> dict[str, str]:
    r"""Return the letters that a text says to be functions of the language: "with $f$ the logistic function"."""
    found: dict[str, set[str]] = {}
    for one in _CALLING.finditer(" ".join(prose.split())):
        name = LETTERS.get(one["letter"], one["letter"])
        found.setdefault(name, set()).add(_FUNCTION_WORDS[one["word"].lower()])
    return {name: told.pop() for name, told in found.items() if len(told) == 1 and name.isalpha()}


def commanded(latex: str) -> str:
    """Return LaTeX with the signs that are typed as themselves as commands."""
    for sign, command in TYPED.items():
        latex = latex.replace(sign, f"{command} ") if sign in latex else latex
    return latex


def told_in(prose: str) -> Told:
    """Return the letters of which prose speaks."""
    sentences = _SENTENCES.split(prose)
    inline = [found[0] for one in sentences if not solves(one) for found in _FORMULAS.finditer(one)]
    relating = (one.strip("$") for one in inline if _RELATION.search(one))
    defined = frozenset().union(*(heads_of(one) for one in relating if _VALUE.fullmatch(one) is None))
    scalars = frozenset().union(*(_spoken(one) for one in sentences if _SCALAR.search(one)))
    return Told(_spoken(prose), scalars, defined)


def _spoken(prose: str) -> frozenset[str]:
    """Return the letters of formulas in prose, and those that stand alone in it."""
    words = frozenset(re.findall(r"(?<![\w\\])[B-HJ-Zb-z](?![\w'])", _FORMULAS.sub(" ", prose)))
    return words.union(*(letters_of(found[0]) for found in _FORMULAS.finditer(prose)))


_SENTENCES = re.compile(r"\n\s*\n|[.;!?]\s")
_SCALAR = re.compile(
    r"\b(?:scalars?|numbers?|constants?|reals?|integers?|skalar\w*|zahl(?:en)?|scalaires?|nombres?|escalar\w*|números?"
    r"|scalar[ei]|numer[oi]|число|числа|скаляр\w*)\b|标量|標量|常数|スカラー|스칼라",
    re.IGNORECASE,
)
