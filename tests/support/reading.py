"""Read one data file as a load would, without a warehouse."""

from pathlib import Path

from bot.adapters.warehouse.reading import Reading, read
from bot.adapters.warehouse.values import Meaning
from bot.domain.evidence.columns import kind_of
from bot.domain.evidence.vocabulary import Vocabulary
from bot.ports.warehouse import DataFile
from tests.support.builders import NOW, Row
from tests.support.duck import duck

MEANING = Meaning(Vocabulary.standard(), "America/New_York", NOW)


def read_all(path: Path, meaning: Meaning = MEANING) -> tuple[Reading, list[Row]]:
    """What came of reading a file, and its rows that could be used."""
    kind = kind_of(path.stem)
    with duck() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        reading = read(connection, kind, DataFile.of(path), "stage_read", meaning)
        found = connection.execute("SELECT * FROM stage_read ORDER BY row_number")
        names = [column[0] for column in found.description]
        return reading, [dict(zip(names, row, strict=True)) for row in found.fetchall()]
