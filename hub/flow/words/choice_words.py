"""Sentences about the choice of a carrier in Russian, Chinese and English, by code.

The rules of writing are those of `hub.flow.words.wording`.
"""

from __future__ import annotations

from hub.flow.words.wording import Wording

CHOICES: dict[str, Wording] = {
    "cheapest_in_time": (
        "самое дешёвое предложение, которое успевает к сроку[, из {rivals}]"
        "[: будет {arrives}, срок {deadline}]",
        "可按时送达的最低价[（共 {rivals} 个报价）][：{arrives} 送达，期限 {deadline}]",
        "the cheapest offer that arrives in time[, of {rivals}][: there by {arrives}, due by {deadline}]",
    ),
    "cheapest_without_margin": (
        "самое дешёвое предложение, которое успевает к сроку, но с меньшим запасом, чем задан[, из {rivals}]"
        "[: будет {arrives}, срок {deadline}]",
        "可按时送达的最低价，但余量小于设定[（共 {rivals} 个报价）][：{arrives} 送达，期限 {deadline}]",
        "the cheapest offer that arrives in time, with less to spare than wanted[, of {rivals}]"
        "[: there by {arrives}, due by {deadline}]",
    ),
    "cheapest_without_days": (
        "самое дешёвое предложение без обещанного дня; ни одно не успевает наверняка[ к {deadline}]",
        "未承诺送达日期的报价中最便宜的；没有报价能确保[在 {deadline} 前]送达",
        "the cheapest offer that promises no day; none is sure to arrive[ by {deadline}]",
    ),
    "cheapest_late": (
        "самое дешёвое предложение; ни одно не успевает[ к {deadline}][, это будет {arrives}]",
        "最低价；没有报价能[在 {deadline} 前]按时送达[，此报价 {arrives} 送达]",
        "the cheapest offer; none arrives in time[, due by {deadline}][, this one is there by {arrives}]",
    ),
    "cheapest": (
        "самое дешёвое предложение[, из {rivals}][, будет {arrives}]",
        "最低价[（共 {rivals} 个报价）][，{arrives} 送达]",
        "the cheapest offer[, of {rivals}][, there by {arrives}]",
    ),
    "fastest": (
        "самое быстрое предложение[, из {rivals}][: будет {arrives}]",
        "最快的报价[（共 {rivals} 个报价）][：{arrives} 送达]",
        "the fastest offer[, of {rivals}][: there by {arrives}]",
    ),
    "best_value": (
        "наименьшая сумма цены и ожидаемых потерь[, из {rivals}]"
        "[: {value}, из них {late_cost} за {days_late} дн. опоздания][ и {loss_cost} на случай утраты]",
        "价格加预期损失的总和最低[（共 {rivals} 个报价）]"
        "[：{value}，其中预计延误 {days_late} 天损失 {late_cost}][，丢失风险 {loss_cost}]",
        "the least in price and expected loss[, of {rivals}]"
        "[: {value}, {late_cost} of it for {days_late} days late][ and {loss_cost} for loss]",
    ),
    "only": (
        "единственное предложение, которое можно выбрать[: будет {arrives}, срок {deadline}]",
        "唯一可选的报价[：{arrives} 送达，期限 {deadline}]",
        "the only offer[: there by {arrives}, due by {deadline}]",
    ),
    "ordered": ("так велел человек", "由人工指定", "a person ordered it"),
    "plugin": ("выбрал плагин[ {plugin}]", "由插件[ {plugin} ]选择", "chosen by the plugin[ {plugin}]"),
    "fixed": (
        "перевозчика назначает маркетплейс[: {provider}]",
        "由平台指定[：{provider}]",
        "fixed by the marketplace[: {provider}]",
    ),
}

AFTERTHOUGHTS: dict[str, Wording] = {
    "dearer": (
        "{next_carrier}[, {next_service}]: дороже на {next_more}[, будет {next_arrives}]",
        "{next_carrier}[，{next_service}]：贵 {next_more}[，{next_arrives} 送达]",
        "{next_carrier}[, {next_service}]: {next_more} more[, there by {next_arrives}]",
    ),
    "cheaper": (
        "{next_carrier}[, {next_service}]: дешевле на {next_more}[, но будет {next_arrives}]",
        "{next_carrier}[，{next_service}]：便宜 {next_more}[，但 {next_arrives} 送达]",
        "{next_carrier}[, {next_service}]: {next_more} less[, but there by {next_arrives}]",
    ),
    "list_price": (
        "цена по договору вместо {list_price}",
        "合同价，公布价为 {list_price}",
        "the contract's price instead of {list_price}",
    ),
    "converted": (
        "это {cost} по курсу от {rate_date}",
        "按 {rate_date} 汇率为 {cost}",
        "that is {cost} at the rate of {rate_date}",
    ),
    "record": (
        "по истории {parcels} посылок",
        "依据 {parcels} 个包裹的记录",
        "from the record of {parcels} parcels",
    ),
    "assumed": (
        "посылок для суждения мало: опоздания приняты как у любого перевозчика",
        "包裹太少，无法判断：延误按一般承运商估计",
        "too few parcels for a verdict: lateness is assumed as for any carrier",
    ),
    "rule": ("правило «{rule}»", "规则“{rule}”", "by the rule “{rule}”"),
}

