"""Labels and packing slips of parcelhub, and reading barcodes back."""
