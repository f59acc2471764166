"""One font file, as far as pictures need it: which characters it has, and how wide each is.

https://learn.microsoft.com/en-us/typography/opentype/spec/otff
"""

import struct
from bisect import bisect_left
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

COLLECTION = b"ttcf"
OUTLINES = (b"glyf", b"CFF ", b"CFF2")
UNREADABLE = (OSError, struct.error, IndexError, ValueError)
"""What reading a file raises that is no font, or a broken one."""


class Face:
    """Of a collection the first. Raises one of UNREADABLE."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            tables = _tables(file)
            if not tables.keys() & set(OUTLINES):
                raise ValueError(f"{path} has no outlines")
            self._em = struct.unpack_from(">H", _table(file, tables[b"head"]), 18)[0]
            wide = struct.unpack_from(">H", _table(file, tables[b"hhea"]), 34)[0]
            self._advances = struct.unpack_from(f">{'Hh' * wide}", _table(file, tables[b"hmtx"]))[::2]
            self._map = _Map(_table(file, tables[b"cmap"]))

    def has(self, character: str) -> bool:
        return self.glyph(character) != 0

    def glyph(self, character: str) -> int:
        """0: it has none."""
        return self._map.of(ord(character))

    def advance(self, character: str) -> float:
        """Its width as a share of the font's size."""
        return float(self._advances[min(self.glyph(character), len(self._advances) - 1)]) / float(self._em)


def _tables(file: BinaryIO) -> dict[bytes, tuple[int, int]]:
    """Tag -> place and length."""
    if file.read(4) == COLLECTION:
        file.seek(12)
        file.seek(struct.unpack(">I", file.read(4))[0] + 4)
    count = struct.unpack(">H", file.read(2))[0]
    file.seek(6, 1)
    found = (struct.unpack(">4sIII", file.read(16)) for _ in range(count))
    return {tag: (place, length) for tag, _, place, length in found}


def _table(file: BinaryIO, at: tuple[int, int]) -> bytes:
    file.seek(at[0])
    return file.read(at[1])


class _Map:
    """Character -> glyph, 0 where there is none: formats 4 and 12, which all fonts of text have."""

    def __init__(self, table: bytes) -> None:
        self._table = table
        count = struct.unpack_from(">H", table, 2)[0]
        places = {struct.unpack_from(">I", table, 8 + 8 * at)[0] for at in range(count)}
        formats = {struct.unpack_from(">H", table, place)[0]: place for place in sorted(places)}
        self._wide, self._narrow = formats.get(12), formats.get(4)
        if self._wide is None and self._narrow is None:
            raise ValueError("no map of Unicode characters")

    def of(self, code: int) -> int:
        if self._wide is not None:
            return self._of_groups(code)
        return self._of_segments(code) if code <= 0xFFFF else 0

    @cached_property
    def _groups(self) -> list[tuple[int, ...]]:
        """Last, first, glyph of the first."""
        assert self._wide is not None
        count = struct.unpack_from(">I", self._table, self._wide + 12)[0]
        found = (struct.unpack_from(">III", self._table, self._wide + 16 + 12 * at) for at in range(count))
        return [(last, first, glyph) for first, last, glyph in found]

    def _of_groups(self, code: int) -> int:
        at = bisect_left(self._groups, (code,))
        if at == len(self._groups) or self._groups[at][1] > code:
            return 0
        return self._groups[at][2] + code - self._groups[at][1]

    @cached_property
    def _segments(self) -> list[tuple[int, ...]]:
        """Last, first, delta, offset, and where the offset stands."""
        assert self._narrow is not None
        doubled = struct.unpack_from(">H", self._table, self._narrow + 6)[0]
        starts = [self._narrow + 14, *(self._narrow + 16 + doubled * nth for nth in (1, 2, 3))]
        lists = [struct.unpack_from(f">{doubled // 2}H", self._table, start) for start in starts]
        places = range(starts[3], starts[3] + doubled, 2)
        return list(zip(*lists, places, strict=True))

    def _of_segments(self, code: int) -> int:
        at = bisect_left(self._segments, (code,))
        if at == len(self._segments) or self._segments[at][1] > code:
            return 0
        _, first, delta, offset, place = self._segments[at]
        if offset == 0:
            return (code + delta) & 0xFFFF
        glyph: int = struct.unpack_from(">H", self._table, place + offset + 2 * (code - first))[0]
        return (glyph + delta) & 0xFFFF if glyph else 0
