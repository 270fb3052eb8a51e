"""What the columns of a catalogue are called in people's tables."""

from __future__ import annotations

from hub.plugin_api.columns import Column

COLUMNS = (
    Column(
        "offer_id",
        "Offer ID",
        "Артикул",
        "货号",
        ("артикул продавца", "артикул товара", "商家编码", "商品货号"),
    ),
    Column("sku", "SKU", "SKU", "SKU", ("ozon sku", "sku ozon")),
    Column(
        "barcodes",
        "Barcodes",
        "Штрихкоды",
        "条形码",
        ("barcode", "ean", "штрихкод", "штрих-код", "条码", "商品条码"),
    ),
    Column("name_ru", "Name in Russian", "Название по-русски", "俄文名称", ("русское название", "俄语名称")),
    Column(
        "name_en", "Name in English", "Название по-английски", "英文名称", ("английское название", "英语名称")
    ),
    Column(
        "name_zh", "Name in Chinese", "Название по-китайски", "中文名称", ("китайское название", "中文品名")
    ),
    Column(
        "weight_g",
        "Weight, g",
        "Вес, г",
        "重量（克）",
        ("weight, grams", "вес в граммах", "重量g", "净重（克）"),
    ),
    Column(
        "gross_weight_g",
        "Gross weight, g",
        "Вес брутто, г",
        "毛重（克）",
        ("вес с упаковкой, г", "毛重g", "含包装重量（克）"),
    ),
    Column(
        "length_mm", "Length, mm", "Длина, мм", "长（毫米）", ("длина упаковки, мм", "长度（毫米）", "长mm")
    ),
    Column(
        "width_mm", "Width, mm", "Ширина, мм", "宽（毫米）", ("ширина упаковки, мм", "宽度（毫米）", "宽mm")
    ),
    Column(
        "height_mm", "Height, mm", "Высота, мм", "高（毫米）", ("высота упаковки, мм", "高度（毫米）", "高mm")
    ),
    Column("fragile", "Fragile", "Хрупкое", "易碎", ("хрупкий", "хрупкий товар", "易碎品")),
    Column(
        "place", "Place", "Место на складе", "库位", ("shelf", "ячейка", "место", "полка", "货架", "货位")
    ),
    Column("brand", "Brand", "Бренд", "品牌", ("марка", "торговая марка")),
    Column("material", "Material", "Материал", "材质", ("состав", "材料")),
    Column(
        "customs_code",
        "Customs code",
        "Код ТН ВЭД",
        "海关编码",
        ("hs code", "тн вэд", "тнвэд", "hs编码", "海关商品编码"),
    ),
    Column(
        "origin_country",
        "Country of origin",
        "Страна происхождения",
        "原产国",
        ("country", "страна", "страна-изготовитель", "原产地"),
    ),
    Column("radio", "Radio", "Радиомодуль", "含无线模块", ("радиопередатчик", "无线")),
    Column("url", "Link", "Ссылка", "链接", ("ссылка на товар", "商品链接")),
)
"""Every field of a product. A weight without its unit is none: it may be kilograms."""
