"""Paper identifiers in every form that people paste, and the pages of a paper.

arXiv's scheme (https://info.arxiv.org/help/arxiv_identifier.html): since April 2007 `YYMM.NNNN`, from
January 2015 `YYMM.NNNNN`; before that `archive/YYMMNNN`, where a subject class (`math.GT/0309136`) may follow
the archive's name without being part of the identity. `vN` names a version and is dropped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from bot.domain.papers import PaperId

if TYPE_CHECKING:
    from bot.domain.papers import Listed

FIRST_NEW_STYLE = 704
"""April 2007 as YYMM."""
FIRST_FIVE_DIGITS = 1501
"""January 2015 as YYMM."""
FIRST_OLD_STYLE = 9107
"""July 1991 as YYMM: what is below it, up to `LAST_OLD_STYLE`, is of this century."""
LAST_OLD_STYLE = 703
"""March 2007 as YYMM."""

LONGEST_PASTE = 500
"""Links with tracking parameters are long; no identifier hides in more text than this."""

YYMM = r"(?P<yymm>\d{2}(?:0[1-9]|1[0-2]))"
VERSION = r"(?:v\d{1,3})?"
NEW_STYLE = re.compile(rf"{YYMM}\.(?P<number>\d{{4,5}}){VERSION}", re.ASCII | re.IGNORECASE)
OLD_STYLE = re.compile(
    rf"(?P<archive>(?:[a-z]{{2,8}}|q(?=-))(?:-[a-z]{{2,4}})?)(?:\.[a-z-]{{2,9}})?/{YYMM}(?P<number>\d{{3}}){VERSION}",
    re.ASCII | re.IGNORECASE,
)
PATH = r"(?P<path>[^?#|\s]*)(?:[?#][^|\s]*)?(?:\|.*)?"
"""The path of a link; the query string, the fragment and Slack's label after it say nothing."""
LINK = re.compile(
    r"(?:https?://)?(?:[a-z0-9-]+\.)*(?:arxiv\.org|huggingface\.co|hf\.co|alphaxiv\.org)(?::\d+)?/" + PATH,
    re.IGNORECASE,
)
PAGES = re.compile(
    r"(?:[a-z]{2}/)?(?:abs|pdf|html|papers|overview|format|ps|src|e-print|resources)/", re.IGNORECASE
)
DOI = re.compile(
    r"(?:(?:https?://)?(?:(?:dx|www)\.)?doi\.org/|doi:\s*)?10\.48550/arxiv\." + PATH, re.IGNORECASE
)
PREFIX = re.compile(r"^arxiv\s*:\s*", re.IGNORECASE)
FILE_OR_CLASS = re.compile(r"(?:\.pdf|\s+\[[a-z.-]+\]?)$", re.IGNORECASE)
"""What follows an identifier in the name of its file, and in the margin of its first page: `[cs.CL]`."""
WRAPPING = " \t\r\n\xa0\u200b\ufeff<>()[]{}\"'“”‘’«»`*_,;.!?"


def parse_paper_id(text: str) -> PaperId | None:
    """Return the identifier in a text that is nothing but one, in any of its forms; else None.

    Known are bare identifiers, `arXiv:` and DOI forms, and the pages of a paper on arXiv, Hugging Face and
    alphaXiv, with version, `.pdf`, query string, fragment, and the brackets or marks that come with pasting.
    """
    if len(text) > LONGEST_PASTE:
        return None
    return identifier_of(FILE_OR_CLASS.sub("", without_page(text.strip(WRAPPING))))


def is_paper_id(text: str) -> bool:
    """Tell whether a text is one identifier; Slack's label behind a link could hide more words in it."""
    return "|" not in text and parse_paper_id(text) is not None


def without_page(pasted: str) -> str:
    """Return what may be an identifier, without the link, prefix or DOI around it."""
    if doi := DOI.fullmatch(pasted):
        return doi["path"].strip(WRAPPING)
    address = LINK.fullmatch(pasted)
    if address is None:
        return PREFIX.sub("", pasted)
    path = unquote(address["path"]).strip("/" + WRAPPING)
    page = PAGES.match(path)
    return path[page.end() :] if page else ""


def identifier_of(bare: str) -> PaperId | None:
    """Return the identifier that a bare form spells, without its version; None if it is none."""
    if new := NEW_STYLE.fullmatch(bare):
        yymm, digits = int(new["yymm"]), len(new["number"])
        right = yymm >= FIRST_NEW_STYLE and digits == (5 if yymm >= FIRST_FIVE_DIGITS else 4)
        return PaperId(f"{new['yymm']}.{new['number']}") if right else None
    if old := OLD_STYLE.fullmatch(bare):
        is_old = int(old["yymm"]) >= FIRST_OLD_STYLE or int(old["yymm"]) <= LAST_OLD_STYLE
        return PaperId(f"{old['archive'].lower()}/{old['yymm']}{old['number']}") if is_old else None
    return None


def abs_url(paper: PaperId) -> str:
    """Return arXiv's page of a paper."""
    return f"https://arxiv.org/abs/{paper}"


def pdf_url(paper: PaperId) -> str:
    """Return arXiv's PDF of a paper."""
    return f"https://arxiv.org/pdf/{paper}"


def hub_url(paper: PaperId) -> str:
    """Return Hugging Face's page of a paper, with its discussion."""
    return f"https://huggingface.co/papers/{paper}"


def paper_url(listed: Listed) -> str:
    """Return the page to open for a paper: Hugging Face's where it was listed there, else arXiv's."""
    return abs_url(listed.paper.id) if listed.feed_day is None else hub_url(listed.paper.id)
