"""How a volunteer is called before a yes: by surname only (security 4)."""

import re
from typing import Final

from linli.core.i18n import Message

# Compound surnames still in use (《百家姓》 and the census' lists of surnames).
COMPOUND_SURNAMES: Final = frozenset(
    """
    欧阳 上官 司马 诸葛 夏侯 皇甫 尉迟 公孙 慕容 令狐 司徒 司空 宇文 长孙 东方 南宫 西门 端木 独孤 轩辕
    闻人 赫连 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 仲孙 钟离 鲜于 闾丘 东郭 呼延 拓跋 百里 第五 左丘
    """.split()  # noqa: SIM905  # a list literal would take forty lines
)
_HAN: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")
# Between the parts of Uyghur, Tibetan, Mongolian and foreign names written in Chinese.
_PARTS: Final = re.compile("[·•・‧]")


def surname_of(name: str) -> str:
    """As much of a name as a surname tells; of a name in one word only its first letter.

    >>> surname_of("王小明"), surname_of("欧阳晓"), surname_of("Anna Adams"), surname_of("Anna")
    ('王', '欧阳', 'Adams', 'A.')
    >>> surname_of("阿迪力·买买提")
    '买买提'
    """
    name = " ".join(name.split())
    if len(parts := [part.strip() for part in _PARTS.split(name) if part.strip()]) > 1:
        return parts[-1]
    if _HAN.match(name):
        return name[:2] if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else name[:1]
    words = name.split()
    return words[-1] if len(words) > 1 else f"{name[:1]}."


def shown_name(name: str) -> Message:
    return Message("Volunteer {surname}", surname=surname_of(name))
