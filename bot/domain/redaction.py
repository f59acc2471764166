"""Secrets and unseen characters in texts that came from elsewhere: taken out before they are stored or shown.

A text is kept as useful as it was: the name of a password, the host of an address and the kind of a token stay.
"""

import re

REDACTED = "[redacted]"

_NAMES = (
    r"(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|credentials?|auth"
    r"|(?:api|access|account|private|secret|shared|signing|encryption|auth|service|master|client)[_.\- ]?"
    r"(?:access[_.\- ]?)?key(?:[_.\- ]?id)?)"
)
_KEY = rf"[\w.\-]*?(?<![a-z]){_NAMES}|[\w.\-]*(?:password|secret|token|apikey)"
_QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
_PLAIN = r"[^\s,;&\"'<>(){}\[\]|]+"
_NO_SECRET = (
    r"(?!\[redacted|\*{3}|(?:none|null|nil|true|false|empty|missing|required|invalid|expired|unknown"
    r"|undefined|not|is|was|has"
    r"|str|string|bytes|object|optional|must|cannot|unauthorized|rejected|revoked|denied"
    r"|failed)\b[^\w=]*(?:[\s,;&)\"'}\]]|$))"
)

_TOKENS = re.compile(
    r"-----BEGIN[A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END[A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\Z)"
    r"|\bxox[a-z](?:\.xox[a-z])?-[\w\-.%]{8,}|\bxapp-[\w\-]{8,}|\bxwfp-[\w\-]{8,}"
    r"|(?<=hooks\.slack\.com/)(?:services|workflows|triggers)/[\w/\-]{8,}"
    r"|(?<=discord\.com/api/webhooks/)\d+/[\w\-]+|(?<=webhook\.office\.com/)\S{16,}"
    r"|\b(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|ANPA|ANVA|AIPA)[A-Z0-9]{16}\b"
    r"|\bya29\.[\w\-.]{8,}|\bAIza[\w\-]{30,}|\bGOCSPX-[\w\-]{16,}|(?<![\w/:])1//[\w\-]{20,}"
    r"|\beyJ[\w\-]{6,}\.[\w\-]{6,}(?:\.[\w\-]*)*"
    r"|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bgl(?:pat|dt|rt|cbt|ptt|oas)-[\w\-]{16,}|\bnpm_\w{30,}"
    r"|\bpypi-[\w\-]{30,}"
    r"|\b(?:sk|rk|pk|whsec)_(?:live|test)_\w{10,}|\bwhsec_\w{20,}|\bsk-[\w\-]{20,}|\bSG\.[\w\-]{16,}\.[\w\-]{16,}"
    r"|\bSK[0-9a-f]{32}\b|\bkey-[0-9a-f]{32}\b|\bdapi[0-9a-f]{32}\w*|\bdo[opr]_v1_[0-9a-f]{40,}"
    r"|\bhv[sbr]\.[\w\-]{20,}"
    r"|\bs\.[A-Za-z0-9]{24}\b|\bAGE-SECRET-KEY-1[A-Z0-9]{20,}|\bshp(?:at|ca|pa|ss)_[0-9a-f]{32}"
    r"|\bsq0(?:atp|csp)-[\w\-]{20,}"
    r"|\b\d{8,10}:AA[\w\-]{33}|\bpul-[0-9a-f]{40}|\bNRAK-[A-Z0-9]{27}|\blin_api_\w{30,}"
    r"|\bpdus\+[\w+]{16,}|\bATATT3\w[\w\-=]{20,}",
    re.DOTALL,
)
_USERINFO = re.compile(
    r"(?<=://)([^\s/:@\"'<>]{0,200}):(?!\d{1,5}(?:[/?#\s]|$))(?!\[redacted)[^\s\"'<>]{0,300}?@(?=[\w\-.\[]+(?:[:/?\s\"',;)]|$))"
)
_USER_ALONE = re.compile(r"(?<=://)[^\s/:@\"'<>\[\]]{20,300}(?=@[\w\-.]+)")
_PARAMETERS = re.compile(
    r"([?&;,\s](?:x-(?:goog|amz|oss|ms)-(?:signature|credential|security-token)|signature|sig"
    r"|awsaccesskeyid|googleaccessid"
    r"|key|hmac|jwt|session(?:id)?|sas|code_verifier|refresh_token|id_token)=)(?!\[redacted)[^&\s\"'<>#]+",
    re.IGNORECASE,
)
_SCHEMES = re.compile(
    r"(\bauthorization[\"']?\s*[:=]\s*[\"']?(?:(?:basic|bearer|token|digest|negotiate|apikey)\s+)?)"
    r"(?!(?:\w+\s+)?\[redacted)(?=\S*[\d=/+._~\-])[^\s\"',;}\])]{6,}"
    r"|(\bbearer\s+)(?=[\w.~+/=\-]*[\d._~+/=\-])[\w.~+/=\-]{8,}"
    r"|(\bbasic\s+)(?=[A-Za-z+/]*[0-9=])[A-Za-z0-9+/]{8,}={0,2}"
    r"|(\b(?:set-)?cookie[\"']?\s*[:=]\s*[\"']?)(?!\[redacted)[^\s\"';=]+=[^\r\n\"'}]+",
    re.IGNORECASE,
)
_FLAGS = re.compile(
    rf"((?<![\w-])--?[\w\-]*(?:password|passwd|secret|token|api-?key)[ =])(?!\[redacted|-)(?:{_QUOTED}|[^\s\"']+)", re.I
)
_ASSIGNED = re.compile(
    rf"((?<![\w.\-])(?:{_KEY})(?:\\?[\"']\]?)?\s{{0,3}}(?:=>|:?=|:)\s{{0,3}}(?:b|r|u"
    rf"|f)?){_NO_SECRET}(\\?\"(?:[^\"\\]|\\[^\"])*\\?\"|{_QUOTED}|{_PLAIN})",
    re.IGNORECASE,
)
_IDENTIFIED = re.compile(r"(\bidentified\s+by\s+(?:password\s+)?)(?!\[redacted)(?:" + _QUOTED + r"|\S+)", re.IGNORECASE)

