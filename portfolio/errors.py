"""The exception tree. Each class carries the exit code that the command line answers with.

PortfolioError
├── UsageError          2  wrong flag, missing file, missing solver or extra
├── InvalidInput        3  an instance, model or workbook with problems (all of them listed)
├── AuditFailed         6  a plan or proof that does not hold
└── SolverFailure       1  a solver answered something that cannot be trusted

"Infeasible" and "stopped at a limit" are statuses of a result, not exceptions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portfolio.schema.problem import Problem


class PortfolioError(Exception):
    """Root of the tree; `messages` maps a language to one line (or several) for the user."""

    exit_code = 1

    def __init__(self, en: str, ja: str | None = None) -> None:
        self.messages: Mapping[str, str] = {"en": en, "ja": ja or en}
        super().__init__(en)


class UsageError(PortfolioError):
    """The command or call itself is wrong: file, flag, name, solver."""

    exit_code = 2


class InvalidInput(PortfolioError):
    """A file whose content breaks the schema; `problems` lists every finding with its place."""

    exit_code = 3

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "\n".join(p.line("en") for p in self.problems),
            "\n".join(p.line("ja") for p in self.problems),
        )


class AuditFailed(PortfolioError):
    """The exact checker found a violated rule or a claim that does not hold."""

    exit_code = 6


class SolverFailure(PortfolioError):
    """A solver returned a status or model size that no honest claim can rest on."""

    exit_code = 1
