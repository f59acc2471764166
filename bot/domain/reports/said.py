"""What was said of a report: kept with the page that says it, so that the next one knows what has changed."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Fired:
    """`schedule` has come round for `fire_key`, a local date: claimed by one process, once."""

    schedule: str
    fire_key: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Said:
    """`key` is that of its pages. `facts` (JSON) are its figures, `card` (JSON) its blocks, `rest` what goes into the
    thread, `picture` (JSON) the pictures in it. Not `whole`: something could not be asked, and it is to be completed.
    """

    key: str
    schedule: str
    made_at: datetime
    whole: bool
    facts: str
    card: str
    rest: str = ""
    picture: str = ""


REST, PICTURE, COMPLETED = ":rest", ":picture", ":completed"
"""Behind a report's key: the pages that go into its thread, and the one that stands in its place when it is whole."""
