"""With PATHs: files and folders, to standard output and in place."""

import os
import subprocess
import threading
from pathlib import Path

import pytest

from tests.integration.cli_runs import TOOL, environment, invoke
from tests.manifests import CONFIG_MAP, LABEL, TEMPLATE, guarded, joined, kept_off, node, pool
from transformer.inputs.prescan import prescan as prescanned
from transformer.pipeline.stream import transform_all as treated


@pytest.fixture(autouse=True)
def _work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, data: bytes) -> Path:
    """Write a file, and the folders above it."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_files_are_joined_with_a_marker_only_where_one_is_missing() -> None:
    write("a.yaml", CONFIG_MAP.rstrip(b"\n"))
    write("b.yaml", guarded())
    write("c.yaml", b"# above\n---\n" + CONFIG_MAP)
    run = invoke("a.yaml", "b.yaml", "c.yaml")
    assert run.status == 0
    assert run.out == joined(CONFIG_MAP, kept_off(), b"").removesuffix(b"---\n") + (
        b"# above\n---\n" + CONFIG_MAP
    )
    assert run.err.endswith("3 documents in 3 files: 1 changed\n")


def test_pools_in_one_file_decide_nodes_in_another_before_it() -> None:
    write("a.yaml", node("n1", "p"))
    write("b.yaml", pool("p"))
    assert invoke("a.yaml", "b.yaml").out == joined(node("n1", "p") + LABEL, pool("p"))


def test_a_folder_is_searched_for_manifests() -> None:
    for name in ("d/a.yaml", "d/b.yml", "d/in/c.json", "d/in/d.txt", "d/.hidden.yaml"):
        write(name, b'{"apiVersion": "v1", "kind": "ConfigMap"}\n')
    for name in ("d/.git/x.yaml", "d/node_modules/y/x.yaml", "d/chart/templates/x.yaml"):
        write(name, TEMPLATE)
    write("d/chart/Chart.yaml", b"apiVersion: v2\nname: x\n")
    write("d/chart/values.yaml", b"a: b\n")
    run = invoke("-v", "--strict", "d")
    assert "5 documents in 5 files" in run.err


def test_a_file_given_by_name_is_always_taken() -> None:
    write(".hidden/x.txt", guarded())
    assert invoke(".hidden/x.txt").out == kept_off()


def test_a_template_is_a_note_in_a_folder_and_an_error_by_name() -> None:
    write("d/x.yaml", TEMPLATE)
    found, named = invoke("d"), invoke("d", "d/x.yaml")
    assert (found.status, found.out) == (0, TEMPLATE)
    assert "info[HN901]: this looks like a template (line 6)" in found.err
    assert (named.status, named.out) == (3, b"")
    assert "error[HN901]: this looks like a template (line 6)" in named.err


def test_paths_that_overlap_give_each_file_once() -> None:
    write("d/a.yaml", guarded())
    Path("link.yaml").symlink_to("d/a.yaml")
    run = invoke("d", "d/a.yaml", "./d/../d", Path("d").absolute(), "link.yaml")
    assert run.out == kept_off()
    assert run.err.startswith("d/a.yaml:1: ")


def test_a_folder_without_manifests_is_not_silence() -> None:
    write("d/readme.txt", b"x")
    run = invoke("d")
    assert (run.status, run.out) == (0, b"")
    assert "no manifests found" in run.err


def test_a_path_that_does_not_exist_is_wrong_usage_and_nothing_is_done() -> None:
    write("a.yaml", guarded())
    run = invoke("-w", "a.yaml", "nowhere.yaml")
    assert run.status == 2
    assert "there is no file or folder 'nowhere.yaml'" in run.err
    assert Path("a.yaml").read_bytes() == guarded()


def test_an_empty_path_does_not_stand_for_the_working_folder() -> None:
    write("a.yaml", guarded())
    assert invoke("-w", "").status == 2
    assert Path("a.yaml").read_bytes() == guarded()


def test_files_are_written_in_place_and_only_those_that_change() -> None:
    changed, same = write("d/a.yaml", guarded()), write("d/b.yaml", CONFIG_MAP)
    before = same.stat()
    run = invoke("--write", "d")
    assert (run.status, run.out) == (0, b"")
    assert run.err.endswith("2 documents in 2 files: 1 changed, 1 file written\n")
    assert changed.read_bytes() == kept_off()
    assert same.stat() == before
    assert invoke("-w", "d").err == "2 documents in 2 files: 0 changed\n"
    assert sorted(path.name for path in Path("d").iterdir()) == ["a.yaml", "b.yaml"]


def test_a_written_file_keeps_its_mode() -> None:
    path = write("a.yaml", guarded())
    path.chmod(0o640)
    invoke("-w", "a.yaml")
    assert path.stat().st_mode & 0o7777 == 0o640


def test_writing_through_a_link_keeps_the_link() -> None:
    write("d/a.yaml", guarded())
    Path("link.yaml").symlink_to("d/a.yaml")
    invoke("-w", "link.yaml")
    assert Path("link.yaml").is_symlink()
    assert Path("d/a.yaml").read_bytes() == kept_off()


def test_a_file_with_a_failed_document_stays_and_the_others_are_written() -> None:
    bad, good = write("a.yaml", joined(guarded(), TEMPLATE)), write("b.yaml", guarded())
    run = invoke("-w", "a.yaml", "b.yaml")
    assert run.status == 3
    assert "a.yaml: not changed, because a document in it failed" in run.err
    assert bad.read_bytes() == joined(guarded(), TEMPLATE)
    assert good.read_bytes() == kept_off()


def test_a_file_that_cannot_be_written_does_not_keep_others_from_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("a.yaml", guarded())
    write("b.yaml", guarded())
    allowed = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: "a.y" not in str(path) and allowed(path, mode)
    )
    run = invoke("-w", "a.yaml", "b.yaml")
    assert run.status == 3
    assert "a.yaml: error: the file cannot be written: permission denied\n" in run.err
    assert run.err.endswith("2 changed, 1 file written, 1 error\n")
    assert Path("a.yaml").read_bytes() == guarded()
    assert Path("b.yaml").read_bytes() == kept_off()


def test_an_unreadable_file_is_an_error_and_the_others_are_treated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("a.yaml", guarded())
    write("b.yaml", guarded())
    opened = Path.open

    def refuse(path: Path, *args: str, **more: str) -> object:
        if path.name == "a.yaml":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *args, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    run = invoke("-w", "a.yaml", "b.yaml")
    assert run.status == 3
    assert "a.yaml:1:1: error[HN901]: the file cannot be read: permission denied" in run.err
    assert "check that it is a file, and its permissions" in run.err
    assert Path("b.yaml").stat().st_size > len(guarded())


def test_a_file_that_changes_between_the_passes_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = write("a.yaml", guarded())

    def prescan(*args: object) -> object:
        found = prescanned(*args)  # type: ignore[arg-type]
        path.write_bytes(guarded("changed"))
        return found

    monkeypatch.setattr("transformer.runs.transform.prescan", prescan)
    run = invoke("-w", "a.yaml")
    assert run.status == 3
    assert "a.yaml:1:1: error[HN901]: the file was changed while it was read" in run.err
    assert path.read_bytes() == guarded("changed")


def test_a_file_that_changes_while_it_is_treated_is_not_overwritten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = write("a.yaml", guarded())

    def transform_all(*args: object) -> object:
        yield from treated(*args)  # type: ignore[arg-type]
        path.write_bytes(guarded("changed"))

    monkeypatch.setattr("transformer.runs.transform.transform_all", transform_all)
    assert invoke("-w", "a.yaml").status == 3
    assert path.read_bytes() == guarded("changed")


def test_a_fifo_is_read_once_though_files_are_read_twice() -> None:
    os.mkfifo("pipe")
    writer = threading.Thread(
        target=Path("pipe").write_bytes, args=(joined(node("n1", "p"), pool("p")),)
    )
    writer.start()
    run = invoke("pipe")
    writer.join()
    assert run.out == joined(node("n1", "p") + LABEL, pool("p"))
    assert run.err.startswith("pipe:1: node-label: Node/n1: added label")


def test_a_fifo_in_a_folder_is_left_alone() -> None:
    Path("d").mkdir()
    os.mkfifo("d/pipe.yaml")
    assert invoke("d").status == 0


def test_a_fifo_cannot_be_written_in_place() -> None:
    os.mkfifo("pipe")
    run = invoke("-w", "pipe")
    assert run.status == 2
    assert "pipe: error: this cannot be written in place" in run.err


@pytest.mark.parametrize(
    "path", ["<(cat a.yaml)", "/dev/stdin < a.yaml", "/dev/stdin < <(cat a.yaml)"]
)
def test_process_substitution_and_dev_stdin_are_read(path: str) -> None:
    write("a.yaml", guarded())
    run = subprocess.run(
        ["bash", "-c", f"{' '.join(TOOL)} -q {path}"],
        capture_output=True,
        env=environment(),
        check=False,
        timeout=60,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, kept_off(), b"")


@pytest.mark.parametrize("field", ["patches", "patchesStrategicMerge", "patchesJson6902"])
@pytest.mark.parametrize("name", ["kustomization.yaml", "Kustomization"])
def test_a_patch_of_a_kustomization_is_reported_and_not_edited(field: str, name: str) -> None:
    write("d/in/patch.yaml", guarded())
    entry = "in/patch.yaml" if field == "patchesStrategicMerge" else "path: in/patch.yaml"
    write(f"d/{name}", f"---\nresources: []\n{field}:\n- {entry}\n".encode())
    for paths in (("d",), ("d/in/patch.yaml", f"d/{name}")):
        run = invoke("-w", *paths)
        assert run.status == 0
        assert "d/in/patch.yaml:1:1: warning[HN415]:" in run.err
        assert Path("d/in/patch.yaml").read_bytes() == guarded()


def test_a_folder_that_cannot_be_searched_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    write("d/a.yaml", guarded())
    write("d/closed/b.yaml", guarded())
    listed = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    run = invoke("--check", "d")
    assert run.status == 3
    assert "d/closed:1:1: error[HN901]: the file cannot be read" in run.err
