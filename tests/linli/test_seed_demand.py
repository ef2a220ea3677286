"""Sample needs are enough for every field, and shared out after the demand."""

import pytest

from linli.core import seed
from linli.core.seed_samples import samples


def test_every_field_has_sample_needs_in_both_languages() -> None:
    written = {(need.field, need.language) for need in samples().needs}
    assert written == {(field, language) for field in seed.fields() for language in ("zh", "en")}


@pytest.mark.parametrize("count", [0, 1, 60, 100, 150])
def test_demand_is_shared_out_among_the_fields_without_losing_one(count: int) -> None:
    shared = samples().needs_per_field(count)
    assert sum(shared.values()) == count
    assert all(abs(shared[field] - count * share / 100) < 1 for field, share in samples().demand.items())
