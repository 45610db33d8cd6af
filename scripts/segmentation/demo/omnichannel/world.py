"""Which company is generated: its size, its seed and the world it lives in."""

from dataclasses import dataclass

from segmentation.demo.errors import CompanySettingsError


@dataclass(frozen=True)
class World:
    """What is planted.

    Attributes:
        separation: Distance between the centres of any two archetypes, in standard
            deviations within an archetype; 0 means that there are no segments.
        has_effects: Whether campaigns cause orders.
        has_seasons: Whether demand follows the calendar.
        has_drift: Whether the last quarter differs from those before it, and, with
            effects, the reversal is planted.
        has_turnover: Whether customers come and drop out; without it everybody has
            been a customer from before the first day, and stays.
    """

    separation: float
    has_effects: bool = True
    has_seasons: bool = True
    has_drift: bool = True
    has_turnover: bool = True


# A real company's segments overlap; `planted` can be told apart by eye.
WORLDS = {
    "standard": World(separation=1.5),
    "stationary": World(
        separation=1.5, has_seasons=False, has_drift=False, has_turnover=False
    ),
    "null": World(separation=0.0, has_effects=False, has_drift=False),
    "planted": World(separation=3.0),
}
LARGEST = 10_000_000


@dataclass(frozen=True)
class Company:
    """What to generate; equal companies have equal bytes.

    Args:
        customers: Persons the company comes to know, prospects included.
        seed: Seed of all random numbers.
        world: One of `WORLDS`.
        separation: Distance of the archetypes in the world `planted`.

    Raises:
        CompanySettingsError: A value is not possible.
    """

    customers: int = 20_000
    seed: int = 1
    world: str = "standard"
    separation: float = 3.0

    def __post_init__(self) -> None:
        """Refuse what cannot be generated."""
        if not 1 <= self.customers <= LARGEST:
            raise CompanySettingsError(
                "customers", self.customers, f"a number from 1 to {LARGEST:,}"
            )
        if self.seed < 0:
            raise CompanySettingsError("seed", self.seed, "0 or more")
        if self.world not in WORLDS:
            raise CompanySettingsError("world", self.world, ", ".join(WORLDS))
        if not 0 < self.separation <= 20:
            raise CompanySettingsError(
                "separation", self.separation, "more than 0 and at most 20"
            )

    @property
    def planted(self) -> World:
        """The world with its separation."""
        world = WORLDS[self.world]
        if self.world == "planted":
            return World(separation=self.separation)
        return world
