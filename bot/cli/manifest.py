"""`fireline manifest`: the Slack app's manifest, ready to paste at api.slack.com/apps."""

from typing import Annotated
from urllib.parse import urlsplit

import typer

from bot.cli.context import errors_for_people
from bot.domain.errors import BadInput


def manifest(
    url: Annotated[
        str | None,
        typer.Option(help="Public https address of the app, for HTTP. Without it: Socket Mode.", show_default=False),
    ] = None,
) -> None:
    """Print the manifest of the Slack app: for Socket Mode, or with --url for HTTP."""
    from bot.config.manifest import manifest_text

    with errors_for_people():
        if url is None:
            print(manifest_text(), end="")
        else:
            print(_over_http(url), end="")


def _over_http(url: str) -> str:
    import yaml

    from bot.config.manifest import over_http
    from bot.slack.http import PATH

    return yaml.safe_dump(over_http(endpoint(url, PATH)), sort_keys=False, allow_unicode=True, width=120)


def endpoint(url: str, path: str) -> str:
    """Where Slack is to deliver: `path` below the address. Raises BadInput for one that Slack would not take."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (a bad port raises on access)
    except ValueError as error:
        raise BadInput(f"--url {url} is no address ({error}). Give one such as https://fireline.example.com.") from None
    if parts.scheme != "https" or not parts.hostname or parts.username is not None:
        raise BadInput(f"--url {url} is no public https address. Give one such as https://fireline.example.com.")
    if parts.query or parts.fragment:
        raise BadInput(f"--url {url} has a query or a fragment. Give the address without it.")
    return f"https://{parts.netloc}{parts.path.rstrip('/').removesuffix(path)}{path}"
