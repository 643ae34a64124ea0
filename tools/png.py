"""PNG pictures with a palette: text in a few colours takes a third of the room."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS, FREQUENT = 256, 128
BITS, RGB, RGBA = 8, 2, 6
"""Bits of a sample, and two colour types (PNG specification, 11.2.2)."""
UP = 2
"""The filter that tells the difference to the row above (9.2)."""


def smaller(picture: bytes) -> bytes:
    """Return a picture with at most 256 colours, each pixel in the nearest of them."""
    width, height, pixels = unpacked(picture)
    kept, index = palette(Counter(pixels))
    rows = bytes(map(index.__getitem__, pixels))
    body = b"".join(b"\0" + rows[at : at + width] for at in range(0, len(rows), width))
    return SIGNATURE + b"".join((
        chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        chunk(b"PLTE", b"".join(kept)),
        chunk(b"IDAT", zlib.compress(body, 9)),
        chunk(b"IEND", b""),
    ))  # fmt: skip


def palette(counts: Counter[bytes]) -> tuple[list[bytes], dict[bytes, int]]:
    """Return the colours to keep, and which of them stands for each.

    They are the frequent ones, which text is made of, and of the rare ones those most unlike all before.
    """
    kept = [colour for colour, _ in counts.most_common(FREQUENT)]
    nearest = {colour: min((distance(each, colour), at) for at, each in enumerate(kept)) for colour in counts}
    while len(kept) < COLOURS and max(nearest.values())[0]:
        farthest = max(nearest, key=lambda colour: nearest[colour][0])
        kept.append(farthest)
        for colour, best in nearest.items():
            nearest[colour] = min(best, (distance(farthest, colour), len(kept) - 1))
    return kept, {colour: at for colour, (_, at) in nearest.items()}


def distance(one: bytes, other: bytes) -> int:
    """Return how unlike two colours are."""
    return sum((left - right) ** 2 for left, right in zip(one, other, strict=True))


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return one chunk of a file."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def unpacked(picture: bytes) -> tuple[int, int, list[bytes]]:
    """Return width, height and the colours of all pixels of a picture in RGB or RGBA of 8 bits.

    Raises:
        ValueError: it is of another kind.
    """
    chunks = list(chunks_of(picture))
    width, height, depth, colours, *_ = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth != BITS or colours not in {RGB, RGBA}:
        raise ValueError("the picture is neither RGB nor RGBA of 8 bits")
    step = len("rgb") if colours == RGB else len("rgba")
    raw = zlib.decompress(b"".join(content for kind, content in chunks if kind == b"IDAT"))
    pixels: list[bytes] = []
    before = bytes(width * step)
    for at in range(0, len(raw), width * step + 1):
        before = unfiltered(raw[at], raw[at + 1 : at + 1 + width * step], before, step)
        pixels += [before[x : x + 3] for x in range(0, len(before), step)]
    return width, height, pixels


def chunks_of(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the chunks of a file, each with its kind."""
    at = len(SIGNATURE)
    while at < len(picture):
        (size,) = struct.unpack(">I", picture[at : at + 4])
        yield picture[at + 4 : at + 8], picture[at + 8 : at + 8 + size]
        at += size + 12


def unfiltered(kind: int, row: bytes, above: bytes, step: int) -> bytes:
    """Return a row as it was before it was filtered (PNG specification, 9.2)."""
    if kind == 0:
        return row
    if kind == UP:
        return bytes((x + b) & 255 for x, b in zip(row, above, strict=True))
    out = bytearray(row)
    for at, value in enumerate(row):
        left = out[at - step] if at >= step else 0
        corner = above[at - step] if at >= step else 0
        guess = {1: left, 3: (left + above[at]) // 2, 4: paeth(left, above[at], corner)}[kind]
        out[at] = (value + guess) & 255
    return bytes(out)


def paeth(left: int, up: int, corner: int) -> int:
    """Return which of three neighbours is nearest to their gradient."""
    guess = left + up - corner
    return min((left, up, corner), key=lambda each: abs(guess - each))
