import subprocess
import sys

import numpy as np
import pytest

from linli.core import seed
from linli.suggestions.build import fitted
from linli.suggestions.matcher import matcher
from linli.suggestions.texts import EncodedTexts
from linli.suggestions.vocabulary import (
    FORGOTTEN_CREDENTIAL,
    LEVELS,
    lexicon,
    texts_to_learn_from,
    vocabulary,
)
from linli.volunteers.rules import SkillLevel


def test_the_packed_matcher_is_what_the_seed_makes() -> None:
    """After a change in seed/: python -m linli.suggestions.build."""
    packed, fresh = matcher(), fitted()
    assert packed.text_model.lexicon == fresh.text_model.lexicon
    assert packed.text_model.terms_.tolist() == fresh.text_model.terms_.tolist()
    assert np.allclose(packed.text_model.weights_, fresh.text_model.weights_, rtol=1e-12)
    texts = [*texts_to_learn_from()]
    one, other = (each.text_model.transform(texts) for each in (packed, fresh))
    # Topics may be turned by another build of the linear algebra, which changes no cosine.
    assert np.allclose(one.cosines(one), other.cosines(other), atol=1e-3)
    assert np.array_equal(packed.ranker.normalized_weights(), fresh.ranker.normalized_weights())


def test_serving_never_loads_scikit_learn() -> None:
    script = (
        "import sys\n"
        "from linli.suggestions import for_person, jobs, queries\n"
        "from linli.suggestions.matcher import matcher\n"
        "matcher().text_model.transform(['陪老人聊天'])\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] == 'sklearn'))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        text=True,
        cwd=".",
        env={"PYTHONPATH": ":".join(path for path in sys.path if path)},
    )
    assert told.stdout.strip() == "[]"


def test_the_vocabulary_is_that_of_the_seed() -> None:
    words = vocabulary()
    assert words.skills.ids == tuple(seed.skills())
    assert words.skills.parents == {each.id: each.parent for each in seed.skills().values() if each.parent}
    assert words.credentials.ids == (*seed.credentials(), FORGOTTEN_CREDENTIAL)
    assert vocabulary() is words


def test_levels_keep_their_order() -> None:
    assert [LEVELS[level] for level in SkillLevel] == [1, 2, 3]


@pytest.mark.parametrize(("one", "other"), [("陪诊", "medical escort"), ("修水管", "plumbing")])
def test_the_lexicon_bridges_the_languages(one: str, other: str) -> None:
    assert any(one in entry for entry in lexicon())
    encoded = matcher().text_model.transform([one, other, "basketball"])
    cosines = encoded.cosines(encoded)
    assert cosines[0, 1] > 0.1
    assert cosines[0, 2] < 0.01


def test_texts_seen_before_give_the_same_vectors_in_any_company() -> None:
    texts = EncodedTexts(matcher().text_model)
    first = texts.encode(["陪老人聊天", "", "plumbing", "陪老人聊天"])
    again = texts.encode(["plumbing", "reading aloud", "陪老人聊天"])
    assert np.array_equal(first.toarray()[[2, 0]], again.toarray()[[0, 2]])
    assert np.array_equal(first.toarray()[0], first.toarray()[3])
    assert first.toarray()[1].sum() == 0
    fresh = EncodedTexts(matcher().text_model).encode(["plumbing", "reading aloud", "陪老人聊天"])
    assert np.array_equal(again.toarray(), fresh.toarray())
