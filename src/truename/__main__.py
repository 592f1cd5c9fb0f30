"""`python -m truename`: the command line."""

from truename.cli import main

main()
