"""Export and import: nothing is lost, nothing is taken in by halves, and each mistake is told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING

import pytest

from bot.domain.places import LOCAL_PERSON, Place, PlaceProfile, parse_identity, parse_place
from bot.domain.subscriptions import EVERY_DAY, WEEKDAYS, Subscription
from bot.domain.votes import Act, Dislike, Had, Means
from bot.ports import KeepRecords
from bot.services.transfer import Imported, export_lines, import_lines, with_ids
from bot.services.transfer_lines import Line, LineFault, line_of, parse_line
from tests.contract.making import ANA, HERE, HOUR, NOON, paper_id, vote
from tests.contract.records import FULL
from tests.contract.subscribing import delivery_over
from tests.fakes.memory_store import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.ports import Record, Store

VOTE_LINE = '{"type": "vote", "person": "discord:11", "paper": "2604.00001", "place": "discord:7001/8001"}'
MORNING = Subscription("morning", HERE, (time(9),), "Europe/Berlin")


def line(**keys: object) -> str:
    return json.dumps(keys, ensure_ascii=False)


def subscription(**keys: object) -> str:
    given = {"place": str(HERE), "at": ["09:00"], "tz": "Europe/Berlin", **keys}
    return line(type="subscription", **given)


async def stored(*records: Record) -> MemoryStore:
    store = MemoryStore()
    await store.write(KeepRecords(records))
    return store


async def lines_of(store: Store) -> list[str]:
    return [line async for line in export_lines(store, delivery_over(store))]


async def imported(lines: Iterable[str]) -> list[Record]:
    store = MemoryStore()
    result = await import_lines(store, lines, NOON)
    assert not result.faults
    return [record async for record in store.records()]


# --- Lines ------------------------------------------------------------------------


@pytest.mark.parametrize("record", FULL, ids=lambda record: type(record).__name__)
def test_a_record_survives_its_line(record: Record) -> None:
    assert parse_line(line_of(record), 1, NOON + HOUR) == Line(record)
    assert "\n" not in line_of(record)


def test_a_subscription_has_the_names_of_the_contract() -> None:
    assert json.loads(line_of(MORNING)) == {
        "type": "subscription",
        "id": "morning",
        "place": "discord:7001/8001",
        "at": ["09:00"],
        "tz": "Europe/Berlin",
        "days": ["mon", "tue", "wed", "thu", "fri"],
        "count": 5,
        "min_upvotes": 0,
        "layout": "digest",
        "empty": "once",
    }


def test_a_vote_has_the_names_of_the_contract() -> None:
    assert json.loads(line_of(vote(1, ANA, HERE, means=Means.REACTION, message="8001/99"))) == {
        "type": "vote",
        "person": "discord:11",
        "paper": "2604.00001",
        "place": "discord:7001/8001",
        "at": "2026-04-24T12:00:00Z",
        "message": "8001/99",
        "means": "reaction",
    }


def test_a_dislike_has_names_like_those_of_a_vote() -> None:
    assert json.loads(line_of(Dislike(ANA, paper_id(1), HERE, NOON, "8001/99 down"))) == {
        "type": "dislike",
        "person": "discord:11",
        "paper": "2604.00001",
        "place": "discord:7001/8001",
        "at": "2026-04-24T12:00:00Z",
        "message": "8001/99 down",
    }


@pytest.mark.parametrize(
    ("text", "record"),
    [
        pytest.param(VOTE_LINE, vote(1), id="a vote of which nothing more is known"),
        pytest.param(
            VOTE_LINE[:-1] + ', "message": "9", "at": "2026-04-24T14:00:00+02:00"}',
            vote(1, means=Means.REACTION, message="9"),
            id="a vote on a message, and another offset",
        ),
        pytest.param(
            VOTE_LINE.replace("2604.00001", "https://arxiv.org/abs/2604.00001v3"), vote(1), id="a link"
        ),
        pytest.param(subscription(id="morning"), MORNING, id="what is left out has its usual value"),
        pytest.param(
            subscription(id="morning", at="09:00, 18:30", days="daily", topic=None),
            replace(MORNING, at=(time(9), time(18, 30)), days=EVERY_DAY),
            id="as a person types it",
        ),
        pytest.param(
            subscription(days=["sun", "weekdays", "sun"]),
            replace(MORNING, id="", days=("sun", *WEEKDAYS)),
            id="no id, days twice",
        ),
        pytest.param(
            line(type="place", place="slack:T1/C1"), PlaceProfile(Place("slack", "T1", "C1")), id="a place"
        ),
    ],
)
def test_lines_by_hand_are_read(text: str, record: Record) -> None:
    assert parse_line(text, 1, NOON) == Line(record)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "this is not JSON"),
        ("[" * 100_000, "this is not JSON"),
        ("[]", "one JSON object"),
        ("{}", "“type” is missing"),
        (line(type="dream"), "“dream” is no type that this version knows"),
        (line(type=3), "“type” must be a text"),
        (VOTE_LINE.replace("discord:7001/8001", "discord"), "“discord” is no place"),
        (VOTE_LINE.replace("discord:7001/8001", ""), "“place” is missing"),
        (VOTE_LINE.replace("discord:11", "Ana"), "“Ana” is no person"),
        (VOTE_LINE.replace("2604.00001", "2604"), "“2604” is no paper"),
        (VOTE_LINE[:-1] + ', "at": "yesterday"}', "“yesterday” is no instant"),
        (VOTE_LINE[:-1] + ', "at": "0001-01-01T00:00:00+10:00"}', "is no instant"),
        (VOTE_LINE[:-1] + ', "means": "telepathy"}', "“means” must be one of reaction, button, command"),
        (VOTE_LINE[:-1] + ', "message": "a\\u0000b"}', "a character that no text may have"),
        (VOTE_LINE[:-1] + ', "message": "\\ud83e"}', "a character that no text may have"),
        (subscription(tz="Mars/Base"), "“Mars/Base” is no time zone"),
        (subscription(tz="Europe"), "“Europe” is no time zone"),
        (subscription(tz="../../etc/passwd"), "is no time zone"),
        (subscription(tz="x" * 5000), "is no time zone"),
        (subscription(at=["9"]), "“9” is no time of day"),
        (subscription(at=["24:00"]), "“24:00” is no time of day"),
        (subscription(at=[]), "“at” is missing"),
        (subscription(at=[9]), "“at” must be a text"),
        (subscription(days=["someday"]), "“someday” is no day"),
        (subscription(count=0), "“count” must be at least 1"),
        (subscription(count=26), "“count” must be a whole number up to 25"),
        (subscription(count=True), "“count” must be a whole number"),
        (subscription(min_upvotes=-1), "“min_upvotes” must be a whole number"),
        (subscription(layout="poem"), "“layout” must be one of digest, posts, thread, recap"),
        (subscription(id="a b"), "“a b” is no id"),
        (subscription(topic='"never closed ('), "“topic” is not right"),
        (line(type="community", community="a"), "“server” is missing"),
        (line(type="community", server="discord:1"), "“community” is missing"),
        (line(type="community", server="irc:1", community="a"), "“irc:1” is no server"),
        (line(type="community", server="discord:1/2", community="a"), "“discord:1/2” is no server"),
        (line(type="ballot", place=str(HERE), paper="2604.00001"), "“message” is missing"),
        (line(type="forgotten", at="2026-04-24"), "“hash” is missing"),
        (line(type="secret", name="forgotten people"), "“value” is missing"),
        (line(type="hide", place=str(HERE), person="discord:11"), "“paper” is missing"),
        (line(type="hide", place=str(HERE), paper="2604.00001", person="Ana"), "“Ana” is no person"),
        (line(type="place", place="slack:T1/C1", settings=[1]), "“settings” must be an object"),
        (line(type="place", place="slack:T1/C1", settings={"emoji": 1}), "“emoji” must be a text"),
    ],
)
def test_what_is_wrong_is_told(text: str, why: str) -> None:
    fault = parse_line(text, 7, NOON)
    assert isinstance(fault, LineFault)
    assert str(fault).startswith("line 7: ")
    assert why in fault.why
    assert len(str(fault)) < 250


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("discord:7001/8001", HERE),
        ("discord:@me/8001", Place("discord", "@me", "8001")),
        ("terminal:local/main", Place("terminal", "local", "main")),
        ("slack:T01/C01", Place("slack", "T01", "C01")),
        ("irc:a/b", None),
        ("discord:7001", None),
        ("discord:7001/", None),
        ("discord:7001/80 01", None),
        ("discord:7001/8001/2", None),
        ("discord:7001/8001\n", None),
        ("", None),
    ],
)
def test_places_are_read(text: str, place: Place | None) -> None:
    assert parse_place(text) == place
    assert place is None or str(place) == text


@pytest.mark.parametrize("text", ["discord:11", "slack:T01/U13", "terminal:local"])
def test_people_are_read(text: str) -> None:
    assert parse_identity(text) == text


@pytest.mark.parametrize("text", ["ana", "slack:U13", "discord:", "discord:1/2", "irc:ana", "discord:1 2"])
def test_what_names_nobody_is_refused(text: str) -> None:
    assert parse_identity(text) is None


# --- Whole files --------------------------------------------------------------------


async def test_everything_survives_an_export_and_an_import() -> None:
    lines = await lines_of(await stored(*FULL))
    assert sorted(map(repr, await imported(lines))) == sorted(map(repr, FULL))


async def test_the_order_of_lines_does_not_matter() -> None:
    lines = await lines_of(await stored(*FULL))
    assert await imported(lines[::-1]) == await imported(lines)


async def test_an_import_tells_what_is_new_and_can_be_repeated() -> None:
    lines = await lines_of(await stored(*FULL))
    store = await stored(*FULL[5:8])
    everything = {"place": 2, "link": 1, "subscription": 2, "vote": 5, "had": 2, "submission": 3, "save": 2}
    everything |= {"dislike": 2, "community": 2, "hide": 2, "ballot": 4, "forgotten": 2, "secret": 1}
    first = await import_lines(store, lines, NOON)
    assert first == Imported(new={**everything, "vote": 2}, already_there={"vote": 3})
    assert await import_lines(store, lines, NOON) == Imported(already_there=everything)
    assert await lines_of(store) == lines


async def test_nothing_is_imported_where_a_line_is_wrong() -> None:
    store = MemoryStore()
    result = await import_lines(store, [VOTE_LINE, "", "{", VOTE_LINE, line(type="dream")], NOON)
    assert [fault.number for fault in result.faults] == [3, 5]
    assert not result.new
    assert await lines_of(store) == []


async def test_empty_lines_and_a_byte_order_mark_are_passed_over() -> None:
    assert await imported(["\ufeff" + VOTE_LINE + "\r\n", "\n", "  "]) == [vote(1)]


async def test_an_empty_file_is_an_import_of_nothing() -> None:
    assert await import_lines(MemoryStore(), [], NOON) == Imported()


async def test_subscriptions_are_kept_after_what_their_place_has_had() -> None:
    """A service beside the import may post as soon as a subscription stands."""
    kept: list[type] = []

    class Watched(MemoryStore):
        async def write(self, *writes: object) -> int:
            kept.extend(type(record) for write in writes for record in write.records)  # type: ignore[attr-defined]
            return await super().write(*writes)  # type: ignore[arg-type]

    lines = [line_of(MORNING), line_of(Had(HERE, paper_id(1), NOON)), line_of(PlaceProfile(HERE))]
    await import_lines(Watched(), lines, NOON)
    assert kept == [PlaceProfile, Had, Subscription]


async def test_many_lines_are_kept() -> None:
    acts = [Act(paper_id(number), LOCAL_PERSON, HERE, Means.COMMAND, NOON) for number in range(1, 1702)]
    assert await imported([line_of(act) for act in acts]) == acts


# --- Ids ------------------------------------------------------------------------------

EVENING = replace(MORNING, at=(time(18),))


@pytest.mark.parametrize(
    ("wishes", "there", "kept"),
    [
        pytest.param([MORNING], [], [MORNING], id="an id of its own is kept"),
        pytest.param([MORNING], [MORNING], [], id="it is there"),
        pytest.param([MORNING], [replace(MORNING, paused_at=NOON)], [], id="it is there and has been paused"),
        pytest.param([replace(MORNING, id="")], [MORNING], [], id="without an id it is there"),
        pytest.param([replace(MORNING, id="x")], [MORNING], [replace(MORNING, id="x")], id="wished twice"),
        pytest.param(
            [MORNING, replace(MORNING, id="x")], [], [MORNING, replace(MORNING, id="x")], id="twice in a file"
        ),
        pytest.param([MORNING, MORNING], [], [MORNING], id="the same line twice"),
    ],
)
def test_a_wish_that_is_there_is_not_made_again(
    wishes: list[Subscription], there: list[Subscription], kept: list[Subscription]
) -> None:
    assert with_ids(wishes, there) == kept


@pytest.mark.parametrize(
    ("wishes", "there"),
    [
        pytest.param([replace(MORNING, id="")], [], id="missing"),
        pytest.param([EVENING], [MORNING], id="taken by one that is there"),
        pytest.param([replace(MORNING, id=""), replace(MORNING, id="")], [], id="missing twice"),
        pytest.param([MORNING, EVENING], [], id="taken by a line before"),
    ],
)
def test_ids_are_made_where_they_are_missing_or_taken(
    wishes: list[Subscription], there: list[Subscription]
) -> None:
    kept = with_ids(wishes, there)
    assert [replace(each, id="") for each in kept] == [replace(each, id="") for each in wishes]
    ids = [each.id for each in (*there, *kept)]
    assert all(ids)
    assert len(set(ids)) == len(ids)
    assert with_ids(wishes, there) == kept
    assert with_ids(kept, [*there, *kept]) == []
