"""What the operating system refused is said in words, whatever the error holds."""

import errno

import pytest

from bot.domain.errors import reason_of


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (OSError("Multiple exceptions: [Errno 111]"), "Multiple exceptions: [Errno 111]"),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_a_reason_is_never_none(error: OSError, said: str) -> None:
    assert reason_of(error) == said
