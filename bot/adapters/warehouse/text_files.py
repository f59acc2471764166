"""Text files as they come: their encoding, their lines, and files that are something else than their name says."""

from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from bot.domain.errors import BadInput

UTF8 = "utf-8-sig"
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_OTHER_FILES = {
    b"\x1f\x8b": "is compressed with gzip; unpack it",
    b"PK\x03\x04": "is a ZIP archive or a spreadsheet; save it as CSV",
    b"BZh": "is compressed with bzip2; unpack it",
    b"\x28\xb5\x2f\xfd": "is compressed with zstd; unpack it",
    b"PAR1": "is a Parquet file; name it .parquet",
}
_AT_ONCE = 1 << 20


def encoding_of(path: Path) -> str:
    """UTF-8, with or without a mark, or UTF-16. Raises BadInput for a file that is no text."""
    with path.open("rb") as stream:
        head = stream.read(512)
    for magic, remedy in _OTHER_FILES.items():
        if head.startswith(magic):
            raise BadInput(f"{path.name}: {remedy}")
    marked = next((encoding for mark, encoding in _MARKS.items() if head.startswith(mark)), None)
    if marked is not None:
        return marked
    odd, even = head[1::2].count(0), head[0::2].count(0)
    if max(odd, even) * 4 > len(head):
        return "utf-16-le" if odd > even else "utf-16-be"
    return UTF8


def opened(path: Path, encoding: str) -> TextIO:
    """Bytes that are no text of the encoding come out as lone surrogates: `is_damaged` finds them."""
    errors = "surrogateescape" if encoding == UTF8 else "replace"
    return path.open(encoding=encoding, errors=errors, newline="")


def is_damaged(text: str) -> bool:
    return not text.isascii() and any("\udc80" <= character <= "\udcff" for character in text)


def lines_of(path: Path) -> tuple[int, int]:
    """How many lines there are, a last one without an end included, and the bytes of the longest that is not within one
    piece: no reader has less room than a piece.
    """
    count = longest = begun = 0
    with path.open("rb") as stream:
        while piece := stream.read(_AT_ONCE):
            count += piece.count(b"\n")
            first, last = piece.find(b"\n"), piece.rfind(b"\n")
            longest = max(longest, begun + (len(piece) if first < 0 else first))
            begun = begun + len(piece) if last < 0 else len(piece) - last - 1
    return count + (begun > 0), longest


def bounded_lines(stream: TextIO, most: int) -> Iterator[str]:
    """Lines with their ends. One of more than `most` characters comes as its first `most`, which no row can have."""
    while line := stream.readline(most + 1):
        if len(line) > most:
            rest = line
            while rest and not rest.endswith(("\n", "\r")):
                rest = stream.readline(most)
        yield line
