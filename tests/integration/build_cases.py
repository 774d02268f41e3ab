"""Random kustomizations in which each finding has one place that it can come from.

The name of each Service that a pod refers to is in one line of one file, so that line is where the
finding on it (HN409) belongs, whatever kustomize makes of the file.

    python -m tests.integration.build_cases NUMBER

builds so many, and prints how many findings are led to the line, how many to the text of the patch,
and how many to the kustomization only.
"""

import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from tests.integration.cli_runs import ROOT, TOOL, environment
from tests.requirements import find_tool

POOL = """\
apiVersion: apps.openyurt.io/v1beta2
kind: NodePool
metadata: {name: hz}
spec: {type: Edge, hostNetwork: true}
"""
_NAMES = ("shop", "db", "shop-db", "db-shop", "shop-shop", "app")
Value = dict[str, Any]


class _Case:
    """One repository: a base, overlays of it, perhaps a component and what lists the overlays.

    Names, and what kustomizations put before and after them, contain each other.
    """

    def __init__(self, draw: random.Random, folder: Path) -> None:
        self.draw = draw
        self.folder = folder
        self._numbers = count()
        self.names: list[str] = []

    def write(self) -> None:
        self._file("cluster/pools.yaml", POOL)
        self.names = self.draw.sample(_NAMES, self.draw.randint(1, 4))
        files: dict[str, list[Value]] = {f"f{self.draw.randint(0, 1)}.yaml": [] for _ in self.names}
        for name in self.names:
            self.draw.choice(list(files.values())).append(self._deployment(name))
        used = {name: docs for name, docs in files.items() if docs}
        for name, docs in used.items():
            self._file(f"base/{name}", yaml.safe_dump_all(docs, sort_keys=False))
        self._kustomization("base", {"resources": list(used), **self._maybe_patches("base", 0.3)})
        component = self.draw.random() < 0.3
        if component:
            value: Value = {
                "kind": "Component",
                "apiVersion": "kustomize.config.k8s.io/v1alpha1",
            }
            value |= self._maybe_patches("component", 1) | self._renaming()
            self._kustomization("component", value)
        overlays = ("edge", "site")[: self.draw.randint(1, 2)]
        for overlay in overlays:
            value = {"resources": ["../base"], **self._maybe_patches(overlay, 0.9)}
            value |= {"components": ["../component"]} if component else {}
            value |= self._renaming() | ({"namespace": "ns"} if self.draw.random() < 0.4 else {})
            if self.draw.random() < 0.3:
                value["configMapGenerator"] = [{"name": "made", "literals": ["a=b"]}]
            self._kustomization(overlay, value)
        if len(overlays) == 1 and self.draw.random() < 0.5:
            value = {"resources": ["../edge"], **self._renaming()}
            self._kustomization("top", {**value, **self._maybe_patches("top", 0.5)})

    def _renaming(self) -> Value:
        """Return what changes names, perhaps."""
        words = {"namePrefix": ("shop-", "shop-db-", "pre-"), "nameSuffix": ("-db", "-shop")}
        return {
            key: self.draw.choice(choices)
            for key, choices in words.items()
            if self.draw.random() < 0.4
        }

    def _deployment(self, name: str) -> Value:
        containers = [
            {"name": f"c{index}", "image": "c:1", "env": self._env(self.draw.randint(1, 3))}
            for index in range(self.draw.randint(1, 2))
        ]
        spec = {
            "hostNetwork": True,
            "nodeSelector": {"apps.openyurt.io/nodepool": "hz"},
            "containers": containers,
        }
        labels = {"app": name}
        template = {"metadata": {"labels": labels}, "spec": spec}
        return {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name},
            "spec": {"selector": {"matchLabels": labels}, "template": template},
        }

    def _env(self, number: int) -> list[Value]:
        return [{"name": f"V{index}", "value": self._service()} for index in range(number)]

    def _service(self) -> str:
        return f"s{next(self._numbers)}x.ns.svc"

    def _maybe_patches(self, folder: str, chance: float) -> Value:
        if self.draw.random() > chance:
            return {}
        return {"patches": [self._patch(folder, at) for at in range(self.draw.randint(1, 3))]}

    def _patch(self, folder: str, at: int) -> Value:
        name = self.draw.choice(self.names)
        sort = self.draw.choice(("merge", "merge", "steps"))
        text = self._merge(name) if sort == "merge" else self._steps()
        entry: Value = {}
        if sort == "steps" or self.draw.random() < 0.3:
            entry["target"] = self.draw.choice(
                ({"kind": "Deployment", "name": name}, {"kind": "Deployment", "name": f"{name}.*"})
            )
        if self.draw.random() < 0.5:
            self._file(f"{folder}/patch{at}.yaml", text)
            return {"path": f"patch{at}.yaml", **entry}
        return {"patch": text, **entry}

    def _merge(self, name: str) -> str:
        variable = self.draw.choice(("V0", "V1", "NEW"))
        container = {"name": "c0", "env": [{"name": variable, "value": self._service()}]}
        value = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name},
            "spec": {"template": {"spec": {"containers": [container]}}},
        }
        return yaml.safe_dump(value, sort_keys=False)

    def _steps(self) -> str:
        env = "/spec/template/spec/containers/0/env"
        added = {"op": "add", "path": f"{env}/-", "value": self._env(1)[0] | {"name": "MORE"}}
        replaced = {"op": "replace", "path": f"{env}/0/value", "value": self._service()}
        return yaml.safe_dump([self.draw.choice((added, replaced))], sort_keys=False)

    def _file(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def _kustomization(self, folder: str, value: Value) -> None:
        self._file(f"{folder}/kustomization.yaml", yaml.dump(value, Dumper=_Blocks))


class _Blocks(yaml.SafeDumper):
    """Writes texts of several lines as block scalars."""


_Blocks.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    ),
)


