"""What runs in shadow: everything, as in a new installation, or a new rule: kinds of findings, processors."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.domain.findings.finding import Finding, FindingKind


@dataclass(frozen=True, kw_only=True)
class ShadowPolicy:
    everything: bool = False
    kinds: frozenset[FindingKind] = frozenset()
    processors: frozenset[str] = frozenset()

    def covers(self, finding: Finding) -> bool:
        """A finding of several processors only where all of them are in shadow; what a person declares never is."""
        if finding.declared:
            return False
        whole = bool(finding.processors) and self.processors.issuperset(finding.processors)
        return self.everything or finding.kind in self.kinds or whole

    @property
    def is_on(self) -> bool:
        return self.everything or bool(self.kinds or self.processors)

    @property
    def in_part(self) -> "ShadowPolicy":
        """The rules that are new: a replay of a new installation shows what it would say."""
        return replace(self, everything=False)

    @property
    def text(self) -> str:
        """`everything`; `slow_drift, Boxscores`; `nothing`."""
        return "everything" if self.everything else ", ".join(self._names()) or "nothing"

    def _names(self) -> Iterator[str]:
        yield from sorted(self.kinds)
        yield from sorted(self.processors)


NOTHING = ShadowPolicy()
