"""The one table of commands. Parsers, help and the reference page are made of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.commands import about, lists, reading
from bot.commands.spec import Argument, Command, Kind, Visibility
from bot.domain.paper_ids import is_paper_id
from bot.domain.periods import may_name_moment, may_name_period

if TYPE_CHECKING:
    from bot.commands.desk import Desk
    from bot.commands.spec import Handler, Invocation
    from bot.domain.answers import Answer, HelpPage, Refusal


async def help_(ask: Invocation, desk: Desk) -> HelpPage | Refusal:  # noqa: ARG001 - every handler has a desk
    """Answer with help, made from this table."""
    return about.help_on(COMMANDS, ask.text("command").strip().lower())


def managed(word: str) -> Handler:
    """Return the handler of a managing command. What it works with is slow to load, and help goes without."""

    async def handler(ask: Invocation, desk: Desk) -> Answer:
        from bot.commands.managing import HANDLERS  # noqa: PLC0415 - as said

        return await HANDLERS[word](ask, desk)

    return handler


def voting(word: str) -> Handler:
    """Return the handler of a command that keeps votes; what it works with is slow to load too."""

    async def handler(ask: Invocation, desk: Desk) -> Answer:
        from bot.commands.voting import HANDLERS  # noqa: PLC0415 - as said

        return await HANDLERS[word](ask, desk)

    return handler


async def submit(ask: Invocation, desk: Desk) -> Answer:
    """Put a paper in front of a place; as above."""
    from bot.commands.submitting import submit as handler  # noqa: PLC0415 - as said

    return await handler(ask, desk)


def personal(word: str) -> Handler:
    """Return the handler of a command of a person for themselves; as above."""

    async def handler(ask: Invocation, desk: Desk) -> Answer:
        from bot.commands.personal import HANDLERS  # noqa: PLC0415 - as said

        return await HANDLERS[word](ask, desk)

    return handler


def count(default: int = 5) -> Argument:
    """Return the argument that says how many papers to list."""
    return Argument("count", Kind.COUNT, "How many papers", default=str(default))


def period(help_text: str) -> Argument:
    """Return the argument that says which week or month is meant."""
    return Argument("which", Kind.WORD, help_text, fits=may_name_period)


TOPIC = Argument("topic", Kind.RAW, 'Only papers on this, such as agent | "tool use" -survey')
PAPER = Argument(
    "paper",
    Kind.WORD,
    "An arXiv id, a link to the paper, or its number on your last list",
    required=True,
    joins=is_paper_id,
)

MOST_PAPERS = 25
"""Papers of one edition, wherever it was asked for."""

MOST_UPVOTES = 1_000_000

ID = Argument("id", Kind.WORD, "Which subscription, where there are several, such as k3f9x")


def kept(name: str, help_text: str, kind: Kind = Kind.WORD) -> Argument:
    """Return a text argument that stays as it was where it is left out."""
    return Argument(name, kind, help_text, keeps_empty=True)


def spoken(name: str, help_text: str) -> Argument:
    """Return an argument that people write in several words; its reader is slow to load."""

    def joins(text: str) -> bool:
        from bot.commands.managing import is_value  # noqa: PLC0415 - as said

        return is_value(name, text)

    return replace(kept(name, help_text), joins=joins)


WISH = (
    spoken("at", "Times of day, such as 09:00 or 9am,17:30. A new one: 09:00"),
    spoken("tz", "The time zone, such as Europe/Paris, or its city. A new one: the place's last"),
    spoken("days", "weekdays, daily, weekends, or days such as mon,wed. A new one: weekdays"),
    Argument("count", Kind.COUNT, "How many papers at most, 1 to 25. A new one: 5", most=MOST_PAPERS),
    kept("topic", 'Only papers on this, such as agent | "tool use" -survey; all for all', Kind.RAW),
    Argument("min_upvotes", Kind.COUNT, "Only papers with so many upvotes", least=0, most=MOST_UPVOTES),
    Argument(
        "layout",
        Kind.CHOICE,
        "One message, one a paper, a thread, or the week's leaderboard. A new one: digest",
        choices=("digest", "posts", "thread", "recap"),
    ),
    Argument(
        "empty",
        Kind.CHOICE,
        "When nothing came: one line kept up to date, a line each time, or none. A new one: once",
        choices=("once", "always", "quiet"),
    ),
)
SCOPE = Argument(
    "scope", Kind.CHOICE, "All subscriptions here, or on the whole server", choices=("here", "server")
)

MANAGING = (
    Command(
        "subscribe",
        "Post papers here by themselves: makes a subscription, or changes what you name of it.",
        managed("subscribe"),
        (*WISH, Argument("add", Kind.SWITCH, "Make another one, beside those that are there"), ID),
        visibility=Visibility.PRIVATE,
        managing=True,
        examples=(
            "09:00 Europe/Paris",
            "at=9am,17:30 days=mon,wed count=3",
            'topic="diffusion policy" add=yes',
        ),
    ),
    Command(
        "subscriptions",
        "What is posted here by itself, and when next.",
        managed("subscriptions"),
        (kept("undo", "Take a change back, by the word that came with it"),),
        visibility=Visibility.PRIVATE,
        managing=True,
        examples=("",),
    ),
    Command(
        "unsubscribe",
        "Remove a subscription.",
        managed("unsubscribe"),
        (ID,),
        visibility=Visibility.PRIVATE,
        managing=True,
        examples=("", "k3f9x"),
    ),
    Command(
        "pause",
        "Stop posting for a while.",
        managed("pause"),
        (
            replace(ID, fits=lambda word: not may_name_moment(word)),
            kept("until", "Until when, such as 2026-05-01, friday or 2 weeks", Kind.RAW),
            SCOPE,
        ),
        visibility=Visibility.PRIVATE,
        managing=True,
        examples=("", "until=2 weeks", "until=2026-05-01 scope=server"),
    ),
    Command(
        "resume",
        "Go on after a pause. What was missed is not made up for.",
        managed("resume"),
        (ID, SCOPE),
        visibility=Visibility.PRIVATE,
        managing=True,
        examples=("", "scope=server"),
    ),
    Command(
        "preview",
        "What the next post would be if it were made now, and what its filter took.",
        managed("preview"),
        (ID, *WISH, Argument("post", Kind.SWITCH, "Post it now")),
        visibility=Visibility.PRIVATE,
        managing=True,
        examples=("", "topic=robot count=3", "post=yes"),
    ),
    Command(
        "hide",
        "Take a paper out of the lists and posts of this place.",
        managed("hide"),
        (PAPER, Argument("off", Kind.SWITCH, "Bring it back")),
        visibility=Visibility.PRIVATE,
        managing=True,
        examples=("2604.01234", "2 off"),
    ),
    Command(
        "settings",
        "This place's ways, and changes to them.",
        managed("settings"),
        (
            kept("emoji", "The reaction that is a vote"),
            Argument("answers", Kind.CHOICE, "Who sees lists", choices=("public", "private")),
            kept("notices", "Where trouble with posts is told: here, none, or a channel's link"),
            Argument("notify", Kind.CHOICE, "Whether posts notify people", choices=("off", "on")),
            Argument("submit", Kind.CHOICE, "Who may submit papers", choices=("everyone", "managers", "off")),
            kept("community", "To vote with other servers: code, a code from there, or leave"),
        ),
        visibility=Visibility.PRIVATE,
        managing=True,
        examples=("", "answers=private", "notify=on"),
    ),
)

PERSONAL = (
    Command(
        "for-me",
        "What you may like, from the papers that you voted for and saved.",
        personal("for-me"),
        (count(),),
        visibility=Visibility.PRIVATE,
        examples=("", "count=10"),
    ),
    Command(
        "save",
        "Put a paper on your own reading list.",
        personal("save"),
        (PAPER,),
        visibility=Visibility.PRIVATE,
        examples=("2604.01234", "2"),
    ),
    Command(
        "unsave",
        "Take a paper off your reading list.",
        personal("unsave"),
        (PAPER,),
        visibility=Visibility.PRIVATE,
        examples=("2604.01234",),
    ),
    Command(
        "saved",
        "Your reading list, or all of it as a file.",
        personal("saved"),
        (
            Argument(
                "format",
                Kind.CHOICE,
                "As a list, or as a file",
                default="list",
                choices=("list", "bibtex", "ris", "csv"),
            ),
        ),
        visibility=Visibility.PRIVATE,
        examples=("", "bibtex"),
    ),
    Command(
        "link",
        "Be one person on two platforms: gives a one-time code, or takes the one that you got elsewhere.",
        personal("link"),
        (Argument("code", Kind.WORD, "The code that you got elsewhere. Left out: a new one is made"),),
        visibility=Visibility.PRIVATE,
        examples=("", "k3f9x2ab"),
    ),
    Command(
        "unlink",
        "Part from who you are elsewhere.",
        personal("unlink"),
        visibility=Visibility.PRIVATE,
        examples=("",),
    ),
    Command(
        "my-data",
        "All that is stored of you, as a file.",
        personal("my-data"),
        visibility=Visibility.PRIVATE,
        examples=("",),
    ),
    Command(
        "forget-me",
        "Delete all that is stored of you, everywhere.",
        personal("forget-me"),
        (Argument("confirm", Kind.SWITCH, "Yes, really: it cannot be taken back"),),
        visibility=Visibility.PRIVATE,
        examples=("", "confirm=yes"),
    ),
)

COMMANDS: dict[str, Command] = {
    command.word: command
    for command in (
        Command(
            "today",
            "The papers of the current list, best first.",
            lists.today,
            (count(), TOPIC),
            examples=("", "count=3", 'topic="diffusion policy"'),
        ),
        Command(
            "week",
            "The best papers of a week.",
            lists.week,
            (
                period("The week, such as 2026-W17; left out, the current one"),
                count(),
                TOPIC,
            ),
            examples=("", "2026-W17 count=10"),
        ),
        Command(
            "month",
            "The best papers of a month.",
            lists.month,
            (
                period("The month, such as 2026-04; left out, the current one"),
                count(),
                TOPIC,
            ),
            examples=("", "2026-04 topic=robot"),
        ),
        Command(
            "on",
            "The papers of one day's list.",
            lists.on,
            (
                Argument("date", Kind.WORD, "The day, such as 2026-04-24, or yesterday", required=True),
                count(),
                TOPIC,
            ),
            examples=("2026-04-24", "yesterday count=3"),
        ),
        Command("show", "One paper in full.", reading.show, (PAPER,), examples=("2604.01234", "2")),
        Command(
            "search",
            "Find papers by title, abstract, keywords, authors and organisation.",
            reading.search,
            (
                Argument(
                    "query",
                    Kind.RAW,
                    'Words; "a phrase", -word, author:name and org:name narrow it',
                    required=True,
                ),
                Argument("since", Kind.WORD, "Only papers from this day on, such as 2026-01-01"),
                count(),
            ),
            examples=("diffusion policy", '"chain of thought" author:wei since=2026-01-01'),
        ),
        Command(
            "similar",
            "Papers like one, each with the words that they share.",
            reading.similar,
            (PAPER, count()),
            examples=("2604.01234", "1 count=3"),
        ),
        Command(
            "top",
            "The leaderboard: the papers with most votes, Hugging Face's rank beside.",
            lists.top,
            (
                Argument(
                    "period",
                    Kind.CHOICE,
                    "How far back",
                    default="week",
                    choices=("week", "month", "year", "all"),
                ),
                Argument(
                    "scope",
                    Kind.CHOICE,
                    "Whose votes",
                    default="community",
                    choices=("here", "server", "community"),
                ),
                count(10),
            ),
            examples=("", "month scope=here"),
        ),
        Command(
            "vote",
            "Vote for a paper, as a reaction to it does. Nobody sees who voted.",
            voting("vote"),
            (PAPER,),
            visibility=Visibility.PRIVATE,
            examples=("2604.01234", "2"),
        ),
        Command(
            "unvote",
            "Take your vote for a paper back.",
            voting("unvote"),
            (PAPER,),
            visibility=Visibility.PRIVATE,
            examples=("2604.01234",),
        ),
        Command(
            "cite",
            "A citation of a paper.",
            reading.cite,
            (
                PAPER,
                Argument(
                    "format", Kind.CHOICE, "The style", default="bibtex", choices=("bibtex", "ris", "apa")
                ),
            ),
            examples=("2604.01234", "1 apa"),
        ),
        Command(
            "submit",
            "Put a paper in front of everybody here: it can be voted for, and the next posts may bring it.",
            submit,
            (PAPER, Argument("note", Kind.RAW, "What you want to say about it")),
            examples=("2604.01234", "2604.01234 Our own, out today"),
        ),
        Command(
            "status",
            "Whether the bot is well here, and why nothing came where nothing came.",
            about.status,
            visibility=Visibility.PRIVATE,
        ),
        Command(
            "help",
            "This help, or more on one command.",
            help_,
            (Argument("command", Kind.WORD, "A command, such as search"),),
            visibility=Visibility.PRIVATE,
            examples=("", "search"),
        ),
        *PERSONAL,
        *MANAGING,
    )
}
