"""Answers of the sources in their real shape, with facts of real papers and short texts of our own."""

from __future__ import annotations

import copy
from typing import Any

WORLDMARK: dict[str, Any] = {
    "paper": {
        "id": "2604.21686",
        "authors": [{"name": "Xiaojie Xu", "hidden": False}, {"name": "Zhengyuan Lin", "hidden": True}],
        "publishedAt": "2026-04-23T13:50:58.000Z",
        "submittedOnDailyAt": "2026-04-24T01:12:07.101Z",
        "title": "WorldMark: A Unified Benchmark Suite\nfor Interactive Video World Models",
        "summary": "One benchmark with the same scenes and controls\nfor every interactive video model.",
        "upvotes": 27,
        "discussionId": "69eac82f0000000000000000",
        "projectPage": "https://alaya-studio.github.io/WorldMark/",
        "ai_summary": "<think>what is it about?</think>A benchmark for interactive video models.",
        "ai_keywords": ["world models", "interactive video generation", "world models"],
    },
    "publishedAt": "2026-04-23T09:50:58.000Z",
    "title": "WorldMark: A Unified Benchmark Suite for Interactive Video World Models",
    "numComments": 2,
    "isAuthorParticipating": False,
}

UNIT: dict[str, Any] = {
    "paper": {
        "id": "2604.19734",
        "authors": [{"name": "Boyu Chen"}],
        "publishedAt": "2026-04-21T17:59:10.000Z",
        "submittedOnDailyAt": "2026-04-24T00:00:00.480Z",
        "title": "UniT: Toward a Unified Physical Language for Human-to-Humanoid Policy Learning",
        "summary": "Human video teaches humanoids through one visual language.",
        "upvotes": 25,
        "githubRepo": "https://github.com/xpeng-robotics/UniT",
        "githubStars": 12,
        "organization": {"name": "xpeng-robotics", "fullname": "XPENG Robotics"},
    },
    "publishedAt": "2026-04-21T13:59:10.000Z",
    "title": "UniT",
    "numComments": 1,
    "organization": {"name": "xpeng-robotics", "fullname": "XPENG Robotics"},
}


def daily() -> list[dict[str, Any]]:
    """Return a list of two items, free to be changed."""
    return copy.deepcopy([WORLDMARK, UNIT])


def many(count: int, start: int = 0) -> list[dict[str, Any]]:
    """Return a list of so many different items."""
    items = []
    for number in range(start, start + count):
        item = copy.deepcopy(UNIT)
        item["paper"]["id"] = f"2604.{number:05}"
        items.append(item)
    return items


ENTRY = """
<entry>
  <id>http://arxiv.org/abs/{id}</id>
  <title>Attention, again:
    a title that the API wraps</title>
  <updated>2026-04-01T04:27:03Z</updated>
  <summary>  An abstract of
    two lines.
  </summary>
  <published>2026-03-31T18:59:34Z</published>
  <author><name>Ana One</name></author><author><name>Ben Two</name></author>
  <category term="cs.LG"/><category term="cs.CL"/>
  <arxiv:primary_category term="cs.CL"/>
</entry>"""

ERROR = """
<entry>
  <id>https://arxiv.org/api/errors#incorrect_id_format_for_abc</id>
  <title>Error</title><summary>incorrect id format for abc</summary>
</entry>"""


def atom(*entries: str) -> bytes:
    """Return a feed of arXiv's API: its own title and link come before the entries."""
    head = (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:arxiv="http://arxiv.org/schemas/atom"><id>https://arxiv.org/api/x</id>'
        '<title>arXiv Query</title><link href="https://arxiv.org/api/query"/>'
    )
    return (head + "".join(entries) + "</feed>").encode()
