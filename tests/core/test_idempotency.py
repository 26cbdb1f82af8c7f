import pytest
from django.db import transaction

from marketplace.accounts.models import User
from marketplace.core.errors import DomainError, ErrorCode
from marketplace.core.idempotency import once
from marketplace.core.models import IdempotencyKey


def _call(key: str, payload: dict, scope: str = "user:1", email: str = "a@example.vn") -> tuple[User, bool]:
    with transaction.atomic():
        return once(
            scope=scope,
            operation="make",
            key=key,
            payload=payload,
            model=User,
            perform=lambda: User.objects.create(email=email),
        )


@pytest.mark.django_db
def test_the_same_key_and_input_give_the_same_result_once() -> None:
    first, fresh = _call("k", {"a": 1})
    second, again = _call("k", {"a": 1})

    assert (fresh, again) == (True, False)
    assert first == second
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_another_input_under_the_same_key_is_refused() -> None:
    _call("k", {"a": 1})

    with pytest.raises(DomainError) as refused:
        _call("k", {"a": 2}, email="b@example.vn")

    assert refused.value.problems[0].code is ErrorCode.IDEMPOTENCY_MISMATCH
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_another_actor_has_keys_of_its_own() -> None:
    first, _ = _call("k", {"a": 1})
    second, fresh = _call("k", {"a": 1}, scope="user:2", email="b@example.vn")

    assert fresh
    assert first != second


@pytest.mark.django_db
def test_a_refused_input_does_not_burn_its_key() -> None:
    def refuse() -> User:
        raise DomainError.of(ErrorCode.INVALID, "no")

    with pytest.raises(DomainError), transaction.atomic():
        once(scope="s", operation="make", key="k", payload={}, model=User, perform=refuse)

    assert IdempotencyKey.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "code"), [("", ErrorCode.REQUIRED), (" ", ErrorCode.REQUIRED), ("x" * 201, ErrorCode.TOO_LONG)]
)
def test_a_key_must_be_one(key: str, code: ErrorCode) -> None:
    with pytest.raises(DomainError) as refused:
        _call(key, {})

    assert refused.value.problems[0].code is code
