"""Secrets of 60 shapes are gone from what is kept, and texts without a secret stay as they are."""

import re
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.redaction import MAY_HOLD_A_SECRET, redacted, visible
from tests.support.builders import World, at, failed, load, raw_file, run, warehouse

PLANTED = "hUnt3rZ9qKhUnt"
"""A password without a shape of its own."""
BASIC = "QWxhZGRpbjpvcGVuIHNlc2FtZQ9z"
PEM = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"
TOKENS = [
    "xoxb-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx",
    "xoxp-123456789012-123456789012-abcdef0123",
    "xoxa-2-abcdefgh1",
    "xapp-1-A012345-6789-abcdef0123456789",
    "xoxe.xoxp-1-Mi0yLTEyMzQ1Njc4",
    "xoxc-123456789-12345",
    "xoxs-1234-5678-abcd",
    "ya29.a0AfH6SMBx-abc_DEF123456",
    "AIzaSyA1234567890abcdefghijklmnopqrstuv",
    "GOCSPX-abcdefghijklmnop1234",
    "AKIAIOSFODNN7EXAMPLE",
    "ASIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4fwpM",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "github_pat_11ABCDEFG0abcdefghijklmnop",
    "glpat-abcdefghijklmnopqrst",
    "sk_live_abcdefghijklmnop",
    "sk-proj-abcdefghijklmnopqrstuvwx",
    "SG.abcdefghijklmnopqrst.abcdefghijklmnopqrstuv",
    "hvs.abcdefghijklmnopqrstuvwx",
    "dapi0123456789abcdef0123456789abcdef",
    "npm_abcdefghijklmnopqrstuvwxyz0123456789",
]
SHAPES = [
    *TOKENS,
    f"-----BEGIN PRIVATE KEY-----\n{PEM}\n-----END PRIVATE KEY-----",
    f"-----BEGIN RSA PRIVATE KEY-----\n{PEM}",
    f"-----BEGIN OPENSSH PRIVATE KEY-----\\n{PEM}\\n-----END OPENSSH PRIVATE KEY-----",
    f'{{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\\n{PEM}\\n-----END PRIVATE KEY-----"}}',
    f"https://hooks.slack.com/services/T00000000/B00000000/{PLANTED}",
    *(
        f"{scheme}://bot:{PLANTED}@db.internal:5432/x"
        for scheme in ("postgresql", "mysql", "postgresql+psycopg", "https")
    ),
    *(f"{scheme}://:{PLANTED}@cache/0" for scheme in ("redis", "amqp")),
    f"mongodb+srv://u:p%40{PLANTED}@c0.example.net/?w=1",
    f"Authorization: Bearer {PLANTED}",
    f"{{'Authorization': 'Bearer {PLANTED}'}}",
    f"authorization: Basic {BASIC}",
    f"bearer {PLANTED}",
    f"Cookie: session={PLANTED}; a=b",
    f"https://storage.googleapis.com/b/o?X-Goog-Credential={PLANTED}&X-Goog-Signature={PLANTED}",
    f"https://b.s3.amazonaws.com/k?X-Amz-Security-Token={PLANTED}&X-Amz-Signature={PLANTED}",
    f"https://x.blob.core.windows.net/c/b?sv=2020&sig={PLANTED}&se=2026",
    *(f"https://api.example.com/v1?{name}={PLANTED}&x=1" for name in ("key", "api_key", "access_token", "password")),
    *(
        f"{name}={PLANTED}"
        for name in ("password", "token", "secret", "api_key", "client_secret", "DB_PASSWORD", "PWD")
    ),
    *(
        f"{name}: {PLANTED}"
        for name in ("password", "apikey", "X-Api-Key", "X-Vault-Token", "clientSecret", "secret_key")
    ),
    *(f'"{name}": "{PLANTED}"' for name in ("password", "token", "SecretAccessKey")),
    f"password='{PLANTED} with blanks'",
    f"os.environ['API_KEY'] = '{PLANTED}'",
    f"psql --password {PLANTED}",
    f"AccountKey={PLANTED}==",
    f"CREATE USER x IDENTIFIED BY '{PLANTED}'",
]
AROUND = (
    "{}",
    "Error: connect failed ({}) at line 3",
    'Traceback (most recent call last):\n  File "a.py", line 3, in f\nValueError: {}',
)
HIDDEN = re.compile("|".join([PLANTED, BASIC, PEM, *(re.escape(shape) for shape in TOKENS)]))


