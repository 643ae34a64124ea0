"""What is stored of a person, and how it is handed to them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.papers import PaperId
    from bot.domain.places import Identity, Place
    from bot.domain.votes import Act, Dislike, Link, Save, Submission


@dataclass(frozen=True, slots=True)
class ShownList:
    """The numbers of the last list that somebody was shown in a place."""

    place: Place
    papers: tuple[PaperId, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonData:
    """All that is stored of a person, each in the order of its key."""

    identities: tuple[Identity, ...]
    acts: tuple[Act, ...] = ()
    saves: tuple[Save, ...] = ()
    submissions: tuple[Submission, ...] = ()
    links: tuple[Link, ...] = ()
    subscriptions: tuple[str, ...] = ()
    """The ids of those that they made."""
    hidden: tuple[tuple[Place, PaperId], ...] = ()
    """What they took out of places."""
    lists: tuple[ShownList, ...] = ()
    dislikes: tuple[Dislike, ...] = ()

    @property
    def voted(self) -> frozenset[PaperId]:
        """The papers that they voted for."""
        return frozenset(act.paper for act in self.acts)

    @property
    def disliked(self) -> frozenset[PaperId]:
        """The papers that they reacted to with 👎."""
        return frozenset(each.paper for each in self.dislikes)


def data_text(data: PersonData, now: datetime) -> str:
    """Write all that is stored of a person as JSON."""
    form = {
        "made": moment(now),
        "identities": list(data.identities),
        "votes": [_act(act) for act in data.acts],
        "saved": [{"paper": each.paper, "at": moment(each.at)} for each in data.saves],
        "submissions": [_submission(each) for each in data.submissions],
        "links": [
            {"identity": each.identity, "person": each.person, "at": moment(each.at)} for each in data.links
        ],
        "subscriptions": list(data.subscriptions),
        "hidden": [{"place": str(place), "paper": paper} for place, paper in data.hidden],
        "lists": [
            {"place": str(each.place), "papers": list(each.papers), "at": moment(each.at)}
            for each in data.lists
        ],
        "disliked": [_dislike(each) for each in data.dislikes],
    }
    return json.dumps(form, ensure_ascii=False, indent=2)


def moment(at: datetime) -> str:
    """Write an instant as the other files do: `2026-04-24T10:00:00Z`."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _act(act: Act) -> dict[str, str]:
    where = {"paper": act.paper, "place": str(act.place), "means": act.means.value}
    return where | ({"message": act.message} if act.message else {}) | {"at": moment(act.at)}


def _dislike(each: Dislike) -> dict[str, str]:
    where = {"paper": each.paper, "place": str(each.place), "message": each.message}
    return where | {"at": moment(each.at)}


def _submission(each: Submission) -> dict[str, str]:
    what = {"paper": each.paper, "place": str(each.place), "note": each.note, "at": moment(each.at)}
    return what | ({"hidden": moment(each.hidden_at)} if each.hidden_at else {})
