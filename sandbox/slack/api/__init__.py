"""The Web API's methods, one module per family; `METHODS` is the table of all of them."""

from . import (
    chat,
    conversation_changes,
    conversation_reads,
    files,
    pins,
    reactions,
    scheduled,
    team,
    usergroups,
    users,
    validation,
    views,
)
from .call import Method

METHODS: dict[str, Method] = {
    name: method
    for module in (
        chat,
        conversation_changes,
        conversation_reads,
        files,
        pins,
        reactions,
        scheduled,
        team,
        usergroups,
        users,
        validation,
        views,
    )
    for name, method in module.METHODS.items()
}
