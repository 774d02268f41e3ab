"""HN417: a SOPS-encrypted manifest needs an edit, but cannot be edited.

SOPS signs the whole file: an inserted line breaks its MAC, and the file no longer decrypts. Such a
manifest is not edited.

Bad:

    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        metadata:
          annotations:
            apps.openyurt.io/exclude-host-network-pool: "true"
        spec:
          containers: [{name: web, image: "ENC[AES256_GCM,data:c3Rh]"}]
    sops:
      mac: ENC[AES256_GCM,data:Zm9v]

Fix: decrypt, transform, encrypt again; or encrypt with `mac_only_encrypted`.

Source: SOPS documentation, message authentication code.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext
from transformer.rules.exempt import is_encrypted


def check(context: RuleContext) -> Iterator[Violation]:
    if context.planned and is_encrypted(context):
        yield Violation(
            "",
            f"{' and '.join(context.planned)} would apply to {context.manifest.ref}, but an edit"
            " would break the MAC of this SOPS-encrypted manifest",
            hint="decrypt it, transform it, and encrypt it again",
        )


RULE = ValidationRule(
    "HN417", "an encrypted manifest needs an edit", "error", check, in_transform="wanted"
)
