"""Runbooks as they are written, for tests."""

from bot.config.runbooks import parse_runbook
from bot.domain.runbooks.runbook import Runbook

FRONT = """---
id: lost-date
title: A lost date
severity: P1
kinds: [zero_records_processor]
owner: data
reviewed_on: 2026-01-05
escalate_after: 30m
---
"""
LOST = (
    FRONT
    + """Read the evidence first.

1. What does the evidence say?

   ```check verdict
   expect: ok
   on_fail: continue
   ```
2. Look at the raw file.
   - open it
3. Keep it quiet meanwhile.

   ```action silence
   for: 2h
   reason: a date is lost
   ```
4. Rows are there.

   ```check rows
   expect: "> 0"
   within: 10m
   ```
"""
)


def runbook(text: str = LOST) -> Runbook:
    found, problems = parse_runbook(text, "x.md")
    assert found is not None
    assert problems == ()
    return found
