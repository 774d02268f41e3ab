"""The Lists of the benchmark are as kubectl prints them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bench import corpus, nodes
from transformer import transform


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return nodes.write_list(tmp_path / "nodes.yaml", 40)


def load(path: Path) -> Any:
    return yaml.load(path.read_text(), Loader=yaml.CSafeLoader)


def test_a_list_has_its_keys_in_the_order_of_kubectl(path: Path) -> None:
    assert [*load(path)] == ["apiVersion", "items", "kind", "metadata"]


def test_each_item_is_a_node_of_some_7_kilobytes(path: Path) -> None:
    items = load(path)["items"]
    assert [item["metadata"]["name"] for item in items] == [nodes.name(n) for n in range(40)]
    assert all([*item] == ["apiVersion", "kind", "metadata", "spec", "status"] for item in items)
    assert 6500 <= path.stat().st_size / len(items) <= 7500


def test_the_nodes_of_host_network_pools_lack_the_label(path: Path) -> None:
    result = transform(nodes.pools().encode() + b"---\n" + path.read_bytes())
    due = [nodes.name(number) for number in range(40) if nodes.is_host_network(number)]
    assert [change.object.name for change in result.changes] == due
    assert len(due) == 10


def test_items_are_the_documents_that_were_given(tmp_path: Path) -> None:
    documents = corpus.take("mixed", 30)
    path = nodes.write_items(tmp_path / "list", "kind: List\n", (each.text for each in documents))
    wanted = [yaml.load(each.text, Loader=yaml.CSafeLoader) for each in documents]
    assert load(path) == {"kind": "List", "items": wanted}
