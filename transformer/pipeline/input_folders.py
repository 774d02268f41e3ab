"""Whether the folders that objects deploy are in the input."""

import posixpath
from collections.abc import Iterable

from transformer.kubernetes.deployments import Deployed


class InputFolders:
    """The folders with files of the input; paths are relative to the top of the repository."""

    def __init__(self, files: Iterable[str] = ()) -> None:
        self._folders: set[str] = set()
        self._charts: set[str] = set()
        for file in files:
            folder, name = posixpath.split(file)
            if name == "Chart.yaml":
                self._charts.add(folder)
            while folder not in self._folders:
                self._folders.add(folder)
                folder = posixpath.dirname(folder)

    def why_not(self, deployed: Deployed) -> str:
        """Return why what an object deploys was not looked into; nothing if it was."""
        folder = "" if deployed.folder == "." else deployed.folder
        if not deployed.folder or folder not in self._folders:
            return deployed.why
        if deployed.may_be_chart and folder in self._charts:
            return f"the chart is not rendered: {folder}"
        return ""
