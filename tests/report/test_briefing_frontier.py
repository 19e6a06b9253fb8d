"""What a briefing of a frontier says of the plan that it shows."""

from __future__ import annotations

import pytest

from portfolio.report.briefing import briefing, material
from portfolio.report.briefing.shape import knee
from tests.support.briefings import frontier_of, solved


@pytest.fixture(scope="module")
def frontier():
    return frontier_of([solved((), w) for w in ((1, 1, 1), (8, 1, 1), (1, 8, 1), (1, 1, 8))])


def _point(found) -> str:
    return next(s.text for s in briefing(found, "en").pages[0].sentences if s.key == "point")


def test_without_a_wish_the_knee_is_shown_and_called_so(frontier) -> None:
    assert len(frontier.points) > 1
    assert "its knee" in _point(material(None, frontier))


def test_a_point_asked_for_is_called_so(frontier) -> None:
    other = next(p.id for p in frontier.points if p.id != knee(frontier))
    assert "as asked" in _point(material(None, frontier, point=other))


def test_sentences_have_no_double_spaces(frontier) -> None:
    for page in briefing(material(None, frontier), "en").pages:
        assert all("  " not in s.text for s in page.sentences if s.key.startswith("exchange"))
