"""Objects with pods for which `placement` has no verdict, and why.

They are counted as not looked into, unless another workload of the input stands for their pods.
"""

from collections.abc import Callable, Iterator

from transformer.findings import Place
from transformer.kubernetes.objects import Manifest, list_at, text_of
from transformer.pipeline.coverage import Sighting
from transformer.pipeline.place_workloads import failed
from transformer.regexes import regex
from transformer.rules.context import RuleContext

_HASH = "pod-template-hash"
_TIME = regex(r"-[0-9]+\Z")


def why_left_out(context: RuleContext) -> str:
    """Return why an object with pods has no verdict; nothing if it has one, or no pods."""
    if not context.templates or context.all_placed or any(failed(context)):
        return ""
    if context.is_static:
        return "the scheduler does not place static pods"
    if not context.makes_pods:
        return "it makes no pods, or they have finished"
    if owner := context.controller:
        return f"{owner} controls it"
    return "no NodePool of the input has what it selects"


def left_out(
    context: RuleContext, world: str, locate: Callable[[str], Place]
) -> Iterator[Sighting]:
    """Yield an object whose pods run, or may run, and that has no verdict."""
    why, manifest = why_left_out(context), context.manifest
    if not (why and context.makes_pods):
        return
    name, place, where = str(manifest.ref), locate(""), None if context.in_no_cluster else world
    if context.is_static:
        yield Sighting("static pods", place, name, why, world=where)
    elif context.controller:
        why, instead = "the controller is not in the input", tuple(_controllers(manifest))
        name += f" of {context.controller}"
        yield Sighting("controlled", place, name, why, world=where, instead=instead)
    else:
        yield Sighting("no pool", place, name, why, world=where, instead=(name,))


def _controllers(manifest: Manifest) -> Iterator[str]:
    """Yield the names of a controller, and of the one that makes it: ReplicaSets are made by
    Deployments, and Jobs by CronJobs.
    """
    template_hash = text_of(manifest.labels.get(_HASH))
    for owner in list_at(manifest.metadata, "ownerReferences"):
        if isinstance(owner, dict) and owner.get("controller") is True:
            kind, name = text_of(owner.get("kind")), text_of(owner.get("name"))
            names = [(kind, name)]
            if kind == "ReplicaSet" and template_hash:
                names.append(("Deployment", name.removesuffix(f"-{template_hash}")))
            elif kind == "Job":
                names.append(("CronJob", _TIME.sub("", name)))
            for its_kind, its_name in names:
                yield str(manifest.ref._replace(kind=its_kind, name=its_name))
