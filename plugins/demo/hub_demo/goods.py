"""What the shop of the demonstration sells, and where its buyers live. All of it is made up."""

from __future__ import annotations

from decimal import Decimal

import msgspec


class Good(msgspec.Struct, frozen=True):
    """A product: grams, millimetres, roubles, and its shelf in the store room."""

    offer_id: str
    sku: int
    ru: str
    en: str
    zh: str
    weight_g: int
    size_mm: tuple[int, int, int]
    price: Decimal
    place: str


class Town(msgspec.Struct, frozen=True):
    """Where a buyer lives."""

    city: str
    region: str
    zip_code: str


GOODS = (
    Good("TEA-250", 610001, "Чай улун «Железная Гуаньинь», 250 г", "Tieguanyin oolong tea, 250 g",
         "安溪铁观音乌龙茶 250克", 290, (180, 110, 60), Decimal(890), "A-01"),
    Good("CUP-4", 610002, "Набор пиал, 4 шт.", "Set of four tea bowls", "陶瓷茶杯四件套",
         820, (220, 220, 90), Decimal(1490), "A-02"),
    Good("LAMP-S", 610003, "Настольная лампа складная", "Folding desk lamp", "折叠式台灯",
         640, (310, 120, 70), Decimal(1990), "A-05"),
    Good("CASE-12", 610004, "Чехол для телефона, синий", "Phone case, blue", "蓝色手机壳",
         70, (170, 90, 20), Decimal(390), "B-01"),
    Good("CABLE-2", 610005, "Кабель USB-C, 2 м", "USB-C cable, 2 m", "USB-C数据线 2米",
         60, (150, 90, 25), Decimal(450), "B-02"),
    Good("SCARF-R", 610006, "Шёлковый платок с пионами", "Silk scarf with peonies", "牡丹真丝围巾",
         120, (240, 180, 30), Decimal(2390), "B-07"),
    Good("PUZZLE-1K", 610007, "Пазл «Озеро Сиху», 1000 деталей", "Puzzle “West Lake”, 1000 pieces",
         "西湖拼图 1000片", 710, (340, 240, 60), Decimal(990), "C-03"),
    Good("MOUSE-W", 610008, "Мышь беспроводная", "Wireless mouse", "无线鼠标",
         130, (140, 90, 55), Decimal(1190), "C-04"),
    Good("BRUSH-5", 610009, "Кисти для каллиграфии, 5 шт.", "Calligraphy brushes, set of five",
         "书法毛笔五支装", 160, (290, 80, 40), Decimal(760), "C-08"),
    Good("PANDA-30", 610010, "Мягкая игрушка «Панда», 30 см", "Plush panda, 30 cm", "毛绒大熊猫 30厘米",
         380, (300, 220, 180), Decimal(1290), "D-01"),
)  # fmt: skip

GLASS = Good("GLASS-6", 610011, "Бокалы из тонкого стекла, 6 шт.", "Thin glasses, set of six",
             "薄壁玻璃杯六只装", 1350, (320, 230, 160), Decimal(2790), "D-04")  # fmt: skip
"""Only the posting that CDEK refuses has it: the refusal is set on its article."""

KETTLEBELL = Good("KETTLE-16", 610012, "Гиря чугунная, 16 кг", "Kettlebell, 16 kg", "铸铁壶铃 16公斤",
                  16_400, (280, 220, 200), Decimal(3990), "E-01")  # fmt: skip
"""Heavier than the sample courier carries."""

NEAR = (
    Town("Тверь", "Тверская область", "170100"),
    Town("Ярославль", "Ярославская область", "150000"),
    Town("Тула", "Тульская область", "300041"),
    Town("Воронеж", "Воронежская область", "394018"),
    Town("Ростов-на-Дону", "Ростовская область", "344002"),
    Town("Краснодар", "Краснодарский край", "350000"),
    Town("Самара", "Самарская область", "443010"),
    Town("Казань", "Республика Татарстан", "420111"),
)
"""Both carriers deliver there, and the courier is the cheaper one."""

FAR = (
    Town("Екатеринбург", "Свердловская область", "620014"),
    Town("Пермь", "Пермский край", "614000"),
    Town("Тюмень", "Тюменская область", "625000"),
    Town("Нижний Новгород", "Нижегородская область", "603000"),
    Town("Новосибирск", "Новосибирская область", "630000"),
)
"""The courier does not serve them: CDEK does."""

FARTHEST = Town("Хабаровск", "Хабаровский край", "680000")
"""CDEK's economy parcel is too slow there for the time that the buyer was promised."""

POSTAL = (
    Town("Саратов", "Саратовская область", "410012"),
    Town("Пенза", "Пензенская область", "440000"),
)
"""By the seller's rule what goes there goes by Russian Post."""

BUYERS = (
    "Анна Соколова", "Олег Тимофеев", "Мария Белова", "Ли Вэй", "Павел Гордеев", "Елена Фролова",
    "Чжан Юй", "Тимур Галиев", "Вера Лазарева", "Никита Орлов", "Дарья Зимина", "Ван Мин",
)  # fmt: skip
STREETS = ("ул. Садовая", "ул. Лесная", "пр-т Мира", "ул. Полевая", "Набережная ул.", "ул. Новая")
