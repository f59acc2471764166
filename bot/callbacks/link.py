"""A link of a page: GET shows what it is about, POST acknowledges. Scanners open links; they press no buttons."""

from collections.abc import Callable
from functools import partial

from aiohttp import web

from bot.callbacks.answers import worked
from bot.domain.errors import BadInput
from bot.domain.incidents.standing import Overview
from bot.ports.clock import Clock
from bot.services.acknowledge_links import PATH as PREFIX
from bot.services.acknowledge_links import AcknowledgeLinks, Expired, Forged, Link
from bot.services.acknowledging import Acknowledging
from bot.views import acknowledge_page

PATH = f"{PREFIX}{{token}}"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""The address is the key: no other site may hear of it."""


class LinkPage:
    """`now` is the pipeline's time, by which links are made."""

    def __init__(self, links: AcknowledgeLinks, acknowledging: Acknowledging, now: Clock) -> None:
        self._links, self._acknowledging, self._now = links, acknowledging, now

    async def show(self, request: web.Request) -> web.Response:
        return await self._answered(request, self._acknowledging.linked, self._asked)

    async def take(self, request: web.Request) -> web.Response:
        take = partial(self._acknowledging.by_link, about=request.query.get(acknowledge_page.ABOUT, ""))
        return await self._answered(request, take, self._taken)

    async def _answered(
        self, request: web.Request, work: Callable[[Link], Overview], shown: Callable[[Overview, Link], str]
    ) -> web.Response:
        try:
            link = self._links.read(request.match_info["token"], self._now())
            return _page(shown(await worked(work, link), link), 200)
        except (Forged, Expired) as error:
            return _page(acknowledge_page.refused(str(error)), 403)
        except BadInput as error:
            return _page(acknowledge_page.refused(str(error)), 409)

    def _asked(self, found: Overview, link: Link) -> str:
        return acknowledge_page.asked(found, link.person, self._now())

    def _taken(self, found: Overview, link: Link) -> str:
        """Where somebody else has it since, they are asked anew."""
        owner = found.standing.response.owner if found.standing is not None else ""
        return acknowledge_page.taken(found, self._now()) if owner == link.person else self._asked(found, link)


def _page(text: str, status: int) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)
