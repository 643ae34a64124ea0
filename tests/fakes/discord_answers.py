"""How the stand-in of Discord answers on HTTP."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

Json = Any


class Refusal(Exception):  # noqa: N818 - it is an answer
    """An answer of Discord's other than what was asked for."""

    def __init__(self, status: int, code: int, message: str, **more: Json) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, **more}


def answer(body: Json, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Answer as Discord does: its type is exactly application/json, without a charset."""
    if status == 204:
        return web.Response(status=204, headers=headers)
    content = json.dumps(body).encode()
    return web.Response(body=content, status=status, headers=headers, content_type="application/json")


def cut_off(request: web.Request) -> web.Response:
    """Break the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)


def limited(wait_s: float, *, is_wide: bool) -> web.Response:
    """Refuse a call that came too soon."""
    headers = {"Retry-After": f"{wait_s:.3f}", "Via": "1.1 stand-in"}
    headers["X-RateLimit-Scope"] = "global" if is_wide else "user"
    if is_wide:
        headers["X-RateLimit-Global"] = "true"
    body = {"message": "You are being rate limited.", "retry_after": wait_s, "global": is_wide}
    return answer(body, 429, headers)


def broken() -> web.Response:
    return answer({"code": 0, "message": "500: Internal Server Error"}, 500)


async def body_in(request: web.Request) -> Json:
    """Return the JSON of a call; a file beside it stands in its attachment, as people see it then."""
    if not request.content_type.startswith("multipart/"):
        return await request.json()
    form = await request.post()
    told = form["payload_json"]
    assert isinstance(told, bytes | bytearray), "it says that it is JSON"
    body = json.loads(told)
    for each in body.get("data", body)["attachments"]:
        file = form[f"files[{each['id']}]"]
        assert isinstance(file, web.FileField)
        assert file.filename == each["filename"]
        each["shown"] = file.file.read().decode()
    return body
