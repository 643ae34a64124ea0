r"""LaTeX in titles and abstracts, made readable: Unicode where it has the sign, else the bare words. Pure.

Sources send it in every state: whole (`$\alpha$`), with its dollars gone (`A^2Search`), with its backslashes
gone too (`360^circ`), cut in the middle (`\textbf{Self-`), or as an author's own macro (`\method`). What is
not known stays as it stands, and so does what only looks like LaTeX: `cost $5 and $6`, `100% of {x}`,
`tool_call`. pylatexenc was tried: it takes every text for LaTeX, so `%` hides the rest of a line, a lone `$`
eats a sentence and braces vanish. A table and a small reader do less, and nothing that is wrong.
"""

from __future__ import annotations

import re
import unicodedata

from bot.domain.maths_signs import (
    ACCENT_NAMES,
    ACCENT_SIGNS,
    DROPPED,
    ESCAPES,
    GREEK,
    OPEN_LETTERS,
    SCRIPT_WORDS,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    SWITCHES,
    SYMBOLS,
    WRAPPERS,
)

Read = tuple[str, int]
"""What something reads as, and where the text goes on behind it."""

GROUP_CHARS = 400
"""The longest text in braces that is looked at; bounds the work on braces that never close."""
DEEPEST = 8
"""How deep braces are followed; what is deeper stays as it stands."""

