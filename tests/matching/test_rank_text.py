from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import numpy as np
import pytest

from matching import text_ranking
from matching.__main__ import main
from matching.text_model import TextModel
from matching.text_ranking import Text, crowding, rank_texts

CORPUS = [
    ("a", "陪老人去医院看病"),
    ("b", "Cooking lunch, for elders"),
    ("c", "cooking lunch for elders"),
    ("d", ""),
]


def write(path: Path, header: str, rows: list[tuple[str, str]], encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    csv.writer(text).writerows([header.split(","), *rows])
    data = text.getvalue().encode(encoding)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def rank(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], queries: list[tuple[str, str]], *more: str
) -> list[list[str]]:
    corpus = write(tmp_path / "corpus.csv.gz", "doc_id,text", CORPUS)
    asked = write(tmp_path / "queries.csv", "query_id,text", queries, "utf-8-sig")
    assert main(["rank-text", "--corpus", str(corpus), "--queries", str(asked), *more]) == 0
    header, *rows = csv.reader(io.StringIO(capsys.readouterr().out))
    assert header == ["query_id", "doc_id", "rank", "score"]
    return rows


def test_the_best_document_comes_first_in_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = rank(tmp_path, capsys, [("q1", "医院"), ("q2", "who cooks a lunch")], "--top", "1")
    assert [row[:3] for row in rows] == [["q1", "a", "1"], ["q2", "b", "1"]]


def test_ties_keep_the_order_of_the_corpus_and_everything_is_ranked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = rank(tmp_path, capsys, [("q", "cooking lunch")])
    assert [row[1] for row in rows] == ["b", "c", "a", "d"]
    assert [row[2] for row in rows] == ["1", "2", "3", "4"]
    assert rows[0][3] == rows[1][3] > rows[2][3] == "0.000000000"


def test_the_document_with_the_own_id_can_be_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = rank(tmp_path, capsys, [("b", CORPUS[1][1])], "--exclude-same-id", "--top", "20")
    assert [row[1] for row in rows] == ["c", "a", "d"]


@pytest.mark.parametrize(
    ("corpus", "more", "sentence"),
    [
        (
            "doc_id,words\na,b\n",
            [],
            "corpus.csv must have the columns doc_id and text, but has doc_id, words",
        ),
        ("", [], "but has none"),
        ("doc_id,text\na,\n", [], "at least one text with a word or character"),
        ("doc_id,text\na,day\n", ["--top", "0"], "top must be at least 1, but is 0"),
        (None, [], "No such file"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], corpus: str | None, more: list[str], sentence: str
) -> None:
    queries = write(tmp_path / "queries.csv", "query_id,text", [("q", "day")])
    if corpus is not None:
        (tmp_path / "corpus.csv").write_text(corpus, encoding="utf-8")
    assert (
        main(["rank-text", "--corpus", str(tmp_path / "corpus.csv"), "--queries", str(queries), *more]) == 2
    )
    told = capsys.readouterr()
    assert sentence in told.err
    assert told.err.count("\n") == 1


def test_a_document_that_is_near_to_every_query_counts_less_for_each() -> None:
    wished = ["walk", "lunch", "cooking", "shopping"]
    corpus = [Text("all", "help, help with a walk, lunch, cooking and shopping")]
    corpus += [Text(word, f"{word} for a neighbour") for word in wished]
    asked = [Text(word, f"help with {word}") for word in wished]
    model = TextModel().fit([each.text for each in [*corpus, *asked]])
    of_lunch = model.transform([asked[1].text]).cosines(model.transform([each.text for each in corpus]))
    assert corpus[of_lunch.argmax()].id == "all"
    best = {match.query_id: match.doc_id for match in rank_texts(corpus, asked, top=1)}
    assert best["lunch"] == "lunch"


def test_one_text_asked_alone_is_ranked_by_the_cosine() -> None:
    corpus = [Text("a", "cooking lunch"), Text("b", "lunch"), Text("c", "a walk, then lunch")]
    asked = Text("q", "a walk before lunch")
    model = TextModel().fit([each.text for each in [*corpus, asked]])
    cosines = model.transform([asked.text]).cosines(model.transform([each.text for each in corpus]))[0]
    found = {match.doc_id: match.score for match in rank_texts(corpus, [asked])}
    assert [found[each.id] for each in corpus] == pytest.approx(0.75 * cosines)


def test_it_makes_no_difference_how_many_queries_are_held_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = [Text(str(n), f"{word} lunch") for n, word in enumerate(["cook", "bring", "eat", "share"])]
    asked = [Text(str(n), f"{word} a lunch {n % 7}") for n, word in enumerate(["cook", "eat", "bring"] * 11)]
    at_once = list(rank_texts(corpus, asked))
    monkeypatch.setattr(text_ranking, "QUERIES_AT_ONCE", 12)
    assert list(rank_texts(corpus, asked)) == at_once


@pytest.mark.parametrize("at_once", [11, 256])
def test_the_ten_nearest_queries_make_the_crowd(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(text_ranking, "QUERIES_AT_ONCE", at_once)
    rising, falling = np.arange(30.0), np.arange(30.0)[::-1]
    assert np.allclose(crowding(np.column_stack([rising, falling])), [24.5, 24.5])


def test_without_queries_nothing_is_ranked() -> None:
    assert list(rank_texts([Text("a", "lunch")], [])) == []
