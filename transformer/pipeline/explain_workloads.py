"""What decides where the workload can be scheduled that `placement --explain` names."""

from collections.abc import Iterator

from transformer.findings import ObjectRef, Place
from transformer.pipeline.diagnostics import DiagnosticCollector
from transformer.pipeline.left_out import why_left_out
from transformer.pipeline.place_workloads import failed
from transformer.pipeline.placement_shapes import Explained
from transformer.placement.by_pool import columns_of
from transformer.placement.explained import asked, steps
from transformer.rules.context import RuleContext
from transformer.rules.workloads import hn402_annotation_on_workload as misplaced_annotation


def explain(
    rule_context: RuleContext, diagnostics: DiagnosticCollector, world: str
) -> Iterator[Explained]:
    """Yield what decides where the copies of an object can be scheduled, if it is the workload that
    is explained.
    """
    manifest, wanted = rule_context.manifest, diagnostics.context.explains
    if not (rule_context.templates and is_meant(wanted, manifest.ref)):
        return

    def place(at: str) -> Place:
        return diagnostics.place(manifest.base, manifest.ref, at, with_excerpt=False)

    pools, nodes = rule_context.cluster.pools, rule_context.cluster.nodes
    in_vain = tuple(
        ("annotation", f"{one.message}; {one.hint} (HN402)", place(one.pointer))
        for one in misplaced_annotation.check(rule_context)
    )
    for one in rule_context.all_placed:
        names = (*columns_of(pools, nodes).names, "")
        found = tuple(steps(one, name, pools, nodes) for name in names)
        asks = ((name, text, place(one.copy.place(at))) for name, text, at in asked(one))
        its = (*asks, *in_vain)
        yield Explained(world, place(""), one.template.pointer, one.copy.pool, its, found)
    for copy in failed(rule_context):
        yield Explained(world, place(""), copy.template.pointer, copy.pool)
    if why := why_left_out(rule_context):
        yield Explained(world, place(""), "", "", left_out=why)


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
