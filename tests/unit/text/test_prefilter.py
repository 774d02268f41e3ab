import base64
import json
import string
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from transformer.text.prefilter import (
    is_blank,
    marks,
    may_match,
    mentions_compared,
    mentions_local_service,
    mentions_node,
    mentions_pod_security,
    mentions_pool,
    prefilter_for,
    with_collected,
)

ALL = prefilter_for(["kube-proxy", "coredns"], nodes=True, cni=True, all_templates=False)
NONE = prefilter_for([], nodes=False, cni=False, all_templates=False)

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata:
      annotations: {note: "a \\"quoted\\" word, 5 % of !them"}
    spec:
      affinity: {nodeAffinity: {}, podAffinity: {}}
      nodeSelector: {disk: ssd}
      containers:
      - {name: web, image: "nginx:1.2"}
"""
PROSE = """\
apiVersion: v1
kind: ConfigMap
data:
  text: |
    The Node is a machine, a NodePool a set of them; NodeMetrics: hostNode and Node.js,
    my-Node or Node_1 on the Node
    and (Node) is no kind: NodeAffinity, node, Nodes
    | Node | NodePort: 30000 \\
    Node count
"""


def _load(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CSafeLoader)


def test_a_document_without_any_of_the_words_does_not_matter() -> None:
    assert not may_match(ALL, DEPLOYMENT.encode())
    assert not may_match(ALL, b"")
    assert not mentions_pool(DEPLOYMENT.encode())


def test_prose_about_nodes_does_not_matter() -> None:
    without_end = PROSE.replace("| Node | NodePort: 30000 \\\n    Node count", "")
    assert not may_match(ALL, without_end.encode())
    assert not mentions_pool(f"{PROSE}  group: apps.openyurt.io\n".encode())


@pytest.mark.parametrize(
    "text",
    [
        "kind: Node",
        "kind: Node\n",
        "kind: Node\r\n",
        "kind: Node # of a pool",
        "kind:\tNode \t\n",
        "kind:\n  Node\n",
        "kind: 'Node'\n",
        'kind: "Node"\n',
        "kind: |-\n  Node\n",
        "kind: !!str Node\n",
        "kind: &kind Node\n",
        "kind: &kind !!str Node\n",
        "? kind\n: Node\n",
        "a: &a Node\nkind: *a\n",
        "{a: {&a Node: 1}, kind: *a}",
        "{kind: Node}",
        "{kind: Node, b: c}",
        '{"kind":"Node"}',
        '{"kind":Node}',
        "items:\n- kind: Node\n",
        "items: [kind: Node]\n",
        "kinds:\n- &n Node\nitems:\n- kind: *n\n",
        "--- {kind: NodeList}",
        "kind: NodePool\n",
        "kind: NodePoolList\n",
        "kind:\u2028  Node\u2028",
        "{kind:\u0085Node\u0085}",
        f"kind: &{'k' * 300} Node\n",
        f"kind: {' ' * 300} Node\n",
        "\ufeffkind: Node\n",
    ],
)
def test_a_node_matters_however_its_kind_is_written(text: str) -> None:
    assert "Node" in str(_load(text))
    assert may_match(ALL, text.encode())


@pytest.mark.parametrize("kind", ["NodePool", "NodePoolList"])
def test_a_pool_matters_whatever_the_rules_are(kind: str) -> None:
    pool = f"apiVersion: apps.openyurt.io/v1beta2\nkind: {kind}\n".encode()
    assert may_match(NONE, pool)
    assert mentions_pool(pool)
    assert not mentions_pool(pool.replace(b"apps.openyurt.io", b"karpenter.sh"))
    assert not mentions_pool(pool.replace(b"NodePool", b"Node"))


def test_a_node_matters_only_to_a_rule_about_nodes() -> None:
    assert not may_match(NONE, b"kind: Node\n")


def test_an_annotation_key_matters_by_itself() -> None:
    exclude, cni = (
        f'kind: Anything\nmetadata:\n  annotations:\n    {key}: "true"\n'.encode()
        for key in ("apps.openyurt.io/exclude-host-network-pool", "transform.hostnet.io/cni")
    )
    assert may_match(ALL, exclude)
    assert may_match(ALL, cni)
    assert may_match(NONE, exclude), "there is something to report, whatever rules are on"
    assert not may_match(NONE, cni)


def test_a_component_matters_only_beside_containers() -> None:
    proxy = DEPLOYMENT.replace("name: web", "name: kube-proxy").encode()
    assert may_match(ALL, proxy)
    assert not may_match(NONE, proxy)
    assert not may_match(ALL, proxy.replace(b"containers", b"container"))


def test_every_template_matters_to_a_rule_about_all_of_them() -> None:
    prefilter = prefilter_for([], nodes=False, cni=False, all_templates=True)
    assert may_match(prefilter, DEPLOYMENT.encode())
    assert not may_match(prefilter, b"kind: ConfigMap\n")


@pytest.mark.parametrize("name", ["", "my cni", "a\\b", "café", "it's"])
def test_a_name_that_is_no_plain_word_makes_every_template_matter(name: str) -> None:
    prefilter = prefilter_for(["x", name], nodes=False, cni=True, all_templates=False)
    assert may_match(prefilter, DEPLOYMENT.encode())


@pytest.mark.parametrize(
    "text",
    [
        r'"k\x69nd": "\x4eode"',
        r'"kind": "\u004eod\u0065"',
        r'"kind": "\U0000004eode"',
        r'"kind": "N\x6F\x64e"',
        '"kind": "No\\\n  de"',
        '"kind": "No\\\r\n \t de"',
        '"kind": "\\\n Node\\\n "',
        '"kind": "No\\\rde"',
        '"kind": "No\\\u0085de"',
        '"kind": "No\\\u2028 de"',
        r'"a": "\\\\", "kind": "\x4eode"',
        r'"a": "\\x4e\\", "kind": "\x4eode"',
        r"'a': 'C:\', " r'"kind": "\x4eode"',
        r"a: C:\\\, " r'"kind": "\x4eode"',
        r'"apps.openyurt.io\/exclude-host-network-poo\u006c": "true"',
        '? "apps.openyurt.io/exclude-host-\\\n    network-pool"\n: "true"',
        r'"transform.hostnet.io\/cni": "true"',
        r'"conta\x69ners": "kube-proxy"',
        r'"containers": "kube\x2dproxy"',
        r'"containers": "\\x1ckube\x2dproxy"',
        r'"containers": "\\u00e5coredn\x73"',
        r'"containers": "\\x6coredn\x73"',
    ],
)
def test_escapes_hide_no_word(text: str) -> None:
    seen = _load("{" + text + "}")
    assert may_match(ALL, text.encode()), seen
    assert may_match(ALL, ("{" + text + "}").encode())


@pytest.mark.parametrize("character", string.ascii_letters + string.digits + "-._/")
def test_any_character_of_a_component_name_may_be_escaped(character: str) -> None:
    name = f"x{character}y"
    prefilter = prefilter_for([name], nodes=False, cni=True, all_templates=False)
    for form in ("\\x{:02x}", "\\x{:02X}", "\\u{:04x}", "\\U{:08X}"):
        text = f'containers: "x{form.format(ord(character))}y"'
        assert _load(text) == {"containers": name}
        assert may_match(prefilter, text.encode())


def test_an_escape_that_is_none_hides_no_word() -> None:
    assert may_match(ALL, rb"{kind: \/Node}" + b"\nkind: Node\n")
    assert may_match(ALL, b"containers: [caf\\x63oredns]\nb: coredns\n")
    assert may_match(ALL, b"containers: [x\\x1coredns]\n")


@pytest.mark.parametrize(
    "text",
    [
        "kind: !!binary {}",
        "kind: !<tag:yaml.org,2002:binary> {}",
        "kind: !<tag:yaml.org,2002:%62inary> {}",
        "kind: !!b%69nary {}",
        "%TAG !y! tag:yaml.org,2002:bin\n---\nkind: !y!ary {}",
    ],
)
def test_base64_hides_no_word(text: str) -> None:
    document = text.format(base64.b64encode(b"Node").decode())
    assert _load(document) == {"kind": b"Node"}
    assert may_match(NONE, document.encode())
    assert mentions_pool(document.encode())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_that_is_not_utf_8_matters(encoding: str) -> None:
    assert may_match(NONE, DEPLOYMENT.encode(encoding))
    assert mentions_pool(DEPLOYMENT.encode(encoding))


def test_binary_data_of_a_config_map_does_not_matter() -> None:
    assert not may_match(ALL, b"kind: ConfigMap\nbinaryData: {a: aGk=}\nb: wow! binary\n")


_words = st.sampled_from(
    ["Node", "NodePool", "NodeList", "kind", "apps.openyurt.io/exclude-host-network-pool",
     "transform.hostnet.io/cni", "containers", "kube-proxy", "x-coredns", "other", "a\\b", "\\x4e"]
)  # fmt: skip


@st.composite
def _double_quoted(draw: st.DrawFn, text: str) -> str:
    written = ""
    for character in text:
        code = ord(character)
        forms = [f"\\x{code:02x}", f"\\u{code:04X}", f"\\U{code:08x}"]
        plain = {"\\": "\\\\", "/": "\\/"}.get(character, character)
        written += draw(st.sampled_from([plain, plain, plain, *forms]))
        written += draw(st.sampled_from([""] * 8 + ["\\\n", "\\\r\n  ", "\\\r\t"]))
    return f'"{written}"'


@st.composite
def _documents(draw: st.DrawFn) -> str:
    """A flow mapping in which each scalar is written in one of YAML's ways."""
    entries = []
    for number in range(draw(st.integers(1, 4))):
        sides = []
        for side in "kv":
            word = draw(_words)
            plain = draw(st.sampled_from(["{}", "'{}'", "!!str {}", f"&{side}{number} {{}}"]))
            sides.append(draw(st.one_of(st.just(plain.format(word)), _double_quoted(word))))
        entry = draw(st.sampled_from(["? {}\n : {} ", "? {} : {}", "?\t{} :\r\n{}"]))
        entries.append(entry.format(*sides))
    return "{" + ", ".join(entries) + draw(st.sampled_from(["}", "\n}", " , }"]))


