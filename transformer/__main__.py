"""`python -m transformer` is `hostnet-transform`."""

from transformer.cli.main import main

main()
