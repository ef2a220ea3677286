"""The vocabulary is complete, in both languages, and a broken file says what is wrong with it."""

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from linli.core import seed
from linli.core.seed_files import Named, SeedError, Text, seed_dir
from linli.core.seed_samples import samples
from linli.needs.forms import LONGEST_TITLE
from linli.needs.rules import Joining, Priority
from linli.organizations.rules import Role

HAN = re.compile(r"[一-鿿]")
SLUG = re.compile(r"[a-z][a-z0-9_]*")
ASCII_PUNCTUATION_AFTER_HAN = re.compile(r"[一-鿿][,;:!?.]")
LONG_NUMBER = re.compile(r"\d{7,}")

VOCABULARIES = ("fields", "skills", "credentials", "languages", "risk_kinds", "templates")

Edit = Callable[[str, str, str], None]


def named(kind: str) -> list[Named]:
    return list(getattr(seed, kind)().values())


def repeated(words: Iterable[str]) -> list[str]:
    return [word for word, times in Counter(word.casefold() for word in words).items() if times > 1]


def texts_of_vocabulary() -> Iterator[Text]:
    for field in seed.fields().values():
        yield from (field.about, field.care)
    for credential in seed.credentials().values():
        yield from (credential.about, credential.how)
    for kind in seed.risk_kinds().values():
        yield kind.about
    for template in seed.templates().values():
        yield from (template.title, template.description, template.risks)
        for slot in template.slots.values():
            yield from (slot.label, slot.example)
        yield from (getattr(template.hints, hint) for hint in template.hints.__struct_fields__)


def chinese_texts() -> list[str]:
    ours = [text.zh for text in texts_of_vocabulary()]
    intros = [intro.text for intro in samples().intros if intro.language == "zh"]
    needs = [n for n in samples().needs if n.language == "zh"]
    return [*ours, *intros, *(part for n in needs for part in (n.title, n.description, n.risks))]


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Edit:
    """A copy of the seed folder in which one text can be replaced by another."""
    copy = tmp_path / "seed"
    shutil.copytree(seed_dir(), copy)
    monkeypatch.setenv("LINLI_SEED_DIR", str(copy))

    def edit(file: str, old: str, new: str) -> None:
        content = (copy / file).read_text(encoding="utf-8")
        assert old in content
        (copy / file).write_text(content.replace(old, new, 1), encoding="utf-8")

    return edit


def test_there_are_eleven_fields_and_fifteen_credentials() -> None:
    assert len(seed.fields()) == 11
    assert len(seed.credentials()) == 15


def test_every_field_has_a_template_and_a_picture() -> None:
    pictures = (files("linli") / "static" / "icons.svg").read_text("utf-8")
    for field, templates in seed.templates_by_field().items():
        assert templates, field.id
        assert f'<symbol id="{field.icon}"' in pictures, field.id
    assert sum(map(len, seed.templates_by_field().values())) == len(seed.templates()) >= 20


def test_a_template_asks_for_the_papers_of_the_skills_it_requires() -> None:
    for template in seed.templates().values():
        wanted = {paper for skill in template.skills.required for paper in seed.skills()[skill].credentials}
        assert wanted <= set(template.credentials), template.id


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_title_with_its_examples_fits_the_form(language: str) -> None:
    for template in seed.templates().values():
        assert len(template.example("title", language)) <= LONGEST_TITLE, template.id


def test_work_in_which_somebody_may_be_hurt_names_its_risks() -> None:
    carried = {template.id: template.risk_kinds for template in seed.templates().values()}
    assert {id: kinds for id, kinds in carried.items() if kinds} == {
        "flood_clean_up": ("disaster_site", "heavy_loads"),
        "project_labour_day": ("heavy_loads", "machines"),
        "repair_day": ("machines",),
        "shelter_support": ("disaster_site",),
        "urgent_supplies": ("driving",),
    }


def test_there_are_at_least_130_skills_besides_their_groups() -> None:
    assert sum(not skill.is_group for skill in seed.skills().values()) >= 130


@pytest.mark.parametrize("kind", VOCABULARIES)
def test_ids_are_slugs(kind: str) -> None:
    assert [each.id for each in named(kind) if not SLUG.fullmatch(each.id)] == []


