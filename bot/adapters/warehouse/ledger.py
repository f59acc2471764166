"""The ledger of files: which were read, and with which words. Where words mean something else, a file is read again."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.ports.warehouse import DataFile, GivenTable

HELD_BACK, OTHERS = "with rows held back", "and with other words before"


@dataclass(frozen=True)
class Ledger:
    """`entries`: what is written down of the files at hand. `words`: the fingerprint of the vocabulary in force, and of
    the columns and the time zone that their rows are read by.
    """

    entries: Collection[str]
    words: str

    def has_read(self, fingerprint: str) -> bool:
        """Whole, and with the same words."""
        return self.entry(fingerprint) in self.entries

    def has_another_reading(self, fingerprint: str) -> bool:
        """With other words, or with rows held back that were of the future then. What is read again and again had other
        words as soon as it once had them.
        """
        return any(entry.startswith(fingerprint) and entry != self.entry(fingerprint) for entry in self.entries)

    def entry(self, fingerprint: str, *, held_back: bool = False, others: bool = False) -> str:
        marks = [*([HELD_BACK] if held_back else []), *([OTHERS] if others else [])]
        return " ".join([fingerprint, self.words, *marks])


def words_of(files: Sequence[DataFile | GivenTable], vocabulary: str, timezone: str | None) -> str:
    """`vocabulary`: its fingerprint; `timezone`: of moments without an offset."""
    columns = sorted({(ours, theirs) for file in files for ours, theirs in file.columns.items()})
    words = vocabulary if not columns else f"{vocabulary} {hashlib.sha256(repr(columns).encode()).hexdigest()}"
    return words if timezone is None else f"{words} {timezone}"


def fingerprint(file: DataFile | GivenTable) -> str:
    """SHA-256 of what the file holds and of its bytes; of a part that may be read again, of where it comes from."""
    if isinstance(file, GivenTable) or not file.once:
        return hashlib.sha256(f"{file.name} {file.kind}".encode()).hexdigest()
    with file.path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
    digest.update(file.kind.encode())
    return digest.hexdigest()
