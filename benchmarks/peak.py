"""`python -m benchmarks.peak health`: the `fireline` command, which at its end tells its peak memory on stderr."""

import sys
from pathlib import Path


def main() -> None:
    from bot.cli.main import main as fireline

    try:
        fireline()
    finally:
        status = Path("/proc/self/status").read_text().splitlines()
        print(next(line for line in status if line.startswith("VmHWM")), file=sys.stderr)


if __name__ == "__main__":
    main()
