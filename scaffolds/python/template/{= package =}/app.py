"""The application: your routes first, the endpoints that every service has after them."""

from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from .identity import Identity
from .telemetry import Telemetry


def create_app(identity: Identity | None = None) -> FastAPI:
    identity = identity or Identity.from_environment()

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        # Open here what requests need (a connection pool, say), then let the traffic come.
        app.state.ready = True
        yield
        app.state.ready = False

    app = FastAPI(title=identity.name, version=identity.version, lifespan=lifespan)
    app.state.ready = False
    telemetry = Telemetry(identity)
    app.add_middleware(telemetry.middleware)
    add_routes(app, identity)
    add_own_endpoints(app, identity, telemetry)
    return app


def add_routes(app: FastAPI, identity: Identity) -> None:
    """What this service is for."""

    @app.get("/")
    async def hello() -> dict:
        return {"message": f"Hello from {identity.name}!", "version": identity.version}


def add_own_endpoints(app: FastAPI, identity: Identity, telemetry: Telemetry) -> None:
    """What Kubernetes, Prometheus and people ask; left out of request metrics and logs."""

    @app.get("/health", include_in_schema=False)
    @app.get("/health/live", include_in_schema=False)
    @app.get("/livez", include_in_schema=False)
    async def health() -> dict:
        """The process answers. Never asks a dependency: a failing database must not restart pods."""
        return {"status": "ok"}

    @app.get("/ready", include_in_schema=False)
    @app.get("/readyz", include_in_schema=False)
    async def ready(request: Request) -> JSONResponse:
        """Traffic may come: not while starting, and not from SIGTERM on."""
        if request.app.state.ready:
            return JSONResponse({"status": "ok"})
        return JSONResponse({"status": "unavailable"}, status_code=503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        body, content_type = telemetry.render()
        return Response(body, headers={"content-type": content_type})

    @app.get("/info", include_in_schema=False)
    async def info() -> dict:
        return identity.info()
