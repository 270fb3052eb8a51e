"""Who may ask, and how often: Otpravka's two headers and daily quota."""

import base64
from collections.abc import Callable
from datetime import date, datetime, timedelta

from vendor_emulators.russian_post.errors import refuse
from vendor_emulators.wire import Refusal, Request, json_response

LIMIT_PATH = "/1.0/settings/limit"
_MOSCOW = timedelta(hours=3)


def moscow_day(now: datetime) -> date:
    """Quotas begin anew at midnight in Moscow."""
    return (now + _MOSCOW).date()


class DailyCount:
    """Calls of a Moscow day against an allowance."""

    def __init__(self, allowed: int, now: Callable[[], datetime]) -> None:
        self.allowed = allowed
        self._now = now
        self._day: date | None = None
        self._count = 0

    @property
    def current(self) -> int:
        return self._count if self._day == moscow_day(self._now()) else 0

    def add(self) -> bool:
        """Count a call; False (and not counted) where the day's allowance is used up."""
        count = self.current
        if count >= self.allowed:
            return False
        self._day, self._count = moscow_day(self._now()), count + 1
        return True


class Access:
    """One account. ``blocked`` refuses it whatever it shows."""

    def __init__(
        self, token: str, login: str, password: str, allowed: int, now: Callable[[], datetime]
    ) -> None:
        self.token, self.login, self.password = token, login, password
        self.blocked = False
        self.quota = DailyCount(allowed, now)

    def check(self, request: Request) -> None:
        """Both headers must fit, then the quota. Raises Refusal."""
        if self.blocked or not (self._token_fits(request) and self._key_fits(request)):
            desc = "Ошибка авторизации пользователя: invalid_grant"
            raise refuse("ILLEGAL_CREDENTIALS", desc, status=401)
        # The meter itself stays readable when it stands at its end.
        if not self.quota.add() and request.path != LIMIT_PATH:
            message = "Превышен лимит количества запросов"
            raise Refusal(json_response({"status": "ERROR", "message": message}, 429))

    def _token_fits(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"AccessToken {self.token}"

    def _key_fits(self, request: Request) -> bool:
        key = base64.b64encode(f"{self.login}:{self.password}".encode()).decode()
        return request.headers.get("x-user-authorization") == f"Basic {key}"
