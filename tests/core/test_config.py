"""plugins.toml: what it says, and how it is refused."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from hub.plugin_api.errors import ConfigError
from hub.plugin_api.labels import Paper
from hub.plugin_api.rules import Rate, Rule, When
from hub.plugin_api.settings import Secret, Settings
from hub.plugins.config import (
    AccountConfig,
    Config,
    OperatorConfig,
    PackageDefaults,
    SellerConfig,
    ServerConfig,
    load_account_settings,
)
from hub.plugins.config_example import EXAMPLE
from hub.plugins.config_reading import load_config
from hub.plugins.environment import resolve_env
from hub.plugins.toml_keys import line_of
from hub.plugins.warehouse_config import WarehouseConfig

# FULL is the example with everything in it switched on: what the comments promise is checked here.
SHOP = 'title = "Shop"\ntime_zone = "Europe/Moscow"\n'
FULL = re.sub(r"(?m)^# (?=\[|\w+ = )", "", EXAMPLE).replace('"demo"]', '"demo", "messages"]')
RULES = """
[[sellers.my-shop.rules]]
when = { country = "RU" }

[[sellers.my-shop.rules]]
name = "Second"
when.weight_over_g = 500
when.weight_up_to_g = 1000
strategy = "fastest"
carriers = ["cdek"]

