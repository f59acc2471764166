"""What a call is to say and to ask, as far as a page needs it: https://www.twilio.com/docs/voice/twiml."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree


@dataclass(frozen=True)
class Script:
    """`says` is said `loops` times; a digit is told to `callback`, "" where none is asked for."""

    says: str
    loops: int
    callback: str


def parse(text: str) -> Script:
    """Raises ValueError for what a call cannot follow: an application error, in Twilio's words."""
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ValueError(f"no TwiML: {error}") from error
    if root.tag != "Response":
        raise ValueError(f"TwiML begins with Response, not {root.tag}")
    says = list(_says(root))
    gather = root.find("Gather")
    callback = "" if gather is None else gather.get("action", "")
    loops = max((int(each.get("loop", "1")) for each in says), default=1)
    return Script(" ".join("".join(each.itertext()) for each in says), loops, callback)


def _says(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for verb in root:
        if verb.tag == "Say":
            yield verb
        elif verb.tag == "Gather":
            yield from _says(verb)
        elif verb.tag not in ("Pause", "Hangup"):
            raise ValueError(f"{verb.tag} is not simulated here; sandbox/README.md says what is")
