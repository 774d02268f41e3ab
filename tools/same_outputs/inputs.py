"""The inputs, written into a folder that has a folder for each set, and what is run on them."""

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import NamedTuple

import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings

from bench import corpus
from tests.fuzz.mutation import lines_mutated
from tests.property import glued, manifests
from transformer.report.formats import FORMATS

FOLDERS = {
    "manifests": "hnt .",
    "diff": "hnt --diff .",
    "check": "hnt --check .",
    "json-patch": "hnt --output json-patch .",
    "kustomize-patches": "hnt --output kustomize-patches .",
    "write": "hnt -w .",
    "report": "hnt --report json --check .",
    "report-file": "hnt --report-file report.json --all-or-nothing .",
    "options": "hnt -v --strict --enable host-network-pods --enable pool-attributes --diff .",
    "reformat": "hnt -q --allow-reformat --on-invalid pass --color always --diff .",
    "pools": "hnt --pools ../demo --disable pod-guard --diff .",
    **{f"validate-{name}": f"hnt validate --format {name} ." for name in FORMATS},
    "validate-old": "hnt validate --old ../{before} --format json .",
    "validate-options": "hnt validate -v --strict --color always --old ../{before} .",
    "fix": "hnt validate --fix --report-file report.json .",
}
"""What is run in each folder, by mode; `before` is another folder."""

FILES = {
    "filter": "hnt < {file}",
    "filter-options": "hnt --output json-patch --strict --on-invalid pass -v < {file}",
    "filter-validate": "hnt validate --format json < {file}",
}
PLUGINS = {
    "plugin": "hnt kustomize plugin ../plugin/hostnet.yaml < {file}",
    "plugin-validate": "hnt kustomize plugin ../plugin/validate.yaml < {file}",
}
FILES_OF = {
    **dict.fromkeys(("glued", "mutated", "fuzz"), FILES),
    "list": {"resource-list": "hnt < {file}", "resource-list-check": "hnt --check < {file}"},
    "demo": PLUGINS,
    "corpus": FILES | PLUGINS,
}
"""What is run for each file of a set of inputs."""

CASES = {
    "case-transform": "hnt {config} --report json {file}",
    "case-validate": "hnt validate {config} {old} {file}",
    "case-json": "hnt validate {config} {old} --format json {file}",
}
HOOKS = (
    *(f"hnt hook {name} $(git ls-files '*.yaml')" for name in ("transform", "check", "validate")),
    "hnt hook validate --from-ref HEAD --to-ref next",
    *(f"hnt validate --base HEAD --format {name} ." for name in FORMATS),
    *("hnt validate --staged", "hnt validate --staged --base next...", "hnt validate --base no ."),
    "rm *1.yaml; hnt hook check *.yaml; hnt hook validate; hnt validate --base HEAD .",
)
HELP = (
    *("", "transform", "validate", "rules", "schema", "hook", "kustomize", "kustomize plugin"),
    *("kustomize install", "hook transform", "hook check", "hook validate"),
)
USAGE = (
    *("--version", "rules", "schema", "rules HN999", "schema x", "hook", "--nonsense", "no.yaml"),
    *("--output x", "--max-document 0", "--enable x", "--config no", "-w -", "-w --check ."),
    *("--diff --check .", "--pools no .", "-w --output json-patch .", "--report-file / ."),
    *("validate --old no .", "validate --fix -", "validate --staged", "validate --base HEAD ."),
    *("hook validate --from-ref HEAD", "kustomize plugin no", "kustomize install --home here"),
)
WRITING = {"write", "report-file", "fix", "hooks", "field", "usage"}


class Job(NamedTuple):
    """A command line, in which `hnt` is the tool, the folder that it runs in, and how many
    documents it is given.
    """

    mode: str
    folder: str
    command: str
    documents: int = 0


def write_inputs(root: Path, to: Path) -> None:
    """Write what the jobs read: from the repository `root` and beside it, and generated."""
    testdata = root / "testdata"
    for path in (
        root.parent / "shared/corpus",
        *map(testdata.joinpath, ("demo", "field", "rules")),
    ):
        if path.is_dir():
            shutil.copytree(path, to / path.name)
        else:
            print(f"skipped: there is no {path}")
    shutil.copytree(testdata / "splice", to / "splice")
    shutil.copytree(root / "kustomize-plugin/examples/legacy", to / "plugin")
    own = [path.read_bytes() for path in sorted(testdata.glob("[rs]*/**/in.*"))]
    _write(to / "fuzz", (path.read_bytes() for path in sorted(testdata.glob("fuzz/*/*"))))
    _write(to / "list", (_listed(number, data) for number, data in enumerate(own)))
    for name, documents in _generated(own).items():
        for start in range(0, len(documents), 250):
            _write(to / f"{name}-{start:04}", documents[start : start + 250])
    _write_repository(testdata / "rules", to / "repository")


