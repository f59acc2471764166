"""In which shape a Slack takes our messages: known by what it has refused so far."""

from typing import Any

from bot.views.blocks import Card
from bot.views.incident import without_feedback

FEEDBACK = "context_actions"


class Shapes:
    """The newest blocks come to workspaces one after the other, and something between us and Slack may refuse more."""

    def __init__(self) -> None:
        self._feedback = self._metadata = True
        self._text_only: set[str] = set()

    def of(self, card: Card, metadata: dict[str, Any]) -> dict[str, Any]:
        """Arguments of chat.postMessage and chat.update."""
        shown = card if self._feedback else without_feedback(card)
        payload = shown.payload()
        if card.text in self._text_only:
            payload = {**payload, "blocks": []}
        return {**payload, "metadata": metadata} if self._metadata else payload

    def without(self, code: str, card: Card) -> bool:
        """Leave out what has most likely been refused; False when nothing is left to leave out."""
        if "metadata" in code:
            had, self._metadata = self._metadata, False
            return had
        if self._feedback and any(block["type"] == FEEDBACK for block in card.blocks):
            self._feedback = False
            return True
        if card.text in self._text_only:
            return False
        self._text_only.add(card.text)
        return True
