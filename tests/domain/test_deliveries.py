"""What follows from each answer of a platform, and the keys that never move."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deliveries import (
    KEY_LENGTH,
    KEY_LETTERS,
    LONGEST_WAIT,
    Absent,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Failed,
    FindResult,
    Gone,
    MessageRef,
    Rejected,
    SendResult,
    Sent,
    Settled,
    Throttled,
    after_find,
    after_send,
    backoff,
    delivery_key,
    has_expired,
    named_papers,
)
from bot.domain.editions import Chosen, Edition, EditionKind
from bot.domain.papers import PaperId
from bot.domain.places import Place

NOW = datetime(2026, 4, 24, 7, tzinfo=UTC)
PLACE = Place("discord", "guild", "channel")
DELIVERY = Delivery("key", PLACE, DeliveryKind.POST, NOW, attempt=1, expires_at=NOW + timedelta(hours=1))
MESSAGE = MessageRef("message")
A_MINUTE = timedelta(minutes=1)
TOO_LONG = timedelta(hours=2)

DONE, DROPPED = DeliveryState.DONE, DeliveryState.DROPPED
WAITING, UNKNOWN = DeliveryState.WAITING, DeliveryState.UNKNOWN

FIRST_BACKOFF = NOW + timedelta(seconds=1.5)
"""After the first try, with a chance of a half."""


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(Sent(MESSAGE), Settled(DONE, "delivered", MESSAGE), id="sent"),
        pytest.param(Sent(None), Settled(DONE, "deleted since"), id="delivered, and deleted by somebody"),
        pytest.param(
            Throttled(A_MINUTE), Settled(WAITING, "told to wait", ready_at=NOW + A_MINUTE), id="429"
        ),
        pytest.param(
            Throttled(TOO_LONG), Settled(DROPPED, "too late: told to wait"), id="429 until it is too late"
        ),
        pytest.param(Failed("busy"), Settled(WAITING, "busy", ready_at=FIRST_BACKOFF), id="nothing was done"),
        pytest.param(
            Failed("no answer", outcome_known=False),
            Settled(UNKNOWN, "no answer", ready_at=FIRST_BACKOFF),
            id="nobody knows what was done",
        ),
        pytest.param(Gone("no channel"), Settled(DROPPED, "no channel", closes_place=True), id="place gone"),
        pytest.param(Rejected("too long"), Settled(DROPPED, "too long"), id="message refused"),
    ],
)
def test_each_answer_to_a_call_has_its_consequence(answer: SendResult, expected: Settled) -> None:
    assert after_send(DELIVERY, answer, NOW, 0.5) == expected


@pytest.mark.parametrize("kind", DeliveryKind)
def test_what_is_done_to_a_message_tells_that_it_is_deleted(kind: DeliveryKind) -> None:
    told = after_send(DELIVERY._replace(kind=kind, parent_message=MESSAGE), Sent(None), NOW, 0.5)
    is_of_parent = kind in {DeliveryKind.EDIT, DeliveryKind.REACT, DeliveryKind.PUBLISH}
    assert told == Settled(DONE, "deleted since", deleted=MESSAGE if is_of_parent else None)


@pytest.mark.parametrize("answer", [Throttled(A_MINUTE), Failed("busy")])
def test_what_an_earlier_try_may_have_done_is_looked_up_whatever_a_later_one_was_told(
    answer: SendResult,
) -> None:
    assert after_send(DELIVERY._replace(is_unknown=True), answer, NOW, 0.5).state is UNKNOWN


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(Sent(MESSAGE), Settled(DONE, "delivered", MESSAGE), id="it is there"),
        pytest.param(Absent(), None, id="it is not: it is sent now"),
        pytest.param(
            Throttled(A_MINUTE), Settled(UNKNOWN, "told to wait", ready_at=NOW + A_MINUTE), id="429"
        ),
        pytest.param(Failed("busy"), Settled(UNKNOWN, "busy", ready_at=FIRST_BACKOFF), id="no answer"),
        pytest.param(Gone("no channel"), Settled(DROPPED, "no channel", closes_place=True), id="place gone"),
    ],
)
def test_each_answer_to_a_look_up_has_its_consequence(found: FindResult, expected: Settled | None) -> None:
    assert after_find(DELIVERY, found, NOW, 0.5) == expected


ANSWERS = [Throttled(TOO_LONG), Failed("busy"), Failed("no answer", outcome_known=False)]
FINDINGS = [Throttled(TOO_LONG), Failed("busy"), Failed("no answer", outcome_known=False)]


@pytest.mark.parametrize("found", FINDINGS)
def test_an_unknown_outcome_stays_unknown_until_it_has_been_looked_up(found: FindResult) -> None:
    late = NOW + timedelta(days=1)
    settled = after_find(DELIVERY, found, late, 0.5)
    assert settled is not None
    assert settled.state is UNKNOWN


NOTHING_DONE = [Throttled(A_MINUTE), Throttled(TOO_LONG), Failed("busy")]


@pytest.mark.parametrize("answer", NOTHING_DONE)
def test_a_try_that_did_nothing_leaves_the_outcome_of_an_earlier_one_unknown(answer: SendResult) -> None:
    looked_up = DELIVERY._replace(is_unknown=True)
    for now in (NOW, NOW + timedelta(days=1)):
        settled = after_send(looked_up, answer, now, 0.5)
        assert settled.state is UNKNOWN
        assert settled.ready_at is not None
        assert settled.ready_at > now


def test_what_was_found_missing_after_its_time_is_dropped_with_a_word() -> None:
    late = NOW + timedelta(days=1)
    assert after_find(DELIVERY, Absent(), late, 0.5) == Settled(
        DROPPED, "too late: its outcome was not known for long"
    )


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_delivery_that_never_expires_is_never_given_up(answer: SendResult) -> None:
    lasting = DELIVERY._replace(expires_at=None, attempt=5_000)
    settled = after_send(lasting, answer, NOW + timedelta(days=400), 1.0)
    assert settled.state in {WAITING, UNKNOWN}
    assert settled.ready_at is not None


@given(attempt=st.integers(1, 10_000), chance=st.floats(0, 1))
def test_waits_grow_to_five_minutes_and_half_of_each_always_passes(attempt: int, chance: float) -> None:
    wait = backoff(attempt, chance)
    assert timedelta(seconds=1) <= wait <= LONGEST_WAIT
    assert backoff(attempt, 0.0) <= wait <= backoff(attempt, 1.0) == 2 * backoff(attempt, 0.0)
    assert backoff(attempt + 1, chance) >= wait


def test_a_delivery_expires_at_its_instant() -> None:
    assert DELIVERY.expires_at is not None
    assert not has_expired(DELIVERY, DELIVERY.expires_at - timedelta(microseconds=1))
    assert has_expired(DELIVERY, DELIVERY.expires_at)
    assert not has_expired(DELIVERY._replace(expires_at=None), datetime.max.replace(tzinfo=UTC))


def test_a_key_fits_into_a_nonce_and_is_the_same_for_ever() -> None:
    key = delivery_key(PLACE, "sub@2026-04-24T09:00", DeliveryKind.POST)
    assert len(key) == KEY_LENGTH == 25
    assert set(key) <= set(KEY_LETTERS)
    # Written down: deliveries that wait in stores of earlier versions must keep their keys.
    assert key == "SazgEFvDENgKHSHVdoSUCUy56"


def test_whatever_differs_has_another_key() -> None:
    places = [PLACE, Place("slack", "guild", "channel"), Place("discord", "guild", "channel2")]
    subjects = ["sub@2026-04-24T09:00", "sub@2026-04-24T09:01", "other@2026-04-24T09:00"]
    parts = range(30)
    all_of_them = list(product(places, subjects, DeliveryKind, parts))
    assert len({delivery_key(*each) for each in all_of_them}) == len(all_of_them)


def test_each_kind_brings_its_papers() -> None:
    papers = tuple(PaperId(f"2604.0000{each}") for each in range(1, 4))
    edition = Edition(
        "sub@2026-04-24T09:00",
        EditionKind.SCHEDULED,
        PLACE,
        "sub",
        NOW,
        date(2026, 4, 24),
        time(9),
        NOW,
        "Papers",
        tuple(map(Chosen, papers)),
    )
    assert named_papers(DELIVERY, edition) == papers
    assert named_papers(DELIVERY._replace(part=2), edition) == papers[1:2]
    assert named_papers(DELIVERY._replace(kind=DeliveryKind.REPLY, part=3), edition) == papers[2:]
    assert named_papers(DELIVERY._replace(kind=DeliveryKind.THREAD), edition) == papers
    assert named_papers(DELIVERY._replace(kind=DeliveryKind.EDIT, part=1), edition) == papers[:1]
    assert named_papers(DELIVERY._replace(kind=DeliveryKind.EDIT, text="Nothing came."), edition) == ()
    assert named_papers(DELIVERY._replace(kind=DeliveryKind.NOTICE), None) == ()
