"""Mail over SMTP, by the standard library. A page has one Message-ID: a reader's program shows a repeat as the same."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from enum import StrEnum
from hashlib import sha256
from smtplib import SMTP, SMTP_SSL, SMTPNotSupportedError, SMTPResponseException
from ssl import create_default_context

from bot.adapters.pages.texts import plain, plain_line
from bot.attempt import TIMEOUT_S, Attempt, within
from bot.domain.delivery import Kind, Outcome, Page
from bot.domain.oncall.schedule import PLAIN_ADDRESS, Person

LONGEST_SUBJECT, LONGEST_TEXT = 200, 20_000
_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}")
"""https://www.rfc-editor.org/rfc/rfc3463"""


class Security(StrEnum):
    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True)
class MailServer:
    """`user` "" needs no password. `sender` is the address that mails come from."""

    host: str
    port: int
    sender: str
    security: Security = Security.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    timeout_s: float = TIMEOUT_S


class _Refused(Exception):
    """The server's no, as it is to be told."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


class Mail:
    name = provider = "mail"
    wakes = True

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def target(self, person: Person) -> str | None:
        return person.email or None

    def send(self, page: Page) -> Outcome:
        if PLAIN_ADDRESS.fullmatch(page.target) is None:
            return Outcome(Kind.NO, "the person's email is no plain mail address", permanent=True)
        return within(self._server.timeout_s, lambda attempt: self._handed_over(attempt, page))

    def find(self, page: Page) -> Outcome | None:  # noqa: ARG002 (the port's)
        """A server does not show what it took."""
        return None

    def _handed_over(self, attempt: Attempt, page: Page) -> Outcome:
        message = self._message(page)
        try:
            with self._connected() as connection:
                _must("MAIL", *connection.mail(self._server.sender))
                _must("RCPT", *connection.rcpt(page.target))
                attempt.begin(connection.sock)
                _must("DATA", *connection.data(message.as_bytes(policy=WIRE)))
        except _Refused as no:
            return no.outcome
        except SMTPResponseException as error:
            return _no("the server", error.smtp_code, error.smtp_error)
        except SMTPNotSupportedError:
            return Outcome(Kind.NO, "the server offers no STARTTLS, or no login", permanent=True)
        return Outcome(Kind.YES, "accepted", ref=str(message["Message-ID"]))

    @contextmanager
    def _connected(self) -> Iterator[SMTP]:
        """Greeted, encrypted and logged in, as far as is set."""
        server = self._server
        domain = server.sender.rpartition("@")[2]
        if server.security is Security.TLS:
            connection: SMTP = SMTP_SSL(
                server.host, server.port, domain, timeout=server.timeout_s, context=create_default_context()
            )
        else:
            connection = SMTP(server.host, server.port, domain, timeout=server.timeout_s)
        try:
            if server.security is Security.STARTTLS:
                connection.starttls(context=create_default_context())
            connection.ehlo_or_helo_if_needed()
            if server.user:
                connection.login(server.user, server.password)
            yield connection
        finally:
            with suppress(OSError):  # what was to be learned is known: nobody waits for the answer to this
                connection.putcmd("QUIT")
            connection.close()

    def _message(self, page: Page) -> EmailMessage:
        sender = self._server.sender
        message = EmailMessage(WIRE)
        message["Message-ID"] = f"<{sha256(page.id.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2]}>"
        message["Date"] = format_datetime(page.created_at)
        message["From"], message["To"] = sender, page.target
        message["Subject"] = plain_line(page.title, LONGEST_SUBJECT)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(plain(page.text, LONGEST_TEXT))
        return message


def _must(step: str, code: int, said: bytes) -> None:
    """Raises _Refused for anything but a yes."""
    if not 200 <= code < 300:
        raise _Refused(_no(step, code, said))


def _no(step: str, code: int, said: bytes | str) -> Outcome:
    """By its codes alone: the text names addresses."""
    if not 400 <= code < 600:
        kind = Kind.AMBIGUOUS if step == "DATA" else Kind.NO
        return Outcome(kind, "that is no answer of a mail server", permanent=True)
    enhanced = _ENHANCED.search(said if isinstance(said, bytes) else said.encode())
    detail = f" {enhanced[0].decode()}" if enhanced else ""
    return Outcome(Kind.NO, f"{step} refused with {code}{detail}", permanent=code >= 500)
