"""Steps that shared numbers are rounded to, apart from the macros."""


def step(least: float, finest: int = -2) -> float:
    """Return the first of 1, 2 or 5 times a power of ten that is not below."""
    return next(
        digit * 10.0**power
        for power in range(finest, 20)
        for digit in (1, 2, 5)
        if digit * 10.0**power >= least * (1 - 1e-12)
    )


def is_in_steps(value: float, size: float) -> bool:
    """Return whether it is a whole number of steps, but for nine decimals."""
    return abs(value - round(value / size) * size) <= 1e-9 * max(1, abs(value))
