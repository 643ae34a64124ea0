"""What those who manage a place type, from their words to what is kept and told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.commands.managing import HANDLERS
from bot.commands.spec import Kind
from bot.commands.table import COMMANDS
from bot.domain.answers import (
    Done,
    PaperList,
    PlaceWays,
    Preview,
    Refusal,
    SubscriptionList,
    SubscriptionSaved,
)
from bot.domain.deliveries import DeliveryKind, Gone
from bot.domain.places import PlaceKind, PlaceProfile
from bot.domain.subscriptions import EVERY_DAY, Empty, Layout, Standing, Subscription
from bot.ports.delivery import Broken, Caps, Change, PlaceReport
from tests.commands.desks import ANA, FRIDAY, HERE, NEXT_DOOR, Shop, paper_of

if TYPE_CHECKING:
    from bot.domain.answers import Answer
    from bot.domain.places import Place

NOW = datetime.fromisoformat("2026-04-24T07:30Z")
MONDAY_NINE = datetime.fromisoformat("2026-04-27T07:00Z")
"""Nine o'clock in Paris."""


@pytest.fixture
def shop() -> Shop:
    return Shop()


def saved(answer: Answer) -> SubscriptionSaved:
    assert isinstance(answer, SubscriptionSaved), answer
    return answer


def done(answer: Answer) -> Done:
    assert isinstance(answer, Done), answer
    return answer


def refused(answer: Answer) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.sentence


async def kept(shop: Shop, place: Place = HERE) -> list[Standing]:
    standings = await shop.delivery.subscriptions(place)
    return [one for one in standings if isinstance(one, Standing)]


async def only(shop: Shop) -> Standing:
    [standing] = await kept(shop)
    return standing


# --- The table ------------------------------------------------------------------


def test_every_managing_command_has_its_handler_and_is_for_the_asker_alone() -> None:
    managing = {word: command for word, command in COMMANDS.items() if command.managing}
    assert managing.keys() == HANDLERS.keys()
    assert {command.visibility for command in managing.values()} == {"the asker alone"}


def test_what_a_subscription_may_be_is_left_to_be_kept() -> None:
    named = [one for one in COMMANDS["subscribe"].arguments if one.kind is not Kind.SWITCH]
    assert {argument.default for argument in named} == {None}


# --- Making ---------------------------------------------------------------------


async def test_a_first_subscription_is_made_of_what_is_named(shop: Shop) -> None:
    answer = saved(await shop.ask("subscribe 9am,17:30 paris mon,wed 3 agent -survey"))
    wish = (await only(shop)).subscription
    assert wish == Subscription(
        id=answer.state.subscription.id,
        place=HERE,
        at=(time(9), time(17, 30)),
        tz="Europe/Paris",
        days=("mon", "wed"),
        count=3,
        topic="agent -survey",
        created_by=ANA,
        created_at=NOW,
    )
    assert answer.before is None


async def test_what_is_not_named_has_its_default(shop: Shop) -> None:
    saved(await shop.ask("subscribe"))
    wish = (await only(shop)).subscription
    assert (wish.at, wish.tz, wish.days, wish.count) == ((time(9),), "UTC", EVERY_DAY[:5], 5)
    assert (wish.topic, wish.min_upvotes, wish.layout, wish.empty) == ("", 0, Layout.DIGEST, Empty.ONCE)


async def test_made_at_half_past_nine_for_nine_it_begins_on_the_next_day_that_matches(shop: Shop) -> None:
    answer = saved(await shop.ask("subscribe 09:00 Europe/Paris"))
    assert answer.state.next_at == tuple(MONDAY_NINE + timedelta(days=day) for day in range(3))
    standing = await only(shop)
    assert (standing.planned_until, standing.next_at) == (NOW, MONDAY_NINE)


async def test_the_answer_tells_what_it_may_and_what_it_would_bring(shop: Shop) -> None:
    await shop.list_days()
    shop.report = PlaceReport(("post",), ("I may not embed: give me Embed Links in this channel.",))
    answer = saved(await shop.ask("subscribe topic=agents min_upvotes=30 count=2"))
    assert (answer.can, answer.lacks) == (shop.report.can, shop.report.lacks)
    assert answer.lists == (2, 2, 2, 2, 2)
    assert answer.notes[:2] == (
        "The last five lists would have given 2, 2, 2, 2, 2 papers.",
        "Of their 40 papers, 20 are not on “agents”, 5 have under 30 upvotes.",
    )


async def test_a_place_that_is_closed_is_told(shop: Shop) -> None:
    shop.report = Gone("the channel was deleted.")
    assert saved(await shop.ask("subscribe")).lacks == ("I cannot post here now: the channel was deleted.",)


