"""Plain ways to rank texts, to be compared with: BM25, TF-IDF over words, TF-IDF over characters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from matching.baselines import BM25Ranker
from matching.columns import Floats
from matching.ranking import best_rows
from matching.tables import Needs, Volunteers
from matching.text_ranking import Match, Text, rank_texts
from matching.tokens import pieces, stem
from matching.vocabulary import Vocabulary

Found = Mapping[str, Sequence[str]]
"""Ids of documents for each query, best first."""

Method = Callable[[Sequence[Text], Sequence[Text], bool], Found | None]
"""From corpus, queries, and whether to leave out the document with the query's id; nothing where it makes no
sense for the script."""

TOP: Final = 20


def ours(corpus: Sequence[Text], queries: Sequence[Text], excludes_same_id: bool = False) -> Found:
    """The text model, as `rank-text` uses it.

    Examples
    --------
    >>> ours([Text("a", "陪老人聊天"), Text("b", "lunch")], [Text("q", "聊天")])
    {'q': ['a', 'b']}
    """
    return _by_query(rank_texts(corpus, queries, top=TOP, exclude_same_id=excludes_same_id))


def bm25(corpus: Sequence[Text], queries: Sequence[Text], excludes_same_id: bool = False) -> Found:
    """Okapi BM25 over characters and words with their pairs.

    Examples
    --------
    >>> bm25([Text("a", "陪老人聊天"), Text("b", "lunch")], [Text("q", "聊天")])
    {'q': ['a', 'b']}
    """
    ranker, nobody = BM25Ranker().fit(text.text for text in corpus), Vocabulary()
    documents = Volunteers(ids=_rows(corpus), vocabulary=nobody, texts=[text.text for text in corpus])
    asked = Needs(ids=_rows(queries), vocabulary=nobody, texts=[text.text for text in queries])
    return _ranked(ranker.score(asked, documents).total, corpus, queries, excludes_same_id)


def tfidf_words(corpus: Sequence[Text], queries: Sequence[Text], excludes_same_id: bool = False) -> Found:
    """The cosine of TF-IDF over words, and over pairs of characters in place of Chinese words.

    Examples
    --------
    >>> tfidf_words([Text("a", "陪老人聊天"), Text("b", "lunch")], [Text("q", "聊天")])
    {'q': ['a', 'b']}
    """
    weights = TfidfVectorizer(analyzer=_words, sublinear_tf=True)
    return _ranked(_cosines(weights, corpus, queries), corpus, queries, excludes_same_id)


def tfidf_characters(
    corpus: Sequence[Text], queries: Sequence[Text], excludes_same_id: bool = False
) -> Found | None:
    """The cosine of TF-IDF over single characters and pairs; for Chinese only.

    Examples
    --------
    >>> tfidf_characters([Text("a", "陪老人聊天"), Text("b", "午饭")], [Text("q", "聊天")])
    {'q': ['a', 'b']}
    >>> tfidf_characters([Text("b", "lunch")], [Text("q", "lunch")]) is None
    True
    """
    found = chain.from_iterable(pieces(text.text) for text in corpus)
    if sum(len(piece.text) if piece.is_han else -len(piece.text) for piece in found) <= 0:
        return None
    weights = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
    return _ranked(_cosines(weights, corpus, queries), corpus, queries, excludes_same_id)


METHODS: Final[Mapping[str, Method]] = {
    "BM25": bm25,
    "TF-IDF words": tfidf_words,
    "TF-IDF characters": tfidf_characters,
    "ours": ours,
}


def _words(text: str) -> Iterator[str]:
    for piece in pieces(text):
        if piece.is_han:
            yield from (piece.text[at : at + 2] for at in range(max(1, len(piece.text) - 1)))
        else:
            yield stem(piece.text)


def _cosines(weights: TfidfVectorizer, corpus: Sequence[Text], queries: Sequence[Text]) -> Floats:
    documents: Any = weights.fit_transform(text.text for text in corpus)
    return np.asarray((weights.transform(text.text for text in queries) @ documents.T).toarray())


def _ranked(
    scores: Floats, corpus: Sequence[Text], queries: Sequence[Text], excludes_same_id: bool
) -> dict[str, list[str]]:
    ids = np.array([text.id for text in corpus], dtype=object)
    order, everything = np.arange(len(ids)), np.ones(len(ids), dtype=np.bool_)
    found = {}
    for query, row in zip(queries, scores, strict=True):
        allowed = ids != query.id if excludes_same_id else everything
        found[query.id] = ids[best_rows(row, allowed, order, TOP)].tolist()
    return found


def _rows(texts: Sequence[Text]) -> list[str]:
    return [str(row) for row in range(len(texts))]


def _by_query(matches: Iterator[Match]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for match in matches:
        found.setdefault(match.query_id, []).append(match.doc_id)
    return found