MISSING: dict[str, Wording] = {
    "said": ("{message}", "{message}", "{message}"),
    "fixed": (
        "перевозчика назначает {marketplace}[: {provider}]",
        "由 {marketplace} 指定[：{provider}]",
        "fixed by {marketplace}[: {provider}]",
    ),
    "one_box": (
        "берёт по одному месту в заказе, а здесь мест {boxes}",
        "每单只收一件，本单共 {boxes} 件",
        "it takes one box an order, and this is {boxes}",
    ),
    "not_served": (
        "ничего не предлагает для таких мест по этому адресу",
        "对这些包裹和该地址没有报价",
        "it offers nothing for these boxes and this address",
    ),
    "no_quotes_at_all": (
        "ответил не предложениями; ответ отброшен целиком",
        "答复不是报价；已全部忽略",
        "it answered with something that is no quote; all of it was dropped",
    ),
    "too_many_quotes": (
        "прислал предложений: {count}, больше {most} не бывает; ответ отброшен целиком",
        "给出 {count} 个报价，超过 {most} 个不可信；已全部忽略",
        "it sent {count} quotes, and nobody has more than {most}; all of it was dropped",
    ),
    "no_price": (
        "цена «{offer}» — не деньги; ответ отброшен целиком",
        "“{offer}”的价格不是金额；答复已全部忽略",
        "the price of “{offer}” is no sum of money; all of its answer was dropped",
    ),
    "negative_price": (
        "отрицательная цена «{offer}»: {price}; ответ отброшен целиком",
        "“{offer}”的价格为负：{price}；答复已全部忽略",
        "a negative price, {price} for “{offer}”; all of its answer was dropped",
    ),
    "odd_days": (
        "невозможный срок «{offer}», дней: {days}; ответ отброшен целиком",
        "“{offer}”的时效不可能：{days} 天；答复已全部忽略",
        "impossible days, {days} for “{offer}”; all of its answer was dropped",
    ),
    "currency": (
        "цены в {currency}, а курса к {wanted} нет: добавьте его в rates",
        "报价币种为 {currency}，没有兑 {wanted} 的汇率：请在 rates 中添加",
        "its prices are in {currency}, and there is no rate to {wanted}: add it to rates",
    ),
    "no_rate": (
        "стоимость товаров в {given}, он принимает её в {wanted}, а курса нет: "
        "укажите в rates, сколько {base} стоит 1 {lacks}",
        "货值币种为 {given}，承运商按 {wanted} 申报，缺少汇率：请在 rates 中写明 1 {lacks} 等于多少 {base}",
        "the goods' value is in {given}, it takes the value in {wanted}, and there is no rate: "
        "say in rates what 1 {lacks} is in {base}",
    ),
    "calls_kept": (
        "сегодня использовано вызовов: {used} из {allowed}, остальные оставлены для заказов и сдачи посылок",
        "今日 {allowed} 次调用已用 {used} 次，其余留给下单和交接",
        "{used} of its {allowed} calls of today are used, and the rest is kept for bookings and hand-overs",
    ),
    "by_rule": (
        "не разрешён правилом «{rule}»",
        "规则“{rule}”不允许",
        "the rule “{rule}” leaves it out",
    ),
    "refused_before": (
        "уже отказал в этой отправке",
        "已拒绝过该货件",
        "it refused this posting before",
    ),
    "only_estimate": (
        "только оценка: по такой цене хаб сам не заказывает",
        "仅为估价：系统不会自动按此下单",
        "only an estimate: the hub does not book it by itself",
    ),
    "not_ordered": (
        "человек велел выбрать другое",
        "人工已指定其他选项",
        "a person ordered another",
    ),
    "no_carriers": (
        "у продавца не включён ни один перевозчик с рабочим аккаунтом",
        "卖家没有启用任何可用的承运商账户",
        "no carrier with a working account is on for the seller",
    ),
}
