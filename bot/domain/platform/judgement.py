"""From when on, and below what share, something counts as wrong: one set of figures for every answer."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MINUTE = timedelta(minutes=1)


class Judgement(BaseModel):
    """What a date lacks is judged so long `after_last_slot`: a slot's own run needs the time. Coverage below the share
    `full` of what is usual is partial: the data is not there, for dependents and health alike. A run that has given no
    heartbeat for so long hangs. A poller, or a job without slots, is silent at `silent_factor` times what is usual of
    it at that hour, and after `silent_least`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    after_last_slot: Annotated[timedelta, Field(ge=timedelta())] = 20 * MINUTE
    full: Annotated[float, Field(gt=0, le=1)] = 0.9
    heartbeat: Annotated[timedelta, Field(gt=timedelta())] = 30 * MINUTE
    silent_factor: Annotated[float, Field(ge=1)] = 2.0
    silent_least: Annotated[timedelta, Field(gt=timedelta())] = 30 * MINUTE


STANDARD = Judgement()
