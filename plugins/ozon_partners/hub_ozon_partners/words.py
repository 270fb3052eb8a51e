"""What a seller reads beside the partners' prices, in Russian, Chinese and English."""

from __future__ import annotations

_WORDS = {
    "estimate": ("партнёр Ozon, оценка", "Ozon 合作物流，估价", "Ozon partner, estimate"),
    "dated": ("тарифы от {date}", "{date} 的价格", "prices of {date}"),
    "old": (
        "тарифы от {date}, им {days} дн.: сверьте с Ozon",
        "{date} 的价格，已有 {days} 天：请与 Ozon 核对",
        "prices of {date}, {days} days old: compare them with Ozon's",
    ),
    "by_volume": (
        "оплата по объёмному весу {grams} г",
        "按体积重 {grams} 克计费",
        "billed by volume: {grams} g",
    ),
    "converted": ("товары оценены в {value}", "货值按 {value} 计", "the goods count as {value}"),
    "no_country": (
        "страна покупателя неизвестна, взята Россия",
        "买家国家未知，按俄罗斯计",
        "the buyer's country is not known: taken as Russia",
    ),
    "no_value": (
        "тарифы зависят от стоимости товаров, а она неизвестна: цен нет или они в разных валютах",
        "价格取决于货值，而货值未知：商品没有价格，或币种不一",
        "the prices depend on the goods' value, which is not known: no price, or several currencies",
    ),
    "no_rate": (
        "тарифы зависят от стоимости товаров в {wanted}, а она в {currency}, и курса нет: добавьте его "
        "в rates",
        "价格取决于以 {wanted} 计的货值，而货值为 {currency}，没有汇率：请在 rates 中添加",
        "the prices depend on the goods' value in {wanted}; it is in {currency}, and there is no rate: "
        "add it to rates",
    ),
}
_LANGUAGES = ("ru", "zh", "en")


def say(code: str, language: str, **values: object) -> str:
    """The sentence of a code; in English where the language is none of the three."""
    column = _LANGUAGES.index(language) if language in _LANGUAGES else 2
    return _WORDS[code][column].format(**values)
