"""`fireline healthz`: whether the running process does what it is there for."""

from bot.cli.context import errors_for_people, settings_of
from bot.cli.options import Home
from bot.cli.terminal import say
from bot.domain.errors import BadInput

TIMEOUT_S = 5.0


def healthz(home: Home = None) -> None:
    """Ask the running process whether it works: exit code 0, ok and how old each source is; or 1 and what is wrong."""
    from bot.cli.local_client import ask_running

    with errors_for_people():
        path = settings_of(home).socket
        wrong = ask_running(path, "healthz", {}, TIMEOUT_S)
        if wrong is None:
            raise BadInput(f"No process answers at {path}. Start `fireline run`, or look into its log.")
        if wrong:
            raise BadInput(f"The running process does not work:\n{wrong}")
        warnings = ask_running(path, "warnings", {}, TIMEOUT_S)
        reads = ask_running(path, "reads", {}, TIMEOUT_S)
    say("ok")
    for read in (reads or "").splitlines():
        say(read)
    for warning in (warnings or "").splitlines():
        say(f"warning: {warning}", error=True)
