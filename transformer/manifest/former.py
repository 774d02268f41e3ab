"""What is remembered of an object of the old state: only what change rules compare."""

from transformer.manifest.manifest import Manifest
from transformer.manifest.nodes import is_node
from transformer.manifest.pools import is_pool


def former(manifest: Manifest) -> Manifest | None:
    """Return `manifest` without what no rule compares, or None where none compares its kind."""
    ref = manifest.ref
    is_short_lived = (ref.group, ref.kind) in (("", "Pod"), ("batch", "Job"))
    return manifest if is_node(manifest) or is_pool(manifest) or is_short_lived else None