def outcomes(seed: int, folder: Path) -> Iterator[tuple[str, str]]:
    """Build one repository, and yield for each finding whether it is led to `line`, `patch` (the
    text of an inline patch), `kustomization` or `wrong`, and what it is.
    """
    _Case(random.Random(seed), folder).write()
    tool = Path(find_tool("kubectl") or "").parent
    done = subprocess.run(
        [*TOOL, "validate", "--build", "--format", "json", "."],
        cwd=folder,
        env=environment(PATH=f"{tool}:{environment()['PATH']}", PYTHONPATH=str(ROOT)),
        capture_output=True,
        check=False,
    )
    found = json.loads(done.stdout)["findings"]
    texts = {
        str(path.relative_to(folder)): path.read_text().splitlines()
        for path in folder.rglob("*.yaml")
    }
    for one in found:
        if one["rule"] != "HN409":
            continue  # kustomize refuses a patch for a name that several objects have or had
        name = next(word for word in one["message"].split() if word.endswith(".ns.svc"))
        true = {
            (file, number)
            for file, lines in texts.items()
            for number, line in enumerate(lines, 1)
            if f" {name}" in line
        }
        at = one["file"], one["line"]
        what = f"{seed}: {at}: {one['message']}"
        if at in true:
            yield "line", what
        elif any(at[0] == file and at[0].endswith("kustomization.yaml") for file, _ in true):
            yield "patch", what
        else:
            is_known = at[0].endswith("kustomization.yaml") and at[1] == 1
            yield "kustomization" if is_known else "wrong", what


def main() -> None:
    """Print the outcomes of so many repositories."""
    total: Counter[str] = Counter()
    for seed in range(int(sys.argv[1])):
        with tempfile.TemporaryDirectory() as folder:
            for outcome, what in outcomes(seed, Path(folder)):
                total[outcome] += 1
                if outcome in ("wrong", "kustomization"):
                    print(outcome, what)
    print(dict(total))


if __name__ == "__main__":
    main()
