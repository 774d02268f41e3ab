"""`hostnet-transform patch` and `transformer.splice`: operations, errors, files, pipes."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli_runs import TOOL, Run, environment, invoke
from transformer import InputError, PatchError, PatchTestError, SettingsError, splice
from transformer.inputs.discovery import Source
from transformer.inputs.reading import value_of
from transformer.pipeline.documents import documents
from transformer.pipeline.patch_document import patch_document

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


@pytest.mark.parametrize(
    ("data", "target"),
    [
        (b"kind: A\nx: 1\n---\nkind: Kustomization\nx: 1\n", "Kustomization/*"),
        (b"kind: Kustomization\nx: 1\n---\nx: 1\n", "Kustomization/*"),
        (b"kind: List\nitems:\n- {kind: A, apiVersion: v1, x: 1}\n", "A/*"),
    ],
    ids=["without a name", "without a kind", "in a List"],
)
def test_the_target_that_is_advised_is_one(data: bytes, target: str) -> None:
    steps = [operation("replace", "/x", 2)]
    assert f"for example --target '{target}'\n" in patch(stdin=data, operations=steps).err
    assert patch("--target", target, stdin=data, operations=steps).status == 0


def test_what_has_no_kind_is_no_target() -> None:
    run = patch(stdin=b"x: 1\n---\nx: 2\n", operations=[])
    assert (run.status, run.out) == (1, b"")
    assert "help: without a kind none can be a target: pass the one that is meant alone" in run.err


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


REPLICAS = [operation("replace", "/spec/replicas", 3)]
DONE = WEB.replace(b"replicas: 2", b"replicas: 3")


def test_a_patch_without_operations_changes_nothing_and_still_needs_its_object() -> None:
    assert patch(stdin=WEB, operations=[]) == Run(0, WEB, "1 document: 0 changed\n")
    missed = patch("--target", "Pod/web", stdin=WEB, operations=[])
    assert (missed.status, missed.out) == (1, b"")
    assert "<stdin>:1:1: error[patch]: no object in the input matches Pod/web" in missed.err


@pytest.mark.parametrize(
    "text",
    [
        "- {op: replace, path: /spec/replicas, value: 3}\n",
        "\ufeff- op: replace\r\n  path: /spec/replicas # c\r\n  value: 3\r\n",
        '[{"op":"replace","path":"/spec/replicas","value":3,"comment":"ignored"}]',
        "---\n[{op: replace, path: /spec/replicas, value: 3}]\n",
    ],
    ids=["yaml", "crlf", "json", "flow"],
)
def test_operations_are_yaml_or_json(text: str) -> None:
    Path("o").write_bytes(text.encode())
    run = invoke("patch", "--operations", "o", "-", stdin=WEB)
    assert (run.status, run.out) == (0, DONE)


@pytest.mark.parametrize(
    ("operations", "message"),
    [
        ("-", "operations are not read from standard input"),
        ("nowhere.yaml", "the JSON patch file does not exist"),
        (".", "File '.' is a directory"),
    ],
)
def test_operations_come_from_a_file(operations: str, message: str) -> None:
    run = invoke("patch", "--operations", operations, "-", stdin=WEB)
    assert (run.status, run.out) == (2, b"")
    assert message in run.err


def test_json_stays_json() -> None:
    source = b'{"kind": "Deployment", "spec": {"replicas": 2, "args": []}}\n'
    steps = [*REPLICAS, operation("add", "/spec/args/-", "é")]
    Path("a.json").write_bytes(source)
    assert patch("-w", "a.json", operations=steps).status == 0
    expected = source.replace(b'2, "args": []', '3, "args": ["é"]'.encode())
    assert Path("a.json").read_bytes() == expected


def test_one_of_many_documents_is_patched_beside_a_large_one() -> None:
    every = [WEB.replace(b"name: web", f"name: web-{n}".encode()) for n in range(300)]
    large = b"kind: ConfigMap\ndata:\n  text: |\n" + b"    x\n" * 100_000
    source = b"---\n".join([*every, large])
    run = patch("--target", "Deployment/web-299", stdin=source, operations=REPLICAS)
    expected = every[299].replace(b"replicas: 2", b"replicas: 3")
    assert run.status == 0
    assert run.out == source.replace(every[299], expected)


def test_a_document_that_is_too_large_fails_the_run() -> None:
    run = patch("--max-document", "100", stdin=WEB, operations=REPLICAS)
    assert (run.status, run.out) == (3, b"")
    assert "<stdin>:1:1: error[HN901]" in run.err


@pytest.mark.parametrize(
    ("text", "status", "message"),
    [
        (b"#@ data.values\n" + WEB, 1, "error[HN419]: Deployment/web: the document is a template"),
        (WEB + b"sops: {mac: x}\n", 1, "error[HN417]: Deployment/web: an edit would break the MAC"),
        (WEB + b"  args: []\n", 3, "a.yaml:15:3: error[HN902]: duplicate key"),
        (WEB + b"x: 1\n" + OTHER, 3, "error[HN90"),
        (b"\xff" + WEB, 3, "error[HN901]: not UTF-8"),
    ],
    ids=["template", "sops", "duplicate", "glued", "binary"],
)
def test_what_must_not_be_edited_is_refused(text: bytes, status: int, message: str) -> None:
    Path("a.yaml").write_bytes(text)
    run = patch("--target", "Deployment/web", "-w", "a.yaml", operations=REPLICAS)
    assert (run.status, run.out) == (status, b"")
    assert message in run.err
    assert Path("a.yaml").read_bytes() == text


def test_in_a_folder_templates_are_passed_over() -> None:
    Path("d").mkdir()
    Path("d/a.yaml").write_bytes(WEB)
    Path("d/b.yaml").write_bytes(b"name: web\na: {{ .Values.x }}\n")
    Path("d/c.txt").write_bytes(WEB)
    run = patch("--target", "Deployment/web", "-w", "d", operations=REPLICAS)
    assert run.status == 0
    assert "d/b.yaml:2:5: info[HN901]: this looks like a template" in run.err
    assert [Path("d", name).read_bytes() == DONE for name in ("a.yaml", "c.txt")] == [True, False]


def test_a_folder_without_the_object_is_an_error_and_one_without_files_says_so() -> None:
    Path("d").mkdir()
    empty = patch("-w", "d", operations=REPLICAS)
    assert empty.status == 1
    assert "no manifests found: folders are searched" in empty.err
    Path("d/a.yaml").write_bytes(OTHER)
    Path("d/b.yaml").write_bytes(OTHER)
    missed = patch("--target", "Deployment/web", "-w", "d", operations=REPLICAS)
    assert missed.status == 1
    assert "the input:1:1: error[patch]: no object in the input matches" in missed.err


def test_a_file_that_cannot_be_read_leaves_the_others_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(source: Source) -> Any:
        if source.name == "b.yaml":
            raise PermissionError(13, "Permission denied")
        return opened(source)

    opened = Source.open
    monkeypatch.setattr(Source, "open", refuse)
    Path("a.yaml").write_bytes(WEB)
    Path("b.yaml").write_bytes(OTHER)
    run = patch("--target", "Deployment/*", "-w", "a.yaml", "b.yaml", operations=REPLICAS)
    assert run.status == 3
    assert "b.yaml:1:1: error[HN901]: the file cannot be read: permission denied" in run.err
    assert Path("a.yaml").read_bytes() == WEB


def test_a_file_that_changes_meanwhile_is_not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    def patched(*args: Any) -> Any:
        Path("a.yaml").write_bytes(OTHER)
        return original(*args)

    original = patch_document
    monkeypatch.setattr("transformer.runs.patch.patch_document", patched)
    Path("a.yaml").write_bytes(WEB)
    run = patch("-w", "a.yaml", operations=REPLICAS)
    assert run.status == 3
    assert "the file was changed while it was read" in run.err
    assert Path("a.yaml").read_bytes() == OTHER


OVERRIDDEN = b"a: &a {x: 1}\nb:\n  x: 2\n  <<: *a\nkind: Pod\n"


def test_what_cannot_be_spliced_names_the_operation_and_both_places() -> None:
    steps = [operation("test", "/b/x", 1), operation("replace", "/b/x", 3)]
    run = patch(stdin=OVERRIDDEN, operations=steps)
    assert (run.status, run.out) == (3, b"")
    assert run.err.startswith(
        "<stdin>:3:3: error[HN905]: Pod: operation 2 of 2 (replace /b/x): "
        "x is set here and again by the << below it (compare line 4)\n"
        "  help: kubectl lets the << win; keep one of the two\n"
    )


def test_what_cannot_be_spliced_can_be_re_serialized() -> None:
    run = patch("--allow-reformat", stdin=OVERRIDDEN, operations=[operation("replace", "/b/x", 3)])
    assert run.status == 0
    assert "warning[HN905]" in run.err
    assert value_of(next(documents([run.out])))["b"] == {"x": 3}
