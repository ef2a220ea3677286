"""Fit the text model on the words of seed/, after a change to them: `python -m linli.suggestions.build`."""

from linli.suggestions.matcher import PACKED_FILE
from linli.suggestions.vocabulary import lexicon, texts_to_learn_from
from matching import Matcher, SimilarityRanker, TextModel, save


def fitted() -> Matcher:
    """A matcher as this checkout's seed folder makes it."""
    return Matcher(TextModel(lexicon=lexicon()).fit(texts_to_learn_from()), SimilarityRanker())


if __name__ == "__main__":
    save(fitted(), PACKED_FILE)
