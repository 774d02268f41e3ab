"""Hypothesis strategies: Kubernetes manifests as plain values, rendered in random formatting.

Values are drawn choice by choice, so they shrink. Of the formatting, hypothesis draws which
features are allowed (a set that shrinks too) and one seed; a `random.Random` decides where each is
used. Every text is loaded again before it is handed out. Feature names say what a text contains.
"""

import json
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.property import reference
from tests.property.loading import is_same, load, resolve
from tests.property.reference import DESIRED_POOL, EXCLUDE, HOST_NETWORK, POOL, REQUIRED

# --- plain values -------------------------------------------------------------------------------

SCRIPT = "#!/bin/sh\nset -e\n  echo indented\n\n\necho 'done' # not a comment\n"
EMBEDDED = f'kind: Pod\nmetadata:\n  annotations:\n    {EXCLUDE}: "true"\n---\nkind: x\n'
PROSE = "Serves the edge pool at https://example.com/a?b=c and keeps no state; see {docs}, or ask."
TEXTS = (
    *("web", "a b", "", "true", "no", "y", "null", "~", "1", "017", "0o17", "0x1F", "1e3"),
    *("1_000", "1:30", "2020-01-01", ".5", "-.inf", "tRue", "1.2.3", "nginx:1.2", "http://x:80/y"),
    *("a#b", "a # b", "a: b", "key:", "-x", "- x", "--flag=v", "?x", ":x", "*star", "!tag"),
    *("%pct", "@at", "`tick`", "{{ .Values.x }}", "[x]", "{x: y}", "a, b", "it's", 'say "hi"', "|"),
    *("back\\slash", " lead", "trail ", "tab\there", "\ttab", "é☃", "日本語", "😀", "<<", "="),
    *("---", "...", "a\n", "a\n\n\n", "\n", "\nlead\n", "  lead\nx", "a \nb", "a\n b\nc"),
    *("cr\r\nx", "nel\x85 ls\u2028 ps\u2029", "\x00\x07\x1b", "del\x7f", "\ufeffbom", "nbsp\xa0"),
    *(SCRIPT, EMBEDDED, PROSE, PROSE + "\n\n" + PROSE + "\n", "one  two three four"),
    *(PROSE, "one two three four", "é ☃ 😀 and - more", PROSE + "\n\n\n", SCRIPT + "\n"),
)
_texts = st.sampled_from(TEXTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_names = st.sampled_from(("web", "edge-app", "coredns-exporter", "x-1", "on", "123"))
_annotations = st.sampled_from(
    ("true",) * 9 + ("false", "True", "TRUE", "yes", "", " true", True) + (None,) * 5
)
_keys = st.sampled_from(("note", "a.io/b", "true", "false", "15", "y", "null", "k v", "é", "?"))
_pairs = st.lists(st.tuples(_keys, _texts), max_size=2).map(dict)
_one_in_two = st.booleans()
_one_in_six = st.integers(0, 5).map(lambda number: number == 5)
_reuses = st.sampled_from(("", "", "template", "spec", "affinity", "annotations"))

_OS = {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]}
_ARCH = {"key": "kubernetes.io/arch", "operator": "NotIn", "values": ["arm", "s390x"]}
_NAME = {"key": "metadata.name", "operator": "In", "values": ["node-1"]}
_EXACT = reference.REQUIREMENT
_NEAR: tuple[dict[str, Any], ...] = (
    {"key": HOST_NETWORK, "operator": "DoesNotExist"},
    {"key": HOST_NETWORK, "operator": "In", "values": ["false"]},
    {"key": HOST_NETWORK, "operator": "NotIn", "values": ["true", "x"]},
    {"key": HOST_NETWORK, "operator": "NotIn", "values": ["True"]},
    {"key": HOST_NETWORK, "operator": "NotIn", "values": []},
    {"key": HOST_NETWORK, "operator": "NotIn", "values": None},
    {"key": HOST_NETWORK, "operator": "NotIn", "values": [True]},
    {"key": "other.io/hostnetwork", "operator": "NotIn", "values": ["true"]},
)
_expressions: tuple[Any, ...] = (
    *([_OS], [_OS, _ARCH], [_EXACT], [_EXACT, _OS], [_OS, _EXACT, _ARCH], [_OS, _EXACT]),
    *([near] for near in _NEAR),
    *([_NEAR[0], _EXACT], [_OS, _NEAR[2]]),
)
_terms = st.lists(
    st.sampled_from(
        (
            *({}, None, {"matchFields": [_NAME]}, {"matchExpressions": None}),
            *({"matchExpressions": []}, {"matchExpressions": [], "matchFields": [_NAME]}),
            *({"matchExpressions": some} for some in _expressions),
            {"matchExpressions": [_OS], "matchFields": [_NAME]},
        )
    ),
    min_size=1,
    max_size=3,
)
_POD_TERM = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"a": "b"}}}
_PREFERRED = {
    "preferredDuringSchedulingIgnoredDuringExecution": [
        {"weight": 1, "preference": {"matchExpressions": [_OS]}}
    ]
}
_POD_AFFINITY: tuple[dict[str, Any], ...] = (
    *({}, {}, {}, {"podAntiAffinity": {REQUIRED: [_POD_TERM]}}),
    {"podAffinity": {REQUIRED: [_POD_TERM]}, "podAntiAffinity": None},
)
_besides = st.sampled_from(_POD_AFFINITY)
_AFFINITY_SHAPES: dict[str, Any] = {
    "null": None,
    "empty": {},
    "nodeAffinity-null": {"nodeAffinity": None},
    "nodeAffinity-empty": {"nodeAffinity": {}},
    "preferred": {"nodeAffinity": _PREFERRED},
    "required-null": {"nodeAffinity": {REQUIRED: None}},
    "required-empty": {"nodeAffinity": {REQUIRED: {}}},
    "terms-null": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": None}}},
    "terms-empty": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": []}}},
}
_shapes = st.sampled_from(("absent", *_AFFINITY_SHAPES) + ("terms",) * 10)

