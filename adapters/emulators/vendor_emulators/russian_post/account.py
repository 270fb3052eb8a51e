"""The sender: own hand-in points, contract, settings, balance."""

import msgspec

from vendor_emulators.russian_post.errors import Json
from vendor_emulators.russian_post.places import City, city_of, office_of
from vendor_emulators.russian_post.products import products

DEFAULT_POINTS = ("109012", "142300", "190000", "630000")


class Account(msgspec.Struct, kw_only=True):
    """``balance``: kopecks; ``discount_percent``: of the contract, off the list price of the carriage."""

    postcodes: list[str]
    discount_percent: int = 5
    balance: int = 5_000_000
    cod_allowed: bool = True
    easy_return: bool = True

    @property
    def points(self) -> dict[str, City]:
        """Own shipping points and their cities, in the order of the contract."""
        return {code: city for code in self.postcodes if (city := city_of(code)) is not None}

    def shipping_points(self) -> list[Json]:
        """``GET /1.0/user-shipping-points`` (shape: live 2026-08)."""
        return [self._point(code, index == 0) for index, code in enumerate(self.points)]

    def settings(self) -> Json:
        """``GET /1.0/settings``: the part of the hundred fields that a sender reads."""
        points = self.shipping_points()
        off = (
            "account-admin",
            "account-declaration-enabled",
            "account-erl-enabled",
            "account-esignature-enabled",
            "blocked",
            "cargo",
            "erl-enabled",
            "esignature-agreement-accepted",
            "esignature-enabled",
            "fulfillment-enabled",
            "hyper-local-delivery",
            "is-cargo",
            "is-cod-lending",
            "online-balance-enabled",
            "print-from-backlog",
            "raw_tel_address_enabled",
            "tel-address-custom-cleaning",
            "use-branch-name",
            "use-person-code",
            "zoo-simple",
        )
        on = ("address-book-enabled", "address-change-enabled", "api_enabled", "declaration-enabled")
        return {
            **dict.fromkeys(off, False),
            **dict.fromkeys(on, True),
            "agreement-kind": "CONTRACT",
            "agreement-number": "000000",
            "delivery_with-cod_enabled": self.cod_allowed,
            "direct-addition-to-batch-enabled": True,
            "easy-return": self.easy_return,
            "hid": "00000000-0000-4000-8000-000000000000",
            "mail-rank": "WO_RANK",
            "mmo-enabled": True,
            "mmo-auto-enabled": True,
            "org-name": "ООО Пример",
            "postal-groups": ["PARCELS"],
            "regions": ["77"],
            "report-version": 0,
            "shipping-points": points,
            "available-shipping-points": points,
            "show-returns": True,
        }

    def _point(self, code: str, main: bool) -> Json:
        office = office_of(code)
        assert office is not None
        pairs = products()
        types = sorted({pair["mail-type"] for pair in pairs})
        return {
            "additional-operator-postcode": "800000",
            "additional-operator-postcodes": ["800000"],
            "available-additional-operator-postcodes": ["111712", "115742"],
            "available-mail-types": types,
            "available-products": pairs,
            "courier-call": False,
            "enabled": True,
            "is-agreement": main,
            "operator-postcode": code,
            "ops-address": f"{office.street}, г {office.city.name}",
            "pre-postal-preparation": True,
            "return-address-type": "SENDER_ADDRESS",
            "temporary": False,
            "user-available-mail-types": types,
            "user-available-products": pairs,
            "user-return-address": {"manual-address-input": False},
            "vsd-enabled": True,
        }
