"""Text that is another before the API server sees it: `$ARCH`, `${cluster}`, `ENC[...]`.

Flux's post-build substitution, `envsubst` and SOPS work on manifests that are valid YAML but whose
values are not yet what they will be.
"""

import re

_PLACEHOLDER = re.compile(r"\$\{?[A-Za-z_]|\AENC\[")


def is_placeholder(value: object) -> bool:
    """Whether `value` is text with a variable in it, or encrypted: nothing can be said of it."""
    return isinstance(value, str) and _PLACEHOLDER.search(value) is not None
