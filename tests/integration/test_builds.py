"""`validate --build`: what kustomize makes of the input is validated, and findings lead back."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.effort import tried
from tests.integration.build_cases import outcomes
from tests.integration.cli_runs import Run, invoke
from tests.manifests import pool
from tests.requirements import require_tool
from transformer.inputs.builds import objects, program
from transformer.inputs.reading import value_of
from transformer.pipeline.documents import Document

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      containers: [{name: web, image: "nginx:1"}]
"""
PIN = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      nodeSelector:
        apps.openyurt.io/nodepool: p
"""


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A base, an overlay that pins its pods to a host-network pool, and that pool."""
    kubectl = Path(require_tool("kubectl"))
    monkeypatch.setenv("PATH", f"{kubectl.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv(program.VARIABLE, raising=False)
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    write("base/dep.yaml", DEPLOYMENT)
    write("base/kustomization.yaml", "resources: [dep.yaml]\n")
    write("edge/kustomization.yaml", "resources: [../base]\npatches: [{path: pin.yaml}]\n")
    write("edge/pin.yaml", PIN)
    write("cluster/pools.yaml", pool("p").decode())
    return folder


def kustomize() -> str:
    """Return the command that builds: that of kustomize, or of kubectl."""
    return " ".join(program.program(os.environ))


def write(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def overlay(text: str) -> None:
    """Make another kustomization of the overlay, without its patch."""
    write("edge/kustomization.yaml", text)
    Path("edge/pin.yaml").unlink(missing_ok=True)


def found(*arguments: str) -> list[tuple[str, str, int]]:
    """Return severity and rule, file and line of each finding."""
    run = validated(*arguments)
    findings: list[dict[str, Any]] = json.loads(run.out)["findings"]
    return [(f"{one['severity']}[{one['rule']}]", one["file"], one["line"]) for one in findings]


def validated(*arguments: str) -> Run:
    return invoke("validate", "--format", "json", *(arguments or ("--build", ".")))


def test_what_an_overlay_breaks_is_at_the_line_of_its_patch() -> None:
    assert [rule for rule, _, _ in found(".")] == ["info[HN420]"]  # without the patch
    assert found("--build", ".") == [("error[HN401]", "edge/pin.yaml", 8)]
    assert found("--build-dir", "edge", ".") == found("--build", ".")
    assert validated("--build", ".").status == 1


EXCLUDE = "apps.openyurt.io/exclude-host-network-pool"


def test_no_edit_of_a_source_is_advised_where_none_is_made() -> None:
    advice = "transform the built result, as in `kubectl kustomize DIR | hostnet-transform`"
    head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
    asks = f'metadata: {{labels: {{a: b}}, annotations: {{{EXCLUDE}: "true"}}}}'
    write("edge/pin.yaml", f"{head}spec: {{template: {{{asks}}}}}\n")
    (one,) = reported("--build", ".")
    assert (one["rule"], one["file"]) == ("HN426", "edge/pin.yaml")
    assert one["hint"] == f"guard the source, or {advice}"
    overlay(f'resources: [../base]\ncommonAnnotations: {{{EXCLUDE}: "yes"}}\n')
    hints = {one["hint"] for one in reported("--build", ".") if one["rule"] == "HN403"}
    assert hints == {f'write "true" or "false", in quotes, and {advice}'}
    write("base/dep.yaml", DEPLOYMENT.replace("metadata: {labels: {a: b}}", asks))
    overlay("resources: [../base]\n")
    (one,) = reported("--build", ".")
    assert (one["rule"], one["file"]) == ("HN426", "base/dep.yaml")
    assert one["hint"] == "`hostnet-transform -w` and `validate --fix` add the node affinity"


def test_what_an_overlay_makes_right_is_right() -> None:
    write("edge/pin.yaml", f"{PIN}      hostNetwork: true\n")
    assert found("--build", ".") == []


def test_what_the_base_has_is_at_its_line() -> None:
    overlay("resources: [../base]\nnamePrefix: x-\n")
    pinned = DEPLOYMENT + "      nodeSelector: {apps.openyurt.io/nodepool: p}\n"
    write("base/dep.yaml", pinned)
    assert found("--build", ".") == [("error[HN401]", "base/dep.yaml", 11)]


def test_what_several_builds_have_in_common_is_told_once() -> None:
    write("base/dep.yaml", f"{DEPLOYMENT}      nodeSelector: {{apps.openyurt.io/nodepool: p}}\n")
    overlay("resources: [../base]\n")
    for name in ("a", "b", "c", "d"):
        write(f"{name}/kustomization.yaml", "resources: [../base]\n")
    (one,) = json.loads(validated("--build", ".").out)["findings"]
    assert (one["file"], one["line"]) == ("base/dep.yaml", 11)
    assert one["message"].endswith(
        "(as built by a/kustomization.yaml, b/kustomization.yaml, c/kustomization.yaml and 2 more)"
    )


def test_places_in_other_builds_name_their_kustomization() -> None:
    overlay("resources: [../base]\n")
    write("cluster/kustomization.yaml", "resources: [pools.yaml]\n")
    for name in ("", "far/"):
        write(f"{name}edge/kustomization.yaml", f"resources: [{'../' * name.count('/')}../base]\n")
    (one,) = reported("--build", ".")
    assert (one["rule"], one["file"]) == ("HN420", "cluster/pools.yaml")
    assert "as built by" not in one["message"]
    assert [(also["file"], also["message"]) for also in one["related"]] == [
        ("base/dep.yaml", "can land there (as built by edge/kustomization.yaml)"),
        ("base/dep.yaml", "can land there (as built by far/edge/kustomization.yaml)"),
    ]


def test_patches_in_a_kustomization_are_found_at_their_lines() -> None:
    steps = """\
resources: [../base]
patches:
- target: {kind: Deployment, name: w.b}
  patch: |-
    - op: add
      path: /spec/template/spec/nodeSelector
      value:
        apps.openyurt.io/nodepool: p
"""
    overlay(steps)
    assert found("--build", ".") == [("error[HN401]", "edge/kustomization.yaml", 8)]


def git(*arguments: str) -> None:
    identity = ("-c", "user.name=me", "-c", "user.email=me@example.com")
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


def test_a_literal_of_a_generator_is_found_at_its_line() -> None:
    uses = DEPLOYMENT.replace("}]\n", ", envFrom: [{configMapRef: {name: c}}]}]\n")
    pinned = "      hostNetwork: true\n      nodeSelector: {apps.openyurt.io/nodepool: p}\n"
    write("base/dep.yaml", f"{uses}{pinned}")
    generated = "configMapGenerator:\n- name: c\n  literals:\n  - A=1\n  - TO=http://b.c.svc\n"
    write("base/kustomization.yaml", f"resources: [dep.yaml]\n{generated}")
    overlay("resources: [../base]\nnamePrefix: x-\n")
    assert found("--build", ".") == [("warning[HN409]", "base/kustomization.yaml", 6)]


def test_both_states_are_built() -> None:
    overlay("resources: [../base, ../cluster/pools.yaml]\n")
    Path("cluster/pools.yaml").rename("edge/pools.yaml")
    overlay("resources: [../base, pools.yaml]\n")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    assert [rule for rule, _, _ in found("--build", "--base", "HEAD", ".")] == ["warning[HN420]"]
    write("edge/pools.yaml", pool("p", host_network=False).decode())
    changed = [("error[HN201]", "edge/pools.yaml", 7)]
    assert found("--build", "--base", "HEAD", ".") == changed
    assert found("--build", "--staged", ".") == [("warning[HN420]", "edge/pools.yaml", 7)]
    git("add", ".")
    assert found("--build", "--staged", ".") == changed
    write("edge/pools.yaml", "not: built\n")
    assert found("--build", "--staged", ".") == changed
    assert Path("edge/pools.yaml").read_text() == "not: built\n"


def test_a_folder_can_have_any_name() -> None:
    pinned = DEPLOYMENT + "      nodeSelector: {apps.openyurt.io/nodepool: p}\n"
    for name in ("it's", 'a "b" #c', "two\nlines"):
        write(f"{name}/kustomization.yaml", "resources: [dep.yaml]\n")
        write(f"{name}/dep.yaml", pinned)
        (one,) = found("--build-dir", name, name, "cluster")
        assert one == ("error[HN401]", f"{name}/dep.yaml", 11)


def test_what_is_missing_is_where_it_belongs_in_the_source() -> None:
    overlay("resources: [../base]\n")
    pods = "  template:\n    metadata: {labels: {app: flannel}}\n    spec:\n"
    flannel = (
        "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: flannel, labels: {app: flannel}}\n"
        f"spec:\n  selector: {{matchLabels: {{app: flannel}}}}\n{pods}"
        "      hostNetwork: true\n"
        '      containers: [{name: f, image: "docker.io/flannel/flannel:1"}]\n'
    )
    write("base/dep.yaml", flannel)
    assert found("base", "cluster") == [("error[HN406]", "base/dep.yaml", 9)]
    assert found("--build", ".") == [("error[HN406]", "base/dep.yaml", 9)]
    patch = (
        flannel.partition("  selector")[0] + "  template: {spec: {affinity: {podAffinity: {}}}}\n"
    )
    write("edge/patch.yaml", patch)
    write("edge/kustomization.yaml", "resources: [../base]\npatches: [{path: patch.yaml}]\n")
    assert found("--build", ".") == [("error[HN406]", "edge/patch.yaml", 5)]


SHOPS = """\
resources: [../base]
namePrefix: shop-
nameSuffix: -x
"""


def test_objects_are_told_apart_by_the_names_that_kustomizations_give() -> None:
    pinned = DEPLOYMENT + "      nodeSelector: {apps.openyurt.io/nodepool: p}\n"
    names = ("shop", "db", "shop-db", "shop-shop")
    write("base/dep.yaml", "---\n".join(pinned.replace("web", name) for name in names))
    overlay(SHOPS)
    write("site/kustomization.yaml", "resources: [../edge]\nnamePrefix: b-\nnamespace: ns\n")
    led = {one["object"]["name"]: one["line"] for one in reported("--build", ".")}
    assert led == {f"b-shop-{name}-x": 11 + 12 * number for number, name in enumerate(names)}


def test_a_component_gives_names_after_the_resources_and_before_what_lists_it() -> None:
    pinned = DEPLOYMENT + "      nodeSelector: {apps.openyurt.io/nodepool: p}\n"
    write("base/dep.yaml", "---\n".join(pinned.replace("web", name) for name in ("a", "b-a")))
    component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: b-\n"
    write("component/kustomization.yaml", component)
    overlay("resources: [../base]\ncomponents: [../component]\nnamePrefix: c-\n")
    led = {one["object"]["name"]: one["line"] for one in reported("--build", ".")}
    assert led == {"c-b-a": 11, "c-b-b-a": 23}


def test_patches_are_those_on_the_way_of_an_object() -> None:
    """Each overlay has a patch that sets the same; one names the object as a layer below does."""
    overlay("resources: [../base]\nnamePrefix: m-\n")
    for name in ("north", "south"):
        text = f"resources: [../edge]\nnamePrefix: {name}-\npatches: [{{path: pin.yaml}}]\n"
        write(f"{name}/kustomization.yaml", text)
        write(f"{name}/pin.yaml", PIN.replace("web", "m-web"))
    write("all/kustomization.yaml", "resources: [../north, ../south]\n")
    led = {one["object"]["name"]: (one["file"], one["line"]) for one in reported("--build", ".")}
    assert led == {"north-m-web": ("north/pin.yaml", 8), "south-m-web": ("south/pin.yaml", 8)}


def test_an_object_without_its_origin_is_found_by_its_name() -> None:
    pinned = DEPLOYMENT.replace("  name: web\n", "  name: web\n  annotations: {a: b}\n")
    write("base/dep.yaml", f"{pinned}      nodeSelector: {{apps.openyurt.io/nodepool: p}}\n")
    steps = '[{"op": "replace", "path": "/metadata/annotations", "value": {"c": "d"}}]'
    target = "{kind: Deployment, name: web}"
    text = f"resources: [../base]\npatches: [{{target: {target}, patch: '{steps}'}}]\n"
    overlay(f"{text}nameSuffix: -x\n")
    assert found("--build", ".") == [("error[HN401]", "base/dep.yaml", 12)]


def test_what_is_built_may_be_nothing_that_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = "a: " + "{b: " * 250 + "c" + "}" * 250
    write(
        "base/dep.yaml", f"apiVersion: example.com/v1\nkind: Deep\nmetadata: {{name: d}}\n{deep}\n"
    )
    overlay("resources: [../base]\n")
    assert found("--build", ".") == [("error[HN901]", "edge/kustomization.yaml", 1)]
    monkeypatch.setenv(program.VARIABLE, "echo a: [")
    assert found("--build", ".") == [("error[HN901]", "edge/kustomization.yaml", 1)]


def test_a_file_is_parsed_once_however_many_findings_lead_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = 40
    pinned = DEPLOYMENT + "      nodeSelector: {apps.openyurt.io/nodepool: p}\n"
    texts = [pinned.replace("web", f"web{index}") for index in range(number)]
    write("base/dep.yaml", "---\n".join(texts))
    overlay("resources: [../base]\nnamePrefix: x-\n")
    parsed: list[Document] = []

    def counted(document: Document) -> object:
        parsed.append(document)
        return value_of(document)

    monkeypatch.setattr(objects, "value_of", counted)
    led = found("--build", ".")
    assert [line for _, _, line in led] == [11 + 12 * index for index in range(number)]
    assert len(parsed) == 2 * number


@pytest.mark.parametrize(
    ("ignored", "is_suppressed"),
    [
        ("file: /base/", True),
        ("object: Deployment/web", True),
        ("object: Deployment/web, file: /base/dep.yaml", True),
        ("object: Deployment/x-web, file: /base/", True),
        ("object: Deployment/x-web", True),
        ("file: /edge/", True),
        ("file: /cluster/", False),
        ("object: Deployment/other, file: /base/", False),
        ("object: Deployment/web, file: /cluster/", False),
    ],
)
def test_a_suppression_is_for_a_finding_as_it_is_reported(
    ignored: str, is_suppressed: bool
) -> None:
    write("base/dep.yaml", f"{DEPLOYMENT}{SELECTOR}")
    overlay("resources: [../base]\nnamePrefix: x-\n")
    ignore(ignored)
    for paths in (["."], ["edge", "cluster"]):
        rules = {rule for rule, _, _ in found("--build", *paths)} - {"warning[HN906]"}
        assert rules == (set() if is_suppressed else {"error[HN401]"})


def test_what_a_patch_does_is_suppressed_where_the_patch_is() -> None:
    ignore("file: /base/")
    unused = ("warning[HN906]", ".hostnet-transform.yaml", 5)
    assert found("--build", ".") == [unused, ("error[HN401]", "edge/pin.yaml", 8)]
    ignore("file: /edge/pin.yaml")
    assert found("--build", ".") == []


@pytest.mark.parametrize(
    ("ignored", "is_seen"),
    [
        ("file: /base/", True),
        ("file: /edge/pin.yaml", True),
        ("object: Deployment/web", True),
        ("object: Deployment/x-web", True),
        ("file: /elsewhere/", False),
        ("object: Deployment/other", False),
    ],
)
def test_suppressions_of_what_was_built_can_be_unused(ignored: str, is_seen: bool) -> None:
    write("edge/pin.yaml", f"{PIN}      hostNetwork: true\n")
    write(
        "edge/kustomization.yaml",
        "resources: [../base]\npatches: [{path: pin.yaml}]\nnamePrefix: x-\n",
    )
    ignore(ignored)
    assert [rule for rule, _, _ in found("--build", ".")] == ["warning[HN906]"] * is_seen


def ignore(what: str) -> None:
    """Make a configuration that ignores HN401 for `what`."""
    head = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n"
    entry = f"spec:\n  ignore:\n  - {{rules: [HN401], {what}, reason: known}}\n"
    write(".hostnet-transform.yaml", head + entry)


def test_our_own_transformer_is_applied() -> None:
    overlay("resources: [../base]\ntransformers: [hostnet.yaml]\n")
    head = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n"
    write("edge/hostnet.yaml", f"{head}metadata: {{name: t}}\n")
    before = Path("edge/kustomization.yaml").read_bytes()
    assert [rule for rule, _, _ in found("--build", ".")] == ["warning[HN420]"]
    text = DEPLOYMENT.replace(
        "    metadata: {labels: {a: b}}\n",
        "    metadata:\n      labels: {a: b}\n      annotations:\n"
        '        apps.openyurt.io/exclude-host-network-pool: "true"\n',
    )
    write("base/dep.yaml", text)
    assert [rule for rule, _, _ in found("base")] == ["warning[HN426]"]
    assert found(".") == found("--build", ".") == []
    assert Path("edge/kustomization.yaml").read_bytes() == before


URL = "https://example.com/file.yaml"
GENERATOR = f"""\
generators:
- |
  apiVersion: builtin
  kind: ConfigMapGenerator
  metadata: {{name: c}}
  files: [{URL}]
"""
INFLATOR = GENERATOR.replace("ConfigMapGenerator", "HelmChartInflationGenerator")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("helmCharts: [{name: c, repo: https://example.com}]\n", "a Helm chart"),
        ("transformers: [other.yaml]\n", "the plugin or function Other"),
        ("components: [https://example.com/repo//folder?ref=v1]\n", "a remote resource"),
        (f"configMapGenerator: [{{name: c, files: [a={URL}]}}]\n", "a remote resource"),
        (f"secretGenerator: [{{name: c, envs: [{URL}]}}]\n", "a remote resource"),
        (f"patches: [{{path: {URL}}}]\n", "a remote resource"),
        (f"openapi: {{path: {URL}}}\n", "a remote resource"),
        (f"CRDs: [{URL}]\n", "a remote resource"),
        (f"configurations: [{URL}]\n", "a remote resource"),
        (f"replacements: [{{path: {URL}}}]\n", "a remote resource"),
        (GENERATOR, "a remote resource"),
        (INFLATOR, "a Helm chart"),
    ],
)
def test_what_would_start_a_program_or_reach_out_is_not_built(more: str, why: str) -> None:
    overlay(f"resources: [../base]\n{more}")
    other = "apiVersion: example.com/v1\nkind: Other\nmetadata: {name: o}\n"
    write("edge/other.yaml", other)
    run = validated("--build", ".")
    assert [one["rule"] for one in json.loads(run.out)["findings"]] == ["HN420"]
    reasons = [
        one["why"]
        for one in json.loads(run.out)["unseen"]
        if (one["what"], one["file"]) == ("kustomization", "edge/kustomization.yaml")
    ]
    assert reasons == [f"it is not built: {why} in edge/kustomization.yaml"]


