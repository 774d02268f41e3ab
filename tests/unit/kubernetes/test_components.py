import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import transformer
from tests.cases import for_each
from transformer.config import config_file
from transformer.config.function_config import function_config
from transformer.errors import SettingsError
from transformer.kubernetes.components import (
    Catalog,
    Component,
    Workload,
    catalog_of,
    parse,
    recognise,
    revise,
    tokens,
)

ROOT = Path(__file__).parents[3]
DATA = json.loads((ROOT / "transformer/kubernetes/components.json").read_text("utf-8"))
SCHEMA = json.loads((ROOT / "schemas/components.schema.json").read_text("utf-8"))
ROWS = json.loads((ROOT / "testdata/catalog/workloads.json").read_text("utf-8"))
PAGE = (ROOT / "docs/cni-catalog.md").read_text("utf-8")
GUARDED = [row for row in ROWS if row["expected"]]

GENERIC = [(c["id"], name) for c in DATA["components"] for name in c.get("generic", ())]
GENERIC_NAMES = {name for _, name in GENERIC}

Row = dict[str, Any]


@cache
def catalog() -> Catalog:
    return parse(DATA)


def workload(
    name: str | tuple[str, ...],
    namespace: str | tuple[str, ...] = "other",
    *labels: str,
    kind: str = "DaemonSet",
    image: str | tuple[str, ...] = (),
    host_network: bool = False,
) -> Workload:
    """Build a workload; each label is written `key=value`."""
    pairs = (label.partition("=")[::2] for label in labels)
    return Workload(
        kind,
        (name,) if isinstance(name, str) else name,
        (namespace,) if isinstance(namespace, str) else namespace,
        frozenset((key, value) for key, value in pairs),
        (image,) if isinstance(image, str) else image,
        host_network,
    )


def from_row(row: Row, name: str = "", namespace: str | None = None) -> Workload:
    """Build the workload of a row of `workloads.json`, renamed or moved if asked."""
    return Workload(
        row["kind"],
        (name or row["name"],),
        (row["namespace"] if namespace is None else namespace,),
        frozenset((key, value) for key, values in row["labels"].items() for value in values),
        tuple(row["images"]),
        row["hostNetwork"],
    )


def row_id(row: Row) -> str:
    return f"{row['name']} of {row['source']}"


def found(context: Workload, within: Catalog | None = None) -> str | None:
    component = recognise(within or catalog(), context)
    return component.id if component else None


# The upstream workloads


@for_each(ROWS, row_id)
def test_each_upstream_workload_is_what_it_should_be(row: Row) -> None:
    assert found(from_row(row)) == row["expected"]


@for_each(ROWS, row_id)
def test_moving_an_upstream_workload_changes_nothing_where_its_name_or_image_says_enough(
    row: Row,
) -> None:
    is_known = row["name"] not in GENERIC_NAMES or row["images"]
    assert found(from_row(row, namespace="other")) == (row["expected"] if is_known else None)


@for_each([row for row in ROWS if row["images"]], row_id)
def test_renaming_an_upstream_workload_changes_nothing_while_label_and_image_stay(row: Row) -> None:
    for name in ("dev-{}", "{}-v2", "team-a-{}-7f", "release-{}-linux"):
        renamed = from_row(row, name.format(row["name"]), "other")
        assert found(renamed) == row["expected"], name


@for_each(GUARDED, row_id)
def test_a_name_alone_is_never_enough(row: Row) -> None:
    assert found(workload(row["name"], kind=row["kind"], image="shop/app:v1")) is None


@for_each(GUARDED, row_id)
def test_another_kind_is_never_recognised(row: Row) -> None:
    context = from_row(row)
    other = Workload(
        "StatefulSet",
        context.names,
        context.namespaces,
        context.labels,
        context.images,
        context.host_network,
    )
    assert found(other) is None


def test_each_entry_has_an_upstream_workload() -> None:
    assert {row["expected"] for row in GUARDED} == {c.id for c in catalog().components}


# Names, and what else must agree


