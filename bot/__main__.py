"""`python -m bot` is the `fireline` command."""

from bot.cli.main import main

if __name__ == "__main__":
    main()
