"""Input made to do harm: in bounded time and memory it is refused with a clear message, or read.

Every place that takes text from outside gets all of it, in a process that has no more than so much
memory and processor time.
"""

import re
import resource
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.integration.cli_runs import TOOL, environment
from tests.integration.zygote import forked
from tests.manifests import guarded, kept_off, node, pool
from transformer.report.formats import FORMATS, PLACEMENT_FORMATS

MEMORY = 1024**3
SECONDS = 20

POD = (
    b"apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n"
    b'    apps.openyurt.io/exclude-host-network-pool: "true"\n'
)
POOL = b"apiVersion: apps.openyurt.io/v1beta2\nkind: NodePool\nmetadata: {name: p}\n"
CONFIG = b"apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n"
LIST = b"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"


def _bomb(levels: int = 30, width: int = 9) -> bytes:
    """Return a list whose aliases stand for `width ** levels` values."""
    lists = [b"&a0 [x, x]"]
    lists += [
        b"&a%d [%s]" % (level, b", ".join([b"*a%d" % (level - 1)] * width))
        for level in range(1, levels)
    ]
    return b"[" + b", ".join(lists) + b"]"


HOSTILE: dict[str, bytes] = {
    "an alias bomb": _bomb(),
    "an alias within its own anchor": b"&a [*a]",
    "a merge bomb": b"[&a {k: v}, &b {<<: [*a, *a, *a]}, " + b"{<<: [*b, *b]}, " * 8_000 + b"]",
    "100,000 lists in one another": b"[" * 100_000 + b"]" * 100_000,
    "100,000 lists that are never closed": b"[" * 100_000,
    "100,000 mappings in one another": b"{a: " * 100_000 + b"}" * 100_000,
    "a NUL byte": b"a\0b",
    "invalid UTF-8": b"\xff\xfe\x80",
    "a surrogate in UTF-8": b"\xed\xa0\x80",
    "a lone surrogate": b'"\\ud800"',
    "a tag that would run a program": b'!!python/object/apply:os.system ["touch pwned"]',
    "a tag that would make an object": b"!!python/object/new:type [a, [], {}]",
    "a tag of its own": b"!<tag:example.com,2000:x> {a: b}",
    "a number without an end": b"1" * 1_000_000,
    "a key without an end": b"{" + b"k" * 1_000_000 + b": v}",
    "5,000 keys": b"{" + b", ".join(b"k%d: v" % number for number in range(5_000)) + b"}",
    "quotes that are never closed": b'"' + b"\\\" '" * 100_000,
}
READ = {
    "a tag that would run a program",
    "a tag that would make an object",
    "a tag of its own",
    "a number without an end",
    "5,000 keys",
}
"""Those that are values like others in a manifest; the rest is refused."""


class Ended(NamedTuple):
    status: int
    out: bytes
    err: str


def run(*args: str, cwd: Path, stdin: bytes | Iterable[bytes] = b"", memory: int = MEMORY) -> Ended:
    """Run the command line, with limits; input may come in pieces, so that nobody has it whole."""

    limits = {resource.RLIMIT_AS: memory, resource.RLIMIT_CPU: SECONDS}
    if isinstance(stdin, bytes):
        status, out, err = forked(*args, folder=cwd, stdin=stdin, limits=limits)
        ended = Ended(status, out, err.decode(errors="replace"))
    else:
        ended = _piped(*args, cwd=cwd, stdin=stdin, limits=limits)
    assert "Traceback" not in ended.err
    assert "bug" not in ended.err
    assert not (cwd / "pwned").exists()
    return ended


def _piped(*args: str, cwd: Path, stdin: Iterable[bytes], limits: Mapping[int, int]) -> Ended:
    def limited() -> None:
        for kind, most in limits.items():
            resource.setrlimit(kind, (most, most))

    with (cwd / "out").open("w+b") as out, (cwd / "err").open("w+b") as err:
        tool = subprocess.Popen(
            [*TOOL, *args],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=err,
            cwd=cwd,
            env=environment(),
            preexec_fn=limited,
        )
        assert tool.stdin is not None
        try:
            for piece in stdin:
                tool.stdin.write(piece)
            tool.stdin.close()
        except BrokenPipeError:
            pass
        status = tool.wait(timeout=200)
        out.seek(0)
        err.seek(0)
        return Ended(status, out.read(), err.read().decode(errors="replace"))