@pytest.mark.parametrize(
    ("expected", "context"),
    [
        (
            "coredns",  # k3s
            workload(
                "coredns",
                "kube-system",
                "k8s-app=kube-dns",
                kind="Deployment",
                image="rancher/mirrored-coredns-coredns:1.12.0",
            ),
        ),
        (
            "coredns",  # RKE2
            workload(
                "rke2-coredns-rke2-coredns",
                "kube-system",
                "k8s-app=kube-dns",
                "app.kubernetes.io/name=rke2-coredns",
                kind="Deployment",
                image="rancher/hardened-coredns:v1.12.1-build20250401",
            ),
        ),
        (
            "coredns-autoscaler",  # RKE2
            workload(
                "rke2-coredns-rke2-coredns-autoscaler",
                "kube-system",
                "k8s-app=kube-dns-autoscaler",
                kind="Deployment",
                image="rancher/hardened-cluster-autoscaler:v1.10.1",
            ),
        ),
        (
            "coredns",  # EKS
            workload(
                "coredns",
                "kube-system",
                "eks.amazonaws.com/component=coredns",
                "k8s-app=kube-dns",
                kind="Deployment",
                image="602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/coredns:v1.11.4",
            ),
        ),
        ("coredns", workload("coredns", "kube-system", "k8s-app=kube-dns")),
        (
            "canal",  # RKE2
            workload(
                "rke2-canal",
                "kube-system",
                "k8s-app=canal",
                image=("rancher/hardened-calico:v3.29.3", "rancher/hardened-flannel:v0.26.6"),
                host_network=True,
            ),
        ),
        (
            "cilium",  # RKE2
            workload("cilium", "cilium", image="rancher/mirrored-cilium-cilium:v1.17.3"),
        ),
        (
            "kube-proxy",  # AKS
            workload(
                "kube-proxy",
                "moved",
                "component=kube-proxy",
                "tier=node",
                image="mcr.microsoft.com/oss/kubernetes/kube-proxy:v1.30.0",
            ),
        ),
        ("kube-proxy", workload("kube-proxy-worker", "kube-system")),  # Alibaba Cloud
        ("kindnet", workload("kindnet", image="docker.io/kindest/kindnetd:v20241212")),  # kind
        ("flannel", workload("kube-flannel", "kube-system", "k8s-app=flannel")),  # kubespray
        (
            "coredns",  # kubespray, second instance
            workload("coredns-secondary", "other", "k8s-app=kube-dns-secondary", kind="Deployment"),
        ),
        (
            "flannel",  # kustomize: prefix and namespace
            workload(
                "dev-kube-flannel-ds",
                "other",
                "app=flannel",
                "tier=node",
                image="ghcr.io/flannel-io/flannel:v0.27.0",
            ),
        ),
        (
            "weave-net",
            workload("weave-net-2", "other", "name=weave-net", image="weaveworks/weave-kube:2.8.1"),
        ),
        ("flannel", workload("kube-flannel-ds-windows-amd64", "kube-system")),
        ("calico-node", workload("calico-node-windows", "calico-system")),
        ("coredns", workload(("shop-coredns", "coredns"), ("shop", "kube-system"))),
        ("coredns", workload(("dns", "x-coredns", "coredns"), "shop", "k8s-app=kube-dns")),
        (
            "coredns",
            workload("coredns", "kube-system", kind="Deployment", image="shop/foo:v1"),
        ),
        ("aws-node", workload("aws-node", "kube-system", image="shop/amazon-k8s-cni:v1")),
    ],
    ids=lambda value: value.names[0] if isinstance(value, Workload) else value,
)
def test_recognises_the_spellings_of_distributions_and_of_kustomize(
    expected: str, context: Workload
) -> None:
    assert found(context) == expected


