"""Whether pods can run on host-network pools only, and whether they are kept off these."""

from collections.abc import Sequence

from transformer import pointer
from transformer.kubernetes.node_affinity import required_terms
from transformer.kubernetes.node_match import Truth, is_guarded
from transformer.kubernetes.objects import mapping_at
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.scheduling import ANY_POOL, placement
from transformer.kubernetes.well_known import EXCLUDE_ANNOTATION, HOST_NETWORK_LABEL, POOL_LABEL
from transformer.rules.base import RuleContext
from transformer.rules.exempt import is_static

_SHOWN = 3


def pinned_to(context: RuleContext, template: PodTemplate) -> tuple[str, ...]:
    """Return the host-network pools that are the only ones the pods can run on, or nothing.

    Nothing as well if the annotation keeps them off, because then they run nowhere (HN404), and
    for static pods, which run where their manifest is.
    """
    if asks_to_be_kept_off(template) or is_static(context):
        return ()
    found = placement(template, context.cluster.pools)
    return found.pools if found.pinned is Truth.TRUE else ()


def kept_off_everywhere(context: RuleContext, template: PodTemplate) -> tuple[str, ...]:
    """Return the host-network pools that are the only ones the pods may run on, if a guard or the
    annotation keeps them off these as well; otherwise nothing.
    """
    if is_static(context) or not (is_guarded(template) or asks_to_be_kept_off(template)):
        return ()
    found = placement(template, context.cluster.pools, past_guard=True)
    return found.pools if found.pinned is Truth.TRUE else ()


def asks_to_be_kept_off(template: PodTemplate) -> bool:
    """Whether the pods carry the annotation for which the webhook adds the guard."""
    return template.annotations.get(EXCLUDE_ANNOTATION) == "true"


def selection_at(template: PodTemplate) -> str:
    """Return the pointer of the field that selects in which pools the pods may run."""
    at = f"{template.pointer}/spec"
    selector = mapping_at(template.spec, "nodeSelector")
    for label in (POOL_LABEL, HOST_NETWORK_LABEL):
        if label in selector:
            return pointer.join(at, "nodeSelector", label)
    field = "affinity" if required_terms(template) is not None else "nodeSelector"
    return f"{at}/{field}" if template.spec.get(field) else at


def guard_at(template: PodTemplate) -> str:
    """Return the pointer of what keeps the pods off: a nodeSelector, or an affinity."""
    at = f"{template.pointer}/spec"
    if mapping_at(template.spec, "nodeSelector").get(HOST_NETWORK_LABEL, "true") != "true":
        return pointer.join(at, "nodeSelector", HOST_NETWORK_LABEL)
    return f"{at}/affinity"


def pool_words(pools: Sequence[str]) -> str:
    """Return how a message names host-network pools."""
    names = [name for name in pools if name != ANY_POOL]
    if not names:
        return "host-network pools"
    shown = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    return f"the host-network {'pool' if len(names) == 1 else 'pools'} {shown}"
