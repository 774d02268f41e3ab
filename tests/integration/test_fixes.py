"""The edits in reports are those of `validate --fix`: a small program of another making applies
them.
"""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.effort import some
from tests.integration.cli_runs import ROOT, invoke
from tests.manifests import CONFIG_MAP, guarded, joined, node, pool

Edit = tuple[str, tuple[int, int], tuple[int, int], str]
"""File, start and end as lines and columns, both 1-based and the end exclusive, and new text."""


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def of_sarif(text: str) -> Iterator[Edit]:
    for result in json.loads(text)["runs"][0]["results"]:
        for fix in result.get("fixes", ()):
            for change in fix["artifactChanges"]:
                for one in change["replacements"]:
                    region = one["deletedRegion"]
                    yield (
                        change["artifactLocation"]["uri"],
                        (region["startLine"], region["startColumn"]),
                        (region["endLine"], region["endColumn"]),
                        one["insertedContent"]["text"],
                    )


def of_json(text: str) -> Iterator[Edit]:
    for found in json.loads(text)["findings"]:
        for one in found.get("fix", {}).get("edits", ()):
            start, end = (one["line"], one["column"]), (one["endLine"], one["endColumn"])
            yield found["file"], start, end, one["text"]


def of_rdjsonl(text: str) -> Iterator[Edit]:
    for line in text.splitlines():
        found = json.loads(line)
        for one in found.get("suggestions", ()):
            start, end = one["range"]["start"], one["range"].get("end", one["range"]["start"])
            yield (
                found["location"]["path"],
                (start["line"], start["column"]),
                (end["line"], end["column"]),
                one["text"],
            )


def applied(
    data: bytes, edits: set[Edit], *, in_bytes: bool, line_end: str = "\r\n|\n|\r"
) -> bytes:
    """Return the file after all edits; columns count characters or bytes."""
    # In Latin-1, each byte is a character.
    mark = "" if in_bytes else "\ufeff" * data.startswith(b"\xef\xbb\xbf")  # it has no column
    text = data.decode("latin-1" if in_bytes else "utf-8").removeprefix(mark)
    starts = [0, *(found.end() for found in re.finditer(line_end, text))]

    def offset(at: tuple[int, int]) -> int:
        return starts[at[0] - 1] + at[1] - 1

    for _, start, end, new in sorted(edits, key=lambda edit: edit[1], reverse=True):
        put = new.encode().decode("latin-1") if in_bytes else new
        text = text[: offset(start)] + put + text[offset(end) :]
    return (mark + text).encode("latin-1" if in_bytes else "utf-8")


READERS: dict[str, tuple[Callable[[str], Iterator[Edit]], bool]] = {
    "sarif": (of_sarif, False),
    "json": (of_json, False),
    "rdjsonl": (of_rdjsonl, True),
}


def check(files: dict[str, bytes]) -> int:
    """Compare the fixes of each format with `validate --fix`; return the number of edits.

    Where a NodePool has to be fixed first, the edits of Nodes are those of a second run.
    """
    number = 0
    for form, (read, in_bytes) in READERS.items():
        texts, edits, number = dict(files), {("", (0, 0), (0, 0), "")}, 0
        while edits:
            for name, data in texts.items():
                Path(name).write_bytes(data)
            edits = set(read(invoke("validate", "--format", form, ".").out.decode()))
            number += len(edits)
            for name, data in texts.items():
                of_file = {edit for edit in edits if edit[0] == name}
                texts[name] = applied(data, of_file, in_bytes=in_bytes)
        for name, data in files.items():
            Path(name).write_bytes(data)
        invoke("validate", "--fix", ".")
        for name, data in texts.items():
            assert data == Path(name).read_bytes(), (form, name)
    return number