@pytest.mark.parametrize(
    "context",
    [
        workload("coredns", "shop", kind="Deployment", image="shop/foo:v1"),
        workload("coredns", "shop", "app=coredns", kind="Deployment", image="shop/foo:v1"),
        workload(
            "coredns-exporter",
            "monitoring",
            "app=coredns-exporter",
            kind="Deployment",
            image="shop/coredns-exporter:v1",
        ),
        workload(
            "coredns-exporter",
            "kube-system",
            "k8s-app=kube-dns",
            kind="Deployment",
            image="shop/coredns-exporter:v1",
        ),
        workload("dev-kube-flannel-ds", "kube-flannel", "app=flannel", image="shop/flanneld:v1"),
        workload("dev-kube-flannel-ds", "kube-flannel", "app=net", image="flannel/flannel:v1"),
        workload("dev-kube-flannel-ds", "kube-flannel"),
        workload("mycoredns", "kube-system", "k8s-app=kube-dns", image="coredns/coredns"),
        workload("corednsx", "kube-system", "k8s-app=kube-dns", image="coredns/coredns"),
        workload("dev-core-dns", "kube-system", "k8s-app=kube-dns", image="coredns/coredns"),
        workload(
            "aws-node-termination-handler",
            "kube-system",
            "app.kubernetes.io/name=aws-node-termination-handler",
            "app.kubernetes.io/instance=aws-node-termination-handler",
            image="public.ecr.aws/aws-ec2/aws-node-termination-handler:v1.25.0",
            host_network=True,
        ),
        workload(
            "cilium-pre-flight-check",
            "kube-system",
            "k8s-app=cilium-pre-flight-check",
            image="quay.io/cilium/cilium:v1.17.3",
            host_network=True,
        ),
        workload(
            "svclb-traefik-4f1c", "kube-system", "app=svclb", image="rancher/klipper-lb:v0.4.9"
        ),
        workload((), (), kind="Pod"),
        workload("", "", kind="Deployment"),
        workload("coredns", (), kind="Deployment"),
    ],
    ids=lambda context: "/".join((*context.namespaces, *context.names)),
)
def test_leaves_alone_what_only_looks_like_a_component(context: Workload) -> None:
    assert found(context) is None


def test_the_longest_name_inside_a_name_wins() -> None:
    short = Component("short", ("Deployment",), ("dns",), (), (("a", "b"),), ("image",))
    long = Component("long", ("Deployment",), ("dns-scaler",), (), (("a", "b"),), ("image",))
    context = workload("my-dns-scaler-2", "other", "a=b", kind="Deployment", image="image")
    assert found(context, catalog_of((short, long))) == "long"
    assert found(context, catalog_of((long, short))) == "long"


@pytest.mark.parametrize(
    ("name", "host_network", "expected"),
    [
        ("calico-kube-controllers", False, "calico-kube-controllers"),
        ("calico-kube-controllers", True, None),
        ("coredns", False, "coredns"),
        ("coredns", True, "coredns"),
    ],
)
def test_a_controller_on_the_host_network_is_left_alone_and_a_dns_server_is_not(
    name: str, host_network: bool, expected: str | None
) -> None:
    context = workload(name, "kube-system", kind="Deployment", host_network=host_network)
    assert found(context) == expected


# Generic names


def component(ident: str) -> Component:
    return next(c for c in catalog().components if c.id == ident)


def echoes(one: Component, name: str) -> list[str]:
    """Return the labels of an entry that say its `name`, or a part of it, again."""
    return [f"{key}={value}" for key, value in one.labels if f"-{value}-" in f"-{name}-"]


@for_each(GENERIC)
def test_a_stranger_with_a_generic_name_is_left_alone_whatever_repeats_the_name(
    case: tuple[str, str],
) -> None:
    ident, name = case
    one = component(ident)
    for kind in one.kinds:
        for own in (name, f"{name}-arm64", f"acme-{name}", f"{name}-blue"):
            images = (f"acme/{name}:1", f"{name}", f"reg.acme.io/x/{name}-worker:2", f"acme-{name}")
            assert found(workload(own, "acme", *echoes(one, name), kind=kind, image=images)) is None


@for_each(GENERIC)
def test_the_real_one_with_a_generic_name_is_known_by_its_namespace(case: tuple[str, str]) -> None:
    ident, name = case
    one = component(ident)
    for namespace in one.namespaces:
        assert found(workload(name, namespace, kind=one.kinds[0], image="mirror/x:1")) == ident


