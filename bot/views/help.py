"""What can be asked, and how: with names of the running platform."""

from bot.domain.dates import DateReader
from bot.domain.platform.registry import Registry
from bot.views.blocks import Card, context, header, section
from bot.views.text import escape

NOTE = "Expected failures are never counted as real. Every number has its query behind “Show the query”."


def card(registry: Registry, dates: DateReader) -> Card:
    """The same works when I am mentioned, or in a direct message, without the slash."""
    commands = _commands(registry, dates)
    lines = [f"`{escape(command)}`  {escape(meaning)}" for command, meaning in commands]
    also = f"Dates: {dates.examples}. Mention me or write to me directly, and leave out the slash."
    text = "\n".join(["What I answer", *(f"{command}: {meaning}" for command, meaning in commands), also, NOTE])
    return Card(escape(text), (header("What I answer"), section("\n".join(lines)), context(escape(also), NOTE)))


def _commands(registry: Registry, dates: DateReader) -> tuple[tuple[str, str], ...]:
    name, phase = registry.example, next(iter(registry.phases), 1)
    first, last = dates.span("7d")
    return (
        ("/health", "the state of the pipeline over the last 7 days"),
        (f"/health phase {phase}", "one phase, its processors worst first"),
        (f"/health {name}", "one processor; a part of its name is enough"),
        (f"/health phase {phase} 2w", "another window: 24h, 30d, last week"),
        (f"/impact {name}", "what it feeds, what is affected there, the next deadline"),
        (f"/impact {name} yesterday", "the same for another data date"),
        ("/incident INC-42", "who has an incident, what comes next, what was done; with `ack` you take it"),
        (
            "/incident list",
            "what is open, who has it; `figures`: how soon they are taken and ended; `shadow`: what would have paged",
        ),
        ("/runbook", "the runbooks; `/runbook WORDS` reads one, `/runbook start NAME INC-42` begins it step by step"),
        (f"/silence {name} 2h REASON", "what a silence would have hidden, and a button that sets it; `list`, `end ID`"),
        (
            f"/window {name} FROM..TO REASON",
            "the same, planned ahead: a backfill, maintenance; `all`, `list`, `end ID`",
        ),
        ("/incident declare TEXT", "open an incident that was not found, with a severity and whom to page"),
        ("/page @person TEXT", "page a person or a rota on purpose: first it shows who is paged by what"),
        ("/oncall", "who is on call, why, until when, and who comes next"),
        (
            "/oncall override @person now 8h",
            "put somebody on call at once; `/oncall cover` asks somebody to take a turn",
        ),
        ("/oncall readiness", "who can be reached by what; `/oncall test @person` pages for practice"),
        (
            f"/reprocess {name} yesterday",
            "a plan of what would run again, and a button that starts it; `list`, `circuits`, `R-12`",
        ),
        ("/deploys", "what is deployed of each service, and how it differs from the registry"),
        ("/slo", "budgets left, how fast they burn, and what an alert can see; `/slo phase 2`"),
        (
            f"/watch {name} yesterday",
            "before and after a fix, day by day; the result comes by itself; `list`, `end ID`",
        ),
        ("/validate", "what really happened to the last two data dates, the worst first"),
        (f"/validate {name} {first}..{last}", "one processor, those dates"),
    )
