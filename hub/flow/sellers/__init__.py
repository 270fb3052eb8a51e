"""Step 1: sellers, their accounts and secrets, API keys and products."""
