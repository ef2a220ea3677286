"""The matcher that serves: read from one packaged file, the same in every process, without scikit-learn.

The file is made by `python -m linli.suggestions.build` from the words of seed/ and from nobody's own texts,
so that no person's words outlive them in it.
"""

from functools import cache
from pathlib import Path
from typing import Final

from matching import Matcher, load

PACKED_FILE: Final = Path(__file__).with_name("matcher.npz")


@cache
def matcher() -> Matcher:
    return load(PACKED_FILE)
