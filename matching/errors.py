"""What the library raises besides ValueError."""

from __future__ import annotations


class NotFittedError(ValueError, AttributeError):
    """Something was asked before it was learnt; the sentence says what to call first.

    Same bases as scikit-learn's class of this name, which is not imported because of the time it takes.

    Examples
    --------
    >>> from matching.text_model import TextModel
    >>> TextModel().transform(["cooking"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    matching.errors.NotFittedError: this TextModel knows no terms yet: call fit(texts) ...
    """
