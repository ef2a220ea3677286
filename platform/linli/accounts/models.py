"""Who can sign in, and how they prove it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from linli.accounts.rules import Address, AddressKind, CodePurpose, ConsentPurpose
from linli.core.db import Base, WithId
from linli.notifications.rules import USUAL_QUIET_HOURS, QuietHours


class Account(WithId):
    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("email IS NOT NULL OR mobile IS NOT NULL OR is_managed", name="has_an_address"),
        CheckConstraint(
            "quiet_from_hour BETWEEN 0 AND 23 AND quiet_until_hour BETWEEN 0 AND 23", name="quiet_hours"
        ),
    )

    name: Mapped[str]
    birth_on: Mapped[date]
    email: Mapped[str | None] = mapped_column(unique=True)
    mobile: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="zh")
    large_text: Mapped[bool] = mapped_column(default=False)
    personalised: Mapped[bool] = mapped_column(default=True)
    quiet_from_hour: Mapped[int] = mapped_column(
        default=USUAL_QUIET_HOURS.from_hour, server_default=str(USUAL_QUIET_HOURS.from_hour)
    )
    quiet_until_hour: Mapped[int] = mapped_column(
        default=USUAL_QUIET_HOURS.until_hour, server_default=str(USUAL_QUIET_HOURS.until_hour)
    )
    # The unpadded division code; its length says the level (docs/adr).
    division: Mapped[str | None] = mapped_column(index=True)
    is_sample: Mapped[bool] = mapped_column(default=False)
    # Registered by an organization on the person's behalf: may be without an address, and cannot sign in.
    is_managed: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Consent was withdrawn (PIPL art. 15): kept, and used for nothing until it is given again.
    stopped_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def quiet_hours(self) -> QuietHours:
        """When no question reaches this person."""
        return QuietHours(self.quiet_from_hour, self.quiet_until_hour)

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Where this person can be reached; one or two."""
        known = ((AddressKind.mobile, self.mobile), (AddressKind.email, self.email))
        return tuple(Address(kind, value) for kind, value in known if value)


class SignInSession(WithId):
    """One device signed in. The cookie holds the token, the table only its hash."""

    __tablename__ = "sessions"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    device: Mapped[str]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    # When the second factor was proven for it. Without that a session carries no role.
    factor_at: Mapped[datetime | None]


class SecondFactor(Base):
    """The app that shows six digits. `secret` is sealed; `new_secret` waits for its first code."""

    __tablename__ = "second_factors"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    # The latest step of 30 seconds whose code was used: no code works twice.
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    new_secret: Mapped[str | None]
    new_since: Mapped[datetime | None] = mapped_column(index=True)


class RecoveryCode(WithId):
    """One of ten codes on paper, each for once, for the day when the phone is gone."""

    __tablename__ = "recovery_codes"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class TrustedDevice(WithId):
    """A browser that is not asked for the second factor until `expires_at`."""

    __tablename__ = "trusted_devices"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    device: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ApiToken(WithId):
    """An access key: a program acts with it in somebody's name, within `scopes`. Only its hash is kept."""

    __tablename__ = "api_tokens"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]


class OneTimeCode(WithId):
    """A code sent to an address: short-lived, used once, its tries counted. `pending` waits for it."""

    __tablename__ = "one_time_codes"
    __table_args__ = (
        Index("ix_one_time_codes_address_hash_created_at", "address_hash", "created_at"),
        Index("ix_one_time_codes_network_hash_created_at", "network_hash", "created_at"),
    )

    purpose: Mapped[CodePurpose]
    address_hash: Mapped[str]
    network_hash: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str]
    pending: Mapped[dict[str, Any] | None]
    wrong_tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class Identity(WithId):
    """An account elsewhere that opens this one: the provider's name for the person, never an address."""

    __tablename__ = "identities"
    __table_args__ = (
        Index("uq_identities_issuer_subject", "issuer", "subject", unique=True),
        Index("uq_identities_account_id_issuer", "account_id", "issuer", unique=True),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    issuer: Mapped[str]
    subject: Mapped[str]
    name: Mapped[str]
    linked_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ProviderVisit(WithId):
    """A browser is at a provider, or has come back with an identity that no account here has yet."""

    __tablename__ = "provider_visits"

    provider_id: Mapped[str]
    state_hash: Mapped[str] = mapped_column(unique=True)
    # The same browser must come back: a link that somebody else prepared opens nothing.
    browser_hash: Mapped[str] = mapped_column(index=True)
    nonce: Mapped[str]
    code_verifier: Mapped[str]
    code_hash: Mapped[str | None] = mapped_column(unique=True)
    go_on: Mapped[str]
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    name: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    connected_at: Mapped[datetime | None]


class WrongTry(WithId):
    """A failed proof for an account, or for an address without one; counted for a quarter of an hour."""

    __tablename__ = "wrong_tries"
    __table_args__ = (Index("ix_wrong_tries_key_hash_at", "key_hash", "at"),)

    key_hash: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class Consent(WithId):
    """Given or withdrawn, for one purpose and one version of the text; rows are only ever added."""

    __tablename__ = "consents"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[ConsentPurpose]
    text_version: Mapped[str]
    given: Mapped[bool]
    at: Mapped[datetime]


class IdempotencyKey(Base):
    """The answer given to a key, so that a double click gives it again instead of doing it again."""

    __tablename__ = "idempotency_keys"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(index=True)
