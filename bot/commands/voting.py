"""The commands with which a person votes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.commands.managing import title_of
from bot.commands.reading import found_paper, named_paper, quoted_title
from bot.domain.answers import Done, Refusal
from bot.domain.vote_words import unvoted_words, voted_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.commands.desk import Desk
    from bot.commands.spec import Handler, Invocation


async def vote(ask: Invocation, desk: Desk) -> Done | Refusal:
    """Vote for a paper, as a reaction does."""
    found = await found_paper(ask, desk)
    if isinstance(found, Refusal):
        return found
    paper = found[0].paper
    is_new, votes = await desk.office.voting.vote(paper.id, ask.identity, ask.place)
    return Done(voted_words(quoted_title(paper), paper.id, votes, is_new=is_new))


async def unvote(ask: Invocation, desk: Desk) -> Done | Refusal:
    """Take a vote back, as far as it was not given by reactions."""
    named = await named_paper(ask, desk)
    if isinstance(named, Refusal):
        return named
    is_taken, still = await desk.office.voting.unvote(named.paper, ask.identity)
    return Done(unvoted_words(await title_of(named.paper, desk), still, is_taken=is_taken))


HANDLERS: Mapping[str, Handler] = {"vote": vote, "unvote": unvote}