def test_why_something_is_not_built_is_told_of_all_that_it_uses() -> None:
    overlay("resources: [../base]\n")
    write("north/kustomization.yaml", "resources: [../base]\nhelmCharts: [{name: c}]\n")
    write("south/kustomization.yaml", "resources: [../own, missing.yaml]\n")
    write("own/kustomization.yaml", "resources: [a.yaml]\n")
    write("own/a.yaml", DEPLOYMENT)
    run = validated("--build", ".")
    unseen = [one for one in json.loads(run.out)["unseen"] if one["what"] == "kustomization"]
    assert {one["name"]: (one["why"], one["group"]) for one in unseen} == {
        "base": ("it is also used by north, which is not built (a Helm chart)", "used by these"),
        "north": ("it is not built: a Helm chart in north/kustomization.yaml", "with Helm charts"),
        "own": ("used only by south, which is not built (HN901)", "used by these"),
        "south": ("the build failed (HN901)", "failed"),
    }
    counts = "4 kustomizations (not built: 1 failed, 1 with Helm charts, 2 used by these)"
    assert counts in run.err
    run = validated("--build-dir", "edge", ".")
    assert "3 kustomizations (not built: 3 not named by --build-dir)" in run.err


def test_what_was_built_is_looked_into_and_what_it_holds_is_told_where_it_comes_from() -> None:
    release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: r}\n"
    write("base/release.yaml", f"# first\n{release}")
    write("base/kustomization.yaml", "resources: [dep.yaml, release.yaml]\n")
    write("site/kustomization.yaml", "resources: [../base]\n")
    write("north/kustomization.yaml", "helmCharts: [{name: c, repo: https://example.com}]\n")
    unseen = json.loads(validated("--build", ".").out)["unseen"]
    assert [(one["what"], one["file"], one["line"]) for one in unseen] == [
        ("kustomization", "north/kustomization.yaml", 1),
        ("HelmRelease", "base/release.yaml", 2),
        ("chart", "north/kustomization.yaml", 1),
    ]


