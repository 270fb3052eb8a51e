"""Everything that is said to people, in Russian, Chinese and English."""