@for_each(GENERIC)
def test_the_real_one_with_a_generic_name_is_known_by_its_image(case: tuple[str, str]) -> None:
    ident, name = case
    one = component(ident)
    known = [image for image in one.images if f"-{image}-" not in f"-{name}-"]
    assert known
    for image in known:
        context = workload(name, "other", kind=one.kinds[0], image=f"quay.io/{image}:v1")
        assert found(context) == ident


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (workload("aws-node", "web", "k8s-app=aws-node"), None),
        (workload("aws-node", "web", "app.kubernetes.io/instance=aws-vpc-cni"), "aws-node"),
        (workload("genie-plugin", "lamps", "k8s-app=genie", image="lamps/genie"), None),
        (workload("romana-agent", "mail", "app=romana-agent", image="mail/romana-agent"), None),
        (
            workload("romana-agent", "mail", "app=romana-agent", image="romana/agent"),
            "romana-agent",
        ),
        (workload("canal-node", "sql", "k8s-app=canal", image="alibaba/canal:1"), None),
        (workload(("x", "galaxy"), ("y", "kube-system"), "app=galaxy"), "galaxy"),
        (workload(("x", "galaxy"), ("y", "games"), "app=galaxy", image="acme/galaxy"), None),
        (workload("prod-galaxy", "games", "app=galaxy", image="tkestack/galaxy"), "galaxy"),
        (workload("kube-flannel", "other", "app=flannel", image="acme/net"), "flannel"),
        (workload("calico-node", "", "k8s-app=calico-node", image="${IMAGE}"), "calico-node"),
        (workload("dns-default", "shop", "app=dns-default", image="shop/dns"), None),
    ],
    ids=lambda value: value.names[0] if isinstance(value, Workload) else str(value),
)
def test_a_label_or_image_of_its_own_is_a_sign_and_one_that_repeats_a_generic_name_is_none(
    context: Workload, expected: str | None
) -> None:
    assert found(context) == expected


TELLING = re.compile(
    "(kube|cni|coredns|dns|nodelocaldns|ip|rke2|ovn|ovnkube|multus|networkpolicy|calico|cilium|anetd"
    "|antrea|azure|kindnet|kopeio|terway|hybridnet|spiderpool|nsx|ztunnel)"
)
"""Parts of names that say cluster network, or are a product's own word."""


def test_each_name_of_everyday_words_is_marked_as_generic() -> None:
    names = {name for c in catalog().components for name in c.names}
    assert [n for n in names - GENERIC_NAMES if not any(map(TELLING.fullmatch, n.split("-")))] == []


def test_only_names_of_an_entry_are_generic() -> None:
    assert [c.id for c in catalog().components if not set(c.generic) <= set(c.names)] == []


# Images


@pytest.mark.parametrize(
    ("entry", "image"),
    [
        ("calico/node", "calico/node"),
        ("calico/node", "calico/node:v3.29.0"),
        ("calico/node", "docker.io/calico/node:v3.29.0"),
        ("calico/node", "quay.io/calico/node@sha256:0123"),
        ("calico/node", "registry:5000/mirror/calico/node:v3@sha256:0123"),
        ("calico/node", "localhost:5000/calico/node"),
        ("calico/node", "rancher/mirrored-calico-node:v3"),
        ("calico/node", "registry.example.com/calico-node:v3"),
        ("calico/node", "calico/node-arm64:v3"),
        ("calico/node", "mirror/calico-node-linux-amd64:v3"),
        ("coredns", "coredns"),
        ("coredns", "coredns:1.9"),
        ("coredns", "registry.k8s.io/coredns/coredns:v1.12"),
        ("coredns", "rancher/hardened-coredns:v1"),
        ("coredns", "rancher/mirrored-coredns-coredns:1.12"),
        ("coredns", "coredns/coredns-arm64:v1"),
        ("antrea/antrea-windows", "antrea/antrea-windows:v2"),
        ("registry.example.com:5000/net/dns", "registry.example.com:5000/net/dns:v1"),
    ],
)
def test_an_image_is_of_the_entry(entry: str, image: str) -> None:
    thing = Component("thing", ("DaemonSet",), ("thing",), images=(entry,))
    assert found(workload("thing", image=image), catalog_of((thing,))) == "thing"


@pytest.mark.parametrize(
    ("entry", "image"),
    [
        ("calico/node", "node"),
        ("calico/node", "shop/node:calico"),
        ("calico/node", "notcalico/node"),
        ("calico/node", "shop/notcalico-node"),
        ("calico/node", "calico/node/extra"),
        ("calico/node", "calico/node-exporter"),
        ("calico/node", "calico:5000/node"),
        ("coredns", "coredns/plugin"),
        ("coredns", "shop/mycoredns"),
        ("coredns", "shop/coredns-exporter"),
        ("coredns", "shop/app:coredns"),
        ("coredns", "coredns.example.com/app"),
        ("coredns", ""),
        ("coredns", "${IMAGE}"),
    ],
)
def test_an_image_is_not_of_the_entry(entry: str, image: str) -> None:
    thing = Component("thing", ("DaemonSet",), ("thing",), images=(entry,))
    assert found(workload("thing", image=image), catalog_of((thing,))) is None


