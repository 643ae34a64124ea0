"""Every form in which people paste a paper, and what looks like one and is none."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.paper_ids import (
    LONGEST_PASTE,
    abs_url,
    hub_url,
    identifier_of,
    is_paper_id,
    paper_url,
    parse_paper_id,
    pdf_url,
)
from bot.domain.papers import Listed, Paper, PaperId

if TYPE_CHECKING:
    from collections.abc import Callable

NEW = PaperId("2604.01234")
OLD = PaperId("hep-th/9901001")

FORMS = [
    # bare, in prefixes, with versions
    "2604.01234",
    "2604.01234v1",
    "2604.01234v12",
    "2604.01234V2",
    "arXiv:2604.01234",
    "arxiv:2604.01234v2",
    "ARXIV: 2604.01234",
    "arXiv : 2604.01234",
    "arXiv:2604.01234v2 [cs.CL]",
    "arXiv:2604.01234 [hep-th]",
    "2604.01234v1.pdf",
    # DOI
    "10.48550/arXiv.2604.01234",
    "10.48550/ARXIV.2604.01234",
    "doi:10.48550/arXiv.2604.01234",
    "DOI: 10.48550/arXiv.2604.01234",
    "https://doi.org/10.48550/arXiv.2604.01234",
    "http://dx.doi.org/10.48550/arxiv.2604.01234",
    "https://www.doi.org/10.48550/arXiv.2604.01234?nosfx=y#top",
    # arXiv's pages
    "https://arxiv.org/abs/2604.01234",
    "http://arxiv.org/abs/2604.01234v3",
    "HTTPS://ARXIV.ORG/ABS/2604.01234",
    "arxiv.org/abs/2604.01234",
    "https://www.arxiv.org/abs/2604.01234/",
    "https://export.arxiv.org/abs/2604.01234",
    "https://de.arxiv.org/abs/2604.01234",
    "https://arxiv.org/pdf/2604.01234",
    "https://arxiv.org/pdf/2604.01234.pdf",
    "https://arxiv.org/pdf/2604.01234v2.PDF",
    "https://arxiv.org/pdf/2604.01234v2.pdf#page=7",
    "https://arxiv.org/html/2604.01234v1",
    "https://arxiv.org/html/2604.01234v1#S3.F2",
    "https://arxiv.org/abs/2604.01234?context=cs.LG",
    "https://arxiv.org/abs/2604.01234?utm_source=slack&utm_medium=a%20b#abs",
    "https://arxiv.org:443/abs/2604.01234",
    "https://arxiv.org/abs/2604%2E01234",
    "https://ar5iv.labs.arxiv.org/html/2604.01234",
    "https://arxiv.org/format/2604.01234",
    # Hugging Face's and alphaXiv's
    "https://huggingface.co/papers/2604.01234",
    "https://huggingface.co/papers/2604.01234#community",
    "https://huggingface.co/papers/2604.01234?ref=daily",
    "hf.co/papers/2604.01234",
    "https://www.alphaxiv.org/abs/2604.01234",
    "https://alphaxiv.org/abs/2604.01234v1",
    "https://www.alphaxiv.org/overview/2604.01234",
    "https://www.alphaxiv.org/en/overview/2604.01234",
    # what comes with pasting
    "  2604.01234\n",
    "\u200b2604.01234\ufeff",
    "2604.01234\xa0",
    "“2604.01234”",
    "`2604.01234`",
    "**2604.01234**",
    "(2604.01234).",
    "2604.01234,",
    "<https://arxiv.org/abs/2604.01234>",
    "<https://arxiv.org/abs/2604.01234|arxiv.org/abs/2604.01234>",
    "<https://arxiv.org/abs/2604.01234|A title, with “marks” | and bars>",
    "<https://huggingface.co/papers/2604.01234?a=b#c|label>",
    "<https://doi.org/10.48550/arXiv.2604.01234|doi>",
    "https://arxiv.org/abs/2604.01234).",
]


@pytest.mark.parametrize("form", FORMS)
def test_a_paper_is_known_in_every_form_that_people_paste(form: str) -> None:
    assert parse_paper_id(form) == NEW


@pytest.mark.parametrize(
    "form",
    [
        "hep-th/9901001",
        "hep-th/9901001v3",
        "HEP-TH/9901001",
        "arXiv:hep-th/9901001",
        "https://arxiv.org/abs/hep-th/9901001",
        "https://arxiv.org/pdf/hep-th/9901001v1.pdf",
        "https://arxiv.org/abs/hep-th%2F9901001",
        "10.48550/arXiv.hep-th/9901001",
        "<https://arxiv.org/abs/hep-th/9901001|hep-th/9901001>",
    ],
)
def test_an_old_identifier_keeps_its_archive(form: str) -> None:
    assert parse_paper_id(form) == OLD


@pytest.mark.parametrize(
    ("form", "identifier"),
    [
        ("math.GT/0309136", "math/0309136"),
        ("https://arxiv.org/abs/math.GT/0309136v2", "math/0309136"),
        ("cs.CL/0204001", "cs/0204001"),
        ("cond-mat.mes-hall/0501001", "cond-mat/0501001"),
        ("q-bio.PE/0703001", "q-bio/0703001"),
        ("physics.acc-ph/9611001", "physics/9611001"),
        ("q-alg/9702001", "q-alg/9702001"),
        ("acc-phys/9411001", "acc-phys/9411001"),
    ],
)
def test_a_subject_class_is_no_part_of_the_identity(form: str, identifier: str) -> None:
    assert parse_paper_id(form) == identifier


@pytest.mark.parametrize(
    ("form", "is_one"),
    [
        pytest.param("0704.0001", True, id="the first of the new style"),
        pytest.param("0703.0001", False, id="a month before it"),
        pytest.param("1412.6980", True, id="the last month with four digits"),
        pytest.param("1412.69800", False, id="five of them there"),
        pytest.param("1501.00001", True, id="the first month with five"),
        pytest.param("1501.0001", False, id="four of them there"),
        pytest.param("2613.01234", False, id="month 13"),
        pytest.param("2600.01234", False, id="month 0"),
        pytest.param("hep-th/9107001", True, id="arXiv's first month"),
        pytest.param("hep-th/9106001", False, id="before it"),
        pytest.param("hep-th/0703999", True, id="the last month of the old style"),
        pytest.param("hep-th/0704001", False, id="a month after it"),
        pytest.param("hep-th/9913001", False, id="month 13, old style"),
    ],
)
def test_months_and_lengths_are_arxivs(form: str, is_one: bool) -> None:
    assert (parse_paper_id(form) is not None) == is_one


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "2604",
        "1",
        "2604.",
        ".01234",
        "2604.012345",
        "2604.01234w2",
        "2604.01234v",
        "2604.01234v1234",
        "２６０４.０１２３４",
        "see 2604.01234",
        "2604.01234 2604.05678",
        "2604.01234, 2604.05678",
        "https://arxiv.org/abs/2604.01234 is good",
        "https://arxiv.org/abs/",
        "https://arxiv.org/list/cs.CL/recent",
        "https://arxiv.org/a/wei_z_1",
        "https://arxiv.org/2604.01234",
        "https://huggingface.co/papers",
        "https://huggingface.co/papers/date/2026-04-24",
        "https://huggingface.co/papers?date=2026-04-24",
        "https://huggingface.co/datasets/papers/2604.01234",
        "https://notarxiv.org/abs/2604.01234",
        "https://arxiv.org.example.com/abs/2604.01234",
        "https://example.com/arxiv.org/abs/2604.01234",
        "https://example.com/?u=https://arxiv.org/abs/2604.01234",
        "https://doi.org/10.1000/arXiv.2604.01234",
        "10.48550/2604.01234",
        "/9901001",
        "q/0703001",
        "hep-th/990100",
        "x" * (LONGEST_PASTE + 1),
        "2604.01234".rjust(LONGEST_PASTE + 1),
    ],
)
def test_what_is_no_identifier_is_none(text: str) -> None:
    assert parse_paper_id(text) is None


@pytest.mark.parametrize(("length", "is_read"), [(LONGEST_PASTE, True), (LONGEST_PASTE + 1, False)])
def test_a_link_with_tracking_is_long(length: int, is_read: bool) -> None:
    link = "https://arxiv.org/abs/2604.01234?utm_source=".ljust(length, "x")
    assert (parse_paper_id(link) == NEW) == is_read


@given(st.text(max_size=600))
def test_any_text_is_an_identifier_or_none(text: str) -> None:
    found = parse_paper_id(text)
    assert found is None or identifier_of(found) == found


@given(
    st.integers(1501, 9912).filter(lambda yymm: 1 <= yymm % 100 <= 12),
    st.integers(0, 99_999),
    st.integers(1, 999),
    st.sampled_from([form for form in FORMS if NEW in form]),
)
def test_each_form_tells_each_identifier(yymm: int, number: int, version: int, form: str) -> None:
    identifier = f"{yymm}.{number:05}"
    pasted = form.replace("2604.01234", f"{identifier}v{version}" if form == NEW else identifier)
    assert parse_paper_id(pasted) == identifier


def test_pages_of_a_paper() -> None:
    assert abs_url(OLD) == "https://arxiv.org/abs/hep-th/9901001"
    assert pdf_url(NEW) == "https://arxiv.org/pdf/2604.01234"
    assert hub_url(NEW) == "https://huggingface.co/papers/2604.01234"


@pytest.mark.parametrize("url", [abs_url, pdf_url, hub_url])
@pytest.mark.parametrize("paper", [NEW, OLD])
def test_what_we_link_to_is_read_back(url: Callable[[PaperId], str], paper: PaperId) -> None:
    assert parse_paper_id(url(paper)) == paper


@pytest.mark.parametrize(("day", "url"), [(None, abs_url(NEW)), (date(2026, 4, 24), hub_url(NEW))])
def test_a_paper_opens_where_it_was_listed(day: date | None, url: str) -> None:
    assert paper_url(Listed(Paper(NEW, "A Title"), feed_day=day)) == url


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("arXiv: 2604.01234", True),
        ("doi: 10.48550/arXiv.2604.01234", True),
        ("2604.01234 apa", False),
        ("<https://arxiv.org/abs/2604.01234|it> apa", False),
    ],
)
def test_words_after_an_identifier_are_no_part_of_it(text: str, is_one: bool) -> None:
    assert is_paper_id(text) == is_one
