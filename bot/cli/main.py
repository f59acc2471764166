"""Where the `fireline` command begins: what can be answered without the parser is."""

import sys


def main() -> None:
    from bot.cli.quick_health import answered
    from bot.cli.streams import usable_streams

    with usable_streams():
        if sys.argv[1:2] != ["health"] or not answered(sys.argv[2:]):
            from bot.cli.app import main as every_command

            every_command()
