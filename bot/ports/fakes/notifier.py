"""A channel in memory."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.incidents.incident import MessageRef
from bot.domain.incidents.notice import Notice
from bot.ports.notifier import NotifierGone, NotifierRefused, NotifierUnavailable


@dataclass
class Posted:
    """A message as it is, and its thread."""

    notice: Notice
    replies: list[Notice] = field(default_factory=list)


class FakeNotifier:
    """Implements `bot.ports.notifier.Notifier`. `down`: why nothing gets through, "" when everything does;
    `loses_answers`: it takes what it is given, and the answer is lost; `blind`: nobody may look, or sees no stamps;
    `refuses`: the incidents that it will not post; `fixed`: nobody may change a message.
    """

    def __init__(self, *, blind: bool = False) -> None:
        self.messages: dict[MessageRef, Posted] = {}
        self.down: str | NotifierUnavailable = ""
        self.retry_after = 0.0
        self.loses_answers = False
        self.blind = blind
        self.fixed = False
        self.refuses: frozenset[str] = frozenset()
        self._posted = 0

    def find(self, incident: str, since: datetime) -> MessageRef | None:  # noqa: ARG002 (it remembers everything)
        self._reach()
        found = (ref for ref, posted in self.messages.items() if posted.notice.incident.id == incident)
        return None if self.blind else next(found, None)

    def post(self, notice: Notice) -> MessageRef:
        self._reach()
        if notice.incident.id in self.refuses:
            raise NotifierRefused("not this one", 60.0)
        self._posted += 1
        message = MessageRef("C1", f"{self._posted}.000100")
        self.messages[message] = Posted(notice)
        self._answer()
        return message

    def stamp(self, message: MessageRef) -> str | None:
        self._reach()
        posted = self.messages.get(message)
        return None if posted is None or self.blind else posted.notice.stamp

    def edit(self, message: MessageRef, notice: Notice) -> None:
        self._reach()
        if self.fixed:
            raise NotifierRefused("what is said stays as it is", 60.0)
        self._message(message).notice = notice
        self._answer()

    def reply(self, message: MessageRef, notice: Notice, *, look: bool) -> None:
        self._reach()
        posted = self._message(message)
        if self.blind or not look or notice.stamp not in {each.stamp for each in posted.replies}:
            posted.replies.append(notice)
        self._answer()

    def _message(self, message: MessageRef) -> Posted:
        if message not in self.messages:
            raise NotifierGone("someone deleted it")
        return self.messages[message]

    def remove(self, message: MessageRef) -> None:
        """Someone deletes it."""
        del self.messages[message]

    def _reach(self) -> None:
        if isinstance(self.down, NotifierUnavailable):
            raise self.down
        if self.down:
            raise NotifierUnavailable(self.down, self.retry_after)

    def _answer(self) -> None:
        if self.loses_answers:
            raise NotifierUnavailable("the answer was lost", self.retry_after)
