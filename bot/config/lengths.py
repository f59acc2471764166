"""A length of time as people write it: 30s, 5m, 2h, 1d."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _length(value: object) -> timedelta:
    match = re.fullmatch(r"\s*(\d{1,6})\s*([smhd])\s*", str(value))
    if match is None:
        raise ValueError(f"{value!r} is no length of time; write 30s, 5m, 2h or 1d")
    return timedelta(**{UNITS[match[2]]: int(match[1])})


Length = Annotated[timedelta, BeforeValidator(_length), PlainSerializer(str)]
