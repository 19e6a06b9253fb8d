"""What a model handed to someone else's solver is to minimise, and what its money means."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.program import Floats, Program


@dataclass(frozen=True)
class Goal:
    """The one active objective of an exported model: minimise cost @ x + constant.

    cost: (n,) · says: what it is, in a sentence · money: what one unit of the Program's money is, for example "10 JPY bn" · title: of the model
    """

    cost: Floats
    constant: float
    says: str = "aim"
    money: str = "1"
    title: str = "portfolio"

    def doc(self, text: str) -> str:
        """A block's doc with the money unit spelled out."""
        return text.replace("[money unit]", f"[money, unit: {self.money}]")


def natural(program: Program, q: int) -> tuple[Floats, float, str]:
    """Criterion q in its natural sense: coefficients (n,), constant, and a sentence with its direction."""
    sign = program.signs[q]
    says = f"{program.names[q]}, {'more' if sign < 0 else 'less'} is better"
    return sign * program.criteria[q] + 0.0, sign * float(program.offsets[q]) + 0.0, says