[[sellers.my-shop.rules]]
[sellers.my-shop.rules.when]
fragile = true
"""
RULED = FULL[: FULL.index("[[")] + RULES


def write(folder: Path, text: str) -> Path:
    path = folder / "plugins.toml"
    path.write_text(text, "utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(write(folder, text))
    message = caught.value.message
    assert message.startswith(str(folder / "plugins.toml"))
    return message.removeprefix(str(folder / "plugins.toml"))


@pytest.fixture
def full(tmp_path: Path) -> Config:
    return load_config(write(tmp_path, FULL))


def test_the_example_loads_and_stands_at_the_root(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, EXAMPLE))
    assert config.allow == ("ozon", "cdek", "labels", "sample", "demo")
    assert config.sellers == {}
    root = Path(__file__).parents[2] / "plugins.toml"
    assert root.read_text("utf-8") == EXAMPLE


def test_everything_that_the_example_explains(full: Config) -> None:
    assert (full.server.host, full.server.port) == ("127.0.0.1", 8080)
    assert (full.operator.language, full.operator.time_zone) == ("en", "Europe/Moscow")
    assert full.operator.accounts["duty"].settings == {"url": "env:DUTY"}
    assert full.declared("", "duty") is full.operator.accounts["duty"]
    seller = full.sellers["my-shop"]
    assert seller.slug == "my-shop"
    assert seller.title == "My shop"
    assert seller.time_zone == "Asia/Shanghai"
    assert seller.plugins == ("ozon", "cdek", "labels")
    assert seller.language == "zh"
    assert seller.paper is Paper.LABEL_100X150
    assert (seller.strategy, seller.margin_days, seller.transit_days) == ("cheapest_in_time", 1, 14)
    assert (seller.late_day_cost, seller.currency, seller.rates["CNY"].rate) == (
        "100 RUB",
        "RUB",
        Decimal("11.20"),
    )
    [rule] = seller.rules
    assert (rule.name, rule.when.value_over, rule.carriers) == (
        "Valuable or fragile goods",
        "20000 RUB",
        ("cdek",),
    )
    assert seller.carrier_rules.rules == seller.rules
    assert seller.reference_prefix == "MS"
    assert seller.sender is not None
    assert seller.sender.address.city == "Novosibirsk"
    assert seller.defaults == PackageDefaults(weight_g=500, length_mm=200, width_mm=150, height_mm=100)
    assert seller.accounts["cdek"].plugin == "cdek"
    assert seller.accounts["cdek"].settings["client_id"] == "env:CDEK_ID"


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="run 'hub init'"):
        load_config(tmp_path / "plugins.toml")


def test_a_byte_order_mark_is_no_reason(tmp_path: Path) -> None:
    path = tmp_path / "plugins.toml"
    path.write_bytes(b"\xef\xbb\xbf" + EXAMPLE.encode())
    assert load_config(path).allow


def test_other_encodings_are_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "plugins.toml"
    path.write_bytes("# Магазин".encode("cp1251"))
    with pytest.raises(ConfigError, match="save it as UTF-8"):
        load_config(path)


@pytest.mark.parametrize(
    ("old", "new", "key", "mend"),
    [
        ("allow =", "alow =", "plugins.alow", "did you mean 'allow'?"),
        ("[server]", "[sever]", "sever", "did you mean 'server'?"),
        ("title =", "titel =", "sellers.my-shop.titel", "did you mean 'title'?"),
        ("city =", "citty =", "sellers.my-shop.sender.address.citty", "did you mean 'city'?"),
        ('"+861000000000"', '"call Li"', "sellers.my-shop.sender.phone", "has no digits"),
        ("weight_g =", "weight =", "sellers.my-shop.defaults.weight", "did you mean 'weight_g'?"),
        ("settings =", "setings =", "sellers.my-shop.accounts.cdek.setings", "did you mean 'settings'?"),
        ("plugin = ", 'where = "x"\nplugin = ', "sellers.my-shop.accounts.cdek.where", "no such key"),
        ('"100x150"  ', '"100x15"  ', "sellers.my-shop.paper", "did you mean '100x150'?"),
        ('language = "zh"', 'language = "cn"', "sellers.my-shop.language", "none of ru, zh, en"),
        ("Asia/Shanghai", "Asia/Shanghi", "sellers.my-shop.time_zone", "did you mean 'Asia/Shanghai'?"),
        ("weight_g = 500", "weight_g = 0", "sellers.my-shop.defaults.weight_g", ">= 1"),
        (
            "port = 8080",
            'port = "8080"',
            "server.port",
            "write a whole number, without quotation marks; this is a text",
        ),
        ('"ozon", "cdek", "labels"]', '"ozon", "cdk"]', "sellers.my-shop.plugins", "did you mean 'cdek'?"),
        (
            'plugin = "cdek"',
            'plugin = "sample"',
            "sellers.my-shop.accounts.cdek.plugin",
            "not on for my-shop",
        ),
        ('"MS"', '"ms-1"', "sellers.my-shop.reference_prefix", "A-Z and 2-7"),
        ("title =", "slug =", "sellers.my-shop.slug", "remove this line"),
        ('strategy = "cheapest_in_time"', 'choice = "cheapest"', "sellers.my-shop.choice", "strategy ="),
        ('"cheapest_in_time"', '"cheapst"', "sellers.my-shop.strategy", "did you mean 'cheapest'?"),
        ("margin_days = 1 ", "margin_days = -1 ", "sellers.my-shop.margin_days", ">= 0"),
        ('"100 RUB"', '"100"', "sellers.my-shop.late_day_cost", "20000 RUB"),
        ('currency = "RUB"', 'currency = "rub"', "sellers.my-shop.currency", "write RUB"),
        ("CNY = {", "RUB = {", "sellers.my-shop.rates.RUB", "remove this line"),
        ('"11.20"', '"-1"', "sellers.my-shop.rates.CNY", "more than 0"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, key: str, mend: str
) -> None:
    text = FULL.replace(old, new)
    assert text != FULL
    message = refusal(tmp_path, text)
    assert f": {key}: " in message
    assert mend in message
    number = int(re.match(r", line (\d+): ", message)[1])  # type: ignore[index]
    assert new.splitlines()[0].split(" =")[0].strip("[]") in text.splitlines()[number - 1]


@pytest.mark.parametrize(
    ("old", "new", "key", "mend"),
    [
        ('name = "Second"', 'nmae = "Second"', "rules[2].nmae", "did you mean 'name'?"),
        ('"RU"', '"Russia"', "rules[1].when.country", "two capitals"),
        ("weight_over_g", "wight_over_g", "rules[2].when.wight_over_g", "did you mean 'weight_over_g'?"),
        ("= 1000", "= 500", "rules[2].when.weight_up_to_g", "write more"),
        ("= 1000", '= "1 kg"', "rules[2].when.weight_up_to_g", "write a whole number"),
        ('"fastest"', '"fast"', "rules[2].strategy", "did you mean 'fastest'?"),
        ('["cdek"]', '"cdk"', "rules[2].carriers", "did you mean 'cdek'?"),
        ("fragile = true", 'fragile = "yes"', "rules[3].when.fragile", "write true or false"),
        ("fragile = true", 'marketplace = "ozn"', "rules[3].when.marketplace", "did you mean 'ozon'?"),
        ("fragile = true", 'value_over = "5"', "rules[3].when.value_over", "20000 RUB"),
        ("fragile = true", 'sku = [""]', "rules[3].when.sku", "remove the key"),
    ],
)
def test_what_is_wrong_in_a_rule_is_named_with_its_number_and_line(
    tmp_path: Path, old: str, new: str, key: str, mend: str
) -> None:
    text = RULED.replace(old, new)
    assert text != RULED
    message = refusal(tmp_path, text)
    assert f": sellers.my-shop.{key}: " in message
    assert mend in message
    number = int(re.match(r", line (\d+): ", message)[1])  # type: ignore[index]
    assert new in text.splitlines()[number - 1]


def test_a_rule_that_is_never_reached_is_refused(tmp_path: Path) -> None:
    text = RULED.replace('when = { country = "RU" }', 'strategy = "fastest"')
    assert "rules[2]: it is never reached: rule 1 has no conditions" in refusal(tmp_path, text)
    assert "rules: write a block [[" in refusal(tmp_path, f"{EXAMPLE}\n[sellers.shop]\n{SHOP}rules = 1")


def test_rules_are_read_in_their_order(tmp_path: Path) -> None:
    first, second, third = load_config(write(tmp_path, RULED)).sellers["my-shop"].rules
    assert (first.when.country, second.name, second.when.weight_over_g) == ("RU", "Second", 500)
    assert third.when.fragile is True


def test_a_missing_key_is_at_its_table(tmp_path: Path) -> None:
    message = refusal(tmp_path, FULL.replace("time_zone =", "# time_zone ="))
    line = FULL.splitlines().index("[sellers.my-shop]") + 1
    assert message == f", line {line}: sellers.my-shop.time_zone: this key is missing"


def test_a_missing_allow_list_is_no_list_of_everything(tmp_path: Path) -> None:
    assert "plugins: this key is missing" in refusal(tmp_path, "")
    assert load_config(write(tmp_path, "[plugins]\nallow = []")).allow == ()


def test_broken_toml_has_a_line(tmp_path: Path) -> None:
    assert "line 1" in refusal(tmp_path, "[plugins\nallow = []")


@pytest.mark.parametrize("slug", ["My-Shop", '"a b"', "-x", "x" * 41])
def test_a_sellers_key_is_a_slug(tmp_path: Path, slug: str) -> None:
    assert "permanent" in refusal(tmp_path, FULL.replace("sellers.my-shop", f"sellers.{slug}"))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[plugins]\nallow = []\n[sellers]\nshop = 1", "sellers"),
        ("sellers = 1\n[plugins]\nallow = []", "sellers"),
        (f"{EXAMPLE}\n[sellers.shop]\naccounts = 1", "sellers.shop.accounts"),
        (f"{EXAMPLE}\n[sellers.shop]\n{SHOP}accounts.main = 1", "sellers.shop.accounts.main"),
    ],
)
def test_a_value_where_a_table_belongs(tmp_path: Path, text: str, key: str) -> None:
    assert key in refusal(tmp_path, text)


def test_lines_are_found_only_where_they_are_unambiguous() -> None:
    text = '[a]\nb = 1\n\n["x y".z]\nb.c = 2\n[c]\nd = { e = 1 }\n[f]\ntext = """\n[a]\nb = 1\n"""\n'
    assert line_of(text, ("x y", "z", "b", "c")) == 5
    assert line_of(text, ("c", "d", "e")) == 7
    assert line_of(text, ("c", "absent")) == 6
    assert line_of(text, ("a", "b")) is None  # it seems to be there twice
    assert line_of(text, ("nowhere",)) is None


# --- accounts -------------------------------------------------------------------------------------------


class CourierSettings(Settings, frozen=True):
    client_id: str
    client_secret: Secret
    sandbox: bool = False


def test_secrets_come_from_the_environment(full: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    account = full.sellers["my-shop"].accounts["cdek"]
    with pytest.raises(ConfigError, match="CDEK_ID is not set"):
        load_account_settings(account, CourierSettings)
    monkeypatch.setenv("CDEK_ID", "me")
    monkeypatch.setenv("CDEK_SECRET", "hush")
    settings = load_account_settings(account, CourierSettings)
    assert settings.client_id == "me"
    assert settings.client_secret.reveal() == "hush"
    assert "hush" not in repr(settings)


def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    text = FULL.replace('"env:CDEK_SECRET"', '"hush"').replace('"env:CDEK_ID"', '"me"')
    account = load_config(write(tmp_path, text)).sellers["my-shop"].accounts["cdek"]
    with pytest.raises(ConfigError) as caught:
        load_account_settings(account, CourierSettings)
    assert "sellers.my-shop.accounts.cdek.settings.client_secret" in caught.value.message
    assert 'client_secret = "env:SOME_NAME"' in caught.value.message
    assert "hush" not in caught.value.message + repr(account)


def test_a_wrong_setting_is_named_with_its_account(full: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    class Other(Settings, frozen=True):
        client_id: str

    monkeypatch.setenv("CDEK_ID", "me")
    monkeypatch.setenv("CDEK_SECRET", "hush")
    with pytest.raises(ConfigError, match=r"accounts\.cdek.*client_secret") as caught:
        load_account_settings(full.sellers["my-shop"].accounts["cdek"], Other)
    assert "hush" not in caught.value.message


def test_references_are_resolved_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY", "value")
    monkeypatch.setenv("EMPTY", "")
    assert resolve_env({"a": "env:A_KEY", "b": "env", "c": 3, "d": True}) == {
        "a": "value", "b": "env", "c": 3, "d": True
    }  # fmt: skip
    with pytest.raises(ConfigError, match="EMPTY is not set"):
        resolve_env({"a": "env:EMPTY"})
    with pytest.raises(ConfigError, match="write env:NAME"):
        resolve_env({"a": "env:not a name"})


# --- the reference page ----------------------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "plugins-toml.md"


def test_the_page_has_a_file_that_loads(tmp_path: Path) -> None:
    block, _ = re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert "my-shop" in load_config(write(tmp_path, block)).sellers


def test_the_page_has_addresses_that_load(tmp_path: Path) -> None:
    [block] = re.findall(r"```toml addresses\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    config = load_config(write(tmp_path, f'[plugins]\nallow = ["cdek", "sample", "acme"]\n{block}'))
    assert config.addresses["cdek"] == ("https://api.edu.cdek.ru",)


def test_the_pages_operator_loads(tmp_path: Path) -> None:
    [block] = re.findall(r"```toml operator\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    config = load_config(write(tmp_path, f'[plugins]\nallow = ["messages"]\n{block}'))
    assert config.operator.accounts["duty"].plugin == "messages"


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ('zone = "UTC"', "operator.zone: there is no such key"),
        ('time_zone = "Mars"', "operator.time_zone"),
        ("accounts = 3", "operator.accounts: write [operator.accounts.<name>] blocks"),
        (
            '[operator.accounts.duty]\nplugin = "mesages"',
            "'mesages' may not run here (did you mean 'messages'?)",
        ),
    ],
)
def test_a_wrong_operator_is_named(tmp_path: Path, block: str, said: str) -> None:
    assert said in refusal(tmp_path, f'[plugins]\nallow = ["messages"]\n[operator]\n{block}')


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('smaple = ["https://a.example"]', "did you mean 'sample'"),
        ('sample = "https://a.example"', "write a list"),
        ('sample = ["a.example"]', "'a.example' is neither an address nor a network"),
        ('sample = ["https://a.example/v1"]', "neither an address"),
        ('sample = ["https://user@a.example"]', "neither an address"),
        ('sample = ["ftp://a.example"]', "neither an address"),
        ('sample = ["*"]', "neither an address"),
        ('sample = ["https://*"]', "neither an address"),
        ('sample = ["http://a.example:70000"]', "neither an address"),
        ('sample = ["10.0.0.1/8"]', "neither an address"),
    ],
)
def test_addresses_that_cannot_be_meant(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as error:
        load_config(write(tmp_path, f'[plugins]\nallow = ["sample"]\n[addresses]\n{line}\n'))
    assert ": addresses" in error.value.message


@pytest.mark.parametrize("struct", [Rule, When, Rate])
def test_the_page_names_every_key_of_a_rule(struct: type[msgspec.Struct]) -> None:
    page = PAGE.read_text("utf-8")
    assert [field for field in struct.__struct_fields__ if f"`{field}`" not in page] == []


@pytest.mark.parametrize(
    "struct", [SellerConfig, AccountConfig, OperatorConfig, ServerConfig, PackageDefaults, WarehouseConfig]
)
def test_the_page_and_the_example_name_every_key(struct: type[msgspec.Struct]) -> None:
    page = PAGE.read_text("utf-8")
    for field in set(struct.__struct_fields__) - {"slug", "where"}:
        assert f"`{field}`" in page or f".{field}" in page, field
        assert re.search(rf"\b{field}\b", EXAMPLE), field


def test_the_page_quotes_the_message_as_it_is(tmp_path: Path) -> None:
    [quoted] = re.findall(r"```text\nplugins\.toml(.*?)\n```", PAGE.read_text("utf-8"))
    assert refusal(tmp_path, FULL.replace("title =", "titel =")) == quoted


def test_an_empty_list_of_a_rule_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "plugins.toml"
    path.write_text(
        '[plugins]\nallow = ["cdek"]\n[sellers.a]\ntitle = "A"\ntime_zone = "Europe/Moscow"\n'
        'plugins = ["cdek"]\n[[sellers.a.rules]]\nname = "x"\nwhen = { country = [] }\n'
    )
    with pytest.raises(ConfigError, match=r"line 9.*rules.1..when.country: an empty list fits nothing"):
        load_config(path)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            '[plugins]\nallow = "ozon"',
            'plugins.allow: write a list, in square brackets: ["one", "two"]; this is a text',
        ),
        ('[addresses]\nozon = "http://x"', "addresses: write a list"),
        ("[retention]\npersonal_data = 180", "retention.personal_data: write a text, in quotation marks"),
        ('[retention]\npersonal_data = "six months"', 'retention.personal_data: write days, like "180d"'),
        ('[store]\nurl = "mysql://h/x"', 'store.url: write url = "env:PARCELHUB_DATABASE"'),
        ('[store]\nurl = "postgresql://u:p4ss@h/x"', "store.url: a password does not belong into this file"),
        ('[store]\nurl = "postgresql://h/x?password=p4ss"', "store.url: a password does not belong"),
        ("sellers = 3", "sellers: write a section with keys of its own; this is a whole number"),
    ],
)
def test_a_value_of_another_kind_is_told_with_how_it_is_written(
    tmp_path: Path, lines: str, said: str
) -> None:
    whole = lines if "[plugins]" in lines else f'{lines}\n[plugins]\nallow = ["ozon"]'
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path, whole + "\n"))
    assert said in caught.value.message
