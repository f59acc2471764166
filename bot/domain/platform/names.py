"""Names as people type them (case, Unicode form and separators make no difference, a part may do); lists of them."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

MOST_NEAREST = 5
UNSEEN = "\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{WORD JOINER}"
"""They have no width and join nothing: names that differ in them look the same."""
_WITHOUT = str.maketrans("", "", UNSEEN)


def in_one_form(text: str) -> str:
    """As names are kept: composed (https://www.unicode.org/reports/tr15/, NFC), without what is UNSEEN."""
    return text if text.isascii() else unicodedata.normalize("NFC", text.translate(_WITHOUT))


def folded(name: str) -> str:
    """`Box-Score` and `box_score` are one, however the letters are encoded; a name of separators alone stays itself."""
    same = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(filter(_counts, same)) or same


def _counts(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM"


def matching(typed: str, forms: Mapping[str, str]) -> list[str]:
    """Of names with their folded forms the one itself; else those that differ in form alone; else those that contain
    it, those that begin with it first.
    """
    if typed in forms:
        return [typed]
    wanted = folded(typed)
    same = [name for name, form in forms.items() if form == wanted]
    exact = [name for name in same if name.casefold() == typed.casefold()]
    found = (exact if len(exact) == 1 else same) or [name for name, form in forms.items() if wanted in form]
    return sorted(found, key=lambda name: (not forms[name].startswith(wanted), name))


def some_of(names: Sequence[str], most: int) -> str:
    """The first of them in a sentence, and how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def nearest(typed: str, names: Iterable[str]) -> list[str]:
    """Names that look like it, the most alike first."""
    by_form = {folded(name): name for name in sorted(names)}
    return [by_form[hit] for hit in get_close_matches(folded(typed), by_form, n=MOST_NEAREST, cutoff=0.5)]
