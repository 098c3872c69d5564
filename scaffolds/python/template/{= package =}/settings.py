"""Every setting that the service reads from the environment; `.env.example` lists them."""

import os
from dataclasses import dataclass

LOG_LEVELS = ["debug", "info", "warning", "error"]


@dataclass(frozen=True)
class Settings:
    host: str
    port: int
    log_level: str
    drain_seconds: float

    @classmethod
    def from_environment(cls) -> "Settings":
        """A wrong value is a ValueError that says what to change; an empty one counts as not set."""
        return cls(
            host=os.environ.get("HOST") or "0.0.0.0",
            port=read("PORT", "{= port =}", "a port", int, lambda port: 0 < port < 65536),
            log_level=read("LOG_LEVEL", "info", f"one of {LOG_LEVELS}", str, LOG_LEVELS.__contains__),
            drain_seconds=read("DRAIN_SECONDS", "2", "a number of seconds", float, lambda x: 0 <= x < 3600),
        )


def read(name, default, what, convert, valid):
    text = os.environ.get(name) or default
    try:
        value = convert(text)
        if valid(value):
            return value
    except ValueError:
        pass
    raise ValueError(f"{name} must be {what}, not {text!r}")
