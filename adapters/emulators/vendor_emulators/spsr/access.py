"""One client: login, password, contract number (ICN), and the sessions that logins opened."""

import re
import time
from random import Random

from vendor_emulators.spsr.documents import Answer, Question, Refused, add, answer
from vendor_emulators.wire import Request

# Not known of the real service. Real seconds: a client measures with its own clock.
LIFE_SECONDS = 1200.0


class Access:
    """Who may come in."""

    def __init__(self, random: Random, login: str, password: str, contract: str) -> None:
        self._random = random
        self.login = login
        self.password = password
        self.contract = contract
        self.blocked = False
        self.issued = 0
        self._sessions: dict[str, float] = {}

    def log_in(self, question: Question) -> Answer:
        """WALogin."""
        given = question.element("Login")
        if given.get("Login") != self.login or given.get("Pass") != self.password:
            raise Refused(1004)
        if self.blocked:
            raise Refused(1005)
        sid = f"{self._random.getrandbits(160):040X}"
        self._sessions[sid] = time.monotonic() + LIFE_SECONDS
        self.issued += 1
        root = answer(question.namespace)
        add(root, "Login", {"SID": sid})
        return root

    def log_out(self, question: Question) -> Answer:
        """WALogout."""
        given = question.element("Logout")
        self._check_session(given.get("SID"))
        del self._sessions[given.get("SID")]
        root = answer(question.namespace)
        add(root, "Logout", {"RC": "0"})
        return root

    def check(self, question: Question) -> None:
        """The session in ``Login@SID``. Raises Refused(1006)."""
        self._check_session(question.element("Login").get("SID"))

    def check_contract(self, contract: str | None) -> None:
        """Raises Refused(1010) for no contract number and 1007 for another client's."""
        if not contract or not re.fullmatch(r"[0-9]{10}", contract):
            raise Refused(1010)
        if contract != self.contract:
            raise Refused(1007)

    def expire_all(self) -> int:
        """End every session now; returns how many lived."""
        lived = len(self._sessions)
        self._sessions.clear()
        return lived

    def _check_session(self, sid: str | None) -> None:
        until = self._sessions.get(sid or "")
        if until is None or until <= time.monotonic():
            self._sessions.pop(sid or "", None)
            raise Refused(1006)
        assert sid is not None
        self._sessions[sid] = time.monotonic() + LIFE_SECONDS


_SECRET = re.compile(rb"""(\b(?:Pass|SID)\s*=\s*)("[^"]*"|'[^']*')""")
_IN_QUERY = re.compile(r"(^|&)(SID=)[^&]*")
HIDDEN = "*" * 40
"""As long as a session id, so that a logged request still fits the schema."""


def hide_secrets(request: Request) -> None:
    """The log keeps this request, and neither a password nor a session has any business there."""
    request.body = _SECRET.sub(rb'\1"' + HIDDEN.encode() + b'"', request.body)
    request.query_string = _IN_QUERY.sub(rf"\1\2{HIDDEN}", request.query_string)
