"""The garbage collector is back after a large table, however reading it ended."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from portfolio.errors import UsageError
from portfolio.formats.collector import no_collection
from portfolio.formats.tables.load import load_tables


def test_the_collector_rests_inside_and_is_back_after() -> None:
    with no_collection():
        assert not gc.isenabled()
        with no_collection():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_is_back_after_tables_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        load_tables(tmp_path / "nothing")
    assert gc.isenabled()
