"""`python -m transformer` is `hostnet-transform`."""

from transformer.edges.cli import main

main()
