"""How messages say an amount of memory or disk."""


def in_mebibytes(count):
    """Whole ones, rounded: "100 MiB"."""
    return f"{count / 2**20:.0f} MiB"
