"""Seeds of a test in two tiers: a few in every run, many more in the long campaigns."""

from __future__ import annotations

from typing import Any

import pytest


def seeds(first: int, quick: int, campaign: int) -> list[Any]:
    """`quick` seeds from `first` on in the normal tier, the next `campaign` ones marked fuzz."""
    later = range(first + quick, first + quick + campaign)
    return [*range(first, first + quick), *(pytest.param(seed, marks=pytest.mark.fuzz) for seed in later)]
