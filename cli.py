"""Checkout entry: `python cli.py solve ...` is `portfolio solve ...` without installing."""

from portfolio.commands import main

if __name__ == "__main__":
    main()
