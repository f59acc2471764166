"""The ledger of files: which were read, and with which words. Where words mean something else, a file is read again."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from bot.ports.warehouse import DataFile, GivenTable

HELD_BACK = "with rows held back"


@dataclass(frozen=True)
class Ledger:
    """`entries`: what is written down of the files at hand. `words`: the fingerprint of the vocabulary in force."""

    entries: Collection[str]
    words: str

    def has_read(self, fingerprint: str) -> bool:
        """Whole, and with the same words."""
        return self.entry(fingerprint) in self.entries

    def has_another_reading(self, fingerprint: str) -> bool:
        """With other words, or with rows held back that were of the future then."""
        return any(entry.startswith(fingerprint) and entry != self.entry(fingerprint) for entry in self.entries)

    def entry(self, fingerprint: str, *, held_back: bool = False) -> str:
        return " ".join([fingerprint, self.words, *([HELD_BACK] if held_back else [])])


def fingerprint(file: DataFile | GivenTable) -> str:
    """SHA-256 of what the file holds and of its bytes; of a part that may be read again, of where it comes from."""
    if isinstance(file, GivenTable) or not file.once:
        return hashlib.sha256(f"{file.name} {file.kind}".encode()).hexdigest()
    with file.path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
    digest.update(file.kind.encode())
    return digest.hexdigest()
