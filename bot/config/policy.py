"""`policy.yaml` becomes a Policy, or one ConfigError that names every problem with file and line."""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.config.costs import CostEntry
from bot.config.documents import load_document
from bot.config.escalation import EscalationEntry
from bot.config.gate import GateEntry
from bot.config.judgement import JudgementEntry
from bot.config.reports import ReportsEntry
from bot.config.severity import SeverityEntry
from bot.domain.blindness import STANDARD, BlindnessPolicy
from bot.domain.evidence.columns import unknown_column
from bot.domain.evidence.runs import Category, Status
from bot.domain.evidence.text_rules import TextRule
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity_policy import SeverityPolicy
from bot.domain.gate.policy import GatePolicy
from bot.domain.gate.shadow_policy import ShadowPolicy
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.platform.judgement import STANDARD as JUDGEMENT
from bot.domain.platform.judgement import Judgement
from bot.domain.platform.registry import Frozen, Number, Whole
from bot.domain.reports.cost import STANDARD as PRICES
from bot.domain.reports.cost import Prices
from bot.domain.reports.policy import ReportPolicy
from bot.domain.reprocessing.plan import STANDARD as LIMITS
from bot.domain.reprocessing.plan import Limits

ESCAPES_AND_CLASSES = re.compile(r"\\[^1-9Z]|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
BEYOND_RE2 = re.compile(r"\(\?(?:[=!>(#]|<[=!]|P=)|\\[1-9Z]|[*+?}]\+")
"""Look-around, conditions, comments, back references, \\Z, possessive repeats: https://github.com/google/re2/wiki/Syntax"""
MOST_REPEATS = 1_000
MINUTE = timedelta(minutes=1)


def _re2(pattern: str) -> str:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression ({error}); correct it") from None
    beyond = BEYOND_RE2.search(ESCAPES_AND_CLASSES.sub("x", pattern))
    if beyond is not None:
        raise ValueError(f"{pattern!r} uses {beyond[0]!r}, which RE2 does not have; write it without")
    repeats = [int(number) for bounds in re.findall(r"\{([\d,]+)\}", pattern) for number in bounds.split(",") if number]
    if max(repeats, default=0) > MOST_REPEATS:
        raise ValueError(f"{pattern!r} repeats more than {MOST_REPEATS} times, which RE2 refuses; write it shorter")
    if compiled.search("") is not None:
        raise ValueError(f"{pattern!r} matches every text; write what the text must say")
    return pattern


class TextRuleEntry(Frozen):
    category: Category
    any_of: Annotated[tuple[Annotated[str, AfterValidator(_re2)], ...], Field(min_length=1)]


Words = dict[str, Annotated[tuple[str, ...], Field(min_length=1)]]


def _columns(words: Words) -> Words:
    for name in words:
        if said := unknown_column(name):
            raise ValueError(said)
    return words


class VocabularyEntry(Frozen):
    """Words of the team's own tools, besides those that are known anyway: ours -> theirs."""

    columns: Annotated[Words, AfterValidator(_columns)] = Field(default_factory=dict)
    statuses: dict[Status, Annotated[tuple[str, ...], Field(min_length=1)]] = Field(default_factory=dict)
    categories: dict[Category, Annotated[tuple[str, ...], Field(min_length=1)]] = Field(default_factory=dict)

    def vocabulary(self) -> Vocabulary:
        statuses = {word: status for status, words in self.statuses.items() for word in words}
        categories = {word: category for category, words in self.categories.items() for word in words}
        return Vocabulary.standard().extended(self.columns, statuses, categories)


class BlindnessEntry(Frozen):
    """When a source counts as blind: what is left out keeps its default."""

    failing_minutes: Annotated[Number, Field(gt=0, le=10_000)] = STANDARD.failing_for / MINUTE
    failing_reads: Annotated[Number, Field(ge=1, le=1_000)] = STANDARD.failing_reads
    silent_factor: Annotated[Number, Field(ge=1, le=100)] = STANDARD.silent_factor
    silent_minutes: Annotated[Number, Field(ge=1, le=100_000)] = STANDARD.silent_least / MINUTE

    def policy(self) -> BlindnessPolicy:
        return BlindnessPolicy(
            failing_for=self.failing_minutes * MINUTE,
            failing_reads=self.failing_reads,
            silent_factor=self.silent_factor,
            silent_least=self.silent_minutes * MINUTE,
        )


AtOnce = Annotated[Whole, Field(ge=1, le=1_000)]


class ReprocessingEntry(Frozen):
    """How many steps of repairs run at once: what is left out keeps its default."""

    slots: AtOnce = LIMITS.slots
    per_processor: AtOnce = LIMITS.per_processor
    per_service: AtOnce = LIMITS.per_service
    processors: dict[str, AtOnce] = Field(default_factory=dict)
    services: dict[str, AtOnce] = Field(default_factory=dict)

    def limits(self) -> Limits:
        return Limits(**vars(self))


def _found(kind: FindingKind) -> FindingKind:
    if kind is FindingKind.DECLARED:
        raise ValueError("declared is what a person says: it cannot be in shadow; leave it out")
    return kind


class ShadowEntry(Frozen):
    """What is tried out: found and counted, and sent to nobody."""

    everything: bool = False
    kinds: tuple[Annotated[FindingKind, AfterValidator(_found)], ...] = ()
    processors: tuple[str, ...] = ()

    def policy(self) -> ShadowPolicy:
        return ShadowPolicy(
            everything=self.everything, kinds=frozenset(self.kinds), processors=frozenset(self.processors)
        )


class PolicyFile(Frozen):
    failure_text_rules: tuple[TextRuleEntry, ...] = ()
    vocabulary: VocabularyEntry = VocabularyEntry()
    severity: SeverityEntry = SeverityEntry()
    gate: GateEntry = GateEntry()
    judgement: JudgementEntry = JudgementEntry()
    escalation: EscalationEntry = EscalationEntry()
    blindness: BlindnessEntry = BlindnessEntry()
    reprocessing: ReprocessingEntry = ReprocessingEntry()
    reports: ReportsEntry = ReportsEntry()
    cost: CostEntry = CostEntry()
    shadow: ShadowEntry = ShadowEntry()


@dataclass(frozen=True)
class Policy:
    """How the team wants things judged. `failure_text_rules` are tried in order."""

    failure_text_rules: tuple[TextRule, ...]
    severity: SeverityPolicy = field(default_factory=SeverityPolicy)
    gate: GatePolicy = field(default_factory=GatePolicy)
    vocabulary: Vocabulary = field(default_factory=Vocabulary.standard)
    blindness: BlindnessPolicy = STANDARD
    escalation: EscalationPolicy = field(default_factory=EscalationPolicy)
    limits: Limits = LIMITS
    reports: ReportPolicy = field(default_factory=ReportPolicy)
    prices: Prices = PRICES
    judgement: Judgement = JUDGEMENT


def load_policy(path: Path) -> Policy:
    """Read the policy. Raises ConfigError with every problem; unknown keys are problems here."""
    file = load_document(path, PolicyFile)
    rules = tuple(TextRule(entry.category, entry.any_of) for entry in file.failure_text_rules)
    return Policy(
        rules,
        file.severity.policy(),
        replace(file.gate.policy(), shadow=file.shadow.policy()),
        file.vocabulary.vocabulary(),
        file.blindness.policy(),
        file.escalation.policy(),
        file.reprocessing.limits(),
        file.reports.policy(),
        file.cost.prices(),
        file.judgement.judgement(),
    )
