"""Services that the emulator lacks, and what others of it forget, as far as Terraform asks."""
