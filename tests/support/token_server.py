"""Google's servers for identity tokens on this machine: a token endpoint, a metadata server, and their certificates."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import crypt, jwt

from tests.support.local_server import served

EMAIL = "fireline@example.iam.gserviceaccount.com"
ISSUER = "https://accounts.google.com"


@dataclass
class TokenServer:
    """`asked` are the audiences of the tokens that it has given; `fault`: it gives none."""

    address: str = ""
    asked: list[str] = field(default_factory=list)
    fault: bool = False

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)

    @cached_property
    def pem(self) -> str:
        kind, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        return self.key.private_bytes(kind, form, serialization.NoEncryption()).decode()

    @cached_property
    def certificate(self) -> str:
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tokens")])
        now = datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.key.public_key())
        made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        return made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()

    def token(self, audience: str) -> str:
        self.asked.append(audience)
        now = int(datetime.now(UTC).timestamp())
        claims = {"iss": ISSUER, "aud": audience, "email": EMAIL, "sub": "1", "iat": now, "exp": now + 3_600}
        return str(jwt.encode(crypt.RSASigner.from_string(self.pem, "k1"), claims).decode())  # type: ignore[no-untyped-call]

    def service_account(self, folder: Path) -> Path:
        file = folder / "account.json"
        said = {"type": "service_account", "client_email": EMAIL, "private_key": self.pem, "private_key_id": "k1"}
        file.write_text(json.dumps({**said, "token_uri": f"{self.address}/token", "project_id": "p"}))
        return file


class _Handler(BaseHTTPRequestHandler):
    place: TokenServer

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.place.fault:
            self._answer(401, {"error": "invalid_grant"})
            return
        claims: Any = jwt.decode(form["assertion"][0], verify=False)  # type: ignore[no-untyped-call]
        self._answer(200, {"id_token": self.place.token(claims["target_audience"])})

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/certs":
            self._answer(200, {"k1": self.place.certificate})
        elif parts.path.endswith("/identity"):
            self._answer(200, self.place.token(parse_qs(parts.query)["audience"][0]))
        else:
            self._answer(200, {"email": EMAIL, "scopes": ["openid"], "aliases": ["default"]})

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def _answer(self, status: int, said: Any) -> None:
        content = said.encode() if isinstance(said, str) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Metadata-Flavor", "Google")
        self.send_header("Content-Type", "text/plain" if isinstance(said, str) else "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def token_server() -> Iterator[TokenServer]:
    made = TokenServer()
    with served(_Handler, place=made) as port:
        made.address = f"http://127.0.0.1:{port}"
        yield made
