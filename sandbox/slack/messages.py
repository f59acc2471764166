"""Stored messages and threads, read back in Slack's shape."""

from typing import Any

from .store import Store, dump, load

Message = dict[str, Any]


class Messages:
    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, channel: str, message: Message, *, broadcast: bool = False) -> None:
        """Store a new message; `message` has at least `ts`, and `thread_ts` if it is a reply."""
        self._store.run(
            "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?)",
            channel,
            message["ts"],
            message.get("thread_ts"),
            int(broadcast),
            message["user"],
            dump(message),
        )

    def replace(self, channel: str, message: Message) -> None:
        self._store.run(
            "UPDATE messages SET data = ? WHERE channel = ? AND ts = ?", dump(message), channel, message["ts"]
        )

    def remove(self, channel: str, ts: str) -> None:
        self._store.run("DELETE FROM messages WHERE channel = ? AND ts = ?", channel, ts)

    def stored(self, channel: str, ts: str) -> Message | None:
        """As stored, metadata included, nothing computed."""
        found = self._store.row("SELECT data FROM messages WHERE channel = ? AND ts = ?", channel, ts)
        return None if found is None else load(found[0])

    def get(self, channel: str, ts: str, *, metadata: bool = False) -> Message | None:
        message = self.stored(channel, ts)
        return None if message is None else self._finish(channel, [message], metadata=metadata)[0]

    def history(
        self, channel: str, *, oldest: str, latest: str, limit: int, metadata: bool = False
    ) -> tuple[list[Message], bool]:
        """Top-level and broadcast messages strictly between `oldest` and `latest`, newest first; true if more."""
        rows = self._store.rows(
            "SELECT data FROM messages WHERE channel = ? AND ts > ? AND ts < ?"
            " AND (thread_ts IS NULL OR thread_ts = ts OR broadcast) ORDER BY ts DESC LIMIT ?",
            channel,
            oldest,
            latest,
            limit + 1,
        )
        messages = [load(data) for (data,) in rows[:limit]]
        return self._finish(channel, messages, metadata=metadata), len(rows) > limit

    def replies(
        self, channel: str, parent: str, *, oldest: str, latest: str, limit: int, metadata: bool = False
    ) -> tuple[list[Message], bool]:
        """Replies strictly between `oldest` and `latest`, oldest first."""
        rows = self._store.rows(
            "SELECT data FROM messages WHERE channel = ? AND thread_ts = ? AND ts != thread_ts AND ts > ? AND ts < ?"
            " ORDER BY ts LIMIT ?",
            channel,
            parent,
            oldest,
            latest,
            limit + 1,
        )
        messages = [load(data) for (data,) in rows[:limit]]
        return self._finish(channel, messages, metadata=metadata), len(rows) > limit

    def reply_count(self, channel: str, parent: str) -> int:
        sql = "SELECT count(*) FROM messages WHERE channel = ? AND thread_ts = ? AND ts != thread_ts"
        return int(self._store.row(sql, channel, parent)[0])

    def _finish(self, channel: str, messages: list[Message], *, metadata: bool) -> list[Message]:
        """Add what a message's thread says of it: figures to the parent, the parent to a broadcast."""
        for message in messages:
            if not metadata:
                message.pop("metadata", None)
            self._thread(channel, message)
            root = self.get(channel, message["thread_ts"]) if message.get("subtype") == "thread_broadcast" else None
            if root is not None:
                message["root"] = root
        return messages

    def _thread(self, channel: str, message: Message) -> None:
        if message.get("thread_ts", message["ts"]) != message["ts"]:
            return
        rows = self._store.rows(
            "SELECT author, min(ts) AS first, max(ts), count(*) FROM messages WHERE channel = ? AND thread_ts = ?"
            " AND ts != thread_ts GROUP BY author ORDER BY first",
            channel,
            message["ts"],
        )
        if rows:
            message |= {
                "thread_ts": message["ts"],
                "reply_count": sum(count for _, _, _, count in rows),
                "reply_users_count": len(rows),
                "latest_reply": max(last for _, _, last, _ in rows),
                "reply_users": [author for author, _, _, _ in rows[:5]],
                "is_locked": False,
                "subscribed": False,
            }
