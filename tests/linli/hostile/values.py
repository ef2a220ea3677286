"""What nobody types by mistake, and what somebody sends on purpose (security 20)."""

import os
from collections.abc import Iterable, Mapping
from typing import Final

IS_THOROUGH: Final = os.environ.get("LINLI_TEST_THOROUGH") == "1"
SEED: Final = 20261123
# In the suite each field gets so many of them, in turn; with LINLI_TEST_THOROUGH=1 all.
AT_LEAST: Final = 3
# Long enough that no random id of a page holds it by chance.
SUM: Final = 733_197_331 * 7
# As they stand in a body, once for each time that the field is sent.
_WRITTEN: Final[Mapping[str, tuple[str | bytes, ...]]] = {
    "missing": (),
    "empty": ("",),
    "twice": ("one", "two"),
    "NUL": ("a\x00b",),
    "only NUL": ("\x00",),
    "a lone surrogate": (b"a\xed\xa0\x80b",),
    "invalid UTF-8": (b"\xff\xfe\xc3(",),
    "2^63": (str(2**63),),
    "-2^63-1": (str(-(2**63) - 1),),
    "2^31": (str(2**31),),
    "-1": ("-1",),
    "0": ("0",),
    "NaN": ("NaN",),
    "Infinity": ("-Infinity",),
    "1e999": ("1e999",),
    "1.5": ("1.5",),
    "Arabic digits": ("١٢",),
    "100 KB": ("x" * 100_000,),
    "100 KB of spaces": (" " * 100_000 + "x",),
    "lines": ("a\r\n" * 2000,),
    "emoji": ("👩\u200d👩\u200d👧 🙂\ufe0f" * 3,),
    "right to left": ("\u202eתודה\u2066x\u200f",),
    "nothing to see": ("\u200b\u200d\ufeff\u2060",),
    "combining": ("e" + "\u0301" * 500,),
    "SQL": ("'; DROP TABLE accounts; -- %' OR 1=1 \\",),
    "a template": ("{{ 733197331*7 }} {% x %} ${733197331*7} {0.__class__} %(x)s %n",),
    "markup": ('"><script>alert(7331)</script><!-- ]]>',),
    "a header": ("a\r\nX-Evil: yes\r\n\r\n<p>",),
    "a path": ("../../../../etc/passwd\\..",),
    "an address": ("//evil.example/\\@x:99999",),
    "far away": ("9999-12-31",),
    "long ago": ("0001-01-01",),
    "no such day": ("2026-02-30",),
    "no such time": ("25:61",),
    "nobody's id": ("01936f00-0000-7000-8000-000000000000",),
    "no id": ("not-an-id",),
    "a word": ("yes",),
}
VALUES: Final[Mapping[str, tuple[bytes, ...]]] = {
    name: tuple(value if isinstance(value, bytes) else value.encode() for value in values)
    for name, values in _WRITTEN.items()
}


def chosen(names: Iterable[str], n: int) -> list[str]:
    """What the nth field gets of them: a few in turn, so that none is left out for long."""
    known = list(names)
    if IS_THOROUGH:
        return known
    return [known[(SEED + n * AT_LEAST + each) % len(known)] for each in range(AT_LEAST)]


def is_readable(value: bytes) -> bool:
    """Whether a page can show it again exactly as it was sent."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() for character in text)
