"""What schemathesis needs to know of the portal: how to sign in, and to do it again where a case ended the session."""

import os

import requests
import schemathesis

PORTAL = os.environ["BASE_URL"]
LOGIN = os.environ["LOGIN"]
PASSWORD = "moydom-demo-2026"
COOKIE = "__Host-session"
DEVICE = "__Host-device"

# A device that the portal knows is not locked out by the wrong passwords that the trial tries.
known = {}


def sign_in():
    """The cookie of a new session; none where the portal has had enough of sign-ins for now."""
    body = {"identifier": LOGIN, "password": PASSWORD}
    answer = requests.post(f"{PORTAL}/api/auth/sign-in", json=body, cookies=known, timeout=30)
    if DEVICE in answer.cookies:
        known[DEVICE] = answer.cookies[DEVICE]
    return answer.cookies.get(COOKIE)


@schemathesis.auth(refresh_interval=None)
class Session:
    """A session of the demo login, as a browser holds it; begun before the trial locks the login for strangers."""

    cookie = sign_in()

    def get(self, case, context):
        if Session.cookie is None:
            Session.cookie = sign_in()
        return Session.cookie

    def set(self, case, data, context):
        if data is not None:
            case.cookies = {**(case.cookies or {}), COOKIE: data}


@schemathesis.hook
def after_call(context, case, response):
    """A case that ended the session must not end the trial; one that came without it says nothing about it."""
    sent = response.request.headers.get("Cookie", "")
    if response.status_code == 401 and Session.cookie and Session.cookie in sent:
        Session.cookie = None
