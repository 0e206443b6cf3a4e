"""A person's view in plain text: `kg show`, `kg why`, `kg disputes`, `kg coverage`."""

from kg.show.disputes import show_disputes as show_disputes
from kg.show.entities import show_entities as show_entities
from kg.show.entities import show_entity as show_entity
from kg.show.parts import find_entity as find_entity
from kg.show.sources import show_coverage as show_coverage
from kg.show.sources import show_source as show_source
from kg.show.why import show_claim as show_claim
from kg.show.why import show_why as show_why
