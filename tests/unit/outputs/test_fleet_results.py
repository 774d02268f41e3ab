import io
from pathlib import Path

import pytest

from transformer.config.fleet_tasks import Settings, Task, line_of
from transformer.outputs import atomic
from transformer.outputs.fleet_results import FleetResults, patch_name
from transformer.outputs.terminal import Progress

LINE = line_of(Task("site", settings=Settings(mode="patch")), "", {})


def test_a_patch_that_cannot_be_written_leaves_nothing_new_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    out = io.BytesIO()
    results = FleetResults(out, None, Progress(), tmp_path)
    monkeypatch.setattr(atomic, "replace", full)
    with pytest.raises(OSError, match="no space"):
        results.add(LINE, "the patch", is_cached=False)
    assert list(tmp_path.iterdir()) == []
    earlier = tmp_path / patch_name("site", "")
    earlier.write_text("of an earlier run")
    with pytest.raises(OSError, match="no space"):
        results.add(LINE, "the patch", is_cached=False)
    assert earlier.read_text() == "of an earlier run"
    assert out.getvalue() == b""
