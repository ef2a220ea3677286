"""One volunteer in one shift, and places kept for people who are still to be named."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from linli.core.db import Base, WithId
from linli.participation.rules import OPEN, GroupState, State

_IS_OPEN = text(f"state IN ({', '.join(repr(state.value) for state in sorted(OPEN))})")


class Participation(WithId):
    """`need_id` repeats the shift's, because a no counts for the whole need."""

    __tablename__ = "participations"
    __table_args__ = (
        Index(
            "uq_participations_open",
            "shift_id",
            "account_id",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        Index("ix_participations_shift_id_state", "shift_id", "state"),
        Index("ix_participations_account_id_state", "account_id", "state"),
        Index("ix_participations_account_id_reaches_at", "account_id", "reaches_at"),
        Index("ix_participations_need_id_state", "need_id", "state"),
        Index("ix_participations_state_expires_at", "state", "expires_at"),
    )

    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shifts.id", ondelete="CASCADE"))
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    state: Mapped[State]
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime | None]
    # When the question reaches them: at once, or when their quiet hours end. Nobody was asked: None.
    reaches_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    # Friends who came as one: confirmed or declined as one, given up one by one. No foreign key: it still
    # says who came with whom when the rows of the group are gone.
    group_id: Mapped[UUID | None] = mapped_column(index=True)
    # The place came out of this hold, and goes back to it as long as it runs.
    hold_id: Mapped[UUID | None] = mapped_column(ForeignKey("holds.id", ondelete="SET NULL"), index=True)
    # Since when this person knows that the organization they go to has lost its mark.
    told_unverified_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class Hold(WithId):
    """Places of a shift that count as taken until somebody is named for each, or until it ends.

    At every moment `places_taken` of a shift is the people who hold a place and what is left of its holds.
    """

    __tablename__ = "holds"
    __table_args__ = (
        CheckConstraint("places_left >= 0 AND places_left <= places", name="places_left"),
        CheckConstraint("ended_at IS NULL OR places_left = 0", name="ended_holds_nothing"),
        Index("ix_holds_ended_at_until", "ended_at", "until"),
    )

    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shifts.id", ondelete="CASCADE"), index=True)
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), index=True)
    places: Mapped[int]
    places_left: Mapped[int]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    def runs_at(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.until


class FriendGroup(WithId):
    """Two to six people who want places in one shift, all or none. Whoever has the link may say yes."""

    __tablename__ = "friend_groups"
    __table_args__ = (Index("ix_friend_groups_state_expires_at", "state", "expires_at"),)

    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shifts.id", ondelete="CASCADE"), index=True)
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    started_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    token: Mapped[str] = mapped_column(unique=True)
    size: Mapped[int]
    state: Mapped[GroupState]
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]

    def gathers_at(self, now: datetime) -> bool:
        """Whether somebody can still say yes; what has run out ends by a job a little later."""
        return self.state is GroupState.gathering and now < self.expires_at


class FriendGroupMember(Base):
    """Somebody who has said yes to going with the others."""

    __tablename__ = "friend_group_members"

    group_id: Mapped[UUID] = mapped_column(
        ForeignKey("friend_groups.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    said_yes_at: Mapped[datetime]
