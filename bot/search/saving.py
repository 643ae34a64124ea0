"""The index as a file: arrays as they are, after a head that says what they are, under a checksum.

    file  = MAGIC, checksum of all that follows, head's length (4 bytes each, little endian), head, arrays
    head  = JSON; it and each array are padded to a multiple of 8 bytes

A file is taken whole or not at all. Nothing in it is ever run, as a pickle would be.
"""

from __future__ import annotations

import json
import os
import tempfile
import zlib
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.domain.words import ANALYSIS_VERSION
from bot.search.corpus import Corpus, Layer, Papers, rewritten, with_figures
from bot.search.postings import Postings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.generic]

MAGIC = b"papers-bot search index\n"

FORMAT = 2
"""Rises with each change of what the arrays are or mean."""

NUMBER_BYTES = 4
ALIGNMENT = 8


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds: all papers, settled, and the words by their numbers."""

    corpus: Corpus
    terms: Sequence[str]
    spellings: Sequence[str]


class NotAnIndex(ValueError):  # noqa: N818 - it never leaves this module
    """A file that is none of ours, or is damaged, or of another version."""


# --- Writing ------------------------------------------------------------------


def write(path: Path, contents: Contents) -> None:
    """Put an index in place of the file, in one step.

    Raises:
        OSError: It cannot be written.
    """
    pieces = list(pieces_of(contents))
    checksum = 0
    for piece in pieces:
        checksum = zlib.crc32(piece, checksum)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".new", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines((MAGIC, little(checksum), *pieces))
        Path(draft).replace(path)
    except OSError:
        with suppress(OSError):
            Path(draft).unlink()
        raise


def pieces_of(contents: Contents) -> Iterator[bytes | memoryview]:
    """Yield what stands after the checksum."""
    arrays = arrays_of(contents)
    head = {
        "format": FORMAT,
        "analysis": ANALYSIS_VERSION,
        "revision": contents.corpus.revision,
        "arrays": [(name, values.dtype.str, len(values)) for name, values in arrays.items()],
    }
    written = json.dumps(head).encode()
    yield little(len(written))
    yield written + padding(len(written))
    for values in arrays.values():
        plain = np.ascontiguousarray(values).view(np.uint8)
        yield plain.data
        yield padding(len(plain))


def arrays_of(contents: Contents) -> dict[str, Array]:
    """Return all arrays by their names."""
    whole = rewritten(contents.corpus)
    arrays: dict[str, Array] = {
        "terms": np.frombuffer(json.dumps(contents.terms).encode(), np.uint8),
        "spellings": np.frombuffer(json.dumps(contents.spellings).encode(), np.uint8),
        "spelled": whole.spelled,
        "term_of": whole.term_of,
    }
    owners: dict[str, Papers | Postings] = {"papers": whole.papers}
    for layer in whole.layers:
        owners |= {"words": layer.words, "pairs": layer.pairs}
    for owner, part in owners.items():
        arrays |= {f"{owner}.{each.name}": getattr(part, each.name) for each in fields(part)}
    return arrays


def little(number: int) -> bytes:
    """Return a number as four bytes."""
    return number.to_bytes(NUMBER_BYTES, "little")


def padding(size: int) -> bytes:
    """Return what makes a size a multiple of ALIGNMENT."""
    return bytes(-size % ALIGNMENT)


# --- Reading ------------------------------------------------------------------


def read(path: Path) -> Contents | str:
    """Read an index; where there is none that can be used, the reason."""
    try:
        return contents_of(path.read_bytes())
    except FileNotFoundError:
        return "there is none"
    except (OSError, NotAnIndex, MemoryError) as fault:
        return str(fault)


def contents_of(file: bytes) -> Contents:
    """Read what `write` wrote.

    Raises:
        NotAnIndex: It is something else, damaged, or of another version.
    """
    start = len(MAGIC) + NUMBER_BYTES
    if not file.startswith(MAGIC) or len(file) < start + NUMBER_BYTES:
        raise NotAnIndex("it is no search index")
    if little(zlib.crc32(memoryview(file)[start:])) != file[len(MAGIC) : start]:
        raise NotAnIndex("it is damaged")
    size = int.from_bytes(file[start : start + NUMBER_BYTES], "little")
    start += NUMBER_BYTES
    head = json.loads(file[start : start + size])
    if (head["format"], head["analysis"]) != (FORMAT, ANALYSIS_VERSION):
        raise NotAnIndex("it is of another version")
    arrays: dict[str, Array] = {}
    start += size + -size % ALIGNMENT
    for name, kind, length in head["arrays"]:
        arrays[name] = np.frombuffer(file, np.dtype(kind), length, start)
        start += arrays[name].nbytes + -arrays[name].nbytes % ALIGNMENT
    return contents_from(head["revision"], arrays)


def contents_from(revision: int, arrays: Mapping[str, Any]) -> Contents:
    """Put the arrays together."""

    def part(owner: str) -> dict[str, Any]:
        return {name.partition(".")[2]: each for name, each in arrays.items() if name.startswith(f"{owner}.")}

    papers = Papers(**part("papers"))
    count = len(papers.ids)
    corpus = Corpus(
        revision=revision,
        papers=papers,
        layers=(Layer(count, Postings(**part("words")), Postings(**part("pairs"))),) if count else (),
        spelled=arrays["spelled"],
        term_of=arrays["term_of"],
        numbers=dict(zip(papers.ids.tolist(), range(count), strict=True)),
    )
    terms, spellings = (json.loads(arrays[name].tobytes()) for name in ("terms", "spellings"))
    return Contents(with_figures(corpus), terms, spellings)
