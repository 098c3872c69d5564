"""Start and stop. SIGTERM: not ready at once, but serving on until traffic has moved away and the
requests in flight are answered. SIGINT: stop now."""

import signal
import time

import uvicorn
from fastapi import FastAPI

from .app import create_app
from .logs import configure_logging
from .settings import Settings

# How long requests in flight may take after the drain, and after SIGINT.
GRACE_SECONDS = 20
HURRY_SECONDS = 0.5


def serve(settings: Settings) -> int:
    configure_logging(settings.log_level)
    server = Server(create_app(), settings)
    server.run()
    return 128 + signal.SIGINT if server.interrupted else 0


class Server(uvicorn.Server):
    def __init__(self, app: FastAPI, settings: Settings) -> None:
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        super().__init__(config)
        self.app = app
        self.drain_seconds = settings.drain_seconds
        self.stop_at: float | None = None
        self.interrupted = False

    def handle_exit(self, sig, frame):
        if sig == signal.SIGTERM:
            self.app.state.ready = False
            self.stop_at = self.stop_at or time.monotonic() + self.drain_seconds
        else:
            self.force_exit = self.interrupted
            self.should_exit = self.interrupted = True
            self.config.timeout_graceful_shutdown = HURRY_SECONDS

    async def on_tick(self, counter):
        if self.stop_at is not None and time.monotonic() >= self.stop_at:
            self.should_exit = True
        return await super().on_tick(counter)
