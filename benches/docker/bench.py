#!/usr/bin/env python3
"""Builds of 20,000 files and 200 MB: instep against the docker program. See README.md."""

import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INSTEP = os.environ.get("INSTEP", os.path.join(ROOT, "target/dist/instep"))
DOCKER = os.environ.get("DOCKER", "docker")
REPOSITORY = f"localhost:5000/instep-bench/docker-{os.getpid()}"
DOCKERFILE = "FROM scratch\nCOPY data /data\nCOPY src /src\n"
TOML = f'[service]\nname = "bench"\n[image]\nrepository = "{REPOSITORY}"\n'
# Each case, and how many rounds of it instep and BuildKit take in turn; the table has medians.
CASES = [("cold", 1), ("unchanged", 7), ("one file edited", 7)]


def tree(path, seed):
    """20,000 files of 1 kB and 20 of 9 MB, of a content that depends on the seed."""
    dice = random.Random(seed)
    for i in range(20_000):
        folder = os.path.join(path, f"src/m{i // 200:03}")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, f"f{i % 200:03}.txt"), "wb") as file:
            file.write(dice.randbytes(1000))
    os.makedirs(os.path.join(path, "data"), exist_ok=True)
    for i in range(20):
        with open(os.path.join(path, f"data/b{i:02}.bin"), "wb") as file:
            file.write(dice.randbytes(9_000_000))
    for name, text in [("Dockerfile", DOCKERFILE), ("instep.toml", TOML), (".dockerignore", ".git\n.instep\n")]:
        with open(os.path.join(path, name), "w") as file:
            file.write(text)
    subprocess.run(["git", "init", "-q", path], check=True)


class Counter:
    """A socket before the engine's that counts what goes there."""

    def __init__(self, path):
        self.path, self.sent = path, 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, _ = self.listener.accept()
            engine = socket.socket(socket.AF_UNIX)
            engine.connect("/var/run/docker.sock")
            threading.Thread(target=self.carry, args=(client, engine, True), daemon=True).start()
            threading.Thread(target=self.carry, args=(engine, client, False), daemon=True).start()

    def carry(self, source, target, counts):
        try:
            while data := source.recv(1 << 16):
                self.sent += len(data) if counts else 0
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def run(argv, env, folder):
    """Wall, CPU, peak memory of one run. Through time(1): a child of this process would inherit its peak."""
    with tempfile.NamedTemporaryFile() as noted:
        timed = ["/usr/bin/time", "-o", noted.name, "-f", "%e %U %S %M", *argv]
        done = subprocess.run(timed, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            sys.exit(f"{argv} failed:\n{done.stderr.decode(errors='replace')}")
        wall, user, system, peak = (float(word) for word in noted.read().split())
        return wall, user + system, peak / 1024


def clients():
    base = dict(os.environ, DOCKER_CLI_HINTS="false")
    build = [DOCKER, "build", "-q", "-t", f"{REPOSITORY}:docker", "."]
    return [
        ("instep", [INSTEP, "docker-build", "-q"], base),
        ("docker, BuildKit", build, dict(base, DOCKER_BUILDKIT="1")),
        ("docker, classic", build, dict(base, DOCKER_BUILDKIT="0")),
    ]


def edit(folder, text):
    with open(os.path.join(folder, "src/m050/f100.txt"), "w") as file:
        file.write(text)


def measure(case, client, work):
    """One build of a client's own tree: (wall, CPU, peak memory), MB sent. All go through a counter: it costs each
    of them the same."""
    name, argv, env = client
    folder = os.path.join(work, name, "tree")
    if case == "cold":
        tree(folder, f"{os.getpid()} {name}")
    if case == "one file edited":
        edit(folder, f"{time.time()}")
    counter = Counter(os.path.join(work, name, f"{time.time()}.sock"))
    time.sleep(0.2)
    measured = run(argv, dict(env, DOCKER_HOST=f"unix://{counter.path}"), folder)
    os.unlink(counter.path)
    print(case, name, measured, counter.sent, f"load {os.getloadavg()[0]:.0f}", file=sys.stderr)
    return (*measured, counter.sent / 1e6)


def main():
    rows = {}
    work = tempfile.mkdtemp(prefix="instep-bench-", dir=os.environ.get("BENCH_DIR", "/var/tmp"))
    try:
        for case, rounds in CASES:
            for turn in range(rounds):
                # The classic builder sends everything every time: once says it.
                for client in clients() if turn == 0 else clients()[:2]:
                    rows.setdefault((case, client[0]), []).append(measure(case, client, work))
    finally:
        shutil.rmtree(work, ignore_errors=True)
        images = subprocess.run([DOCKER, "images", "-q", REPOSITORY], capture_output=True, text=True).stdout.split()
        if images:
            subprocess.run([DOCKER, "rmi", "-f", *sorted(set(images))], stdout=subprocess.DEVNULL)
    print("| case | client | runs | wall | CPU | peak memory | sent |\n|---|---|---|---|---|---|---|")
    for (case, name), seen in rows.items():
        wall, cpu, memory, sent = (statistics.median(column) for column in zip(*seen))
        print(f"| {case} | {name} | {len(seen)} | {wall:.2f} s | {cpu:.2f} s | {memory:.1f} MiB | {size(sent)} |")


def size(mb):
    return f"{mb:.2f} MB" if mb >= 0.01 else f"{mb * 1e6:.0f} bytes"


main()
