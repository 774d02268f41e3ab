"""What `placement` prints, byte for byte, as files: `testdata/placement/<case>/`.

A case holds `in.yaml` and what each of `FILES` is printed as. With HOSTNET_GOLDEN=rewrite (`make
golden`) the files are written instead of compared, and are to be read in the diff.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.builders import engine
from tests.golden.test_golden import IS_REWRITTEN, TESTDATA
from transformer.config.package_data import schemas
from transformer.config.placement_options import PlacementOptions
from transformer.inputs.comparison import opened_states
from transformer.inputs.discovery import DiscoveryOptions
from transformer.placements import PlacementReport
from transformer.report import (
    placement_explained,
    placement_json,
    placement_markdown,
    placement_table,
)
from transformer.report.placement_table import wide
from transformer.runs.placement import run_placement

CASES = sorted(path.name for path in (TESTDATA / "placement").iterdir())
EXPLAINED = {
    "first-pool": "Deployment/parking/camera",
    "many-pools": "Deployment/gate",
    "other-objects": "YurtAppSet/cameras",
}


def report(case: str, **options: Any) -> PlacementReport:
    """Return the report on a case."""
    file = TESTDATA / "placement" / case / "in.yaml"
    options_of_input = PlacementOptions(stdin_filename="in.yaml")
    with (
        file.open("rb") as data,
        opened_states((), options_of_input, DiscoveryOptions(Path()), stdin=data) as states,
    ):
        return run_placement(states, engine(schemas=True), **options).report


def printed(case: str) -> Iterator[tuple[str, str]]:
    """Yield the names of the files of a case, each with what is printed."""
    plain, both = report(case), report(case, shows_after=True)
    yield "table.txt", "".join(placement_table.render(plain))
    yield "before-after.txt", "".join(placement_table.render(both))
    yield "report.md", "".join(placement_markdown.render(both))
    yield "report.json", "".join(placement_json.render(both))
    explained = report(case, explains=EXPLAINED[case])
    yield "explained.txt", "".join(placement_explained.render(explained))


@pytest.mark.parametrize("case", CASES)
def test_what_is_printed_is_as_in_the_files(case: str) -> None:
    for name, text in printed(case):
        file = TESTDATA / "placement" / case / name
        if IS_REWRITTEN:
            file.write_text(text, "utf-8", newline="\n")
        assert text == file.read_text("utf-8"), name
        if name.endswith(".txt"):
            assert max(map(wide, text.splitlines())) <= placement_table.WIDTH, name
        if name.endswith(".json"):
            Draft202012Validator(schemas()["placement"]).validate(json.loads(text))