def test_a_build_that_fails_is_an_error_in_the_words_of_kustomize() -> None:
    overlay("resources: [../base, missing.yaml]\n")
    run = validated("--build", ".")
    others, failed = json.loads(run.out)["findings"]
    assert (failed["rule"], failed["file"]) == ("HN901", "edge/kustomization.yaml")
    cause = "edge/missing.yaml: no such file or directory"
    assert failed["message"] == f"kustomize cannot build this: {cause}"
    assert failed["hint"] == f"`{kustomize()} edge` prints all of it"
    assert run.status == 3
    assert others["rule"] == "HN420"
    run = validated("--build", "--on-invalid", "pass", ".")
    assert (found("--build", "--on-invalid", "pass", ".")[1][0], run.status) == (
        "warning[HN901]",
        0,
    )


def test_the_cause_is_told_with_paths_of_the_repository() -> None:
    remove = "- {op: remove, path: /a}"
    causes = {
        "resources: [../base, ../base/dep.yaml]": (
            "security; file 'base/dep.yaml' is not in or below 'edge'"
        ),
        "resources: [../base, pin.yaml]": "edge/pin.yaml: no such file or directory",
        "resources: [../base]\nreplacements: [{path: r.yaml}]": (
            "edge/r.yaml: no such file or directory"
        ),
        f"resources: [../base]\npatches: [{{patch: '{remove}', target: {{name: web}}}}]": (
            "error in remove for path: '/a': Unable to remove nonexistent key: a: missing value"
        ),
        "resources: [../base/empty]": "base/empty: kustomization.yaml is empty",
    }
    for text, cause in causes.items():
        overlay(f"{text}\n")
        if "empty" in text:
            write("base/empty/kustomization.yaml", "")
        (failed,) = [one for one in reported("--build", ".") if one["rule"] == "HN901"]
        assert failed["message"].removeprefix("kustomize cannot build this: ") == cause
        assert str(Path.cwd()) not in json.dumps(failed)


