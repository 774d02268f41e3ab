"""The JSON Schemas of Kubernetes objects: what the repository's other parts rely on."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.shared_material import CORPUS, needs
from transformer.config.package_data import schemas

SCHEMAS = schemas()
POOL_VERSIONS = ("v1alpha1", "v1beta1", "v1beta2")
NAMES = (*(f"nodepool-{version}" for version in POOL_VERSIONS), "node", "pod-template")

each_schema = pytest.mark.parametrize("name", NAMES)


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema in `schema`, and every other mapping in it."""
    if isinstance(schema, dict):
        yield schema
    for inner in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(inner, dict | list):
            yield from parts(inner)


@each_schema
def test_it_is_a_schema_with_a_name_of_its_own(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    ids = [schema["$id"] for schema in SCHEMAS.values() if "$id" in schema]
    assert ids.count(SCHEMAS[name]["$id"]) == 1


@each_schema
def test_every_property_is_described(name: str) -> None:
    for part in parts(SCHEMAS[name]):
        if {"if", "then"} & part.keys():
            continue
        is_object = part.get("type") in ("object", ["object", "null"])
        for key, inner in part.get("properties", {}).items() if is_object else ():
            assert inner.get("description"), key


@each_schema
def test_what_can_fail_without_words_of_its_own_has_a_title(name: str) -> None:
    for part in parts(SCHEMAS[name]):
        if {"pattern", "minimum", "maximum", "maxItems", "maxLength"} & part.keys():
            assert isinstance(part["title"], str), part


def test_what_schemas_have_in_common_is_the_same() -> None:
    known: dict[str, Any] = {}
    for name in NAMES:
        for key, part in SCHEMAS[name]["$defs"].items():
            assert known.setdefault(key, part) == part, key


def fields(schema: Any) -> Any:
    """Return the names of the fields that `schema` has, and those in them."""
    if schema.get("type") == "array":
        return fields(schema["items"])
    return {name: fields(inner) for name, inner in schema.get("properties", {}).items()}


def without_references(schema: Any, root: Any) -> Any:
    if isinstance(schema, list):
        return [without_references(inner, root) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return without_references(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    plain = {key: without_references(inner, root) for key, inner in schema.items()}
    sort = plain.get("type")
    return {**plain, "type": sort[0]} if isinstance(sort, list) else plain


@needs(CORPUS)
@pytest.mark.parametrize("version", POOL_VERSIONS)
def test_a_pool_has_the_fields_of_openyurts_own_definition(version: str) -> None:
    definition = yaml.safe_load((CORPUS / "openyurt" / "crd-nodepools.yaml").read_bytes())
    (theirs,) = (
        one["schema"]["openAPIV3Schema"]["properties"]["spec"]
        for one in definition["spec"]["versions"]
        if one["name"] == version
    )
    ours = SCHEMAS[f"nodepool-{version}"]
    expected = fields(theirs)
    if version == "v1alpha1":
        expected["hostNetwork"] = {}  # dropped in silence: HN106 is for that
    assert fields(without_references(ours["properties"]["spec"], ours)) == expected
