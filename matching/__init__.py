"""Match people who offer help with needs: gates first, then a score that can be explained.

Pure: knows no website and no database. Importing it, loading a matcher and scoring need no scikit-learn;
fitting a text model does. Start with `matching/README.md`.
"""

from matching.additive import AdditiveModel
from matching.assignment import Roster, Rota, assign, assign_greedily
from matching.baselines import BM25Ranker, CosineRanker, DistanceRanker, NewestRanker, RandomRanker
from matching.calibration import Recalibration, put_right_day_by_day
from matching.centroids import NearestCentroid
from matching.changes import Change, needs_change, persons_change
from matching.commitments import Bookings, PairKind, Pairs
from matching.comparison import Comparison, Judgement, compare, why_not_comparable
from matching.eligibility import Eligibility, check
from matching.equity import Shortfall
from matching.errors import NotFittedError
from matching.explain import Explanation, Reason, ReasonCode, explain_pair, explain_pairs
from matching.exploration import Question, explore, rarely_asked
from matching.features import Feature, pair_features, texts_alike
from matching.foresight import Foresight, Way, WayKind, at_times, foresee
from matching.gates import Gate
from matching.history import Deed, History, HistoryFeature
from matching.informed import InformedRanker
from matching.invitations import Proposal, probability_of_yes, propose, share_of_wave, still_says_yes
from matching.learnt import LearntRanker, Outcomes
from matching.partner_table import Partners
from matching.partners import (
    PARTNER_PASSES_UNKNOWN,
    PARTNER_WEIGHTS,
    PartnerFeature,
    PartnerGate,
    PartnerRanking,
    partner_answers,
    partner_features,
    rank_partners,
)
from matching.persistence import Matcher, load, pack, save, unpack, version_of
from matching.public_list import lift
from matching.rankers import WEIGHTS, SimilarityRanker
from matching.ranking import AdditiveRanker, Ranker, Ranking, Scores
from matching.shortlist import shortlist
from matching.single_changes import ChangeCode, Limits
from matching.tables import REACH_KM_BY_MEANS, Answer, Needs, Volunteers
from matching.teams import Cover, cover
from matching.text_model import TextModel
from matching.text_vectors import TextVectors
from matching.vocabulary import Taxonomy, Vocabulary
from matching.waves import Asking, Day, Exploring, plan
from matching.week import cell_table, week_cells

__all__ = [
    "PARTNER_PASSES_UNKNOWN",
    "PARTNER_WEIGHTS",
    "REACH_KM_BY_MEANS",
    "WEIGHTS",
    "AdditiveModel",
    "AdditiveRanker",
    "Answer",
    "Asking",
    "BM25Ranker",
    "Bookings",
    "Change",
    "ChangeCode",
    "Comparison",
    "CosineRanker",
    "Cover",
    "Day",
    "Deed",
    "DistanceRanker",
    "Eligibility",
    "Explanation",
    "Exploring",
    "Feature",
    "Foresight",
    "Gate",
    "History",
    "HistoryFeature",
    "InformedRanker",
    "Judgement",
    "LearntRanker",
    "Limits",
    "Matcher",
    "NearestCentroid",
    "Needs",
    "NewestRanker",
    "NotFittedError",
    "Outcomes",
    "PairKind",
    "Pairs",
    "PartnerFeature",
    "PartnerGate",
    "PartnerRanking",
    "Partners",
    "Proposal",
    "Question",
    "RandomRanker",
    "Ranker",
    "Ranking",
    "Reason",
    "ReasonCode",
    "Recalibration",
    "Roster",
    "Rota",
    "Scores",
    "Shortfall",
    "SimilarityRanker",
    "Taxonomy",
    "TextModel",
    "TextVectors",
    "Vocabulary",
    "Volunteers",
    "Way",
    "WayKind",
    "assign",
    "assign_greedily",
    "at_times",
    "cell_table",
    "check",
    "compare",
    "cover",
    "explain_pair",
    "explain_pairs",
    "explore",
    "foresee",
    "lift",
    "load",
    "needs_change",
    "pack",
    "pair_features",
    "partner_answers",
    "partner_features",
    "persons_change",
    "plan",
    "probability_of_yes",
    "propose",
    "put_right_day_by_day",
    "rank_partners",
    "rarely_asked",
    "save",
    "share_of_wave",
    "shortlist",
    "still_says_yes",
    "texts_alike",
    "unpack",
    "version_of",
    "week_cells",
    "why_not_comparable",
]