LATEX = re.compile(r"[\\$^_`]")
LOST = re.compile(
    r"(?<=\d)times(?![a-z])|(?<![\\A-Za-z])(?:"
    r"(?:math(?:cal|bb|bf|rm|it)|text(?:bf|it|tt|sc|rm|sf))(?=\{)"
    r"|(?:sim|approx|leq|geq|pm|rightarrow)(?=\s?\d+(?:[\W_]|[a-zA-Z](?![a-z])))"
    r")"
)
r"""A command whose backslash got lost on the way: `3.5times faster`, `approx20%`, not `sim2real`."""
ADDRESS = re.compile(r"(https?://[^\s{}]+)")
URL = re.compile(r"\\url\s*\{([^{}]*)\}")
HREF = re.compile(r"\\href\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
QUOTED = re.compile(r"``([^`']{1,200})''")
MATHS = re.compile(
    r"(?<![\\$])\$(?=[^\s$])(?P<dollars>(?:\\.|[^$\\]){1,200}?)(?<![\s\\])\$(?!\d)"
    r"|\$(?P<command>\\[A-Za-z]+)\s?\$"
    r"|\\\((?P<round>.{1,300}?)\\\)|\\\[(?P<square>.{1,300}?)\\\]"
)
SPECIAL = re.compile(r"\\(?P<name>[A-Za-z]+)\*?|\\(?P<sign>.)|(?P<script>[\^_])|(?P<brace>[{}])|(?P<tie>~)")
ACCENTED = re.compile(r"\{\\?(?P<braced>[^\W\d_])\}|(?P<bare>[^\W\d_])")
ENDING = re.compile(r"(?:s|t|d|m|ll|ve)(?![a-zA-Z])")
ESCAPED = re.compile(r"\\([%&#_~])")

POWER = re.compile(r"[+-]?\d+|[A-Za-z*](?![A-Za-z])")
INDEX = re.compile(r"\d+(?!\w|\.\d)")
"""Outside of maths an index is a number on a single letter: `L_2`, not `tool_call` or `e4m3_v2`."""
SCRIPT_WORD = re.compile(rf"\\?(?P<word>{'|'.join(SCRIPT_WORDS)})(?![A-Za-z])")
GROUPED_WORD = re.compile(rf"\{{\\?(?P<word>{'|'.join(SCRIPT_WORDS)})\}}")
DRESS = re.compile(r"\\?text[a-z]{2}(?=\{)")
"""A `\\textbf` before its braces; sources lose its backslash."""


def readable(text: str) -> str:
    r"""Return a text without its LaTeX: `$O(n^2)$` becomes `O(n²)`, `\textbf{a} 5\%` becomes `a 5%`.

    Text that is read twice may lose dollars that the first reading had freed (`\$x\$`): read it once.
    """
    if not LATEX.search(text) and not LOST.search(text):
        return text
    linked = HREF.sub(link_words, URL.sub(r"\1", text))
    pieces = ADDRESS.split(linked)
    read = "".join(
        ESCAPED.sub(r"\1", piece) if at % 2 else read_prose(piece) for at, piece in enumerate(pieces)
    )
    if read == text or not read.strip():
        return text
    return unicodedata.normalize("NFC", " ".join(read.split()))


def link_words(found: re.Match[str]) -> str:
    """Return a link's words with its address behind them; the address alone where they say no more."""
    address, words = found.groups()
    return f"{words} ({address})" if words and words not in address else address


def read_prose(text: str) -> str:
    """Read the maths of a text as maths, the rest as a text that may have LaTeX in it."""
    text = LOST.sub(r"\\\g<0>", text)
    pieces: list[str] = []
    at = 0
    for found in MATHS.finditer(text):
        inner = found["dollars"] or found["command"] or found["round"] or found["square"]
        if found["dollars"] is None or is_maths(inner):
            pieces += read_latex(text[at : found.start()], in_maths=False), read_latex(inner, in_maths=True)
            at = found.end()
    pieces.append(read_latex(text[at:], in_maths=False))
    return QUOTED.sub(r"“\1”", "".join(pieces))


def is_maths(inner: str) -> bool:
    """Tell whether what stands between two dollars is maths, not the words between two prices."""
    if inner[-1] in "-–/(,;:":
        return False
    return " " not in inner or any(sign in inner for sign in "\\^_{}=<>+")


def read_latex(text: str, *, in_maths: bool, depth: int = 0) -> str:
    """Read one piece of text from left to right."""
    if depth > DEEPEST:
        return text
    pieces: list[str] = []
    at = 0
    while found := SPECIAL.search(text, at):
        pieces.append(text[at : found.start()])
        words, at = special(text, found, in_maths=in_maths, depth=depth + 1)
        pieces.append(words)
    return "".join((*pieces, text[at:]))


def special(text: str, found: re.Match[str], *, in_maths: bool, depth: int) -> Read:
    """Read what begins with a sign that may mean something."""
    at = found.end()
    if found["name"]:
        return command(text, found["name"], at, in_maths=in_maths, depth=depth)
    if found["sign"]:
        return sign(text, found["sign"], at)
    if found["script"]:
        return script(text, found.start(), in_maths=in_maths, depth=depth) or (found["script"], at)
    if found["brace"]:
        return brace(text, found.start(), in_maths=in_maths, depth=depth)
    return (" " if in_maths else "~"), at


# --- Braces -----------------------------------------------------------------------


def group(text: str, at: int) -> Read | None:
    """Return what stands in the braces that open at `at`, and where they end; None where they don't."""
    if text[at : at + 1] != "{":
        return None
    depth = 0
    for found in re.finditer(r"\\.|[{}]", text[at : at + GROUP_CHARS]):
        depth += {"{": 1, "}": -1}.get(found.group(), 0)
        if depth == 0:
            return text[at + 1 : at + found.start()], at + found.end()
    return None


def brace(text: str, at: int, *, in_maths: bool, depth: int) -> Read:
    r"""Read a brace: in maths it only groups, in text it stays, but for `{\it vs.}` and `{\deg}`."""
    inner = group(text, at)
    if inner is None:
        return ("" if in_maths else text[at]), at + 1
    content, end = inner
    if in_maths:
        return read_latex(content, in_maths=True, depth=depth), end
    switch = re.match(r"\\([A-Za-z]+)(?:\s+|$)", content)
    if switch and switch[1] in SWITCHES:
        return read_latex(content[switch.end() :], in_maths=False, depth=depth), end
    if switch and switch[1] in SYMBOLS and switch.end() == len(content):
        return SYMBOLS[switch[1]], end
    return "{", at + 1


# --- Commands ---------------------------------------------------------------------


def command(text: str, name: str, at: int, *, in_maths: bool, depth: int) -> Read:
    """Read a command whose name ends at `at`; one that is not known stays, with what it is applied to."""
    if name in SYMBOLS:
        return symbol(text, name, at), after_symbol(text, name, at)
    if name in DROPPED:
        return "", after_groups(text, at) if name == "color" else at
    if text[at : at + 1] == "{":
        if name in WRAPPERS:
            return wrapped(text, name, at, in_maths=in_maths, depth=depth)
        if read := applied(text, name, at, depth=depth):
            return read
    return text[at - len(name) - 1 : after_groups(text, at)], after_groups(text, at)


def symbol(text: str, name: str, at: int) -> str:
    """Return what a command stands for; a word stands apart from what is before it, `n log n`."""
    words = SYMBOLS[name]
    is_word = words.isalpha() and len(words) > 1
    return f" {words}" if is_word and text[: at - len(name) - 1][-1:].isalnum() else words


def after_symbol(text: str, name: str, at: int) -> int:
    """Return where the text goes on: an operator stands close on both sides where it does on one, `5×3`."""
    if text.startswith("{}", at):
        return at + 2
    before = text[: at - len(name) - 1][-1:]
    is_operator = unicodedata.category(SYMBOLS[name][0]) == "Sm" and before.isalnum()
    return at + (is_operator and text.startswith(" ", at) and text[at + 1 : at + 2].isdigit())


def after_groups(text: str, at: int) -> int:
    """Return where the text goes on behind all the groups that begin at `at`."""
    while inner := group(text, at):
        at = inner[1]
    return at


def wrapped(text: str, name: str, at: int, *, in_maths: bool, depth: int) -> Read:
    """Read a text without its dress; of a group that was cut off, the dress alone goes."""
    inner = group(text, at)
    if inner is None:
        return "", at + 1
    content, end = inner
    read = read_latex(content, in_maths=in_maths and not name.startswith("text"), depth=depth)
    if name in {"mathbb", "mathds"}:
        return OPEN_LETTERS.get(read, read), end
    if name in {"textsuperscript", "textsubscript"}:
        return moved(read, "^" if name == "textsuperscript" else "_"), end
    return read, end


def applied(text: str, name: str, at: int, *, depth: int) -> Read | None:
    """Read a command that does something to the groups behind it; None if it is none of those known."""
    first = group(text, at)
    if first is None:
        return None
    inner, end = read_latex(first[0], in_maths=True, depth=depth), first[1]
    if name in ACCENT_NAMES:
        return accented(inner, ACCENT_NAMES[name]), end
    if name == "footnote":
        return f" ({read_latex(first[0], in_maths=False, depth=depth)})", end
    if name == "sqrt":
        return f"√{enclosed(inner)}", end
    if name in {"frac", "tfrac", "dfrac"} and (second := group(text, end)):
        under = read_latex(second[0], in_maths=True, depth=depth)
        return f"{enclosed(inner)}/{enclosed(under)}", second[1]
    return None


def accented(letter: str, accent: str) -> str:
    """Return a letter with its accent; more than one letter goes without."""
    return unicodedata.normalize("NFC", letter + accent) if len(letter) == 1 else letter


def enclosed(words: str) -> str:
    """Return words as one operand: in brackets unless they are one number or name."""
    return words if words.isalnum() else f"({words})"


def sign(text: str, character: str, at: int) -> Read:
    r"""Read a backslash before a sign: `\%`, `\,`, or an accent, where a letter stands on both sides.

    At the beginning of a word `\"` is an escaped quotation mark more often than an accent, and `\'` an
    escaped apostrophe before the ending of a word: `the model\'s`.
    """
    letter = ACCENTED.match(text, at) if character in ACCENT_SIGNS else None
    if letter is None or (character == "'" and ENDING.match(text, at)):
        return ESCAPES.get(character, "'" if letter else f"\\{character}"), at
    before = text[max(0, at - 3) : at - 2]
    if letter["braced"] or before.isalpha() or (before == "-" and character == "`"):
        return accented(letter["braced"] or letter["bare"], ACCENT_SIGNS[character]), letter.end()
    return f"\\{character}", at


# --- What is raised or lowered -------------------------------------------------------

LETTERS = {"^": SUPERSCRIPTS, "_": SUBSCRIPTS}


def script(text: str, at: int, *, in_maths: bool, depth: int) -> Read | None:
    """Read what is raised or lowered at `at`; None where the sign means nothing of the kind."""
    mark = text[at]
    if not in_maths and not has_base(text, at):
        return None
    if mark == "^" and (word := SCRIPT_WORD.match(text, at + 1) or GROUPED_WORD.match(text, at + 1)):
        return SCRIPT_WORDS[word["word"]], word.end()
    content = argument(text, at + 1, in_maths=in_maths, depth=depth)
    if content is None and not in_maths:
        content = bare_argument(text, at)
    if content is None or not content[0].strip():
        return None
    return moved(content[0].strip(), mark), content[1]


def has_base(text: str, at: int) -> bool:
    """Tell whether something stands before the sign that can have an index or a power."""
    return bool(at) and (text[at - 1].isalnum() or text[at - 1] in ")]}′’'")


def argument(text: str, at: int, *, in_maths: bool, depth: int) -> Read | None:
    r"""Read an index or a power: a group, a `\textbf{…}`, in maths one sign or command too."""
    if inner := group(text, at):
        is_letter = inner[0] in GREEK or inner[0] == "lambda"  # its backslash got lost
        words = SYMBOLS[inner[0]] if is_letter else read_latex(inner[0], in_maths=True, depth=depth)
        return words, inner[1]
    if (dress := DRESS.match(text, at)) and (inner := group(text, dress.end())):
        return read_latex(inner[0], in_maths=False, depth=depth), inner[1]
    if not in_maths or at >= len(text):
        return None
    found = SPECIAL.match(text, at)
    return special(text, found, in_maths=True, depth=depth) if found else (text[at], at + 1)


def bare_argument(text: str, at: int) -> Read | None:
    """Read a power without braces in a text, `A^2Search`, or an index on a single letter, `L_2`."""
    if text[at] == "^":
        found = POWER.match(text, at + 1)
    else:
        is_single = at == 1 or not (text[at - 2].isalnum() or text[at - 2] in "_/.-")
        found = INDEX.match(text, at + 1) if is_single and text[at - 1].isalpha() else None
    return (found.group(), found.end()) if found else None


def moved(words: str, mark: str) -> str:
    """Return words raised (`^`) or lowered (`_`) where Unicode has all their signs; else behind the mark."""
    if all(ord(letter) in LETTERS[mark] for letter in words):
        return words.translate(LETTERS[mark])
    is_one = words.isalnum() or len(words) == 1
    return f"{mark}{words if is_one else f'({words})'}"
