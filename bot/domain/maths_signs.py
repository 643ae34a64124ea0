r"""The signs that LaTeX commands stand for. What is not here stays as it was written."""

from __future__ import annotations

SYMBOLS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω", "times": "×", "cdot": "·", "pm": "±", "sim": "∼", "approx": "≈", "neq": "≠", "leq": "≤",
    "le": "≤", "geq": "≥", "ge": "≥", "ll": "≪", "gg": "≫", "to": "→", "rightarrow": "→", "leftarrow": "←",
    "leftrightarrow": "↔", "uparrow": "↑", "downarrow": "↓", "infty": "∞", "partial": "∂", "nabla": "∇",
    "sum": "∑", "prod": "∏", "in": "∈", "subset": "⊂", "cup": "∪", "cap": "∩", "forall": "∀", "exists": "∃",
    "ell": "ℓ", "ldots": "…", "dots": "…", "cdots": "⋯", "star": "⋆", "dagger": "†", "deg": "°", "circ": "∘",
    "log": "log", "exp": "exp", "max": "max", "min": "min", "ss": "ß", "o": "ø", "O": "Ø", "ae": "æ",
    "textendash": "–", "textemdash": "—", "S": "§", "copyright": "©", "checkmark": "✓", "langle": "⟨",
    "rangle": "⟩", "quad": " ", "qquad": " ",
}  # fmt: skip
"""What a command reads as."""

DROPPED = frozenset({"left", "right", "big", "Big", "displaystyle", "limits", "color", "xspace", "noindent"})
"""Commands that say only how something looks."""

WRAPPERS = frozenset({
    "emph", "mathbb", "mathbf", "mathcal", "mathds", "mathit", "mathrm", "mathsf", "mathtt", "mbox",
    "operatorname", "textbf", "textit", "textrm", "textsc", "textsf", "textsl", "textsubscript",
    "textsuperscript", "text", "texttt", "underline", "boldsymbol", "bm",
})  # fmt: skip
"""Commands that dress the text in their braces."""

SWITCHES = frozenset(
    {"bf", "em", "it", "rm", "sc", "sf", "sl", "tt", "bfseries", "itshape", "small", "large"}
)
"""Commands that dress the text behind them, up to the end of their group."""

OPEN_LETTERS = {"C": "ℂ", "E": "𝔼", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "S": "𝕊", "Z": "ℤ", "1": "𝟙"}
"""Letters with a double stroke."""

SCRIPT_WORDS = {"circ": "°", "prime": "′", "dagger": "†", "ddagger": "‡", "star": "⋆", "ast": "*", "top": "ᵀ"}
"""What is written raised, as a sign of its own."""

SUPERSCRIPTS = str.maketrans("0123456789+-=()inTab", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿᵀᵃᵇ")
SUBSCRIPTS = str.maketrans("0123456789+-=()ijtkn", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ᵢⱼₜₖₙ")

ACCENT_NAMES = {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "dot": "\u0307", "vec": "\u20d7"}
ACCENT_SIGNS = {"'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304"}
"""Accents, as the signs that are joined to the letter before them."""

ESCAPES = {
    **{character: character for character in "%&#_$ {}"},
    ",": " ", ";": " ", ":": " ", "!": "", "/": "", "-": "", "\\": " ", "|": "‖",
}  # fmt: skip
"""What a backslash before a sign reads as."""
