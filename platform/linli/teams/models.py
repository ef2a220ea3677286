"""Service teams and who belongs to them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from linli.core.db import Base, WithId
from linli.teams.rules import PUBLIC_STATES, MemberState, TeamRole, TeamState

_IS_OPEN = text("state IN ('asked', 'invited', 'member')")
_LEADS = text("state = 'member' AND role = 'leader'")


class Team(WithId):
    """Of an organization, or a community group whose committee answers for it."""

    __tablename__ = "teams"
    __table_args__ = (
        CheckConstraint("(organization_id IS NULL) != (committee_id IS NULL)", name="one_home"),
        CheckConstraint("parent_id != id", name="not_its_own_parent"),
        CheckConstraint("length(availability) = 21", name="availability"),
        Index("ix_teams_state_division", "state", "division"),
    )

    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    committee_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"), index=True)
    state: Mapped[TeamState]
    name: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    division: Mapped[str]
    availability: Mapped[str] = mapped_column(default="?" * 21)
    # Shown to the leader as a link and a QR code, and worth nothing once renewed.
    join_token: Mapped[str] = mapped_column(unique=True)
    proposed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    # Why the committee declined, or took its agreement back.
    reason: Mapped[str] = mapped_column(default="")
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    # A change is seen by whoever keeps suggestions.
    changed_at: Mapped[datetime] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def home_id(self) -> UUID:
        """The organization that answers for the team."""
        home_id = self.organization_id or self.committee_id
        assert home_id is not None  # the constraint one_home
        return home_id

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC_STATES

    @property
    def is_agreed(self) -> bool:
        return self.state is TeamState.agreed


class TeamField(Base):
    __tablename__ = "team_fields"
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True)
    field_id: Mapped[str] = mapped_column(primary_key=True)


class TeamMember(WithId):
    """One person's time in one team: asked or invited, then a member, until they leave.

    `consent_version` is the sentence about name and phone that was agreed to, at `since`; leaving ends it.
    """

    __tablename__ = "team_members"
    __table_args__ = (
        Index(
            "uq_team_members_open",
            "account_id",
            "team_id",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        Index("uq_team_members_leader", "team_id", unique=True, sqlite_where=_LEADS, postgresql_where=_LEADS),
        Index("ix_team_members_team_id_state", "team_id", "state"),
        # The unique one holds open seats only, and a database uses such an index where it is told the states.
        Index("ix_team_members_account_id_state", "account_id", "state"),
    )

    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    role: Mapped[TeamRole] = mapped_column(default=TeamRole.member)
    state: Mapped[MemberState]
    consent_version: Mapped[str | None]
    asked_at: Mapped[datetime]
    since: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    # How often the member made a new link to the team's calendar: the earlier ones open nothing any more.
    calendar_link: Mapped[int] = mapped_column(default=0, server_default="0")

    @property
    def is_member(self) -> bool:
        return self.state is MemberState.member
