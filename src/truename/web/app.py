"""The application behind the HTTP port.

    /                             where everything is (`front`)
    /metrics /healthz /readyz     without a key: what scrapers and supervisors ask
    /api/v1/...                   with the header X-API-Key
    /api/docs /api/openapi.json   the description of the above, without assets from elsewhere

Handlers are `async`; what may wait for the disk or walk through a zone goes to a thread (`threads`).
"""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Request, Response
from fastapi.responses import HTMLResponse

from truename import _core
from truename.serve.served import Served
from truename.web import access, answers, docs, front
from truename.web.api import accounts, actions, direct, imports, kept, metadata, names, plans, servers, zones
from truename.web.context import Context, Here
from truename.web.ending import Ending
from truename.web.limits import BodyLimit

BODY_LIMIT = 1 << 20  # octets of a request's body, where nothing else is said


def create_app(served: Served) -> FastAPI:
    """The application over *served*."""
    app = _described()
    context = app.state.context = Context(served)
    served.is_at_work = lambda: context.threads.is_busy
    _add_health(app, served)
    return app


def openapi() -> dict[str, Any]:
    """The description of the API, without a server behind it."""
    return _described().openapi()


def _described() -> FastAPI:
    app = FastAPI(
        title="Truename",
        version=_core.__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,  # FastAPI's page loads its scripts from a CDN; ours works without a network
        redoc_url=None,
        default_response_class=answers.SortedJson,
    )
    app.add_middleware(BodyLimit, limit=BODY_LIMIT)
    app.add_middleware(Ending)
    answers.install(app)

    # Before the routers: "" and {id:path} take what is left.
    @app.get("/api/docs", include_in_schema=False)
    async def api_docs() -> HTMLResponse:
        return HTMLResponse(docs.page(app.openapi()))

    @app.get("/", include_in_schema=False)
    async def front_page(accept: Annotated[str, Header()] = "") -> Response:
        return front.front(accept)

    app.router.routes.insert(0, direct.route)
    identified = [Depends(access.identify)]
    app.include_router(servers.api, prefix="/api", dependencies=identified)
    for part in (servers, actions, metadata, imports, plans, zones, names, accounts):
        app.include_router(part.routes, prefix=kept.BASE, dependencies=identified)
    return app


def _add_health(app: FastAPI, served: Served) -> None:
    @app.get("/metrics", summary="Counters in the text format of Prometheus", response_class=Response)
    async def read_metrics() -> Response:
        from truename.serve import metrics  # a server that nobody scrapes need not hold the library

        return Response(metrics.render(served), media_type="text/plain; version=0.0.4; charset=utf-8")

    @app.head("/healthz", include_in_schema=False)
    @app.get(
        "/healthz",
        summary="Whether all is served as it stands; 200 as long as queries are answered. In full with an admin's key",
    )
    async def read_health(request: Request, here: Here) -> answers.SortedJson:
        return answers.SortedJson(served.health(in_full=await access.is_for_admin(request, here)))

    @app.head("/readyz", include_in_schema=False)
    @app.get("/readyz", summary="200 when everything answers, 503 before that and once the end has begun")
    async def read_readiness() -> answers.SortedJson:
        return answers.SortedJson({"ready": served.is_ready}, 200 if served.is_ready else 503)