_CONTAINERS: tuple[dict[str, Any], ...] = (
    {"name": "app", "image": "nginx:1.27"},
    {"name": "app", "image": "registry.example.com:5000/a/b@sha256:0123", "resources": {}},
    {"name": "app", "image": "busybox", "args": ["--v=2", "sleep 9 and exit"], "ports": []},
    {"name": "a", "image": "x", "ports": [{"hostPort": 80}], "args": ["run\nit\n"], "tty": True},
    {"name": "a", "image": "x", "resources": {"limits": {"cpu": 0.5, "memory": "1Gi"}}},
)
_containers = st.lists(st.sampled_from(_CONTAINERS), min_size=1, max_size=2)
_POD_EXTRAS: tuple[tuple[str, Any], ...] = (
    ("hostNetwork", True),
    ("dnsPolicy", "ClusterFirstWithHostNet"),
    ("nodeSelector", {"kubernetes.io/os": "linux"}),
    ("tolerations", [{"operator": "Exists"}, {"key": "a", "effect": "NoSchedule"}]),
    ("terminationGracePeriodSeconds", 1000),
    ("securityContext", {}),
    ("volumes", [{"name": "v", "emptyDir": {}}, {"name": "h", "hostPath": {"path": "/x"}}]),
    ("initContainers", None),
    ("priority", -15),
    ("note", "runs on the edge of it all"),
    ("enableServiceLinks", False),
)
_pod_extras = st.lists(st.sampled_from(_POD_EXTRAS), max_size=3).map(dict)
_SPEC_EXTRAS: tuple[tuple[str, Any], ...] = (
    ("replicas", 2),
    ("selector", {"matchLabels": {"app": "web"}}),
    ("strategy", {"type": "Recreate"}),
    ("paused", False),
    ("minReadySeconds", None),
    ("matrix", [["a", "b"], [["c"], []], [{"d": [1]}]]),
)
_spec_extras = st.lists(st.sampled_from(_SPEC_EXTRAS), max_size=2).map(dict)
_OWNERS: tuple[list[dict[str, Any]], ...] = (
    [{"kind": "ReplicaSet", "name": "web", "controller": True}],
    [{"kind": "Thing", "name": "web", "controller": False}, {"kind": "Thing", "name": "x"}],
)

# (kind, name, namespace) -> label, image, is the pod on the host network?
COMPONENTS = {
    ("DaemonSet", "kube-flannel-ds", "kube-flannel"): (
        ("app", "flannel"),
        "ghcr.io/flannel-io/flannel:v0.26.1",
        True,
    ),
    ("Deployment", "coredns", "kube-system"): (
        ("k8s-app", "kube-dns"),
        "registry.k8s.io/coredns/coredns:v1.11.1",
        False,
    ),
    ("DaemonSet", "kube-proxy", "kube-system"): (
        ("k8s-app", "kube-proxy"),
        "registry.k8s.io/kube-proxy:v1.30.0",
        True,
    ),
}

Draw = st.DrawFn

# apiVersion, kind, where the templates go. The names below `tasks` become members of a list.
_APPS = ("Deployment", "Deployment", "Deployment", "DaemonSet", "StatefulSet", "ReplicaSet")
_SET = "workloadTemplate/{}Template/spec/template"
KINDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    *(("apps/v1", kind, ("spec/template",)) for kind in _APPS),
    ("v1", "Pod", ()),
    ("v1", "Pod", ()),
    ("v1", "PodTemplate", ("template",)),
    ("v1", "ReplicationController", ("spec/template",)),
    ("extensions/v1beta1", "DaemonSet", ("spec/template",)),
    ("batch/v1", "Job", ("spec/template",)),
    ("batch/v1", "CronJob", ("spec/jobTemplate/spec/template",)),
    (
        "apps.openyurt.io/v1beta1",
        "YurtAppSet",
        tuple(f"spec/workload/{_SET}".format(name) for name in ("deployment", "statefulSet")),
    ),
    ("apps.openyurt.io/v1alpha1", "YurtAppSet", (f"spec/{_SET}".format("statefulSet"),)),
    ("apps.openyurt.io/v1alpha1", "YurtAppDaemon", (f"spec/{_SET}".format("deployment"),)),
    ("apps.openyurt.io/v1alpha1", "YurtStaticSet", ("spec/template",)),
    ("apps.kruise.io/v1alpha1", "CloneSet", ("spec/template",)),
    (
        "apps.kruise.io/v1alpha1",
        "UnitedDeployment",
        ("spec/template/cloneSetTemplate/spec/template",),
    ),
    (
        "apps.kruise.io/v1alpha1",
        "AdvancedCronJob",
        ("spec/template/broadcastJobTemplate/spec/template",),
    ),
    ("argoproj.io/v1alpha1", "Rollout", ("spec/template",)),
    ("batch.volcano.sh/v1alpha1", "Job", ("spec/tasks/ps/template", "spec/tasks/x/template")),
    (
        "kubeflow.org/v1",
        "PyTorchJob",
        ("spec/pytorchReplicaSpecs/Master/template", "spec/pytorchReplicaSpecs/Worker/template"),
    ),
    ("example.com/v1", "Thing", ("spec/template",)),
    ("apps.example.com/v1", "Deployment", ("spec/template",)),
)
_kinds = st.sampled_from(KINDS)
_component_names = st.sampled_from(tuple(COMPONENTS))
_others = st.sampled_from(("Node", "Node", "NodePool", "ConfigMap", "Service"))
_shapes_of_document = st.sampled_from(("one",) * 9 + ("list", "list", "list", "other", "other"))
_pools = st.sampled_from(("hangzhou", "shanghai", "nowhere", "", None))
_sops = st.sampled_from(({"mac": "ENC[x]"}, {"mac": "ENC[x]", "mac_only_encrypted": True}))
_list_kinds = st.sampled_from(("List", "List", "DeploymentList", "ResourceList"))


