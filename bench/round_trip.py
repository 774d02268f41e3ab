"""The guard as a script with ruamel.yaml writes it: a round trip of every document."""

import sys
from typing import Any

from ruamel.yaml import YAML

from bench.guard import add


def main() -> None:
    """Copy standard input to standard output, and keep annotated Deployments off those pools."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.explicit_start = True
    documents: Any = yaml.load_all(sys.stdin.buffer)
    for document in documents:
        add(document)
        yaml.dump(document, sys.stdout.buffer)


if __name__ == "__main__":
    main()
