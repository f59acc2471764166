"""Files: asked for, uploaded, completed; their bytes live in the workspace's file.

https://docs.slack.dev/reference/methods/files.getUploadURLExternal
"""

import secrets
import struct
from datetime import datetime
from typing import Any
from urllib.parse import quote

from .store import Store, dump, load

_MIME = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "csv": "text/csv",
    "txt": "text/plain",
    "text": "text/plain",
    "md": "text/markdown",
    "json": "application/json",
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
    "ics": "text/calendar",
    "sql": "text/plain",
    "html": "text/html",
}
# A Slack image block takes these kinds only.
BLOCK_IMAGES = frozenset({"png", "jpg", "jpeg", "gif"})


def image_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG or GIF; None for other bytes."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    return None


class Files:
    """States: `asked` (upload URL given), `uploaded` (bytes there), `complete` (usable)."""

    def __init__(self, store: Store, team: str) -> None:
        self._store = store
        self._team = team

    def ask(self, name: str, size: int, user: str, alt_text: str, now: datetime, base_url: str) -> dict[str, Any]:
        file_id = self._store.new_id("F")
        extension = name.rpartition(".")[2].lower() if "." in name else "text"
        path = f"{self._team}-{file_id}/{quote(name.lower())}"
        created = int(now.timestamp())
        file = {
            "id": file_id,
            "created": created,
            "timestamp": created,
            "name": name,
            "title": name,
            "mimetype": _MIME.get(extension, "application/octet-stream"),
            "filetype": extension,
            "pretty_type": extension.upper(),
            "user": user,
            "user_team": self._team,
            "editable": False,
            "size": size,
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": False,
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": f"{base_url}/files-pri/{path}",
            "url_private_download": f"{base_url}/files-pri/{path}?download=1",
            "permalink": f"{base_url}/files/{user}/{file_id}/{quote(name.lower())}",
            "media_display_type": "unknown",
            "comments_count": 0,
            "is_starred": False,
            "has_rich_preview": False,
            "file_access": "visible",
            "channels": [],
            "groups": [],
            "ims": [],
            "shares": {},
        }
        if alt_text:
            file["alt_txt"] = alt_text
        self._store.run("INSERT INTO files VALUES (?, 'asked', ?, NULL, ?)", file_id, dump(file), secrets.token_hex(16))
        return file

    def upload_key(self, file_id: str) -> str | None:
        """What the upload URL must carry, so that no other page can fill the file; None once it is filled."""
        found = self._store.row("SELECT key FROM files WHERE id = ? AND state = 'asked'", file_id)
        return None if found is None else str(found[0])

    def upload(self, file_id: str, content: bytes) -> None:
        with self._store.transaction():
            file = self._data(file_id)
            if file is None:
                raise KeyError(file_id)
            file["size"] = len(content)
            size = image_size(content)
            if size is not None:
                file["original_w"], file["original_h"] = size
            self._store.run(
                "UPDATE files SET state = 'uploaded', data = ?, bytes = ? WHERE id = ?", dump(file), content, file_id
            )

    def complete(self, file: dict[str, Any]) -> None:
        self._store.run("UPDATE files SET state = 'complete', data = ? WHERE id = ?", dump(file), file["id"])

    def state(self, file_id: str) -> str | None:
        found = self._store.row("SELECT state FROM files WHERE id = ?", file_id)
        return None if found is None else str(found[0])

    def get(self, file_id: str, *, state: str = "complete") -> dict[str, Any] | None:
        return self._data(file_id) if self.state(file_id) == state else None

    def content(self, file_id: str) -> bytes | None:
        found = self._store.row("SELECT bytes FROM files WHERE id = ?", file_id)
        return None if found is None or found[0] is None else bytes(found[0])

    def delete(self, file_id: str) -> bool:
        return self._store.run("DELETE FROM files WHERE id = ?", file_id) > 0

    def find(self, slack_file: dict[str, Any]) -> dict[str, Any] | None:
        """The complete file a `slack_file` object names by id or by its private URL or permalink."""
        if "id" in slack_file:
            return self.get(str(slack_file["id"]))
        url = slack_file.get("url")
        for (data,) in self._store.rows("SELECT data FROM files WHERE state = 'complete'"):
            file = load(data)
            if url in (file["url_private"], file["permalink"]):
                return file
        return None

    def usable_in_blocks(self, slack_file: dict[str, Any]) -> bool:
        file = self.find(slack_file)
        return file is not None and file["filetype"] in BLOCK_IMAGES

    def _data(self, file_id: str) -> dict[str, Any] | None:
        found = self._store.row("SELECT data FROM files WHERE id = ?", file_id)
        return None if found is None else load(found[0])
