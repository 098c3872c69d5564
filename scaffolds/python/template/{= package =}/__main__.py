"""`python -m {= package =}` serves; `python -m {= package =} healthcheck` asks a running one how it is."""

import sys
import urllib.request

from .settings import Settings


def main() -> int:
    try:
        settings = Settings.from_environment()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    match sys.argv[1:]:
        case []:
            from .serve import serve  # here, so that a health check stays light

            return serve(settings)
        case ["healthcheck"]:
            return healthcheck(settings)
{~ if worker ~}
        case ["worker"]:
            from .worker import work

            return work(settings)
{~ endif ~}
{~ if nightly ~}
        case ["nightly"]:
            from .nightly import nightly

            return nightly(settings)
{~ endif ~}
        case _:
            print("usage: python -m {= package =} [healthcheck{~ if worker ~}|worker{~ endif ~}{~ if nightly ~}|nightly{~ endif ~}]", file=sys.stderr)
            return 2


def healthcheck(settings: Settings) -> int:
    """For the image's HEALTHCHECK: no curl needed."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    try:
        with urllib.request.urlopen(f"http://{host}:{settings.port}/health", timeout=2) as response:
            return 0 if response.status == 200 else 1
    except OSError as error:
        print(f"{host}:{settings.port}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
