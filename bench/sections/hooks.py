"""Both hooks, for one changed file in a repository of 3,000 files

What a commit waits for: `hook transform` and `hook validate`, one after the other, with the name of
the one changed file, which is changed again and staged before each run. What a run may have kept
for the next one is in a cache folder; in the last row, it is empty. The repository is a made-up one
with a folder an app, or a clone of the one that is named with `--repository`. In the made-up one,
`hook validate` must first refuse a wrong change: this shows that it reads the pools of other files.
"""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from shutil import rmtree

from bench import corpus, edge, nodes, programs
from bench.equality import expect
from bench.figures import Found, Spread, Verdict
from bench.place import Place
from bench.processes import Command, run
from bench.rounds import in_turn


def measure(place: Place) -> Iterator[Found]:
    """Measure both hooks in turn; the goal is for their sum."""
    folder = place.folder / "repository"
    if place.repository is None:
        _make(folder, place.size(599, 10))
        _expect_refusal(place, folder)
    else:
        _git(place.folder, "clone", "--quiet", str(place.repository), folder.name)
    changed = _git(folder, "grep", "-l", "^kind: Deployment", "--", "*.yaml").splitlines()[0]
    hooks = [_hook(folder, kind, changed, 0, 1) for kind in ("transform", "validate")]
    commands = [replace(hook, before=partial(_change, folder, changed)) for hook in hooks]
    forget = partial(rmtree, place.folder / "cache", ignore_errors=True)
    commands.append(replace(hooks[1], name=f"{hooks[1].name}, nothing cached", before=forget))
    caption = f"{len(_git(folder, 'ls-files').splitlines()):,} files"
    table = in_turn(caption, place, commands, lambda _, __: None)
    yield table
    rounds = zip(*(series.runs for series in table.series[:2]), strict=True)
    both = Spread.of(sum(run.seconds for run in runs) for runs in rounds)
    yield Verdict(f"{caption}: wall, both", both, " s", 1.5)


def _files(apps: int) -> Iterator[tuple[str, str]]:
    """Yield paths and texts: pools, and five files an app."""
    for pool in nodes.POOLS[:5]:
        is_host_network = pool in nodes.HOST_NETWORK_POOLS
        yield f"pools/{pool}.yaml", edge.pool(pool, host_network=is_host_network)
    names = ("deployment.yaml", "service.yaml", "config.yaml", "account.yaml")
    for number, document in enumerate(corpus.take("untouched", 4 * apps)):
        folder = f"apps/{number // 400:02d}/app-{number // 4:04d}"
        yield f"{folder}/{names[number % 4]}", document.text
        if number % 4 == 0:
            listed = "".join(f"- {name}\n" for name in names)
            yield f"{folder}/kustomization.yaml", f"resources:\n{listed}"


def _make(folder: Path, apps: int) -> None:
    for name, text in _files(apps):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    _git(folder, "init", "--quiet")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message=all")


def _expect_refusal(place: Place, folder: Path) -> None:
    """Expect `hook validate` to refuse pods that need a pod network, in a pool without one."""
    path = folder / "wrong.yaml"
    pool = nodes.HOST_NETWORK_POOLS[0]
    path.write_text(edge.pinned("Deployment", "wrong", pool, 9100, host_network=False))
    _git(folder, "add", path.name)
    output = place.folder / "refusal"
    run(_hook(folder, "validate", path.name, 1), place.folder, output)
    expect(b"HN401" in output.read_bytes(), "hook validate let a wrong change pass")
    _git(folder, "rm", "--quiet", "--force", path.name)


def _change(folder: Path, name: str) -> None:
    """Change a file, and stage that."""
    path = folder / name
    path.write_text(path.read_text().replace("  replicas: ", "  replicas: 1", 1) + "# changed\n")
    _git(folder, "add", name)


def _hook(folder: Path, kind: str, file: str, *statuses: int) -> Command:
    name = f"hook {kind}"
    return programs.own("hook", kind, file, folder=folder, name=name, statuses=statuses)


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=bench", "-c", "user.email=bench@example.com", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, check=True, text=True).stdout
