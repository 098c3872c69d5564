import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from fastapi.testclient import TestClient

from {= package =}.app import create_app
from {= package =}.identity import Identity
from {= package =}.logs import JsonFormatter
from {= package =}.settings import Settings


@pytest.fixture
def client():
    app = create_app(Identity(version="1.2.3", revision="abc", build_date="2026-01-01T00:00:00Z"))
    with TestClient(app) as client:
        yield client


def test_root_says_hello(client):
    response = client.get("/")
    assert response.status_code == 200
    assert response.json() == {"message": "Hello from {= name =}!", "version": "1.2.3"}


def test_health_is_ok(client):
    for path in ("/health", "/health/live", "/livez"):
        response = client.get(path)
        assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_ready_only_between_start_and_stop(client):
    assert client.get("/ready").status_code == 200
    client.app.state.ready = False
    assert client.get("/ready").status_code == client.get("/readyz").status_code == 503
    assert TestClient(create_app()).get("/ready").status_code == 503, "start-up has not run"


def test_info_names_the_build(client):
    info = client.get("/info").json()
    assert (info["name"], info["version"]) == ("{= name =}", "1.2.3")
    assert (info["git"], info["build"]) == ({"sha": "abc", "dirty": False}, {"date": "2026-01-01T00:00:00Z"})
    assert info["runtime"]["language"] == "python"


def test_identity_falls_back_to_instep_then_to_unknown(monkeypatch):
    for name in ("VERSION", "REVISION", "BUILD_DATE", "INSTEP_VERSION", "INSTEP_GIT_SHA"):
        monkeypatch.delenv(name, raising=False)
    assert Identity.from_environment() == Identity()
    monkeypatch.setenv("VERSION", "")
    monkeypatch.setenv("INSTEP_VERSION", "1.0.0")
    assert Identity.from_environment().version == "1.0.0"


def test_a_wrong_setting_is_named(monkeypatch):
    monkeypatch.setenv("PORT", "http")
    with pytest.raises(ValueError, match="PORT must be a port, not 'http'"):
        Settings.from_environment()


def test_metrics_count_requests_by_route_pattern(client):
    @client.app.get("/users/{user}")
    async def user(user: str) -> dict:
        return {"user": user}

    for path in ("/", "/users/ada", "/users/alan", "/nowhere", "/health", "/livez"):
        client.get(path)
    metrics = client.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert 'http_requests_total{method="GET",route="/",status="200"} 1.0' in metrics.text
    assert 'http_requests_total{method="GET",route="/users/{user}",status="200"} 2.0' in metrics.text
    assert 'http_requests_total{method="GET",route="unmatched",status="404"} 1.0' in metrics.text
    assert 'http_request_duration_seconds_count{method="GET",route="/",status="200"} 1.0' in metrics.text
    assert 'app_build_info{revision="abc",version="1.2.3"} 1.0' in metrics.text
    assert "process_resident_memory_bytes" in metrics.text
    assert 'route="/health"' not in metrics.text and "/livez" not in metrics.text


def test_a_request_is_one_log_line_and_own_endpoints_are_quiet(client, caplog):
    caplog.set_level(logging.INFO, logger="{= package =}.telemetry")
    client.get("/")
    client.get("/health")
    (record,) = [record for record in caplog.records if record.getMessage() == "request"]
    line = json.loads(JsonFormatter().format(record))
    assert (line["level"], line["method"], line["path"], line["status"]) == ("info", "GET", "/", 200)


def test_sigterm_drains_then_exits_with_0():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"HOST": "127.0.0.1", "PORT": str(port), "DRAIN_SECONDS": "1"}
    command = [sys.executable, "-m", "{= package =}"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as server:
        try:
            wait_until(lambda: ready(port) == 200)
            assert subprocess.run([*command, "healthcheck"], env=environment).returncode == 0
            server.send_signal(signal.SIGTERM)
            wait_until(lambda: ready(port) == 503)
            assert server.wait(timeout=10) == 0
        finally:
            server.kill()


def ready(port: int) -> int | None:
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=2).status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def wait_until(true, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)
