"""What texts speak of, in the words of seed/: found through the lexicon, in whatever language they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from linli.core.i18n import Named
from linli.core.seed import Field
from linli.suggestions.matcher import matcher
from linli.suggestions.vocabulary import topics
from matching import Needs, ReasonCode, Volunteers
from matching.tokens import CONCEPT_MARK

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from matching.text_vectors import TextVectors


def shared_topics(first: TextVectors, second: TextVectors, limit: int = 2) -> list[Named]:
    """What two texts both speak of, the weightiest first; never in anybody's own words."""
    return [*dict.fromkeys(_topics_in(first.terms.multiply(second.terms)))][:limit]


def with_topics(reason: dict[str, Any], needs: Needs, row: int, one: Volunteers) -> dict[str, Any]:
    """The reason with what a need and one person both write about, where it speaks of their texts."""
    if reason["code"] != ReasonCode.TEXT or needs.text_vectors is None or one.text_vectors is None:
        return reason
    return reason | {"topics": shared_topics(needs.text_vectors[[row]], one.text_vectors[[0]])}


def field_in(text: TextVectors) -> str | None:
    """The field of service that a text speaks of most."""
    return next((topic.id for topic in _topics_in(text.terms) if isinstance(topic, Field)), None)


def _topics_in(vector: csr_array) -> Iterator[Named]:
    known, entries = _topic_of_column(), vector.tocoo()
    heaviest_first = sorted(zip((-entries.data).tolist(), entries.coords[-1].tolist(), strict=True))
    return (known[column] for _, column in heaviest_first if column in known)


@cache
def _topic_of_column() -> Mapping[int, Named]:
    """Columns of the text model that stand for a phrase of the lexicon, however it was written."""
    model, known = matcher().text_model, topics()
    numbers = {
        column: int(term[1:]) for column, term in enumerate(model.terms_) if term.startswith(CONCEPT_MARK)
    }
    names = {column: model.lexicon[number][0] for column, number in numbers.items()}
    return {column: known[name] for column, name in names.items() if name in known}
