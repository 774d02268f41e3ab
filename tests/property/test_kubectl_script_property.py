"""A script of `--output kubectl` does what `-w` does and nothing else, whatever manifests say."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.integration.cli_runs import invoke
from tests.kube_system import HOST_NETWORK_POOL, node
from tests.kubectl_scripts import Cluster
from tests.property.manifests import values
from transformer.kubernetes.objects import is_list, manifests
from transformer.report.as_kubectl import is_possible
from transformer.rules.exempt import has_fixed_template

CODE = (
    "'",
    '"',
    "$(touch pwned)",
    "`touch pwned`",
    ";touch pwned;",
    "&touch pwned&",
    "\\",
    "$",
    "#",
)
PLACES = (
    "\nPATCH\n",
    "\n",
    "\r",
    "\x1b[2K",
    "\x7f",
    "\x85",
    "\u2028",
    "\u202e",
    "\U0001f600",
    "--",
    "/",
)
TEXTS = st.lists(st.sampled_from((*CODE, *PLACES, "a")), min_size=1, max_size=6).map("".join)


@st.composite
def items(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw objects as a cluster has them, in which what can be any text is often code."""
    drawn = draw(st.lists(values().filter(lambda one: not is_list(one)), max_size=3))
    labelled = node("edge")
    labelled["spec"]["taints"][0]["value"] = draw(TEXTS)
    found = [*drawn, labelled]
    for number, value in enumerate(found):
        metadata = value["metadata"] = value.get("metadata") or {}
        metadata |= {"uid": draw(TEXTS), "name": f"n{number}", "namespace": "shop"}
        if draw(st.booleans()):
            metadata[draw(st.sampled_from(("name", "namespace")))] = f"{number}{draw(TEXTS)}"
    return found


@settings(max_examples=12)
@given(items(), TEXTS, TEXTS)
def test_names_and_values_stay_text(found: list[dict[str, Any]], file: str, value: str) -> None:
    listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": found}).encode()
    more = {"labels": {"l": value}, "taints": [{"key": value}]}
    pool = HOST_NETWORK_POOL | {"spec": {"type": "Edge", "hostNetwork": True, **more}}
    with TemporaryDirectory() as name:
        pools, path, work = (Path(name, one) for one in ("pools.json", "list.json", "cluster"))
        work.mkdir()
        pools.write_text(json.dumps(pool))
        path.write_bytes(listed)
        options = ("--pools", pools, "--enable", "pool-attributes")
        run = invoke(*options, "--output", "kubectl", "--stdin-filename", file, stdin=listed)
        invoke(*options, "--write", path)
        written = json.loads(path.read_bytes())["items"]
        objects = [manifest for one in found for manifest in manifests(one)]
        there = [number for number, one in enumerate(objects) if is_possible(one.ref)]
        cluster = Cluster(work, [found[number] for number in there])
        done = cluster.run(run.out)
        assert (done.returncode, done.stderr) == (0, "")
        for number in there:
            is_left_out = has_fixed_template(objects[number])
            wanted = found[number] if is_left_out else written[number]
            assert cluster.get(found[number]) == wanted
    for line in run.out.decode().split("\n"):
        assert all(char.isprintable() or char > "\uffff" for char in line)
