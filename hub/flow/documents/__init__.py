"""Labels and slips: asked for, assigned, composed."""
