"""Runs of plain documents are what the documents one by one are."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import engine
from transformer.inputs.prescan import pool_index
from transformer.pipeline.diagnostics import Origin
from transformer.pipeline.documents import batches, documents
from transformer.pipeline.stream import transform_as_it_comes
from transformer.text.framing import raw_batches, raw_documents
from transformer.text.raw_document import RawDocument, separated

_HEAD = "apiVersion: v1\nkind: ConfigMap\n"
_PLAIN = [
    f"---\n{_HEAD}metadata: {{name: a}}\n",
    f"---\n# Source: a.yaml\n{_HEAD}",
    "---\napiVersion: v1\ndata:\n  key: |\n    ---\n    kind: Node\nkind: ConfigMap\n",
    "---\nkind: Secret\napiVersion: v1\n",
    "---\napiVersion: apps.openyurt.io/v1beta2\nkind: NodePool\nmetadata: {name: p}\n"
    "spec: {type: Edge, hostNetwork: true}\n",
    "---\napiVersion: v1\nkind: Node\nmetadata:\n  name: n\n"
    "  labels: {apps.openyurt.io/nodepool: p}\n",
    "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n"
    '    apps.openyurt.io/exclude-host-network-pool: "true"\nspec: {containers: [{name: a}]}\n',
]
_OTHERS = [
    "---\n", "--- # c\n", "---\n\n", "...\n", "# c\n", "\n", "  \n", "a: 1\n", "---\na: 1\n", _HEAD,
    f"---\r\n{_HEAD}", f"\ufeff---\n{_HEAD}", "%YAML 1.1\n", '---\n{"kind": "A"}\n', ' {"a": 1}\n',
    "kind: B\n", '"kind": B\n', "kind:\n", "kind : C\n", "apiVersion: v2", "x: y---\n",
    "---\nkind: A\nkind: B\napiVersion: v1\n", f"---\n {{a: b}}\n{_HEAD}", f"---\n!t\n{_HEAD}",
    f'{_HEAD}a: {{"b": 1}}\n', "# %YAML\n", "\r", "é: 'x\n", "  y'\n", f"---x\n{_HEAD}",
]  # fmt: skip

_line_ends = st.sampled_from(["\n", "\n", "\r\n"])
_lf_streams = st.lists(
    st.one_of(st.sampled_from(_PLAIN), st.sampled_from(_PLAIN), st.sampled_from(_OTHERS)),
    max_size=12,
).map("".join)
_streams = st.builds(
    lambda text, line_end: text.replace("\n", line_end).encode(), _lf_streams, _line_ends
)
_limits = st.sampled_from([60, 200, 1 << 20])


@st.composite
def _chunked(draw: st.DrawFn) -> list[bytes]:
    stream = draw(_streams)
    cuts = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=4)))
    return [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]


def _in_runs(chunks: Iterable[bytes], limit: int) -> list[RawDocument]:
    found = raw_batches(chunks, limit, in_runs=True)
    return [raw for batch in found for raw in batch.documents]


@given(_chunked(), _limits)
def test_the_documents_of_runs_are_those_that_are_found_one_by_one(
    chunks: list[bytes], limit: int
) -> None:
    runs = _in_runs(chunks, limit)
    single = [one for raw in runs for one in (separated(raw) if raw.documents > 1 else (raw,))]
    assert single == list(raw_documents(chunks, limit))


@given(st.lists(st.sampled_from(_PLAIN[:4]), min_size=3, max_size=9), _line_ends)
def test_plain_documents_in_one_order_are_one_run_but_for_the_last(
    parts: list[str], line_end: str
) -> None:
    parts = [part for part in parts if part.find("kind:") > part.find("apiVersion")]
    stream = "".join([*parts, *parts[:1]]).replace("\n", line_end).encode()
    runs = _in_runs([stream], 1 << 20)
    assert [raw.documents for raw in runs] == ([len(parts), 1] if parts else [])


@given(_chunked(), st.booleans(), _limits)
def test_documents_are_those_that_are_found_without_runs(
    chunks: list[bytes], is_stream: bool, limit: int
) -> None:
    found = list(documents(chunks, is_stream=is_stream, max_document=limit))
    raw = raw_batches(chunks, limit)
    groups = list(batches(raw, is_stream=is_stream, max_document=limit))
    # By their text, since two errors with one message are not equal.
    assert [*map(repr, found)] == [repr(one) for group in groups for one in group]


@given(_chunked(), st.booleans())
def test_the_results_are_the_same(chunks: list[bytes], is_stream: bool) -> None:
    results = []
    for in_runs in (False, True):
        raw, pools = raw_batches(chunks, in_runs=in_runs), pool_index((), complete=False)
        found = transform_as_it_comes(
            batches(raw, is_stream=is_stream), Origin("x"), engine().with_pools(pools), list
        )
        every = list(found)
        results.append(
            (
                b"".join(result.data for result in every),
                sum(result.documents for result in every),
                [finding for result in every for finding in result.findings],
                [change for result in every for change in result.changes],
            )
        )
    assert results[0] == results[1]
