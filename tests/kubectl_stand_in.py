"""A stand-in for `kubectl patch`, on objects in files, which patches as Kubernetes 1.34 does.

An object is `FOLDER/KIND.VERSION.GROUP/NAMESPACE/NAME.json`; without a namespace, it is in `_`. The
environment variable `CLUSTER` names FOLDER. This is started for each command, so it imports little.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Patch one object, or refuse to."""
    options, (resource, name) = read(sys.argv[1:])
    namespace = options.get("--namespace", "_")
    path = Path(os.environ["CLUSTER"], resource, namespace, f"{name}.json")
    if not path.is_file():
        sys.exit(f'Error from server (NotFound): {resource} "{name}" not found')
    value = json.loads(path.read_bytes())
    for step in json.loads(Path(options["--patch-file"]).read_bytes()):
        apply(step, value)
    if options.get("--dry-run") != "server":
        path.write_text(json.dumps(value), encoding="utf-8")
    print(f"{resource}/{name} patched")


def read(arguments: list[str]) -> tuple[dict[str, str], list[str]]:
    """Return the options by their names, and the arguments."""
    at = arguments.index("--")
    if arguments[0] != "patch":
        sys.exit(f"unknown command {arguments[0]!r}")
    pairs = [argument.partition("=") for argument in arguments[1:at]]
    options = {name: value for name, _, value in pairs}
    if not options.keys() <= {"--type", "--patch-file", "--namespace", "--dry-run"}:
        sys.exit(f"unknown options {sorted(options)}")
    if options["--type"] != "json":
        sys.exit(f"unknown type {options['--type']!r}")
    return options, arguments[at + 1 :]


def apply(step: dict[str, Any], value: Any) -> None:
    """Apply one operation to a value; the place of a test may be absent, its parent may not."""
    *parents, last = [
        token.replace("~1", "/").replace("~0", "~") for token in step["path"].split("/")[1:]
    ]
    for token in parents:
        value = child(value, token)
    match step["op"]:
        case "test":
            found = value.get(last) if isinstance(value, dict) else child(value, last)
            if found != step["value"]:
                refuse(step, found)
        case "add" if isinstance(value, list):
            value.insert(len(value) if last == "-" else int(last), step["value"])
        case "add" | "replace":
            if step["op"] == "replace":
                child(value, last)
            value[int(last) if isinstance(value, list) else last] = step["value"]
        case other:
            sys.exit(f"unknown operation {other!r}")


def child(value: Any, token: str) -> Any:
    """Return what an object or a list has at a token, or refuse."""
    try:
        return value[int(token)] if isinstance(value, list) else value[token]
    except (LookupError, TypeError):
        sys.exit(f"The request is invalid: missing value at {token!r}")


def refuse(step: dict[str, Any], found: Any) -> None:
    """End, because a test failed."""
    sys.exit(f"The request is invalid: {step['path']} is {found!r}, not {step.get('value')!r}")


if __name__ == "__main__":
    main()