async def test_another_one_is_made_with_add(shop: Shop) -> None:
    await shop.ask("subscribe 9:00")
    await shop.ask("subscribe 17:00 add=yes")
    assert [one.subscription.at for one in await kept(shop)] == [(time(9),), (time(17),)]


async def test_an_id_that_is_taken_is_made_anew(shop: Shop) -> None:
    shop.taken = ["same", "token1", "same", "token2", "other", "token3"]
    await shop.ask("subscribe 9:00")
    assert saved(await shop.ask("subscribe 10:00 add=yes")).state.subscription.id == "other"


# --- Zones that are left out ------------------------------------------------------


async def test_a_zone_left_out_is_the_default_and_that_is_said(shop: Shop) -> None:
    shop.default_zone = "Asia/Tokyo"
    answer = saved(await shop.ask("subscribe"))
    assert answer.state.subscription.tz == "Asia/Tokyo"
    assert answer.notes[-1] == (
        "No zone was named, so these are times of Asia/Tokyo; another is named by tz."
    )


async def test_a_zone_without_summer_time_is_taken_and_the_other_is_named(shop: Shop) -> None:
    answer = saved(await shop.ask("subscribe 9:00 EST"))
    assert answer.state.subscription.tz == "EST"
    assert answer.notes[-1] == ("EST has no summer time: for New York's own clocks name America/New_York.")


async def test_a_zone_left_out_is_the_askers_own_where_that_is_known(shop: Shop) -> None:
    answer = saved(await shop.ask("subscribe", zone="America/New_York"))
    assert answer.state.subscription.tz == "America/New_York"


async def test_a_zone_left_out_is_the_places_last_also_after_all_is_removed(shop: Shop) -> None:
    await shop.ask("subscribe tz=Paris")
    await shop.ask("unsubscribe")
    assert saved(await shop.ask("subscribe", zone="Asia/Tokyo")).state.subscription.tz == "Europe/Paris"


# --- Changing -------------------------------------------------------------------


async def test_a_change_keeps_the_rest_and_tells_before(shop: Shop) -> None:
    first = saved(await shop.ask("subscribe 9:00 Paris count=3 topic=agent")).state.subscription
    answer = saved(await shop.ask("subscribe count=7 layout=thread empty=quiet"))
    assert answer.before == first
    assert answer.state.subscription == replace(first, count=7, layout=Layout.THREAD, empty=Empty.QUIET)
    assert (await only(shop)).subscription == answer.state.subscription


async def test_what_does_not_move_the_times_leaves_the_plan_alone(shop: Shop) -> None:
    await shop.ask("subscribe 9:00 Paris")
    before = await only(shop)
    shop.clock.set(NOW + timedelta(hours=1))
    await shop.ask("subscribe count=7")
    after = await only(shop)
    assert after == before._replace(subscription=after.subscription)


async def test_other_times_begin_with_the_next_one(shop: Shop) -> None:
    await shop.ask("subscribe 17:00 Paris")
    answer = saved(await shop.ask("subscribe 8:00"))
    assert answer.state.next_at[0] == MONDAY_NINE - timedelta(hours=1)
    assert (await only(shop)).planned_until == NOW


@pytest.mark.parametrize("words", ["topic=all", "topic=", 'topic="all topics"'])
async def test_a_topic_is_taken_away_again(shop: Shop, words: str) -> None:
    await shop.ask("subscribe topic=agent")
    await shop.ask(f"subscribe {words.replace(chr(34), '')}")
    assert (await only(shop)).subscription.topic == ""


async def test_nothing_named_changes_nothing_and_cannot_be_undone(shop: Shop) -> None:
    first = saved(await shop.ask("subscribe 9:00 Paris"))
    again = saved(await shop.ask("subscribe"))
    assert (again.before, again.state, again.undo) == (first.state.subscription, first.state, "")


async def test_of_several_the_one_is_meant_whose_id_is_named(shop: Shop) -> None:
    await shop.ask("subscribe 9:00")
    second = saved(await shop.ask("subscribe 17:00 add=yes")).state.subscription
    assert refused(await shop.ask("subscribe count=3")).startswith(
        "There are 2 subscriptions here, so say which by its id: 00001 (weekdays at 09:00 UTC), 00003"
    )
    await shop.ask(f"subscribe count=3 id={second.id.upper()}")
    assert [one.subscription.count for one in await kept(shop)] == [5, 3]


