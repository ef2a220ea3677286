"""Ranks the texts of one file for each text of another: `python -m matching rank-text`."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from matching.columns import Booleans, Floats
from matching.ranking import best_rows
from matching.text_model import TextModel

QUERIES_AT_ONCE: Final = 256
"""Bounds the memory: this many rows of scores are held at a time."""

CROWD: Final = 10
"""Of so many queries nearest to a document is the mean taken."""

CROWD_WEIGHT: Final = 0.25
"""What a document loses of that mean."""


class Text(NamedTuple):
    """One text with its id.

    Examples
    --------
    >>> Text("a", "陪老人聊天").id
    'a'
    """

    id: str
    text: str


class Match(NamedTuple):
    """One line of the answer.

    Examples
    --------
    >>> Match("q", "a", rank=1, score=0.5).rank
    1
    """

    query_id: str
    doc_id: str
    rank: int
    score: float


def read_texts(path: Path, id_column: str) -> list[Text]:
    """Read a CSV file with an id column and a column named text.

    Raises
    ------
    ValueError
        If a column is missing, naming those that are there.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "corpus.csv").write_text("doc_id,text\\na,lunch\\n")
    ...     read_texts(Path(folder) / "corpus.csv", "doc_id")
    [Text(id='a', text='lunch')]
    """
    csv.field_size_limit(2**31 - 1)
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        missing = {id_column, "text"}.difference(rows.fieldnames or ())
        if missing:
            seen = ", ".join(rows.fieldnames or ["none"])
            raise ValueError(f"{path.name} must have the columns {id_column} and text, but has {seen}")
        return [Text(row[id_column] or "", row["text"] or "") for row in rows]


def rank_texts(
    corpus: Sequence[Text], queries: Sequence[Text], *, top: int = 20, exclude_same_id: bool = False
) -> Iterator[Match]:
    """Rank the corpus for each query by the cosine of the text model, which is fitted on both.

    Queries compete: a document that lies near many of them says little about any one, and so loses a quarter
    of its mean cosine with the ten queries nearest to it. A query asked alone is ranked by the cosine. Ties
    keep the order of the corpus.

    Parameters
    ----------
    corpus, queries : sequence of Text
    top : int, default=20
        Documents per query, at least 1.
    exclude_same_id : bool, default=False
        Leave out the document that has the query's own id.

    Raises
    ------
    ValueError
        If the corpus holds no word or character, or top is below 1.

    References
    ----------
    Radovanović, Nanopoulos and Ivanović (2010), Hubs in space; Conneau et al. (2018), Word translation
    without parallel data, whose CSLS takes half of such a mean from both sides.

    Examples
    --------
    >>> corpus = [Text("a", "陪老人聊天"), Text("b", "cooking lunch")]
    >>> [(match.doc_id, match.rank) for match in rank_texts(corpus, [Text("q", "who cooks")], top=1)]
    [('b', 1)]
    """
    if top < 1:
        raise ValueError(f"top must be at least 1, but is {top}")
    model = TextModel().fit(text for _, text in [*corpus, *queries])
    documents = model.transform(document.text for document in corpus)
    if documents.says_nothing.all():
        raise ValueError("nothing to rank: wanted at least one text with a word or character in the corpus")
    ids, order = np.array([document.id for document in corpus], dtype=object), np.arange(len(corpus))

    def cosines() -> Iterator[tuple[Text, Floats, Booleans]]:
        for start in range(0, len(queries), QUERIES_AT_ONCE):
            block = queries[start : start + QUERIES_AT_ONCE]
            alike = model.transform(query.text for query in block).cosines(documents)
            for query, row in zip(block, alike, strict=True):
                allowed = ids != query.id if exclude_same_id else np.ones(len(ids), dtype=np.bool_)
                yield query, row, allowed

    crowded = CROWD_WEIGHT * crowding(np.where(allowed, row, 0.0) for _, row, allowed in cosines())
    for query, row, allowed in cosines():
        scores = row - crowded
        for rank, best in enumerate(best_rows(scores, allowed, order, top), start=1):
            yield Match(query.id, ids[best], rank, float(scores[best]))


def crowding(cosines: Iterable[Floats]) -> Floats | float:
    """How near a document lies to the queries that lie nearest to it.

    Parameters
    ----------
    cosines : iterable of ndarray of float64, shape (n,)
        One row a query, one number a document.

    Returns
    -------
    ndarray of float64, shape (n,)
        For each document the mean of the ten largest, or of all where there are fewer; 0 without queries.

    Examples
    --------
    >>> crowding([np.array([0.5, 0.0]), np.array([0.3, 0.2])]).tolist()
    [0.4, 0.1]
    """
    nearest: list[Floats] = []
    for row in cosines:
        nearest.append(row)
        if len(nearest) >= QUERIES_AT_ONCE:
            nearest = _largest(nearest)
    return np.mean(_largest(nearest), axis=0) if nearest else 0.0


def _largest(rows: list[Floats]) -> list[Floats]:
    """The ten largest of each column, as rows."""
    if len(rows) <= CROWD:
        return rows
    return list(np.partition(np.array(rows), len(rows) - CROWD, axis=0)[-CROWD:])
