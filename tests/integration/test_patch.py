"""`hostnet-transform patch` and `transformer.splice`: operations, errors, files, pipes."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli_runs import TOOL, Run, environment, invoke
from transformer import InputError, PatchError, PatchTestError, SettingsError, splice

WEB = b"""\
# the shop
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web   # public

  labels:
    # who pays
    team: shop
    tier: front
spec:
  replicas: 2

  args: [a, b]
"""
OTHER = WEB.replace(b"name: web ", b"name: api ")


@pytest.fixture(autouse=True)
def _work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def operation(op: str, path: str, *value: Any, **more: Any) -> dict[str, Any]:
    return {"op": op, "path": path, **more, **({"value": value[0]} if value else {})}


def patch(*args: str, stdin: bytes = b"", operations: Any) -> Run:
    Path("operations.json").write_text(json.dumps(operations), "utf-8")
    return invoke("patch", "--operations", "operations.json", *args, stdin=stdin)


@pytest.mark.parametrize(
    ("step", "old", "new"),
    [
        (
            operation("add", "/spec/paused", True),
            b"args: [a, b]\n",
            b"args: [a, b]\n  paused: true\n",
        ),
        (operation("add", "/spec/args/1", "x"), b"[a, b]", b"[a, x, b]"),
        (operation("remove", "/metadata/labels/team"), b"    # who pays\n    team: shop\n", b""),
        (operation("replace", "/spec/replicas", 3), b"replicas: 2", b"replicas: 3"),
        (operation("test", "/spec/replicas", 2.0), b"", b""),
        (operation("copy", "/spec/args/-", **{"from": "/spec/args/0"}), b"[a, b]", b"[a, b, a]"),
        (
            operation("move", "/metadata/labels/z", **{"from": "/metadata/labels/team"}),
            b"    # who pays\n    team: shop\n    tier: front\n",
            b"    tier: front\n    # who pays\n    z: shop\n",
        ),
    ],
    ids=lambda value: value["op"] if isinstance(value, dict) else "",
)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_each_operation_changes_what_it_names_only(
    step: dict[str, Any], old: bytes, new: bytes, line_end: bytes
) -> None:
    expected = WEB.replace(old, new) if old else WEB
    source, expected = (text.replace(b"\n", line_end) for text in (WEB, expected))
    run = patch(stdin=source, operations=[step])
    assert (run.status, run.out) == (0, expected)
    assert splice(source, [step]) == expected


def test_the_last_entry_of_a_block_leaves_an_empty_collection() -> None:
    steps = [operation("remove", f"/metadata/labels/{key}") for key in ("tier", "team")]
    labels = b"  labels:\n    # who pays\n    team: shop\n    tier: front\n"
    assert splice(WEB, steps) == WEB.replace(labels, b"  labels: {}\n")


def test_a_failed_test_names_operation_and_place_and_no_file_is_written() -> None:
    Path("a.yaml").write_bytes(WEB)
    Path("b.yaml").write_bytes(WEB.replace(b"replicas: 2", b"replicas: 9"))
    steps = [operation("test", "/spec/replicas", 2), operation("replace", "/spec/replicas", 3)]
    run = patch("--target", "Deployment/web", "-w", "a.yaml", "b.yaml", operations=steps)
    assert run.status == 1
    assert Path("a.yaml").read_bytes() == WEB
    where = (
        "b.yaml:12:13: error[patch-test]: Deployment/web: operation 1 of 2 (test /spec/replicas)"
    )
    assert where in run.err


def test_files_are_written_in_place_and_others_not_touched() -> None:
    Path("a.yaml").write_bytes(WEB)
    Path("b.yaml").write_bytes(OTHER)
    steps = [operation("replace", "/spec/replicas", 3)]
    assert patch("--target", "Deployment/web", "--check", ".", operations=steps).status == 1
    diff = patch("--target", "Deployment/web", "--diff", ".", operations=steps)
    assert diff.status == 0
    assert b"-  replicas: 2\n+  replicas: 3\n" in diff.out
    assert patch("--target", "Deployment/web", "-w", ".", operations=steps).status == 0
    assert Path("a.yaml").read_bytes() == WEB.replace(b"replicas: 2", b"replicas: 3")
    assert Path("b.yaml").read_bytes() == OTHER


def test_without_a_target_the_input_has_to_hold_one_object() -> None:
    run = patch(stdin=WEB + b"---\n" + OTHER, operations=[])
    assert (run.status, run.out) == (1, b"")
    assert "Deployment/web (<stdin>:2), Deployment/api (<stdin>:17)" in run.err


@pytest.mark.parametrize("data", [b"", b"# nothing\n"])
def test_empty_input_is_an_error(data: bytes) -> None:
    run = patch(stdin=data, operations=[])
    assert (run.status, run.out) == (1, b"")
    assert "no object in the input" in run.err


def test_input_that_cannot_be_read_gives_3_and_nothing_is_printed() -> None:
    run = patch(stdin=WEB + b"---\na: {{ .Values.x }}\n", operations=[])
    assert (run.status, run.out) == (3, b"")
    assert "this looks like a template" in run.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "- {op: add, path: x, value: 1}",
            "1:19: error: operation 1 of 1: path: 'x' is not a JSON",
        ),
        ("[]\n---\n[]", "more than one YAML document"),
        ("", "the JSON patch is empty"),
        (
            "- op: remove\n  path: /a\n- op: put",
            "3:7: error: operation 2 of 2: there is no operation",
        ),
    ],
)
def test_a_wrong_file_of_operations_is_refused_with_its_line(text: str, message: str) -> None:
    Path("o.yaml").write_text(text, "utf-8")
    run = invoke("patch", "--operations", "o.yaml", stdin=WEB)
    assert run.status == 2
    assert message in run.err


def test_a_closed_pipe_ends_quietly() -> None:
    Path("o.json").write_text("[]", "utf-8")
    big = WEB + b"data: |\n" + b"  x\n" * 200_000
    with subprocess.Popen(
        [*TOOL, "patch", "--operations", "o.json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        process.stdin.write(big)
        process.stdin.close()
        assert b"Traceback" not in process.stderr.read()
        assert process.wait(60) == 0


def test_the_function_raises_what_says_what_is_wrong() -> None:
    with pytest.raises(PatchTestError, match=r"^line 12: Deployment/web: operation 1 of 1 "):
        splice(WEB, [operation("test", "/spec/replicas", True)])
    with pytest.raises(PatchError, match="there is no /spec/replica"):
        splice(WEB, [operation("remove", "/spec/replica")])
    with pytest.raises(SettingsError, match="has more than 64 bits"):
        splice(WEB, [operation("add", "/spec/x", 2**64)])
    with pytest.raises(InputError, match="duplicate key"):
        splice(b"a: 1\na: 2\n", [])


def test_an_item_of_a_list_is_a_target() -> None:
    data = (
        b"apiVersion: v1\nkind: List\nitems:\n"
        b"- kind: Pod\n  apiVersion: v1\n  metadata: {name: a}\n"
    )
    with pytest.raises(PatchError, match="whether the List is meant"):
        splice(data, [])
    added = splice(data, [operation("add", "/metadata/namespace", "b")], target="Pod/a")
    assert added == data.replace(b"{name: a}", b"{name: a, namespace: b}")
