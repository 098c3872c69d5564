"""The worker: one piece of work after the other, until SIGTERM or SIGINT. What is begun is finished."""

import logging
import signal
import threading

from .logs import configure_logging
from .settings import Settings

PAUSE_SECONDS = 5

log = logging.getLogger(__name__)


def work(settings: Settings) -> int:
    configure_logging(settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    log.info("working")
    while not stop.is_set():
        try:
            work_once()
        except Exception:
            log.exception("a piece of work failed")
        stop.wait(PAUSE_SECONDS)
    log.info("stopped")
    return 0


def work_once() -> None:
    """Where the worker's own work begins: take a message of a queue, say."""
    log.info("a piece of work")
