"""What must hold for any bytes; each property is a function of them that fails with an assertion.

`PROPERTIES` has one for each part that meets bytes of strangers. The fuzzer looks for bytes that
break one (`python -m tests.fuzz`); what it once found lies in `testdata/fuzz/` and is tried again
by a plain test.
"""

import io
import json
import random
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jsonpatch
import yaml

from tests.property import loading
from tests.property.json_patches import operations
from transformer import splice
from transformer.config import config_file
from transformer.config.function_config import function_config
from transformer.config.package_data import read as resource
from transformer.config.package_data import schemas
from transformer.errors import InputError, InternalError, SettingsError, TransformError
from transformer.findings import Change, DocumentResult, Finding
from transformer.hosts.resource_list import peek
from transformer.inputs.comparison import States
from transformer.inputs.discovery import Source
from transformer.inputs.prescan import pool_index
from transformer.inputs.reading import RawStream
from transformer.operations import Operation
from transformer.outputs.resource_list import print_with_results
from transformer.patch import verify
from transformer.patch.rewrite import rewrite
from transformer.pipeline.context import RunContext, build
from transformer.pipeline.diagnostics import Origin
from transformer.pipeline.documents import Document, batches, documents
from transformer.pipeline.list_items import item_batches
from transformer.pipeline.settings import Settings, from_plain
from transformer.pipeline.stream import transform_as_it_comes
from transformer.runs.fix import fix
from transformer.runs.validate import run_validate, told
from transformer.text.framing import MAX_DOCUMENT, raw_batches, raw_documents
from transformer.text.raw_document import Opening
from transformer.yamltree.construct import construct
from transformer.yamltree.fast_load import fast_load
from transformer.yamltree.parse import parse
from transformer.yamltree.parse_everyday import parse_everyday
from transformer.yamltree.parse_yaml import parse_yaml
from transformer.yamltree.syntax import Alias, Node, Scalar, Sequence
from transformer.yamltree.syntax import Mapping as MappingNode

OLD = b"\n--- # old\n"
"""Parts the new state from the old one, for `validate`."""

_BUGS = ("would not mean", "would not be readable", "two edits overlap")
"""What an error says that the tool's own checks found: nothing was written, but it is a bug."""

_FILE = "fuzz.yaml"

_SMALL = 10_000
"""Bytes, at the most, to which a random patch is applied."""

_FEW = 256
"""Bytes that are also fed one by one."""

_SAMPLE = b"""\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy, namespace: kube-system, labels: {k8s-app: kube-proxy}}
spec:
  template:
    metadata: {annotations: {apps.openyurt.io/exclude-host-network-pool: "true"}}
    spec: {containers: [{name: kube-proxy, image: registry.k8s.io/kube-proxy:v1.33.0}]}
---
apiVersion: v1
kind: Node
metadata: {name: edge-1, labels: {apps.openyurt.io/nodepool: hangzhou}}
"""


def framing(data: bytes) -> None:
    """Frames joined are the input, however it comes; and so is what is decided of glued ones."""
    for limit in (30, MAX_DOCUMENT):
        whole = list(raw_documents([data], limit))
        assert b"".join(raw.data for raw in whole) == data
        for is_stream in (False, True):
            decided = _shown(documents([data], is_stream=is_stream, max_document=limit))
            assert b"".join(part[0] for part in decided) == data
            for chunks in _chunkings(data):
                assert list(raw_documents(chunks, limit)) == whole
                pieces = batches(
                    raw_batches(chunks, limit), is_stream=is_stream, max_document=limit
                )
                assert _shown(chain.from_iterable(pieces)) == decided