# Tokens

NAMES = sorted({name for c in catalog().components for name in c.names})
PIECES = sorted({part for name in NAMES for part in name.split("-")} | {"dev", "amd64", "v2"})
ALL_LABELS = frozenset(pair for c in catalog().components for pair in c.labels)
ALL_IMAGES = tuple(dict.fromkeys(image for c in catalog().components for image in c.images))


@given(
    st.sampled_from(["DaemonSet", "Deployment"]),
    st.lists(st.sampled_from(NAMES + PIECES), min_size=1, max_size=4).map("-".join),
)
def test_what_is_recognised_has_a_token_in_its_name(kind: str, name: str) -> None:
    context = Workload(kind, (name,), ("kube-system",), ALL_LABELS, ALL_IMAGES, False)
    if recognise(catalog(), context):
        assert any(token in name for token in tokens(catalog()))


def test_no_token_holds_another() -> None:
    every = tokens(catalog())
    assert [(a, b) for a in every for b in every if a != b and a in b] == []
    assert {"coredns", "flannel", "kube-proxy"} <= set(every)
    assert "kube-flannel-ds" not in every


def test_the_tokens_follow_the_configuration() -> None:
    changed = revise(
        catalog(),
        [
            {"id": "flannel", "enabled": False},
            {"id": "our-cni", "kinds": ["DaemonSet"], "names": ["ourcni"], "namespaces": ["net"]},
        ],
    )
    assert "flannel" not in tokens(changed)
    assert "ourcni" in tokens(changed)
    assert tokens(catalog_of(())) == ()


# Configuration

OURS = {
    "id": "our-cni",
    "kinds": ["DaemonSet"],
    "names": ["our-cni"],
    "labels": {"app": ["our-cni", "our-net"]},
}


def test_an_entry_is_added_with_the_defaults() -> None:
    changed = revise(catalog(), [OURS])
    component = recognise(changed, workload("our-cni", "net", "app=our-net", host_network=True))
    assert component == Component(
        "our-cni",
        ("DaemonSet",),
        ("our-cni",),
        labels=(("app", "our-cni"), ("app", "our-net")),
    )
    assert len(changed.components) == len(catalog().components) + 1


def test_what_is_for_people_may_be_any_text() -> None:
    change = {**OURS, "enabled": True, "family": "", "role": "our data plane", "note": "since May"}
    assert change_errors(change) == []
    assert revise(catalog(), [change]).components == revise(catalog(), [OURS]).components


def test_an_added_entry_is_tried_before_those_of_the_catalog() -> None:
    mine = {**OURS, "names": ["coredns"], "kinds": ["Deployment"], "namespaces": ["kube-system"]}
    context = workload("coredns", "kube-system", kind="Deployment")
    assert found(context, revise(catalog(), [mine])) == "our-cni"


def test_an_entry_with_a_known_id_replaces_that_one_whole() -> None:
    changed = revise(
        catalog(),
        [{"id": "flannel", "kinds": ["DaemonSet"], "names": ["our-flannel"], "namespaces": ["n"]}],
    )
    assert found(workload("kube-flannel-ds", "kube-flannel"), changed) is None
    assert found(workload("our-flannel", "n"), changed) == "flannel"
    assert len(changed.components) == len(catalog().components)


def test_an_entry_is_switched_off_and_the_others_stay() -> None:
    changed = revise(catalog(), [{"id": "flannel", "enabled": False}])
    assert found(workload("kube-flannel-ds", "kube-flannel"), changed) is None
    assert found(workload("kube-proxy", "kube-system"), changed) == "kube-proxy"
    assert found(workload("kube-flannel-ds", "kube-flannel")) == "flannel"


def test_the_order_of_the_changes_counts() -> None:
    changed = revise(catalog(), [OURS, {"id": "our-cni", "enabled": False}])
    assert changed == catalog()


