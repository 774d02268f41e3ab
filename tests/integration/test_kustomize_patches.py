"""`--output kustomize-patches` under real kustomize: which patches fit in which layer.

What is judged is the build with the patches: each object that wants the guard has it, and besides
nothing differs from the build without them.
"""

import subprocess
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.integration.cli_runs import Run, invoke
from tests.requirements import require_go_tool, require_tool

ASKED = '{apps.openyurt.io/exclude-host-network-pool: "true"}'
ZONE = "{key: zone, operator: In, values: [a]}"
PINNED = (
    "{nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
    f" {{nodeSelectorTerms: [{{matchExpressions: [{ZONE}]}}]}}}}}}"
)


def workload(
    name: str,
    namespace: str = "",
    *,
    annotations: str = ASKED,
    affinity: str = "",
    image: str = "x",
) -> str:
    place = f", namespace: {namespace}" if namespace else ""
    pinned = f", affinity: {affinity}" if affinity else ""
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}{place}}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata:
      labels: {{app: {name}}}
      annotations: {annotations}
    spec: {{containers: [{{name: main, image: {image}}}]{pinned}}}
"""


PROXY = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy, namespace: kube-system, labels: {k8s-app: kube-proxy}}
spec:
  selector: {matchLabels: {k8s-app: kube-proxy}}
  template:
    metadata: {labels: {k8s-app: kube-proxy}}
    spec:
      hostNetwork: true
      containers: [{name: kube-proxy, image: "registry.k8s.io/kube-proxy:v1.33.4"}]
"""

NODES = """\
apiVersion: apps.openyurt.io/v1beta2
kind: NodePool
metadata: {name: kiosks}
spec: {type: Edge, hostNetwork: true}
---
apiVersion: v1
kind: Node
metadata: {name: kiosk-1, labels: {apps.openyurt.io/nodepool: kiosks}}
"""


class Kustomize(NamedTuple):
    """The program, and the folder in which it works."""

    command: tuple[str, ...]
    folder: Path

    def write(self, **files: str) -> None:
        """Write files, `a__b` into the folder a, each name without its `.yaml`."""
        for name, text in files.items():
            path = self.folder / f"{name.replace('__', '/')}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def run(self, layer: str) -> subprocess.CompletedProcess[bytes]:
        command = [*self.command, str(self.folder / layer)]
        return subprocess.run(command, capture_output=True, check=False, timeout=60)

    def build(self, layer: str) -> bytes:
        done = self.run(layer)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def patches(self, *paths: str, stdin: bytes = b"") -> Run:
        run = invoke(
            "--output", "kustomize-patches", *map(self.folder.joinpath, paths), stdin=stdin
        )
        assert run.status == 0, run.err
        return run

    def append(self, layer: str, run: Run) -> None:
        """Do what `>> kustomization.yaml` does."""
        with (self.folder / layer / "kustomization.yaml").open("ab") as file:
            file.write(run.out)


@pytest.fixture(params=["kubectl kustomize", "kustomize build"])
def kustomize(request: pytest.FixtureRequest, tmp_path: Path) -> Kustomize:
    if request.param == "kubectl kustomize":
        return Kustomize((require_tool("kubectl"), "kustomize"), tmp_path)
    return Kustomize((require_go_tool("kustomize"), "build"), tmp_path)


def objects(built: bytes) -> list[Any]:
    return list(yaml.safe_load_all(built))


def transformed(built: bytes) -> bytes:
    run = invoke(stdin=built)
    assert run.status == 0, run.err
    return run.out


def guards(built: bytes) -> int:
    """Return how many objects have the requirement."""
    guard = "'nodepool.openyurt.io/hostnetwork', 'operator': 'NotIn'"
    return sum(guard in str(value) for value in objects(built))


LAYERS = {
    "nothing": "",
    "namespace": "namespace: shop\n",
    "namePrefix": "namePrefix: dev-\n",
    "namePrefix and namespace": "namespace: shop\nnamePrefix: dev-\n",
    "nameSuffix": "nameSuffix: -b\n",
}
"""What the built layer does. Flux writes its `targetNamespace` as `namespace`, its `namePrefix` and
`nameSuffix` as these, and its `patches` below those of the same kustomization.yaml.
"""

FOUND = {
    **{cell: 3 for cell in product(LAYERS, ["same layer", "layer above"], ["sources", "build"])},
    ("namePrefix", "same layer", "build"): 0,
    ("namePrefix and namespace", "same layer", "build"): 0,
    ("nameSuffix", "same layer", "build"): 0,
}
"""How many guards there are of the 3 that are wanted."""


