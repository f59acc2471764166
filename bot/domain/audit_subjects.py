"""What records are about, as people ask for it."""

from collections import Counter
from collections.abc import Iterable

from bot.domain.errors import suggest

ALSO = {"oncall": "cover", "config": "configuration"}
"""Words for kinds of subjects that people know by another name."""


def is_of(subject: str, asked: str) -> bool:
    """`asked`: a subject (`circuit:Gamebook`), a kind of them (`silence`), or what one names (`Gamebook`). The steps of
    a repair are the repair's, too.
    """
    folded, wanted = subject.casefold(), ALSO.get(asked.casefold(), asked.casefold())
    kind, _, named = folded.partition(":")
    return wanted in (folded, kind, named) or any(each.startswith(f"{wanted}/") for each in (folded, named))


def unknown(asked: str, subjects: Iterable[str]) -> str:
    """That nothing is recorded of it, and of what there is."""
    known = sorted(set(subjects))
    names = {each.partition(":")[2] or each for each in known if not each.startswith(("incident:", "repair:"))}
    like = suggest(asked, names) if names else ""
    near = f" {like}" if like.startswith("Did you mean") else ""
    return f"Nothing is recorded of {asked!r}.{near} {recorded(known)}"


def recorded(subjects: Iterable[str]) -> str:
    """Of what there are records, and of how many each."""
    counts = Counter(each.partition(":")[0] for each in set(subjects))
    said = ", ".join(f"{kind} ({count:,})" for kind, count in sorted(counts.items()))
    return (
        f"There are records of: {said}. Write one of these, a name, INC-42, R-3 or RB-2."
        if said
        else "The record is empty."
    )
