"""Results leave in the order of the input, and as early as pools allow."""

from collections.abc import Iterator, Sequence

import pytest

from tests.manifests import node, pool
from transformer.errors import InputError
from transformer.findings import DocumentResult
from transformer.kubernetes.pools import PoolIndex, PoolsNeeded
from transformer.pipeline.context import RunContext, build
from transformer.pipeline.diagnostics import Origin
from transformer.pipeline.documents import Document, batches, documents
from transformer.pipeline.settings import Settings
from transformer.pipeline.stream import (
    in_turn,
    is_filtered_out,
    needs_no_pool,
    transform_all,
    transform_as_it_comes,
)
from transformer.text.framing import raw_batches
from transformer.text.raw_document import Opening, RawDocument

CONFIG = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
GUARDED = """\
---
apiVersion: v1
kind: Pod
metadata: {name: p, annotations: {apps.openyurt.io/exclude-host-network-pool: "true"}}
spec: {containers: [{name: a, image: b}]}
"""
ORIGIN = Origin("stream.yaml")


def marked(manifest: bytes) -> str:
    """Return a manifest below a marker."""
    return f"---\n{manifest.decode()}"


def engine_for(settings: Settings | None = None, *, complete: bool = False) -> RunContext:
    context = build(settings or Settings(), {"components": []})
    return context.with_pools(PoolIndex(complete=complete))


def documents_of(*texts: str) -> list[Document]:
    found = list(documents(["".join(texts).encode()]))
    assert len(found) == len(texts)
    return found


class Held:
    """A spool in memory."""

    def __init__(self) -> None:
        self.parts: list[Document] = []

    def append(self, part: Document) -> None:
        self.parts.append(part)

    def __iter__(self) -> Iterator[Document]:
        return iter(self.parts)


class Input:
    """Groups of one part each; `taken` says how many have been asked for."""

    def __init__(self, *documents: str) -> None:
        self.parts = documents_of(*documents)
        self.taken = 0
        self.has_ended = False

    def __iter__(self) -> Iterator[Sequence[Document]]:
        for part in self.parts:
            self.taken += 1
            yield [part]
        self.has_ended = True


def results_of(*documents: str) -> list[DocumentResult]:
    return list(transform_as_it_comes(Input(*documents), ORIGIN, engine_for(), Held))


def rules_at_work(results: Sequence[DocumentResult]) -> list[list[str]]:
    return [[change.rule for change in result.changes] for result in results]


@pytest.mark.parametrize("size", [1, 2, 3, 10])
def test_the_order_stays_when_a_node_comes_before_its_pool(size: int) -> None:
    documents = (
        CONFIG,
        marked(node("a", "late")),
        GUARDED,
        marked(pool("late")),
        marked(node("b", "late")),
    )
    found = documents_of(*documents)
    grouped = [found[at : at + size] for at in range(0, len(found), size)]
    results = list(transform_as_it_comes(grouped, ORIGIN, engine_for(), Held))
    assert [result.source.decode() for result in results] == list(documents)
    assert rules_at_work(results) == [[], ["node-label"], ["pod-guard"], [], ["node-label"]]
    assert not any(result.findings or result.failed for result in results)


def test_what_needs_no_pool_leaves_before_more_is_read() -> None:
    source = Input(CONFIG, GUARDED, marked(pool("known")), marked(node("a", "known")), CONFIG)
    results = transform_as_it_comes(source, ORIGIN, engine_for(), Held)
    for count in range(1, 6):
        next(results)
        assert source.taken == count
    assert not source.has_ended


def test_from_the_first_node_in_need_results_wait_for_the_end_of_the_input() -> None:
    source = Input(CONFIG, GUARDED, marked(node("a", "late")), CONFIG, marked(pool("late")))
    results = transform_as_it_comes(source, ORIGIN, engine_for(), Held)
    assert [next(results).stage, next(results).stage] == ["screened", "edited"]
    assert source.taken == 2
    assert next(results).stage == "edited"
    assert source.has_ended
    assert [result.stage for result in results] == ["screened", "parsed"]


def test_what_stands_before_the_node_in_its_group_is_treated_once() -> None:
    treated: list[Document] = []

    def by(
        group: Sequence[Document], origin: Origin, context: RunContext
    ) -> Iterator[DocumentResult]:
        for part in group:
            (result,) = in_turn([part], origin, context)
            treated.append(part)
            yield result

    group = documents_of(GUARDED, marked(node("a", "late")), marked(pool("late")))
    results = list(transform_as_it_comes([group], ORIGIN, engine_for(), Held, by))
    assert treated == group
    assert [result.source for result in results] == [part.raw.data for part in group]


def test_nothing_is_spooled_where_no_node_waits() -> None:
    def refuse() -> Held:
        raise AssertionError("a spool was asked for")

    source = Input(GUARDED, marked(pool("known")), marked(node("a", "known")))
    assert len(list(transform_as_it_comes(source, ORIGIN, engine_for(), refuse))) == 3


