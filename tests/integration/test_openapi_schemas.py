"""What fits Kubernetes' own OpenAPI schemas before the transform still fits them afterwards.

The schemas are the strict ones (no unknown fields) of the newest Kubernetes that the package
kubernetes-validate carries. Every NodePool that a manifest names is a host-network pool here, and
every rule is on, so that as much is edited as can be.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from tests.requirements import require_module
from tests.shared_material import CORPUS, files, needs
from transformer import transform_stream
from transformer.findings import ObjectRef
from transformer.kubernetes.builtin_kinds import foreign, is_known, is_podless
from transformer.kubernetes.objects import manifests
from transformer.kubernetes.pod_template import ROWS, table
from transformer.yamltree.fast_load import fast_load

TESTDATA = Path(__file__).parents[2] / "testdata"
EVERY_RULE = {
    "apiVersion": "transform.hostnet.io/v1alpha1",
    "kind": "HostnetTransform",
    "spec": {"rules": {"host-network-pods": True, "pool-attributes": True}},
}
_POOL = re.compile(rb"""nodepool["']?\s*[:=]\s*\[?\s*["']?([a-z0-9][a-z0-9.-]*)""")


@needs(CORPUS)
def test_what_is_edited_in_real_manifests_still_fits() -> None:
    counts = checked_rules([CORPUS / name for name in files(CORPUS, "*/*.y*ml")])
    assert counts["fits"] >= 20
    assert counts["no longer fits"] == 0


def test_what_is_edited_in_our_own_test_data_still_fits() -> None:
    inputs = [*sorted(TESTDATA.glob("*/**/in.*")), *sorted(TESTDATA.glob("demo/*.yaml"))]
    counts = checked_rules(inputs)
    assert counts["fits"] >= 100
    assert counts["no longer fits"] == 0


def test_an_edit_that_does_not_fit_would_be_seen() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"affinty": {}}}
    assert fits({**pod, "spec": {"containers": [{"name": "c"}]}})
    assert not fits(pod)


def checked_rules(paths: list[Path]) -> Counter[str]:
    """Count the edited objects: those that fitted before and fit or `no longer fit`, and others."""
    counts: Counter[str] = Counter()
    for path in paths:
        data = path.read_bytes()
        for result in transform_stream(BytesIO(data), pools=pools_of(data), config=EVERY_RULE):
            if result.changes:
                counts.update(_judged(result.source, result.data, path))
    return counts


def _judged(old: bytes, new: bytes, path: Path) -> Iterator[str]:
    for before, after in zip(objects(old), objects(new), strict=True):
        if before == after:
            continue
        fitted = fits(before)
        if not fitted:
            yield "no schema" if fitted is None else "did not fit before"
        elif fits(after):
            yield "fits"
        else:
            print(f"{path}: {before.get('kind')} no longer fits: {json.dumps(after)}")
            yield "no longer fits"


def objects(data: bytes) -> list[Any]:
    return [manifest.value for manifest in manifests(fast_load(data.decode()))]


def pools_of(data: bytes) -> bytes:
    """Return a host-network pool for each name of a pool in `data`."""
    pools = [
        {
            "apiVersion": "apps.openyurt.io/v1beta2",
            "kind": "NodePool",
            "metadata": {"name": name.decode()},
            "spec": {
                "type": "Edge",
                "hostNetwork": True,
                "labels": {"example.com/site": "a"},
                "annotations": {"example.com/owner": "b"},
                "taints": [{"key": "edge", "value": "c", "effect": "NoSchedule"}],
            },
        }
        for name in sorted(set(_POOL.findall(data)))
    ]
    return "\n".join(map(json.dumps, pools)).encode()


def fits(value: Any) -> bool | None:
    """Whether an object fits its schema; None: there is none for its kind."""
    if not {"apiVersion", "kind"} <= value.keys():
        return None
    package, version = _schemas()
    try:
        package.validate(value, version, strict=True)
    except package.SchemaNotFoundError:
        return None
    except package.ValidationError:
        return False
    return True


@cache
def _schemas() -> tuple[Any, str]:
    """Return kubernetes-validate, made to read each of its large files once, and its version."""
    package = require_module("kubernetes_validate")
    package.utils.schema_contents = cache(package.utils.schema_contents)
    return package, package.latest_version()


def test_every_kind_of_kubernetes_holds_pod_templates_or_is_known_to_hold_no_pods() -> None:
    kinds = {kind for of_version in _definitions() for kind in _kinds(of_version)}
    assert len(kinds) > 80
    rows = table(ROWS)
    refs = [ObjectRef(group, "v1", kind, "", "x") for group, kind in kinds]
    unknown = [ref for ref in refs if is_podless(ref) == ((ref.group, ref.kind) in rows)]
    assert unknown == []


def test_no_root_key_of_kubernetes_is_foreign_to_its_kind() -> None:
    seen = 0
    for definitions in _definitions():
        for schema in definitions.values():
            for group, kind in _kinds({"": schema}):
                if is_known(group, kind):
                    seen += 1
                    assert foreign(group, kind, schema["properties"]) == [], (group, kind)
    assert seen > 80


def _definitions() -> Iterator[Any]:
    """Yield what some versions of Kubernetes, the oldest and the newest among them, define."""
    folder = Path(require_module("kubernetes_validate").__file__).parent / "kubernetes-json-schema"
    files = sorted(folder.glob("*-local/_definitions.json"))
    for file in {*files[::4], files[-1]}:
        yield json.loads(file.read_bytes())["$defs"]


def _kinds(definitions: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield group and kind of each object, not of lists and options."""
    for schema in definitions.values():
        if "ObjectMeta" in str(schema.get("properties", {}).get("metadata")):
            for of_kind in schema.get("x-kubernetes-group-version-kind", ()):
                yield of_kind["group"], of_kind["kind"]
