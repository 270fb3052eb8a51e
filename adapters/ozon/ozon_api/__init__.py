"""Wire client of the Ozon Seller API."""