def test_a_pool_that_never_comes_is_reported_and_its_node_left_alone() -> None:
    results = results_of(CONFIG, marked(node("a", "nowhere")), marked(pool("other")))
    assert [[finding.rule for finding in result.findings] for result in results] == [
        [],
        ["HN313"],
        [],
    ]
    assert all(result.data == result.source for result in results)
    assert not any(result.failed for result in results)


def test_a_pool_in_a_list_is_found_ahead() -> None:
    indented = "\n".join("  " + line for line in marked(pool("late")).splitlines()[1:])
    bundle = "---\napiVersion: v1\nkind: List\nitems:\n-" + indented[1:] + "\n"
    assert rules_at_work(results_of(marked(node("a", "late")), bundle)) == [["node-label"], []]


def test_an_unreadable_document_behind_a_waiting_node_is_reported_in_its_turn() -> None:
    broken = "---\napiVersion: apps.openyurt.io/v1beta2\nkind: NodePool\nspec: @here\n"
    results = results_of(marked(node("a", "late")), broken, marked(pool("late")))
    assert [result.failed for result in results] == [False, True, False]
    assert rules_at_work(results)[0] == ["node-label"]


def test_a_node_in_need_cannot_be_treated_alone() -> None:
    (part,) = documents_of(marked(node("a", "late")))
    with pytest.raises(PoolsNeeded):
        list(in_turn([part], ORIGIN, engine_for()))


def test_with_complete_pools_every_part_has_its_result_at_once() -> None:
    source = Input(marked(node("a", "late")), CONFIG)
    results = transform_all(source, ORIGIN, engine_for(complete=True))
    assert [finding.rule for finding in next(results).findings] == ["HN313"]
    assert source.taken == 1


@pytest.mark.parametrize(
    ("document", "needs_none"),
    [(GUARDED, True), (CONFIG, True), (marked(node("a", "p")), False), (marked(pool("p")), False)],
    ids=["a workload", "no workload", "a node", "a pool"],
)
def test_only_nodes_and_pools_have_to_do_with_pools(document: str, needs_none: bool) -> None:
    (part,) = documents_of(document)
    assert needs_no_pool(part) is needs_none


def test_a_node_in_a_list_needs_pools() -> None:
    items = "items:\n- kind: Node\n- " + GUARDED.removeprefix("---\n").replace("\n", "\n  ")
    (part,) = documents_of("---\nkind: List\napiVersion: v1\n" + items.rstrip(" "))
    assert not needs_no_pool(part)


def test_strict_has_every_document_read() -> None:
    (part,) = documents_of(CONFIG)
    assert is_filtered_out(part, engine_for())
    assert not is_filtered_out(part, engine_for(Settings(strict=True)))


@pytest.mark.parametrize(
    "part",
    [
        Document(RawDocument(CONFIG.encode(), 1, 0, Opening.GLUED)),
        Document(RawDocument(CONFIG.encode(), 1, 0, Opening.START), InputError("bad")),
        Document(RawDocument(CONFIG.encode(), 1, 0, Opening.START, oversize=True)),
    ],
    ids=["glued", "with a problem", "oversize"],
)
def test_what_glue_has_said_of_a_part_counts(part: Document) -> None:
    assert not is_filtered_out(part, engine_for())


def results_in_runs(context: RunContext, *documents: str) -> list[tuple[str, int, int | None]]:
    """Return of each result the stage, and how many documents and objects it has."""
    raw = raw_batches(["".join(documents).encode()], in_runs=True)
    results = transform_all(batches(raw), ORIGIN, context)
    return [(result.stage, result.documents, result.objects) for result in results]


def test_of_a_run_those_documents_are_read_that_matter_and_the_others_stay_together() -> None:
    documents = [*[CONFIG] * 3, GUARDED, *[CONFIG] * 2, GUARDED, GUARDED, CONFIG, CONFIG]
    edited, last = ("edited", 1, 1), ("screened", 1, 1)
    passed = [("screened", number, number) for number in (3, 2, 1)]
    expected = [passed[0], edited, passed[1], edited, edited, passed[2], last]
    assert results_in_runs(engine_for(complete=True), *documents) == expected


@pytest.mark.parametrize("reading", ["--fix", "--strict"])
def test_where_every_document_is_read_those_of_a_run_are(reading: str) -> None:
    context = engine_for(Settings(strict=reading == "--strict"), complete=True)
    context = context.for_fix() if reading == "--fix" else context
    assert results_in_runs(context, *[CONFIG] * 4) == [("parsed", 1, 1)] * 4


@pytest.mark.parametrize("others", [0, 1, 400])
def test_a_list_that_passes_unread_counts_the_same_wherever_it_is(others: int) -> None:
    """How many objects it has is not known (None)."""
    listed = "---\napiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: c}\n"
    results = results_in_runs(engine_for(complete=True), *[CONFIG] * others, listed, CONFIG)
    assert [objects for _, _, objects in results].count(None) == 1
    assert sum(documents for _, documents, _ in results) == others + 2
