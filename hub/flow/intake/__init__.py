"""Step 2: postings come in and change; their deadlines."""
