"""Lists in the formatting of programs and of people, alone and among other documents.

They are chosen by a `random.Random`, so the same seed gives the same text. Not all of them are
valid: some are no Lists at all, and some cannot be read.
"""

import json
from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

import yaml

from tests.builders import HOST_NETWORK, POOL, host_pool, node, pod, pool
from tests.fuzz.mutation import lines_mutated
from tests.property import manifests

EXCLUDE = "apps.openyurt.io/exclude-host-network-pool"
IGNORE = "transform.hostnet.io/ignore"

_FRAMES = (
    *(("v1", "List"),) * 6,
    *(("v1", "NodeList"), ("apps/v1", "DeploymentList"), ("v1", "ConfigMapList")),
    *(("config.kubernetes.io/v1", "ResourceList"),) * 2,
    *(("apps.openyurt.io/v1beta2", "NodePoolList"), ("v1", "ConfigMap")),
)
_SCRIPT = "items:\n- a\nkind: List\n- b\n"
_BLOCK = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: script # it's here
data:
  run: |
    items:
    - kind: 'x

    # {{ not a template }}
    kind: List
  folded: >-
    one

    - two
  quoted: "a
    b

    c"
  json: |-
    {"items": [
"""
_PEOPLES = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: by-hand, namespace: shop}
spec:
  template:
    # what follows is for the pods
    metadata:
      annotations: {apps.openyurt.io/exclude-host-network-pool: "true"} # keep it off

    spec:
      containers:
        - {name: web, image: 'nginx:1.27'}
        - name: log
          image: "fluent:1"   # with "quotes" and 'others'

      # the end
"""
_SHARED = """\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: shared
  labels: &labels {app: shared}
spec:
  selector: {matchLabels: *labels}
  template:
    metadata:
      labels: *labels
      annotations:
        apps.openyurt.io/exclude-host-network-pool: "true"
    spec:
      affinity: {}
      containers: [{name: a, image: a}]
"""
_ODD = (
    "apiVersion: v1\nkind: Node\nmetadata:\n  name: twice\n  name: again\n",
    "just: values\n",
    "apiVersion: v1\nkind: ConfigMap\ndata: {a: 1 #@ ytt\n  }\n",
    "apiVersion: v1 # {{ .Values.x }}\nkind: Pod\nmetadata:\n  annotations:\n"
    f'    {EXCLUDE}: "true"\nspec: {{containers: [{{name: a}}]}}\n',
    "apiVersion: v1\nkind: ConfigMap\ndata: [\n",
    f'apiVersion: v1\nkind: Pod\nmetadata: {{annotations: {{{EXCLUDE}: "${{ON}}"}}}}\nspec:'
    " {containers: [{name: a}]}\n",
)
_TEXTS = (*(_BLOCK, _PEOPLES, _PEOPLES, _SHARED) * 3, *_ODD)


def _deployment(name: str, annotations: dict[str, Any], **spec: Any) -> dict[str, Any]:
    template = {"metadata": {"annotations": annotations}, "spec": pod(**spec)["spec"]}
    spec = {"replicas": 2, "template": template}
    kind = {"apiVersion": "apps/v1", "kind": "Deployment"}
    return {**kind, "metadata": {"name": name, "namespace": "shop"}, "spec": spec}


class _Indented(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


_NO_MANIFESTS: tuple[Any, ...] = (None, "text", [], {}, {"kind": "Pod"})


class Drawn(NamedTuple):
    """A text, and how it was made."""

    data: bytes
    style: str


def drawn(random: Random, values: Sequence[dict[str, Any]], times: int = 1) -> Drawn:
    """Return a text with a List; `values` are workloads that may be items.

    It has so many `times` the usual number of items.
    """
    style = random.choice((*("printed",) * 3, *("written",) * 2, *("by hand",) * 4, "mutated"))
    lists = _Lists(random, values, times)
    if style == "printed":
        text = lists.printed()
    elif style == "written":
        text = lists.written()
    else:
        text = lists.by_hand()
    data = lists.surrounded(text).encode(errors="surrogatepass")
    if style == "mutated":
        data = lines_mutated(data, random, [_BLOCK.encode()])
    return Drawn(data, style)


class _Lists:
    def __init__(self, random: Random, values: Sequence[dict[str, Any]], times: int) -> None:
        self._random, self._values, self._times = random, values, times
        self._of = random.choice

    def _number(self) -> int:
        return self._of((0, 1, 1, 2, 2, 3, 4, 6)) * self._times

    def _hits(self, chance: float) -> bool:
        return self._random.random() < chance

    def surrounded(self, text: str) -> str:
        """Return a List among other documents, with some line ends."""
        chance = self._random.random()
        separator = self._of(("---\n", "---\n", "--- # next\n", "...\n---\n", "\n---\n\n"))
        if chance < 0.3:
            text = self._dumped(host_pool("hangzhou")) + separator + text
        elif chance < 0.4:
            text = self._of(("---\n", "# first\n", "\n", "%YAML 1.1\n---\n", "--- # a\n")) + text
        if self._hits(0.25):
            below = self._of((_PEOPLES, self.by_hand(), self._dumped(host_pool("hangzhou"))))
            text = text + ("" if text.endswith("\n") else "\n") + separator + below
        if self._hits(0.2):
            text = text.rstrip("\n")
        if self._hits(0.25):
            text = text.replace("\n", self._of(("\r\n", "\r\n", "\r")))
        if self._hits(0.03):
            text = "\ufeff" + text
        return text

    def objects(self) -> list[Any]:
        return [self.object() for _ in range(self._number())]

    def object(self) -> Any:
        """Return an item."""
        name = self._of(("web", "edge", "n-1", "n-2", "café", "日本"))
        among: list[Any] = [
            *(node({POOL: self._of(("hangzhou", "shanghai", "missing"))}, name),) * 2,
            node({POOL: "hangzhou", HOST_NETWORK: self._of(("false", "true", True))}, name),
            host_pool("hangzhou"),
            pool(
                self._of(("hangzhou", "shanghai")),
                type=self._of(("Edge", "Clout")),
            ),
            host_pool("old", "v1beta1"),
            _deployment(name, {EXCLUDE: self._of(("true", "true", "True", "no", True))}),
            _deployment(name, {EXCLUDE: "true"}, affinity=self._of((None, {}))),
            _deployment(name, {}, nodeSelector={POOL: "hangzhou"}),
            pod(annotations={EXCLUDE: "true", IGNORE: "HN402,HN426"}),
            pod(
                nodeSelector={POOL: "hangzhou"},
                hostNetwork=True,
                dnsPolicy="ClusterFirstWithHostNet",
            ),
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": name},
                "data": {"a": _SCRIPT},
            },
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"name": name, "annotations": {EXCLUDE: "true"}},
                "spec": {"selector": {"app": "web"}, "internalTrafficPolicy": "Local"},
            },
            *(self._of(self._values) for _ in range(9)),
        ]
        if self._hits(0.06):
            items = [self.object() for _ in range(self._random.randrange(3))]
            return {"apiVersion": "v1", "kind": "List", "items": items}
        if self._hits(0.02):
            return self._of(_NO_MANIFESTS)
        return self._of(among)

    def list(self) -> dict[str, Any]:
        api_version, kind = self._of(_FRAMES)
        entries: dict[str, Any] = {"apiVersion": api_version, "kind": kind, "items": self.objects()}
        if self._hits(0.5):
            entries["metadata"] = {"resourceVersion": self._of(("", "7"))}
        if kind == "ResourceList" and self._hits(0.7):
            entries["functionConfig"] = {
                "apiVersion": "transform.hostnet.io/v1alpha1",
                "kind": self._of(("HostnetTransform", "HostnetValidate")),
                "metadata": {"name": "x"},
            }
            if self._hits(0.3):
                entries["results"] = self._of(([], [{"message": "from above"}]))
        names = list(entries)
        if self._hits(0.5):
            self._random.shuffle(names)
        else:
            names.sort()
        return {name: entries[name] for name in names}

    def printed(self) -> str:
        value = self.list()
        if self._hits(0.5):
            return self._dumped(value)
        indent = self._of((None, None, 1, 2, 4, "\t"))
        separators = self._of(((",", ":"), (", ", ": "), None)) if indent is None else None
        is_sorted, is_ascii = self._hits(0.5), self._hits(0.5)
        options: dict[str, Any] = {"indent": indent, "separators": separators}
        text = json.dumps(value, sort_keys=is_sorted, ensure_ascii=is_ascii, **options)
        return self._of(("", "", " ", "\n\n")) + text + self._of(("\n", "", "\n\n"))

    def written(self) -> str:
        value = self.list()
        value["items"] = [
            one for one in value["items"] if "metadata" in (one or ())
        ]  # as it expects
        layout = self._of(("block", "block", "flow", "json"))
        features = manifests.JSON if layout == "json" else (*manifests.FLOW, *manifests.BLOCK)
        options = frozenset(one for one in features if self._hits(0.2))
        step, seed = self._of((2, 2, 4, 1, 7)), self._random.randrange(1 << 32)
        return manifests.render(value, seed, options, layout, step=step).text

    def by_hand(self) -> str:
        """Return a List in block YAML with all that a hand may add."""
        kind = self._of(("List", "List", '"List"', "List # all", "!!str List", "ConfigMapList"))
        rest = [f"apiVersion: {self._of(('v1', 'v1 # one'))}\n", f"kind: {kind}\n"]
        if self._hits(0.4):
            rest.append("metadata:\n  resourceVersion: ''\n")
        if self._hits(0.04):
            rest.append(self._of(("items: []\n", "x: &a 1\n", "- a\n", "  b: c\n", "'items': 1\n")))
        self._random.shuffle(rest)
        head = self._of(
            (
                *("items:\n",) * 12,
                *(
                    "items: # all of them\n",
                    "items:  \n",
                    "items:\n\n# first\n",
                    "items:\n  # first\n",
                ),
                *('"items":\n', "items :\n", "? items\n:\n", "items: &all\n", "items: !!seq\n"),
            )
        )
        pad = " " * self._of((0, 0, 2, 2, 4, 1, 7))
        texts = [self.item(pad) for _ in range(self._number())]
        items = head + "".join(texts)
        if not texts:
            items = self._of(("items: []\n", "items:\n", "items: null\n", "items: {}\n"))
        rest.insert(self._random.randrange(len(rest) + 1), items)
        if self._hits(0.1):
            rest.insert(self._random.randrange(len(rest) + 1), "# of the List\n")
        return "".join(rest)

    def item(self, pad: str) -> str:
        text = self._of(_TEXTS)
        if self._hits(0.55):
            text = self._dumped(self.object())
        if self._hits(0.05):
            text = json.dumps(self.object(), ensure_ascii=False) + "\n"
        dash = self._of(
            (*("- ",) * 12, "-   ", "-\n", "- # a comment\n", "-\t", "- &one\n", "- !!map\n")
        )
        inner = pad + " " * (len(dash) if dash.strip(" ") == "-" else self._of((2, 3)))
        lines = [inner + line if line.strip() else line for line in text.splitlines(keepends=True)]
        if dash.strip(" ") == "-":
            lines[0] = lines[0].removeprefix(inner)
        below = self._of(
            (
                *("",) * 9,
                "\n",
                "# between\n",
                f"{pad}# between\n",
                "  \n",
                f"{pad}  # 'of the item\n",
            )
        )
        return pad + dash + "".join(lines) + below

    def _dumped(self, value: Any) -> str:
        """Return YAML as one of the usual programs prints it."""
        found: str = yaml.dump(
            value,
            Dumper=self._of((yaml.SafeDumper, _Indented)),
            sort_keys=self._hits(0.5),
            indent=self._of((2, 2, 4, 3)),
            width=self._of((80, 10_000)),
            allow_unicode=self._hits(0.5),
            default_flow_style=False,
        )
        return found
