"""Which field of service a text seems to be about; no answer where that is not clear."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from linli.core import seed
from linli.core.seed import Field
from linli.core.seed_samples import samples
from linli.suggestions.matcher import matcher
from matching import NearestCentroid

LANGUAGES: Final = ("zh", "en")
# Of a skill that serves many fields only the first two say something about it.
FIELDS_OF_A_SKILL: Final = 2


def suggested_field(text: str) -> Field | None:
    """The field that the words of seed/ lie nearest to; nobody's own words are learnt from."""
    [found] = _topics().predict(matcher().text_model.transform([text]))
    return seed.fields()[found] if found else None


@cache
def _topics() -> NearestCentroid:
    """Made at the first question, in a tenth of a second: there is no second file that could grow stale."""
    texts, labels = zip(*_labelled_texts(), strict=True)
    return NearestCentroid().fit(matcher().text_model.transform(texts), labels)


def _labelled_texts() -> Iterator[tuple[str, str]]:
    for field in seed.fields().values():
        for language in LANGUAGES:
            words = field.terms(language)
            about, care = field.about.in_language(language), field.care.in_language(language)
            for text in (" ".join(words), *words, about, care):
                yield text, field.id
    for skill in seed.skills().values():
        for field_id in () if skill.is_group else skill.fields[:FIELDS_OF_A_SKILL]:
            for language in LANGUAGES:
                yield " ".join(skill.terms(language)), field_id
    for template in seed.templates().values():
        for language in LANGUAGES:
            yield template.example("title", language), template.field
            yield template.example("description", language), template.field
    for need in samples().needs:
        yield need.title, need.field
        yield need.description, need.field
