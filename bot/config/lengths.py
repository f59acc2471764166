"""A length of time as people write it: 30s, 5m, 2h, 1d."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

from bot.domain.lengths import length


def _length(value: object) -> timedelta:
    match = re.fullmatch(r"\s*(\d{1,6})\s*([smhd])\s*", str(value))
    if match is None:
        raise ValueError(f"{value!r} is no length of time; write 30s, 5m, 2h or 1d")
    return length(match[1], match[2])


Length = Annotated[timedelta, BeforeValidator(_length), PlainSerializer(str)]
