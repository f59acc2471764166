"""Where a service is and how it is asked, checked when the registry is read: nothing else says where a call goes."""

import re
from ipaddress import IPv6Address

PLACEHOLDERS = ("{processor}", "{date}")
_BRACES = re.compile(r"\{[^{}]*\}?|\}")
_ADDRESS = re.compile(r"https?://(?:[\w.-]+|\[([0-9A-Fa-f:.]+)\])(?::([0-9]{1,5}))?(?:/[\w.~%/-]*)?", re.ASCII)
MOST_PORT = 65_535


def service_address(value: object) -> object:
    """`https://HOST[:PORT][/PATH]`, without a user, a query or a fragment."""
    if value is None:
        return None
    text = value.strip().rstrip("/") if isinstance(value, str) else ""
    found = _ADDRESS.fullmatch(text)
    if found is None or not 0 < int(found[2] or 443) <= MOST_PORT or (found[1] and not _is_ipv6(found[1])):
        raise ValueError(f"{value!r} is no address of a service; write https://HOST, with a port and a path if it has")
    return text


def _is_ipv6(text: str) -> bool:
    try:
        return bool(IPv6Address(text))
    except ValueError:
        return False


def request_path(value: object) -> object:
    if not isinstance(value, str) or not value.startswith("/") or value.startswith("//"):
        raise ValueError(f"{value!r} is no path; begin it with one /")
    if re.search(r"[\s\\#]", value):
        raise ValueError(f"{value!r} is no path: it has a space, \\ or # in it; write it percent-encoded")
    return _with_known_placeholders(value)


def plain_path(value: object) -> object:
    """A plain path: nothing is filled in."""
    if isinstance(value, str) and _BRACES.search(value):
        raise ValueError(f"{value!r} is no plain path: nothing is filled in here")
    return None if value is None else request_path(value)


def request_body(value: object) -> object:
    if isinstance(value, dict):
        for text in value.values():
            if isinstance(text, str):
                _with_known_placeholders(text)
    return value


def request_method(value: object) -> object:
    if isinstance(value, str) and value.upper() in ("POST", "PUT"):
        return value.upper()
    raise ValueError(f"{value!r} is no method that starts a run; write POST or PUT")


def _with_known_placeholders(text: str) -> str:
    unknown = [found for found in _BRACES.findall(text) if found not in PLACEHOLDERS]
    if unknown:
        raise ValueError(f"{text!r} has {unknown[0]!r}, which nothing fills; known: {', '.join(PLACEHOLDERS)}")
    return text
