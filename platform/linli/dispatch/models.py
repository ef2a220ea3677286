"""A team or an organization asked for several places of a shift."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from linli.core.db import WithId
from linli.dispatch.rules import OPEN_STATES, DispatchState

_IS_OPEN = text(f"state IN ({', '.join(repr(state.value) for state in sorted(OPEN_STATES))})")


class Dispatch(WithId):
    """`places` is what was asked for; what a yes keeps free, and what of it is left, stands in the hold."""

    __tablename__ = "dispatches"
    __table_args__ = (
        CheckConstraint("(team_id IS NULL) != (organization_id IS NULL)", name="one_asked"),
        CheckConstraint("places >= 1", name="places"),
        CheckConstraint("state != 'accepted' OR hold_id IS NOT NULL", name="a_yes_has_a_hold"),
        Index(
            "uq_dispatches_open_team",
            "shift_id",
            "team_id",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        Index(
            "uq_dispatches_open_organization",
            "shift_id",
            "organization_id",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        Index("ix_dispatches_state_answer_until", "state", "answer_until"),
        Index("ix_dispatches_team_id_state", "team_id", "state"),
        Index("ix_dispatches_organization_id_state", "organization_id", "state"),
    )

    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), index=True)
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shifts.id", ondelete="CASCADE"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    # The team to which an organization handed what it took on: its leaders name people too.
    handed_to_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id", ondelete="SET NULL"), index=True)
    hold_id: Mapped[UUID | None] = mapped_column(ForeignKey("holds.id", ondelete="CASCADE"), unique=True)
    places: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[DispatchState]
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    answer_until: Mapped[datetime]
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    # How many of the people named who leads was told of: who come, and who do not.
    told_coming: Mapped[int] = mapped_column(default=0)
    told_gone: Mapped[int] = mapped_column(default=0)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def team_to_name(self) -> UUID | None:
        """The team whose people are named, where it is one."""
        return self.team_id or self.handed_to_id
