"""Commands behind buttons, as all platforms have them: words that are typed when one is pressed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.commands.spec import NO, Kind, Visibility
from bot.commands.text import CHAT_COUNT, parse_text
from bot.domain.answers import PaperList, Refusal

if TYPE_CHECKING:
    from bot.commands.spec import Argument
    from bot.commands.text import Typed
    from bot.domain.answers import Answer

HERE = "here"
"""The word before a command's that has its answer shown to everyone."""

FAILED = Refusal("Something broke in me, and that is noted. Try again in a moment.")
TOO_SLOW = Refusal("That took too long, so I gave it up. Try again in a moment.")
OLD_BUTTON = Refusal("This button is from another time, and I don't know it any more.")


def typed_words(typed: Typed) -> str:
    """Return a command as words that are read as the same command; what has its default is left out."""
    command, words = typed.command, [typed.command.word]
    for argument in sorted(command.arguments, key=lambda each: each.kind is Kind.RAW):
        value = typed.arguments.get(argument.name)
        usual = NO if argument.kind is Kind.SWITCH else argument.default
        if value is None or str(value) == usual:
            continue
        words.append(f"{argument.name}={in_one_word(argument, str(value))}")
    return " ".join(words)


def in_one_word(argument: Argument, value: str) -> str:
    """Return a value so that it is read as one: in quotes, unless it is raw text."""
    is_plain = argument.kind is Kind.RAW or (value and not any(letter.isspace() for letter in value))
    return value if is_plain else f'"{value}"'


def pressed_words(typed: Typed, before: str = "") -> str:
    """Return a command as the words of a button; empty where it would be misread."""
    words = typed_words(typed)
    is_read = parse_text(words, {typed.command.word: typed.command}) == typed
    return before + words if is_read else ""


def settled(answer: Answer, typed: Typed) -> Typed:
    """Return a command so that it means the same list later, and whoever says it.

    `1` is another paper once there is a newer list, and `yesterday` another day tomorrow.
    """
    if not isinstance(answer, PaperList):
        return typed
    found = {"paper": answer.about, "date": answer.feed_date}
    named = {name: str(value) for name, value in found.items() if value and name in typed.arguments}
    return replace(typed, arguments={**typed.arguments, **named})


def longer(answer: Answer, typed: Typed) -> Typed | None:
    """Return the command for the longest list, where a list is as long as was asked for."""
    count = typed.arguments.get("count")
    if not isinstance(answer, PaperList) or not isinstance(count, int):
        return None
    if count >= CHAT_COUNT or len(answer.papers) < count:
        return None
    return replace(typed, arguments={**typed.arguments, "count": CHAT_COUNT})


def may_be_shown_to_all(answer: Answer, typed: Typed, *, is_private: bool) -> bool:
    """Tell whether an answer is a list that its asker alone sees, and others could."""
    is_list = isinstance(answer, PaperList) and bool(answer.papers)
    return is_list and is_private and typed.command.visibility is Visibility.PUBLIC