# --- Mistakes -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("9:00 Paaris", "I don't know the zone “Paaris”. Did you mean Europe/Paris?"),
        ("at=25:00", "“25:00” is no time of day. Times are written like 09:00, 9:30 or 5pm."),
        ('days=""', "The days are missing: write weekdays, daily, weekends, or days such as mon,wed."),
        ("days=", "days= has no value."),
        ("days=noday", "“noday” is no day. Write weekdays, daily, weekends, or days such as mon,wed."),
        ("count=0", "count is a number from 1 to 25, not “0”."),
        ("count=26", "count is a number from 1 to 25, not “26”."),
        ("count=", "count= has no value."),
        ("min_upvotes=-1", "min_upvotes is a number from 0 to 1,000,000, not “-1”."),
        ("topic=(agent", "After “(agent” I expected a closing bracket, not the end."),
        (
            "topic=agents -agent",
            "“agents -agent” can match nothing: it wants “agents” and excludes “agent”.",
        ),
        ("layout=poster", "layout is one of digest, posts, thread, recap, not “poster”. Did you mean posts?"),
        ("add=maybe", "add is yes or no, not “maybe”."),
        ("tz=UTC+2", "I don't know the zone “UTC+2”. An offset knows no summer time: name a city, such as"),
        ("add=yes id=00001", "add makes another subscription, and id changes one that is there"),
        ("colour=red", "subscribe has no colour. Did you mean"),
    ],
)
async def test_a_mistake_is_one_clear_sentence_and_changes_nothing(
    shop: Shop, words: str, sentence: str
) -> None:
    await shop.ask("subscribe 9:00 Paris")
    before = await kept(shop)
    answer = await shop.ask(f"subscribe {words}")
    assert isinstance(answer, Refusal)
    assert answer.sentence.startswith(sentence.removesuffix(" Did you mean"))
    assert answer.sentence.endswith("Nothing was changed.")
    assert answer.usage.startswith("subscribe [at] [tz] [days] [count] [topic]")
    assert answer.wrong_usage
    assert await kept(shop) == before


async def test_a_sixth_subscription_in_one_place_is_refused(shop: Shop) -> None:
    for hour in range(5):
        saved(await shop.ask(f"subscribe {hour}:00 add=yes"))
    assert refused(await shop.ask("subscribe 9:00 add=yes")) == (
        "There are 5 subscriptions here, which is the most. Change one by its id, or remove one. "
        "Nothing was changed."
    )
    assert len(await kept(shop)) == 5


async def test_a_server_has_its_own_most() -> None:
    shop = Shop(caps=Caps(place=5, server=1))
    saved(await shop.ask("subscribe"))
    assert refused(await shop.ask("subscribe", NEXT_DOOR)) == (
        "There is 1 subscription on this server, which is the most. Remove one. Nothing was changed."
    )


# --- Undo -----------------------------------------------------------------------


async def test_a_new_one_is_taken_back(shop: Shop) -> None:
    token = saved(await shop.ask("subscribe")).undo
    assert done(await shop.ask(f"subscriptions undo={token}")).sentence == (
        "Undone: the subscription is gone again."
    )
    assert await kept(shop) == []


async def test_a_change_is_taken_back(shop: Shop) -> None:
    await shop.ask("subscribe 9:00 Paris")
    before = await only(shop)
    token = saved(await shop.ask("subscribe count=7 at=10:00")).undo
    answer = done(await shop.ask(f"subscriptions undo={token}"))
    assert answer.sentence == "Undone: 5 papers, weekdays at 09:00 Paris, all topics."
    assert await only(shop) == before


async def test_a_removed_one_comes_back_and_fires_what_it_missed_meanwhile(shop: Shop) -> None:
    shop.clock.set(MONDAY_NINE - timedelta(minutes=4))
    await shop.ask("subscribe 9:00 Paris")
    before = await only(shop)
    token = done(await shop.ask("unsubscribe")).undo
    shop.clock.set(MONDAY_NINE + timedelta(minutes=4))
    done(await shop.ask(f"subscriptions undo={token}"))
    assert await only(shop) == before
    assert before.next_at == MONDAY_NINE


async def test_a_pause_that_is_taken_back_kept_nothing_from_firing(shop: Shop) -> None:
    shop.clock.set(MONDAY_NINE - timedelta(minutes=4))
    await shop.ask("subscribe 9:00 Paris")
    token = done(await shop.ask("pause")).undo
    shop.clock.set(MONDAY_NINE + timedelta(minutes=4))
    done(await shop.ask(f"subscriptions undo={token}"))
    standing = await only(shop)
    assert (standing.subscription.paused_at, standing.next_at) == (None, MONDAY_NINE)


