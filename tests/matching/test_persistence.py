from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from matching import Feature, Matcher, NotFittedError, SimilarityRanker, TextModel, load, save

LEXICON = (("聊天", "chat"), ("做饭", "cooking", "meals"))
TEXTS = ["陪老人聊天", "cooking 做饭 🍜", "a chat"]


def matcher(**weights: float) -> Matcher:
    chosen = {Feature(name): weight for name, weight in weights.items()} or None
    return Matcher(TextModel(LEXICON).fit(TEXTS), SimilarityRanker(chosen))


def test_a_matcher_comes_back_as_it_was(tmp_path: Path) -> None:
    saved = matcher(text=1.0, skills=3.0)
    save(saved, tmp_path / "m.npz")
    loaded = load(tmp_path / "m.npz")
    unseen = ["聊天 meals", "chat", ""]
    np.testing.assert_allclose(
        loaded.text_model.transform(unseen).toarray(), saved.text_model.transform(unseen).toarray(), atol=1e-7
    )
    assert loaded.ranker.normalized_weights().tolist() == saved.ranker.normalized_weights().tolist()
    assert loaded.version == saved.version


def test_the_version_follows_everything_that_changes_a_score() -> None:
    assert matcher().version == matcher().version
    assert (
        len(
            {
                matcher().version,
                matcher(text=1.0).version,
                Matcher(TextModel().fit(TEXTS), SimilarityRanker()).version,
            }
        )
        == 3
    )


def test_the_file_holds_no_code(tmp_path: Path) -> None:
    save(matcher(), tmp_path / "m.npz")
    with np.load(tmp_path / "m.npz", allow_pickle=False) as file:
        assert {file[name].dtype.kind for name in file.files} == {"u", "i", "f"}


def test_another_format_is_refused_with_a_sentence(tmp_path: Path) -> None:
    save(matcher(), tmp_path / "m.npz")
    with np.load(tmp_path / "m.npz") as file:
        arrays = dict(file)
    settings = {**json.loads(arrays["settings"].tobytes()), "format": 99}
    arrays["settings"] = np.frombuffer(json.dumps(settings).encode(), dtype=np.uint8)
    np.savez(tmp_path / "m.npz", **arrays)
    with pytest.raises(
        ValueError, match=r"m.npz has format 99, but this version reads 2: fit and save it again"
    ):
        load(tmp_path / "m.npz")


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 broken"])
def test_a_file_that_is_no_matcher_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"m\.npz is not a matcher that was saved by this library"):
        load(tmp_path / "m.npz")


def test_pickled_objects_are_never_read(tmp_path: Path) -> None:
    np.savez(tmp_path / "m.npz", settings=np.array([{"format": 1}], dtype=object))
    with pytest.raises(ValueError, match="not a matcher"):
        load(tmp_path / "m.npz")


def test_saving_needs_a_fitted_model_and_a_name_that_says_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(NotFittedError):
        save(Matcher(TextModel(), SimilarityRanker()), tmp_path / "m.npz")
    assert not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match=r"must end in .npz, but is named m.pickle"):
        save(matcher(), tmp_path / "m.pickle")
