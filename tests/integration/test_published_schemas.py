"""The reports that other programs read, by the schemas that are published for them."""

import json
from pathlib import Path

import pytest
import xmlschema
from jsonschema import Draft4Validator, FormatChecker

from tests.integration.cli_runs import invoke
from tests.manifests import CONFIG_MAP, TEMPLATE, guarded, joined, node, pool
from tests.published_schemas import junit, sarif

INPUTS = {
    "nothing": CONFIG_MAP,
    "errors": joined(pool("p"), node("edge-1", "p"), guarded()),
    "warnings and notes": joined(node("edge-1", "elsewhere"), b"a: b\n"),
    "what cannot be read": joined(TEMPLATE, b"a: [\n", b"\xff\n", b"a: 1\na: 2\n"),
    "odd characters": node("edge-1", '"<&>\\u0001\\U0001F600\\uFFFE"'),
}


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def report(form: str, data: bytes) -> bytes:
    name = "a <b> & 'ü'.yaml"
    Path(name).write_bytes(data)
    return invoke("validate", "--format", form, name).out


@pytest.mark.parametrize("data", INPUTS.values(), ids=INPUTS)
def test_sarif_fits_the_schema_of_oasis(data: bytes) -> None:
    schema = json.loads(sarif().read_bytes())
    log = json.loads(report("sarif", data))
    Draft4Validator(schema, format_checker=FormatChecker()).validate(log)
    assert log["runs"][0]["tool"]["driver"]["rules"]


@pytest.mark.slow
@pytest.mark.parametrize("data", INPUTS.values(), ids=INPUTS)
def test_junit_fits_the_schema_of_jenkins(data: bytes) -> None:
    schema = xmlschema.XMLSchema(str(junit()))
    schema.validate(report("junit", data).decode())


def test_a_report_that_does_not_fit_would_be_noticed() -> None:
    validator = Draft4Validator(json.loads(sarif().read_bytes()))
    log = json.loads(report("sarif", CONFIG_MAP))
    assert validator.is_valid(log)
    del log["runs"][0]["tool"]
    assert not validator.is_valid(log)