def test_there_are_as_many_shapes_as_were_promised() -> None:
    assert len(SHAPES) >= 60


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("around", AROUND)
def test_a_planted_secret_is_gone(shape: str, around: str) -> None:
    text = around.replace("{}", shape)
    clean = redacted(text)
    assert not HIDDEN.search(clean)
    assert "[redacted]" in clean
    assert redacted(clean) == clean, "what was redacted stays as it is"
    assert re.search(MAY_HOLD_A_SECRET, text), "the quick look must not pass it over"


def test_what_is_around_a_secret_stays() -> None:
    assert redacted("postgresql://bot:pw1@db:5432/x failed") == "postgresql://bot:[redacted]@db:5432/x failed"
    assert redacted("GET /x?api_key=abc123def&page=2") == "GET /x?api_key=[redacted]&page=2"
    assert redacted("password=hunter2, retries=3") == "password=[redacted], retries=3"


NO_SECRETS = """
token: expired
Unexpected token: '<' in JSON at position 0
password authentication failed for user "postgres"
KeyError: 'api_key'
missing secret: DB_PASSWORD
Secret not found: projects/acme/secrets/db-password/versions/latest
token_count=512 exceeds max_tokens=4096
next_page_token=None
duplicate key value violates unique constraint "runs_pkey"
Key (run_id)=(abc123) already exists.
invalid_grant: Token has been expired or revoked.
401 Unauthorized: Bearer token expired
basic authentication failed
Authorization failed for user bot
HTTPSConnectionPool(host='stats.example.com', port=443): Read timed out. (read timeout=30)
404 Client Error for url: https://example.com:8443/path?email=a@b.com
Your default credentials were not found. See https://cloud.google.com/docs/authentication/external/set-up-adc
ssh: connect to git@github.com failed
password: must be at least 8 characters
tests: pass=12 fail=3
PWD=/srv/app/work
could not read secret 'slack-bot-token': permission denied
partition key: data_date=2026-01-15
""".strip().splitlines()


def _realistic() -> set[str]:
    """Error texts as pipelines write them: the wordings of the classifier's tests."""
    files = (Path(__file__).parent.parent / "golden" / "error_texts").iterdir()
    return {line for file in files for line in file.read_text().splitlines()}


def test_at_most_one_in_a_hundred_texts_without_a_secret_is_changed() -> None:
    texts = {*NO_SECRETS, *_realistic()}
    changed = [text for text in texts if redacted(text) != text]
    assert len(changed) <= len(texts) / 100, changed


@given(st.text())
def test_any_text_is_redacted_once(text: str) -> None:
    clean = redacted(text)
    assert redacted(clean) == clean


def test_the_quick_look_is_understood_by_the_warehouse() -> None:
    with duckdb.connect() as connection:
        found = connection.execute("SELECT regexp_matches('password=x', $p)", {"p": MAY_HOLD_A_SECRET}).fetchone()
    assert found == (True,)


def test_unseen_characters_are_marked() -> None:
    assert visible("Al\x00pha\u202e \x1b[31m\nnext") == "Al\ufffdpha\ufffd \ufffd[31m next"


def test_no_secret_gets_into_the_warehouse(tmp_path: Path) -> None:
    runs = [failed(f"r{place}", start=20 + place / 10, text=shape) for place, shape in enumerate(SHAPES)]
    window = {"kind": "backfill", "processors": ["Box"], "start": at(1), "end": at(2), "announced_at": at(0)}
    world = World(
        runs=[*runs, run("bad", status=f"token={PLANTED}")],
        raw_files=[{**raw_file(), "path": f"https://x.example.com/a?sig={PLANTED}"}],
        planned_windows=[{**window, "note": f"password: {PLANTED}"}],
    )
    home = tmp_path / "w.duckdb"
    into = warehouse(home)
    report = load(into, world.write(tmp_path / "data", ".ndjson"))
    history = into.history()
    into.close()
    assert not HIDDEN.search(str(report))
    assert not HIDDEN.search(str(history))
    with duckdb.connect(str(home), read_only=True) as connection:
        tables = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        for table in tables:
            kept = str(connection.execute(f'SELECT * FROM "{table}"').fetchall())  # noqa: S608 (names of our own)
            assert not HIDDEN.search(kept), table
