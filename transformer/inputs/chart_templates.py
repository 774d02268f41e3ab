"""The `templates/` folders of Helm charts, which a search leaves out: they are no manifests yet."""

from collections.abc import Iterator, Sequence

from transformer.findings import Place
from transformer.inputs.discovery import CHART, Source
from transformer.pipeline.coverage import Sighting


def chart_templates(sources: Sequence[Source]) -> Iterator[Sighting]:
    """Yield those of the charts that a search found, unless a file in them is read nevertheless.

    For a state of a Git repository, too, the folders of the work tree count.
    """
    charts = [one for one in sources if one.path.name == CHART and not one.is_named]
    read = {one.path.parent for one in sources} if charts else set()
    for chart in charts:
        folder = chart.path.parent / "templates"
        if folder.is_dir() and folder not in read:
            why = "the templates of a chart are not rendered"
            yield Sighting("templates", Place(chart.name), folder.as_posix(), why)
