"""What decides where the workload can be scheduled that `placement --explain` names."""

from collections.abc import Iterator

from transformer.findings import ObjectRef
from transformer.pipeline.diagnostics import DiagnosticCollector
from transformer.pipeline.place_workloads import failed
from transformer.placement.by_pool import columns_of
from transformer.placement.explained import asks, steps
from transformer.placements import Asked, Explanation, Spot
from transformer.rules.context import RuleContext
from transformer.rules.workloads import hn402_annotation_on_workload as misplaced_annotation


def explain(
    rule_context: RuleContext, diagnostics: DiagnosticCollector, world: str
) -> Iterator[Explanation]:
    """Yield what decides where the copies of an object can be scheduled, if it is the workload that
    is explained.
    """
    manifest, wanted = rule_context.manifest, diagnostics.context.explains
    if not (rule_context.templates and is_meant(wanted, manifest.ref)):
        return

    def spot(at: str) -> Spot:
        place = diagnostics.place(manifest.base, manifest.ref, at, with_excerpt=False)
        return Spot(at, place.file, place.line, place.column)

    pools, nodes = rule_context.cluster.pools, rule_context.cluster.nodes
    ref = manifest.ref
    key = (str(spot("")), ref.kind, ref.namespace, ref.name)
    in_vain = tuple(
        Asked("annotation", f"{one.message}; {one.hint} (HN402)", spot(one.pointer))
        for one in misplaced_annotation.check(rule_context)
    )
    for one in rule_context.all_placed:
        names = (*columns_of(pools, nodes).names, "")
        found = tuple(steps(one, name, pools, nodes) for name in names)
        asked = (*asks(one, spot), *in_vain)
        yield Explanation(world, (*key, one.template.pointer, one.copy.pool), asked, found)
    for copy in failed(rule_context):
        yield Explanation(world, (*key, copy.template.pointer, copy.pool), (), ())


def is_meant(wanted: str, ref: ObjectRef) -> bool:
    """Whether `Kind/namespace/name` means an object; `Kind/name` means it in any namespace, the
    namespace `default` also none, and `name` any kind in any namespace.
    """
    *path, name = wanted.split("/")
    if not path:
        return name == ref.name
    kind, *namespace = path
    is_there = not namespace or namespace[0] in (ref.namespace, ref.namespace or "default")
    return kind.lower() == ref.kind.lower() and is_there and name == ref.name