def _affinity(draw: Draw) -> Any:
    shape = draw(_shapes)
    if shape != "terms":
        affinity = _AFFINITY_SHAPES.get(shape, {})
    else:
        affinity = {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": draw(_terms)}}}
        if draw(_one_in_six):
            affinity["nodeAffinity"] |= _PREFERRED
    return affinity if affinity is None else affinity | draw(_besides)


def _template(draw: Draw, earlier: list[dict[str, Any]]) -> dict[str, Any]:
    """Draw a pod template; parts may be taken from one of the document's earlier ones."""
    reuse = draw(_reuses) if earlier else ""
    if reuse == "template":
        return earlier[-1]
    old = earlier[-1] if reuse else {}
    metadata: dict[str, Any] = {"labels": {"app": "web"} | draw(_pairs)}
    asked = draw(_annotations)
    if reuse == "annotations" and "annotations" in (old.get("metadata") or {}):
        metadata["annotations"] = old["metadata"]["annotations"]
    elif asked is not None:
        metadata["annotations"] = {EXCLUDE: asked} | draw(_pairs)
    elif draw(_one_in_six):
        metadata["annotations"] = None
    spec: dict[str, Any] = {"containers": draw(_containers)} | draw(_pod_extras)
    if draw(_one_in_two):
        container = spec["containers"][0] | {"env": [{"name": "TEXT", "value": draw(_texts)}]}
        spec["containers"] = [container, *spec["containers"][1:]]
    if draw(_one_in_six) and draw(_one_in_two):
        del spec["containers"]
    if reuse == "affinity" and "affinity" in (old.get("spec") or {}):
        spec["affinity"] = old["spec"]["affinity"]
    elif (affinity := _affinity(draw)) != {} or draw(_one_in_two):
        spec["affinity"] = affinity
    template = {"metadata": metadata, "spec": old["spec"] if reuse == "spec" else spec}
    if asked is None and draw(_one_in_six):
        template = {"metadata": None, "spec": spec} if draw(_one_in_two) else {"spec": spec}
    earlier.append(template)
    return template


def _workload(draw: Draw, earlier: list[dict[str, Any]]) -> dict[str, Any]:
    if draw(_one_in_six):
        return _component(draw)
    api_version, kind, pointers = draw(_kinds)
    body: dict[str, Any] = {} if pointers else dict(_template(draw, earlier))
    for pointer in pointers:
        *names, last = pointer.split("/")
        parent = body
        for name in names:
            parent = parent.setdefault(name, {})
        parent[last] = _template(draw, earlier)
    if pointers and "spec" in body:
        body["spec"] |= draw(_spec_extras)
        if tasks := body["spec"].get("tasks"):
            body["spec"]["tasks"] = [{"name": name} | task for name, task in tasks.items()]
    metadata = {"name": draw(_names)} | (body.get("metadata") or {})
    if draw(_one_in_six):
        metadata["namespace"] = "edge"
        metadata["annotations"] = {EXCLUDE: "true"} | (metadata.get("annotations") or {})
    if draw(_one_in_six) and draw(_one_in_two):
        metadata["ownerReferences"] = _OWNERS[draw(_one_in_two)]
    if kind == "Pod" and draw(_one_in_six):
        mirror = {reference.MIRROR: "0123abcd"}
        metadata["annotations"] = mirror | (metadata.get("annotations") or {})
    return {"apiVersion": api_version, "kind": kind} | body | {"metadata": metadata}


def _component(draw: Draw) -> dict[str, Any]:
    kind, name, namespace = key = draw(_component_names)
    (label_key, label_value), image, is_host_network = COMPONENTS[key]
    template = _template(draw, [])
    template["metadata"] = {"labels": {label_key: label_value}} | {
        key: value for key, value in (template.get("metadata") or {}).items() if key != "labels"
    }
    spec = template["spec"]
    spec.pop("hostNetwork", None)
    if is_host_network:
        spec["hostNetwork"] = True
    if "containers" in spec:
        spec["containers"] = [{"name": name, "image": image}]
    metadata = {"name": name, "namespace": namespace, "labels": {label_key: label_value}}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": metadata,
        "spec": {"template": template},
    }


def is_component(manifest: dict[str, Any], template: dict[str, Any]) -> bool:
    """Tell whether a generated manifest is a cluster-network component (T2), by name alone."""
    metadata = manifest.get("metadata") or {}
    return (manifest["kind"], metadata.get("name"), metadata.get("namespace")) in COMPONENTS


def _other(draw: Draw) -> dict[str, Any]:
    kind = draw(_others)
    pool = draw(_pools)
    if kind == "Node":
        labels = draw(_pairs)
        if pool is not None:
            labels[POOL] = pool
        if draw(_one_in_two):
            labels[DESIRED_POOL] = draw(_pools) or "hangzhou"
        if draw(_one_in_six):
            labels[HOST_NETWORK] = "true" if draw(_one_in_two) else "false"
        metadata: dict[str, Any] = {"name": draw(_names)}
        has_null = draw(_one_in_two)
        if labels or has_null:
            metadata["labels"] = labels or None
        return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "status": {}}
    if kind == "NodePool":
        is_host_network, is_storage = draw(_one_in_two), draw(_one_in_two)
        spec: dict[str, Any] = {"type": "Edge"}
        metadata = {"name": pool or "hangzhou"}
        if is_storage:
            spec["hostNetwork"] = is_host_network
        elif draw(_one_in_two):
            metadata["annotations"] = {HOST_NETWORK: "True" if is_host_network else "false"}
        version = "v1beta2" if is_storage else "v1beta1"
        return {
            "apiVersion": f"apps.openyurt.io/{version}",
            "kind": kind,
            "metadata": metadata,
            "spec": spec,
        }
    data = draw(_pairs) | {"pod.yaml": EMBEDDED}
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": draw(_names)}, "data": data}


def _value(draw: Draw, earlier: list[dict[str, Any]], depth: int = 0) -> dict[str, Any]:
    shape = draw(_shapes_of_document)
    if shape == "other":
        return _other(draw)
    if shape == "one" or depth > 1:
        value = _workload(draw, earlier)
        if depth == 0 and draw(_one_in_six) and draw(_one_in_two):
            value["sops"] = draw(_sops)
        return value
    items = [_value(draw, earlier, depth + 1) for _ in range(draw(st.integers(0, 3 - depth)))]
    kind = draw(_list_kinds)
    group = {"DeploymentList": "apps/v1", "ResourceList": "config.kubernetes.io/v1"}
    extras = {"metadata": {"resourceVersion": ""}} if draw(_one_in_two) else {}
    return {"apiVersion": group.get(kind, "v1"), "kind": kind, "items": items} | extras


@st.composite
def values(draw: Draw) -> dict[str, Any]:
    """Draw the plain value of one document; no two places share an object."""
    value: dict[str, Any] = json.loads(json.dumps(_value(draw, [])))
    return value


def describe(value: Any) -> frozenset[str]:
    """Name what a document's value holds that the rules look at."""
    found = set()
    for manifest in reference.manifests(value):
        found.add(f"kind:{manifest['kind']}")
        metadata = manifest.get("metadata") or {}
        if "ownerReferences" in metadata:
            is_owned = metadata["ownerReferences"][0].get("controller") is True
            found.add("owned" if is_owned else "owner-not-controller")
        if reference.MIRROR in (metadata.get("annotations") or {}):
            found.add("mirror-pod")
        for template in reference.templates(manifest):
            found.update(_describe_template(template))
            if is_component(manifest, template):
                found.add("component")
    if str(value.get("kind")).endswith("List"):
        found.add("list")
        kinds = [str(item.get("kind")) for item in value["items"]]
        found.add("list-nested" if any(kind.endswith("List") for kind in kinds) else "list-flat")
    return frozenset(found | ({"sops"} if "sops" in value else set()))


