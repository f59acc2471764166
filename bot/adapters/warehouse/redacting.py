"""Takes secrets out of freshly read rows, before anything is stored."""

import duckdb

from bot.adapters.warehouse.parsed import execute
from bot.domain.evidence.columns import FileKind, Type
from bot.domain.redaction import MAY_HOLD_A_SECRET, redacted


def redact(connection: duckdb.DuckDBPyConnection, kind: FileKind, table: str) -> None:
    """Rewrite every text of the staging table that holds a secret. Few texts come as far as Python."""
    names = [column.name for column in kind.columns if column.type is Type.TEXT and not column.allowed]
    each = ", ".join(f"'{name}'" for name in names), ", ".join(f'"{name}"' for name in names)
    texts = f"SELECT unnest([{each[0]}]) AS name, unnest([{each[1]}]) AS text FROM {table}"  # noqa: S608 (our own names)
    asked = f"SELECT DISTINCT name FROM ({texts}) WHERE regexp_matches(text, $pattern)"  # noqa: S608 (our own names)
    suspects = set(execute(connection, asked, {"pattern": MAY_HOLD_A_SECRET}).fetchall())
    for name in names:
        if (name,) in suspects:
            redact_column(connection, name, table)


def redact_column(connection: duckdb.DuckDBPyConnection, name: str, table: str) -> None:
    found = connection.execute(
        f'SELECT DISTINCT "{name}" FROM {table} WHERE regexp_matches("{name}", $pattern)',  # noqa: S608 (our own names)
        {"pattern": MAY_HOLD_A_SECRET},
    ).fetchall()
    changed = [(text, clean) for (text,) in found if (clean := redacted(text)) != text]
    if changed:
        connection.execute(
            f'UPDATE {table} AS t SET "{name}" = r.clean FROM'  # noqa: S608 (our own names)
            " (SELECT unnest($texts::VARCHAR[]) AS given, unnest($clean::VARCHAR[]) AS clean) AS r"
            f' WHERE t."{name}" = r.given',
            {"texts": [text for text, _ in changed], "clean": [clean for _, clean in changed]},
        )