@pytest.mark.parametrize("cell", FOUND, ids=", ".join)
def test_patches_guard_what_they_are_for_or_say_that_they_may_not(
    kustomize: Kustomize, cell: tuple[str, str, str]
) -> None:
    what, layer, origin = cell
    kustomize.write(
        app__work=f"{workload('web')}---\n{workload('api.v1', 'other', affinity=PINNED)}",
        app__net=f"{PROXY}---\n{workload('apixv1', annotations='{}')}",
        app__kustomization=f"resources: [work.yaml, net.yaml]\n{LAYERS[what]}",
        top__kustomization="resources: [../app]\n",
    )
    folder = "app" if layer == "same layer" else "top"
    plain = kustomize.build(folder)
    run = kustomize.patches("app") if origin == "sources" else kustomize.patches(stdin=plain)
    kustomize.append(folder, run)
    built = kustomize.build(folder)
    assert guards(built) == FOUND[cell]
    wanted = transformed(plain)
    assert objects(built) == (objects(wanted) if FOUND[cell] else objects(plain))
    assert (b"fit a layer above it only" in run.out) == (origin == "build")
    assert ("warning: if the input is a build" in run.err) == (origin == "build")
    targets = [patch["target"] for patch in yaml.safe_load(run.out)["patches"]]
    assert not any("namespace" in target for target in targets)


ORIGINS = ["files", "stream"]


@pytest.mark.parametrize("origin", ORIGINS)
def test_objects_of_one_name_are_told_apart_by_their_namespaces(
    kustomize: Kustomize, origin: str
) -> None:
    kustomize.write(
        app__a=workload("web", "a") + "---\n" + workload("web", "b", affinity=PINNED),
        app__b=workload("web", "a.b", annotations="{}") + "---\n" + workload("web", "axb"),
        app__kustomization="resources: [a.yaml, b.yaml]\n",
    )
    plain = kustomize.build("app")
    run = kustomize.patches("app") if origin == "files" else kustomize.patches(stdin=plain)
    targets = [patch["target"] for patch in yaml.safe_load(run.out)["patches"]]
    assert sorted(target["namespace"] for target in targets) == ["a", "axb", "b"]
    kustomize.append("app", run)
    assert objects(kustomize.build("app")) == objects(transformed(plain))


def test_a_build_of_two_layers_that_move_one_name_is_told_apart(kustomize: Kustomize) -> None:
    kustomize.write(
        base__web=workload("web"),
        base__kustomization="resources: [web.yaml]\n",
        a__kustomization="resources: [../base]\nnamespace: a\n",
        b__kustomization="resources: [../base]\nnamespace: b\n"
        f"patches: [{{patch: '{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: web}},"
        f" spec: {{template: {{spec: {{affinity: {PINNED}}}}}}}}}'}}]\n",
        top__kustomization="resources: [../a, ../b]\n",
    )
    plain = kustomize.build("top")
    kustomize.append("top", kustomize.patches(stdin=plain))
    assert objects(kustomize.build("top")) == objects(transformed(plain))


@pytest.mark.parametrize("origin", ORIGINS)
def test_an_object_without_a_namespace_beside_one_of_its_name(
    kustomize: Kustomize, origin: str
) -> None:
    kustomize.write(
        app__web=workload("web") + "---\n" + workload("web", "other"),
        app__kustomization="resources: [web.yaml]\n",
        moved__web=workload("api", affinity=PINNED),
        moved__kustomization="resources: [web.yaml]\nnamespace: moved\n",
        plain__web=workload("api", affinity=PINNED),
        plain__kustomization="resources: [web.yaml]\n",
        top__kustomization="resources: [../app, ../moved, ../plain]\n",
    )
    plain = kustomize.build("top")
    run = kustomize.patches(".") if origin == "files" else kustomize.patches(stdin=plain)
    kustomize.append("top", run)
    assert objects(kustomize.build("top")) == objects(transformed(plain))


