"""Record how the real kubectl reads scalars, in `testdata/scalars/kubectl.json`.

Run from the top of the repository: `python -m tests.integration.regenerate_scalars`. It takes the
kubectl that stands beside the Python interpreter, else the one on PATH, and asks it to label one
small object per scalar, locally, without a cluster.

The file names the version of kubectl and has two lists, `values` and `keys`. Each entry holds
the scalar as it stands in the YAML (`yaml`) and the JSON text that kubectl prints for it (`json`;
of a key always a string), or, in its place, why kubectl does not read it (`refused`).
"""

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TARGET = Path(__file__).parents[2] / "testdata" / "scalars" / "kubectl.json"


def listed(block: str) -> list[str]:
    """Return the scalars in `block`, where a tag is followed by `~` in place of its space."""
    return [word.replace("~", " ", 1) if word[0] == "!" else word for word in block.split()]


BOOLEANS = listed(
    """
    y Y yes Yes YES yEs n N no No NO nO true True TRUE tRue truE false False FALSE fAlse
    on On ON oN off Off OFF oFF t f T F
    """
)
NULLS = ["", "~", "null", "Null", "NULL", "nULL", "nil", "none", "~foo", "~~"]
INTEGERS = listed(
    """
    0 1 -1 +1 -0 +0 00 007 017 -017 +017 0o17 0O17 -0o17 +0o17 0o8 0o 08 -08 09 018 0o_1 0_17 0__
    0x10 0X1F 0xff -0x1 +0x1 0x 0xg 0x_1 0_x1 -_1 +_1 0b101 0B11 -0b1 -0b101 +0b1 0b102 0b 0b_1
    1_000 1_ 1__0 _1 1_2_3 -1_0 12345678901234567 999999999999999999 1000000000000000000
    9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809
    +9223372036854775808 18446744073709551615 18446744073709551616 99999999999999999999999
    0xffffffffffffffff 0x7fffffffffffffff 0x10000000000000000 -0xffffffffffffffff
    -0x8000000000000000 0777777777777777777777 01777777777777777777777 07777777777777777777777777
    0o7777777777777777777777777 00000000000000000000000000000017 00000000000000000000000000000018
    1- 1+ --1 +-1 + 1a 12e 0x1.8p1 0x1p4 \u0661 1\u0661 1\u00b2
    """
)
INTEGERS += ["0b" + "1" * 63, "0b" + "1" * 64, "0b" + "1" * 65, "-0b" + "1" * 64, "9" * 400]
INTEGERS += ["0x1" + "0" * 300, "-" + "9" * 400]
FLOATS = listed(
    """
    1. 1.0 1.5 -1.5 +1.5 .5 -.5 +.5 . .. ... .5. ._5 .5_5 .5_ .1_2e1_0 .5_e1 .5e_1 .5e+_1 .5e1_
    .5__5 ._ .e1 .5e .5e1 .5e+1 .5E-1
    .5e400 .0 -.0 -0.0 0.0 0. 00.5 09.5 08.0 0_9.5 1_0.5 1._5 1.5_ 1.5_0 1e3 1E3 1e+3 1e-3 1e
    1e+ 1e_3 1_e3 1e3.5 1.e3 1.5e3 0.1e-2 0e0 0e 00e1 1e20 1e21 1e22 1e-6 1e-7 1e308 1e309 1e400
    -1e400 1e-400 123456789.125 0.30000000000000004 3.14159265358979323846 1e3m 1.2.3 1,000 1.5f
    -.inf +.inf .inf .Inf .INF .iNF -.Inf +.INF inf Inf +Inf infinity .nan .NaN .NAN .Nan +.nan
    nan NaN .infinity 1.inf 179769313486231580793e289 5e-324 100000000000000000000000.0
    """
)
STRINGS = listed(
    """
    1:30 12:30:45 190:20:30 2020-01-01 2020-1-1 2001-12-14t21:59:43.10-05:00 20200101 100m 128Mi
    10.0.0.1 10.0.0.0/16 -c --flag ./x .spec +x = == << <<x a a_b host-network 1Gi 0.5Gi v1
    apps/v1 0a 0x1g 0:0 +1:30 1e3s 5.5.5.5:80 \u00e9 \U0001f600 ~/x ny yesno
    """
)
STRINGS += ["2001-12-14 21:59:43.10", "1 2", "0 x", "1 000", "a b", "yes no", "+ 1", "1\u00a02"]
STRINGS += ["'1'", '"1"', "'true'", '"~"', "''", '""', "'y'"]
STRINGS += ["|-\n    1", ">-\n    true", "|\n    ~"]
TAGGED = listed(
    """
    !!str~1 !!str~true !!str~~ !!str~ !!str~'1' !!str~.5 !!str~2020-01-01 !!int~1 !!int~'12'
    !!int~"0x1f" !!int~017 !!int~1_000 !!int~1.0 !!int~1e3 !!int~x !!int~ !!int~'' !!int~true
    !!int~18446744073709551615 !!int~18446744073709551616 !!int~0x10000000000000000 !!int~08
    !!float~1 !!float~1.5 !!float~'1.5' !!float~0x10 !!float~x !!float~ !!float~.5
    !!float~18446744073709551615 !!float~18446744073709551616 !!float~0x10000000000000000
    !!float~9223372036854775807 !!float~.inf
    !!bool~yes !!bool~'yes' !!bool~"true" !!bool~tRue !!bool~1 !!bool~ !!bool~n !!bool~~
    !!null~ !!null~~ !!null~null !!null~'' !!null~'~' !!null~x !!null~0
    !!binary~aGVsbG8= !!binary~'aGVsbG8=' !!binary~aGVsbG8 !!binary~gICA !!binary~4oJB
    !!binary~7aCA !!binary~x !!binary~ !!binary~aGVsbG9= !!binary~aGVs!bG8=
    !!timestamp~2020-01-01 !!timestamp~'2020-01-01' !!timestamp~2020-1-1
    !!foo~1 !!foo~true !!seq~1 !!map~x !!merge~1 !!value~= !!set~1 !!omap~1
    !foo~bar !foo~1 !foo~true !foo~'1' !foo~ !int~1 !~12 !~true !~~ !~'12' !~"x" !~ !~.5
    !<tag:yaml.org,2002:int>~'7' !<tag:yaml.org,2002:str>~7 !<x:y>~7 !<!foo>~7 !<!>~7
    """
)
TAGGED += ["!!binary 'aG Vs'", "!!binary |\n    aGVs\n    bG8="]
TAGGED += ["!!int |-\n    12", "!!str |\n    a"]

