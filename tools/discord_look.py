"""Messages of the Discord adapter, the JSON as it is sent, as a page that looks as Discord's apps do."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, cast

from tools.discord_markdown import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from adapters.discord.render.payload import Body, Button, Embed, Row, Select
    from tools.discord_markdown import Span

THEMES = {
    "dark": (
        "--page:#313338;--text:#dbdee1;--head:#f2f3f5;--dim:#949ba4;--embed:#2b2d31;--link:#00a8fc;"
        "--button:#4e5058;--label:#fff;--field:#1e1f22;--code:#1e1f22;--chip:#3c4270;--chiptext:#c9cdfb"
    ),
    "light": (
        "--page:#fff;--text:#313338;--head:#060607;--dim:#5c5e66;--embed:#f2f3f5;--link:#006ce7;"
        "--button:#e1e2e4;--label:#313338;--field:#ebebed;--code:#e3e5e8;--chip:#e6e8fd;--chiptext:#4752c4"
    ),
}

STYLE = """
*{box-sizing:border-box}
body{margin:0;padding:16px;background:var(--page);color:var(--text);
  font:16px/1.375 'gg sans','Noto Sans','Helvetica Neue',Helvetica,Arial,'Noto Color Emoji',sans-serif}
.message{display:flex;gap:16px;margin-bottom:22px}
.avatar{flex:none;width:40px;height:40px;border-radius:50%;background:#5b7fc7;color:#fff;font-weight:600;
  display:flex;align-items:center;justify-content:center}
.whole{flex:1;min-width:0}
.name{font-weight:600;color:var(--head)} .tag{font-size:10px;font-weight:600;background:#5865f2;color:#fff;
  border-radius:4px;padding:1px 5px;margin:0 6px;vertical-align:2px} .when{font-size:12px;color:var(--dim)}
.embed{width:fit-content;max-width:520px;background:var(--embed);border-left:4px solid;border-radius:4px;
  padding:8px 16px 14px 12px;margin-top:6px;overflow-wrap:anywhere}
.embed .title{font-weight:600;color:var(--head);margin-top:6px}
.embed .title a{font-weight:600}
.text{font-size:14px;line-height:18px;margin-top:8px} .content{overflow-wrap:anywhere}
.embed .footer{font-size:12px;line-height:16px;margin-top:8px;color:var(--text);white-space:pre-line}
a{color:var(--link);text-decoration:none} b{font-weight:700}
.row{min-height:18px} .h1,.h2,.h3{font-weight:700;color:var(--head);margin:8px 0 4px;line-height:1.3}
.h1{font-size:24px} .h2{font-size:20px} .h3{font-size:16px}
.quote{border-left:4px solid var(--dim);padding-left:8px}
.code{background:var(--code);border-radius:4px;padding:8px;margin:6px 0;
  font:13px/18px 'Noto Sans Mono',monospace;
  white-space:pre-wrap;overflow-wrap:anywhere;max-width:520px}
code,.time{background:var(--code);border-radius:3px;padding:0 2px}
.chip{background:var(--chip);color:var(--chiptext);border-radius:3px;padding:0 2px}
.spoiler{background:var(--dim);color:transparent}
.buttons{display:flex;flex-wrap:wrap;gap:8px;margin-top:8px}
.button{background:var(--button);color:var(--label);border-radius:8px;padding:6px 14px;font-size:14px;
  font-weight:500;line-height:20px}
.select{background:var(--field);color:var(--dim);border-radius:8px;padding:9px 12px;width:100%;
  max-width:400px;  display:flex;justify-content:space-between}
h6{margin:0 0 10px;font-size:12px;color:var(--dim);font-weight:400;border-bottom:1px solid var(--field);
  padding-bottom:4px}
@media(max-width:500px){body{padding:12px}.message{gap:10px}.avatar{width:34px;height:34px}}
"""


def page(theme: str, messages: Iterable[tuple[str, Sequence[Body]]], at: datetime) -> str:
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


def message(body: Body, at: datetime) -> str:
    """Return one message."""
    content = f'<div class="content">{markdown(body["content"])}</div>' if body["content"] else ""
    embeds = "".join(map(embed, body["embeds"]))
    rows = "".join(map(components, body["components"]))
    head = f"<span class=name>Papers</span><span class=tag>APP</span><span class=when>{at:%H:%M}</span>"
    inside = f"{head}{content}{embeds}{rows}"
    return f"<div class=message><div class=avatar>P</div><div class=whole>{inside}</div></div>"


def embed(shown: Embed) -> str:
    """Return a framed text."""
    title = markdown(shown["title"]) if "title" in shown else ""
    if title and shown.get("url"):
        title = f'<a href="{escape(shown["url"])}">{title}</a>'
    parts = [f'<div class="title">{title}</div>' if title else ""]
    parts += [f'<div class="text">{markdown(text)}</div>' if (text := shown.get("description")) else ""]
    parts += [f'<div class="footer">{escape(shown["footer"]["text"])}</div>' if "footer" in shown else ""]
    return f'<div class="embed" style="border-color:#{shown.get("color", 0):06x}">{"".join(parts)}</div>'


def components(row: Row) -> str:
    """Return a row of buttons, or a select."""
    return f'<div class="buttons">{"".join(map(component, row["components"]))}</div>'


def component(shown: Button | Select) -> str:
    """Return a button, or a select as it looks before it is opened."""
    if "placeholder" in shown:
        return f'<span class="select">{escape(cast("Select", shown)["placeholder"])}<span>▾</span></span>'
    return f'<span class="button">{escape(shown["label"])}</span>'


def markdown(text: str) -> str:
    """Return Markdown as HTML."""
    return "".join(
        f'<div class="row {row.kind}">{"".join(map(span, row.spans)) or "&nbsp;"}</div>'
        for row in rows_of(text)
    )


def span(shown: Span) -> str:
    """Return a piece of text as HTML."""
    inner = "".join(map(span, shown.inner)) or escape(shown.text)
    match shown.kind:
        case "link":
            return f'<a href="{escape(shown.target)}">{inner}</a>'
        case "time":
            at = datetime.fromtimestamp(int(shown.text), UTC)
            return f'<span class="time">{at.day} {at:%B %Y %H:%M}</span>'
        case "mention":
            return (
                f'<span class="chip">{"#papers" if shown.text.startswith("#") else escape(shown.text)}</span>'
            )
        case "bold" | "slanted" | "starred" | "under" | "struck" | "code":
            tags = {"bold": "b", "under": "u", "struck": "s", "code": "code"}
            tag = tags.get(shown.kind, "i")
            return f"<{tag}>{inner}</{tag}>"
        case "spoiler" | "everyone" | "emoji":
            return f'<span class="{"spoiler" if shown.kind == "spoiler" else "chip"}">{inner}</span>'
        case _:
            return inner