def test_the_edits_of_the_example_are_those_of_a_fix() -> None:
    files = {path.name: path.read_bytes() for path in (ROOT / "testdata/demo").glob("*.yaml")}
    assert check(files) == 8


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_edits_are_where_they_belong_in_all_kinds_of_files(line_end: bytes) -> None:
    items = b"".join(
        b"- " + guarded(name).replace(b"\n", b"\n  ").rstrip() + b"\n" for name in ("a", "b")
    )
    listed = b"apiVersion: v1\nkind: List\nitems:\n" + items
    wide = guarded("w").replace(b"metadata:", "metadata: # ü \U0001f600".encode(), 1)
    flow = (
        b'{apiVersion: v1, kind: Node, metadata: {name: "\xc3\xa4",'
        b" labels: {apps.openyurt.io/nodepool: p}}}\n"
    )
    files = {
        "list.yaml": listed,
        "long.yaml": b"apiVersion: v1\nkind: List\nitems:\n" + items * 1 + CONFIG_ITEM * 40,
        "several.yaml": joined(pool("p"), node("n1", "p"), CONFIG_MAP, guarded("c"), wide),
        "flow.yaml": "\ufeff".encode() + flow,
        "node.json": json.dumps(NODE, ensure_ascii=False).encode(),
        "no-end.yaml": guarded("e").rstrip(b"\n"),
    }
    assert check({name: data.replace(b"\n", line_end) for name, data in files.items()}) > 9


NODE = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {"name": "äj", "labels": {"apps.openyurt.io/nodepool": "p"}},
}

CONFIG_ITEM = (
    b"- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: some-name}\n  data: {a: '"
    + b"x" * 10_000
    + b"'}\n"
)


def objects_of(entries: list[Any]) -> set[tuple[str, int, str]]:
    return {(one["file"], one["document"], one["item"]) for one in entries}


def test_the_edits_of_our_test_data_are_those_of_a_fix() -> None:
    """Each file in a cluster of its own, except for those in which more is fixed than is found, and
    those in which a lone CR ends a line.
    """
    Path(".hostnet-transform.yaml").write_text(
        'apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\nspec: {scopes: ["*"]}\n'
    )
    every = [
        path
        for name in ("rules", "splice")
        for path in sorted((ROOT / "testdata" / name).rglob("in.yaml"))
        if not re.search(rb"\r(?!\n)", path.read_bytes())
    ]
    paths = some(tuple(every))
    files = {f"{number}/in.yaml": path.read_bytes() for number, path in enumerate(paths)}
    for name, data in files.items():
        Path(name).parent.mkdir()
        Path(name).write_bytes(data)
    changed = json.loads(invoke("--check", "--report", "json", ".").err)["changed"]
    found = json.loads(invoke("validate", "--format", "json", ".").out)["findings"]
    unresolved = objects_of(changed) - objects_of([one for one in found if "fix" in one])
    for name, _, _ in unresolved:
        files.pop(name, None)
        Path(name).unlink(missing_ok=True)
    assert len(files) > 0.9 * len(paths)
    assert check(files) > len(files) / 4


def test_a_finding_that_no_edit_resolves_has_no_fix() -> None:
    Path("a.yaml").write_bytes(guarded("a").replace(b'"true"', b'"yes"'))
    (found,) = json.loads(invoke("validate", "--format", "json", "a.yaml").out)["findings"]
    assert "fix" not in found


def test_a_suppressed_finding_has_no_edit() -> None:
    ignore = b"  annotations: {transform.hostnet.io/ignore: HN311}\n"
    assert check({"a.yaml": joined(pool("p"), node("n1", "p") + ignore, node("n2", "p"))}) == 1


def test_the_fix_of_each_object_of_a_list_is_its_own() -> None:
    items = b"".join(
        b"- " + guarded(name).replace(b"\n", b"\n  ").rstrip() + b"\n" for name in ("a", "b")
    )
    Path("a.yaml").write_bytes(b"apiVersion: v1\nkind: List\nitems:\n" + items)
    found = json.loads(invoke("validate", "--format", "json", "a.yaml").out)["findings"]
    first, second = (one["fix"]["edits"] for one in found)
    assert len(first) == len(second) == 1
    assert first[0]["line"] < second[0]["line"]


