"""System checks: what the settings say and what buyers read."""

from typing import Any

import pytest
from django.core.checks import run_checks


def warnings() -> list[str]:
    return [found.msg for found in run_checks() if found.id == "orders.W001"]


def test_the_first_text_about_returns_says_what_the_settings_say() -> None:
    assert warnings() == []


@pytest.mark.parametrize("name", ["RETURN_DAYS", "RETURN_FAULT_DAYS", "RETURN_DECIDE_DAYS"])
def test_another_number_of_days_is_noticed_in_each_language(settings: Any, name: str) -> None:
    setattr(settings, name, 11)

    vietnamese, english = warnings()

    assert vietnamese.startswith(f"{name} is 11")
    assert "(vi)" in vietnamese
    assert "(en)" in english
