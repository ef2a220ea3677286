"""The first tables, each after those it points at; what they hold stands in `first_tables`."""

from alembic import op

from linli.migrations.first_tables import (
    accounts,
    core,
    needs,
    notifications,
    organizations,
    participation,
    suggestions,
    volunteers,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = {
    "accounts": accounts.create_accounts,
    "answer_limits": needs.create_answer_limits,
    "audit_entries": core.create_audit_entries,
    "job_leases": core.create_job_leases,
    "outbox_messages": notifications.create_outbox_messages,
    "wrong_tries": accounts.create_wrong_tries,
    "consents": accounts.create_consents,
    "idempotency_keys": accounts.create_idempotency_keys,
    "notices": notifications.create_notices,
    "one_time_codes": accounts.create_one_time_codes,
    "organizations": organizations.create_organizations,
    "sessions": accounts.create_sessions,
    "volunteer_profiles": volunteers.create_volunteer_profiles,
    "memberships": organizations.create_memberships,
    "needs": needs.create_needs,
    "volunteer_credentials": volunteers.create_volunteer_credentials,
    "volunteer_fields": volunteers.create_volunteer_fields,
    "volunteer_languages": volunteers.create_volunteer_languages,
    "volunteer_skills": volunteers.create_volunteer_skills,
    "need_credentials": needs.create_need_credentials,
    "need_languages": needs.create_need_languages,
    "need_skills": needs.create_need_skills,
    "shifts": needs.create_shifts,
    "participations": participation.create_participations,
    "suggestion_runs": suggestions.create_suggestion_runs,
    "suggestions": suggestions.create_suggestions,
}


def upgrade() -> None:
    for create in TABLES.values():
        create()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