def test_sources_that_only_their_layers_tell_apart_get_one_patch_and_a_warning(
    kustomize: Kustomize,
) -> None:
    kustomize.write(
        a__web=workload("web"),
        a__kustomization="resources: [web.yaml]\nnamePrefix: a-\n",
        b__web=workload("web"),
        b__kustomization="resources: [web.yaml]\nnamePrefix: b-\n",
        top__kustomization="resources: [../a, ../b]\n",
    )
    plain = kustomize.build("top")
    run = kustomize.patches(".")
    assert len(yaml.safe_load(run.out)["patches"]) == 1
    for text in (run.err, run.out.decode()):
        assert (
            "warning: one patch for 2 objects Deployment/web that no target can distinguish" in text
        )
    kustomize.append("top", run)
    assert objects(kustomize.build("top")) == objects(transformed(plain))


@pytest.mark.parametrize("other", ["annotations", "affinity"])
def test_of_sources_that_cannot_be_told_apart_none_gets_the_patch_of_another(
    kustomize: Kustomize, other: str
) -> None:
    differs = {"annotations": "{}"} if other == "annotations" else {"affinity": PINNED}
    kustomize.write(
        a__web=workload("web") + "---\n" + workload("api"),
        a__kustomization="resources: [web.yaml]\nnamePrefix: a-\n",
        b__web=workload("web", **differs),
        b__kustomization="resources: [web.yaml]\nnamePrefix: b-\n",
        top__kustomization="resources: [../a, ../b]\n",
    )
    run = kustomize.patches(".")
    for text in (run.err, run.out.decode()):
        assert (
            "warning: no patch for 2 objects Deployment/web that no target can distinguish" in text
        )
        assert "web.yaml:1, " in text
    kustomize.append("top", run)
    assert guards(kustomize.build("top")) == 1
    alone = kustomize.patches("a")
    assert "warning" not in alone.err
    kustomize.append("a", alone)
    assert guards(kustomize.build("a")) == 2


def test_a_patch_file_of_a_kustomization_is_no_second_object(kustomize: Kustomize) -> None:
    kustomize.write(
        app__web=workload("web"),
        app__image=workload("web", annotations="{}", image="y"),
        app__kustomization="resources: [web.yaml]\npatches:\n- path: image.yaml\n",
        top__kustomization="resources: [../app]\n",
    )
    plain = kustomize.build("top")
    run = kustomize.patches(".")
    assert "warning" not in run.err
    kustomize.append("top", run)
    assert objects(kustomize.build("top")) == objects(transformed(plain))


def test_an_affinity_that_another_patch_has_brought_is_not_lost_in_silence(
    kustomize: Kustomize,
) -> None:
    kustomize.write(
        app__web=workload("web"),
        app__kustomization="resources: [web.yaml]\n",
        pinned__pin=workload("web", annotations="{}", affinity=PINNED),
        pinned__kustomization="resources: [../app]\npatches:\n- path: pin.yaml\n",
        top__kustomization="resources: [../pinned]\n",
    )
    plain = kustomize.build("top")
    before = (kustomize.folder / "top" / "kustomization.yaml").read_bytes()
    kustomize.append("top", kustomize.patches("app"))
    done = kustomize.run("top")
    assert done.returncode != 0
    assert b"/spec/template/spec/affinity" in done.stderr
    (kustomize.folder / "top" / "kustomization.yaml").write_bytes(before)
    kustomize.append("top", kustomize.patches(stdin=plain))
    assert objects(kustomize.build("top")) == objects(transformed(plain))


def test_lists_nodes_and_odd_names_are_patched_too(kustomize: Kustomize) -> None:
    items = "".join(
        "- " + workload(name).replace("\n", "\n  ").rstrip(" ") for name in ("a+b", "'on'", "'1'")
    )
    kustomize.write(
        app__list=f"apiVersion: v1\nkind: List\nitems:\n{items}",
        app__nodes=NODES,
        app__kustomization="resources: [list.yaml, nodes.yaml]\nnamespace: shop\n",
    )
    plain = kustomize.build("app")
    kustomize.append("app", kustomize.patches("app"))
    built = kustomize.build("app")
    assert objects(built) == objects(transformed(plain))
    assert guards(built) == 3
    assert b'nodepool.openyurt.io/hostnetwork: "true"' in built


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_the_list_can_be_appended_whatever_the_last_line_ends_in(
    kustomize: Kustomize, end: bytes
) -> None:
    kustomize.write(app__web=workload("web"))
    text = b"resources:" + end + b" [web.yaml]" + end + b"\nnamespace: shop" + end
    (kustomize.folder / "app" / "kustomization.yaml").write_bytes(text)
    plain = kustomize.build("app")
    kustomize.append("app", kustomize.patches("app"))
    assert objects(kustomize.build("app")) == objects(transformed(plain))
