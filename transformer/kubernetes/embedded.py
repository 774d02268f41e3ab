"""Manifests inside other objects: in the text of a ConfigMap or Secret, which a ClusterResourceSet
applies, or under `objects` of an OpenShift Template.

Nothing is edited there. Text that is not YAML is skipped, because most texts are something else.
"""

from base64 import b64decode
from binascii import Error
from collections.abc import Callable, Iterator
from typing import Any

from transformer import pointer
from transformer.errors import InputError
from transformer.kubernetes.generators import TEMPLATES
from transformer.kubernetes.objects import Manifest, list_at, manifests, mapping_at
from transformer.text.framing import raw_documents
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse

_TEXTS = {
    ("", "ConfigMap"): {"data": False, "binaryData": True},
    ("", "Secret"): {"stringData": False, "data": True},
}
"""The keys that hold texts, by group and kind, and whether these are encoded."""

_DEEPEST = 3
"""The greatest depth of nesting: a text can contain a ConfigMap that contains text."""


def embedded(
    manifest: Manifest, may_match: Callable[[bytes], bool], level: int = 1
) -> Iterator[tuple[str, Manifest]]:
    """Yield each manifest inside `manifest`, with the pointer of the value that contains it.

    A document in a text is read only if `may_match` returns True for its bytes.
    """
    for at, value in _values(manifest, may_match):
        for inner in manifests(value):
            if inner.ref.kind and inner.ref.version:
                yield at, inner
                if level < _DEEPEST:
                    yield from ((at, below) for _, below in embedded(inner, may_match, level + 1))


def _values(manifest: Manifest, may_match: Callable[[bytes], bool]) -> Iterator[tuple[str, Any]]:
    kind = (manifest.ref.group, manifest.ref.kind)
    if kind in TEMPLATES:
        for index, item in enumerate(list_at(manifest.value, "objects")):
            yield f"/objects/{index}", item
    for key, is_encoded in _TEXTS.get(kind, {}).items():
        for name, text in mapping_at(manifest.value, key).items():
            data = _bytes(text, is_encoded=is_encoded)
            if b"apiVersion" in data or b"\\" in data:
                for value in _documents(data, may_match):
                    yield pointer.join("", key, name), value


def _bytes(text: Any, *, is_encoded: bool) -> bytes:
    if not isinstance(text, str):
        return b""
    try:
        return b64decode(text) if is_encoded else text.encode()
    except (Error, ValueError):
        return b""


def _documents(data: bytes, may_match: Callable[[bytes], bool]) -> Iterator[Any]:
    for raw in raw_documents([data]):
        if may_match(raw.data):
            try:
                yield construct(parse(raw.data.decode()).root)
            except (InputError, UnicodeDecodeError):
                continue
