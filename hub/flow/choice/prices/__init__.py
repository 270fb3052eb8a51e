"""What a seller pays by contract, beside the list price."""
