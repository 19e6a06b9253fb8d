"""The verbs. A new one is a file with a function and a line here.

The modules of the verbs import nothing heavy at their top: `portfolio --help` must answer in half a second, and numpy, pandas, highspy and
pyomo alone take longer. What a verb needs it imports when it runs - here, in commands/, and nowhere else.
"""

from __future__ import annotations

from typing import Annotated

import typer

from portfolio.commands.audit import audit
from portfolio.commands.check import check
from portfolio.commands.compare import compare
from portfolio.commands.doctor import doctor
from portfolio.commands.explain import explain
from portfolio.commands.export import export
from portfolio.commands.frontier import frontier
from portfolio.commands.generate import generate
from portfolio.commands.import_ import import_
from portfolio.commands.instances import instances
from portfolio.commands.models import models
from portfolio.commands.report import report
from portfolio.commands.solve import solve
from portfolio.commands.sweep import sweep
from portfolio.commands.template import template

app = typer.Typer(
    help="Allocate public funds by mixed-integer programming: audited, provable, explained.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from portfolio.api.record import toolkit_version

        typer.echo(f"portfolio {toolkit_version()}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


app.command("check")(check)
app.command("solve")(solve)
app.command("sweep")(sweep)
app.command("frontier")(frontier)
app.command("explain")(explain)
app.command("compare")(compare)
app.command("report")(report)
app.command("audit")(audit)
app.command("models")(models)
app.command("instances")(instances)
app.command("generate")(generate)
app.command("import")(import_)
app.command("template")(template)
app.command("export")(export)
app.command("doctor")(doctor)