def _chunkings(data: bytes) -> Iterator[list[bytes]]:
    if len(data) <= _FEW:
        yield [data[at : at + 1] for at in range(len(data))]
    chance = random.Random(zlib.crc32(data))
    cuts = sorted(chance.randrange(len(data) + 1) for _ in range(6))
    yield [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def _shown(found: Iterable[Document]) -> list[tuple[bytes, int, Opening, str, bool]]:
    shown = []
    for part in found:
        raw = part.raw
        assert not part.manifests or b"".join(one.data for one in part.manifests) == raw.data
        told = f"{part.problem} {part.borders} {len(part.manifests)}"
        shown.append((raw.data, raw.line, raw.opening, told, part.continues))
    return shown


def prefilter(data: bytes) -> None:
    """What passes unread, alone or in a run, is what reading it would leave as it is."""
    context = _usual_rules()
    everything = context._replace(prefilter=context.prefilter._replace(words=(b"",)))
    alone = _transformed(data, everything)
    for size in (len(data) or 1, 7):
        chunks = [data[at : at + size] for at in range(0, len(data), size)]
        found = _transformed_chunks(chunks, context, in_runs=True)
        assert b"".join(result.source for result in found) == data
        assert b"".join(result.data for result in found) == b"".join(one.data for one in alone)
        assert _told(found)[1] == _told(alone)[1]


def reading(data: bytes) -> None:
    """Three readers agree on what a text means, and the tree's spans lie within each other."""
    text = data.decode(errors="replace")
    try:
        tree = parse(text)
        value = construct(tree.root)
    except InputError as error:
        _expect_refusal(text, error)
        return
    assert _is_same(fast_load(text), value)
    _check_spans(tree.root, 0, len(text))
    if not tree.has_aliases:
        _check_order(tree.root)
    loaded = _loaded(text)
    if loaded is not _UNREADABLE:
        assert _is_same(loaded, value)


def everyday(data: bytes) -> None:
    """What the everyday reader takes libyaml takes too, with an equal tree."""
    text = data.decode(errors="replace")
    tree = parse_everyday(text)
    assert tree is None or tree == parse_yaml(text)


def _expect_refusal(text: str, refused: InputError) -> None:
    assert refused.offset is None or 0 <= refused.offset <= len(text)
    try:
        value = fast_load(text)
    except InputError:
        return
    raise AssertionError(f"only the quick reader takes this: {value!r}")


def _check_spans(node: Node | None, start: int, end: int) -> None:
    if node is None:
        return
    assert start <= node.start <= node.end <= end
    if isinstance(node, MappingNode):
        for key, value in node.entries:
            _check_spans(key, node.start, node.end)
            _check_spans(value, node.start, node.end)
    elif isinstance(node, Sequence):
        for item in node.items:
            _check_spans(item, node.start, node.end)


def _check_order(node: Node | None) -> None:
    done = -1
    for leaf in _leaves(node):
        assert leaf.start >= done
        done = leaf.end


def _leaves(node: Node | None) -> Iterator[Scalar | Alias]:
    if isinstance(node, Scalar | Alias):
        yield node
    elif isinstance(node, MappingNode):
        for entry in node.entries:
            for child in entry:
                yield from _leaves(child)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _leaves(item)


def transform(data: bytes) -> None:
    """The transform edits what it says and nothing else, and then has nothing more to do."""
    for is_stream in (True, False):
        results = _transformed(data, is_stream=is_stream)
        assert b"".join(result.source for result in results) == data
        for result in results:
            _check_result(result)
        once = b"".join(result.data for result in results)
        again = _transformed(once, is_stream=is_stream)
        assert b"".join(result.data for result in again) == once
        assert not any(result.changes for result in again)


def fixing(data: bytes) -> None:
    """`validate --fix` mends all that it can at once: a second run leaves the file alone."""
    with TemporaryDirectory() as folder:
        file = Path(folder, _FILE)
        file.write_bytes(data)
        sources = [Source(file, _FILE, False, relative=_FILE)]
        _check_places(fix(sources, [], _judging(), {}).findings)
        once = file.read_bytes()
        again = fix(sources, [], _judging(), {})
        assert not again.changes
        assert file.read_bytes() == once


def _transformed(
    data: bytes, context: RunContext | None = None, *, is_stream: bool = True
) -> list[DocumentResult]:
    return _transformed_chunks([data], context or _every_rule(), is_stream=is_stream)


def _transformed_chunks(
    chunks: list[bytes], context: RunContext, *, is_stream: bool = True, in_runs: bool = False
) -> list[DocumentResult]:
    index = pool_index(context.settings.inline_pools, complete=False)
    raw = raw_batches(chunks, in_runs=in_runs)
    context = context.with_pools(index)
    return list(
        transform_as_it_comes(batches(raw, is_stream=is_stream), Origin(_FILE), context, list)
    )


def lists(data: bytes) -> None:
    """A List that is read item by item gives what it gives when it is read whole.

    JSON with blanks of several kinds may get edits with others.
    """
    context = build(from_plain(_WITH_EVERY_RULE)._replace(strict=True), _components())
    whole = _transformed(data, context)
    for size in (len(data) or 1, 1) if len(data) <= _FEW else (len(data), 64):
        chunks = [data[at : at + size] for at in range(0, len(data), size)]
        raw = item_batches(chunks, MAX_DOCUMENT, io.BytesIO, long_list=0)
        index = pool_index(context.settings.inline_pools, complete=False)
        found = list(
            transform_as_it_comes(
                batches(raw, is_stream=True), Origin(_FILE), context.with_pools(index), list
            )
        )
        assert b"".join(result.source for result in found) == data
        assert any(one.failed for one in found) == any(one.failed for one in whole)
        if any(one.failed for one in found):
            continue
        assert _told(found) == _told(whole)
        if b"{" not in data:
            assert b"".join(one.data for one in found) == b"".join(one.data for one in whole)


def _told(results: list[DocumentResult]) -> tuple[list[Finding], list[Change]]:
    findings = [finding for result in results for finding in result.findings]
    return findings, [change for result in results for change in result.changes]


def _check_result(result: DocumentResult) -> None:
    text = result.source.decode(errors="replace")
    _check_places(result.findings)
    for finding in result.findings:
        assert finding.rule != "HN905" or not any(bug in finding.message for bug in _BUGS), finding
    if not result.changes:
        separated = result.data.removeprefix(b"---").lstrip(b"\r\n")
        assert result.data == result.source or separated == result.source.lstrip(b"\r\n")
        return
    assert not result.failed
    before = _loaded(text)
    if before is not _UNREADABLE:
        _check_meaning(before, result)
    if not parse(text).has_aliases:
        _check_rest(text, result)


def _check_meaning(before: Any, result: DocumentResult) -> None:
    """The new text means what RFC 6902 makes of the old value."""
    expected = json.loads(json.dumps(before))  # no part of it is shared
    for change in result.changes:
        for operation in change.operations:
            at_root = {**operation, "path": change.item + operation["path"]}
            expected = jsonpatch.apply_patch(expected, [at_root])
    assert _is_same(_loaded(result.data.decode()), expected)


_NOTHING = str.maketrans("", "", "{}[]~nulNUL \t\r\n\ufeff")
"""What may give way to a value: an empty collection, or null in any spelling."""


def _check_rest(text: str, result: DocumentResult) -> None:
    """Nothing of the old text is lost, where nothing (tagged) is to be replaced."""
    operations = chain.from_iterable(change.operations for change in result.changes)
    if "!" in text or any(operation["op"] == "replace" for operation in operations):
        return
    rest = iter(result.data.decode().translate(_NOTHING))
    assert all(character in rest for character in text.translate(_NOTHING))


def reformat(data: bytes) -> None:
    """What is re-serialized means what it should; where that cannot be done, it is reported."""
    text = data.decode(errors="replace")
    operation = Operation("add", "/fuzz", {"a": [1]})
    try:
        tree = parse(text)
        value = construct(tree.root)
    except InputError:
        return
    if not isinstance(value, dict):
        return
    expected = verify.patched(value, [operation])
    try:
        written = rewrite(tree, [operation], expected)
    except InternalError as error:
        _expect_words(error, "the document cannot be")
        return
    loaded = _loaded(written)
    if loaded is not _UNREADABLE:
        assert _is_same(loaded, expected)


def patching(data: bytes) -> None:
    """A JSON patch means what jsonpatch makes of the value, or is refused for another reason than a
    bug.
    """
    try:
        value = construct(parse(data.decode()).root)
    except (InputError, UnicodeDecodeError):
        return
    if not isinstance(value, dict) or not value or len(data) > _SMALL:
        return
    chance = random.Random(zlib.crc32(data))
    patch = operations(value, chance, chance.choice((1, 1, 2, 3)))
    try:
        new = splice(data, patch)
    except TransformError as error:
        refused = error.message
    else:
        refused = ""
    assert not any(bug in refused for bug in _BUGS), (patch, refused)
    found = _UNREADABLE if refused else _loaded(new.decode())
    assert found is _UNREADABLE or _is_same(found, jsonpatch.apply_patch(value, patch)), patch


def validation(data: bytes) -> None:
    """`validate` says what it finds from top to bottom, whatever it is given."""
    new, parted, old = data.partition(OLD)
    given = [_source(new)], [_source(old)] if parted else None
    states = States(*given, _POOLS)
    context = _judging()
    found = told(run_validate(states, context, workers=0), states, context)
    _check_places(found)
    places = [(finding.line, finding.column, finding.rule) for finding in found]
    assert places == sorted(places)


def _source(data: bytes) -> Source:
    return Source(Path(_FILE), _FILE, True, relative=_FILE, opener=lambda: io.BytesIO(data))


def _check_places(findings: Iterable[Finding]) -> None:
    for finding in findings:
        assert finding.line >= 1
        assert finding.column >= 1
        assert finding.message
        json.dumps([finding.message, finding.hint, finding.excerpt]).encode()


def configuration(data: bytes) -> None:
    """A configuration is taken, and can be worked with, or refused with a place and a message."""
    try:
        settings = config_file.parse(data, "config.yaml")
    except SettingsError as error:
        _expect_place(error, data)
        return
    _work_with(settings, _SAMPLE)


def _expect_place(error: SettingsError, data: bytes) -> None:
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
    assert 1 <= error.line <= lines
    assert error.column >= 1
    _expect_words(error)


def _expect_words(error: TransformError, *words: str) -> None:
    assert error.message
    assert all(word in error.message for word in words)


def _work_with(settings: Settings, data: bytes) -> list[DocumentResult]:
    try:
        context = build(settings, _components())
        results = _transformed(data, context)
    except SettingsError as error:
        _expect_words(error)
        return []
    assert b"".join(result.source for result in results) == data
    return results


def resource_list(data: bytes) -> None:
    """A ResourceList comes back whole, with what was found; anything else comes back as it is."""
    stream = RawStream(io.BytesIO(data))
    request = peek(stream)
    assert b"".join(raw.source for batch in stream.batches() for raw in batch.documents) == data
    settings = Settings()
    if request is not None and (given := request.get("functionConfig")) is not None:
        try:
            settings = function_config(given).settings
        except SettingsError as error:
            _expect_words(error)
    results = _work_with(settings, data)
    findings = [finding for result in results for finding in result.findings]
    if request is None:
        return
    out = b"".join(result.data for result in results)
    printed = io.BytesIO()
    print_with_results(lambda: raw_documents([out]), findings, printed)
    answer = printed.getvalue()
    if answer == out:
        return
    first, told = (
        next(raw.data for raw in raw_documents([one]) if raw.data.strip()) for one in (out, answer)
    )
    before, after = _loaded(first.decode()), _loaded(told.decode())
    if before is not _UNREADABLE and after is not _UNREADABLE:
        assert len(after.pop("results")) == len(before.pop("results", None) or []) + len(findings)
        assert _is_same(after, before)


_UNREADABLE = object()
_YAML_BREAK = re.compile("[\x85\u2028\u2029]")
_MARK = re.compile(r"\A((?:---[ \t]*(?:\r\n|\n|\r))?)\ufeff")
"""A byte order mark, which the other reader takes for content below a `---`."""


def _loaded(text: str) -> Any:
    """Return the value by a reader that is not ours, or `_UNREADABLE`."""
    text = _MARK.sub(r"\1", text, count=1)
    if "binary" in text or "\ufeff" in text:  # what this reader does not know
        return _UNREADABLE
    if text.lstrip().startswith("{") and _YAML_BREAK.search(text):  # nor JSON above a comment
        return _UNREADABLE
    try:
        return loading.load(text)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        return _UNREADABLE


def _is_same(one: Any, other: Any) -> bool:
    """Tell whether two plain values are equal; unlike `==`, not-a-number equals itself."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_is_same, one, other))
    if isinstance(one, float) and one != one:
        return isinstance(other, float) and other != other
    return loading.is_same(one, other)


_POOLS = [
    {
        "apiVersion": "apps.openyurt.io/v1beta2",
        "kind": "NodePool",
        "metadata": {"name": "hangzhou"},
        "spec": {
            "type": "Edge",
            "hostNetwork": True,
            "labels": {"a": "b"},
            "annotations": {"c": "d"},
            "taints": [{"key": "edge", "value": "1", "effect": "NoSchedule"}],
        },
    },
]
_WITH_EVERY_RULE: Mapping[str, Any] = {
    "apiVersion": "transform.hostnet.io/v1alpha1",
    "kind": "HostnetTransform",
    "spec": {"rules": {"host-network-pods": True, "pool-attributes": True}, "pools": _POOLS},
}


@cache
def _every_rule() -> RunContext:
    return build(from_plain(_WITH_EVERY_RULE), _components())


@cache
def _usual_rules() -> RunContext:
    return build(from_plain({**_WITH_EVERY_RULE, "spec": {"pools": _POOLS}}), _components())


@cache
def _judging() -> RunContext:
    return build(from_plain(_WITH_EVERY_RULE), _components(), schemas=schemas())


@cache
def _components() -> Any:
    return json.loads(resource("kubernetes/components.json"))


PROPERTIES: Mapping[str, Callable[[bytes], None]] = {
    "framing": framing,
    "prefilter": prefilter,
    "reading": reading,
    "everyday": everyday,
    "transform": transform,
    "fixing": fixing,
    "reformat": reformat,
    "patching": patching,
    "validation": validation,
    "configuration": configuration,
    "resource_list": resource_list,
    "lists": lists,
}