async def test_undo_works_once_for_ten_minutes_and_in_its_place_alone(shop: Shop) -> None:
    token = saved(await shop.ask("subscribe")).undo
    gone = "There is nothing to undo by that word: it was used, or ten minutes have passed."
    assert refused(await shop.ask(f"subscriptions undo={token}", NEXT_DOOR)).startswith(gone)
    shop.clock.set(NOW + timedelta(minutes=10))
    assert refused(await shop.ask(f"subscriptions undo={token}")).startswith(gone)
    shop.clock.set(NOW + timedelta(minutes=9))
    done(await shop.ask(f"subscriptions undo={token}"))
    assert refused(await shop.ask(f"subscriptions undo={token}")).startswith(gone)


async def test_what_was_changed_again_since_is_not_undone(shop: Shop) -> None:
    await shop.ask("subscribe count=3")
    token = saved(await shop.ask("subscribe count=4")).undo
    await shop.ask("subscribe count=5")
    assert refused(await shop.ask(f"subscriptions undo={token}")).startswith("That was changed again since")
    assert (await only(shop)).subscription.count == 5


# --- Those that are there ---------------------------------------------------------


@pytest.mark.parametrize("asked", ["subscribe 10:00 id={}", "pause {}", "pause", "preview {}"])
async def test_one_that_cannot_be_read_says_so_and_what_helps(shop: Shop, asked: str) -> None:
    broken = saved(await shop.ask("subscribe 17:00")).state.subscription.id
    shop.store.tables.broken[broken] = Broken(broken, str(HERE), "its zone is no zone")
    assert refused(await shop.ask(asked.format(broken))).startswith(
        f"The subscription {broken} cannot be read: its zone is no zone. "
        f"“unsubscribe {broken}” removes it, and “subscribe” makes another."
    )


async def test_all_are_listed_with_their_next_firing_and_those_that_cannot_be_read(shop: Shop) -> None:
    await shop.ask("subscribe 9:00 Paris")
    broken = saved(await shop.ask("subscribe 17:00 add=yes")).state.subscription.id
    shop.store.tables.broken[broken] = Broken(broken, str(HERE), "its zone is no zone")
    answer = await shop.ask("subscriptions")
    assert isinstance(answer, SubscriptionList)
    assert [state.next_at[0] for state in answer.states] == [MONDAY_NINE]
    assert [(one.id, one.why) for one in answer.broken] == [(broken, "its zone is no zone")]
    assert refused(await shop.ask(f"pause {broken}")).startswith(
        f"The subscription {broken} cannot be read: its zone is no zone. "
        f"“unsubscribe {broken}” removes it, and “subscribe” makes another."
    )


@pytest.mark.parametrize("by_id", [True, False], ids=["by its id", "the only one"])
async def test_one_that_cannot_be_read_is_removed(shop: Shop, *, by_id: bool) -> None:
    broken = saved(await shop.ask("subscribe 17:00")).state.subscription.id
    if by_id:
        await shop.ask("subscribe 9:00 Paris add=yes")
    shop.store.tables.broken[broken] = Broken(broken, str(HERE), "its zone is no zone")
    answer = done(await shop.ask(f"unsubscribe {broken}" if by_id else "unsubscribe"))
    assert answer.sentence.startswith(f"Removed: the subscription {broken}, which could not be read.")
    assert not answer.undo
    listed = await shop.ask("subscriptions")
    assert isinstance(listed, SubscriptionList)
    assert not listed.broken
    assert len(listed.states) == by_id


async def test_one_is_removed(shop: Shop) -> None:
    await shop.ask("subscribe 9:00 Paris topic=agent")
    answer = done(await shop.ask("unsubscribe"))
    assert answer.sentence == "Removed: 5 papers, weekdays at 09:00 Paris, on “agent”. What was posted stays."
    assert await kept(shop) == []


@pytest.mark.parametrize(
    "words", ["unsubscribe", "pause", "resume", "pause scope=here", "pause scope=server"]
)
async def test_where_there_is_none_that_is_said(shop: Shop, words: str) -> None:
    assert "There is no subscription " in refused(await shop.ask(words))


@pytest.mark.parametrize("words", ["unsubscribe nope", "pause nope", "resume id=nope", "preview nope"])
async def test_an_id_that_is_not_here_is_told_with_those_that_are(shop: Shop, words: str) -> None:
    await shop.ask("subscribe", NEXT_DOOR)
    assert refused(await shop.ask(words)).startswith(
        "There is no subscription nope here; there is none at all."
    )
    await shop.ask("subscribe 9:00 Paris")
    assert refused(await shop.ask(words)).startswith(
        "There is no subscription nope here; here is 00003 (weekdays at 09:00 Paris)."
    )