def _generated(own: Sequence[bytes]) -> dict[str, list[bytes]]:
    """Return 5,000 generated documents, the same ones each time; `own` are to be mutated."""
    drawn: dict[str, None] = {}

    checks = list(HealthCheck)

    @seed(1)
    @settings(
        max_examples=5000,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=checks,
    )
    @given(manifests.documents())
    def draw(document: manifests.Rendered) -> None:
        drawn[document.text] = None

    draw()
    chance = Random(1)
    return {
        "drawn": [text.encode() for text in islice(drawn, 3500)],
        "glued": [b"".join(glued.sequence(chance)) for _ in range(500)],
        "mutated": [lines_mutated(chance.choice(own), chance, own) for _ in range(500)],
        "mixed": [document.text.encode() for document in islice(corpus.mixed(), 500)],
    }


def _write(folder: Path, documents: Iterable[bytes]) -> None:
    folder.mkdir()
    for number, data in enumerate(documents):
        (folder / f"{number:04}.yaml").write_bytes(data)


def _listed(number: int, data: bytes) -> bytes:
    """Return documents as items of a ResourceList; every other one is for the validator."""
    items = (f"- {text}".replace("\n", "\n  ") for text in data.decode().split("---\n") if text)
    kind = ("HostnetTransform", "HostnetValidate")[number % 2]
    config = f"functionConfig: {{apiVersion: transform.hostnet.io/v1alpha1, kind: {kind}}}"
    head = ("apiVersion: config.kubernetes.io/v1", "kind: ResourceList", config, "items:")
    return "\n".join([*head, *items, ""]).encode()


def _write_repository(rules: Path, to: Path) -> None:
    """Write a repository: HEAD has old states of cases, the index and commit `next` new ones."""

    def git(*args: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *args]
        return subprocess.run(command, cwd=to, capture_output=True, check=True, text=True).stdout

    to.mkdir()
    git("init", "-q")
    for state in ("old", "in"):
        for number, old in enumerate(sorted(rules.glob("*/*/old.yaml"))):
            shutil.copy(old.with_stem(state), to / f"{number:03}.yaml")
        git("add", "-A")
        if state == "old":
            git("commit", "-qm", state)
    tree = git("write-tree").strip()
    git("tag", "next", git("commit-tree", tree, "-p", "HEAD", "-m", "in").strip())


def jobs(root: Path, inputs: Path) -> Iterator[Job]:
    """Yield all jobs on the `inputs`; the repository `root` says which rules and schemas exist."""
    for path in sorted(inputs.glob("[rs]*/**/in.*")):
        yield from _jobs_of_case(path, path.parent.relative_to(inputs).as_posix())
    for path in sorted(inputs.glob("field/*/runs.yaml")):
        for entry in yaml.safe_load(path.read_bytes()):
            yield Job("field", f"field/{path.parent.name}", entry["run"], 1)
    yield from (Job("hooks", "repository", command) for command in HOOKS)
    yield from (Job("help", "plugin", f"hnt {command} --help") for command in HELP)
    yield from (Job("usage", "plugin", f"hnt {command}") for command in USAGE)
    for what, pattern in {"rules": "docs/rules/*.md", "schema": "schemas/*.schema.json"}.items():
        for path in sorted(root.glob(pattern)):
            yield Job(what, "plugin", f"hnt {what} {path.name.partition('.')[0]}")
    names = sorted(path.name for path in inputs.iterdir())
    for before, name in zip([*names[-1:], *names], names, strict=False):
        files = sorted(path for path in (inputs / name).rglob("*.*") if path.is_file())
        count = sum(map(_documents, files))
        if name not in ("field", "list", "plugin", "repository"):
            for mode, command in FOLDERS.items():
                yield Job(mode, name, command.format(before=before), count)
        for path in files:
            for mode, command in FILES_OF.get(name.partition("-")[0], {}).items():
                file = path.relative_to(inputs / name)
                yield Job(mode, name, command.format(file=file), _documents(path))


def _jobs_of_case(path: Path, folder: str) -> Iterator[Job]:
    old = f"--old old{path.suffix}" if path.with_stem("old").exists() else ""
    config = "--config settings.yaml" if path.with_name("settings.yaml").exists() else ""
    for mode, command in CASES.items():
        line = command.format(config=config, old=old, file=path.name)
        yield Job(mode, folder, line, _documents(path))


def _documents(path: Path) -> int:
    return 1 + len(re.findall(rb"(?m)^---", path.read_bytes()[3:]))
