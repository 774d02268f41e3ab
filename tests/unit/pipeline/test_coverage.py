"""What of an object is not looked into, and how a run collects it."""

import json
from typing import Any

import pytest

from tests.builders import CONTAINER, FILE, node, pod, pool, stream, subjects
from transformer.findings import Place, Unseen
from transformer.kubernetes.deployments import Deployed
from transformer.pipeline.coverage import Coverage, Sighting, unpatched_in, unseen_in
from transformer.pipeline.input_folders import InputFolders
from transformer.rules.context import PatchedSource

KUSTOMIZE = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}


def seen(value: Any, file: str = FILE) -> list[tuple[str, str, str]]:
    """Return what is not looked into of an object: what it is, its name and its pointer."""
    (context,) = subjects(stream(value))
    pointers: list[str] = []

    def locate(at: str) -> Place:
        pointers.append(at)
        return Place(file, len(pointers))

    found = list(unseen_in(context, locate))
    return [(one.what, one.name, pointers[one.place.line - 1]) for one in found]


def of_kind(group: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"apiVersion": f"{group}/v1", "kind": kind, "metadata": {"name": "a"}, **more}


@pytest.mark.parametrize(
    ("group", "kind", "what"),
    [
        ("helm.toolkit.fluxcd.io", "HelmRelease", "HelmRelease"),
        ("helm.fluxcd.io", "HelmRelease", "HelmRelease"),
        ("argoproj.io", "Application", "Application"),
        ("argoproj.io", "ApplicationSet", "ApplicationSet"),
        ("kustomize.toolkit.fluxcd.io", "Kustomization", "Flux Kustomization"),
        ("helm.cattle.io", "HelmChart", "chart"),
    ],
)
def test_a_release_counts_whatever_it_names(group: str, kind: str, what: str) -> None:
    assert seen(of_kind(group, kind)) == [(what, f"{kind}/a", "")]


@pytest.mark.parametrize(
    ("group", "kind"),
    [
        ("apps", "Deployment"),
        ("helm.cattle.io", "HelmChartConfig"),
        ("app.k8s.io", "Application"),
    ],
)
def test_other_kinds_do_not_count(group: str, kind: str) -> None:
    assert seen(of_kind(group, kind)) == []


def test_a_kustomization_counts_in_a_file_with_its_usual_name_and_a_component_never() -> None:
    assert seen(KUSTOMIZE, "a/b/kustomization.yaml") == [("kustomization", "a/b", "")]
    assert seen(KUSTOMIZE, "kustomization.yml") == [("kustomization", ".", "")]
    assert seen(KUSTOMIZE) == []
    assert seen({**KUSTOMIZE, "kind": "Component"}, "a/kustomization.yaml") == []


def test_what_is_read_without_its_patches_counts_if_others_depend_on_it() -> None:
    by_both = PatchedSource(("a.yaml", "ks.yaml, Kustomization/a"), not_built=("a.yaml",))
    by_flux = PatchedSource(("ks.yaml",), not_built=("ks.yaml",))

    def found(value: Any, patched: PatchedSource) -> list[tuple[str, str]]:
        (context,) = subjects(stream(value))
        every = unpatched_in(context, patched, lambda _: Place(FILE, 1))
        return [(one.what, one.why) for one in every]

    without = "it is read without the patch in ks.yaml"
    for one in (pool("a"), node({})):
        ((what, why),) = found(one, by_both)
        assert what == "patched"
        assert why.endswith(": use --build")
        assert found(one, by_flux) == [("deployed", without)]
        assert found(one, PatchedSource(namespaces=("a",))) == []
    assert found(pod(), by_flux) == [("deployed", without)]
    assert found(pod(), PatchedSource(("a.yaml",))) == []
    assert found(of_kind("", "ConfigMap"), by_flux) == []


@pytest.mark.parametrize(
    "entry",
    [
        "https://example.com/a.yaml",
        "ssh://git@example.com/a/b//c?ref=v1",
        "git::https://example.com/a",
        "git@example.com:a/b.git",
        "github.com/a/b//c?ref=v1",
        "github.com/a/b",
        "example.com/a/b.git//c",
        "example.com/a/b//c?ref=v1",
        "dev.azure.com/a/_git/b",
    ],
)
def test_a_base_from_elsewhere_counts(entry: str) -> None:
    value = {**KUSTOMIZE, "resources": ["a.yaml", entry]}
    assert seen(value) == [("remote", entry, "/resources/1")]


@pytest.mark.parametrize(
    "entry", ["a.yaml", "../base", "./github.com", "a@b/c.yaml", "apiVersion: v1\nkind: A", 1, None]
)
def test_a_base_on_the_disk_does_not_count(entry: Any) -> None:
    assert seen({**KUSTOMIZE, "resources": [entry], "bases": entry}) == []


def test_no_password_of_a_url_is_told() -> None:
    value = {**KUSTOMIZE, "components": ["https://me:secret@example.com/a"]}
    assert seen(value) == [("remote", "https://example.com/a", "/components/0")]


def test_the_charts_of_a_kustomization_count_one_by_one() -> None:
    value = {**KUSTOMIZE, "kind": "Component", "helmCharts": [{"name": "a"}, {"name": "b"}]}
    assert seen(value) == [
        ("chart", "a", "/helmCharts/0/name"),
        ("chart", "b", "/helmCharts/1/name"),
    ]


