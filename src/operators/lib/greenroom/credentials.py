"""Google's credentials of the machine or the step."""

from __future__ import annotations

from typing import Any

from greenroom.problem import Problem

HELP = (
    "put the key of a service account into .greenroom/secrets.env as GCP_KEY='{…}', and give the step "
    "secrets: [gcp_key] and env: {GOOGLE_APPLICATION_CREDENTIALS: /run/secrets/GCP_KEY}"
)


def find_credentials(what: str, scope: str) -> Any:
    """Tried at once: a client would try bad ones for minutes. `what` they are for."""
    import google.auth
    from google.auth.exceptions import GoogleAuthError
    from google.auth.transport.requests import Request

    try:
        found, _ = google.auth.default(scopes=[scope])
        found.refresh(Request())
        return found
    except GoogleAuthError as error:
        raise Problem(f"there are no valid credentials for {what}: {str(error).splitlines()[0]}", HELP) from error
