"""What a seller takes along as an Excel file: catalogue, prices, records, postings, problems."""