async def test_a_pause_ends_when_somebody_resumes_and_makes_up_for_nothing(shop: Shop) -> None:
    await shop.ask("subscribe 9:00 Paris")
    assert done(await shop.ask("pause")).sentence == (
        "Paused until you resume: 5 papers, weekdays at 09:00 Paris, all topics."
    )
    assert (await only(shop)).subscription.paused_at == NOW
    later = MONDAY_NINE + timedelta(days=1, hours=1)
    shop.clock.set(later)
    assert done(await shop.ask("resume")).sentence == (
        "Going on: 5 papers, weekdays at 09:00 Paris, all topics."
    )
    standing = await only(shop)
    assert standing.subscription.paused_at is None
    assert (standing.planned_until, standing.next_at) == (later, MONDAY_NINE + timedelta(days=2))


async def test_a_pause_may_end_by_itself(shop: Shop) -> None:
    await shop.ask("subscribe 9:00 Paris")
    answer = done(await shop.ask("pause until=2026-04-28"))
    assert answer.sentence.startswith("Paused until Tue 28 April, 00:00 Paris: 5 papers")
    assert answer.states[0].next_at[0] == MONDAY_NINE + timedelta(days=1)
    shop.clock.set(MONDAY_NINE + timedelta(days=2))
    assert done(await shop.ask("resume")).sentence == "That is not paused."


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("pause friday", "Fri 1 May, 00:00"),
        ("pause until friday", "Fri 1 May, 00:00"),
        ("pause 2 weeks", "Fri 8 May, 09:30"),
        ("pause for 2 weeks", "Fri 8 May, 09:30"),
        ("pause 3d", "Mon 27 April, 09:30"),
        ("pause 2026-04-28 09:00", "Tue 28 April, 09:00"),
        ("pause tomorrow scope=here", "Sat 25 April, 00:00"),
        ("pause 00001 tomorrow", "Sat 25 April, 00:00"),
    ],
)
async def test_a_moment_may_stand_where_an_id_could(shop: Shop, words: str, until: str) -> None:
    await shop.ask("subscribe 9:00 Paris")
    assert done(await shop.ask(words)).sentence.startswith(f"Paused until {until} Paris: 5 papers")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("pause 00001 tomorrow", "Sat 25 April, 00:00 Paris"),
        ("pause 00003 tomorrow", "Sat 25 April, 00:00 Tokyo"),
        ("pause tomorrow scope=here", "17:00 Paris"),
    ],
)
async def test_a_pause_ends_by_the_clocks_of_what_is_paused(shop: Shop, words: str, told: str) -> None:
    await shop.ask("subscribe 9:00 Paris")
    await shop.ask("subscribe 9:00 Tokyo add=yes")
    assert done(await shop.ask(words)).sentence.startswith(f"Paused until {told}: ")


@pytest.mark.parametrize(
    ("words", "at", "tz", "days"),
    [
        ("9:00 pm new york daily", (time(21),), "America/New_York", EVERY_DAY),
        ("at=9:00 pm tz=New York days=mon, wed", (time(21),), "America/New_York", ("mon", "wed")),
        ("09:00, 17:30 Paris mon wed 3", (time(9), time(17, 30)), "Europe/Paris", ("mon", "wed")),
        ("days=Mon, Tue, Wed, Thu, Fri, Sat, Sun", (time(9),), "UTC", EVERY_DAY),
    ],
)
async def test_times_zones_and_days_may_be_several_words(
    shop: Shop, words: str, at: tuple[time, ...], tz: str, days: tuple[str, ...]
) -> None:
    saved(await shop.ask(f"subscribe {words}"))
    made = (await only(shop)).subscription
    assert (made.at, made.tz, made.days) == (at, tz, days)


async def test_until_what_is_past_nothing_is_paused(shop: Shop) -> None:
    await shop.ask("subscribe")
    assert refused(await shop.ask("pause until=yesterday")) == (
        "“yesterday” is past: until is a moment still ahead. Nothing was changed."
    )
    assert (await only(shop)).subscription.paused_at is None


async def test_a_second_pause_says_so_and_another_end_is_a_change(shop: Shop) -> None:
    await shop.ask("subscribe")
    await shop.ask("pause")
    assert done(await shop.ask("pause")).sentence == "That is paused already: “resume” goes on."
    assert done(await shop.ask('pause until="2 weeks"')).sentence.startswith(
        "Paused until Fri 8 May, 07:30 UTC"
    )


