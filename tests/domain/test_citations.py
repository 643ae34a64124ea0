"""Citations that can be pasted where they are needed: BibTeX, RIS, APA."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.citations import apa, bibtex, cite, key_of, ris, tex, year_of
from bot.domain.papers import Paper, PaperId
from tests.shared import shared_folder

FIPO = Paper(
    PaperId("2603.19835"),
    "FIPO: Eliciting 50% More Reasoning & $O(n^2)$ Steps",
    abstract="We present FIPO.",
    authors=("Chiyu Ma", "Shuo Yang", "Kexin Huang"),
    published_at=datetime(2026, 3, 20, 10, 24, 50, tzinfo=UTC),
    categories=("cs.CL", "cs.AI"),
)
BARE = Paper(PaperId("hep-th/9901001"), "A title")


def crowd(size: int) -> Paper:
    return replace(FIPO, authors=tuple(f"Author {number}" for number in range(1, size + 1)))


def depth(text: str) -> list[int]:
    """Count open braces after each character, as BibTeX does: behind a backslash too."""
    steps = [{"{": 1, "}": -1}.get(character, 0) for character in text]
    return [sum(steps[:end]) for end in range(1, len(steps) + 1)]


# --- BibTeX ---------------------------------------------------------------------------


def test_bibtex_has_arxivs_own_fields() -> None:
    assert bibtex(FIPO) == "\n".join(
        (
            "@misc{ma2026fipo,",
            r"  title = {{FIPO: Eliciting 50\% More Reasoning \& $O(n^2)$ Steps}},",
            "  author = {{Chiyu Ma} and {Shuo Yang} and {Kexin Huang}},",
            "  year = {2026},",
            "  eprint = {2603.19835},",
            "  archivePrefix = {arXiv},",
            "  primaryClass = {cs.CL},",
            "  url = {https://arxiv.org/abs/2603.19835},",
            "}",
        )
    )


def test_bibtex_leaves_out_what_is_not_known() -> None:
    assert bibtex(BARE) == "\n".join(
        (
            "@misc{unknown1999title,",
            "  title = {{A title}},",
            "  year = {1999},",
            "  eprint = {hep-th/9901001},",
            "  archivePrefix = {arXiv},",
            "  url = {https://arxiv.org/abs/hep-th/9901001},",
            "}",
        )
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("plain – text", "plain – text", id="nothing to escape"),
        pytest.param("R&D 50% #1 a_b", r"R\&D 50\% \#1 a\_b", id="one character each"),
        pytest.param("~ ^", r"\textasciitilde{} \textasciicircum{}", id="accents of TeX"),
        pytest.param("a\\b", r"a\textbackslash{}b", id="a command"),
        pytest.param(r"R\&D 5\% \_", r"R\&D 5\% \_", id="what the authors have escaped"),
        pytest.param("X^{2}", r"X\textasciicircum{}\{2\}", id="mathematics without its marks"),
        pytest.param("an open {", r"an open \textbraceleft{}", id="a brace alone"),
        pytest.param("} {", r"\textbraceright{} \textbraceleft{}", id="braces the wrong way round"),
        pytest.param("in $O(n^{2})$ steps", "in $O(n^{2})$ steps", id="a formula"),
        pytest.param("$a_1$ and $b_2$", "$a_1$ and $b_2$", id="two formulas"),
        pytest.param("$a$$b$", "$a$$b$", id="side by side"),
        pytest.param("costs $5", r"costs \$5", id="a price"),
        pytest.param("from $5 to $10", r"from \$5 to \$10", id="two prices"),
        pytest.param("from $5k-$10k", r"from \$5k-\$10k", id="a span of prices"),
        pytest.param("$a{b$", r"\$a\textbraceleft{}b\$", id="a formula that would open a field"),
        pytest.param("$50%$ & $x$", r"\$50\%\$ \& $x$", id="a formula that would end the line"),
        pytest.param(r"\$x$", r"\$x\$", id="a dollar that the authors have escaped"),
    ],
)
def test_what_tex_would_read_is_escaped(text: str, written: str) -> None:
    assert tex(text) == written


@given(st.text(st.sampled_from("ab {}$\\%&^_~#\n"), max_size=40))
def test_no_text_opens_or_closes_the_field_that_it_stands_in(text: str) -> None:
    depths = depth(tex(text))
    assert min(depths, default=0) == 0
    assert depths[-1:] in ([], [0])


@given(st.text(st.sampled_from("ab {}$\\%&^_~#"), max_size=40))
def test_no_comment_begins_in_a_field(text: str) -> None:
    assert not re.search(r"(?<!\\)[%#&]", tex(text))


# --- Keys -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("author", "title", "key"),
    [
        ("Chiyu Ma", "FIPO: Eliciting", "ma2026fipo"),
        ("José Núñez", "The Café of Agents", "nunez2026cafe"),
        ("Ludwig van Beethoven", "How to Do It: Self-Play", "beethoven2026it"),
        ("Plato", "1-bit LLMs", "plato20261bit"),
        ("李 飞飞", "人工 Agents", "unknown2026agents"),
        ("O'Neil, Jr.", "{Braces} and \\commands", "jr2026braces"),
        ("A B", "The of", "b20262603.19835"),
        (" ", "人工", "unknown20262603.19835"),
    ],
)
def test_a_key_is_author_year_and_a_telling_word(author: str, title: str, key: str) -> None:
    assert key_of(replace(FIPO, authors=(author,), title=title)) == key


def test_a_key_has_no_slash() -> None:
    assert key_of(replace(BARE, title="")) == "unknown1999hep-th-9901001"


@given(st.text(), st.text())
def test_a_key_can_stand_in_any_bibliography(author: str, title: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+[a-z0-9.-]+", key_of(replace(FIPO, authors=(author,), title=title)))


def test_real_papers_have_keys_that_tell_them_apart() -> None:
    papers: dict[str, Paper] = {}
    for file in (shared_folder() / "data/daily_papers").glob("2026-*.jsonl.gz"):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for item in (item for line in lines for item in json.loads(line)["items"]):
                told = item["paper"]
                names = tuple(author["name"] for author in told["authors"])
                papers[told["id"]] = Paper(PaperId(told["id"]), told["title"], authors=names)
    keys = {key_of(paper) for paper in papers.values()}
    assert all(re.fullmatch(r"[a-z0-9]+20\d\d[a-z0-9]+", key) for key in keys)
    assert len(keys) > 0.97 * len(papers) > 1_000


@pytest.mark.parametrize(
    ("identifier", "year"),
    [("2603.19835", "2026"), ("0704.0001", "2007"), ("hep-th/9107001", "1991"), ("math/0309136", "2003")],
)
def test_an_identifier_tells_the_year_where_nothing_else_does(identifier: str, year: str) -> None:
    assert year_of(replace(BARE, id=PaperId(identifier))) == year


# --- RIS ------------------------------------------------------------------------------


def test_ris_is_a_record_of_tagged_lines() -> None:
    assert ris(FIPO).split("\n") == [
        "TY  - GEN",
        "TI  - FIPO: Eliciting 50% More Reasoning & $O(n^2)$ Steps",
        "AU  - Chiyu Ma",
        "AU  - Shuo Yang",
        "AU  - Kexin Huang",
        "PY  - 2026",
        "AB  - We present FIPO.",
        "PB  - arXiv",
        "M1  - arXiv:2603.19835",
        "UR  - https://arxiv.org/abs/2603.19835",
        "ER  - ",
    ]


def test_ris_leaves_out_what_is_not_known() -> None:
    assert [line[:2] for line in ris(BARE).split("\n")] == ["TY", "TI", "PY", "PB", "M1", "UR", "ER"]


def test_ris_names_every_author_in_order() -> None:
    names = [line[6:] for line in ris(crowd(600)).split("\n") if line.startswith("AU")]
    assert names == list(crowd(600).authors)


# --- APA ------------------------------------------------------------------------------


def test_apa_is_one_line() -> None:
    assert apa(FIPO) == (
        "Chiyu Ma, Shuo Yang, & Kexin Huang. (2026). FIPO: Eliciting 50% More Reasoning & $O(n^2)$ Steps. "
        "arXiv:2603.19835. https://arxiv.org/abs/2603.19835"
    )


@pytest.mark.parametrize(
    ("authors", "beginning"),
    [
        ((), "(2026). "),
        (("Ana One",), "Ana One. (2026). "),
        (("Ana One", "Ben Two"), "Ana One, & Ben Two. (2026). "),
        (("Ana One", "Ben Two Jr."), "Ana One, & Ben Two Jr. (2026). "),
    ],
)
def test_apa_joins_authors(authors: tuple[str, ...], beginning: str) -> None:
    assert apa(replace(FIPO, authors=authors)).startswith(beginning)


@pytest.mark.parametrize(
    ("title", "part"),
    [("Why?", "(2026). Why? arXiv:"), ("Go!", "(2026). Go! arXiv:"), ("So.", "(2026). So. arXiv:")],
)
def test_apa_ends_a_title_once(title: str, part: str) -> None:
    assert part in apa(replace(FIPO, title=title))


def test_apa_names_twenty_authors() -> None:
    assert apa(crowd(20)).startswith(f"{', '.join(crowd(19).authors)}, & Author 20. (2026)")


def test_apa_names_nineteen_and_the_last_of_more() -> None:
    assert apa(crowd(21)).startswith(f"{', '.join(crowd(19).authors)}, … Author 21. (2026)")
    assert apa(crowd(600)).startswith(f"{', '.join(crowd(19).authors)}, … Author 600. (2026)")


# --- All ------------------------------------------------------------------------------


@pytest.mark.parametrize(("style", "beginning"), [("bibtex", "@misc{"), ("ris", "TY  - "), ("apa", "Chiyu")])
def test_a_style_is_chosen_by_its_name(style: str, beginning: str) -> None:
    assert cite(FIPO, style).startswith(beginning)


def test_there_is_no_other_style() -> None:
    with pytest.raises(KeyError):
        cite(FIPO, "mla")
