"""JSON patches of files, byte for byte, and what they mean.

A case in `testdata/patch/` holds `in.yaml` or `in.json`, `patch.yaml` or `patch.json` with the
operations, `target` where an object has to be named, and `out.yaml` or `out.json`.
HOSTNET_GOLDEN=rewrite (`make golden`) writes what comes out, which is to be read in the diff.
"""

import os
from pathlib import Path
from typing import NamedTuple

import jsonpatch
import pytest

from tests.cases import check_each
from tests.golden.test_golden import IS_REWRITTEN, TESTDATA
from tests.integration.cli_runs import invoke
from transformer import splice
from transformer.config.operations_file import load
from transformer.globs import matches_object
from transformer.inputs.reading import value_of
from transformer.kubernetes.objects import manifests
from transformer.pipeline.documents import documents


class Case(NamedTuple):
    """The files of one case."""

    folder: Path
    source: Path
    patch: Path
    target: str | None

    @property
    def expected(self) -> Path:
        return self.folder / f"out{self.source.suffix}"


def _case(folder: Path) -> Case:
    (source,), (patch,), target = folder.glob("in.*"), folder.glob("patch.*"), folder / "target"
    named = target.read_text("utf-8").strip() if target.exists() else None
    return Case(folder, source, patch, named)


CASES = [_case(folder) for folder in sorted((TESTDATA / "patch").iterdir())]


def _name(case: Case) -> str:
    return case.folder.name


def _values(data: bytes) -> list[object]:
    return [value for one in documents([data]) if (value := value_of(one)) is not None]


def test_the_text_is_the_expected_one() -> None:
    def check(case: Case) -> None:
        operations = [one.as_dict() for one in load(case.patch)]
        data = splice(case.source.read_bytes(), operations, target=case.target)
        if IS_REWRITTEN:
            if os.environ.get("CI"):
                pytest.fail("expectations are not rewritten where CI is set")
            case.expected.write_bytes(data)
        assert data == case.expected.read_bytes()

    check_each(CASES, check, _name)


def test_the_values_are_what_jsonpatch_makes_of_them() -> None:
    def check(case: Case) -> None:
        operations = [one.as_dict() for one in load(case.patch)]
        values = _values(case.source.read_bytes())
        for one in [found for value in values for found in manifests(value)]:
            if case.target is None or matches_object(str(one.ref), case.target):
                jsonpatch.apply_patch(one.value, operations, in_place=True)
        assert _values(case.expected.read_bytes()) == values

    check_each(CASES, check, _name)


def test_the_command_prints_the_same() -> None:
    def check(case: Case) -> None:
        target = [] if case.target is None else ["--target", case.target]
        run = invoke("patch", "--operations", str(case.patch), *target, str(case.source))
        assert (run.status, run.out) == (0, case.expected.read_bytes()), run.err

    check_each(CASES, check, _name)