async def test_a_whole_server_is_paused_and_goes_on_and_undone_at_once(shop: Shop) -> None:
    await shop.ask("subscribe")
    await shop.ask("subscribe", NEXT_DOOR)
    answer = done(await shop.ask("pause scope=server"))
    assert answer.sentence == "Paused until you resume: 2 subscriptions."
    assert await pauses(shop) == [NOW, NOW]
    done(await shop.ask(f"subscriptions undo={answer.undo}"))
    assert await pauses(shop) == [None, None]
    await shop.ask("pause scope=server")
    assert done(await shop.ask("resume scope=server")).sentence == "Going on: 2 subscriptions."
    assert await pauses(shop) == [None, None]


async def pauses(shop: Shop) -> list[datetime | None]:
    return [one.subscription.paused_at for place in (HERE, NEXT_DOOR) for one in await kept(shop, place)]


async def test_scope_and_id_do_not_go_together(shop: Shop) -> None:
    await shop.ask("subscribe")
    assert "give one of the two" in refused(await shop.ask("pause 00001 scope=here"))


async def test_of_several_a_pause_asks_which_and_offers_all(shop: Shop) -> None:
    await shop.ask("subscribe 9:00")
    await shop.ask("subscribe 17:00 add=yes")
    assert "Or say scope here, for all of them." in refused(await shop.ask("pause"))
    assert done(await shop.ask("pause scope=here")).sentence == "Paused until you resume: 2 subscriptions."
    assert "Or say scope here" in refused(await shop.ask("resume"))
    done(await shop.ask("pause 00001"))
    await shop.ask("resume 00003")
    assert done(await shop.ask("resume")).sentence.startswith("Going on: 5 papers, weekdays at 09:00 UTC")


async def test_what_the_bot_itself_stopped_goes_on_all_at_once(shop: Shop) -> None:
    for wish_id in ("one", "two"):
        wish = Subscription(
            wish_id, HERE, (time(9),), "UTC", paused_at=NOW, pause_reason="The channel is gone."
        )
        await shop.delivery.change([Change(None, Standing(wish, NOW))], Caps(), None)
    assert done(await shop.ask("resume")).sentence == "Going on: 2 subscriptions."
    assert {one.subscription.pause_reason for one in await kept(shop)} == {""}


@pytest.mark.parametrize("words", ["pause", "pause scope=server"])
async def test_what_the_bot_stopped_is_paused_by_whoever_says_so(shop: Shop, words: str) -> None:
    stopped_at = NOW - timedelta(hours=1)
    wish = Subscription("one", HERE, (time(9),), "UTC", paused_at=stopped_at, pause_reason="I am out.")
    await shop.delivery.change([Change(None, Standing(wish, NOW))], Caps(), None)
    assert done(await shop.ask(words)).sentence.startswith("Paused until you resume: 5 papers")
    theirs = (await only(shop)).subscription
    assert (theirs.paused_at, theirs.pause_reason) == (NOW, "")


async def test_going_on_where_the_place_is_still_closed_says_so(shop: Shop) -> None:
    await shop.ask("subscribe")
    await shop.ask("pause")
    shop.report = Gone("the channel was deleted")
    assert done(await shop.ask("resume")).sentence.endswith(
        "I cannot post here now: the channel was deleted."
    )


# --- Preview, and posting now -------------------------------------------------------


def preview(answer: Answer) -> Preview:
    assert isinstance(answer, Preview), answer
    return answer


async def test_a_preview_is_what_would_be_posted_and_posts_nothing(shop: Shop) -> None:
    await shop.list_days()
    await shop.ask("subscribe 9:00 Paris count=2 topic=agents")
    answer = preview(await shop.ask("preview"))
    assert [one.paper for one in answer.edition.papers] == [paper_of(FRIDAY, 7), paper_of(FRIDAY, 5)]
    assert [one.because for one in answer.edition.papers] == [("70 upvotes",), ("50 upvotes",)]
    assert answer.notes == (
        "Of 8 papers, 4 are not on “agents”.",
        "These are the best 2 of the 4 papers left.",
    )
    assert not answer.is_posted
    assert shop.store.tables.deliveries == {}
    assert shop.store.tables.editions == {}


async def test_a_preview_of_arguments_keeps_nothing(shop: Shop) -> None:
    await shop.list_days()
    answer = preview(await shop.ask("preview at=8 topic=robots count=1"))
    assert (answer.is_kept, [one.paper for one in answer.edition.papers]) == (False, [paper_of(FRIDAY, 8)])
    assert await kept(shop) == []
    await shop.ask("subscribe 9:00 Paris")
    assert preview(await shop.ask("preview")).is_kept
    assert not preview(await shop.ask("preview count=2")).is_kept
    assert (await only(shop)).subscription.count == 5


