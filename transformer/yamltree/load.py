"""The bytes of one document to its plain value."""

from typing import Any

from transformer.errors import InputError
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse


def load(data: bytes) -> Any:
    """Return the plain value of a document.

    Raises:
        InputError: it cannot be read.
    """
    return construct(parse(decode(data)).root)


def decode(data: bytes) -> str:
    """Return the text of a document.

    Raises:
        InputError: it is not UTF-8; `offset` is the length of the text above.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise InputError(
            "not UTF-8",
            offset=len(data[: error.start].decode()),
            hint="Kubernetes manifests are UTF-8: convert the file",
        ) from None
