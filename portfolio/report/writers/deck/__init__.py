"""PowerPoint decks with native, editable charts and tables."""

from portfolio.report.writers.deck.slides import write_deck

__all__ = ["write_deck"]
