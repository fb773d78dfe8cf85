"""A search as the page and the API ask it: what the address says, the hits that are worth showing, what they share.

In: the parameters of an address. Out: hits in the order asked for, facets with counts, and the addresses that change
one thing. The address says everything, so that it can be kept, sent and come back to.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from docintel.library import Library
from docintel.schema import Filters, Hit, HitKind
from docintel.web.regions import Region, region_tree

#: The longest question, in characters: a long paragraph.
LONGEST_QUERY = 2000
PAGE_SIZE = 20
#: Hits that are looked at in all, and how good the last of them must be beside the best one: by meaning everything is
#: a little like everything, and a list that never ends helps nobody.
_MOST, _WORTH = 100, 0.3
#: Values of a facet that are shown at once.
_SHOWN = 8
_FACETS = ("doc_type", "category", "region", "unit", "year")
_FILTERS = ("type", "category", "region", "unit", "publisher", "reference", "since", "until")


class Sort(StrEnum):
    """In which order hits are shown."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


def _none_if_empty(value: Any) -> Any:
    """An empty field of a form asks for nothing."""
    return None if isinstance(value, str) and not value.strip() else value


Word = Annotated[Annotated[str, Field(max_length=200)] | None, BeforeValidator(_none_if_empty), Field(default=None)]


class Asked(BaseModel):
    """What the address of a search says.

    `type` and `category` are labels of `docintel schema`; region, unit, publisher and reference are parts of names;
    since and until are `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    """

    model_config = ConfigDict(frozen=True)

    q: Annotated[str, Field(default="", max_length=LONGEST_QUERY)]
    kind: HitKind = HitKind.PASSAGE
    type: Word
    category: Word
    region: Word
    unit: Word
    publisher: Word
    reference: Word
    since: Word
    until: Word
    sort: Sort = Sort.RELEVANCE
    page: Annotated[int, Field(default=1, ge=1, le=10_000)]

    @property
    def filters(self) -> Filters:
        """The filters of the library."""
        given = {name: getattr(self, name) for name in _FILTERS}
        return Filters(doc_type=given.pop("type"), **given)

    @property
    def has_question(self) -> bool:
        """Whether there is something to look for."""
        return any(char.isalnum() for char in self.q)

    def active(self) -> dict[str, str]:
        """The filters that ask for something, by their names in the address."""
        return {name: value for name in _FILTERS if (value := getattr(self, name))}

    def query(self, **changed: Any) -> str:
        """The address's query with some parameters changed; None removes one. The page begins anew."""
        values = self.model_dump(mode="json", exclude_defaults=True) | {"page": None} | changed
        return urlencode({name: str(value) for name, value in values.items() if value not in (None, "")})


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value by which hits can be narrowed."""

    value: str
    count: int
    active: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes:
        hits: all of them, in the order asked for.
        shown: those of the page asked for.
        exact: at least one was found by its words, not by meaning alone.
    """

    hits: tuple[Hit, ...]
    shown: tuple[Hit, ...]
    facets: Mapping[str, Sequence[FacetValue]]
    regions: Sequence[Region]
    pages: int
    exact: bool


def find(library: Library, asked: Asked) -> Found:
    """Search.

    Raises:
        QueryError: a filter makes no sense, or nothing was asked.
    """
    best = library.search(asked.q, kind=asked.kind, filters=asked.filters, top_k=_MOST)
    hits = tuple(_sorted([hit for hit in best if hit.score >= _WORTH * best[0].score], asked.sort))
    counts = library.facets(hits)
    first = PAGE_SIZE * (asked.page - 1)
    return Found(
        hits=hits,
        shown=hits[first : first + PAGE_SIZE],
        facets={name: list(_values(counts[name], _active(asked, name))) for name in _FACETS},
        regions=region_tree(counts["region"]),
        pages=max(1, -(-len(hits) // PAGE_SIZE)),
        exact=_found_by_words(best, asked.kind),
    )


def _sorted(hits: list[Hit], sort: Sort) -> list[Hit]:
    """Hits in the order asked for; those without a date last."""
    if sort is Sort.RELEVANCE:
        return hits
    dated = [hit for hit in hits if hit.published]
    dated.sort(key=lambda hit: hit.published or "", reverse=sort is Sort.NEWEST)
    return dated + [hit for hit in hits if not hit.published]


def _values(counts: Mapping[str, int], active: str | None) -> Iterator[FacetValue]:
    for i, (value, count) in enumerate(counts.items()):
        if i < _SHOWN or value == active:
            yield FacetValue(value, count, value == active)


def _active(asked: Asked, facet: str) -> str | None:
    """The value of a facet that is asked for now."""
    if facet == "year":
        return asked.since if asked.since == asked.until else None
    active: str | None = getattr(asked, "type" if facet == "doc_type" else facet)
    return active


def _found_by_words(best: Sequence[Hit], kind: HitKind) -> bool:
    """Whether words had a part in the best hit: meaning alone gives at most half a point to each passage."""
    return bool(best) and best[0].score > (1.5 if kind is HitKind.DOCUMENT else 0.5)
