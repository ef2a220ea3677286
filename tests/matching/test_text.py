from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.exceptions
from sklearn.base import clone
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from matching import BM25Ranker, Feature, NotFittedError, RandomRanker, SimilarityRanker, TextModel
from matching.text import bilingual_pipeline
from matching.text_model import BLOCKS
from matching.text_steps import Terms, TermWeights, Topics
from matching.tokens import Lexicon, pieces, read, terms, terms_by_block

TEXTS = [
    "周二上午陪王奶奶去医院看病",
    "Drive an older neighbour to the clinic on Tuesdays",
    "教孩子们写作业 homework help",
    "修水管、换灯泡",
    "",
    "🌳🌳 ‮weird‬ \u200bzero\u200bwidth ＦＵＬＬ　ｗｉｄｔｈ \x00",
]
LEXICON = (("看病", "陪诊", "clinic", "doctor's visits"), ("写作业", "homework"))


@parametrize_with_checks(  # type: ignore[untyped-decorator]
    [TermWeights(), TermWeights(idf_power=1.5), Topics(), Topics(n_topics=2)]
)
def test_weights_and_topics_pass_every_check_of_scikit_learn(estimator: Any, check: Any) -> None:
    check(estimator)


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
    getattr(estimator_checks, name)("Terms", Terms())


@pytest.mark.parametrize("block", BLOCKS)
def test_fitting_learns_and_changes_no_setting(block: str) -> None:
    estimator, found = Terms(block, LEXICON), read(TEXTS)
    with pytest.raises(sklearn.exceptions.NotFittedError):
        estimator.transform(found)
    assert estimator.fit(found) is estimator
    assert estimator.get_params() == {"block": block, "lexicon": LEXICON}
    assert estimator.get_feature_names_out().tolist() == estimator.terms_.tolist()
    again = clone(estimator)
    np.testing.assert_array_equal(
        again.fit_transform(found).toarray(), estimator.fit(found).transform(found).toarray()
    )
    np.testing.assert_array_equal(again.terms_, estimator.terms_)


def test_an_unknown_block_is_refused() -> None:
    with pytest.raises(ValueError, match=r"block must be one of characters, .*, but is 'verbs'"):
        Terms("verbs").fit(read(TEXTS))


def test_topics_are_those_of_a_singular_value_decomposition() -> None:
    rows = np.array([[3.0, 4.0, 0.0], [4.0, 3.0, 0.0], [0.0, 0.0, 1.0]])
    topics = Topics(1).fit(rows)
    assert topics.columns_.tolist() == [0, 1]
    np.testing.assert_allclose(np.abs(topics.components_), [[0.5**0.5], [0.5**0.5]])
    np.testing.assert_allclose(np.abs(topics.transform([[3.0, 4.0, 9.0]])), [[5.0]])
    assert topics.transform([[0.0, 0.0, 1.0]]).tolist() == [[0.0]]


def test_topics_bring_together_what_shares_no_word() -> None:
    texts = [
        "doctor clinic",
        "clinic physician",
        "doctor physician",
        "garden trees",
        "trees soil",
        "soil garden",
    ]
    pipeline = bilingual_pipeline().set_params(blend__topics__topics__n_topics=2).fit(texts)
    doctor, physician, soil = pipeline.transform(["doctor", "physician", "soil"]).toarray()
    assert doctor @ physician > 0.05
    assert doctor @ soil < 0.001


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
    unseen = [*TEXTS, "陪老人看病 doctor visit", "unseen", "A7区 work"]
    np.testing.assert_allclose(
        model.transform(unseen).toarray(), pipeline.transform(unseen).toarray(), atol=1e-7
    )


def test_rows_have_length_one_or_nothing_at_all() -> None:
    vectors = TextModel().fit(TEXTS).transform(TEXTS).toarray()
    assert np.linalg.norm(vectors, axis=1).round(12).tolist() == [1, 1, 1, 1, 0, 1]


def test_without_a_lexicon_the_scripts_never_meet() -> None:
    model = TextModel().fit(TEXTS)
    chinese, english = model.transform(["陪老人看病"]), model.transform(["to the clinic"])
    assert chinese.cosines(english)[0, 0] == 0


def test_a_lexicon_joins_the_scripts() -> None:
    model = TextModel(LEXICON).fit(TEXTS)
    ask = model.transform(["陪诊"])
    clinic, homework = (model.transform([text]) for text in ("a doctor's visit", "homework"))
    assert ask.cosines(clinic)[0, 0] > 0.25
    assert ask.cosines(homework)[0, 0] < 0.01


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("看病", ["看", "病", "看病"]),
        ("A visit to the doctor", ["visit", "doctor", "visit doctor"]),
        ("visits，visiting", ["visit", "visit", "visit visit"]),
        ("CPR急救", ["急", "救", "急救", "cpr急", "cpr"]),
        ("住A7区 B栋", ["住", "住a7", "区", "a7区", "栋", "b栋", "a7", "b"]),
        ("陪，诊", ["陪", "诊"]),
        ("see https://example.org/x?y=1 now", ["see", "now", "see now"]),
        ("ＣＰＲ", ["cpr"]),
        ("", []),
        ("🌳 !?\x00", []),
    ],
)
def test_terms_of_a_text(text: str, wanted: list[str]) -> None:
    assert terms(text) == wanted


def test_parts_join_relatives_and_concepts_name_phrases() -> None:
    blocks = terms_by_block(pieces("gardening for the 陪诊"), Lexicon([("陪诊", "clinic visits")]))
    assert set(blocks["parts"]) & set(terms_by_block(pieces("garden"), Lexicon())["parts"]) == {
        "# gard",
        "#garde",
        "#arden",
    }
    assert list(blocks["concepts"]) == ["=0"]


def test_a_huge_word_is_cut() -> None:
    assert terms("x" * 100_000) == ["x" * 40]


def test_the_order_of_texts_and_repetition_change_nothing() -> None:
    one, other = TextModel().fit(TEXTS), TextModel().fit(TEXTS[::-1])
    assert one.terms_.tolist() == other.terms_.tolist()
    assert one.weights_.tolist() == other.weights_.tolist()
    alike = [model.transform(TEXTS).cosines(model.transform(TEXTS)) for model in (one, other)]
    np.testing.assert_allclose(alike[0], alike[1], atol=1e-6)


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