def _describe_template(template: dict[str, Any]) -> Iterator[str]:
    metadata = template.get("metadata")
    annotations = (metadata or {}).get("annotations")
    if not metadata:
        yield "metadata-missing"
    yield f"annotation:{(annotations or {}).get(EXCLUDE)!r}"
    if not template["spec"].get("containers"):
        yield "partial"
    parent, names = template["spec"], ("affinity", "nodeAffinity", REQUIRED, "nodeSelectorTerms")
    for name in names:
        if not parent.get(name):
            yield f"{name}:{'absent' if name not in parent else repr(parent[name])}"
            return
        parent = parent[name]
    for index, term in enumerate(parent):
        requirements = (term or {}).get("matchExpressions")
        if not requirements:
            state = "" if "matchExpressions" not in (term or {}) else f" {requirements!r}"
            yield f"term:{'fields' if 'matchFields' in (term or {}) else repr(term)}{state}"
        elif reference.REQUIREMENT in requirements:
            where = requirements.index(reference.REQUIREMENT)
            yield "exact:first" if where == 0 else f"exact:{where - len(requirements)}"
        elif near := [r for r in requirements if r["key"] == HOST_NETWORK]:
            yield f"near:{near[0]['operator']} {near[0].get('values')}"
        if index == 1:
            yield "terms:several"


# --- formatting ---------------------------------------------------------------------------------

FLOW = (
    *("flow", "flow", "flow-multiline", "flow-tight", "flow-spaces", "flow-tab", "flow-comma"),
    *("flow-pair", "flow-bare-key", "shuffled"),
)
BLOCK = (
    *("dash-at-key", "dash-spaces", "dash-alone", "indent-varies", "key-quoted", "key-explicit"),
    *("key-typed", "key-anchor", "key-space", "key-aligned", "colon-spaces", "colon-tab"),
)
SCALARS = (
    *("single", "double", "escapes", "escape-slash", "literal", "folded", "block-indicator"),
    *("plain-multiline", "quoted-multiline", "null-spelling", "bool-spelling", "number-spelling"),
    *("tags", "tags-verbatim"),
)
SHARING = (
    *("anchors", "anchors", "anchor-unused", "anchor-redefined", "merge", "merge", "merge-list"),
    *("merge-inline", "merge-late", "merge-repeated"),
)
SURROUNDINGS = (
    *("comment-line", "comment-line", "comment-trailing", "blank-line", "trailing-spaces", "bom"),
    *("no-last-newline", "marker", "marker-comment", "marker-node", "end-marker", "directive"),
    "indented-root",
)
JSON = (
    *("json-pretty", "json-tabs", "json-compact", "json-odd", "json-escapes", "json-numbers"),
    *("json-surrogates", "json-raw", "json-split-key"),
)
JSON_ONLY = frozenset(("json-surrogates", "json-raw", "json-split-key"))
# What libyaml reads and kubectl refuses; it wants `---` on a line of its own, which CR doesn't end.
NOT_FOR_KUBECTL = frozenset(("escape-slash", "directive", "marker-node"))

DEFAULTS = "x-defaults"
_TAGS = {str: "str", bool: "bool", int: "int", dict: "map", list: "seq"}
_TYPED_KEYS = {"true": ("true", "y", "Yes", "on"), "false": ("FALSE", "n"), "15": ("15", "017")}
_COMMENTS = (
    *("# note", "#", "#no space", "# key: value", "# - item", "# it's", '# "', "# é ☃ 😀", "# {[("),
    *("# ---", "#\ttab ", "# *a &b !c", "#      nodeSelectorTerms:", "# kind: Pod", "# x\u2028# y"),
)
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")
_ESCAPES = {
    "\0": "0", "\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r",
    "\x1b": "e", "\x85": "N", "\xa0": "_", "\u2028": "L", "\u2029": "P", '"': '"', "\\": "\\",
}  # fmt: skip
_NUMBERS = ("+{}", "{:#x}", "0o{:o}", "0{:o}", "{:#b}", "{:_}", "{}.", "{}.0", "{}e0", "{}e+0")


def _is_printable(char: str) -> bool:
    """Tell whether libyaml reads `char` as itself, and not as a line break."""
    return (
        "\x20" <= char <= "\x7e"
        or char == "\t"
        or ("\xa0" <= char <= "\ud7ff" and char not in "\u2028\u2029")
        or ("\ue000" <= char <= "\ufffd" and char != "\ufeff")
        or char > "\uffff"
    )


def _is_plain(text: str, in_flow: bool) -> bool:
    """Tell whether `text` can stand unquoted; what it then means is another question."""
    if not text or text != text.strip() or not all(map(_is_printable, text)) or "\t" in text:
        return False
    if text[0] in _INDICATORS and (text[0] not in "-?:" or text[1:2].strip() == ""):
        return False
    if ": " in text or " #" in text or text.endswith(":") or text.startswith(("---", "...")):
        return False
    if text == "<<" or "\xa0" in text:
        return False
    return not in_flow or not (set(",[]{}?") & set(text) or text.startswith(":"))


@dataclass(frozen=True, slots=True)
class Rendered:
    """One document: its text, its plain value, and the names of what text and value contain."""

    text: str
    value: Any
    features: frozenset[str]


@dataclass(frozen=True, slots=True)
class Stream:
    """Several documents in one text, a `---` between each two."""

    text: str
    documents: tuple[Rendered, ...]


@dataclass(frozen=True, slots=True)
class _Merge:
    """The value of a `<<`: anchors, or a mapping written in place."""

    names: tuple[str, ...]
    inline: dict[str, Any]


class _Formatter:
    """Shared by the two writers: where is an allowed feature used?"""

    def __init__(self, random: Random, options: frozenset[str]) -> None:
        self.random = random
        self.details = Random(random.random())
        self.options = options
        self.rate = random.choice((0.15, 0.4, 0.4, 0.8))
        self.used: set[str] = set()

    def hits(self, option: str, rate: float | None = None) -> bool:
        """Decide whether to use `option` here, and note it.

        The dice are thrown for a forbidden option too: forbidding one leaves the others' places.
        """
        roll = self.random.random()
        if option not in self.options or roll >= (rate or self.rate):
            return False
        self.used.add(option)
        return True


