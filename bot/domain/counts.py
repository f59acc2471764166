"""How many of something, in words: one way for every surface."""


def plural(count: int, noun: str) -> str:
    """1 date; 2,000 dates."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