def _wanted(value: dict[str, Any]) -> bool:
    scalars = [*value, *value.values()]
    everything = " ".join(scalars)
    return (
        "exclude-host-network-pool" in everything
        or "transform.hostnet.io/cni" in everything
        or ("kind" in scalars and any(scalar.startswith("Node") for scalar in scalars))
        or (
            "containers" in scalars
            and any(word in everything for word in ("kube-proxy", "coredns"))
        )
    )


@given(_documents())
def test_what_the_parsed_document_holds_is_seen_in_its_bytes(text: str) -> None:
    value = _load(text)
    if _wanted(value):
        assert may_match(ALL, text.encode())


@given(st.dictionaries(_words, _words), st.booleans())
def test_what_json_holds_is_seen_in_its_bytes(value: dict[str, str], is_escaped: bool) -> None:
    text = json.dumps(value)
    if is_escaped:
        text = "".join(
            c if c in '{}", :\\' else f"\\u{ord(c):04x}" for c in text.replace(r"\\", "/")
        )
        value = json.loads(text)
    if _wanted(value):
        assert may_match(ALL, text.encode())


_parts = st.lists(
    st.sampled_from(
        ["Node", "NodePool", "kind: ", "Pod", "\n", "\r\n", " ", "\t", "-", "'", "\\", "\\/",
         "\\x4e", "ode", "!", "!!binary", "!<%62", "%TAG", "\0", "containers", "kube-proxy",
         "coredns", "é", "apps.openyurt.io/exclude-host-network-pool",
         "pod-security.kubernetes.io/enforce"]
    ),
    max_size=6,
).map("".join)  # fmt: skip


