"""Where the `fireline` command begins: what can be answered without the parser is."""

import gc
import os
import signal
import sys
import threading


def main() -> None:
    # Until a command runs there is nothing to clean up, and nothing to say.
    interrupted = signal.signal(signal.SIGINT, signal.SIG_DFL)
    # It has none: to look for them, pydantic reads the metadata of every package that is installed.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from bot.cli.quick_health import answered
    from bot.cli.streams import usable_streams

    is_health = sys.argv[1:2] == ["health"]
    gc.disable()  # to look for garbage among what is imported takes a tenth of a start
    try:
        with usable_streams():
            if not is_health or not answered(sys.argv[2:]):
                from bot.cli.app import main as every_command

                if not is_health:  # that is one answer, then the end
                    gc.freeze()
                    gc.enable()
                signal.signal(signal.SIGINT, interrupted)
                every_command()
    except SystemExit as ended:
        if isinstance(ended.code, int | None) and _is_left_to_daemons():
            from bot.cli.stopping import leave

            leave(ended.code or 0)
        raise


def _is_left_to_daemons() -> bool:
    """Only such threads are left as nobody waits for. One may be at work in a library written in C++, such as gRPC's:
    Python's own end would take it down there, and the process with it (SIGABRT, "exception not rethrown").
    """
    left = set(threading.enumerate()) - {threading.main_thread()}
    return bool(left) and all(each.daemon for each in left)
