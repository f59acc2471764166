"""What can be asked, and how."""

from bot.views.blocks import Card, context, header, section

COMMANDS = (
    ("/health", "the state of the pipeline over the last 7 days"),
    ("/health phase 2", "one phase, its processors worst first"),
    ("/health NbacGamebookProcessor", "one processor"),
    ("/health phase 2 30d", "another window: 1d to 400d"),
    ("/impact NbacGamebookProcessor", "what it feeds, what is stale there, the next deadline"),
    ("/impact NbacGamebookProcessor 2026-03-15", "the same for another data date"),
    ("/validate", "what really happened to the last two data dates, the worst first"),
    ("/validate NbacGamebookProcessor 2026-03-01..2026-03-07", "one processor, those dates"),
)


def card() -> Card:
    lines = [f"`{command}`  {meaning}" for command, meaning in COMMANDS]
    note = "Expected failures are never counted as real. Every number has its query behind “Show the query”."
    text = "\n".join(["What I answer", *(f"{command}: {meaning}" for command, meaning in COMMANDS), note])
    return Card(text, (header("What I answer"), section("\n".join(lines)), context(note)))
