"""How divisions are called on pages: short labels, paths, and English names."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby, pairwise

from linli.divisions.english import ENDINGS_OF_PEOPLES, ENGLISH_NAMES, KINDS, PEOPLES, PLACEHOLDERS
from linli.divisions.pinyin import syllables_of
from linli.divisions.queries import ancestors
from linli.divisions.rules import Division, Level, is_placeholder

_COMMITTEE = re.compile("(居民|村民|牧民|渔民|家属|居|村|牧|渔|家)?委(?:员?会{0,2}|员)$")
_REMARK = re.compile("(.+?)((?:（.*）)?)")
_PEOPLES = "|".join(PEOPLES)
_OF_PEOPLES = re.compile(f"((?:{_PEOPLES})+)({'|'.join(ENDINGS_OF_PEOPLES)})$")
_LABEL_ENDINGS = {"村民": "村", "村": "村", "居民": "居委会", "居": "居委会"}
_ENGLISH_MARKS = str.maketrans("（）、", "(),")


def label(division: Division) -> str:
    """The short Chinese name: 东厂社区 for 东厂社区居委会, 北门村 for 北门村民委员会."""
    if division.level is not Level.COMMUNITY:
        return division.name
    name, remark = _without_remark(division.name)
    return _without_committee(name) + remark


def _without_remark(name: str) -> tuple[str, str]:
    """A name and the remark in brackets behind it: 站前社区（白河）."""
    found = _REMARK.fullmatch(name)
    return (found[1], found[2]) if found else (name, "")


def _without_committee(name: str) -> str:
    committee = _COMMITTEE.search(name)
    place = name[: committee.start()] if committee else ""
    if not committee or not place:
        return name
    if place.endswith(("社区", "村", "嘎查")):
        return place
    return f"{place}{_LABEL_ENDINGS.get(committee[1], committee[0])}"


def path(division: Division, language: str = "zh") -> str:
    """The division with all it lies in, without levels that only fill the code and without repeated names.

    "贵州省 遵义市 红花岗区"; "Honghuagang District, Zunyi City, Guizhou Province".
    """
    places = [place for place in (*ancestors(division), division) if not is_placeholder(place)]
    if language == "zh":
        return " ".join(dict.fromkeys(label(place) for place in places))
    return ", ".join(dict.fromkeys(english_name(place) for place in reversed(places)))


def name_in(division: Division, language: str) -> str:
    """The label in Chinese, the English name in any other language."""
    return label(division) if language == "zh" else english_name(division)


@lru_cache(maxsize=8192)
def english_name(division: Division) -> str:
    """The established English name, or pinyin with the English word for its kind: "Weng'an County"."""
    established = PLACEHOLDERS if is_placeholder(division) else ENGLISH_NAMES
    if division.level.depth <= Level.COUNTY.depth and division.name in established:
        return established[division.name]
    (name, remark), syllables = _without_remark(division.name), syllables_of(division)
    short = _without_committee(name) if division.level is Level.COMMUNITY else name
    own_length, kind = _kind_of_peoples(short) or _kind(short, KINDS[division.level])
    cuts = [*_ends_of_places_above(division, short[:own_length]), own_length]
    own = [_spelled(short[start:end], syllables[start:]) for start, end in pairwise((0, *cuts))]
    return " ".join(word for word in (*own, kind, _spelled(remark, syllables[len(name) :])) if word)


def _kind(short: str, kinds: dict[str, str]) -> tuple[int, str]:
    """How many characters of a label are its own, and the English word for the rest."""
    for ending, kind in kinds.items():
        if short.endswith(ending) and (short != ending or len(ending) > 1):
            return len(short) - len(ending), kind
    return len(short), ""


def _kind_of_peoples(short: str) -> tuple[int, str] | None:
    """The same for a name with peoples in it: 北川羌族自治县, Qiang Autonomous County."""
    found = _OF_PEOPLES.search(short)
    if not found or not (found[1].endswith("族") or found[2].startswith(("自治", "民族"))):
        return None
    *others, last = [PEOPLES[people] for people in re.findall(_PEOPLES, found[1])]
    peoples = f"{', '.join(others)} and {last}" if others else last
    return found.start(), f"{peoples} {ENDINGS_OF_PEOPLES[found[2]]}"


def _ends_of_places_above(division: Division, own: str) -> list[int]:
    """Where a county's or township's name only says what it lies in: 河北 and 唐山 of 河北唐山芦台."""
    above = ancestors(division) if division.level in (Level.COUNTY, Level.TOWNSHIP) else ()
    ends = [0]
    for place in above:
        forms = (place.name, place.name[:-1]) if len(place.name) > 2 else (place.name,)
        lengths = (len(form) for form in forms if own.startswith(form, ends[-1]))
        ends.append(ends[-1] + next((length for length in lengths if len(own) - ends[-1] - length > 1), 0))
    return sorted({*ends} - {0})


def _spelled(text: str, syllables: list[str]) -> str:
    """A stretch of a name in pinyin as one word, with whatever has no reading as it is."""
    pieces = []
    for is_read, run in groupby(zip(text, syllables, strict=False), key=lambda pair: bool(pair[1])):
        characters, spoken = zip(*run, strict=True)
        pieces.append(_word(spoken) if is_read else "".join(characters).translate(_ENGLISH_MARKS))
    return re.sub(r"\( | (?=[,)])", lambda space: space[0].strip(), " ".join(pieces))


def _word(syllables: Sequence[str]) -> str:
    """Syllables in one word, with an apostrophe before a, e and o: Xi'an."""
    first, *others = [syllable.replace("v", "ü") for syllable in syllables]
    return first.capitalize() + "".join(f"'{other}" if other[0] in "aeo" else other for other in others)
