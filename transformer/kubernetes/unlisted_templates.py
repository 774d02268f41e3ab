"""Pod templates in kinds that the table of pod templates lacks, such as those of an operator.

What is one is told by its form: a mapping under a key such as `template` or `podTemplate`, with
`spec.containers` that is a list of mappings with a name or an image.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from transformer import pointer
from transformer.kubernetes.builtin_kinds import is_podless
from transformer.kubernetes.generators import TEMPLATES, generator_of
from transformer.kubernetes.objects import Manifest, list_at, mapping_at
from transformer.kubernetes.pod_template import PodTemplateRow


def unlisted_template(
    manifest: Manifest, rows: Mapping[tuple[str, str], list[PodTemplateRow]]
) -> str | None:
    """Return the pointer of the first pod template of an object, if the table has no row for its
    kind; None if there is none. What charts, kustomizations and Templates generate is none.
    """
    ref = manifest.ref
    kind = (ref.group, ref.kind)
    is_listed = any(not row.versions or ref.version in row.versions for row in rows.get(kind, ()))
    if is_listed or is_podless(ref) or kind in TEMPLATES or generator_of(ref) is not None:
        return None
    return next(_templates(manifest.value, "", is_below=False), None)


def _templates(value: Any, at: str, *, is_below: bool) -> Iterator[str]:
    """Yield the pointers of pod templates; `is_below`: the value is under a key for templates."""
    if isinstance(value, dict):
        if is_below and any(map(_is_container, list_at(mapping_at(value, "spec"), "containers"))):
            yield at
        for key, inner in value.items():
            if isinstance(inner, dict | list):
                is_template = isinstance(key, str) and "template" in key.lower()
                yield from _templates(inner, pointer.join(at, key), is_below=is_template)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            if isinstance(inner, dict):
                yield from _templates(inner, pointer.join(at, index), is_below=is_below)


def _is_container(value: Any) -> bool:
    return isinstance(value, dict) and any(isinstance(value.get(key), str) for key in _NAMING)


_NAMING = ("name", "image")
