"""HN905: a document had to be written anew.

An edit that cannot be spliced into the text is an error. With `--allow-reformat` the document is
read and written by a YAML library instead: the meaning is checked in the same way, but layout may
change. Nothing is ever reformatted without being asked for.

Bad: a key that needs an edit, set in a mapping and again by a `<<` below it.

Mend it: keep one of the two.

Source: this tool; SPEC of its behaviour, section 6.
"""

from transformer.rules.base import ValidationRule

RULE = ValidationRule("HN905", "reformatted, or in need of it", "warning", None, "always")
