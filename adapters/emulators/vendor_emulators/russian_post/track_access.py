"""Tracking's own login, unrelated to Otpravka's."""

import msgspec


class TrackAccess(msgspec.Struct):
    """``blocked`` refuses the login whatever is shown."""

    login: str
    password: str
    blocked: bool = False

    def fits(self, login: str, password: str) -> bool:
        return not self.blocked and (login, password) == (self.login, self.password)