@pytest.mark.parametrize("unknown", ["flanel", "calico", "core-dns"])
def test_switching_off_an_unknown_id_names_the_near_ones(unknown: str) -> None:
    near = {"flanel": "flannel", "calico": "calico-node", "core-dns": "coredns"}[unknown]
    with pytest.raises(SettingsError, match=f"no component has the id {unknown}") as error:
        revise(catalog(), [{"id": unknown, "enabled": False}])
    assert near in error.value.hint


def test_an_id_like_no_other_gets_the_whole_list() -> None:
    with pytest.raises(SettingsError) as error:
        revise(catalog(), [{"id": "zzzzzzzz", "enabled": False}])
    assert error.value.hint.startswith("known: flannel, kube-proxy")


def in_configuration_file(config: dict[str, Any]) -> None:
    config_file.parse(yaml.safe_dump(config).encode(), "c.yaml")


def in_function_config(config: dict[str, Any]) -> None:
    function_config(config)


def in_python_api(config: dict[str, Any]) -> None:
    transformer.transform(b"", config=config)


@pytest.mark.parametrize("door", [in_configuration_file, in_function_config, in_python_api])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("flannel", 'components[0] is "flannel", expected a mapping'),
        ({"enabled": False}, 'components[0] lacks the key "id"'),
        ({"kinds": ["DaemonSet"], "names": ["x"], "namespaces": ["x"]}, 'lacks the key "id"'),
        ({"id": "x", "names": ["x"], "namespaces": ["x"]}, 'lacks the key "kinds"'),
        ({"id": "x", "kinds": ["DaemonSet"], "namespaces": ["x"]}, 'lacks the key "names"'),
        (
            {"id": "x", "kinds": ["DaemonSet"], "names": ["x"]},
            'components[0] lacks "namespaces", "labels" or "images"',
        ),
        ({**OURS, "kinds": []}, "components[0].kinds is empty"),
        ({**OURS, "names": [""]}, 'components[0].names[0] is "", expected a name'),
        ({**OURS, "names": "our-cni"}, 'components[0].names is "our-cni", expected a list'),
        ({**OURS, "labels": ["app"]}, "components[0].labels is a list, expected a mapping"),
        ({**OURS, "labels": {"app": "x"}}, 'components[0].labels.app is "x", expected a list'),
        ({**OURS, "guard": "never"}, 'guard is "never", expected always or pod-network'),
        ({**OURS, "role": 1}, "components[0].role is 1, expected a string"),
        ({**OURS, "family": ["x"]}, "components[0].family is a list, expected a string"),
        (
            {**OURS, "generic": ["q"]},
            'the generic name "q" is not one of the names of its component',
        ),
    ],
)
def test_a_wrong_entry_is_refused_wherever_the_configuration_comes_from(
    door: Callable[[dict[str, Any]], None], change: Any, message: str
) -> None:
    spec = {"components": [change]}
    head = {"apiVersion": "transform.hostnet.io/v1alpha1", "kind": "HostnetTransform"}
    with pytest.raises(SettingsError, match=re.escape(message)):
        door({**head, "spec": spec})


def test_a_label_key_that_is_no_text_is_refused() -> None:
    change = {**OURS, "labels": {1: ["one"]}}
    head = {"apiVersion": "transform.hostnet.io/v1alpha1", "kind": "HostnetTransform"}
    with pytest.raises(SettingsError, match=re.escape("the key 1 of spec.components[0].labels")):
        in_python_api({**head, "spec": {"components": [change]}})


# The data, the schema and the page

GENERIC_LABELS = {
    ("tier", "node"),
    ("component", "network"),
    ("type", "infra"),
    ("apiserver", "true"),
    ("kubernetes.io/os", "linux"),
    ("beta.kubernetes.io/os", "linux"),
}
GENERIC_KEYS = {"app.kubernetes.io/part-of", "app.kubernetes.io/managed-by", "version"}
GENERIC_IMAGES = {"node", "cni", "operator", "agent", "controller", "apiserver", "startup-script"}


def schema_errors(schema: Any, instance: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(schema).iter_errors(instance)]


def change_errors(change: Any) -> list[str]:
    return schema_errors({"$ref": "#/$defs/change", "$defs": SCHEMA["$defs"]}, change)