class _YamlWriter(_Formatter):
    """Writes one document. Methods return text in document order: some state follows the order.

    An *indent* is the column of the collection that a node stands in; text that belongs to the
    node on further lines stands to the right of it.
    """

    def __init__(self, random: Random, options: frozenset[str], step: int) -> None:
        super().__init__(random, options)
        self.step = step
        self.is_dash_at_key = self.hits("dash-at-key", 0.7)
        self.anchors: dict[str, str] = {}
        self.bases: list[tuple[str, dict[str, Any]]] = []
        self.counts: Counter[str] = Counter()
        self.scalar_anchors: list[str] = []
        self.anchor_count = 0
        self.wanted: frozenset[str] = frozenset()
        self.is_sharing = not options.isdisjoint(SHARING)
        # Of the block scalar just written: its column and its chomping indicator.
        self.block_column: int | None = None
        self.chomping = ""

    # - the document

    def document(self, value: dict[str, Any], is_flow: bool) -> str:
        if self.is_sharing:
            self.counts.update(map(_identity, _parts(value)))
            self.wanted = frozenset(map(_identity, value.get(DEFAULTS, {}).values()))
        text = "\ufeff" if self.hits("bom", 0.5) else ""
        text += self.noise()
        is_marked = self.hits("marker", 0.7)
        if self.hits("directive", 0.3):
            text += f"%YAML 1.1{self.spaces()}\n"
            is_marked = True
            self.used.add("marker")
        if is_marked:
            text += "---"
            if self.hits("marker-node"):
                text += self.random.choice((" !!map", " &root", " &root !!map", " !!map &root"))
            comment = " # a: b" if self.hits("marker-comment") else ""
            text += f"{comment}{self.spaces()}\n{self.noise()}"
        if is_flow:
            text += self.flow(value, 0) + self.trail()
        else:
            indent = self.random.randint(1, 4) if self.hits("indented-root") else 0
            text += " " * indent + self.block(value, indent)
        is_open = self.block_column is not None and self.chomping != "-"
        if not is_open and self.hits("no-last-newline", 0.7):
            return text
        text += "\n" + self.noise()
        if self.hits("end-marker", 0.7):
            text += f"...{self.trail()}\n"
            if self.random.random() < 0.2:
                text += "# after\n\n"
        return text

    def noise(self) -> str:
        """Return lines of blanks and comments; where a block scalar ended, what can't join it."""
        text = ""
        for _ in range(2):
            if self.hits("comment-line"):
                column = self.details.choice((0, 0, self.step, self.details.randint(0, 9)))
                if self.block_column is not None:
                    column = min(column, self.block_column - 1)
                comment = self.details.choice(_COMMENTS)
                self.used.update(["comment-line-separator"] if "\u2028" in comment else [])
                text += " " * column + comment + "\n"
                self.block_column = None
            if self.block_column is not None:
                if self.chomping != "+" and self.hits("blank-line"):
                    text += "\n"
            elif self.hits("blank-line"):
                text += self.spaces() + "\n"
        self.block_column = None
        return text

    def spaces(self) -> str:
        return " " * self.details.randint(1, 3) if self.hits("trailing-spaces") else ""

    def trail(self) -> str:
        """Return what may follow the last token of a line."""
        text = self.spaces()
        if self.hits("comment-trailing"):
            text += " " * self.details.randint(1, 2) + self.details.choice(_COMMENTS)
        return text

    def next_step(self) -> int:
        return self.random.randint(1, 8) if self.hits("indent-varies") else self.step

    # - nodes

    def node(self, value: Any, indent: int, indicator: str) -> str:
        """Return what follows `indicator` (a colon after a simple key, or `-`, `?`'s `=`)."""
        gap = self.gap(indicator)
        if isinstance(value, _Merge):
            return gap + self.merged(value, indent) + self.trail()
        if name := self.alias(value):
            return f"{gap}*{name}{self.trail()}"
        name, tag = self.new_anchor(value), self.tag(value)
        properties = self.properties(name, tag)
        if isinstance(value, dict | list) and value and not self.hits("flow"):
            text = self.nested(value, indent, indicator, gap, properties)
        else:
            if isinstance(value, dict | list):
                content = self.flow(value, indent)
            else:
                content = self.scalar(value, indent, tag, bool(properties))
            content = " ".join(filter(None, (properties, content)))
            text = gap + content if content else ""
            if self.block_column is None:
                text += self.trail()
        self.remember(name, value)
        return text

    def gap(self, indicator: str) -> str:
        if indicator == ":":
            if self.hits("colon-tab"):
                return "\t"
            return " " * (self.random.randint(2, 6) if self.hits("colon-spaces") else 1)
        return " " * (self.random.randint(2, 4) if self.hits("dash-spaces") else 1)

    def nested(self, value: Any, indent: int, indicator: str, gap: str, properties: str) -> str:
        """Return a block collection: on the indicator's own line, or from the next line on."""
        if indicator != ":" and not properties and not self.hits("dash-alone"):
            if isinstance(value, list) and indicator == "-":
                self.used.add("dash-dash")
            return gap + self.block(value, indent + 1 + len(gap))
        head = (gap + properties if properties else "") + self.trail()
        column = indent + self.next_step()
        if isinstance(value, list) and indicator == ":" and self.is_dash_at_key:
            column = indent
        return head + self.line_start(column) + self.block(value, column)

    def block(self, value: Any, column: int) -> str:
        """Return a collection in block style, without the spaces before its first line."""
        parts = []
        if isinstance(value, list):
            for index, item in enumerate(value):
                parts.append(self.line_start(column) if index else "")
                parts.append("-" + self.node(item, column, "-"))
        else:
            entries = self.entries(value)
            width = max(len(key) for key, _ in entries) if self.hits("key-aligned") else 0
            for index, (key, item) in enumerate(entries):
                parts.append(self.line_start(column) if index else "")
                parts.append(self.entry(key, item, column, width))
        return "".join(parts)

    def line_start(self, column: int) -> str:
        return f"\n{self.noise()}{' ' * column}"

    def entry(self, key: str, value: Any, column: int, width: int) -> str:
        if isinstance(value, _Merge):
            return "<<:" + self.node(value, column, ":")
        text = self.key(key, in_flow=False)
        if self.hits("key-explicit", self.rate / 2):
            if value is None and self.random.random() < 0.5:
                return f"? {text}{self.trail()}"
            text = f"? {text}{self.trail()}{self.line_start(column)}"
            return f"{text}:{self.node(value, column, '=')}"
        if self.hits("key-space", self.rate / 2):
            text += " "
        return f"{text}:{' ' * max(width - len(text), 0)}{self.node(value, column, ':')}"

    def entries(self, value: dict[str, Any]) -> list[tuple[str, Any]]:
        """Return the entries to write for a mapping, in order; some may come by a merge."""
        entries = list(value.items())
        if self.hits("shuffled"):
            self.random.shuffle(entries)
        entries.sort(key=lambda entry: entry[0] != DEFAULTS)
        if not (merge := self.merge(value)):
            return entries
        base = merge.inline
        for name in reversed(merge.names):
            base = base | next(known for other, known in self.bases if other == name)
        is_late = self.hits("merge-late")
        above: list[tuple[str, Any]] = []
        below: list[tuple[str, Any]] = []
        for key, item in entries:
            if key not in base:
                (above if is_late and self.random.random() < 0.5 else below).append((key, item))
            elif _identity(base[key]) != _identity(item):
                below.append((key, item))
            elif is_late and self.random.random() < 0.3:
                self.used.add("merge-overrides")
                above.append((key, "overridden by the merge"))
            elif self.hits("merge-repeated"):
                below.append((key, item))
        return [*above, ("<<", merge), *below]

    def merge(self, value: dict[str, Any]) -> _Merge | None:
        """Choose what a mapping can merge: what has no other keys, and one value of its own."""
        if "merge" not in self.options or self.random.random() < 0.3:
            return None
        usable = [
            (name, base)
            for name, base in self.bases
            if base.keys() <= value.keys()
            and any(_identity(base[key]) == _identity(value[key]) for key in base)
        ]
        if usable:
            self.used.add("merge")
            names = [self.random.choice(usable)[0]]
            if self.hits("merge-list"):
                names.append(self.random.choice(usable)[0])
            return _Merge(tuple(names), {})
        if value and DEFAULTS not in value and self.hits("merge-inline", self.rate / 4):
            keys = self.random.sample(list(value), self.random.randint(1, len(value)))
            return _Merge((), {key: value[key] for key in keys})
        return None

    def merged(self, merge: _Merge, indent: int) -> str:
        if not merge.names:
            return self.flow(merge.inline, indent, can_merge=False)
        self.block_column = None
        if len(merge.names) == 1 and self.random.random() < 0.9:
            return f"*{merge.names[0]}"
        return f"[{', '.join(f'*{name}' for name in merge.names)}]"

    # - anchors and tags

    def alias(self, value: Any) -> str | None:
        if not self.is_sharing or (name := self.anchors.get(_identity(value))) is None:
            return None
        if self.random.random() < 0.3:
            return None
        self.used.add(f"alias-{type(value).__name__}")
        self.block_column = None
        return name

    def new_anchor(self, value: Any) -> str | None:
        if not self.is_sharing or value is None:
            return None
        identity = _identity(value)
        is_scalar = not isinstance(value, dict | list)
        is_shared = "anchors" in self.options and self.counts[identity] > 1
        is_worth_it = is_shared and self.random.random() < (0.3 if is_scalar else 0.8)
        if not (is_worth_it or identity in self.wanted or self.hits("anchor-unused", 0.05)):
            return None
        self.used.add("anchors" if is_worth_it else "anchor-wanted")
        if is_scalar and self.scalar_anchors and self.hits("anchor-redefined"):
            name = self.random.choice(self.scalar_anchors)
            self.anchors = {known: other for known, other in self.anchors.items() if other != name}
            return name
        self.anchor_count += 1
        name = f"{self.random.choice(('a', 'base-', 'x_', 'ID'))}{self.anchor_count}"
        if is_scalar:
            self.scalar_anchors.append(name)
        return name

    def remember(self, name: str | None, value: Any) -> None:
        if name is not None:
            self.anchors[_identity(value)] = name
            if isinstance(value, dict) and value:
                self.bases.append((name, value))

    def tag(self, value: Any) -> str | None:
        if value is None or isinstance(value, float) or not self.hits("tags", self.rate / 3):
            return None
        if isinstance(value, str) and self.random.random() < 0.2:
            return "!"
        name = _TAGS[type(value)]
        return f"!<tag:yaml.org,2002:{name}>" if self.hits("tags-verbatim") else f"!!{name}"

    def properties(self, name: str | None, tag: str | None) -> str:
        found = [text for text in (name and f"&{name}", tag) if text]
        if len(found) == 2 and self.random.random() < 0.5:
            found.reverse()
        return " ".join(found)

    # - flow style

    def flow(self, value: Any, indent: int, can_merge: bool = True) -> str:
        """Return a collection in flow style; `indent` is the column of the block around it."""
        is_mapping = isinstance(value, dict)
        opening, closing = "{}" if is_mapping else "[]"
        self.block_column = None
        if not value:
            return opening + (" " if self.hits("flow-spaces") else "") + closing
        self.used.add("flow")
        is_multiline = self.hits("flow-multiline")
        column = indent + self.next_step()
        text = opening + self.flow_gap(is_multiline, column, "")
        members: list[Any] = value
        if is_mapping:
            members = self.entries(value) if can_merge else list(value.items())
        for index, member in enumerate(members):
            if index:
                text += "," + self.flow_gap(is_multiline, column, " ")
            text += (self.flow_entry if is_mapping else self.flow_item)(member, column)
        if self.hits("flow-comma"):
            text += " ," if self.hits("flow-spaces") else ","
        if is_multiline:
            column = self.random.choice((indent, column))
        # libyaml refuses a tab on the line below a plain scalar.
        can_begin_with_tab = text.endswith(",")
        return text + self.flow_gap(is_multiline, column, "", can_begin_with_tab) + closing

    def flow_gap(
        self, is_multiline: bool, column: int, usual: str, can_begin_with_tab: bool = True
    ) -> str:
        if is_multiline:
            text = f"{self.trail()}\n"
            if self.hits("comment-line"):
                text += " " * self.random.randint(0, column) + '# in flow, "}\n'
            has_tab = can_begin_with_tab and self.hits("flow-tab")
            return text + ("\t" if has_tab else " " * column)
        if self.hits("flow-tab"):
            return "\t"
        if self.hits("flow-spaces"):
            return " " * self.random.randint(1, 3)
        return "" if self.hits("flow-tight") else usual

    def flow_entry(self, entry: tuple[str, Any], column: int) -> str:
        key, value = entry
        if isinstance(value, _Merge):
            return f"<<: {self.merged(value, column)}"
        text = self.key(key, in_flow=True)
        if value is None and self.hits("flow-bare-key"):
            return text
        gap = "\t" if self.hits("colon-tab") else " "
        if text[-1] in "'\"" and self.hits("flow-tight"):
            gap = ""
        return f"{text}:{gap}{self.flow_node(value, column, can_be_empty=gap != '')}"

    def flow_item(self, value: Any, column: int) -> str:
        if isinstance(value, dict) and len(value) == 1 and self.hits("flow-pair"):
            ((key, item),) = value.items()
            return f"{self.key(key, in_flow=True)}: {self.flow_node(item, column, True)}"
        return self.flow_node(value, column, can_be_empty=False)

    def flow_node(self, value: Any, column: int, can_be_empty: bool) -> str:
        if name := self.alias(value):
            return f"*{name}"
        name, tag = self.new_anchor(value), self.tag(value)
        properties = self.properties(name, tag)
        if isinstance(value, dict | list):
            text = self.flow(value, column)
        else:
            text = self.scalar(value, None, tag, bool(properties) or not can_be_empty)
        self.remember(name, value)
        return " ".join(filter(None, (properties, text)))

    # - scalars

    def key(self, key: str, in_flow: bool) -> str:
        anchor = ""
        if not in_flow and self.hits("key-anchor", self.rate / 4):
            self.anchor_count += 1
            anchor = f"&key{self.anchor_count} "
        if key in _TYPED_KEYS and self.hits("key-typed"):
            return anchor + self.random.choice(_TYPED_KEYS[key])
        if _is_plain(key, in_flow) and resolve(key) == key and not self.hits("key-quoted"):
            return anchor + key
        return anchor + self.quoted(key, None, [])

    def scalar(self, value: Any, indent: int | None, tag: str | None, must_show: bool) -> str:
        """Return a scalar; `indent` is None in a flow collection."""
        self.block_column = None
        if isinstance(value, str):
            return self.string(value, indent, tag)
        if value is None:
            spellings = ("~", "Null", "NULL") if must_show else ("", "", "~", "Null", "NULL")
            return self.random.choice(spellings) if self.hits("null-spelling") else "null"
        if isinstance(value, bool):
            words = ("true", "True", "yes", "on", "Y") if value else ("false", "NO", "off", "n")
            text = self.random.choice(words if self.hits("bool-spelling") else words[:1])
        elif isinstance(value, int) and self.hits("number-spelling"):
            text = self.random.choice(_NUMBERS).format(value)
            if not is_same(resolve(text), value) or (tag and isinstance(resolve(text), float)):
                text = str(value)
        else:
            text = repr(value)
        return f'"{text}"' if tag and self.random.random() < 0.5 else text

    def string(self, text: str, indent: int | None, tag: str | None) -> str:
        styles = [style for style in ("single", "double") if self.hits(style)]
        if indent is not None and _can_be_block(text):
            is_by_default = "\n" in text and not styles and self.random.random() < 0.7
            if self.hits("folded", 0.6):
                return self.block_scalar(text, indent, ">")
            if is_by_default or self.hits("literal"):
                return self.block_scalar(text, indent, "|")
        is_plain = _is_plain(text, indent is None) and (tag or isinstance(resolve(text), str))
        if styles or not is_plain:
            return self.quoted(text, indent, styles)
        if indent is not None and " " in text and self.hits("plain-multiline", 0.8):
            return self.folded(text, indent)
        return text

    def quoted(self, text: str, indent: int | None, styles: list[str]) -> str:
        """Return `text` in quotes, on one line where `indent` is None."""
        is_multiline = indent is not None and self.hits("quoted-multiline")
        can_be_single = all(map(_is_printable, text)) or (is_multiline and _is_foldable(text))
        if can_be_single and (styles[:1] or [self.random.choice(("single", "double"))]) != [
            "double"
        ]:
            text = text.replace("'", "''")
            return f"'{self.folded(text, indent or 0) if is_multiline else text}'"
        return f'"{self.double(text, indent if is_multiline else None)}"'

    def folded(self, text: str, indent: int) -> str:
        """Break lines at single spaces, and write each line end as an empty line."""
        pad = " " * (indent + self.random.randint(1, 4))
        parts = []
        for index, char in enumerate(text):
            if char == "\n":
                parts.append(f"\n\n{pad}")
            elif char == " " and _is_inside(text, index) and self.random.random() < 0.3:
                parts.append(f"{self.spaces()}\n{pad}")
            else:
                parts.append(char)
        return "".join(parts)

    def double(self, text: str, indent: int | None) -> str:
        pad = "" if indent is None else " " * (indent + self.random.randint(1, 4))
        rate = self.rate / 3 if self.hits("escapes") else 0
        parts = []
        for index, char in enumerate(text):
            fold = self.random.random() if pad and _is_inside(text, index) else 1
            if char in " \n" and fold < 0.3:
                parts.append(f"\n{pad}" if char == " " else f"\n\n{pad}")
                continue
            if not char.isspace() and fold < 0.05:
                parts.append(f"\\\n{pad}")
            parts.append(self.escaped(char, rate))
        return "".join(parts)

    def escaped(self, char: str, rate: float) -> str:
        if char == "/" and self.hits("escape-slash"):
            return "\\/"
        is_needed = char in '"\\' or not _is_printable(char)
        if not is_needed and (char == " " or self.random.random() >= rate):
            return char
        if char in _ESCAPES and self.random.random() < 0.7:
            return f"\\{_ESCAPES[char]}"
        number = ord(char)
        spellings = (f"\\U{number:08X}", f"\\u{number:04x}", f"\\x{number:02X}")
        return self.random.choice(
            spellings[: 3 if number < 0x100 else 2 if number < 0x10000 else 1]
        )

    def block_scalar(self, text: str, indent: int, style: str) -> str:
        """Return a literal (`|`) or folded (`>`) scalar; its lines are to the right of `indent`."""
        content = text.rstrip("\n")
        newlines = len(text) - len(content)
        self.chomping = "-" if newlines == 0 else "+"
        if newlines == 1 and self.random.random() < 0.5:
            self.chomping = ""
        self.used.add(f"{'literal' if style == '|' else 'folded'}{self.chomping}")
        step = self.next_step()
        header = [self.chomping]
        if content[0] in " \t\n" or self.hits("block-indicator"):
            self.used.add("block-indicator")
            header.append(str(step))
            self.random.shuffle(header)
        column = self.block_column = indent + step
        lines = content.split("\n") if style == "|" else self.folded_lines(content)
        lines += [""] * (newlines - 1)
        comment = " # |" if self.hits("comment-trailing") else ""
        head = f"{style}{''.join(header)}{self.spaces()}{comment}"
        return "\n".join([head, *(" " * column + line if line else "" for line in lines)])

    def folded_lines(self, content: str) -> list[str]:
        """Return the lines of a folded scalar: they join to `content` as YAML 1.1 reads them."""
        result: list[str] = []
        above = ""
        for line in content.split("\n"):
            is_text = line[:1].strip() != ""
            if is_text and above[:1].strip():
                result.append("")  # a line end between lines of text is written twice
            above = line or above
            start = 0
            for index, char in enumerate(line) if is_text else ():
                if char == " " and _is_inside(line, index) and self.random.random() < 0.2:
                    result.append(line[start:index])
                    start = index + 1
            result.append(line[start:])
        return result


