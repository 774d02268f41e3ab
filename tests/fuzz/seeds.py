"""What the fuzzer starts from: the project's own test data, cut to fit each property."""

import random
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from tests.fuzz.properties import OLD
from tests.property.everyday import document

ROOT = Path(__file__).resolve().parents[2]
REGRESSIONS = ROOT / "testdata" / "fuzz"
_YAML_BLOCK = re.compile(rb"^```yaml\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def seeds(name: str) -> Iterator[bytes]:
    """Yield the inputs that the property `name` starts from; what was found once is among them."""
    own = {
        "configuration": _configurations,
        "validation": _states,
        "resource_list": _resource_lists,
        "lists": _lists,
        "everyday": _everyday,
    }
    regressions = (path.read_bytes() for path in sorted(REGRESSIONS.glob("*/*")))
    return chain(own.get(name, _manifests)(), regressions)


def _manifests() -> Iterator[bytes]:
    for pattern in ("rules/*/*/in.*", "splice/*/in.*", "patch/*/in.*", "demo/*.yaml"):
        for path in sorted((ROOT / "testdata").glob(pattern)):
            yield path.read_bytes()


def _states() -> Iterator[bytes]:
    for path in sorted((ROOT / "testdata" / "rules").glob("*/*/in.*")):
        old = path.with_stem("old")
        yield path.read_bytes() + (OLD + old.read_bytes() if old.exists() else b"")


def _configurations() -> Iterator[bytes]:
    for path in sorted((ROOT / "testdata").glob("rules/*/*/settings.yaml")):
        yield path.read_bytes()
    yield from _YAML_BLOCK.findall((ROOT / "docs" / "configuration.md").read_bytes())


def _resource_lists() -> Iterator[bytes]:
    for data in _manifests():
        if b"---" in data or b"{" in data[:1] or b"\r" in data:
            continue
        item = b"  ".join(data.splitlines(keepends=True))
        head = b"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
        for config in _CONFIGS:
            yield head + config + b"items:\n- " + item


def _lists() -> Iterator[bytes]:
    for data in _manifests():
        if b"---" in data or b"{" in data[:1] or b"\r" in data:
            continue
        item = b"- " + b"  ".join(data.splitlines(keepends=True))
        yield b"apiVersion: v1\nitems:\n" + item + _QUIET + item + b"kind: List\nmetadata: {}\n"
        yield b"kind: List\nitems:\n  " + b"  ".join((_QUIET + item).splitlines(keepends=True))
    yield b'{"apiVersion":"v1","items":[{"kind":"Node","a":1},{"kind":"a"}],"kind":"List"}'


def _everyday() -> Iterator[bytes]:
    chance = random.Random(0)
    yield from _manifests()
    for _ in range(_GENERATED):
        yield document(chance).encode()


_GENERATED = 1000
_QUIET = b"- apiVersion: v1\n  kind: Service\n  metadata:\n    name: 'a'\n"

_CONFIGS = (
    b"",
    b"functionConfig:\n  apiVersion: v1\n  kind: ConfigMap\n"
    b"  data: {rules: '{HN411: off, pool-attributes: on}', strict: 'true'}\n",
    b"functionConfig:\n  apiVersion: transform.hostnet.io/v1alpha1\n  kind: HostnetTransform\n"
    b"  metadata: {name: a}\n  spec: {rules: {host-network-pods: true}}\n",
)
