"""`policy.yaml` becomes a Policy, or one ConfigError that names every problem with file and line."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.config.documents import load_document
from bot.config.gate import GateEntry
from bot.config.severity import SeverityEntry
from bot.domain.evidence.runs import Category
from bot.domain.evidence.text_rules import TextRule
from bot.domain.findings.severity_policy import SeverityPolicy
from bot.domain.gate.policy import GatePolicy
from bot.domain.platform.registry import Frozen

ESCAPES_AND_CLASSES = re.compile(r"\\[^1-9Z]|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
BEYOND_RE2 = re.compile(r"\(\?(?:[=!>(#]|<[=!]|P=)|\\[1-9Z]|[*+?}]\+")
"""Look-around, conditions, comments, back references, \\Z, possessive repeats: https://github.com/google/re2/wiki/Syntax"""
MOST_REPEATS = 1_000


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


class PolicyFile(Frozen):
    failure_text_rules: tuple[TextRuleEntry, ...] = ()
    severity: SeverityEntry = SeverityEntry()
    gate: GateEntry = GateEntry()


@dataclass(frozen=True)
class Policy:
    """How the team wants things judged. `failure_text_rules` are tried in order."""

    failure_text_rules: tuple[TextRule, ...]
    severity: SeverityPolicy = field(default_factory=SeverityPolicy)
    gate: GatePolicy = field(default_factory=GatePolicy)


def load_policy(path: Path) -> Policy:
    """Read the policy. Raises ConfigError with every problem; unknown keys are problems here."""
    file = load_document(path, PolicyFile)
    rules = tuple(TextRule(entry.category, entry.any_of) for entry in file.failure_text_rules)
    return Policy(rules, file.severity.policy(), file.gate.policy())
