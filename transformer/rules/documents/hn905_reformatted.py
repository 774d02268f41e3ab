"""HN905: a document is re-serialized, or has to be.

An edit that cannot be made in place is an error. With `--allow-reformat`, a YAML library
re-serializes the document instead: the meaning is checked in the same way, but formatting may
change. Without this option, no document is reformatted.

Bad: a key that needs an edit, set in a mapping and again by a `<<` below it.

Fix: keep one of the two.

Source: this tool; docs/editing.md.
"""

from transformer.rules.base import ValidationRule

RULE = ValidationRule("HN905", "re-serialized, or has to be", "warning", in_transform="always")
