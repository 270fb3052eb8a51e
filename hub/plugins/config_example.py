"""The plugins.toml that `hub init` writes."""

from __future__ import annotations

EXAMPLE = """\
# parcelhub: which plugins may run here, and which are on for which seller.
# It is read at start; an error in it is refused with its line and what to do. Secrets never stand here.

[plugins]
# May this code run here at all? Only these are imported, whatever else is installed. 'hub plugins' lists
# them. 'labels' draws labels and slips; 'sample' is the carrier to copy for your own; 'demo' is 'hub demo'.
allow = ["ozon", "cdek", "labels", "sample", "demo"]

[server]
# Where 'hub serve' listens. Other machines reach it only on another address, and with API keys.
host = "127.0.0.1"
port = 8080
# connections = 500          # at once, altogether; and from one address that is no proxy:
# connections_of_one = 50
# proxies = ["10.0.0.2"]     # reverse proxies on other machines, behind each of which there are many clients

# Where the database is. Without this: hub.sqlite beside this file. docs/how-to/postgresql.md
#
# [store]
# url = "env:PARCELHUB_DATABASE"   # postgresql://USER:PASSWORD@HOST:5432/NAME, in that variable

# Who runs the hub is told of what is no seller's, at addresses that are written as a seller's accounts are
# (docs/how-to/get-told.md); the plugin 'messages' has to stand in 'allow'.
# [operator]
# language = "en"                     # ru (default), zh or en
# time_zone = "Europe/Moscow"         # UTC by default
# [operator.accounts.duty]
# plugin = "messages"
# settings = { url = "env:DUTY" }

# Where plugins may connect, beside their vendors' own addresses: test circuits, emulators, a courier of your
# own. An account with any other address is refused, whoever adds it. Private and local networks are closed
# unless a number or a network is named here.
#
# [addresses]
# sample = ["http://127.0.0.1:8103"]  # also "https://*.example.com", and a network: "10.0.0.0/8"

# A seller. Sellers can also be added with 'hub seller add' and over HTTP; those live in the database, and
# what this file declares is read-only there. The key ("my-shop") is permanent.
#
# [sellers.my-shop]
# title = "My shop"
# time_zone = "Asia/Shanghai"         # mandatory, an IANA name: deadlines are shown in it
# plugins = ["ozon", "cdek", "labels"]  # on for this seller; what is not named here is off
# language = "zh"                     # ru (default), zh or en
# paper = "100x150"                   # in the label printer, mm: 100x150 (default), 75x120, 58x40 or a4
# strategy = "cheapest_in_time"       # or cheapest, fastest, best_value: the offer that is booked where
#                                     # nobody chooses; docs/how-to/choose-a-carrier.md
# margin_days = 1                     # it should be there so long before the deadline
# transit_days = 14                   # the deadline, from ship_by on, where the buyer was promised no day
# choice_minutes = 60                 # so long a chosen offer is booked without asking for prices again
# scan_hours = 24                     # what no carrier scans so long after the hand-over is told
# courier_by = "20:00"                # where a courier fetches the parcels: he has been there by then
# cancel_requests = "ask"             # or agree_unbooked: a buyer asks to cancel what is not booked yet
# late_day_cost = "100 RUB"           # what a day late costs you, for best_value
# currency = "RUB"                    # prices are compared in it
# reference_prefix = "MS"             # begins every booking reference: up to 8 of A-Z, 2-7; permanent
#
# [sellers.my-shop.sender]            # who ships: carriers want it for a booking
# name = "Li Wei"
# company = "My Shop Ltd"
# phone = "+861000000000"
# [sellers.my-shop.sender.address]
# country = "RU"                      # where the parcels are handed over
# city = "Novosibirsk"
# postal_code = "630000"
# street = "Lenina 1"
#
# [sellers.my-shop.defaults]          # for products without weight or size in the catalogue; without this
# weight_g = 500                      # block such a posting waits for a person instead of a guess
# length_mm = 200
# width_mm = 150
# height_mm = 100
#
# [sellers.my-shop.rates]             # what one unit of another currency is in yours, and since when
# CNY = { rate = "11.20", date = 2026-11-20 }
#
# [[sellers.my-shop.rules]]           # the first rule whose conditions are all true decides
# name = "Valuable or fragile goods"
# when = { value_over = "20000 RUB" }
# strategy = "best_value"
# carriers = ["cdek"]
#
# [sellers.my-shop.warehouses.siberia]  # a place that parcels leave from, beside "main"
# title = "Novosibirsk"               # what it does not say is the seller's: sender, time_zone, paper
# time_zone = "Asia/Novosibirsk"
# cut_off = "15:30"                   # what is quoted from then on leaves on the next day
# marketplace_warehouses = { ozon = ["1020005000000001"] }  # by account: whose postings leave from here
#
# [sellers.my-shop.accounts.cdek]     # 'hub account add' does the same, encrypted in the database
# plugin = "cdek"
# settings = { client_id = "env:CDEK_ID", client_secret = "env:CDEK_SECRET" }  # environment variables
"""
