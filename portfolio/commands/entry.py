"""From the shell and back: run the verb, answer with its exit code, never with a traceback unless asked."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

from portfolio.commands.desk import Desk
from portfolio.commands.faults import click_fault, describe
from portfolio.errors import PortfolioError

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> None:
    """The `portfolio` command."""
    sys.exit(run(list(sys.argv[1:] if argv is None else argv)))


def run(argv: list[str]) -> int:
    """Run one command line; returns its exit code. Everything that can go wrong ends here as one message."""
    desk = Desk.from_argv(argv)
    try:
        code = _dispatch(argv)
    except BrokenPipeError:
        desk.hang_up()
        code = 0
    except SystemExit as leaving:
        # click ends the process itself when the reader of its help has gone away; that is no error.
        gone = isinstance(leaving.__context__, BrokenPipeError)
        desk.hang_up()
        code = 0 if gone else leaving.code if isinstance(leaving.code, int) else 1
    except KeyboardInterrupt:
        desk.fail({"kind": "Interrupted", "exit_code": INTERRUPTED, "message": {"en": "interrupted", "ja": "中断しました"}})
        code = INTERRUPTED
    except PortfolioError as error:
        _trace(argv)
        code = desk.fail(describe(error), list(getattr(error, "problems", ())))
    # The one place where everything is caught: a user must never see a traceback, and --debug shows it.
    except Exception as error:
        fault = click_fault(error, argv)
        if fault is None:
            _trace(argv)
        code = desk.fail(fault or describe(error))
    return desk.flush(code)


def _dispatch(argv: list[str]) -> int:
    from portfolio.commands.app import app  # after the streams are safe: typer prints help and usage itself
    from portfolio.commands.solve import with_optional_gap

    answer = app(args=with_optional_gap(argv), prog_name="portfolio", standalone_mode=False)
    return answer if isinstance(answer, int) else 0


def _trace(argv: Sequence[str]) -> None:
    if "--debug" in argv:
        traceback.print_exc()