class _JsonWriter(_Formatter):
    """Writes one document as JSON: compact, with a space, pretty, or with white space anywhere."""

    def __init__(self, random: Random, options: frozenset[str], step: int) -> None:
        super().__init__(random, options)
        self.indent = "\t" if self.hits("json-tabs", 0.8) else " " * step
        self.is_odd = self.hits("json-odd", 0.8)
        self.is_pretty = not self.is_odd and self.hits("json-pretty", 0.8)
        self.space = "" if self.hits("json-compact", 0.8) else " "

    def document(self, value: Any) -> str:
        start = "\n \n" if self.is_odd else ""
        end = "" if self.hits("no-last-newline", 0.7) else "\n"
        return start + self.node(value, 1) + end

    def node(self, value: Any, depth: int) -> str:
        if isinstance(value, str):
            return f'"{"".join(map(self.char, value))}"'
        if not isinstance(value, dict | list):
            if isinstance(value, int) and not isinstance(value, bool) and self.hits("json-numbers"):
                return f"{value}.0" if self.random.random() < 0.5 else f"{value}E+0"
            return json.dumps(value)
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        if not value:
            return opening + self.gap("", 0) + closing
        members = [(None, item) for item in value]
        if isinstance(value, dict):
            members = list(value.items())
            if self.hits("shuffled"):
                self.random.shuffle(members)
        text = opening
        for index, (key, item) in enumerate(members):
            text += self.comma(index, depth)
            if key is not None:
                text += self.node(key, depth)
                text += self.gap("", depth) if self.is_odd and self.hits("json-split-key") else ""
                text += ":" + self.gap(self.space, depth)
            text += self.node(item, depth + 1)
        end = f"\n{self.indent * (depth - 1)}" if self.is_pretty else self.gap("", depth)
        return text + end + closing

    def comma(self, index: int, depth: int) -> str:
        text = "," if index else ""
        if self.is_pretty:
            return f"{text}\n{self.indent * depth}"
        return text + self.gap(self.space if index else "", depth)

    def gap(self, usual: str, depth: int) -> str:
        if not self.is_odd or self.random.random() < 0.6:
            return usual
        return self.random.choice(("", " ", "  ", "\t", "\n", f"\n{self.indent * depth}", " \n\n "))

    def char(self, char: str) -> str:
        if char in '"\\' or char < " ":
            return json.dumps(char)[1:-1]
        if char == "/" and self.hits("json-escapes"):
            return "\\/"
        if char > "\uffff":
            return json.dumps(char)[1:-1] if self.hits("json-surrogates", 0.8) else char
        if not _is_printable(char):
            return char if self.hits("json-raw", 0.8) else f"\\u{ord(char):04X}"
        return f"\\u{ord(char):04x}" if self.hits("json-escapes", self.rate / 8) else char