def test_the_data_is_valid() -> None:
    ids = [entry["id"] for entry in DATA["components"]]
    assert len(set(ids)) == len(ids)
    Draft202012Validator.check_schema(SCHEMA)
    assert schema_errors(SCHEMA, DATA) == []
    assert schema_errors(SCHEMA, {"components": [{**DATA["components"][0], "enabled": True}]})
    assert schema_errors(SCHEMA, {"components": [{**DATA["components"][0], "role": "thing"}]})


@pytest.mark.parametrize(
    "change", [OURS, {"id": "flannel", "enabled": False}, *DATA["components"][:3]]
)
def test_the_schema_takes_a_change(change: Any) -> None:
    assert change_errors(change) == []


@pytest.mark.parametrize(
    "change",
    [
        {"id": "flannel", "enabled": True},
        {"id": "Flannel", "enabled": False},
        {"enabled": False},
        {"id": "x", "kinds": ["DaemonSet"], "names": ["x"]},
        {"id": "x", "kinds": ["DaemonSet"], "names": ["x"], "namespaces": []},
        {**OURS, "colour": "red"},
        {**OURS, "images": ["calico/node:v3"]},
        {**OURS, "enabled": False},
        {**OURS, "enabled": "no"},
    ],
)
def test_the_schema_refuses_a_change(change: Any) -> None:
    assert change_errors(change) != []


def described(schema: Any, where: str = "") -> list[str]:
    """Return the pointers of all properties that have no description of their own or by $ref."""
    missing = []
    for name, inner in schema.get("properties", {}).items():
        target = inner
        if "$ref" in inner:
            target = SCHEMA["$defs"][inner["$ref"].rpartition("/")[2]]
        if not target.get("description"):
            missing.append(f"{where}/{name}")
    return missing


def test_each_property_of_the_schema_is_described() -> None:
    assert described(SCHEMA) == []
    assert [described(SCHEMA["$defs"][name], name) for name in ("component", "switch")] == [[], []]


def test_no_entry_has_a_sign_that_says_nothing() -> None:
    for component in catalog().components:
        assert not GENERIC_LABELS & set(component.labels), component.id
        assert not GENERIC_KEYS & {key for key, _ in component.labels}, component.id
        assert not GENERIC_IMAGES & set(component.images), component.id
        assert component.labels, component.id
        assert component.images, component.id


def test_the_guard_follows_the_role() -> None:
    wrong = [
        entry["id"]
        for entry in DATA["components"]
        if (entry.get("guard") == "pod-network") != (entry.get("role") == "controller")
    ]
    assert wrong == []


def test_the_table_of_the_page_is_the_catalog() -> None:
    rows = [
        f"| `{c.id}` | {', '.join(c.kinds)} | {', '.join(f'`{n}`' for n in c.names)} | {c.guard} |"
        for c in catalog().components
    ]
    header = "| id | kinds | names | guard |\n| --- | --- | --- | --- |\n"
    table = PAGE.partition(header)[2].partition("\n\n")[0]
    assert table == "\n".join(rows)


def test_the_charts_of_the_page_are_those_of_the_catalog() -> None:
    rows = [
        f"| `{c.id}` | {', '.join(f'`{chart}`' for chart in c.charts)} |"
        for c in catalog().components
        if c.charts
    ]
    table = PAGE.partition("| id | charts |\n| --- | --- |\n")[2].partition("\n\n")[0]
    assert table == "\n".join(rows)


def test_a_chart_is_of_one_component() -> None:
    names = [chart for component in catalog().components for chart in component.charts]
    assert len(names) == len(set(names))


def test_the_page_names_the_generic_names() -> None:
    listed = PAGE.partition("with `generic`\nin the data: ")[2].partition(".\n\n")[0]
    assert re.findall(r"`([^`]+)`", listed) == sorted(GENERIC_NAMES)


def test_the_example_of_the_page_is_a_valid_configuration() -> None:
    block = re.search(r"```yaml\n(apiVersion: transform.*?)```", PAGE, re.DOTALL)
    assert block
    changes = yaml.safe_load(block[1])["spec"]["components"]
    assert [change_errors(change) for change in changes] == [[] for _ in changes]
    changed = revise(catalog(), changes)
    assert {c.id for c in changed.components} ^ {c.id for c in catalog().components}
