"""The names of the schemas, and the entries for schemastore.org."""

from tools.schema_store import entries
from transformer.config.package_data import schemas

IDS = {
    "baseline": "urn:hostnet-transform:baseline:v1alpha1",
    "components": "urn:hostnet-transform:components:v1",
    "config": "urn:hostnet-transform:config:v1alpha1",
    "node": "urn:hostnet-transform:node:v1",
    "nodepool-v1alpha1": "urn:hostnet-transform:nodepool:v1alpha1",
    "nodepool-v1beta1": "urn:hostnet-transform:nodepool:v1beta1",
    "nodepool-v1beta2": "urn:hostnet-transform:nodepool:v1beta2",
    "placement": "urn:hostnet-transform:placement:v1",
    "pod-template": "urn:hostnet-transform:pod-template:v1",
    "report": "urn:hostnet-transform:report:v1",
}
"""Others refer to these, so none may change or go; a new schema adds one."""


def test_a_schema_keeps_its_id() -> None:
    ids = {name: schema["$id"] for name, schema in schemas().items()}
    assert IDS.items() <= ids.items()
    assert len({*ids.values()}) == len(ids)
    assert all(one.startswith("urn:hostnet-transform:") for one in ids.values())


def test_editors_find_the_schemas_by_the_names_of_our_files() -> None:
    found = {entry["name"]: entry["fileMatch"] for entry in entries("")}
    assert found == {
        "hostnet-transform configuration": [".hostnet-transform.yaml"],
        "hostnet-transform baseline": [".hostnet-transform-baseline.yaml"],
    }


def test_an_address_follows_from_the_one_of_the_repository_and_is_never_made_up() -> None:
    raw = "https://raw.githubusercontent.com/acme/tool/HEAD/schemas/"
    for address in ("https://github.com/acme/tool", "https://github.com/acme/tool.git/"):
        urls = [entry["url"] for entry in entries(address)]
        assert urls == [f"{raw}config.schema.json", f"{raw}baseline.schema.json"]
    for address in ("", "https://git.example.com/acme/tool", "https://github.com/acme"):
        assert not any("url" in entry for entry in entries(address))
