"""`judgement:` of `policy.yaml`: what is left out keeps its default."""

from typing import Annotated

from pydantic import Field

from bot.domain.platform.judgement import MINUTE, STANDARD, Judgement
from bot.domain.platform.registry import Frozen, Number

A_DAY = 1_440
"""Minutes."""


class JudgementEntry(Frozen):
    """Minutes, a percentage, a factor."""

    after_last_slot_minutes: Annotated[Number, Field(ge=0, le=A_DAY)] = STANDARD.after_last_slot / MINUTE
    full_percent: Annotated[Number, Field(ge=1, le=100)] = 100 * STANDARD.full
    heartbeat_minutes: Annotated[Number, Field(ge=1, le=A_DAY)] = STANDARD.heartbeat / MINUTE
    silent_factor: Annotated[Number, Field(ge=1, le=100)] = STANDARD.silent_factor
    silent_minutes: Annotated[Number, Field(ge=1, le=10_000)] = STANDARD.silent_least / MINUTE

    def judgement(self) -> Judgement:
        return Judgement(
            after_last_slot=self.after_last_slot_minutes * MINUTE,
            full=self.full_percent / 100,
            heartbeat=self.heartbeat_minutes * MINUTE,
            silent_factor=self.silent_factor,
            silent_least=self.silent_minutes * MINUTE,
        )
