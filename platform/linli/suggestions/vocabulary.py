"""The words of seed/ as matching knows them: ids with their parents, and phrases that mean the same."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain

from linli.core import seed
from linli.core.i18n import Named
from linli.core.seed import Field, Skill
from linli.core.seed_files import Text, Words, read_tables, seed_dir
from linli.core.seed_samples import samples
from linli.volunteers.rules import SkillLevel
from matching import Taxonomy, Vocabulary

LEVELS: Mapping[SkillLevel, int] = {
    SkillLevel.some: 1,
    SkillLevel.good: 2,
    SkillLevel.professional: 3,
}
# Who is good at a skill that is wanted fits it wholly; where it is required, having tried it opens the door.
WANTED_LEVEL = LEVELS[SkillLevel.good]
REQUIRED_LEVEL = LEVELS[SkillLevel.some]
# Stands for a required paper that seed/ no longer knows: nobody holds it, so nobody passes.
FORGOTTEN_CREDENTIAL = "?"


def vocabulary() -> Vocabulary:
    """The ids of this process's seed folder."""
    return _vocabulary(seed.vocabulary())


def topics() -> Mapping[str, Named]:
    """What a phrase of the lexicon is about, by the first phrase of its entry."""
    return {each.zh: each for each in _topics()}


def lexicon() -> tuple[tuple[str, ...], ...]:
    """Phrases of one meaning in both languages: topics, the Chinese name first, and everyday words."""
    named = (dict.fromkeys((*each.terms("zh"), *each.terms("en"))) for each in _topics())
    everyday = ((*words.zh, *words.en) for words in _everyday_words())
    return tuple(map(tuple, chain(named, everyday)))


def texts_to_learn_from() -> Iterator[str]:
    """Words, explanations and samples of both languages, all written for Linli: nobody's own words."""
    for topic in _topics():
        yield " ".join((*topic.terms("zh"), *topic.terms("en")))
    for words in _everyday_words():
        yield " ".join((*words.zh, *words.en))
    for field in seed.fields().values():
        yield from _both(field.about)
        yield from _both(field.care)
    for template in seed.templates().values():
        for language in ("zh", "en"):
            yield "\n".join(template.example(part, language) for part in ("title", "description"))
    yield from (intro.text for intro in samples().intros)
    yield from (f"{need.title}\n{need.description}" for need in samples().needs)


def _topics() -> list[Skill | Field | seed.Language]:
    return [*seed.skills().values(), *seed.fields().values(), *seed.languages().values()]


def _everyday_words() -> Iterable[Words]:
    return read_tables(seed_dir() / "words.toml", Words).values()


def _both(text: Text) -> tuple[str, str]:
    return text.zh, text.en


@lru_cache(maxsize=4)
def _vocabulary_of(names: tuple[tuple[str, ...], ...], parents: tuple[tuple[str, str], ...]) -> Vocabulary:
    skills, fields, credentials, languages = names
    return Vocabulary(
        skills=Taxonomy(skills, dict(parents)),
        fields=Taxonomy(fields),
        credentials=Taxonomy(credentials),
        languages=Taxonomy(languages),
    )


def _vocabulary(known: seed.Vocabulary) -> Vocabulary:
    credentials = (*known.credentials, FORGOTTEN_CREDENTIAL)
    names = tuple(tuple(ids) for ids in (known.skills, known.fields, credentials, known.languages))
    parents = tuple((skill.id, skill.parent) for skill in known.skills.values() if skill.parent)
    return _vocabulary_of(names, parents)
