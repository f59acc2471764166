"""What may stand on a phone, one of each kind."""

from .world import World

SAYS = "P0 INC-7: BoxScores: no data for 30 Nov. Acknowledge in Slack. Press 1 to acknowledge."
EVERY_KIND = (
    ("SM1", "text", "delivered", "P1 INC-6: late. Acknowledge: https://fireline.example.com/ack/abc"),
    ("CA1", "call", "no-answer", SAYS),
    ("CA2", "call", "completed", SAYS),
    ("CA3", "call", "busy", SAYS),
    ("Q1", "alert", "resolved", SAYS),
    ("Q2", "alert", "acknowledged", SAYS),
    ("Q3", "alert", "triggered", SAYS),
    ("CA4", "call", "in-progress", SAYS),
    ("CA5", "call", "ringing", SAYS),
)


def fill_a_phone(world: World) -> None:
    for entry, kind, state, text in EVERY_KIND:
        world.reach(entry, kind, state, text, callback="http://127.0.0.1:9/digits", loops=2, heard=("Pressed 1.",))
