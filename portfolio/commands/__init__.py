"""One file per verb; `main` is the console entry. A new verb is one file and one line in app.py."""

from portfolio.commands.entry import main

__all__ = ["main"]
