"""The old state of a run, by cluster."""

from transformer.inputs.comparison import States
from transformer.inputs.discovery import Source
from transformer.inputs.kustomizations import Kustomizations, read_kustomizations
from transformer.inputs.prescan import documents_that
from transformer.inputs.reading import cannot_be_read
from transformer.kubernetes.objects import Manifest
from transformer.kubernetes.pools import Pool
from transformer.pipeline.context import RunContext
from transformer.pipeline.old_state import OldState, old_objects
from transformer.pipeline.worlds import OUTSIDE, belongs_apart
from transformer.text.prefilter import mentions_compared


def cluster_names(states: States) -> tuple[str, ...]:
    """Return the names of all clusters that files belong to."""
    files = (*states.new, *states.new_context, *(states.old or ()), *states.old_context)
    return tuple(sorted({name for source in files for name in source.clusters}))


def counts_in(world: str, manifest: Manifest, source: Source) -> bool:
    """Whether an object of a file counts in a world of the file: in a cluster, not if the file
    belongs to none and the object is a pool or a node.
    """
    return world == OUTSIDE or bool(source.clusters) or not belongs_apart(manifest)


def read_old(
    states: States, context: RunContext, known: Kustomizations | None = None
) -> dict[str, OldState]:
    """Return the old state, by cluster; `known` are the kustomizations of the new one."""
    old_states: dict[str, OldState] = {}
    context_files = frozenset(states.old_context)
    names = cluster_names(states)
    sources = (*(states.old or ()), *states.old_context)
    kustomizations = read_kustomizations(sources, context, known)
    for source in sources:
        is_context = source in context_files
        own = [
            (name, old_states.setdefault(name, OldState()))
            for name in source.clusters or (*names, OUTSIDE)
        ]
        origin = kustomizations.origin(source)
        read = kustomizations.documents.get(source)
        mentioned = read or documents_that(mentions_compared, source, context)
        try:
            for document in () if origin.is_patch else mentioned:
                found, unread = old_objects(document, origin, context, is_context=is_context)
                own[-1][1].unread += unread
                for name, old_state in own:
                    old_state.add(one for one in found if counts_in(name, one.manifest, source))
        except OSError as error:
            own[-1][1].unread.extend([] if is_context else [cannot_be_read(source, error)])
    return old_states


def former_pools(states: States, context: RunContext) -> dict[str, Pool]:
    """Return the NodePools of the old state by name; if clusters differ, a standard one."""
    found: dict[str, Pool] = {}
    for old_state in read_old(states, context).values():
        for name, pool in old_state.pools().items():
            if name not in found or not pool.host_network:
                found[name] = pool
    return found
