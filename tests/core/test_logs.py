"""No log tells what stood in a row."""

import io
import logging
import re
from collections.abc import Iterator
from logging.config import DictConfigurator
from typing import Any

import pytest
import structlog
from django.db import IntegrityError, transaction

from marketplace.settings import LOGGING
from tests.builders import make_user

pytestmark = pytest.mark.django_db
PHONE = "+84912345678"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a log with the formatter of the settings gets."""
    formatters: Any = LOGGING["formatters"]
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(DictConfigurator({}).configure_formatter(dict(formatters["plain"])))
    logging.getLogger().addHandler(handler)
    yield handler.stream
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize("log", [structlog.get_logger("test"), logging.getLogger("test")])
def test_a_broken_constraint_tells_its_name_and_no_value(written: io.StringIO, log: Any) -> None:
    make_user("lan@example.vn", phone=PHONE)
    with pytest.raises(IntegrityError, match=re.escape(PHONE)) as raised, transaction.atomic():
        make_user("hoa@example.vn", phone=PHONE)
    log.error("not_kept", exc_info=raised.value)

    text = written.getvalue()
    assert "not_kept" in text
    assert "accounts_user_phone_once" in text
    assert text.count("Traceback") == 2
    assert PHONE not in text
