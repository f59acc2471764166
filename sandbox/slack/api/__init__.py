"""The Web API's methods, one module per family; `METHODS` is the table of all of them."""

from . import auth, chat, conversation_reads, direct_messages, files, usergroups, users, validation, views
from .call import Method

METHODS: dict[str, Method] = {
    name: method
    for module in (auth, chat, conversation_reads, direct_messages, files, usergroups, users, validation, views)
    for name, method in module.METHODS.items()
}