def test_a_file_that_cannot_be_read_is_told_once() -> None:
    write("edge/bad.yaml", "a: b: c\n")
    for text in ("resources: [../base, bad.yaml]\n", "patches: [{path: bad.yaml}]\n"):
        overlay(text)
        findings = [(one, file) for one, file, _ in found("--build", ".") if "HN901" in one]
        assert findings == [("error[HN901]", "edge/bad.yaml")]
        assert validated("--build", ".").status == 3


FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: k, namespace: flux-system}
spec: {path: %s, prune: true}
"""


@pytest.mark.parametrize("path", ["./edge", "edge/", "/", "./edge/nested"])
def test_what_flux_builds_may_load_files_of_all_the_repository(path: str) -> None:
    overlay("resources: [../base/dep.yaml]\npatches: [{path: ../pin.yaml}]\n")
    write("pin.yaml", PIN)
    Path("base/kustomization.yaml").unlink()
    (failed,) = [one for one in reported("--build", ".") if one["rule"] == "HN901"]
    assert "is not in or below" in failed["message"]
    lifted = f"{kustomize()} --load-restrictor LoadRestrictionsNone"
    assert failed["hint"].endswith(f"set HOSTNET_KUSTOMIZE='{lifted}'")
    write("cluster/flux.yaml", FLUX % path)
    if path == "./edge/nested":  # not the folder that is built
        assert "HN901" in {one["rule"] for one in reported("--build", ".")}
        return
    assert found("--build", ".") == [("error[HN401]", "pin.yaml", 8)]
    Path("part").mkdir()
    for name in ("base", "cluster", "edge", "pin.yaml"):
        Path(name).rename(f"part/{name}")  # as where an OCI artifact has this folder only
    assert found("--build", ".") == [("error[HN401]", "part/pin.yaml", 8)]


def test_what_flux_builds_may_not_load_files_from_elsewhere(tmp_path: Path) -> None:
    write("cluster/flux.yaml", FLUX % "edge")
    write("../secret.txt", "secret")
    Path("base/link.txt").symlink_to(tmp_path / "secret.txt")
    write(".git/config", "")
    for file in ("../../secret.txt", "../base/link.txt", "../.git/config"):
        overlay(f"resources: [../base]\nconfigMapGenerator: [{{name: c, files: [{file}]}}]\n")
        assert [one["rule"] for one in reported("--build", ".")] == ["HN420", "HN901"]
        overlay(f"resources: [../base]\nConfigMapGenerator: [{{name: c, FILES: [a={file}]}}]\n")
        assert [one["rule"] for one in reported("--build", ".")] == ["HN420", "HN901"]


def test_without_a_program_or_a_kustomization_nothing_is_guessed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = validated("--build-dir", "cluster", ".")
    assert (run.status, "no kustomization" in run.err) == (2, True)
    monkeypatch.setenv("PATH", "")
    run = validated("--build", ".")
    assert (run.status, program.VARIABLE in run.err) == (2, True)
    monkeypatch.setenv(program.VARIABLE, "nowhere build")
    run = validated("--build", ".")
    assert (run.status, "nowhere build" in run.err) == (2, True)
    assert validated("--build", "cluster").status == 0  # there is nothing to build


def test_a_finding_is_where_the_user_wrote_it_though_our_transformer_needs_a_copy() -> None:
    write("edge/t.yaml", "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n")
    overlay(
        "# by hand\nresources: [../base]\ntransformers: [t.yaml]\npatches:\n"
        "- target: {kind: Deployment}\n  patch: |\n"
        "    - op: add\n      path: /spec/template/spec/nodeSelector\n"
        "      value: {apps.openyurt.io/nodepool: p}\n"
    )
    assert found("--build", ".") == [("error[HN401]", "edge/kustomization.yaml", 9)]


def test_standard_input_cannot_be_built() -> None:
    for arguments in (["--build"], ["--build-dir", "edge"], ["--build", "-"]):
        run = invoke("validate", *arguments, stdin=pool("p"))
        assert (run.status, "standard input cannot be built" in run.err) == (2, True)


def test_the_program_can_be_named_with_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "mine"
    script.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/told\nexec kubectl kustomize "$2"\n')
    script.chmod(0o755)
    monkeypatch.setenv(program.VARIABLE, f"{script} --more")
    assert found("--build", ".") == [("error[HN401]", "edge/pin.yaml", 8)]
    assert (tmp_path / "told").read_text().startswith("--more ")


def test_what_is_the_same_in_both_states_is_built_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "mine"
    script.write_text(f'#!/bin/sh\necho >> {tmp_path}/told\nexec kubectl kustomize "$1"\n')
    script.chmod(0o755)
    monkeypatch.setenv(program.VARIABLE, str(script))
    write("far/kustomization.yaml", "resources: [../base]\ntransformers: [hostnet.yaml]\n")
    head = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n"
    write("far/hostnet.yaml", f"{head}metadata: {{name: t}}\n")
    write("near/kustomization.yaml", "configMapGenerator: [{name: c, files: [link.txt]}]\n")
    for name in ("a", "b"):
        write(f"near/{name}.txt", name)
    Path("near/link.txt").symlink_to("a.txt")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")

    def builds() -> int:
        Path(tmp_path, "told").write_text("")
        found("--build", "--base", "HEAD", ".")
        return len(Path(tmp_path, "told").read_text())

    assert builds() == 3
    write("edge/pin.yaml", f"{PIN}      hostNetwork: true\n")
    assert builds() == 4
    Path("near/link.txt").unlink()
    Path("near/link.txt").symlink_to("b.txt")
    assert builds() == 5
    write("base/dep.yaml", DEPLOYMENT.replace("nginx:1", "nginx:2"))
    assert builds() == 6


def test_a_build_has_limits(tmp_path: Path) -> None:
    slow = program.run(("sh", "-c", "sleep 20"), tmp_path, seconds=0.1)
    assert slow.failure == "it took more than 0 s"
    large = program.run(("sh", "-c", "yes"), tmp_path, most=1024**2)
    assert large.failure == "it printed more than 1 MB"


def test_the_configuration_switches_it_on() -> None:
    head = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n"
    write(".hostnet-transform.yaml", f"{head}spec: {{build: true}}\n")
    assert found(".") == [("error[HN401]", "edge/pin.yaml", 8)]


@pytest.mark.slow
def test_findings_lead_to_the_only_line_that_they_can_come_from(tmp_path: Path) -> None:
    ends: list[tuple[str, str]] = []
    for seed in range(tried(8)):
        folder = tmp_path / str(seed)
        folder.mkdir()
        ends += outcomes(seed, folder)
    assert [what for outcome, what in ends if outcome == "wrong"] == []
    assert sum(outcome == "line" for outcome, _ in ends) > 0.9 * len(ends)


def test_what_is_built_belongs_to_the_clusters_of_its_kustomization() -> None:
    write("far/kustomization.yaml", "resources: [../base]\npatches: [{path: pin.yaml}]\n")
    write("far/pin.yaml", PIN)
    write("more/pools.yaml", pool("p", host_network=False).decode())
    write(
        ".hostnet-transform.yaml",
        "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\nspec:\n  clusters:\n"
        "  - {name: one, paths: [edge, base, cluster]}\n"
        "  - {name: two, paths: [far, base, more]}\n",
    )
    (only,) = reported("--build", ".")
    assert (only["file"], only["rule"], only["clusters"]) == ("edge/pin.yaml", "HN401", ["one"])
    write("more/pools.yaml", pool("p").decode())
    first, second = reported("--build", ".")
    assert (first["file"], first["clusters"]) == ("edge/pin.yaml", ["one"])
    assert (second["file"], second["clusters"]) == ("far/pin.yaml", ["two"])


def test_a_finding_of_builds_in_several_clusters_is_told_once_with_all_of_them() -> None:
    write("base/dep.yaml", DEPLOYMENT.replace("      containers", f"{SELECTOR}      containers"))
    overlay("resources: [../base]\n")
    write("far/kustomization.yaml", "resources: [../base]\n")
    write("more/pools.yaml", pool("p").decode())
    write(
        ".hostnet-transform.yaml",
        "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\nspec:\n  clusters:\n"
        "  - {name: one, paths: [edge, cluster]}\n  - {name: two, paths: [far, more]}\n",
    )
    (only,) = reported("--build", ".")
    assert (only["file"], only["rule"], only["clusters"]) == (
        "base/dep.yaml",
        "HN401",
        ["one", "two"],
    )


SELECTOR = "      nodeSelector: {apps.openyurt.io/nodepool: p}\n"


def reported(*arguments: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(invoke("validate", "--format", "json", *arguments).out)[
        "findings"
    ]
    return told


def test_what_the_configuration_has_built_is_not_fixed_and_the_line_is_named() -> None:
    annotated = (
        "    metadata: {annotations: {apps.openyurt.io/exclude-host-network-pool: 'true'}}\n"
    )
    write("base/dep.yaml", DEPLOYMENT.replace("    metadata: {labels: {a: b}}\n", annotated))
    before = Path("base/dep.yaml").read_bytes()
    write(
        ".hostnet-transform.yaml",
        "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\nspec:\n"
        "  nodes: complete\n  build: true\n",
    )
    run = invoke("validate", "--fix", ".")
    assert (run.status, run.out) == (2, b"")
    assert ".hostnet-transform.yaml:5:1: error: " in run.err
    assert "--fix and `build: true` cannot be used together" in run.err
    assert "`hostnet-transform -w .` edits the sources" in run.err
    assert Path("base/dep.yaml").read_bytes() == before


def test_no_report_replaces_what_goes_into_a_build() -> None:
    generator = "configMapGenerator: [{name: made, files: [data.txt]}]\n"
    write("edge/kustomization.yaml", f"resources: [../base]\n{generator}")
    write("edge/data.txt", "a: b\n")
    for command in ("validate", "placement"):
        run = invoke(command, "--build", "--report-to", "markdown=edge/data.txt", ".")
        assert run.status == 2, command
        assert "would replace" in run.err
        assert Path("edge/data.txt").read_text() == "a: b\n"