def _write(folder: Path, name: str, data: bytes) -> str:
    (folder / name).write_bytes(data)
    return name


def _as_item(manifest: bytes) -> bytes:
    """Return an item of a list, to which the next line may add if it is indented by two."""
    return b"items:\n- " + manifest.replace(b"\n", b"\n  ").removesuffix(b"  ")


def _filter(folder: Path, value: bytes) -> Ended:
    return run(cwd=folder, stdin=guarded() + b"x: " + value + b"\n")


def _validate(folder: Path, value: bytes) -> Ended:
    return run("validate", cwd=folder, stdin=guarded() + b"x: " + value + b"\n")


def _resource_list(folder: Path, value: bytes) -> Ended:
    return run(cwd=folder, stdin=LIST + _as_item(guarded()) + b"  x: " + value + b"\n")


def _function_config(folder: Path, value: bytes) -> Ended:
    data = LIST + _as_item(guarded()) + b"functionConfig: " + value + b"\n"
    return run(cwd=folder, stdin=data)


def _config(folder: Path, value: bytes) -> Ended:
    name = _write(folder, "c.yaml", CONFIG + b"spec: " + value + b"\n")
    return run("--config", name, cwd=folder, stdin=guarded())


def _pools(folder: Path, value: bytes) -> Ended:
    name = _write(folder, "p.yaml", POOL + b"spec: " + value + b"\n")
    return run("--pools", name, cwd=folder, stdin=node("n", "p"))


class Place(NamedTuple):
    """A place that takes text: the status for what is refused, and for `READ`, and what is told."""

    give: Callable[[Path, bytes], Ended]
    refused: int
    read: int
    told: str
    told_of_read: str = "^$"


