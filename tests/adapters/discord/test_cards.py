"""Any card out of any paper, real or mangled: within every limit, pinging nobody, losing no entry."""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.discord.render import render
from bot.domain.answers import Citation, PaperList, PaperPage, Ranked, Section
from bot.domain.deliveries import DeliveryKind
from bot.domain.editions import Chosen
from bot.domain.papers import Listed
from bot.sample.moments import DAYS
from bot.sources.daily import feed_of
from bot.views import card_of
from bot.views.editions import edition_card
from tests.adapters.discord.hard_papers import HARD_LISTED
from tests.adapters.discord.hard_texts import addresses, texts
from tests.adapters.discord.showing import KEY, faults, form_faults, markdown_faults, visible
from tests.shared import shared_folder
from tests.views.samples import EDITION, NOW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from bot.domain.cards import Card

GOLDEN = Path(__file__).with_name("golden")
DIGEST_CHARS = 1_500
PER_DIGEST = 5


def listed_in(items: Sequence[object], day: date) -> list[Listed]:
    """Return the papers of a list as it is read from the source's answer."""
    return [
        Listed(entry.paper, day, position, entry.upvotes, entry.comments, votes=position % 3)
        for position, entry in enumerate(feed_of(items, day, NOW).entries, 1)
    ]


def sample_papers() -> list[Listed]:
    folder = files("bot.sample")
    return [
        listed
        for day in DAYS
        for listed in listed_in(json.loads((folder / f"{day}.json").read_text("utf-8")), day)
    ]


SAMPLE = sample_papers()


def digest_of(papers: Sequence[Listed], part: int = 0, kind: DeliveryKind = DeliveryKind.POST) -> Card:
    """Return an edition of papers, or a part of it."""
    chosen = tuple(Chosen(each.paper.id, ("listed Thursday, 9 → 140 upvotes since",)) for each in papers)
    by_id = {each.paper.id: each for each in papers}
    return edition_card(EDITION._replace(papers=chosen), by_id, part, kind)


def page_of(listed: Listed) -> Card:
    return card_of(PaperPage(Ranked(listed, ("84 upvotes",)), ("Number 1 of your last list here.",)), NOW)


def list_of(papers: Sequence[Listed]) -> Card:
    ranked = tuple(Ranked(each, ("12 in the last 3 hours", "shares diffusion, policy")) for each in papers)
    half = len(ranked) // 2
    return card_of(PaperList("A list", (Section(ranked[:half]), Section(ranked[half:], "Thursday"))), NOW)


# --- Ten hard ones -------------------------------------------------------------------------


@pytest.mark.parametrize("name", HARD_LISTED)
def test_a_hard_paper_looks_as_it_did(name: str) -> None:
    listed = HARD_LISTED[name]
    cards = {"digest": digest_of([listed]), "post": digest_of([listed], 1), "page": page_of(listed)}
    assert {kind: faults(card) for kind, card in cards.items()} == {kind: [] for kind in cards}
    bodies = {kind: render(card, key=KEY).body() for kind, card in cards.items()}
    text = json.dumps(bodies, ensure_ascii=False, indent=1) + "\n"
    golden = GOLDEN / f"{name}.json"
    if os.environ.get("REWRITE_GOLDEN"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


def test_one_bad_paper_never_loses_the_others() -> None:
    papers = list(HARD_LISTED.values())
    for card in (digest_of(papers), list_of(papers)):
        assert faults(card) == []
        shown = visible(render(card, key=KEY).body())
        assert [f"\n{number} · " in shown for number in range(1, 11)] == [True] * 10


# --- Any mutated paper ----------------------------------------------------------------------

mutations = st.fixed_dictionaries(
    {},
    optional={
        "title": texts,
        "abstract": st.one_of(texts, st.lists(texts, max_size=30).map(". ".join)),
        "authors": st.one_of(st.lists(texts, max_size=4), texts.map(lambda name: [name] * 600)).map(tuple),
        "organization": texts,
        "tldr": texts,
        "keywords": st.lists(texts, max_size=40).map(tuple),
        "categories": st.lists(texts, max_size=5).map(tuple),
        "code_url": addresses,
        "code_stars": st.one_of(st.none(), st.integers(0, 10**9)),
        "project_url": addresses,
        "published_at": st.none(),
    },
)
figures = st.fixed_dictionaries(
    {},
    optional={
        "upvotes": st.integers(0, 10**9),
        "comments": st.integers(0, 10**6),
        "votes": st.integers(0, 10**6),
        "feed_day": st.none(),
    },
)
mutated = st.builds(
    lambda listed, paper, numbers: replace(listed, paper=replace(listed.paper, **paper), **numbers),
    st.sampled_from(SAMPLE),
    mutations,
    figures,
)
many_mutated = st.lists(mutated, min_size=1, max_size=25, unique_by=lambda listed: listed.paper.id)
hard = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@settings(hard, max_examples=25)
@given(many_mutated)
def test_any_digest_and_list_keeps_all_limits_and_entries(papers: list[Listed]) -> None:
    assert faults(digest_of(papers)) == []
    assert faults(list_of(papers)) == []


@hard
@given(mutated)
def test_any_single_paper_keeps_all_limits(listed: Listed) -> None:
    cards = (
        page_of(listed),
        digest_of([listed], 1),
        digest_of([listed], 1, DeliveryKind.REPLY),
        digest_of([listed], 0, DeliveryKind.THREAD),
        card_of(Citation(listed, "bibtex", listed.paper.abstract or "x"), NOW),
    )
    assert [fault for card in cards for fault in faults(card)] == []


@hard
@given(st.lists(mutated, min_size=5, max_size=5, unique_by=lambda listed: listed.paper.id))
def test_any_digest_of_five_is_short(papers: list[Listed]) -> None:
    assert len(visible(render(digest_of(papers), key=KEY).body())) <= DIGEST_CHARS


# --- All real papers --------------------------------------------------------------------------


def checked(papers: Sequence[Listed]) -> Iterator[str]:
    """Yield what is wrong with real papers, in digests of five and each on its page."""
    for at in range(0, len(papers), PER_DIGEST):
        body = render(digest_of(papers[at : at + PER_DIGEST]), key=KEY).body()
        yield from form_faults(body)
        yield from markdown_faults(body)
        if len(visible(body)) > DIGEST_CHARS:
            yield f"{len(visible(body))} characters: {visible(body)[:200]}"
    for listed in papers:
        yield from form_faults(render(page_of(listed)).body())


def test_the_papers_of_the_sample_render() -> None:
    assert list(checked(SAMPLE)) == []


def test_every_paper_of_two_years_renders() -> None:
    wrong: list[str] = []
    seen = 0
    for path in sorted((shared_folder() / "data" / "daily_papers").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for answer in map(json.loads, lines):
                papers = listed_in(answer["items"], DAYS[0])
                seen += len(papers)
                wrong += checked(papers)
    assert wrong == []
    assert seen > 7_000