def test_what_is_built_has_no_edits_of_sources() -> None:
    Path("kustomization.yaml").write_text("resources: [a.yaml]\nnamePrefix: x-\n")
    Path("a.yaml").write_bytes(guarded("a"))
    found = json.loads(invoke("validate", "--build", "--format", "json", ".").out)["findings"]
    assert [one["rule"] for one in found if "fix" in one] == []
    assert "HN426" in {one["rule"] for one in found}


def test_reviewdog_takes_the_suggestions(reviewdog: str) -> None:
    for path in (ROOT / "testdata/demo").glob("*.yaml"):
        Path(path.name).write_bytes(path.read_bytes())
    subprocess.run(["git", "init", "-q", "."], check=True)
    ours = invoke("validate", "--format", "rdjsonl", ".").out
    command = [reviewdog, "-f=rdjsonl", "-filter-mode=nofilter"]
    local, again = (
        subprocess.run(
            [*command, f"-reporter={name}"], input=ours, capture_output=True, check=False
        )
        for name in ("local", "rdjsonl")
    )
    assert len(local.stdout.splitlines()) == len(ours.splitlines())
    assert set(of_rdjsonl(again.stdout.decode())) == set(of_rdjsonl(ours.decode()))


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_the_edits_of_manifests_without_a_marker_put_it_between_them(line_end: bytes) -> None:
    glued = guarded("a") + CONFIG_MAP + b"# of b\n" + guarded("b")
    listed = (
        b"apiVersion: v1\nkind: List\nitems:\n- " + guarded("c").replace(b"\n", b"\n  ").rstrip()
    )
    empty = b"apiVersion: v1\nkind: List\nitems: []\n"
    files = {
        "a.yaml": glued,
        "b.yaml": listed + b"\n" + guarded("d"),
        "c.yaml": guarded("e") + listed + b"\n",
        "d.yaml": CONFIG_MAP + empty,
        "e.yaml": empty + empty,
    }
    assert check({name: data.replace(b"\n", line_end) for name, data in files.items()}) > 8


def test_a_report_of_what_was_fixed_fits_its_schema() -> None:
    Path("a.yaml").write_bytes(
        guarded("a") + CONFIG_MAP + b"apiVersion: v1\nkind: List\nitems: []\n"
    )
    report = json.loads(invoke("validate", "--fix", "--format", "json", ".").out)
    assert {one["rule"] for one in report["changed"]} == {"HN904", "pod-guard"}
    schema = json.loads((ROOT / "schemas/report.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(report)


@pytest.mark.parametrize("end", ["\r", "\x85", "\u2028", "\u2029"])
def test_a_program_that_breaks_lines_at_lf_edits_right_or_not_at_all(end: str) -> None:
    """YAML 1.1 ends a line at each of these, reviewdog and readers of SARIF at LF only."""
    comment = f"# one{end}# two{end}# three\n".encode()
    data = comment + joined(guarded("a"), guarded("b"), *[CONFIG_MAP] * 3)
    Path("a.yaml").write_bytes(data)
    outs = {form: invoke("validate", "--format", form, ".").out.decode() for form in READERS}
    invoke("validate", "--fix", ".")
    fixed = Path("a.yaml").read_bytes()
    assert fixed != data
    edits = set(of_json(outs["json"]))
    assert applied(data, edits, in_bytes=False) == fixed
    is_lone_cr = end == "\r"
    if is_lone_cr:  # the lines of the others are not ours
        assert applied(data, edits, in_bytes=False, line_end="\n") != fixed
    for form, (read, in_bytes) in READERS.items():
        edits = set(read(outs[form]))
        assert bool(edits) == (form == "json" or not is_lone_cr), form
        if edits and not is_lone_cr:
            assert applied(data, edits, in_bytes=in_bytes, line_end="\n") == fixed, form
    (run,) = json.loads(outs["sarif"])["runs"]
    assert run["newlineSequences"] == ["\r\n", "\n", "\r"]
