"""Reads what an organization says about somebody it registers."""

from datetime import date

from linli.accounts.forms import read_place
from linli.accounts.rules import refuse_birth_date
from linli.core.forms import Form
from linli.core.i18n import Message
from linli.rosters.actions.registering import Registration
from linli.rosters.rules import LONGEST_NAME, read_mobile


def read_registration(form: Form, *, today: date) -> Registration:
    birth_on = form.day("birth_on", required=True)
    if birth_on is not None and (refusal := refuse_birth_date(birth_on, today)):
        form.refuse("birth_on", refusal)
    if not form.flag("agree"):
        form.refuse("agree", Message("Please tick this once the person has agreed."))
    name = form.text("name", longest=LONGEST_NAME, required=True)
    mobile = read_mobile(form.text("mobile", longest=40))
    if mobile is None:
        form.refuse("mobile", Message("Please give a mobile number with 11 digits, or leave this empty."))
    division = read_place(form)
    form.check()
    assert birth_on is not None
    return Registration(name, birth_on, division or "", mobile or "")
