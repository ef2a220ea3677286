"""Who is asked by itself for one time of a need, in which wave, and with which chance."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from linli.core.db import Base, WithId
from linli.waves.rules import AskingState, Ending

_NOT_ENDED = text(f"state <> '{AskingState.ended.value}'")


class Asking(WithId):
    """One button pressed: `most_messages` is what the officer was told it may cost in attention."""

    __tablename__ = "askings"
    __table_args__ = (
        Index(
            "uq_askings_going", "shift_id", unique=True, sqlite_where=_NOT_ENDED, postgresql_where=_NOT_ENDED
        ),
        Index("ix_askings_state_next_at", "state", "next_at"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_has_a_time"),
    )

    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), index=True)
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shifts.id", ondelete="CASCADE"))
    begun_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    begun_at: Mapped[datetime]
    # Later than that once a place was given back after all had been taken: waves are counted anew from then.
    going_since: Mapped[datetime]
    most_messages: Mapped[int]
    state: Mapped[AskingState] = mapped_column(default=AskingState.going)
    # When it is looked after again; sooner, if everybody who was asked has answered.
    next_at: Mapped[datetime]
    waits_for_answers: Mapped[bool] = mapped_column(default=True)
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[Ending | None]


class AskingWithout(Base):
    """Somebody whom the officer took off the first wave: no later wave asks them."""

    __tablename__ = "askings_without"

    asking_id: Mapped[UUID] = mapped_column(ForeignKey("askings.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Wave(WithId):
    __tablename__ = "waves"
    __table_args__ = (Index("uq_waves_number", "asking_id", "number", unique=True),)

    asking_id: Mapped[UUID] = mapped_column(ForeignKey("askings.id", ondelete="CASCADE"))
    number: Mapped[int]
    sent_at: Mapped[datetime]
    matcher: Mapped[str]
    places_free: Mapped[int]


class WaveQuestion(Base):
    """A question of a wave: how likely a yes seemed, and with which chance it came to be asked.

    `propensity` is 1 where an officer chose; `is_exploring` where a seat went by lot to somebody who was
    hardly ever asked.
    """

    __tablename__ = "wave_questions"
    __table_args__ = (CheckConstraint("propensity > 0 AND propensity <= 1", name="propensity"),)

    participation_id: Mapped[UUID] = mapped_column(
        ForeignKey("participations.id", ondelete="CASCADE"), primary_key=True
    )
    wave_id: Mapped[UUID] = mapped_column(ForeignKey("waves.id", ondelete="CASCADE"), index=True)
    likely: Mapped[float]
    propensity: Mapped[float]
    is_exploring: Mapped[bool]
