"""Whether what objects deploy is in the input."""

import pytest

from transformer.kubernetes.deployments import Deployed
from transformer.pipeline.input_folders import InputFolders

FOLDERS = InputFolders(["apps/web/base/web.yaml", "charts/net/Chart.yaml", "../x/a.yaml"])


@pytest.mark.parametrize("folder", [".", "apps", "apps/web", "apps/web/base", "charts"])
def test_a_folder_with_files_below_it_is_there(folder: str) -> None:
    assert FOLDERS.why_not(Deployed(folder, "no")) == ""


@pytest.mark.parametrize("folder", ["", "web", "app", "apps/web/base/web.yaml", "x"])
def test_another_folder_is_not(folder: str) -> None:
    assert FOLDERS.why_not(Deployed(folder, "no")) == "no"
    assert InputFolders().why_not(Deployed(folder, "no")) == "no"


def test_a_chart_is_not_looked_into_where_it_is_rendered() -> None:
    found = FOLDERS.why_not(Deployed("charts/net", "no", may_be_chart=True))
    assert found == "the chart is not rendered: charts/net"
    assert FOLDERS.why_not(Deployed("charts/net", "no")) == ""
