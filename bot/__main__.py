"""`python -m bot` is the `fireline` command."""

from bot.cli.app import main

if __name__ == "__main__":
    main()