PLACES = {
    "filter": Place(_filter, 3, 0, r"<stdin>:14:\d+: error\[HN901\]: "),
    "validate": Place(_validate, 3, 0, r"<stdin>\n  14:\d+ error\[HN901\] "),
    "ResourceList": Place(_resource_list, 3, 0, r"<stdin>:17:\d+: error\[HN901\]: "),
    "functionConfig": Place(
        _function_config, 3, 2, r"<stdin>:17:\d+: error\[HN901\]: ", "functionConfig: error: "
    ),
    "configuration": Place(
        _config, 2, 2, r"c\.yaml:[134]:\d+: error: ", r"c\.yaml:3:[78]: error: "
    ),
    "--pools": Place(_pools, 2, 0, r"p\.yaml: error: the pools cannot be read: "),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("place", PLACES.values(), ids=list(PLACES))
def test_hostile_text_is_read_or_refused_with_a_message(
    place: Place, name: str, tmp_path: Path
) -> None:
    ended = place.give(tmp_path, HOSTILE[name])
    assert ended.status == (place.read if name in READ else place.refused)
    if ended.status:
        told = ended.err + ended.out.decode()
        assert re.match(place.told_of_read if name in READ else place.told, told), told
        assert len(told) < 10_000
    elif place.give in (_filter, _resource_list):
        assert b": " + HOSTILE[name] + b"\n" in ended.out
        assert b"key: nodepool.openyurt.io/hostnetwork" in ended.out


@pytest.mark.slow
@pytest.mark.parametrize("command", [(), ("validate",)], ids=["transform", "validate"])
def test_a_hundred_thousand_keys_are_read(command: tuple[str, ...], tmp_path: Path) -> None:
    keys = b"".join(b"  k%d: v\n" % number for number in range(100_000))
    ended = run(*command, cwd=tmp_path, stdin=guarded() + b"x:\n" + keys)
    assert ended.status == 0
    if not command:
        assert ended.out.endswith(keys)
        assert b"key: nodepool.openyurt.io/hostnetwork" in ended.out


def _files(folder: Path, head: bytes) -> None:
    folder.mkdir()
    for number, value in enumerate(HOSTILE.values()):
        (folder / f"{number}.yaml").write_bytes(head + value + b"\n")


@pytest.mark.parametrize(
    "command", [("--check",), ("validate",), ("--write",)], ids=lambda args: args[0]
)
def test_files_of_hostile_text_do_not_keep_others_from_being_treated(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    _files(tmp_path / "in", POD + b"x: ")
    good = tmp_path / "in" / "good.yaml"
    good.write_bytes(
        guarded("last").replace(b'"true"', b'"yes"')
        if command == ("validate",)
        else guarded("last")
    )
    ended = run(*command, "in", cwd=tmp_path)
    assert ended.status == 3
    told = ended.err + ended.out.decode()
    assert f"{len(HOSTILE) + 1} documents in {len(HOSTILE) + 1} files" in told
    error = r"^in/(\d+)\.yaml(?::|\n  )\d+:\d+:? error\[HN901\]"
    refused = {int(number) for number in re.findall(error, told, re.MULTILINE)}
    assert refused == {number for number, name in enumerate(HOSTILE) if name not in READ}
    if command == ("validate",):
        assert re.search(r"^in/good\.yaml\n  9:\d+ error\[HN403\]", told, re.MULTILINE)
    elif command == ("--check",):
        assert "\nin/good.yaml:1: pod-guard: Deployment/last: added" in told
    else:
        assert good.read_bytes() == kept_off("last")


def test_an_old_state_of_hostile_text_is_told_of(tmp_path: Path) -> None:
    _files(tmp_path / "old", POOL + b"spec: ")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "p.yaml").write_bytes(POOL)
    ended = run("validate", "--old", "old", "new", cwd=tmp_path)
    assert ended.status == 3
    assert ended.out.count(b"error[HN901]") == len(HOSTILE) - len(READ)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("command", [(), ("validate",)], ids=["transform", "validate"])
def test_other_encodings_are_never_half_understood(
    command: tuple[str, ...], encoding: str, tmp_path: Path
) -> None:
    data = guarded().decode().encode(encoding)
    ended = run(*command, cwd=tmp_path, stdin=data)
    assert ended.status == 3
    assert "HN901" in ended.err + ended.out.decode()
    assert b"affinity" not in ended.out


def _long_line(megabytes: int) -> Iterator[bytes]:
    yield POD + b"x: "
    piece = b"a" * 1024 * 1024
    for _ in range(megabytes):
        yield piece
    yield b"\n---\n" + POD


@pytest.mark.slow
def test_a_line_larger_than_the_memory_is_refused(tmp_path: Path) -> None:
    ended = run("--check", cwd=tmp_path, stdin=_long_line(640), memory=384 * 1024**2)
    assert ended.status == 3
    assert "the document is larger than 67108864 bytes" in ended.err
    assert ended.out == b""


def test_a_document_that_never_ends_is_told_of_while_it_comes(tmp_path: Path) -> None:
    with (tmp_path / "err").open("wb") as err:
        tool = subprocess.Popen(
            [*TOOL, "--max-document", "1M"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=err,
            cwd=tmp_path,
            env=environment(),
        )
        assert tool.stdin is not None
        for _ in range(200):
            tool.stdin.write(b"a: b\n" * 20_000)
            tool.stdin.flush()
            if b"larger than 1048576 bytes" in (tmp_path / "err").read_bytes():
                break
        else:
            pytest.fail("nothing was said")
        tool.stdin.close()
        assert tool.wait(timeout=60) == 3


def test_a_scalar_of_20_megabytes_goes_through_untouched(tmp_path: Path) -> None:
    data = guarded() + b"# x\nx: |\n" + b"  " + b"a" * 20_000_000 + b"\n"
    ended = run(cwd=tmp_path, stdin=data)
    assert ended.status == 0
    assert len(ended.out) > len(data)
    assert ended.out.endswith(data[-20_000_000:])


@pytest.mark.parametrize("target", ["/dev/zero", "/dev/urandom"])
def test_a_configuration_without_an_end_is_refused(target: str, tmp_path: Path) -> None:
    (tmp_path / ".hostnet-transform.yaml").symlink_to(target)
    ended = run(cwd=tmp_path, stdin=guarded())
    assert ended.status == 2
    assert "the configuration file is larger than 1048576 bytes" in ended.err


@pytest.mark.parametrize("target", ["/dev/zero", "/dev/urandom"])
def test_pools_without_an_end_are_refused(target: str, tmp_path: Path) -> None:
    ended = run("--pools", target, cwd=tmp_path, stdin=node("n", "p"))
    assert ended.status == 2
    assert "the pools cannot be read" in ended.err


def test_pools_in_too_large_a_document_are_refused_and_not_cut(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_bytes(POOL + b"# " + b"x" * 100_000 + b"\nspec: {type: Edge}\n")
    ended = run(
        "--pools", "p.yaml", "--max-document", "50K", cwd=tmp_path, stdin=node("n", "p")
    )  # fmt: skip
    assert ended.status == 2
    assert "the pools cannot be read: a document is too large" in ended.err


@pytest.mark.parametrize("key", ["include", "exclude", "scopes"])
@pytest.mark.parametrize(
    "glob",
    ["**/" * 5000 + "*", "*a" * 5000 + "b", "?*" * 5000, "[" * 5000, "[!a]*" * 2000],
    ids=["**/", "*a", "?*", "[", "[!a]*"],
)
def test_a_glob_without_sense_takes_no_time(glob: str, key: str, tmp_path: Path) -> None:
    folder = tmp_path / "in" / "a" / "b"
    folder.mkdir(parents=True)
    for number in range(20):
        (folder / f"{'a' * 200}{number}.yaml").write_bytes(guarded())
    config = CONFIG + f'spec:\n  {key}: ["{glob}"]\n'.encode()
    (tmp_path / ".hostnet-transform.yaml").write_bytes(config)
    assert run("--check", "in", cwd=tmp_path).status in (0, 1, 2)


def test_escape_sequences_in_names_do_not_reach_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    escape = '"\\e[31m\\e]0;title\\a\\x9b2J\\u202ename\\u2066\\u200b"'
    text = guarded().replace(b"name: web\n", f"name: {escape}\n".encode(), 1)
    text = text.replace(b'"true"', f"{escape}".encode())
    (tmp_path / "in" / "\x1b[2J\x9b\u202e.yaml").write_bytes(text)
    pinned = f'{{apps.openyurt.io/nodepool: {escape[:-1]}2"}}'
    (tmp_path / "in" / "pinned.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
        f"spec: {{nodeSelector: {pinned}, containers: [{{name: a, image: b}}]}}\n"
    )
    (tmp_path / "in" / "pool.yaml").write_bytes(pool(escape))
    config = CONFIG + f"spec: {{{escape}: 1}}\n".encode()
    (tmp_path / "c.yaml").write_bytes(config)
    for args in (
        ("in",), ("validate", "in"), ("--config", "c.yaml", "in"),
        *(("placement", option, "in") for option in ("-v", "--plan", "--before-after")),
        ("placement", "--pool", "\u202e", "in"), ("placement", "--explain", "a", "in"),
        *(("placement", "--format", form, "in") for form in PLACEMENT_FORMATS),
        *(("validate", "--color", "never", "--format", form, "in") for form in FORMATS),
    ):  # fmt: skip
        ended = run(*args, cwd=tmp_path)
        assert ended.status in ((0, 2) if args[0] == "placement" else (1, 2))
        told = ended.err + (ended.out.decode() if args[0] in ("validate", "placement") else "")
        assert not set("\x1b\x07\x9b\x00\u202e\u2066\u200b") & set(told), args
        assert told


@pytest.mark.parametrize(
    "name", ["a\n::error::b.yaml", "::add-mask::x.yaml", "a%0A::error::b.yaml", "a,line=7::b.yaml"]
)
def test_no_name_adds_a_workflow_command_of_github(name: str, tmp_path: Path) -> None:
    text = guarded().replace(b"name: web", b'name: "w\\n::error::x\\r::set-output name=a::b"', 1)
    (tmp_path / name).write_bytes(text.replace(b'"true"', b'"\\n::error::%0A"'))
    ended = run("validate", "--format", "github", ".", cwd=tmp_path)
    assert ended.status == 1
    lines = ended.out.decode().splitlines()
    assert lines
    for line in lines:
        assert line.startswith("::error file=")
        assert "%0A" not in line
        assert line.count("::") <= 2 + line.partition("::error ")[2].partition("::")[2].count("::")
