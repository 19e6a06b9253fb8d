"""Selections: which ways of carrying out programmes a fund, ceiling or rule speaks of."""

from __future__ import annotations

from portfolio.schema.record import Id, Record
from portfolio.schema.way import Way


class Selector(Record):
    """Any of each list; all lists together; everything empty means everything.

    A way (p, o) is admitted iff for every non-empty list the way's value is in it (tags: one in common) and it carries none
    of `without_tags`.
    """

    fields: tuple[Id, ...] = ()
    archetypes: tuple[Id, ...] = ()
    instruments: tuple[Id, ...] = ()
    tags: tuple[Id, ...] = ()
    regions: tuple[Id, ...] = ()
    programmes: tuple[Id, ...] = ()
    without_tags: tuple[Id, ...] = ()

    def admits(self, way: Way) -> bool:
        """Is this way selected?"""
        return (
            (not self.fields or way.field in self.fields)
            and (not self.archetypes or way.archetype in self.archetypes)
            and (not self.instruments or way.instrument in self.instruments)
            and (not self.regions or way.region in self.regions)
            and (not self.programmes or way.programme in self.programmes)
            and (not self.tags or not way.tags.isdisjoint(self.tags))
            and way.tags.isdisjoint(self.without_tags)
        )

    @property
    def is_everything(self) -> bool:
        """True when nothing is restricted."""
        return not any(getattr(self, name) for name in type(self).model_fields)


EVERYTHING = Selector()