@given(st.lists(st.one_of(_documents(), _parts), min_size=1, max_size=4), st.booleans())
def test_each_document_that_may_match_has_a_mark_among_others(
    texts: list[str], is_collected: bool
) -> None:
    documents = [f"---\n{text}\n".encode() for text in texts]
    prefilter = with_collected(ALL) if is_collected else ALL
    found = marks(prefilter, b"".join(documents))
    assert found == sorted(set(found))
    end = 0
    for data in documents:
        start, end = end, end + len(data)
        may = may_match(prefilter, data)
        if is_collected:
            assert may >= (mentions_node(data) or mentions_pod_security(data))
        assert may <= any(start <= at < end for at in found)


# --- which words are looked for -----------------------------------------------------------------

COMPONENT = b"kind: DaemonSet\nname: kube-proxy\ncontainers: []\n"


@pytest.mark.parametrize("nodes", [True, False])
def test_nodes_are_looked_for_where_a_rule_edits_them(nodes: bool) -> None:
    prefilter = prefilter_for([], nodes=nodes, cni=False, all_templates=False)
    assert may_match(prefilter, b"kind: Node\n") == nodes
    assert may_match(prefilter, b"kind: NodePool\n")


@pytest.mark.parametrize("cni", [True, False])
def test_names_of_components_are_looked_for_where_components_matter(cni: bool) -> None:
    prefilter = prefilter_for(["kube-proxy"], nodes=False, cni=cni, all_templates=False)
    assert may_match(prefilter, COMPONENT) == cni
    assert may_match(prefilter, b"transform.hostnet.io/cni: x\n") == cni


