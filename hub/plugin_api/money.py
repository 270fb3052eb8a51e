"""Amounts of money. `hub.plugin_api.models` has the name too."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

import msgspec

from hub.plugin_api.currencies import known_as

NO_MONEY = "no_money"
"""The code of a `hub.plugin_api.errors.BadReply` for an answer whose price is no sum of money: asking again
does not fix it, so a person hears at once."""
_MOST_DIGITS = 14  # before the point, less one: hundredths fit a 64-bit integer, and so do their sums


class NotMoney(ValueError):
    """An amount that is no finite number, or a larger one than the store can hold."""


class Money(msgspec.Struct, frozen=True, order=False):
    """An amount in a currency (ISO 4217, upper case), with two decimals; in JSON the amount is a string."""

    amount: Decimal
    """A finite decimal number; `Money.of` makes one of two decimals."""
    currency: str
    """ISO 4217, upper case."""

    def __post_init__(self) -> None:
        """An amount is a finite number, and no larger than the store can hold: anything else is an error of
        whoever sent it. Raises NotMoney.

        An amount of another type, a float, is left to whoever reads a plugin's answer (`usable`): that names
        the field and the type."""
        if not isinstance(self.amount, Decimal):  # msgspec does not check what code puts into a struct
            return
        if not self.amount.is_finite() or self.amount.adjusted() > _MOST_DIGITS:
            raise NotMoney("an amount of money must be a finite number of at most 15 digits")

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str) -> Money:
        """Rounded once, half up, to hundredths: call it at the plugin's border. ``currency`` may be a popular
        name, RUR for RUB. Raises NotMoney."""
        try:
            rounded = Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)
        except InvalidOperation as error:
            raise NotMoney("an amount of money must be a finite number of at most 15 digits") from error
        return cls(rounded, known_as(currency))

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> Money:
        """From hundredths, as the store keeps them."""
        return cls(Decimal(minor).scaleb(-2), currency)

    @property
    def minor(self) -> int:
        """Integer hundredths."""
        return int(self.amount.scaleb(2).to_integral_value(ROUND_HALF_UP))

    def __str__(self) -> str:
        return f"{self.amount:.2f} {self.currency}"
