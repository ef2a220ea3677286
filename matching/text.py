"""The text model, as the scikit-learn pipeline that it is.

``bilingual_pipeline()`` is the whole model: what stands in a text, weighed by TF-IDF, and what it is about.
`matching.text_model.TextModel` fits it and keeps its arrays, so that scoring needs no scikit-learn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import FunctionTransformer, Normalizer

from matching.text_model import BLOCKS, IDF_POWERS, TOPIC_BLOCKS, TOPICS, WEIGHTS
from matching.text_steps import Terms, TermWeights, Topics
from matching.tokens import read


def bilingual_pipeline(lexicon: Sequence[Sequence[str]] = ()) -> Pipeline:
    """Build the text model.

    A term t that stands c times in a text and in d of n fitted texts weighs
    w (1 + ln c) (1 + ln((1 + n) / (1 + d)))^p, with p = 1.5 for Chinese characters, which are few and
    common, and 1 for words; characters and parts of words count half (w = 0.5). Beside these stand 128
    topics, half as long as the words and concepts that they are a truncated SVD of. Last, rows are scaled to
    length 1, so that the product of two rows is their cosine.

    Parameters
    ----------
    lexicon : sequence of sequence of str, optional
        Phrases of one meaning, see `matching.tokens.Lexicon`.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Takes a sequence of texts, gives a sparse array (texts, terms and topics) with rows of length 1 or 0.

    References
    ----------
    Salton and Buckley (1988), Term-weighting approaches in automatic text retrieval; McNamee and Mayfield
    (2004), Character n-gram tokenization for European language text retrieval; Deerwester et al. (1990),
    Indexing by latent semantic analysis.

    Examples
    --------
    >>> rows = bilingual_pipeline().fit_transform(["陪老人聊天", "Cooking for elders", "elders cook"])
    >>> (rows @ rows.T).toarray().round(2).tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.57], [0.0, 0.57, 1.0]]
    """

    def weighed(block: str) -> Pipeline:
        return Pipeline([("count", Terms(block, lexicon)), ("weigh", TermWeights(IDF_POWERS[block]))])

    topics = Pipeline([("terms", _union(weighed, TOPIC_BLOCKS)), ("topics", Topics(TOPICS))])
    terms = _union(weighed, BLOCKS).transformer_list
    blend = FeatureUnion([*terms, ("topics", topics)], transformer_weights=WEIGHTS)
    return Pipeline([("read", FunctionTransformer(read)), ("blend", blend), ("length", Normalizer())])


def _union(weighed: Callable[[str], Pipeline], blocks: Sequence[str]) -> FeatureUnion:
    return FeatureUnion([(block, weighed(block)) for block in blocks])
