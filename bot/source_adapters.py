"""Which adapter reads a source: the part of the composition root that `sources.yaml` speaks to."""

from pathlib import Path

from bot.adapters.clock import epoch_seconds
from bot.adapters.sources.files import FilesSource
from bot.adapters.sources.sql import Question, SqlSource
from bot.config.policy import Policy
from bot.config.sources import SourceEntry, SourceKind, load_sources
from bot.ports.sources import Source
from bot.services.loading import hints_of
from bot.services.sources import Connected


def connected_sources(path: Path, policy: Policy) -> list[Connected]:
    """The sources of a file, none where there is none. Nothing is connected to yet. Raises ConfigError."""
    return [
        Connected(entry.plan, _source(entry), hints_of(policy.failure_text_rules, entry.vocabulary(policy.vocabulary)))
        for entry in load_sources(path)
    ]


def _source(entry: SourceEntry) -> Source:
    if entry.kind is SourceKind.FILES:
        return FilesSource(str(entry.path), entry.feeds, entry.lateness, entry.columns, epoch_seconds)
    assert entry.feeds is not None
    question = Question(str(entry.query), entry.cursor, entry.cursor_type, entry.lateness)
    return SqlSource(entry.name, entry.feeds, str(entry.url), question, entry.columns)
