"""A mail server on this machine, as small as a page needs, with what may go wrong with one."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.local_server import cut, served
from tests.support.page_endpoints import settled

SUCCESS = {"EHLO": "250-here\r\n250 AUTH PLAIN", "STARTTLS": "220 go", "AUTH": "235 ok", "DATA": "354 go"}


@dataclass
class MailEndpoint:
    """`replies` answer a step (GREETING, EHLO, MAIL, RCPT, DATA, "." after the content) instead of its success; a reply
    "hang" waits for `released`, "reset" cuts the connection. `taken` are the contents that it keeps.
    """

    port: int = 0
    replies: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    tls: ssl.SSLContext | None = None
    """Set: STARTTLS is offered."""


class _Handler(socketserver.StreamRequestHandler):
    place: MailEndpoint

    def handle(self) -> None:
        try:
            self._session()
        except OSError:
            return
        finally:
            for each in (self.rfile, self.wfile, self.connection):
                each.close()

    def _session(self) -> None:
        self._reply("GREETING", "220 ready")
        while line := self.rfile.readline():
            command = line.decode().strip()
            self.place.commands.append(command)
            verb = command.split(" ")[0].upper()
            if verb == "QUIT":
                return
            usual = SUCCESS.get(verb, "250 ok")
            offers = "250 AUTH" if self.place.tls is None else "250-STARTTLS\r\n250 AUTH"
            self._reply(verb, usual.replace("250 AUTH", offers))
            if verb == "STARTTLS":
                self._encrypt()
            if verb == "DATA" and "DATA" not in self.place.replies:
                self._content()

    def _encrypt(self) -> None:
        assert self.place.tls is not None
        self.connection = self.place.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)

    def _content(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        if self.place.replies.get(".", "250").startswith(("250", "reset after")):
            self.place.taken.append(b"".join(lines))
        self._reply(".", "250 2.0.0 kept")

    def _reply(self, step: str, usual: str) -> None:
        said = self.place.replies.get(step, usual)
        if said.startswith("hang"):
            self.place.released.wait(10)
            said = usual
        if said.startswith("reset"):
            cut(self.connection)
            raise ConnectionResetError
        self.wfile.write(said.encode() + b"\r\n")


@contextmanager
def mail_endpoint() -> Iterator[MailEndpoint]:
    place = MailEndpoint()
    with served(_Handler, place=place) as port:
        place.port = port
        try:
            yield place
        finally:
            place.released.set()
            settled()
