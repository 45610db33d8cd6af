"""Files of audiences and channel tables, of what is released and nothing else."""
