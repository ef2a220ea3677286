"""The rows of dispatch in the table of rights."""

from typing import TypeVar

R = TypeVar("R")
ASKED = ("team/{team_id}", "organization/{asked_id}")


def dispatch_routes(*, desk: R, asks: R, leads: R, belongs: R, asks_any_team: R, anyone: R) -> dict[str, R]:
    """Who acts for the need, asks for it, leads the team asked, belongs to it, posts needs; and everybody."""
    asking = {
        f"{method} /needs/{{need_id}}/dispatch/{asked}" for method in ("GET", "POST") for asked in ASKED
    }
    steps = ("accept", "decline", "name", "release", "hand-on")
    return {
        **dict.fromkeys(asking, asks),
        "GET /needs/{need_id}/dispatch": desk,
        "GET /organizations/{organization_id}/dispatch": desk,
        "POST /dispatch/{dispatch_id}/withdraw": desk,
        "GET /dispatch/{dispatch_id}": leads,
        **{f"POST /dispatch/{{dispatch_id}}/{step}": leads for step in steps},
        "GET /teams/{team_id}/dispatch": leads,
        "GET /teams/{team_id}/calendar": belongs,
        "GET /teams/{team_id}/ask-for-help": asks_any_team,
        "GET /team-calendar/{feed}": anyone,
    }