def test_pods_jobs_nodes_and_pools_are_compared_with_an_old_state() -> None:
    for kind in (b"Node", b"NodePool", b"Pod", b"JobList"):
        assert mentions_compared(b"kind: " + kind + b"\n")
    assert not mentions_compared(b"kind: PodTemplate\n")
    assert mentions_compared(b"kind: !!binary UG9k\n")


@pytest.mark.parametrize(
    ("data", "is_found"),
    [
        (b"internalTrafficPolicy: Local\n", True),
        (b'"externalTrafficPolicy": "\\x4cocal"\n', True),
        (b"externalTrafficPolicy: Cluster\n", False),
        (b"name: Local\n", False),
        (b"externalTrafficPolicy: !!binary TG9jYWw=\n", True),
    ],
)
def test_a_service_is_found_by_its_local_policy(data: bytes, is_found: bool) -> None:
    assert mentions_local_service(data) == is_found


@pytest.mark.parametrize(
    ("data", "is_found"),
    [
        (b"kind: Node", True),
        (b"Node: kind", True),
        (b"? Node\n: kind", True),
        (b"kind:\tNode\n", True),
        (b"kind: &a Node\n", True),
        (b"kind: !x  Node\n", True),
        (b"kind: !<tag:a> \t Node\n", True),
        (b"[kind,Node]", True),
        (b"kind:\n- Node", True),
        ("kind:\u2028Node".encode(), True),
        ("kind: \u2028 Node".encode(), True),
        (b"kind: " + b" " * 300 + b"Node", True),
        (b"FooNode: 1\nkind: Pod\n", False),
        (b"Foo-Node: 1\nkind: Pod\n", False),
        (b"kind: the Node\n", False),
        (b"kind: a\n b Node\n", False),
        ("kind: \u00e9 the Node\n".encode(), False),
        ("kind: th\u00e9a Node\n".encode(), False),
    ],
)
def test_a_kind_is_found_where_a_scalar_may_begin(data: bytes, is_found: bool) -> None:
    assert mentions_node(data) == is_found


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n \t\r\n",
        b"# a: b",
        b"---",
        b"--- # c\n...\n",
        b"\xef\xbb\xbf%YAML 1.1\n---\n# c\r\n",
    ],
)
def test_white_space_comments_and_markers_are_nothing(data: bytes) -> None:
    assert is_blank(data)


@pytest.mark.parametrize(
    "data", [b"a", b"---a", b"--- a", b"# c\n{}", b"...a\n", b"%a", b"-", b"\x00"]
)
def test_anything_else_is_something(data: bytes) -> None:
    assert not is_blank(data)
