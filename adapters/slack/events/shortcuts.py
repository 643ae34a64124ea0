"""“Submit to papers” among what can be done with a message: submits the paper that the message links to."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from adapters.slack.events.asks import Ask, team_of
from adapters.slack.markup import unescaped
from bot.commands.text import Mistake, parse_text
from bot.domain.paper_ids import parse_paper_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.commands.spec import Command
    from bot.commands.text import Typed
    from bot.domain.papers import PaperId

ADDRESS = re.compile(r"https?://[^\s<>|\"\\]+")

NO_PAPER = "I see no link to a paper in that message. Type “/papers submit”, with the paper's id or a link."
SEVERAL = "That message links to several papers. Type “/papers submit”, with the id of the one that you mean."


def shortcut_ask(body: Mapping[str, Any]) -> Ask:
    """Read who chose it, and where.

    Raises:
        KeyError: it lacks what each has.
    """
    channel = str(body["channel"]["id"])
    return Ask(
        team_of(body),
        channel,
        str(body["user"]["id"]),
        "",
        str(body["response_url"]),
        str(body.get("trigger_id") or ""),
        is_direct=channel.startswith("D"),
    )


def meant(body: Mapping[str, Any], commands: Mapping[str, Command]) -> Typed | Mistake:
    """Return the command that submits the paper of the message; a mistake where it has none, or several."""
    papers = papers_in(body.get("message") or {})
    if len(papers) != 1:
        return Mistake(SEVERAL if papers else NO_PAPER)
    return parse_text(f"submit {papers[0]}", commands)


def papers_in(message: Mapping[str, Any]) -> list[PaperId]:
    """Return the papers that a message links to, each once: in its text, its blocks or what was unfolded."""
    addresses = ADDRESS.findall(json.dumps(message, ensure_ascii=False))
    papers = (parse_paper_id(unescaped(address).rstrip(".,;:!?)")) for address in addresses)
    return list(dict.fromkeys(paper for paper in papers if paper))
