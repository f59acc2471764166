"""The local Slack workspace as one object: start it, read its credentials and URL, stop it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from ..clock import SimulatedClock
from . import control
from .assembly import assemble
from .browser_api import BrowserApi
from .clock import system_time
from .control import Control
from .core import Core, Credentials, Identity
from .guard import guarded
from .hooks import Hooks
from .http_delivery import HttpDelivery, RequestUrls
from .seed import Seed
from .web_api import WebApi

_PAGE = Path(__file__).resolve().parent.parent / "page"


class Workspace:
    """A Slack workspace with one app in it, described by `manifest`; state is stored in the file `path`.

    Runs inside the caller's event loop. `now` is the time it starts from; `advance` moves it on. `shown` is the time on
    messages and on the page where that is another.
    """

    def __init__(
        self,
        manifest: Mapping[str, Any],
        path: Path | str = ":memory:",
        seed: Seed | None = None,
        *,
        now: Callable[[], datetime] = system_time,
        shown: SimulatedClock | None = None,
        rate_limit_scale: float = 1.0,
        page: Path = _PAGE,
    ) -> None:
        self.core: Core = assemble(
            manifest, path, seed or Seed(), now, rate_limit_scale, self._connection_changed, shown
        )
        self._page = page
        self._runner: web.AppRunner | None = None
        self._http: HttpDelivery | None = None
        self._more: list[web.RouteDef] = []
        self._mounted: list[tuple[str, web.Application]] = []
        if self.core.app.socket_mode:
            self.core.delivery.transport = self.core.sockets

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT` once started."""
        return self.core.base_url

    @property
    def api_url(self) -> str:
        """The `base_url` for slack_sdk clients."""
        return f"{self.core.base_url}/api/"

    @property
    def credentials(self) -> Credentials:
        return self.core.credentials

    @property
    def identity(self) -> Identity:
        return self.core.identity

    def add_routes(self, routes: Sequence[web.RouteDef]) -> None:
        """Serve these too, below /sim and so behind the same guard as the page's own; before start()."""
        self._more += routes

    def mount(self, prefix: str, app: web.Application) -> None:
        """Serve another application below `prefix`; before start()."""
        self._mounted.append((prefix, app))

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen and return the actual URL; port 0 takes a free one."""
        app = web.Application(middlewares=[guarded], client_max_size=80 * 1024 * 1024)
        self._route(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2, handle_signals=False)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        actual = self._runner.addresses[0][1]
        name = "127.0.0.1" if host in ("", "0.0.0.0") else f"[{host}]" if ":" in host else host
        self.core.base_url = f"http://{name}:{actual}"
        return self.core.base_url

    async def stop(self) -> None:
        """Close every connection and the file; nothing under way survives, nothing stored is lost."""
        await self.core.delivery.close()
        await self.core.sockets.close()
        if self._http is not None:
            await self._http.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self.core.store.close()

    async def use_http(self, urls: RequestUrls, *, verify: bool = True) -> None:
        """Deliver over signed HTTP from now on; ValueError if the events URL fails url_verification."""
        delivery = HttpDelivery(self.core.clock, self.core.credentials.signing_secret, urls)
        if self._http is not None:
            await self._http.close()
        self._http = delivery
        if urls.events is not None and verify:
            await delivery.verify_events_url(self.core.credentials.verification_token)
        self.core.delivery.transport = delivery
        self._connection_changed()

    async def use_socket_mode(self) -> None:
        """Deliver over Socket Mode from now on."""
        self.core.delivery.transport = self.core.sockets
        self._connection_changed()

    async def act(self, user: str, do: str, **body: Any) -> dict[str, Any]:
        """Act as a user (see `acts.ACTS`); the answer's `saw` holds what that user saw meanwhile."""
        return await control.act(self.core, {"user": user, "do": do, **body})

    def advance(self, seconds: float) -> None:
        """Move the workspace's time on."""
        self.core.clock.advance(seconds)

    def _route(self, app: web.Application) -> None:
        core = self.core
        api, hooks = WebApi(core), Hooks(core)
        app.router.add_route("*", "/api/{method:.+}", api.handle)
        for family in ("commands", "actions", "app"):
            app.router.add_post(f"/{family}/{{team}}/{{number}}/{{token}}", hooks.response_url)
        app.router.add_post("/upload/v1/{file}/{key}", hooks.upload)
        app.router.add_get("/link/", core.sockets.handle)
        app.router.add_routes(BrowserApi(core).routes())
        app.router.add_routes(Control(core, self._use_transport).routes())
        app.router.add_routes(self._more)
        for prefix, mounted in self._mounted:
            app.add_subapp(prefix, mounted)
        if self._page.is_dir():
            app.router.add_get("/", self._index)
            app.router.add_static("/", self._page)

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        index = self._page / "index.html"
        return web.FileResponse(index) if index.is_file() else web.Response(status=404, text="no page installed")

    async def _use_transport(self, urls: RequestUrls | None) -> None:
        if urls is None:
            await self.use_socket_mode()
        else:
            await self.use_http(urls)

    def _connection_changed(self) -> None:
        transport = self.core.delivery.transport
        if transport is None:
            return
        for user in self.core.people.human_ids():
            self.core.screens.show(user, "app", connected=transport.connected(), transport=transport.name)


async def serve(
    manifest: Mapping[str, Any], path: Path | str, *, host: str = "127.0.0.1", port: int = 0, seed: Seed | None = None
) -> Workspace:
    """A started workspace; the caller stops it."""
    workspace = Workspace(manifest, path, seed)
    await workspace.start(host, port)
    return workspace
