"""Metrics and the request log: rate, errors and duration of every request."""

import logging
import time

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from .identity import Identity

OWN_ENDPOINTS = {"/health", "/health/live", "/livez", "/ready", "/readyz", "/metrics", "/info"}
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
LABELS = ["method", "route", "status"]

log = logging.getLogger(__name__)


class Telemetry:
    """One per application, with a registry of its own, so that tests don't share counters."""

    def __init__(self, identity: Identity) -> None:
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self.requests = Counter("http_requests_total", "Requests answered.", LABELS, registry=self.registry)
        self.duration = Histogram(
            "http_request_duration_seconds", "Time to answer a request.", LABELS, registry=self.registry
        )
        build = Gauge(
            "app_build_info", "Which build this is.", ["version", "revision"], registry=self.registry
        )
        build.labels(identity.version, identity.revision).set(1)

    def render(self) -> tuple[bytes, str]:
        return generate_latest(self.registry), CONTENT_TYPE_PLAIN_0_0_4

    def record(self, scope: dict, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        # The pattern ("/users/{id}"), never the path: a label must have few values.
        route = getattr(scope.get("route"), "path", "unmatched")
        self.requests.labels(method, route, status).inc()
        self.duration.labels(method, route, status).observe(seconds)
        fields = {
            "method": scope["method"],
            "path": scope["path"],
            "route": route,
            "status": status,
            "duration_ms": round(seconds * 1000, 1),
        }
        log.log(logging.ERROR if status >= 500 else logging.INFO, "request", extra={"fields": fields})

    def middleware(self, app):
        """Plain ASGI: streams are passed on as they are."""

        async def observed(scope, receive, send):
            if scope["type"] != "http" or scope["path"] in OWN_ENDPOINTS:
                return await app(scope, receive, send)

            status = 500

            async def observe(message):
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            start = time.perf_counter()
            try:
                await app(scope, receive, observe)
            finally:
                self.record(scope, status, time.perf_counter() - start)

        return observed
