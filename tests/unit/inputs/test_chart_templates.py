"""The templates of charts, which a search leaves out."""

from pathlib import Path

import pytest

from transformer.inputs.chart_templates import chart_templates
from transformer.inputs.discovery import DiscoveryOptions, discover


@pytest.fixture(autouse=True)
def _a_chart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("chart/Chart.yaml", "chart/templates/a.yaml", "umbrella/Chart.yaml", "b.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("name: a\n")
    monkeypatch.chdir(tmp_path)


def left_out(*paths: str, exclude: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    found = discover(paths, DiscoveryOptions(Path.cwd(), exclude=exclude))
    return [(one.place.file, one.name) for one in chart_templates(found)]


def test_a_chart_that_a_search_finds_is_told_if_it_has_templates() -> None:
    assert left_out(".") == [("chart/Chart.yaml", "chart/templates")]


def test_a_chart_that_the_configuration_leaves_out_is_not() -> None:
    assert left_out(".", exclude=("chart",)) == []


def test_templates_that_are_read_nevertheless_are_not() -> None:
    assert left_out(".", "chart/templates") == []
    assert left_out("chart/Chart.yaml") == []
