"""Citations of a paper, its authors in their order."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from bot.domain.paper_ids import abs_url

if TYPE_CHECKING:
    from bot.domain.papers import Paper

SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
} | {character: f"\\{character}" for character in "&%$#_{}"}
"""What BibTeX and TeX would read as markup, outside of mathematics."""

BRACES = {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
"""BibTeX counts braces behind a backslash too, so single ones must not stand as such."""

WRITTEN_FOR_TEX = re.compile(r"\\[&%$#_]")
"""What the authors escaped themselves, as arXiv hands it on: `\\&`."""

FORMULA = re.compile(r"(?<!\\)\$(?=\S)[^$]+(?<![\s\\])\$(?!\d)")
"""Mathematics between dollar signs; `$5 and $10` are prices."""

UNSAFE_IN_FORMULA = re.compile(r"(?<!\\)[%#&]")
"""What would end the line or stop TeX within a formula."""

SMALL_WORDS = {
    *("a", "an", "and", "are", "as", "at", "by", "can", "do", "does", "for", "from", "how", "in", "is", "of"),
    *("on", "or", "the", "to", "via", "what", "when", "with"),
}

APA_AUTHORS = 20
"""APA 7 names up to twenty authors; of more, the first nineteen and the last."""


def cite(paper: Paper, style: str) -> str:
    """Return the citation in a style: `bibtex`, `ris` or `apa`.

    Raises KeyError for any other style; the table of commands offers these alone.
    """
    return {"bibtex": bibtex, "ris": ris, "apa": apa}[style](paper)


def bibtex(paper: Paper) -> str:
    """Return a `@misc` entry with arXiv's own fields (https://info.arxiv.org/help/hypertex/bibstyles)."""
    fields = {
        "title": f"{{{tex(paper.title)}}}",
        "author": " and ".join(f"{{{tex(name)}}}" for name in paper.authors),
        "year": year_of(paper),
        "eprint": paper.id,
        "archivePrefix": "arXiv",
        "primaryClass": next(iter(paper.categories), ""),
        "url": abs_url(paper.id),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join((f"@misc{{{key_of(paper)},", *lines, "}"))


def tex(text: str) -> str:
    """Return a text with all that TeX would read as markup escaped, but for sound formulas."""
    formulas = FORMULA.findall(text)
    plain = [escaped(between) for between in FORMULA.split(text)]
    kept = [formula if is_sound(formula) else escaped(formula) for formula in formulas]
    return "".join(part for pair in zip(plain, [*kept, ""], strict=True) for part in pair)


def escaped(text: str) -> str:
    """Return a text with every special character escaped, once."""
    special = SPECIAL if balanced(text) else SPECIAL | BRACES
    pieces = re.findall(rf"{WRITTEN_FOR_TEX.pattern}|.", text, re.DOTALL)
    return "".join(special.get(piece, piece) for piece in pieces)


def is_sound(formula: str) -> bool:
    """Tell whether a formula can stand in a field as it is."""
    return balanced(formula) and not UNSAFE_IN_FORMULA.search(formula)


def balanced(text: str) -> bool:
    """Tell whether the braces of a text pair up, so that it cannot open or close the field around it."""
    depth = 0
    for brace in re.findall(r"[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def key_of(paper: Paper) -> str:
    """Return first author, year and first telling word: `ma2026fipo`, all in ASCII."""
    author = paper.authors[0].split()[-1] if paper.authors and paper.authors[0].split() else "unknown"
    words = [word for word in map(bare, paper.title.split()) if word and word not in SMALL_WORDS]
    return f"{bare(author) or 'unknown'}{year_of(paper)}{next(iter(words), paper.id.replace('/', '-'))}"


def bare(word: str) -> str:
    """Return a word in small letters and digits of ASCII alone."""
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", plain)


def year_of(paper: Paper) -> str:
    """Return the year of submission, else the one that the identifier names."""
    if paper.published_at is not None:
        return str(paper.published_at.year)
    number = paper.id.rpartition("/")[2]
    year = int(number[:2])
    return str(1900 + year if year > 90 else 2000 + year)  # noqa: PLR2004 - arXiv began in 1991


def ris(paper: Paper) -> str:
    """Return a RIS record: type and title first, an `AU` line for each author, `ER` last."""
    rows = [
        ("TY", "GEN"),
        ("TI", paper.title),
        *(("AU", name) for name in paper.authors),
        ("PY", year_of(paper)),
        ("AB", paper.abstract),
        ("PB", "arXiv"),
        ("M1", f"arXiv:{paper.id}"),
        ("UR", abs_url(paper.id)),
    ]
    return "\n".join([f"{tag}  - {value}" for tag, value in rows if value] + ["ER  - "])


def apa(paper: Paper) -> str:
    """Return one line in APA style."""
    authors = apa_authors(paper.authors)
    who = f"{authors} " if authors else ""
    title = ended(paper.title)
    return f"{who}({year_of(paper)}). {title} arXiv:{paper.id}. {abs_url(paper.id)}"


def ended(text: str) -> str:
    """Return a text with a full stop at its end, where it has no mark of its own."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def apa_authors(authors: tuple[str, ...]) -> str:
    """Return the authors joined as APA does. Names stay whole: which part is the family's cannot be told."""
    if len(authors) > APA_AUTHORS:
        return ended(f"{', '.join(authors[: APA_AUTHORS - 1])}, … {authors[-1]}")
    if len(authors) > 1:
        return ended(f"{', '.join(authors[:-1])}, & {authors[-1]}")
    return ended(authors[0]) if authors else ""