def render(
    value: dict[str, Any],
    seed: int = 0,
    options: frozenset[str] = frozenset(),
    layout: str = "block",
    line_end: str = "\n",
    step: int = 2,
) -> Rendered:
    """Render one document; `layout` is block, flow or json; `line_end` may be "mixed".

    The value in the result has `x-defaults` besides, where the text has something to merge.
    Raises: AssertionError: the text does not load back to the value, a bug of the writers.
    """
    random = Random(seed)
    writer: _JsonWriter | _YamlWriter
    if layout == "json":
        writer = _JsonWriter(random, options, step)
        text = writer.document(value)
    else:
        if "merge" in options:
            value = _with_defaults(value, random)
        writer = _YamlWriter(random, options, step)
        text = writer.document(value, layout == "flow")
    if line_end == "mixed":
        text = "".join(random.choice(("\n", "\r\n")) if c == "\n" else c for c in text)
    elif line_end != "\n":
        text = text.replace("\n", line_end)
    if not is_same(loaded := load(text), value):
        raise AssertionError(f"{text}\nloads as {loaded}\nand not as {value}")
    if layout == "json" and not is_same(json.loads(text), value):
        raise AssertionError(f"another value as JSON: {text}")
    features = {f"layout:{layout}", f"line-end:{line_end!r}", f"indent:{step}"}
    return Rendered(text, value, describe(value) | features | writer.used)


