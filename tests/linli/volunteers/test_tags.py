"""What a profile says, taken back one thing at a time."""

import pytest

from linli.volunteers.forms import Part, ProfileDraft
from linli.volunteers.rules import Means, SkillLevel
from linli.volunteers.tags import tags, without

FULL = ProfileDraft(
    skills={"chatting": SkillLevel.good, "driving": SkillLevel.some},
    fields=("elderly_care", "children"),
    languages=("guizhou",),
    availability="1" + "0" * 20,
    weekly_cap=2,
    means=Means.bicycle,
    reach_km=4.0,
    longitude=106.9,
    latitude=27.6,
    about="我会陪老人聊天",
)


@pytest.mark.parametrize("part", Part)
def test_what_is_taken_back_is_gone_and_the_rest_stays(part: Part) -> None:
    said = tags(FULL, part)
    assert said
    for tag in said:
        left = without(FULL, part, tag.key)
        assert tags(left, part) == [each for each in said if each != tag]
        assert all(tags(left, other) == tags(FULL, other) for other in Part if other is not part)


def test_when_everything_is_taken_back_nothing_was_ever_said() -> None:
    draft = FULL
    for part in Part:
        for tag in tags(FULL, part):
            draft = without(draft, part, tag.key)
    assert draft == ProfileDraft()


@pytest.mark.parametrize(
    ("part", "key"),
    [(Part.skills, "weekly_cap"), (Part.week, "chatting"), (Part.about, ""), (Part.fields, "nowhere")],
)
def test_what_no_profile_can_say_cannot_be_taken_back(part: Part, key: str) -> None:
    with pytest.raises(KeyError):
        without(FULL, part, key)
