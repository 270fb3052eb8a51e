"""Ozon as an order source of parcelhub."""
