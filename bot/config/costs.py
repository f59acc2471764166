"""`cost:` of `policy.yaml`: what a second of a run costs; what is left out keeps its default."""

from typing import Annotated

from pydantic import Field

from bot.domain.platform.registry import Frozen, Number
from bot.domain.reports.cost import STANDARD, Prices

Price = Annotated[Number, Field(ge=0)]
Size = Annotated[Number, Field(gt=0, le=1_000)]


class CostEntry(Frozen):
    """`vcpu` and `gib`: what a service is given whose size the registry does not say."""

    vcpu_second: Price = STANDARD.vcpu_second
    gib_second: Price = STANDARD.gib_second
    vcpu: Size = STANDARD.vcpu
    gib: Size = STANDARD.gib
    currency: Annotated[str, Field(min_length=1, max_length=8)] = STANDARD.currency

    def prices(self) -> Prices:
        return Prices(**vars(self))