VALUES = BOOLEANS + NULLS + INTEGERS + FLOATS + STRINGS + TAGGED
KEYS = listed(
    """
    y Y yes no n on off true True FALSE tRue null ~ NULL nULL 0 1 -1 +1 -0 017 0o17 08 0x 0x10
    0b11 1_000 1:30 2020-01-01 1e3 1e5 1e6 1e20 1e21 1e400 1.0 1.5 -1.5 .5 1. 0.1 0.00001 0.0001
    0.00012345 100000.0 999999.5 1000000.0 9999999.0 123456789.0 123456.789 0.30000000000000004
    3.14159265358979 16777217.0 33554432.0 1e38 3.4028235e38 3.4028236e38 3.5e38 1e39 -1e39 1e-45
    1e-46 -0.0 0.0 1.1e-5 7e-10 1e10 1.17549435e-38 8.5e9 0.1e-2 65504.0 2.5e-3 1048576.0
    .inf -.inf +.inf .nan 9223372036854775807 9223372036854775808 -9223372036854775808
    -9223372036854775809 18446744073709551615 18446744073709551616 99999999999999999999999
    0xffffffffffffffff 0x10000000000000000 'y' "1" '~' a a/b = !!str~1 !!str~y !!int~'1' !!int~1.5
    !!float~1 !!bool~'yes' !!binary~aGVsbG8= !!null~'' !foo~1 !~1 !~true !!binary~gICA 1gi v1
    +9223372036854775808 !!int~18446744073709551615 017_ 1__0 6e-39 5.684342e-14
    9007199254740992.0 0.5e-45 0.7e-45 -1.5e-7 !!float~.inf host.io/a-b 4.7e-2 299792458.0
    """
)


class _Number(str):
    """A number as kubectl printed it."""


def find_kubectl() -> str:
    """Return the kubectl beside the interpreter, else the one on PATH."""
    beside = Path(sys.executable).with_name("kubectl")
    found = str(beside) if beside.is_file() else shutil.which("kubectl")
    if found is None:
        sys.exit("kubectl not found, neither beside the Python interpreter nor on PATH")
    return found


def ask(kubectl: str, body: str) -> tuple[object, str]:
    """Return what kubectl reads under `probe`, a mapping's block text, and its error, if any."""
    manifest = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: probe\nprobe:\n{body}\n"
    command = [kubectl, "label", "--local", "-o", "json", "-f", "-", "asked=yes"]
    done = subprocess.run(command, input=manifest.encode(), capture_output=True, check=False)
    if done.returncode:
        return None, done.stderr.decode().strip()
    read = json.loads(done.stdout, parse_int=_Number, parse_float=_Number)
    return read["probe"], ""


def _entry(scalar: str, read: object, refused: str) -> dict[str, str]:
    if refused:
        return {"yaml": scalar, "refused": refused.rpartition("YAML to JSON: ")[2]}
    return {"yaml": scalar, "json": read if isinstance(read, _Number) else json.dumps(read)}


def measure_value(kubectl: str, scalar: str) -> dict[str, str]:
    """Ask what `scalar` is as a value."""
    probe, refused = ask(kubectl, f"  value: {scalar}")
    return _entry(scalar, probe["value"] if isinstance(probe, dict) else None, refused)


def measure_key(kubectl: str, scalar: str) -> dict[str, str]:
    """Ask what `scalar` is as the key of a mapping."""
    probe, refused = ask(kubectl, f"  {scalar}: 0")
    return _entry(scalar, next(iter(probe)) if isinstance(probe, dict) else None, refused)


def version(kubectl: str) -> str:
    """Return the version of the kubectl that was asked."""
    command = [kubectl, "version", "--client", "-o", "json"]
    done = subprocess.run(command, capture_output=True, check=True)
    return str(json.loads(done.stdout)["clientVersion"]["gitVersion"])


def content(kubectl: str) -> str:
    """Ask for every scalar and return what is to be recorded, one entry a line."""
    with ThreadPoolExecutor() as pool:
        values = list(pool.map(lambda scalar: measure_value(kubectl, scalar), VALUES))
        keys = list(pool.map(lambda scalar: measure_key(kubectl, scalar), KEYS))
    lists = (
        f'"{name}": [\n  ' + ",\n  ".join(map(json.dumps, entries)) + "\n ]"
        for name, entries in (("values", values), ("keys", keys))
    )
    entries = ",\n ".join((f'"kubectl": {json.dumps(version(kubectl))}', *lists))
    return "{\n " + entries + "\n}\n"


def main() -> None:
    """Ask for every scalar and write the file."""
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(content(find_kubectl()), encoding="utf-8", newline="\n")
    print(f"{len(VALUES)} values, {len(KEYS)} keys")


if __name__ == "__main__":
    main()
