"""Messages of the Slack adapter, the JSON as it is sent, as a page that looks as Slack's apps do."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import escape, unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from adapters.slack.render.payload import Json

THEMES = {
    "dark": (
        "--page:#1a1d21;--text:#d1d2d3;--head:#f8f8f8;--dim:#ababad;--link:#1d9bd1;--line:#797c8166;"
        "--button:#222529;--edge:#797c81;--code:#e8912d;--box:#222529;--chip:#1d9bd11f"
    ),
    "light": (
        "--page:#fff;--text:#1d1c1d;--head:#1d1c1d;--dim:#616061;--link:#1264a3;--line:#dddddd;"
        "--button:#fff;--edge:#bbbabb;--code:#c01343;--box:#f8f8f8;--chip:#1264a31a"
    ),
}

STYLE = """
*{box-sizing:border-box}
body{margin:0;padding:16px;background:var(--page);color:var(--text);
  font:15px/1.46668 'Slack-Lato','Lato','Noto Sans',Helvetica,Arial,'Noto Color Emoji',sans-serif}
.message{display:flex;gap:8px;margin-bottom:20px}
.avatar{flex:none;width:36px;height:36px;border-radius:6px;background:#5b7fc7;color:#fff;font-weight:700;
  display:flex;align-items:center;justify-content:center}
.whole{flex:1;min-width:0;max-width:640px;overflow-wrap:anywhere}
.name{font-weight:900;color:var(--head)} .tag{font-size:10px;font-weight:700;color:var(--dim);
  background:var(--line);border-radius:2px;padding:1px 3px;margin:0 6px;vertical-align:1px}
.when{font-size:12px;color:var(--dim)} .only{font-size:12px;color:var(--dim)}
.header{font-size:18px;line-height:1.3333;font-weight:900;color:var(--head);margin:8px 0 4px}
.section{display:flex;gap:16px;align-items:flex-start;margin:8px 0} .section .text{flex:1;min-width:0}
.context{font-size:12px;line-height:1.5;color:var(--dim);margin:8px 0}
hr{border:0;border-top:1px solid var(--line);margin:12px 0}
a{color:var(--link);text-decoration:none} b{font-weight:900}
.actions{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0}
.button,.more{flex:none;background:var(--button);border:1px solid var(--edge);border-radius:8px;
  padding:0 12px;height:28px;line-height:26px;font-size:13px;font-weight:700;color:var(--head);
  max-width:100%;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.more{padding:0 8px;letter-spacing:1px}
.select{background:var(--button);border:1px solid var(--edge);border-radius:8px;padding:0 10px;height:28px;
  line-height:26px;font-size:13px;color:var(--head);min-width:170px;display:flex;gap:12px;
  justify-content:space-between}
pre{background:var(--box);border:1px solid var(--line);border-radius:4px;padding:8px;margin:4px 0;
  font:12px/1.5 'Noto Sans Mono',monospace;white-space:pre-wrap;overflow-wrap:anywhere}
.chip{background:var(--chip);color:var(--link);border-radius:3px;padding:0 2px}
h6{margin:0 0 10px;font-size:12px;color:var(--dim);font-weight:400;border-bottom:1px solid var(--line);
  padding-bottom:4px}
@media(max-width:500px){body{padding:12px;font-size:16px}.section{gap:10px}}
"""

FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
MARK = re.compile(
    r"<!date\^(?P<date>\d+)\^[^|>]*\|[^>]*>|<#(?P<channel>\w+)>"
    r"|<(?P<url>https?://[^|>]+)(?:\|(?P<label>[^>]*))?>"
    r"|(?<![\w*])\*(?P<bold>[^*\n]+)\*(?![\w*])"
)
"""What our mrkdwn has; `<` and `>` of texts are entities."""


def page(theme: str, messages: Iterable[tuple[str, Sequence[Json]]], at: datetime) -> str:
    """Return a page of messages, each under a small line that says what it is."""
    shown = "".join(
        (f"<h6>{escape(name)}</h6>" if name else "") + "".join(message(body, at) for body in bodies)
        for name, bodies in messages
    )
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Cards</title>"
        f"<style>:root{{{THEMES[theme]}}}{STYLE}</style><body>{shown}"
        "<script>document.body.dataset.height=document.documentElement.scrollHeight</script>"
    )


def message(body: Json, at: datetime) -> str:
    """Return one message."""
    head = f"<span class=name>papers</span><span class=tag>APP</span><span class=when>{at:%H:%M}</span>"
    inside = head + "".join(map(block, body["blocks"]))
    return f"<div class=message><div class=avatar>P</div><div class=whole>{inside}</div></div>"


def block(shown: Json) -> str:
    """Return one block."""
    match shown["type"]:
        case "header":
            return f'<div class="header">{escape(shown["text"]["text"])}</div>'
        case "divider":
            return "<hr>"
        case "section":
            beside = element(shown["accessory"]) if "accessory" in shown else ""
            return (
                f'<div class="section"><div class="text">{mrkdwn(shown["text"]["text"])}</div>{beside}</div>'
            )
        case "context":
            texts = "<br>".join(mrkdwn(each["text"]) for each in shown["elements"])
            return f'<div class="context">{texts}</div>'
        case "actions":
            return f'<div class="actions">{"".join(map(element, shown["elements"]))}</div>'
        case unknown:
            raise ValueError(unknown)


def element(shown: Json) -> str:
    """Return what can be pressed."""
    match shown["type"]:
        case "button":
            return f'<span class="button">{escape(shown["text"]["text"])}</span>'
        case "overflow":
            return '<span class="more">•••</span>'
        case _:
            return f'<span class="select">{escape(shown["placeholder"]["text"])}<span>⌄</span></span>'


def mrkdwn(text: str) -> str:
    """Return mrkdwn as HTML."""
    pieces = FENCE.split(text)
    return "".join(
        f"<pre>{html(piece)}</pre>" if at % 2 else marked(piece.strip("\n") if at else piece)
        for at, piece in enumerate(pieces)
    )


def marked(text: str) -> str:
    """Return a text without code as HTML."""
    found, end = [], 0
    for mark in MARK.finditer(text):
        found += [html(text[end : mark.start()]), of_mark(mark)]
        end = mark.end()
    return "".join([*found, html(text[end:])])


def of_mark(mark: re.Match[str]) -> str:
    """Return a link, a time, a channel or bold text as HTML."""
    if mark["date"]:
        at = datetime.fromtimestamp(int(mark["date"]), UTC)
        return f"{at:%b} {at.day} {at:%H:%M}"
    if mark["channel"]:
        return '<span class="chip">#papers</span>'
    if mark["url"]:
        return f'<a href="{html(mark["url"])}">{html(mark["label"] or mark["url"])}</a>'
    return f"<b>{marked(mark['bold'])}</b>"


def html(text: str) -> str:
    """Return escaped text of Slack as HTML, line by line."""
    return escape(unescape(text)).replace("\n", "<br>")
