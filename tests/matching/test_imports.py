from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from matching import Matcher, SimilarityRanker, TextModel, save

LOADED = "print(*sorted({'sklearn', 'linli', 'scipy'} & set(sys.modules)))"


def run(code: str) -> list[str]:
    """Run code in a fresh interpreter and return the words it prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_importing_matching_imports_neither_scikit_learn_nor_linli() -> None:
    assert run(f"import sys, matching; {LOADED}") == []


def test_loading_a_matcher_and_scoring_need_no_scikit_learn(tmp_path: Path) -> None:
    path = tmp_path / "matcher.npz"
    save(Matcher(TextModel().fit(["陪老人聊天", "cooking lunch"]), SimilarityRanker()), path)
    code = f"""
import sys
from pathlib import Path
from matching import Needs, Vocabulary, Volunteers, load
matcher = load(Path({str(path)!r}))
table = dict(ids=["a"], vocabulary=Vocabulary(), text_vectors=matcher.text_model.transform(["陪老人做饭"]))
print(matcher.ranker.score(Needs(**table), Volunteers(**table)).total[0, 0])
print("sklearn" in sys.modules)
"""
    score, has_scikit_learn = run(code)
    assert np.isclose(float(score), 0.3 * 0.5 + 0.2 * 0.25 + 0.15 * 0.5 + 0.15 * 0.5 + 0.15 + 0.05 * 0.5)
    assert has_scikit_learn == "False"