def test_a_chart_counts_once_for_all_that_it_depends_on_and_not_without_any() -> None:
    value = {"apiVersion": "v2", "kind": "Chart", "name": "net"}
    dependencies = [{"name": "a"}, {"name": "b"}]
    assert seen({**value, "dependencies": dependencies}) == [("chart", "", "")]
    assert seen(value) == []


def test_what_is_deployed_counts_only_if_any_of_it_is_not_in_the_input() -> None:
    here, there = Deployed("a", "not a"), Deployed("b", "not https://me:secret@example.com")
    coverage = Coverage(folders=lambda: InputFolders(["a/x.yaml"]))
    for name, deploys in (("one", (here,)), ("two", (here, there, there)), ("none", ())):
        coverage.add([Sighting("Application", Place(name), name, "no", deploys)])
    assert [(one.name, one.why) for one in coverage.unseen()] == [
        ("none", "no"),
        ("two", "not https://example.com"),
    ]


@pytest.mark.parametrize("severity", ["warning", "off"])
def test_text_with_manifests_counts_whether_it_is_reported_or_not(severity: str) -> None:
    proxy = of_kind("apps", "DaemonSet", spec={"template": {"spec": {"containers": [CONTAINER]}}})
    proxy["metadata"] = {"name": "kube-proxy", "namespace": "kube-system"}
    texts = {"a.yaml": stream(proxy), "b.txt": "text"}
    value = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": texts}
    (context,) = subjects(stream(value), config={"rules": {"HN425": severity}})
    (found,) = unseen_in(context, lambda _: Place(FILE))
    assert (found.what, found.name) == ("text", "ConfigMap/c data/a.yaml")


POD = {"spec": {"containers": [CONTAINER]}}


@pytest.mark.parametrize(
    ("spec", "at"),
    [
        ({"template": POD}, "/spec/template"),
        ({"groups": [{"podTemplate": POD}]}, "/spec/groups/0/podTemplate"),
        ({"jobTemplate": {"spec": {"template": POD}}}, "/spec/jobTemplate/spec/template"),
        ({"template": {"spec": {"containers": [{"image": "a"}]}}}, "/spec/template"),
    ],
)
def test_a_pod_template_of_an_unknown_kind_counts(spec: Any, at: str) -> None:
    fleet = of_kind("example.com", "Fleet", spec=spec)
    assert seen(fleet) == [("pod template", "Fleet/a", at)]
    row = {"group": "example.com", "kinds": ["Fleet"], "pointer": at}
    (context,) = subjects(stream(fleet), config={"podTemplates": [row]})
    assert list(unseen_in(context, lambda _: Place(FILE))) == []


@pytest.mark.parametrize(
    "value",
    [
        of_kind("example.com", "Fleet", spec=POD["spec"]),
        of_kind("example.com", "Fleet", spec={"template": {"spec": {"containers": ["a"]}}}),
        of_kind("example.com", "Fleet", spec={"template": {"spec": {"containers": []}}}),
        of_kind("example.com", "Fleet", spec={"template": json.dumps(POD)}),
        of_kind("apps", "Deployment", spec={"template": {}, "otherTemplate": POD}),
        of_kind("apiextensions.k8s.io", "CustomResourceDefinition", spec={"template": POD}),
        {"apiVersion": "v1", "kind": "List", "items": [of_kind("apps", "Deployment", spec={})]},
    ],
)
def test_what_is_no_pod_template_and_kinds_in_the_table_do_not_count(value: Any) -> None:
    assert not any(
        one.what == "pod template"
        for context in subjects(stream(value))
        for one in unseen_in(context, lambda _: Place(FILE))
    )


def test_an_encrypted_document_counts_whatever_is_encrypted_in_it() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}
    for sops in ({"mac": "x"}, {"mac": "x", "mac_only_encrypted": True}):
        assert seen({**secret, "sops": sops}) == [("encrypted", "Secret/s", "")]
    assert seen({**secret, "sops": {}}) == []
    whole = {"apiVersion": "ENC[x]", "kind": "ENC[x]", "sops": {"mac": "x"}}
    assert seen(whole) == [("encrypted", "", "")]


def test_a_run_keeps_each_once_kind_by_kind() -> None:
    one = Sighting("unread", Place("b.yaml", 3, 2), "", "bad")
    two = Sighting("HelmRelease", Place("c.yaml"), "HelmRelease/c", "not rendered")
    three = Sighting("HelmRelease", Place("a.yaml"), "HelmRelease/a", "not rendered")
    coverage = Coverage()
    coverage.add([one, two])
    coverage.add([one, three])
    assert coverage.unseen() == (
        Unseen("HelmRelease", "a.yaml", 1, "HelmRelease/a", "not rendered"),
        Unseen("HelmRelease", "c.yaml", 1, "HelmRelease/c", "not rendered"),
        Unseen("unread", "b.yaml", 3, "b.yaml", "bad"),
    )


def test_a_run_leaves_out_what_is_in_files_that_are_not_reported() -> None:
    coverage = Coverage({"a.yaml"})
    coverage.add([Sighting("chart", Place(name), "c", "no") for name in ("a.yaml", "b.yaml")])
    assert [one.file for one in coverage.unseen()] == ["a.yaml"]


def test_what_is_in_a_build_is_told_once_where_it_comes_from() -> None:
    coverage = Coverage()
    coverage.add([Sighting("chart", Place(name), "c", "no") for name in ("one", "other")])
    (found,) = coverage.unseen(lambda all_of: [one._replace(file="source") for one in all_of])
    assert found.file == "source"
