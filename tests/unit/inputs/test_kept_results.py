from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from transformer.config.fleet_tasks import Settings
from transformer.inputs.kept_results import keep, key_of, known
from transformer.pipeline.settings import Settings as Configuration
from transformer.pipeline.settings import Suppression

TODAY = datetime.now(UTC).date()
TREE = "0" * 40


def suppression(days: int, *, is_expired: bool = False) -> Suppression:
    until = (TODAY + timedelta(days=days)).isoformat()
    return Suppression(rules=("HN402",), until=until, reason="x", is_expired=is_expired)


@pytest.mark.parametrize(
    ("suppressions", "holds"),
    [
        ((), True),
        ((suppression(1),), True),
        ((suppression(0),), True),
        ((suppression(1), suppression(-1)), False),
        ((suppression(-1, is_expired=True),), True),
    ],
)
def test_a_result_holds_as_long_as_suppressions_do(
    suppressions: tuple[Suppression, ...], holds: bool, tmp_path: Path
) -> None:
    key = key_of(TREE, Settings())
    keep(str(tmp_path), key, {"a": 1}, Configuration(suppressions=suppressions))
    assert known(str(tmp_path), key) == ({"a": 1} if holds else None)


def test_what_changes_a_result_changes_its_key(tmp_path: Path) -> None:
    pools = tmp_path / "pools.yaml"
    pools.write_text("a: 1\n")
    every = [
        key_of(TREE, Settings()),
        key_of("1" * 40, Settings()),
        key_of(TREE, Settings(mode="check")),
        key_of(TREE, Settings(fail_on=("warning",))),
        key_of(TREE, Settings(enable=("keep-off",))),
        key_of(TREE, Settings(disable=("keep-off",))),
        key_of(TREE, Settings(on_invalid="pass")),
        key_of(TREE, Settings(strict=True)),
        key_of(TREE, Settings(max_document=1)),
        key_of(TREE, Settings(pools=(str(pools),))),
    ]
    pools.write_text("a: 2\n")
    every.append(key_of(TREE, Settings(pools=(str(pools),))))
    assert len(set(every)) == len(every)
    assert key_of(TREE, Settings(timeout=1, cache="x")) == every[0]
