"""Ranks the texts of one file for each text of another: `python -m matching rank-text`."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from matching.ranking import best_rows
from matching.text_model import TextModel

QUERIES_AT_ONCE = 256
"""Bounds the memory: this many rows of scores are held at a time."""


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
    """Rank the corpus for each query by the cosine of the text model, which is fitted on the corpus.

    Ties keep the order of the corpus.

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

    Examples
    --------
    >>> corpus = [Text("a", "陪老人聊天"), Text("b", "cooking lunch")]
    >>> [(match.doc_id, match.rank) for match in rank_texts(corpus, [Text("q", "who cooks")], top=1)]
    [('b', 1)]
    """
    if top < 1:
        raise ValueError(f"top must be at least 1, but is {top}")
    model = TextModel().fit(document.text for document in corpus)
    documents = model.transform(document.text for document in corpus)
    ids = np.array([document.id for document in corpus], dtype=object)
    order = np.arange(len(corpus))
    for start in range(0, len(queries), QUERIES_AT_ONCE):
        block = queries[start : start + QUERIES_AT_ONCE]
        cosines = model.transform(query.text for query in block).cosines(documents)
        for query, scores in zip(block, cosines, strict=True):
            allowed = ids != query.id if exclude_same_id else np.ones(len(ids), dtype=np.bool_)
            for rank, row in enumerate(best_rows(scores, allowed, order, top), start=1):
                yield Match(query.id, ids[row], rank, float(scores[row]))
