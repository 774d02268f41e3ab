"""Edits of KYAML are what the real kubectl would print, and mean what they mean in YAML.

`make kyaml-oracle` tries more, and compares with the library behind it, which keeps comments.
"""

import random
from pathlib import Path

import pytest

from tests.cases import for_each
from tests.effort import IS_ALL_TRIED, tried
from tests.kyaml import agreement
from tests.kyaml.printers import Printer, by_kubectl
from tests.kyaml.sources import TESTDATA, sources
from tests.requirements import require_tool
from tests.shared_material import CORPUS, needs

FOLDERS = [pytest.param(CORPUS, marks=needs(CORPUS), id="corpus"), pytest.param(TESTDATA, id="own")]

NOT_AS_PRINTED = ("kyaml-comments", "kyaml-of-create")
"""Cases with comments, and with keys that are not sorted: kubectl keeps neither."""

GOLDEN = [
    case
    for case in sorted((TESTDATA / "splice").glob("kyaml-*"))
    if case.name not in NOT_AS_PRINTED
]


@pytest.fixture(scope="module")
def kubectl() -> Printer:
    return by_kubectl(require_tool("kubectl"))


def test_golden_results_are_what_kubectl_prints(kubectl: Printer) -> None:
    def check(case: Path) -> None:
        text = (case / "out.yaml").read_bytes().decode().replace("\r\n", "\n").rstrip("\n") + "\n"
        is_list = case.name == "kyaml-list"
        documents = items(text) if is_list else [f"---\n{one}" for one in text.split("---\n")[1:]]
        assert len(documents) >= (2 if is_list else 1)
        assert kubectl(documents) == documents

    for_each(GOLDEN, name=lambda case: case.name)(check)()


def items(text: str) -> list[str]:
    """Return the items of a List as documents."""
    inside = text.partition("  items: [")[2].partition("\n  }],\n")[0] + "\n  }"
    found = inside.split("\n  }, {\n")
    bodies = [found[0], *(f"{{\n{one}" for one in found[1:])]
    closed = [*(f"{body}\n  }}" for body in bodies[:-1]), bodies[-1]]
    return ["---\n" + body.replace("\n  ", "\n") + "\n" for body in closed]


@pytest.mark.parametrize("folder", FOLDERS)
def test_edits_of_kyaml_are_those_of_yaml_as_kubectl_would_print_them(
    folder: Path, kubectl: Printer
) -> None:
    files = list(sources(folder))
    seed = random.randrange(1 << 32)
    print(f"the seed is {seed}")
    chosen = files if IS_ALL_TRIED else random.Random(seed).sample(files, 8)
    printed = agreement.printed(chosen, kubectl)
    counts = agreement.transformed(printed, kubectl)
    assert counts["documents"] >= len(printed)
    assert counts["printed alike"] == counts["edited"]
    documents = [text for _, texts in printed for text in texts]
    counts = agreement.spliced(documents, kubectl, tried(120), seed)
    assert counts["printed alike"] == counts["edited"] > 0
