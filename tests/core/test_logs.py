"""No log tells what stood in a row."""

import io
import logging
import logging.config
import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.conf import settings
from django.db import IntegrityError, transaction

from tests.builders import make_user

pytestmark = pytest.mark.django_db
PHONE = "+84912345678"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the console gets: through the very handler of the settings."""
    logging.config.dictConfig(settings.LOGGING)
    handler: Any = next(one for one in logging.getLogger().handlers if one.name == "console")
    before = handler.setStream(io.StringIO())
    yield handler.stream
    handler.setStream(before)


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