async def test_a_preview_of_nothing_says_what_the_filter_took(shop: Shop) -> None:
    await shop.list_days()
    await shop.ask("subscribe 9:00 Paris topic=teaching")
    answer = preview(await shop.ask("preview"))
    assert answer.edition.reason == (
        "Nothing on “teaching” since Fri 24 April: 0 of 8 papers matched. "
        "Next look Mon 27 April, 09:00 Paris."
    )


async def test_posting_now_owes_the_post_and_counts_its_papers_as_had(shop: Shop) -> None:
    await shop.list_days()
    await shop.ask("subscribe 9:00 Paris count=2")
    before = await only(shop)
    answer = preview(await shop.ask("preview post=yes"))
    assert answer.is_posted
    [owed] = shop.store.tables.deliveries.values()
    assert (owed.delivery.edition, owed.delivery.place) == (answer.edition.key, HERE)
    had = await shop.delivery.had([HERE], [one.paper for one in answer.edition.papers])
    assert len(had[HERE]) == 2
    after = await only(shop)
    assert (after.planned_until, after.next_at) == (before.planned_until, before.next_at)
    shop.clock.set(NOW + timedelta(minutes=1))
    second = preview(await shop.ask("preview post=yes"))
    assert not {one.paper for one in second.edition.papers} & {one.paper for one in answer.edition.papers}


async def test_posting_twice_in_a_minute_posts_once(shop: Shop) -> None:
    await shop.list_days()
    await shop.ask("subscribe 9:00 Paris count=2")
    await shop.ask("preview post=yes")
    shop.clock.set(NOW + timedelta(seconds=59))
    assert refused(await shop.ask("preview post=yes")).startswith("There is a post of this very minute")
    assert len(shop.store.tables.deliveries) == 1


async def test_posting_now_with_other_arguments_leaves_the_subscription_as_it_is(shop: Shop) -> None:
    await shop.list_days()
    await shop.ask("subscribe 9:00 Paris count=2")
    answer = preview(await shop.ask("preview count=1 layout=posts post=yes"))
    assert (len(answer.edition.papers), answer.edition.layout) == (1, "posts")
    assert (await only(shop)).subscription.count == 2


async def test_a_paused_subscription_can_be_posted_by_hand(shop: Shop) -> None:
    await shop.list_days()
    await shop.ask("subscribe 9:00 Paris")
    await shop.ask("pause")
    assert preview(await shop.ask("preview post=yes")).is_posted


async def test_nothing_is_posted_where_there_is_nothing(shop: Shop) -> None:
    assert refused(await shop.ask("preview post=yes")).startswith(
        "There is no subscription here to post for."
    )
    await shop.ask("subscribe")
    assert refused(await shop.ask("preview post=yes")).startswith(
        "Nothing was posted. No list has come that I could choose from."
    )
    assert shop.store.tables.deliveries == {}


async def test_posts_notify_where_the_place_wants_it(shop: Shop) -> None:
    await shop.list_days()
    await shop.ask("subscribe layout=posts count=2")
    await shop.ask("settings notify=on")
    await shop.ask("preview post=yes")
    silent = [owed.delivery.silent for owed in shop.store.tables.deliveries.values()]
    assert sorted(silent) == [False, True]


async def test_posting_now_in_an_announcement_channel_is_published(shop: Shop) -> None:
    await shop.list_days()
    await shop.ask("subscribe 9:00 Paris count=2")
    await shop.delivery.keep_profile(PlaceProfile(HERE, PlaceKind.ANNOUNCEMENT))
    await shop.ask("preview post=yes")
    owed = shop.store.tables.deliveries.values()
    assert sorted(each.delivery.kind for each in owed) == [DeliveryKind.POST, DeliveryKind.PUBLISH]


async def test_a_recap_is_the_leaderboard_and_tells_when_nobody_voted(shop: Shop) -> None:
    await shop.list_days()
    answer = saved(await shop.ask("subscribe layout=recap days=mon"))
    assert (answer.lists, answer.notes[:-1]) == ((), ())
    assert preview(await shop.ask("preview")).edition.reason.startswith(
        "Nobody has voted in the last 7 days."
    )


# --- Hiding -----------------------------------------------------------------------


async def test_a_hidden_paper_is_on_no_list_and_in_no_edition_here_until_it_is_shown_again(
    shop: Shop,
) -> None:
    await shop.list_days()
    await shop.ask("subscribe count=1")
    best = paper_of(FRIDAY, 8)
    answer = done(await shop.ask(f"hide {best}"))
    assert answer.sentence == (
        "Hidden here: “Robots 24-8: a study”. It stays out of lists and posts; "
        f"“hide {best} off” brings it back."
    )
    for words in ("today count=1", "on 2026-04-24 count=1", "week count=1", "month count=1"):
        [shown] = papers_of(await shop.ask(words))
        assert shown != best
    assert preview(await shop.ask("preview")).edition.papers[0].paper == paper_of(FRIDAY, 7)
    assert papers_of(await shop.ask("today count=1", NEXT_DOOR)) == [best]
    assert done(await shop.ask(f"hide {best}")).sentence.startswith("It was hidden here already")
    assert done(await shop.ask(f"hide {best} off")).sentence == "Shown here again: “Robots 24-8: a study”."
    assert papers_of(await shop.ask("today count=1")) == [best]
    assert done(await shop.ask(f"hide {best} off=yes")).sentence.startswith("It was not hidden here")


