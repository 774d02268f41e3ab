"""A List that is read item by item gives what it gives when it is read whole."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import pod
from tests.integration.cli_runs import Run, invoke
from tests.list_reading import WHOLE, lists_longer_than
from tests.property.loading import is_same, load
from tests.property.manifests import Rendered, rendered, values
from tests.random_lists import drawn
from tools.same_outputs.lists import COMMANDS as ALL_COMMANDS
from tools.same_outputs.lists import Outcome, verdict
from transformer.report.formats import OUTPUTS

POOLS = b"""\
apiVersion: apps.openyurt.io/v1beta2
kind: NodePool
metadata: {name: hangzhou}
spec: {type: Edge, hostNetwork: true}
---
"""

KINDS = (
    *(("v1", "List"), ("v1", "List"), ("apps/v1", "DeploymentList"), ("v1", "NodeList")),
    *(("config.kubernetes.io/v1", "ResourceList"), ("v1", "ConfigMap")),
)

COMMANDS = (
    ("--strict", "--report", "json"),
    ("--strict", "--diff"),
    *(("--strict", "--output", name) for name in OUTPUTS[1:]),
    ("validate", "--strict", "--format", "json", "-"),
)

DUMPS: tuple[Callable[[Any], str], ...] = (
    lambda value: json.dumps(value, separators=(",", ":")),
    lambda value: json.dumps(value, indent=4, sort_keys=True) + "\n",
    lambda value: json.dumps(value, indent=2, ensure_ascii=False),
    lambda value: yaml.safe_dump(value, sort_keys=False, allow_unicode=True),
    lambda value: yaml.safe_dump(value, width=10_000),
)


@st.composite
def lists(draw: st.DrawFn) -> dict[str, Any]:
    api_version, kind = draw(st.sampled_from(KINDS))
    items = draw(st.lists(values(), min_size=1, max_size=4))
    entries: dict[str, Any] = {"apiVersion": api_version, "kind": kind, "items": items}
    more = draw(st.sampled_from(({}, {"metadata": {"resourceVersion": ""}})))
    return dict(draw(st.permutations([*entries.items(), *more.items()])))


def printed() -> st.SearchStrategy[str]:
    """Lists as programs print them."""
    return st.tuples(st.sampled_from(DUMPS), lists()).map(lambda drawn: drawn[0](drawn[1]))


def written() -> st.SearchStrategy[str]:
    """Lists as people write them, in YAML."""
    layouts = st.sampled_from(("block", "block", "block", "flow"))
    return lists().flatmap(lambda value: rendered(value, layouts)).map(lambda one: one.text)


def runs(*args: str, stdin: bytes) -> tuple[Run, Run]:
    """Return a run that reads Lists whole, and one that reads them item by item."""
    with lists_longer_than(WHOLE):
        whole = invoke(*args, stdin=stdin)
    with lists_longer_than(0):
        return whole, invoke(*args, stdin=stdin)


def told(run: Run) -> list[str]:
    """Return the lines on standard error: of an item what changed precedes its findings."""
    return sorted(run.err.splitlines())


@given(printed() | written(), st.sampled_from(COMMANDS))
def test_what_is_printed_and_reported_is_the_same(text: str, command: tuple[str, ...]) -> None:
    whole, item_by_item = runs(*command, stdin=POOLS + text.encode(errors="surrogatepass"))
    if "--diff" in command:  # of items on adjacent lines, each is replaced, or all are
        assert sorted(item_by_item.out.splitlines()) == sorted(whole.out.splitlines())
    else:
        assert item_by_item.out == whole.out
    assert item_by_item.status == whole.status
    assert told(item_by_item) == told(whole)


@given(lists().flatmap(lambda value: rendered(value, st.just("json"))))
def test_json_with_blanks_of_all_kinds_gets_the_same_edits(drawn: Rendered) -> None:
    whole, item_by_item = runs("--strict", stdin=drawn.text.encode())
    assert told(item_by_item) == told(whole)
    assert item_by_item.status == whole.status
    assert not whole.out or is_same(load(item_by_item.out.decode()), load(whole.out.decode()))


@pytest.mark.parametrize("seed", range(150))
def test_lists_of_all_styles_among_other_documents_give_the_same(seed: int) -> None:
    random = Random(seed)
    text, _ = drawn(random, [pod()])
    command = random.choice(sorted(ALL_COMMANDS.keys() - {"diff"}))
    done = (Outcome(*one[:2], one.err.encode()) for one in runs(*ALL_COMMANDS[command], stdin=text))
    assert verdict(*done), command