MAY_HOLD_A_SECRET = (
    r"(?i)private key|xox|xapp-|xwfp-|hooks\.slack|webhook|akia|asia|abia|acca|agpa|aida|aroa|anpa|anva"
    r"|aipa|ya29|aiza|gocspx|1//|eyj"
    r"|gh[pousr]_|github_pat|gl[a-z]{2,3}-|npm_|pypi-|_live_|_test_|whsec|sk-|sg\.|sk[0-9a-f]{32}|key-"
    r"|dapi|_v1_|hv[sbr]\.|s\.[a-z0-9]{24}"
    r"|age-secret|shp[a-z]{2}_|sq0|:aa|pul-|nrak|lin_api|pdus|atatt|://[^\s]*@|signature|sig=|key|hmac"
    r"|jwt|session|sas=|id=|_token|credential"
    r"|bearer|basic|cookie|pass|pwd|secret|token|auth|identified"
)
"""What any of the patterns needs, in the syntax of RE2: a text that does not match holds nothing to redact."""


def redacted(text: str) -> str:
    """The text without its secrets; what was redacted before stays as it is."""
    text = _TOKENS.sub(REDACTED, text)
    text = _USERINFO.sub(rf"\1:{REDACTED}@", text)
    text = _USER_ALONE.sub(REDACTED, text)
    text = _PARAMETERS.sub(rf"\1{REDACTED}", text)
    text = _SCHEMES.sub(lambda match: next(group for group in match.groups() if group is not None) + REDACTED, text)
    text = _FLAGS.sub(rf"\1{REDACTED}", text)
    text = _IDENTIFIED.sub(rf"\1{REDACTED}", text)
    return _ASSIGNED.sub(_assigned, text)


def _assigned(match: re.Match[str]) -> str:
    """A value given to a name such as `password`, unless it is a plain word of a sentence or a small number."""
    name, value = match[1], match[2]
    bare = value.strip("\\\"'")
    if not bare or not _looks_secret(name, bare, quoted=value != bare):
        return match[0]
    around = value[: len(value) - len(value.lstrip("\\\"'"))]
    return f"{name}{around}{REDACTED}{around}"


def _looks_secret(name: str, value: str, *, quoted: bool) -> bool:
    key = name.rstrip(" :=>\"'\\]").casefold()
    if key.endswith("pwd") and value.startswith("/"):
        return False
    if key.endswith(("pass", "auth", "credential", "credentials")):
        return len(value) >= 6 and _is_odd(value) and not _is_a_place(value)
    is_password = "pass" in key or "pwd" in key
    if "=" in name or (quoted and name.rstrip(" :").endswith(("'", '"'))):
        return is_password or (len(value) >= 6 and not _is_a_place(value))
    if len(value) < 6 or _is_a_place(value):
        return False
    return _is_odd(value) and " " not in value


def _is_odd(value: str) -> bool:
    """Not a word: digits, capitals within, or signs."""
    inner = value.rstrip(".!?:")[1:]
    return any(character.isdigit() or character.isupper() or character in "!@#$%^&*+=~/" for character in inner)


def _is_a_place(value: str) -> bool:
    """A path, an address or a qualified name, which says where a secret lies but is none."""
    return bool(_PLACE.match(value))


_PLACE = re.compile(
    r"(?:/[\w.\-]+){2,}$|projects/|(?:gs|s3|https?|file)://|[a-z_]+(?:\.[a-z_]+)+$|\d{1,7}$"
    r"|[A-Z][a-z]+(?:[A-Z][a-z]+)*$|[A-Z]+(?:_[A-Z]+)*$"
)

_UNSEEN: dict[int, str] = {
    **dict.fromkeys((*range(32), *range(127, 160)), "�"),
    **dict.fromkeys((8206, 8207, 1564, *range(8234, 8239), *range(8294, 8298), 65279), "�"),
    **dict.fromkeys(map(ord, "\t\n\r"), " "),
}


def visible(text: str) -> str:
    """On one line, with a mark for every character that would do something instead of being shown."""
    return text.translate(_UNSEEN)