@pytest.mark.parametrize("kind", VOCABULARIES)
def test_every_name_exists_in_both_languages(kind: str) -> None:
    for each in named(kind):
        assert HAN.search(each.name("zh")), each.id
        assert each.name("en").strip(), each.id
        assert not HAN.search(each.name("en")), each.id


@pytest.mark.parametrize("kind", VOCABULARIES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_two_share_a_name(kind: str, language: str) -> None:
    assert repeated(each.name(language) for each in named(kind)) == []


def test_every_text_is_written_in_both_languages() -> None:
    for text in texts_of_vocabulary():
        assert HAN.search(text.zh), text
        assert text.en.strip(), text
        assert not HAN.search(text.en), text


def test_chinese_uses_chinese_punctuation_and_no_exclamation_marks() -> None:
    assert [text for text in chinese_texts() if ASCII_PUNCTUATION_AFTER_HAN.search(text)] == []
    assert [text for text in chinese_texts() if "！" in text] == []


def test_officers_and_volunteers_are_addressed_politely() -> None:
    assert [text.zh for text in texts_of_vocabulary() if "你" in text.zh] == []


def test_a_word_belongs_to_one_skill_only() -> None:
    words = [w for skill in seed.skills().values() for lang in ("zh", "en") for w in set(skill.terms(lang))]
    assert repeated(words) == []


def test_a_word_belongs_to_one_language_only() -> None:
    words = [w for each in seed.languages().values() for lang in ("zh", "en") for w in each.terms(lang)]
    assert repeated(words) == []


def test_every_skill_has_two_to_five_other_words_in_each_language() -> None:
    for skill in seed.skills().values():
        assert 2 <= len(skill.also.zh) <= 5, skill.id
        assert 2 <= len(skill.also.en) <= 5, skill.id


def test_every_group_holds_skills_and_comes_first() -> None:
    order = list(seed.skills())
    for group, members in seed.skill_groups().items():
        assert len(members) >= 5, group
        assert all(order.index(member.id) > order.index(group) for member in members)


def test_every_skill_is_in_exactly_one_group() -> None:
    in_groups = [skill.id for members in seed.skill_groups().values() for skill in members]
    assert sorted(in_groups) == sorted(s.id for s in seed.skills().values() if not s.is_group)


def test_every_field_has_skills_and_everyday_words_in_both_languages() -> None:
    for field in seed.fields().values():
        assert sum(field.id in skill.fields for skill in seed.skills().values()) >= 5, field.id
        assert len(field.words.zh) >= 8, field.id
        assert len(field.words.en) >= 8, field.id


def test_work_that_the_law_reserves_names_the_licence() -> None:
    licences = {credential.id for credential in seed.credentials().values() if credential.licence}
    assert licences == {"nurse", "physician", "lawyer", "electrician"}
    for skill, licence in [
        ("nursing", "nurse"),
        ("medical_consultation", "physician"),
        ("legal_papers", "lawyer"),
        ("electrical_work", "electrician"),
    ]:
        assert licence in seed.skills()[skill].credentials


def test_those_who_check_papers_are_roles_of_organizations() -> None:
    checkers = {role for credential in seed.credentials().values() for role in credential.checked_by}
    assert checkers <= set(Role)


def test_disaster_relief_takes_insured_adults_and_work_with_children_two_of_them() -> None:
    relief, children = seed.fields()["disaster_relief"], seed.fields()["children"]
    assert (relief.minimum_age_years, relief.risk_kinds) == (18, ("disaster_site",))
    assert (children.minimum_age_years, children.two_adults, children.guardian_consent) == (18, True, True)
    assert children.credentials_for("indoors") == ("background_check", "child_safeguarding")


def test_a_background_check_is_for_homes_not_for_open_air() -> None:
    elderly = seed.fields()["elderly_care"]
    assert elderly.credentials_for("home") == ("background_check",)
    assert elderly.credentials_for("outdoors") == ()


def test_what_fits_no_field_has_one_for_needs_with_careful_defaults() -> None:
    assert seed.OTHER not in seed.fields()
    assert list(seed.need_fields()) == [*seed.fields(), seed.OTHER]
    other = seed.need_fields()[seed.OTHER]
    assert (other.minimum_age_years, other.credentials_for("home")) == (18, ("background_check",))


def test_only_low_income_stays_off_public_pages() -> None:
    assert [field.id for field in seed.fields().values() if not field.shown_publicly] == ["low_income"]


def test_priorities_and_ways_of_joining_are_those_of_needs() -> None:
    asks = [*seed.templates().values(), *samples().needs]
    assert {ask.priority for ask in asks} | {f.priority for f in seed.fields().values()} <= set(Priority)
    assert {ask.joining for ask in asks} <= set(Joining)


def test_templates_keep_to_what_they_are_for() -> None:
    elder, green, homework = (
        seed.templates()[id] for id in ("elder_company", "environment", "homework_help")
    )
    assert (elder.setting, elder.joining, elder.credentials) == ("home", "asked", ("background_check",))
    assert (green.joining, green.minimum_age_years, green.credentials) == ("at_once", 14, ())
    assert set(homework.credentials) == {"background_check", "child_safeguarding"}
    assert homework.places == 2


def test_a_slot_left_out_is_visible_and_a_filled_one_is_not() -> None:
    elder = seed.templates()["elder_company"]
    assert elder.text("title", "zh") == "每周陪〔老人的称呼〕聊天、散步"
    assert elder.text("title", "zh", whom="一位独居爷爷") == "每周陪一位独居爷爷聊天、散步"
    assert seed.open_slots(elder.text("description", "en")) == ("who it is for", "health and likes")
    assert seed.open_slots(elder.text("title", "en", whom="a neighbour")) == ()


def test_braces_in_what_an_officer_types_stay_as_typed() -> None:
    assert "{whom}" in seed.templates()["elder_company"].text("title", "en", whom="{whom}")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_examples_leave_no_slot_open_and_begin_with_a_capital(language: str) -> None:
    for template in seed.templates().values():
        for part in ("title", "description", "risks"):
            text = template.example(part, language)
            assert seed.open_slots(text) == ()
            assert all(not line[:1].islower() for line in text.splitlines()), text


def test_both_languages_of_a_template_have_the_same_slots() -> None:
    for template in seed.templates().values():
        for text in (template.title, template.description, template.risks):
            slots = re.compile(r"\{(\w+)\}")
            assert set(slots.findall(text.zh)) == set(slots.findall(text.en)), template.id


def test_samples_are_enough_for_a_town_in_both_languages() -> None:
    intros = Counter(intro.language for intro in samples().intros)
    needs = Counter(need.language for need in samples().needs)
    assert min(intros["zh"], intros["en"]) >= 60
    assert needs["zh"] >= 40
    assert needs["en"] >= 15


def test_every_field_has_sample_needs_and_volunteers_who_want_it() -> None:
    assert {need.field for need in samples().needs if need.language == "zh"} == set(seed.fields())
    assert {field for intro in samples().intros for field in intro.fields} == set(seed.fields())


def test_no_sample_text_is_used_twice() -> None:
    assert repeated(intro.text for intro in samples().intros) == []
    assert repeated(need.title for need in samples().needs) == []
    assert repeated(need.description for need in samples().needs) == []
    assert repeated(need.risks for need in samples().needs) == []


def test_sample_texts_are_in_the_language_they_name() -> None:
    for text, language in [(i.text, i.language) for i in samples().intros] + [
        (n.title + n.description + n.risks, n.language) for n in samples().needs
    ]:
        assert bool(HAN.search(text)) == (language == "zh"), text


def test_sample_texts_name_no_number_that_could_be_somebodys() -> None:
    texts = [i.text for i in samples().intros] + [n.description for n in samples().needs]
    assert [text for text in texts if LONG_NUMBER.search(text)] == []


def test_sample_volunteers_hold_the_papers_that_their_skills_take() -> None:
    for intro in samples().intros:
        wanted = {paper for skill in intro.skills for paper in seed.skills()[skill].credentials}
        assert wanted <= set(intro.credentials), intro.text


def test_sample_needs_ask_for_the_papers_of_the_skills_they_require() -> None:
    for need in samples().needs:
        wanted = {paper for skill in need.skills.required for paper in seed.skills()[skill].credentials}
        assert wanted <= set(need.credentials), need.title


def test_every_sample_need_asks_for_skills_that_a_sample_volunteer_has() -> None:
    offered = {skill for intro in samples().intros for skill in intro.skills}
    for need in samples().needs:
        assert offered & {*need.skills.wanted, *need.skills.required}, need.title
        assert set(need.skills.required) <= offered, need.title


def test_minors_offer_nothing_that_takes_an_adult() -> None:
    for intro in samples().intros:
        youngest, oldest = intro.age_years
        assert 14 <= youngest < oldest <= 80
        if youngest < 18:
            assert oldest < 18, intro.text
            assert all(seed.fields()[field].minimum_age_years <= youngest for field in intro.fields)


def test_availability_is_one_character_per_weekday_and_part_of_the_day() -> None:
    teacher = samples().intros[0]
    assert teacher.free == ("weekdays morning", "weekdays afternoon")
    assert teacher.availability == "110" * 5 + "000" * 2


def test_sample_mobile_numbers_look_real_and_belong_to_no_operator() -> None:
    numbers = [samples().people.mobile(number) for number in (0, 9999)]
    assert numbers == ["15400000000", "15400009999"]
    assert all(re.fullmatch(r"1[3-9]\d{9}", number) for number in numbers)
    with pytest.raises(ValueError, match="10000"):
        samples().people.mobile(10000)


def test_sample_addresses_can_be_filled_in_both_languages() -> None:
    homes = samples().places.town_homes + samples().places.village_homes
    filled = [home.in_language(lang).format(n=3, floor=2, room=1) for home in homes for lang in ("zh", "en")]
    assert all("{" not in home and "3" in home for home in filled)
    assert repeated(filled) == []


def test_an_edited_copy_is_read_instead_of_the_packaged_seed(edited: Edit) -> None:
    edited("fields.toml", 'zh = "养老助老"', 'zh = "为老服务"')
    assert seed.fields()["elderly_care"].name("zh") == "为老服务"


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("skills.toml", '"elderly_care"', '"eldery_care"', "company: field 'eldery_care' does not exist"),
        ("skills.toml", 'parent = "company"', 'parent = "nobody"', "parent 'nobody' does not exist"),
        ("skills.toml", 'parent = "company"', 'parent = "haircuts"', "'haircuts' is itself in a group"),
        ("skills.toml", 'parent = "company"', 'parent = "chatting"', "'chatting' is itself in a group"),
        ("skills.toml", "[home_visits]", "[chatting]", "skills.toml"),
        ("fields.toml", '"first_aid"', '"first_ade"', "elderly_care: credential 'first_ade' does not exist"),
        ("fields.toml", "minimum_age_years = 16", "minimal_age = 16", "elderly_care"),
        ("fields.toml", 'priority = "normal"', 'priority = "high"', "elderly_care: Invalid enum"),
        ("credentials.toml", "valid_months = 12", "valid_months = 0", "background_check"),
        ("credentials.toml", 'en = "Background check"', "", "background_check: .*`en`"),
        ("languages.toml", "[mandarin]", "[mandarin", "languages.toml"),
        ("templates/environment.toml", "{tasks}", "{taks}", "environment.toml: slot 'taks' does not exist"),
        ("templates/environment.toml", "years = 14", "years = 12", "minimum_age_years is 12, wanted 14"),
        ("templates/homework_help.toml", ', "child_safeguarding"]', "]", "lack child_safeguarding"),
        ("templates/shelter_support.toml", '["disaster_site"]', '["earthquake"]', "risk kind 'earthquake'"),
        ("templates/shelter_support.toml", '["disaster_site"]', "[]", "risk_kinds lack disaster_site"),
        ("fields.toml", 'risk_kinds = ["disaster_site"]', 'risk_kinds = ["fire"]', "risk kind 'fire' does"),
        ("templates/homework_help.toml", "places = 2", "places = 1", "places is 1, wanted 2"),
    ],
)
def test_a_broken_file_says_where_and_what(edited: Edit, file: str, old: str, new: str, says: str) -> None:
    edited(file, old, new)
    with pytest.raises(SeedError, match=says):
        seed.vocabulary()


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("names/intros.toml", '"weekdays morning"', '"weekday morning"', "free holds 'weekday morning'"),
        ("names/intros.toml", '"homework_help"', '"homework"', "intro 1: skill 'homework' does not exist"),
        ("names/needs.toml", 'credentials = ["background_check"]\n', "", "need 1: credentials lack"),
    ],
)
def test_a_broken_sample_says_where_and_what(edited: Edit, file: str, old: str, new: str, says: str) -> None:
    edited(file, old, new)
    with pytest.raises(SeedError, match=says):
        samples()


def test_a_missing_folder_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LINLI_SEED_DIR", str(tmp_path))
    with pytest.raises(SeedError, match=r"fields\.toml is missing"):
        seed.vocabulary()
