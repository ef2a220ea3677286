"""What people do with accounts: sign up, in and out, and change what is theirs."""

from linli.accounts.actions.account import (
    change_settings,
    choose_order,
    create_account,
    resume,
    set_password,
    withdraw_consent,
)
from linli.accounts.actions.address import confirm_address_change, request_address_change
from linli.accounts.actions.devices import end_trust, trust_device, use_trust
from linli.accounts.actions.entry import (
    ENTRY,
    accept_password,
    begin_password_try,
    confirm_entry,
    confirm_reset,
    request_code,
    request_sign_up,
    send_again,
)
from linli.accounts.actions.factor import (
    begin_factor,
    clear_factor,
    confirm_factor,
    drop_factor,
    forget_factor,
    prove_factor,
    renew_recovery_codes,
)
from linli.accounts.actions.keys import make_access_key, revoke_access_key
from linli.accounts.actions.providers import (
    CONNECTED_ELSEWHERE,
    NOT_OPEN,
    connect_identity,
    disconnect_identity,
    note_departure,
    recognise,
    take_visit,
)
from linli.accounts.actions.sessions import end_session, end_sessions, start_session

__all__ = [
    "CONNECTED_ELSEWHERE",
    "ENTRY",
    "NOT_OPEN",
    "accept_password",
    "begin_factor",
    "begin_password_try",
    "change_settings",
    "choose_order",
    "clear_factor",
    "confirm_address_change",
    "confirm_entry",
    "confirm_factor",
    "confirm_reset",
    "connect_identity",
    "create_account",
    "disconnect_identity",
    "drop_factor",
    "end_session",
    "end_sessions",
    "end_trust",
    "forget_factor",
    "make_access_key",
    "note_departure",
    "prove_factor",
    "recognise",
    "renew_recovery_codes",
    "request_address_change",
    "request_code",
    "request_sign_up",
    "resume",
    "revoke_access_key",
    "send_again",
    "set_password",
    "start_session",
    "take_visit",
    "trust_device",
    "use_trust",
    "withdraw_consent",
]
