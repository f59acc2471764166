"""The audit chain: who changed what. Each record is sealed over the one before it, so that none can be changed, taken
out or put in unseen.

An anchor is a place of the chain, noted outside the database: whoever can write there can make a new chain, but none
that agrees with the anchors.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.redaction import redacted

FIRST = "0" * 64
"""What stands before the first record."""
FIRELINE = "fireline"
"""The actor of what nobody asked for."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """`actor` did `act` to `subject`, as incident:I1; `body` is JSON without secrets. `at` is aware UTC."""

    at: datetime
    actor: str
    act: str
    subject: str
    body: str


@dataclass(frozen=True, kw_only=True)
class Link:
    """A record in its place: `seq` counts from 1. `key` says which key has sealed it; "": none, anyone can."""

    seq: int
    record: Record
    previous: str
    key: str
    hash: str


@dataclass(frozen=True)
class Anchor:
    seq: int
    hash: str

    def __str__(self) -> str:
        return f"seq={self.seq} hash={self.hash}"


NOTHING = Anchor(0, FIRST)
"""The end of a chain that has not begun."""


def record(at: datetime, actor: str, act: str, subject: str, body: Mapping[str, object]) -> Record:
    """`actor` "": Fireline itself. Values are text, numbers or None; secrets in texts are taken out."""
    clean = {name: redacted(value) if isinstance(value, str) else value for name, value in body.items()}
    return Record(at=at, actor=_storable(actor) or FIRELINE, act=act, subject=_storable(subject), body=_json(clean))


class Seal:
    """Seals with the first of `keys`; records sealed with the others are still known. No keys: anyone can seal."""

    def __init__(self, keys: Sequence[str] = ()) -> None:
        self._keys = {_name(key): key.encode() for key in keys}
        self._current = next(iter(self._keys), "")

    @property
    def is_secret(self) -> bool:
        return self._current != ""

    def after(self, end: Anchor, made: Record) -> Link:
        """The record as the next of a chain that ends so."""
        link = Link(seq=end.seq + 1, record=made, previous=end.hash, key=self._current, hash="")
        return Link(seq=link.seq, record=made, previous=end.hash, key=link.key, hash=self._hash(link))

    def knows(self, link: Link) -> bool:
        return not link.key or link.key in self._keys

    def holds(self, link: Link) -> bool:
        return hmac.compare_digest(self._hash(link), link.hash)

    def _hash(self, link: Link) -> str:
        made = link.record
        said = [link.seq, link.key, made.at.astimezone(UTC).isoformat(), made.actor, made.act, made.subject, made.body]
        content = link.previous.encode(errors="replace") + _json(said).encode()
        if not link.key:
            return hashlib.sha256(content).hexdigest()
        return hmac.digest(self._keys[link.key], content, "sha256").hex()


@dataclass(frozen=True)
class Verified:
    """`records` were looked at, `unsealed` of them were sealed by no key; `faults` in words, none: it is whole."""

    records: int
    unsealed: int
    anchors: int
    faults: tuple[str, ...]


def verify(
    links: Iterable[Link], seal: Seal, end: Anchor, anchors: Iterable[Anchor] = (), begin: Anchor = NOTHING
) -> Verified:
    """Of a chain, in order, from after `begin`; `end` is where its head says that it ends."""
    known = {anchor.seq: anchor.hash for anchor in anchors if anchor.seq > begin.seq}
    faults, count, unsealed, before, secret = list[str](), 0, 0, begin, False
    for link in links:
        faults += _broken(link, before, seal, secret=secret)
        if known.get(link.seq, link.hash) != link.hash:
            faults.append(f"record {link.seq} is another than its anchor outside the database says")
        count, unsealed, secret = count + 1, unsealed + (not link.key), secret or bool(link.key)
        before = Anchor(link.seq, link.hash)
    if end != before:
        what = "another record" if end.seq == before.seq else f"record {end.seq}"
        faults.append(f"the chain ends with record {before.seq}, its head says {what}")
    faults += [f"record {seq} is gone: an anchor outside the database knows it" for seq in known if seq > before.seq]
    return Verified(count, unsealed, len(known), tuple(faults))


def _broken(link: Link, before: Anchor, seal: Seal, *, secret: bool) -> Iterator[str]:
    if link.seq != before.seq + 1:
        yield f"record {before.seq + 1} is missing: {link.seq} follows {before.seq}"
    elif link.previous != before.hash:
        yield f"record {link.seq} does not follow from record {before.seq}"
    if secret and not link.key:
        yield f"record {link.seq} is sealed by no key, though one before it is"
    if not seal.knows(link):
        yield f"record {link.seq} is sealed by key {link.key}, which FIRELINE_AUDIT_KEY does not have"
    elif not seal.holds(link):
        yield f"record {link.seq} was changed"


def _name(key: str) -> str:
    """Of a key, without saying anything of it."""
    return hashlib.sha256(b"fireline audit key " + key.encode()).hexdigest()[:8]


_json = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def _storable(text: str) -> str:
    """As it comes back from a database: what is sealed is what is stored."""
    return text.replace("\0", "?").encode(errors="replace").decode()
