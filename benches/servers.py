"""What the comparisons over HTTP share: a local nginx, what a run took, and tables that are kept in docs/."""

import contextlib
import datetime
import os
import pathlib
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from measure import ROOT


def version(program):
    """As it says itself: `4.1.0`."""
    done = subprocess.run([program, "-v" if program == "wrk" else "--version"], capture_output=True, text=True)
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return found.group() if found else ""


def machine(made, programs):
    """Where and when a table was made, and with what."""
    there = ", ".join(f"{name} {version(name)}" for name in programs if shutil.which(name))
    kind = f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors at a load of {os.getloadavg()[0]:.0f}"
    return f"Made by `{made}` on {datetime.date.today()}: {kind}; {there}."


def write(page, name, text):
    """Puts a text between two marks of a page."""
    file = ROOT / page
    before, mark, rest = file.read_text().partition(f"<!-- {name} -->")
    _, end, after = rest.partition("<!-- end -->")
    if not mark or not end:
        sys.exit(f"{page} has no place for {name}")
    file.write_text(f"{before}{mark}\n\n{text}\n\n{end}{after}")


def free_port():
    """One that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def reachable(port):
    """Waits until somebody listens."""
    for _ in range(500):
        with contextlib.suppress(ConnectionRefusedError):
            return socket.create_connection(("127.0.0.1", port)).close()
        time.sleep(0.02)
    sys.exit(f"nothing listens on port {port}")


@contextlib.contextmanager
def nginx(folder, pages):
    """One worker that serves these pages; the URL of their folder."""
    if not shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"):
        sys.exit("nginx is needed: apt-get install nginx-light")
    www = pathlib.Path(folder, "www")
    www.mkdir()
    for path in (pathlib.Path(folder), www):
        path.chmod(0o755)
    for name, text in pages.items():
        (www / name).write_text(text)
    port = free_port()
    settings = f"""
worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 100000000; types {{ application/json json; }}
  server {{ listen 127.0.0.1:{port}; root {www}; }}
}}
"""
    pathlib.Path(folder, "nginx.conf").write_text(settings)
    path = f"{os.environ['PATH']}:/usr/sbin"
    server = subprocess.Popen(["nginx", "-c", f"{folder}/nginx.conf"], env=os.environ | {"PATH": path}, stderr=subprocess.DEVNULL)
    try:
        reachable(port)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait()


def run(command):
    """What it printed, its processor seconds, and its memory in MiB; asked of `time`, as a child of ours begins with
    our own memory."""
    with tempfile.NamedTemporaryFile("r") as took:
        timed = ["/usr/bin/time", "--quiet", "-o", took.name, "-f", "%U %S %M", *command]
        done = subprocess.run(timed, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True)
        user, system, memory = map(float, took.read().split()[-3:])
    return done.stdout, user + system, memory / 1024
