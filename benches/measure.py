"""What the scripts in this folder share: where the tools are, how instructions, time and memory are measured,
and the bars that instep must keep to.

Instructions are those that a tool executes itself, in millions, as valgrind counts them: they repeat to 0.1 %,
whatever else the machine does. Times are medians of rounds in which all tools take turns, so that a busy
moment meets all of them. The environment is small and fixed.
"""

import contextlib
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
# valgrind does not get along with the signals by which Go programs interrupt themselves.
ENV = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "GODEBUG": "asyncpreemptoff=1"}
OTHERS = ["just", "make", "ninja", "task"]

# Millions of own instructions; MiB for memory.
BARS = {
    "--version": 0.7,
    "run `true`": 1.1,
    "list of 100 tasks": 2.5,
    "completion of a word among 100 tasks": 4.2,
    "completion of a value among 100 tasks": 4.2,
    "graph of 100 `true` tasks, one at a time": 5.0,
    "10,000 unchanged files, by content": 28,
    "peak memory of run `true` (MiB)": 6,
}


def instep():
    """The program as it ships, or the one that is named."""
    named = [word for word in sys.argv[1:] if not word.startswith("-")]
    program = pathlib.Path(named[0] if named else ROOT / "target/dist/instep")
    if not program.exists():
        subprocess.run(["cargo", "build", "--profile", "dist"], cwd=ROOT, check=True)
    return str(program.resolve())


def tools():
    """Programs to compare with, as far as they are installed: name → path."""
    found = {name: shutil.which(name) for name in OTHERS}
    return {name: str(pathlib.Path(path).resolve()) for name, path in found.items() if path and native(path)}


def native(path):
    """A wrapper script would be measured instead of the tool."""
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


@contextlib.contextmanager
def folder(files):
    """A repository with these files."""
    with tempfile.TemporaryDirectory() as path:
        subprocess.run(["git", "init", "-q", path], check=True)
        for name, text in files.items():
            file = pathlib.Path(path, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        yield path


def instructions(command, cwd, **more):
    """Millions; the programs that a tool starts are not counted."""
    valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command]
    done = subprocess.run(valgrind, cwd=cwd, env=ENV | more, capture_output=True, text=True, errors="replace")
    counts = re.findall(r"Collected : (\d+)", done.stderr)
    if done.returncode or not counts:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    # A fork that has not become another program yet reports too; the tool itself is last.
    return int(counts[-1]) / 1e6


def peak(command, cwd):
    """One run: peak MiB of the largest process. Asked of `time`: a child of ours begins with our own memory."""
    done = subprocess.run(["/usr/bin/time", "-f", "%M", *command], cwd=cwd, env=ENV, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return int(done.stderr.split()[-1]) / 1024


def usage(command, cwd, **more):
    """One run: wall seconds, CPU seconds."""
    begin = time.monotonic()
    child = subprocess.Popen(command, cwd=cwd, env=ENV | more, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    wall = time.monotonic() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{' '.join(command)} ended with {child.returncode}")
    return wall, used.ru_utime + used.ru_stime


def rounds(commands, cwd, count=31, **more):
    """Medians of paired rounds: name → (wall ms, CPU ms)."""
    runs = {name: [] for name in commands}
    for _ in range(count):
        for name, command in commands.items():
            runs[name].append(usage(command, cwd, **more))
    return {name: tuple(1000 * statistics.median(run[i] for run in of) for i in (0, 1)) for name, of in runs.items()}


class Table:
    """Rows of one comparison; ends the program with 1 when a bar is missed."""

    def __init__(self):
        self.missed = []
        print(f"| | bar | instep | {' | '.join(OTHERS)} |")
        print(f"|---|---:|---:|{'---:|' * len(OTHERS)}")

    def row(self, case, values):
        """`values`: name → number."""
        bar = BARS.get(case)
        ours = values["instep"]
        if bar is not None and ours > bar:
            self.missed.append(f"{case}: {ours:.2f} is above {bar}")
        cells = [f"{values[name]:.2f}" if name in values else "–" for name in ["instep", *OTHERS]]
        print(f"| {case} | {'' if bar is None else f'≤ {bar}'} | {' | '.join(cells)} |", flush=True)

    def counted(self, case, commands, cwd, **more):
        """A row of instructions."""
        self.row(case, {name: instructions(command, cwd, **more) for name, command in commands.items()})

    def timed(self, case, commands, cwd, **more):
        """Two rows: wall time and CPU time; not with --quick."""
        if "--quick" not in sys.argv:
            times = rounds(commands, cwd, **more)
            self.row(f"{case}: wall ms", {name: wall for name, (wall, _) in times.items()})
            self.row(f"{case}: CPU ms", {name: cpu for name, (_, cpu) in times.items()})

    def end(self):
        """Says which bars were missed."""
        for line in self.missed:
            print(f"above the bar: {line}", file=sys.stderr)
        sys.exit(1 if self.missed else 0)


def many():
    """100 tasks with a description, and one that needs them all, for every tool."""
    names = [f"task-{number:03}" for number in range(100)]
    about = [(name, f"Does the thing called {name}") for name in names]
    toml = "".join(f'[tasks.{name}]\ndescription = "{text}"\nrun = "true"\n\n' for name, text in about)
    just = "".join(f"\n# {text}\n{name}:\n    @true\n" for name, text in about)
    make = "".join(f"# {text}\n{name}:\n\t@true\n" for name, text in about)
    taskfile = "".join(f"  {name}:\n    desc: {text}\n    cmds: ['true']\n" for name, text in about)
    everything = "".join(f"      - {name}\n" for name in names)
    return {
        "instep.toml": toml + f"[tasks.all]\nneeds = [{', '.join(f'{chr(34)}{name}{chr(34)}' for name in names)}]\n",
        "justfile": f"all: {' '.join(names)}\n" + just,
        "Makefile": f"all: {' '.join(names)}\n" + make,
        "Taskfile.yml": f"version: '3'\nsilent: true\ntasks:\n  all:\n    deps:\n{everything}" + taskfile,
        "build.ninja": "rule r\n  command = true\n" + "".join(f"build {name}: r\n" for name in names) + f"build all: phony {' '.join(names)}\n",
    }


SMALL = {
    "instep.toml": '[tasks.t]\nrun = "true"\n',
    "justfile": "t:\n    @true\n",
    "Makefile": "t:\n\t@true\n",
    "Taskfile.yml": "version: '3'\nsilent: true\ntasks:\n  t: 'true'\n",
    "build.ninja": "rule r\n  command = true\nbuild t: r\n",
}


def commands(ours, **others):
    """Ours, and those of the others that are installed: arguments → whole commands."""
    there = tools()
    return {"instep": [instep(), *ours]} | {name: [there[name], *args] for name, args in others.items() if name in there}
