from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.store.acts import CAST
from bot.store.feeds import DIGEST
from bot.store.postgres_many import many
from bot.store.sql_store import TAKE_TURN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.store.engine import Row

ROWS: Sequence[Row] = [("a", 1), ("b", 2)]
PLAIN = "INSERT INTO digests (digest, at) VALUES (?1, ?2)"


def test_an_array_for_each_column_tells_the_keys_of_changed_rows() -> None:
    found = many(DIGEST, ROWS)
    assert found is not None
    insert, values = found
    assert " ".join(insert.sql.split()) == (
        "WITH changed AS (INSERT INTO digests (digest, at)"
        " SELECT * FROM unnest($1::text::text[], $2::text::bigint[])"
        " ON CONFLICT (digest) DO NOTHING RETURNING digests.digest AS key0, digests.digest AS key1)"
        " SELECT counted.rows, changed.* FROM (SELECT count(*) AS rows FROM changed) AS counted"
        " LEFT JOIN changed ON counted.rows < $3::bigint"
    )
    assert values == ('{"a","b"}', "{1,2}", 2)
    assert insert.key is not None
    assert insert.key(("a", 1)) == ("a", "a")


def test_without_a_conflict_every_row_is_changed() -> None:
    found = many(PLAIN, [("a", 1.5), ("b", None)])
    assert found is not None
    insert, values = found
    assert insert.key is None
    assert insert.sql.endswith("unnest($1::text::text[], $2::text::double precision[])")
    assert values == ('{"a","b"}', "{1.5,NULL}")


def test_a_text_stands_in_quotes_and_nothing_does_not() -> None:
    found = many(PLAIN, [("NULL", 1), (None, 2), ('a"\\,', None)])
    assert found is not None
    assert found[1] == (r"""{"NULL",NULL,"a\"\\,"}""", "{1,2,NULL}")


def test_acts_are_kept_together() -> None:
    assert many(CAST, [("p", "i", "w", "m", "reaction", "s", 7)])


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        pytest.param(PLAIN, [("a", None), ("b", None)], id="nothing but NULL has no type"),
        pytest.param(PLAIN, [("a", 1), ("b", 1.5)], id="several types"),
        pytest.param(PLAIN, [], id="no rows"),
        pytest.param("INSERT INTO digests (digest, at) VALUES (?2, ?1)", ROWS, id="another order"),
        pytest.param("INSERT INTO digests (digest, at) VALUES (?1, ?2 + 1)", ROWS, id="worked out"),
        pytest.param("DELETE FROM digests WHERE digest = ?1 AND at = ?2", ROWS, id="no INSERT"),
        pytest.param(TAKE_TURN, [("a", 1, 1)], id="parameters elsewhere"),
        pytest.param(
            f"{PLAIN} ON CONFLICT (digest) DO UPDATE SET at = ?2", ROWS, id="parameters on a conflict"
        ),
    ],
)
def test_what_is_not_plain_is_done_one_by_one(sql: str, rows: Sequence[Row]) -> None:
    assert many(sql, rows) is None
