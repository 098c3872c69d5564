"""The paths that people wait for, and the functions that are called on them."""

import contextlib
import os
import pathlib
import re
import subprocess
import sys

from measure import ENV, SMALL, folder, many

COMMANDS = [
    # arguments, whether among 100 tasks, further variables
    (["--version"], False, {}),
    (["t"], False, {}),
    (["list"], True, {}),
    (["all"], True, {}),
    (["--", "instep", "task"], True, {"INSTEP_COMPLETE": "fish"}),
]


def called(program):
    """For each path: the words of the command, the names of its functions."""
    with folder(SMALL) as small, folder(many()) as repo, contextlib.suppress(BrokenPipeError):
        for args, among, more in COMMANDS:
            yield " ".join(args), functions([program, *args], repo if among else small, more)


def building(program):
    """The names of the functions of an image's build: a first one, one with a changed file, one with none."""
    image = f"instep-bench/paths-{os.getpid()}"
    text = f'[service]\nname = "a"\n[image]\nrepository = "{image}"\n'
    files = {f"src/{n:03}": f"{n}" for n in range(400)}
    names = set()
    with folder(files | {"instep.toml": text, "Dockerfile": "FROM scratch\nCOPY src /src\n", ".dockerignore": ".git\n"}) as repo:
        for changed in ["000", "001", None]:
            if changed:
                pathlib.Path(repo, "src", changed).write_text("changed")
            names |= functions([program, "docker-build"], repo, {})
    subprocess.run(f"docker images -q {image} | sort -u | xargs -r docker rmi -f", shell=True, capture_output=True, check=True)
    return names


def functions(command, repo, more):
    """All that were called, as valgrind writes them down; it needs a build that has its names."""
    out = pathlib.Path(repo, "callgrind.out")
    valgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *command]
    subprocess.run(valgrind, cwd=repo, env=ENV | more, capture_output=True, check=True)
    found = set(re.findall(r"fn=\(\d+\) (.+)", out.read_text(errors="replace")))
    if not any("instep::" in name for name in found):
        sys.exit("this build has no names of functions: take one that is not stripped")
    # A function that calls itself is written once more for each depth.
    return {re.sub(r"'\d+$", "", name) for name in found}
