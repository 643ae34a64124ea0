r"""What LaTeX's commands and scripts read as, for `bot.domain.maths`. What is not here stays as it was.

Signs that any phone shows: letters of the phonetic blocks for what is raised and lowered, no mathematical
alphabets but the handful of double-struck letters that stand in titles.
"""

from __future__ import annotations

import unicodedata


def names(text: str) -> tuple[str, ...]:
    """Return the words of a text."""
    return tuple(text.split())


GREEK = names(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lamda mu nu xi omicron pi rho sigma tau "
    "upsilon phi chi psi omega"
)
SYMBOLS = {
    **{name: unicodedata.lookup(f"GREEK SMALL LETTER {name}") for name in GREEK},
    **{name.title(): unicodedata.lookup(f"GREEK CAPITAL LETTER {name}") for name in GREEK},
    "lambda": "λ", "Lambda": "Λ",  # Unicode calls it lamda
    "varepsilon": "ε", "vartheta": "ϑ", "varpi": "ϖ", "varrho": "ϱ",
    "varsigma": "ς", "varphi": "φ",
    # operators
    "times": "×", "cdot": "·", "div": "÷", "pm": "±", "mp": "∓", "ast": "*", "star": "⋆", "circ": "∘",
    "bullet": "•", "oplus": "⊕", "otimes": "⊗", "odot": "⊙", "cap": "∩", "cup": "∪", "setminus": "∖",
    "wedge": "∧", "land": "∧", "vee": "∨", "lor": "∨", "neg": "¬", "lnot": "¬", "sum": "∑", "prod": "∏",
    "int": "∫", "partial": "∂", "nabla": "∇", "dagger": "†", "ddagger": "‡", "prime": "′",
    # relations
    "leq": "≤", "le": "≤", "leqslant": "≤", "geq": "≥", "ge": "≥", "geqslant": "≥", "neq": "≠", "ne": "≠",
    "ll": "≪", "gg": "≫", "approx": "≈", "sim": "∼", "simeq": "≃", "cong": "≅", "equiv": "≡",
    "propto": "∝", "in": "∈", "notin": "∉", "ni": "∋", "subset": "⊂", "subseteq": "⊆", "supset": "⊃",
    "supseteq": "⊇", "perp": "⊥", "bot": "⊥", "top": "⊤", "parallel": "∥", "mid": "|", "vert": "|",
    "Vert": "‖", "lesssim": "≲", "gtrsim": "≳", "prec": "≺", "succ": "≻", "lt": "<", "gt": ">",
    # arrows
    "to": "→", "rightarrow": "→", "longrightarrow": "→", "leftarrow": "←", "gets": "←",
    "leftrightarrow": "↔", "Rightarrow": "⇒", "implies": "⇒", "Leftarrow": "⇐", "Leftrightarrow": "⇔",
    "iff": "⇔", "uparrow": "↑", "downarrow": "↓", "mapsto": "↦", "nearrow": "↗", "searrow": "↘",
    "circlearrowleft": "↺", "circlearrowright": "↻",
    # others
    "infty": "∞", "forall": "∀", "exists": "∃", "emptyset": "∅", "varnothing": "∅", "ell": "ℓ", "hbar": "ℏ",
    "Re": "ℜ", "Im": "ℑ", "aleph": "ℵ", "angle": "∠", "triangle": "△", "square": "□", "Box": "□",
    "diamond": "⋄", "checkmark": "✓", "deg": "°", "degree": "°", "copyright": "©", "S": "§", "pounds": "£",
    "ldots": "…", "dots": "…", "dotsc": "…", "dotsb": "…", "cdots": "⋯", "vdots": "⋮", "langle": "⟨",
    "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "lbrace": "{", "rbrace": "}",
    "quad": " ", "qquad": " ", "textgreater": ">", "textless": "<", "textendash": "–", "textemdash": "—",
    "textasciitilde": "~", "textasciicircum": "^", "textbackslash": "\\", "textunderscore": "_",
    "textdegree": "°", "texttimes": "×", "textpm": "±", "textmu": "µ", "textregistered": "®",
    "texttrademark": "™",
    # letters of languages
    "ss": "ß", "o": "ø", "O": "Ø", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å",
    "l": "ł", "L": "Ł", "i": "ı", "j": "ȷ",
    # functions, and what authors write short
    **{name: name for name in (
        "log", "ln", "exp", "max", "min", "arg", "argmax", "argmin", "sup", "inf", "lim", "sin", "cos", "tan",
        "tanh", "det", "dim", "ker", "Pr", "mod", "LaTeX", "TeX",
    )},
    "eg": "e.g.", "ie": "i.e.", "etal": "et al.",
}  # fmt: skip
"""Commands that stand for a sign or a word."""

DROPPED = names(
    "left right big Big bigl bigr Bigl Bigr bigg Bigg displaystyle textstyle limits nolimits color xspace "
    "noindent centering newline linebreak allowbreak nobreak protect boldmath unboldmath"
)
"""Commands that only say how something is set."""

WRAPPERS = names(
    "text textbf textit textrm textsc textsf textsl texttt textup textmd textnormal textsuperscript "
    "textsubscript emph underline uline mbox hbox fbox mathbb mathbf mathbfit mathcal mathds mathfrak "
    "mathit mathrm mathnormal mathsf mathscr mathtt mathop operatorname boldsymbol bm ensuremath overline "
    "underbrace overbrace"
)
"""Commands that dress the text in their braces."""

SWITCHES = names(
    "it bf em tt rm sc sf sl itshape bfseries ttfamily rmfamily sffamily scshape slshape upshape mdseries "
    "normalfont tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge"
)
"""Commands that dress all that follows in their group."""

OPEN_LETTERS = dict(zip("CEHNPQRSZ1", "ℂ𝔼ℍℕℙℚℝ𝕊ℤ𝟙", strict=True))
"""The double-struck letters of `\\mathbb`."""

SCRIPT_WORDS = {
    "circ": "°", "degree": "°", "prime": "′", "dagger": "†", "ddagger": "‡", "star": "⋆", "ast": "*",
    "top": "ᵀ", "intercal": "ᵀ",
}  # fmt: skip
"""What is a sign of its own when it is raised."""

SUPERSCRIPTS = str.maketrans(
    "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδεθφχ*′†‡⋆°⊤",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᵋᶿᵠᵡ*′†‡⋆°ᵀ",
)
SUBSCRIPTS = str.maketrans("0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ")
"""Raised and lowered signs; there are no others."""

ACCENT_NAMES = {
    "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303", "bar": "\u0304",
    "dot": "\u0307", "ddot": "\u0308", "vec": "\u20d7", "acute": "\u0301", "grave": "\u0300",
    "breve": "\u0306", "check": "\u030c", "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b",
    "k": "\u0328", "r": "\u030a",
}  # fmt: skip
"""Commands that put an accent on the letter in their braces, as the sign that joins the letter before it."""

ACCENT_SIGNS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304", ".": "\u0307",
}  # fmt: skip
r"""The same for signs: `\'e`."""

ESCAPES = {
    **{sign: sign for sign in "%&#_$ {}"},
    ",": " ", ";": " ", ":": " ", "!": "", "/": "", "-": "", "\\": " ", "|": "‖",
}  # fmt: skip
"""What a backslash before a sign reads as; before any other it stays."""
