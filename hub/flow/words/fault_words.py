"""What is wrong with a value that a plugin gave: in Russian, Chinese and English, in this order."""

from __future__ import annotations

from hub.flow.words.wording import Wording

FAULTS: dict[str, Wording] = {
    "no_zone": (
        "у времени в поле {place} нет часового пояса",
        "字段 {place} 的时间没有时区",
        "{place} has no time zone",
    ),
    "no_time": (
        "время не прочитано",
        "时间无法读取",
        "its time cannot be read",
    ),
    "wrong_type": (
        "[в поле {place} ]данные другого вида[: {found}]",
        "[字段 {place} ]的数据类型不对[：{found}]",
        "[{place} ]is of another type[: {found}]",
    ),
    "no_number": (
        "в поле {place} не число",
        "字段 {place} 不是有效数字",
        "{place} is no finite number",
    ),
    "out_of_range": (
        "в поле {place} недопустимое значение",
        "字段 {place} 的值超出允许范围",
        "{place} is out of range",
    ),
    "too_long": (
        "поле {place} слишком длинное",
        "字段 {place} 过长",
        "{place} is too long",
    ),
    "no_text": (
        "в поле {place} недопустимые знаки",
        "字段 {place} 含有无效字符",
        "{place} has characters that are no text",
    ),
    "another_number": (
        "плагин прочитал номер другого отправления",
        "插件读出的是另一个货件的编号",
        "the plugin read the number of another posting",
    ),
    "raised": (
        "плагин не смог это разобрать[, поле {place}][: {found}]",
        "插件无法解析[，字段 {place}][：{found}]",
        "the plugin could not read it[, at {place}][: {found}]",
    ),
}
"""`hub.answers.Fault.code` to words: ``place`` is the field, ``found`` the name of a type or of an error."""
