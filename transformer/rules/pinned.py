"""What several rules ask of a pod template: is it for host-network pools only, and may it be?"""

from collections.abc import Sequence

from transformer.manifest.names import EXCLUDE_ANNOTATION
from transformer.manifest.node_match import Truth
from transformer.manifest.pod_template import PodTemplate
from transformer.manifest.scheduling import ANY_POOL, placement
from transformer.rules.base import Subject

_SHOWN = 3


def pinned_to(subject: Subject, template: PodTemplate) -> tuple[str, ...]:
    """Return the host-network pools that are the only ones the pods can run on, or nothing."""
    found = placement(template, subject.world.pools)
    return found.pools if found.pinned is Truth.TRUE else ()


def asks_to_be_kept_off(template: PodTemplate) -> bool:
    """Whether the pods carry the annotation for which the webhook adds the guard."""
    return template.annotations.get(EXCLUDE_ANNOTATION) == "true"


def pool_words(pools: Sequence[str]) -> str:
    """Return how a message names host-network pools."""
    names = [name for name in pools if name != ANY_POOL]
    if not names:
        return "host-network pools"
    shown = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    return f"the host-network {'pool' if len(names) == 1 else 'pools'} {shown}"