async def test_what_was_posted_with_a_hidden_paper_is_changed_and_changed_back(shop: Shop) -> None:
    await shop.list_days()
    await shop.ask("subscribe count=1")
    await shop.ask("preview post=yes")
    [posted] = list(shop.store.tables.deliveries)
    for words in ("hide {}", "hide {} off"):
        shop.clock.set(shop.clock.now() + timedelta(minutes=1))
        await shop.ask(words.format(paper_of(FRIDAY, 8)))
    edits = [owed.delivery for key, owed in shop.store.tables.deliveries.items() if key != posted]
    assert [(edit.kind, edit.parent) for edit in edits] == [(DeliveryKind.EDIT, posted)] * 2


def papers_of(answer: Answer) -> list[str]:
    assert isinstance(answer, PaperList)
    return [ranked.listed.paper.id for ranked in answer.papers]


async def test_a_number_of_the_last_list_can_be_hidden(shop: Shop) -> None:
    await shop.list_days()
    await shop.ask("today count=3")
    assert "Agents 24-7" in done(await shop.ask("hide 2")).sentence


async def test_what_names_no_paper_is_refused(shop: Shop) -> None:
    assert refused(await shop.ask("hide this")).startswith("“this” names no paper.")


# --- A place's ways -----------------------------------------------------------------


def ways(answer: Answer) -> PlaceWays:
    assert isinstance(answer, PlaceWays), answer
    return answer


async def test_a_place_has_ways_from_the_start(shop: Shop) -> None:
    answer = ways(await shop.ask("settings"))
    assert answer.ways == {
        "emoji": "👍", "answers": "public", "notices": "", "notify": "off", "submit": "everyone",
    }  # fmt: skip
    assert answer.before == {}
    assert await shop.delivery.profile(HERE) is None


async def test_what_is_named_is_changed_and_the_rest_kept(shop: Shop) -> None:
    await shop.delivery.keep_profile(PlaceProfile(HERE, settings={"submit": "off", "other": "kept"}))
    answer = ways(await shop.ask("settings emoji=🔥 notices=<#55> submit=off"))
    assert answer.before == {"emoji": "👍", "notices": ""}
    profile = await shop.delivery.profile(HERE)
    assert profile is not None
    assert profile.settings == {"submit": "off", "other": "kept", "emoji": "🔥", "notices": "discord:1/55"}


async def test_a_place_for_notices_that_is_closed_is_told_at_once(shop: Shop) -> None:
    shop.report = Gone("the channel is not there any more")
    told = ("I cannot post in discord:1/55 now: the channel is not there any more.",)
    assert ways(await shop.ask("settings notices=<#55>")).lacks == told
    assert ways(await shop.ask("settings notify=on")).lacks == ()
    shop.report = PlaceReport((), ("I may not send messages in #news.",))
    assert ways(await shop.ask("settings notices=<#56>")).lacks == ("I may not send messages in #news.",)
    shop.report = PlaceReport(("post",), ("I may not react in #news.",))
    assert ways(await shop.ask("settings notices=<#57>")).lacks == ()
    assert ways(await shop.ask("settings notices=none")).lacks == ()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("emoji=x", "“x” is no emoji."),
        ("notices=discord:9/9", "discord:9/9 is on another server; notices stay on this one."),
        ("answers=secret", "answers is one of public, private, not “secret”."),
        ("notify=", "notify= has no value."),
    ],
)
async def test_a_wrong_way_changes_nothing(shop: Shop, words: str, sentence: str) -> None:
    assert refused(await shop.ask(f"settings submit=off {words}")).startswith(sentence)
    assert await shop.delivery.profile(HERE) is None


async def test_where_answers_are_private_lists_are_the_askers_alone(shop: Shop) -> None:
    await shop.list_days()
    assert not (await shop.reply("today")).private
    await shop.ask("settings answers=private")
    assert (await shop.reply("today")).private
    assert not (await shop.reply(f"show {paper_of(FRIDAY, 1)}")).private
    assert not (await shop.reply("today", NEXT_DOOR)).private
