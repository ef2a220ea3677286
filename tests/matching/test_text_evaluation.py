"""Judged texts: one folder each, and a table of methods."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from matching.__main__ import main
from matching.city import evaluation
from matching.city.behaviour import TINY
from matching.text_evaluation import Aim, evaluate_texts, read_judged

CORPUS = "doc_id,text\na,陪老人聊天\nb,教孩子们写作业\nc,清理河边的垃圾\n"
QUERIES = "query_id,text\nq1,找人聊天\nq2,河边垃圾\nq3,没有答案\n"
JUDGED = "query_id,doc_id,gain\nq1,a,1.0\nq2,c,2.0\n"


def judged(folder: Path, name: str = "zh_small", corpus: str = CORPUS, qrels: str = JUDGED) -> Path:
    (folder / name).mkdir()
    (folder / name / "corpus.csv.gz").write_bytes(gzip.compress(corpus.encode()))
    (folder / name / "queries.csv").write_text(QUERIES, encoding="utf-8")
    (folder / name / "qrels.csv").write_text(qrels, encoding="utf-8")
    return folder


def test_every_method_finds_the_one_with_the_same_words(tmp_path: Path) -> None:
    (line,) = evaluate_texts(judged(tmp_path))
    assert line.values == {"BM25": 1.0, "TF-IDF words": 1.0, "TF-IDF characters": 1.0, "ours": 1.0}


def test_queries_with_nothing_to_find_do_not_count(tmp_path: Path) -> None:
    found = read_judged(judged(tmp_path) / "zh_small")
    assert found.value({"q1": ["a"], "q2": ["b", "c"], "q3": ["a"]}) == pytest.approx(
        (1 + 0.6309) / 2, abs=1e-4
    )


def test_a_known_set_has_its_own_aim_and_measure(tmp_path: Path) -> None:
    known = read_judged(judged(tmp_path, "en_task_occupation") / "en_task_occupation")
    assert known.aim == Aim(0.52, 0.58, measure="R@20")
    assert known.value({"q1": ["b", "c", "a"], "q2": ["b"]}) == 0.5


def test_the_own_document_is_left_out_where_the_set_says_so(tmp_path: Path) -> None:
    qrels = "query_id,doc_id,gain\nq2,q2,1.0\n"
    folder = judged(tmp_path, "en_related_occupation", CORPUS + "q2,河边垃圾\n", qrels)
    (line,) = evaluate_texts(folder)
    assert set(line.values.values()) == {0.0}


def test_the_command_prints_the_table_and_its_progress(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    english = "doc_id,text\na,a chat with elders\nc,litter by the river\n"
    judged(judged(tmp_path), "en_small", english)
    assert main(["evaluate", "--texts", str(tmp_path), "--seeds", "0"]) == 0
    told = capsys.readouterr()
    head, english_line, chinese_line, seconds, _ = told.out.splitlines()
    assert head.split()[:2] == ["set", "measure"]
    assert english_line.split()[:2] == ["en_small", "NDCG@10"]
    assert english_line.split()[4] == "-"
    assert chinese_line.split()[5] == "1.000"
    assert seconds.endswith(" seconds in all")
    assert "8 of 8" in told.err


def test_texts_are_measured_before_the_city(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "REGIMES", {"base": TINY})
    folder = str(judged(tmp_path))
    assert main(["evaluate", "--texts", folder, "--regime", "base", "--seeds", "1"]) == 0
    told = capsys.readouterr()
    texts, city = told.out.split(" seconds in all\n")
    assert texts.startswith("set ")
    assert "| base | served in time |" in city
    assert f"\n| {evaluation.OURS} | " in city
    assert told.err.index("4 of 4") < told.err.index("base: run")


def test_without_texts_and_cities_there_is_nothing_to_measure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--seeds", "0"]) == 2
    assert "seeds must be from 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("qrels", "sentence"),
    [
        ("query_id,doc_id,gain\nq1,a,much\n", "needs query_id, doc_id and a number named gain"),
        ("query_id,doc\nq1,a\n", "needs query_id, doc_id and a number named gain"),
        ("query_id,doc_id,gain\nx,a,1\n", "no query has anything to find"),
    ],
)
def test_judgements_that_cannot_be_read_are_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], qrels: str, sentence: str
) -> None:
    assert main(["evaluate", "--texts", str(judged(tmp_path, qrels=qrels))]) == 2
    assert sentence in capsys.readouterr().err


def test_a_folder_must_hold_something(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--texts", str(tmp_path)]) == 2
    assert "holds no folder with corpus.csv.gz" in capsys.readouterr().err
