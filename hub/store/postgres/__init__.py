"""The store on PostgreSQL (docs/adr/0033). Only what a URL asks for imports the driver."""
