"""Money: whole minor units and a currency. The đồng has no minor unit, so 1 is one đồng."""

from dataclasses import dataclass

VND = "VND"


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """`amount` counts the currency's smallest unit; two currencies never mix."""

    amount: int
    currency: str = VND

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __mul__(self, factor: int) -> "Money":
        return Money(self.amount * factor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __str__(self) -> str:
        return format_money(self.amount, self.currency)

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")


def format_money(amount: int, currency: str = VND) -> str:
    """`1.250.000 ₫`, joined by no-break spaces so that it never wraps. Other currencies show their code."""
    digits = f"{abs(amount):,}".replace(",", ".")
    sign = "-" if amount < 0 else ""
    return f"{sign}{digits}\N{NO-BREAK SPACE}{'₫' if currency == VND else currency}"
