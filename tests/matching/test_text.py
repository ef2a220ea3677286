from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.exceptions
from sklearn.base import clone
from sklearn.utils import estimator_checks

from matching import BM25Ranker, Feature, NotFittedError, RandomRanker, SimilarityRanker, TextModel
from matching.text import BilingualTerms, bilingual_pipeline
from matching.tokens import terms

TEXTS = [
    "周二上午陪王奶奶去医院看病",
    "Drive an older neighbour to the clinic on Tuesdays",
    "教孩子们写作业 homework help",
    "修水管、换灯泡",
    "",
    "🌳🌳 ‮weird‬ \u200bzero\u200bwidth ＦＵＬＬ　ｗｉｄｔｈ \x00",
]
LEXICON = (("看病", "陪诊", "clinic", "doctor's visits"), ("写作业", "homework"))


# parametrize_with_checks leaves out estimators of texts: these are those of its checks that bring no data.
@pytest.mark.parametrize(
    "name",
    [
        "check_estimator_cloneable",
        "check_estimator_tags_renamed",
        "check_valid_tag_types",
        "check_estimator_repr",
        "check_no_attributes_set_in_init",
        "check_do_not_raise_errors_in_init_or_set_params",
        "check_mixin_order",
        "check_parameters_default_constructible",
        "check_get_params_invariance",
        "check_set_params",
    ],
)
def test_terms_keep_the_conventions_of_scikit_learn(name: str) -> None:
    getattr(estimator_checks, name)("BilingualTerms", BilingualTerms())


def test_fitting_learns_and_changes_no_setting() -> None:
    estimator = BilingualTerms(LEXICON)
    with pytest.raises(sklearn.exceptions.NotFittedError):
        estimator.transform(TEXTS)
    assert estimator.fit(TEXTS) is estimator
    assert estimator.get_params() == {"lexicon": LEXICON}
    assert estimator.get_feature_names_out().tolist() == estimator.terms_.tolist()
    again = estimator.fit(TEXTS).terms_
    np.testing.assert_array_equal(again, clone(estimator).fit(TEXTS).terms_)


@pytest.mark.parametrize(
    "estimator",
    [SimilarityRanker({Feature.TEXT: 1.0}), TextModel(LEXICON), BM25Ranker(k1=2), RandomRanker(3)],
)
def test_estimators_that_import_no_scikit_learn_can_be_cloned_by_it(estimator: Any) -> None:
    copy = clone(estimator)
    assert copy is not estimator
    assert repr(copy) == repr(estimator)
    with pytest.raises(ValueError, match="unknown setting 'colour'"):
        copy.set_params(colour="red")


@pytest.mark.parametrize("lexicon", [(), LEXICON])
def test_the_text_model_gives_the_same_numbers_as_the_pipeline(lexicon: tuple[tuple[str, ...], ...]) -> None:
    pipeline, model = bilingual_pipeline(lexicon).fit(TEXTS), TextModel(lexicon).fit(TEXTS)
    unseen = [*TEXTS, "陪老人看病 doctor visit", "unseen"]
    np.testing.assert_allclose(
        model.transform(unseen).toarray(), pipeline.transform(unseen).toarray(), atol=1e-15
    )


def test_rows_have_length_one_or_nothing_at_all() -> None:
    vectors = TextModel().fit(TEXTS).transform(TEXTS).toarray()
    assert np.linalg.norm(vectors, axis=1).round(12).tolist() == [1, 1, 1, 1, 0, 1]


def test_without_a_lexicon_the_scripts_never_meet() -> None:
    model = TextModel().fit(TEXTS)
    chinese, english = model.transform(["陪老人看病"]), model.transform(["to the clinic"])
    assert (chinese @ english.T).toarray()[0, 0] == 0


def test_a_lexicon_joins_the_scripts() -> None:
    model = TextModel(LEXICON).fit(TEXTS)
    ask = model.transform(["陪诊"])
    clinic, homework = (model.transform([text]) for text in ("a doctor's visit", "homework"))
    assert (ask @ clinic.T).toarray()[0, 0] > 0.5
    assert (ask @ homework.T).toarray()[0, 0] == 0


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("看病", ["看", "病", "看病"]),
        ("A visit to the doctor", ["visit", "doctor", "visit doctor"]),
        ("visits，visiting", ["visit", "visit", "visit visit"]),
        ("CPR急救", ["cpr", "急", "救", "急救"]),
        ("陪，诊", ["陪", "诊"]),
        ("see https://example.org/x?y=1 now", ["see", "now", "see now"]),
        ("ＣＰＲ", ["cpr"]),
        ("", []),
        ("🌳 !?\x00", []),
    ],
)
def test_terms_of_a_text(text: str, wanted: list[str]) -> None:
    assert terms(text) == wanted


def test_a_huge_word_is_cut() -> None:
    assert terms("x" * 100_000) == ["x" * 40]


def test_the_order_of_texts_and_repetition_change_nothing() -> None:
    one, other = TextModel().fit(TEXTS), TextModel().fit(TEXTS[::-1])
    assert one.terms_.tolist() == other.terms_.tolist()
    assert one.idf_.tolist() == other.idf_.tolist()


def test_asking_before_fitting_says_what_to_do() -> None:
    with pytest.raises(NotFittedError, match=r"call fit\(texts\)"):
        TextModel().transform(["a"])
    with pytest.raises(NotFittedError, match=r"call fit\(texts\)"):
        BM25Ranker().score(None, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("texts", [[], ["", "🌳"]])
def test_fitting_on_nothing_is_refused(texts: list[str]) -> None:
    with pytest.raises(ValueError, match="at least one text with a word or character"):
        TextModel().fit(texts)


def test_one_string_or_no_string_is_refused() -> None:
    with pytest.raises(ValueError, match="put it in a list"):
        TextModel().fit("one text")
    with pytest.raises(ValueError, match="wanted texts, but one of them is int: 7"):
        TextModel().fit(["a day", 7])  # type: ignore[list-item]


def test_texts_can_come_from_a_generator() -> None:
    assert TextModel().fit(text for text in TEXTS).terms_.tolist() == TextModel().fit(TEXTS).terms_.tolist()


def test_shared_terms_are_named_by_weight() -> None:
    model = TextModel(LEXICON).fit(TEXTS)
    first, second = model.transform(["help with homework"]), model.transform(["homework and help"])
    assert model.shared_terms(first, second, limit=2) == ("help", "homework")
