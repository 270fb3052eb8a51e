"""Operations that cost money or cannot be undone, and their attempts."""
