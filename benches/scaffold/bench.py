"""The same template through several scaffolders: CPU time, and what an update loses."""

import datetime
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
import measure

INSTEP = shutil.which(os.environ.get("INSTEP", "instep"))
RUNS = int(os.environ.get("RUNS", "15"))
LINES = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
ENV = os.environ | {
    "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.com",
    "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@example.com",
}


def run(*command, cwd=None, check=True):
    ran = subprocess.run(command, cwd=cwd, env=ENV, capture_output=True, text=True)
    if check and ran.returncode:
        raise SystemExit(f"{command} in {cwd}: {ran.returncode}\n{ran.stdout}{ran.stderr}")
    return ran


def write(root, path, text):
    file = pathlib.Path(root, path)
    file.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(text, bytes):
        file.write_bytes(text)
    else:
        file.write_text(text)


def commit(root, message):
    if not pathlib.Path(root, ".git").exists():
        run("git", "init", "-q", "-b", "main", cwd=root)
    run("git", "add", "-A", cwd=root)
    run("git", "commit", "-qm", message, cwd=root)


def cpu(command, cwd, target):
    """Seconds of user and system time of a command and its children; the median of some runs."""
    times = []
    for _ in range(RUNS):
        shutil.rmtree(target, ignore_errors=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run(*command, cwd=cwd)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(times)


def own_cpu(command, cwd, target):
    """Seconds of the program's main thread alone, without git and whatever else it starts; the median of some runs."""
    times = []
    for _ in range(RUNS):
        shutil.rmtree(target, ignore_errors=True)
        child = subprocess.Popen(command, cwd=cwd, env=ENV, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # It has ended, and is not yet forgotten: the kernel still knows its nanoseconds.
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        times.append(int(pathlib.Path(f"/proc/{child.pid}/schedstat").read_text().split()[0]) / 1e9)
        if child.wait():
            raise SystemExit(f"{command}: {child.returncode}")
    return statistics.median(times)


def times(root):
    body = "".join(f"line {n} of {{{{ name }}}} on {{{{ port }}}}\n" for n in range(40))
    ours = body.replace("{{ ", "{= ").replace(" }}", " =}")
    for n in range(30):
        write(root, f"copier/d{n % 5}/f{n}.txt.jinja", body)
        write(root, f"cookie/{{{{cookiecutter.name}}}}/d{n % 5}/f{n}.txt", body.replace("{{ ", "{{ cookiecutter."))
        write(root, f"generate/d{n % 5}/f{n}.txt", body.replace("{{ name", "{{ project-name"))
        write(root, f"ours/template/d{n % 5}/f{n}.txt", ours)
    write(root, "copier/copier.yml", "name: {type: str, default: svc}\nport: {type: int, default: 8080}\n")
    write(root, "cookie/cookiecutter.json", '{"name": "svc", "port": "8080"}')
    write(root, "generate/cargo-generate.toml", '[placeholders.port]\ntype = "string"\nprompt = "Port"\ndefault = "8080"\n')
    write(root, "ours/scaffold.toml", 'name = "ours"\ndescription = "x"\nversion = 1\n[questions.port]\ntype = "int"\ndescription = "Port"\ndefault = 8080\n')
    create = [INSTEP, "new-service", "svc", "--scaffold", "./ours", "--yes", "--set", "context=x"]
    generate = ["cargo-generate", "generate", "--path", "./generate", "--name", "svc", "--silent", "--vcs", "none", "--define", "port=8080"]
    out = os.path.join(root, "svc")
    rows = [
        ("instep, rendered and checked (--dry-run)", [*create, "--dry-run"], cpu),
        ("instep, written, git init and two commits", create, cpu),
        ("instep, the same without git's own time", create, own_cpu),
        ("cargo-generate, no git", generate, cpu),
        ("cookiecutter, no git", ["cookiecutter", "--no-input", "cookie"], cpu),
        ("copier, no git", ["copier", "copy", "--quiet", "--defaults", "copier", "svc"], cpu),
    ]
    there = [(name, command, measured) for name, command, measured in rows if shutil.which(command[0])]
    found = [(name, measured(command, root, out), instructions(command, root, out)) for name, command, measured in there]
    yield "| what (30 files) | CPU | ratio to ours without git | million own instructions |\n|---|---:|---:|---:|"
    for name, seconds, count in found:
        yield f"| {name} | {seconds * 1000:.0f} ms | {seconds / found[2][1]:.1f} | {count} |"
    missing = [name.split(",")[0] for name, command, _ in rows if not shutil.which(command[0])]
    if missing:
        yield f"\nNot installed here: {', '.join(missing)}."


def instructions(command, cwd, target):
    """Those of the program itself, as valgrind counts them, in millions: the same however busy the machine is."""
    program = shutil.which(command[0])
    # Under valgrind, Python takes minutes.
    if not measure.native(program):
        return "–"
    shutil.rmtree(target, ignore_errors=True)
    return f"{measure.instructions([program, *command[1:]], cwd, HOME=cwd, PATH=os.environ['PATH'], USER='t'):.0f}"


# The case, the files of version 1, what the user does, the files of version 2, what must still be there.
CASES = [
    ("edits in different lines", {"a": LINES}, lambda r: write(r, "a", LINES.replace("one", "mine")), {"a": LINES.replace("seven", "theirs")}, ["mine", "theirs"]),
    ("both edit one line", {"a": LINES}, lambda r: write(r, "a", LINES.replace("one", "mine")), {"a": LINES.replace("one", "theirs")}, ["mine", "theirs"]),
    ("the template renames what the user edited", {"a": LINES}, lambda r: write(r, "a", LINES.replace("one", "mine")), {"b": LINES.replace("seven", "theirs")}, ["mine", "theirs"]),
    ("the user renamed what the template edits", {"a": LINES}, lambda r: os.rename(f"{r}/a", f"{r}/b"), {"a": LINES.replace("seven", "theirs")}, ["theirs"]),
    ("the template deletes what the user edited", {"a": LINES, "k": "k\n"}, lambda r: write(r, "a", LINES.replace("one", "mine")), {"k": "k\n"}, ["mine"]),
    ("the user deleted what the template edits", {"a": LINES, "k": "k\n"}, lambda r: os.remove(f"{r}/a"), {"a": LINES.replace("seven", "theirs"), "k": "k\n"}, ["theirs"]),
    ("a binary on both sides", {"a": b"\0one"}, lambda r: write(r, "a", b"\0mine"), {"a": b"\0theirs"}, ["mine"]),
    ("both add a file", {"k": "k\n"}, lambda r: write(r, "a", "mine\n"), {"k": "k\n", "a": "theirs\n"}, ["mine", "theirs"]),
    ("the template renames what the user deleted", {"a": LINES, "k": "k\n"}, lambda r: os.remove(f"{r}/a"), {"b": LINES.replace("seven", "theirs"), "k": "k\n"}, ["theirs"]),
    ("the template renames a folder with a file of the user's", {"d/a": LINES, "d/b": LINES.upper()}, lambda r: write(r, "d/own", "mine\n"), {"e/a": LINES, "e/b": LINES.upper()}, ["mine"]),
    ("neighbouring keys of TOML", {"a.toml": "x = 1\ny = 1\n"}, lambda r: write(r, "a.toml", "x = 'mine'\ny = 1\n"), {"a.toml": "x = 1\ny = 'theirs'\n"}, ["mine", "theirs"]),
]


def everything(root):
    found = b""
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in (".git", ".instep")]
        for name in files:
            found += pathlib.Path(folder, name).read_bytes()
    return found.decode(errors="replace")


def judged(root, ran, wanted):
    """What of both sides is in the work tree, and whether anything was said of the rest."""
    text = everything(root)
    lost = [word for word in wanted if word not in text]
    said = "conflict" in (ran.stdout + ran.stderr).lower() or ran.returncode != 0
    state = "both there" if not lost else f"{' and '.join(lost)} lost"
    return f"{state}, exit {ran.returncode}" + ("" if said or not lost else ", no word")


def ours(root, v1, edit, v2, wanted):
    def scaffold(version, files):
        shutil.rmtree(f"{root}/s", ignore_errors=True)
        write(root, "s/scaffold.toml", f'name = "s"\ndescription = "x"\nversion = {version}\n')
        for path, text in files.items():
            write(root, f"s/template/{path}", text)

    scaffold(1, v1)
    run(INSTEP, "new-service", "svc", "--scaffold", "./s", "--yes", cwd=root)
    edit(f"{root}/svc")
    commit(f"{root}/svc", "mine")
    scaffold(2, v2)
    ran = run(INSTEP, "update", "--apply", cwd=f"{root}/svc", check=False)
    return judged(f"{root}/svc", ran, wanted)


def copier(root, v1, edit, v2, wanted):
    template = f"{root}/t"
    write(template, "copier.yml", "name: {type: str, default: svc}\n")
    write(template, "{{ _copier_conf.answers_file }}.jinja", "{{ _copier_answers|to_nice_yaml }}")
    for path, text in v1.items():
        write(template, path, text)
    commit(template, "1")
    run("git", "tag", "1.0.0", cwd=template)
    run("copier", "copy", "--quiet", "--defaults", f"git+file://{template}", f"{root}/svc")
    commit(f"{root}/svc", "generated")
    edit(f"{root}/svc")
    commit(f"{root}/svc", "mine")
    for path in v1:
        os.remove(f"{template}/{path}")
    for path, text in v2.items():
        write(template, path, text)
    commit(template, "2")
    run("git", "tag", "2.0.0", cwd=template)
    ran = run("copier", "update", "--defaults", cwd=f"{root}/svc", check=False)
    return judged(f"{root}/svc", ran, wanted)


def losses():
    yield "| update | instep | copier |\n|---|---|---|"
    for name, v1, edit, v2, wanted in CASES:
        cells = []
        for tool in (ours, copier):
            with tempfile.TemporaryDirectory() as root:
                cells.append(tool(root, v1, edit, v2, wanted))
        yield f"| {name} | {cells[0]} | {cells[1]} |"


def versions():
    def first(*command):
        return run(*command).stdout.split("\n")[0].split(" from ")[0].strip()

    programs = [[INSTEP], ["cargo-generate", "generate"], ["cookiecutter"], ["copier"], ["git"]]
    tools = [first(*program, "--version").replace("cargo generate-", "cargo-") for program in programs if shutil.which(program[0])]
    return f"{datetime.date.today()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.0f}: {'; '.join(tools)}."


def into_docs(page, text):
    """Between the marks of a page of the book."""
    file = pathlib.Path(__file__).resolve().parents[2] / "docs" / page
    head, rest = file.read_text().split("<!-- bench -->\n", 1)
    tail = rest.split("<!-- end -->\n", 1)[1]
    file.write_text(f"{head}<!-- bench -->\n\n{text}\n\n<!-- end -->\n{tail}")


def main():
    with tempfile.TemporaryDirectory() as root:
        speed = "\n".join([f"Made by `benches/scaffold/bench.py` on {versions()}\n", *times(root)])
    print(speed + "\n", flush=True)
    lost = "\n".join([f"Made by `benches/scaffold/bench.py` on {versions()}\n", *losses()])
    print(lost)
    if "--write" in sys.argv:
        into_docs("new-service.md", speed)
        into_docs("update.md", lost)


if __name__ == "__main__":
    main()
