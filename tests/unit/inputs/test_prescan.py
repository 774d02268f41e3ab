"""The first look over files: pools, wherever in a file and however they are written."""

import json
from pathlib import Path

import pytest

from transformer.inputs.discovery import DiscoveryOptions, Source, discover
from transformer.inputs.kustomizations import read_kustomizations
from transformer.inputs.prescan import prescan
from transformer.pipeline.context import build
from transformer.pipeline.documents import Document
from transformer.pipeline.settings import Settings
from transformer.pipeline.stream import collect
from transformer.text.prefilter import mentions_pool

CATALOG = json.loads(
    (Path(__file__).parents[3] / "transformer/kubernetes/components.json").read_text("utf-8")
)
POOL = "apiVersion: apps.openyurt.io/v1beta2\nkind: NodePool\nmetadata: {name: p}\nspec: {}\n"
OTHER = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n---\n"


def pools_in(path: Path) -> list[str]:
    sources = discover([str(path)], DiscoveryOptions(path.parent))
    context = build(Settings(), CATALOG)
    kustomizations = read_kustomizations(sources, context)

    def take(_: Source, document: Document) -> None:
        collect(document, context)

    prescan(sources, kustomizations, context, mentions_pool, take)
    return [pool.name for pool in context.cluster.pools.all()]


@pytest.mark.parametrize(
    "text",
    [
        POOL,
        OTHER + POOL,
        OTHER * 10_000 + POOL,
        POOL.replace("NodePool", '"Node\\x50ool"'),
        POOL.replace("NodePool\n", "!!binary Tm9kZVBvb2w=\n") + "---\n" + POOL,
        "%TAG !y! tag:yaml.org,2002:\n---\n" + POOL,
        json.dumps(
            {"kind": "NodePool", "apiVersion": "apps.openyurt.io/v1", "metadata": {"name": "p"}}
        ),
    ],
)
def test_a_pool_is_found(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, "utf-8")
    assert pools_in(path) == ["p"]


@pytest.mark.parametrize("text", ["", OTHER, OTHER * 10_000])
def test_where_there_is_none_none_is_found(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, "utf-8")
    assert pools_in(path) == []