def _with_defaults(value: dict[str, Any], random: Random) -> dict[str, Any]:
    """Put parts of some of the value's mappings under an extra key at the root, to merge from."""
    usable = [part for part in _parts(value) if isinstance(part, dict) and part][1:]
    bases = {}
    for number, part in enumerate(random.sample(usable, min(len(usable), random.randint(1, 3)))):
        keys = random.sample(list(part), random.randint(1, len(part)))
        bases[f"d{number}"] = base = {key: deepcopy(part[key]) for key in keys}
        if len(base) > 1 and random.random() < 0.4:
            base[keys[0]] = "by default"
    return {DEFAULTS: bases} | value if bases else value


def _parts(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _parts(part)


def _identity(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _can_be_block(text: str) -> bool:
    return text.strip("\n") != "" and all(_is_printable(char) or char == "\n" for char in text)


def _is_inside(text: str, index: int) -> bool:
    """Tell whether the characters on both sides are there and are no white space."""
    if not 0 < index < len(text) - 1:
        return False
    return not text[index - 1].isspace() and not text[index + 1].isspace()


def _is_foldable(text: str) -> bool:
    """Tell whether `text` can be written in single quotes on several lines."""
    return all(
        _is_inside(text, index) if char == "\n" else _is_printable(char)
        for index, char in enumerate(text)
    )


_layouts = st.sampled_from(("block",) * 6 + ("flow", "json", "json"))
YAML_LAYOUTS = st.sampled_from(("block",) * 6 + ("flow",))
_line_ends = st.sampled_from(("\n",) * 6 + ("\r\n",) * 3 + ("mixed", "\r"))
_steps = st.sampled_from((2, 2, 2, 4, 4, 1, 3, 5, 6, 7, 8))
_seeds = st.integers(0, 2**32 - 1)
_groups = st.tuples(
    *(st.frozensets(st.sampled_from(group)) for group in (FLOW, BLOCK, SCALARS, SURROUNDINGS)),
    st.frozensets(st.sampled_from(SHARING), max_size=5),
)
_json_options = st.frozensets(st.sampled_from((*JSON, "no-last-newline", "shuffled")))


def documents(**drawn: st.SearchStrategy[str]) -> st.SearchStrategy[Rendered]:
    """Draw one document in random formatting, or with the `layouts` or `line_ends` given."""
    return values().flatmap(lambda value: rendered(value, **drawn))


@st.composite
def rendered(
    draw: Draw,
    value: dict[str, Any],
    layouts: st.SearchStrategy[str] = _layouts,
    line_ends: st.SearchStrategy[str] = _line_ends,
) -> Rendered:
    """Draw the formatting of a value."""
    layout = draw(layouts)
    options = draw(_json_options) if layout == "json" else frozenset[str]().union(*draw(_groups))
    return render(value, draw(_seeds), options, layout, draw(line_ends), draw(_steps))


def streams(max_size: int = 4, **drawn: st.SearchStrategy[str]) -> st.SearchStrategy[Stream]:
    """Draw several documents in one text, with what is `drawn` as for one."""
    return st.lists(documents(**drawn), min_size=1, max_size=max_size).map(join)


def join(parts: list[Rendered]) -> Stream:
    """Join documents by `---`, or by `...` where a document brings its own marker."""
    text = ""
    for part in parts:
        following = part.text
        if text:
            following = following.removeprefix("\ufeff")
            text += "" if text.endswith(("\n", "\r")) else "\n"
            text += "...\n" if "marker" in part.features else "---\n"
        text += following
    return Stream(text, tuple(parts))
