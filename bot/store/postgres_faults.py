"""PostgreSQL's errors in sentences for a person; none shows a password."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import asyncpg

from bot.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTING = "correct DATABASE_URL"

BROKEN = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.InternalClientError,
    ConnectionError,
)
"""What a connection raises whose server has ended. asyncpg takes the call of such a one for a mistake of its
own where it has not noticed the end yet (InternalClientError: `cannot switch to state 12`)."""

# First match wins, so narrow classes stand before wide ones. DataError is an InterfaceError that only its
# own statement has caused: it is no fault of the database.
SENTENCES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (
        asyncpg.InvalidCatalogNameError,
        f"PostgreSQL at {{where}} has no such database: make it, or {SETTING}.",
    ),
    (
        (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError),
        f"PostgreSQL at {{where}} refused the user or the password: {SETTING}.",
    ),
    (
        asyncpg.InsufficientPrivilegeError,
        "The PostgreSQL user may not do this: give it the right to make and use tables in its schema.",
    ),
    (asyncpg.DiskFullError, "The disk of PostgreSQL at {where} is full: make room and try again."),
    (
        asyncpg.TooManyConnectionsError,
        "PostgreSQL at {where} takes no more connections: raise its max_connections, or end others.",
    ),
    (
        (asyncpg.ReadOnlySQLTransactionError, asyncpg.InvalidSchemaNameError),
        "PostgreSQL at {where} may not be written, or has no such schema: " + SETTING + ".",
    ),
    (
        (
            asyncpg.PostgresConnectionError,
            asyncpg.OperatorInterventionError,
            asyncpg.InsufficientResourcesError,
            OSError,
            TimeoutError,
        ),
        f"PostgreSQL at {{where}} does not answer: see that it runs, or {SETTING}.",
    ),
)


def where_of(url: str) -> str:
    """Return the host and port of a URL, without the user and the password.

    Raises:
        StoreError: the URL has none that could be.
    """
    try:
        parts = urlsplit(url)
        if "," in parts.netloc:
            return "one of its hosts"
        port = parts.port or 5432
    except ValueError:
        # What could not be read may be a password, so the error that quotes it is not kept.
        raise no_address() from None
    return f"{parts.hostname or 'this machine'}:{port}"


def no_address() -> StoreError:
    """Return what is said of a URL that no server can be found by."""
    return StoreError(
        "DATABASE_URL does not say which PostgreSQL is meant: write postgresql://USER:PASSWORD@HOST:5432/DATABASE."
    )


def fault(error: Exception, where: str) -> StoreError | None:
    """Return the sentence for an error of the database as a whole; None for one of the statement alone."""
    for kinds, sentence in SENTENCES:
        if isinstance(error, kinds):
            return StoreError(sentence.format(where=where))
    is_interface = isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError)
    if is_interface and not isinstance(error, ValueError):
        return StoreError(f"The connection to PostgreSQL at {where} broke: try again.")
    return None


@contextmanager
def told(where: str) -> Iterator[None]:
    """Turn errors of the database as a whole into sentences."""
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
        sentence = fault(error, where)
        if sentence is None:
            raise
        raise sentence from error
