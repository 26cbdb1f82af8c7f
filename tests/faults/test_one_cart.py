"""Two presses of one person at once: one cart that holds both."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from marketplace.core.actor import GUEST, Actor
from marketplace.core.errors import DomainError
from orders import services
from orders.models import Cart, CartLine
from orders.services import carts
from tests.builders import make_product, make_shop, make_user

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("faults"),
    pytest.mark.usefixtures("clean_jobs"),
]


def together(*acts: Callable[[], Any]) -> list[BaseException]:
    """Runs the acts in threads that start at the same moment; what they raised."""
    barrier = threading.Barrier(len(acts))
    raised: list[BaseException] = []

    def run(act: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            act()
        except BaseException as error:  # noqa: BLE001 - told to the test
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def add(actor: Actor, variant: Any, quantity: int) -> Callable[[], Cart]:
    lines = [{"variant_id": variant.pk, "quantity": quantity}]
    return lambda: services.cart_create(actor=actor, lines=lines, language="vi")


def test_what_is_added_at_once_is_all_there() -> None:
    shop = make_shop()
    other = make_product(seller=shop.seller, stock=100).variants.get()

    for _round in range(10):
        actor = Actor(user=make_user())

        raised = together(*(add(actor, other, quantity) for quantity in (1, 2, 3, 4)))

        assert raised == []
        (cart,) = Cart.objects.filter(user=actor.user)
        assert [line.quantity for line in CartLine.objects.filter(cart=cart)] == [10]


def test_control_without_the_lock_something_is_lost_or_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make_shop()
    other = make_product(seller=shop.seller, stock=100).variants.get()
    real = carts.queries.open_cart_of
    gate = threading.Barrier(2, timeout=20)

    def both_look_before_either_writes(actor: Actor) -> Any:
        found = real(actor)
        gate.wait()
        return found

    monkeypatch.setattr(carts.queries, "open_cart_of", both_look_before_either_writes)
    monkeypatch.setattr(carts, "_lock_person", lambda actor: None)
    actor = Actor(user=make_user())

    raised = together(add(actor, other, 1), add(actor, other, 2))

    assert len(raised) == 1
    assert [line.quantity for line in CartLine.objects.all()] != [3]


@pytest.mark.parametrize("has_own", [True, False])
def test_a_guests_cart_is_merged_once_however_many_presses(has_own: bool) -> None:
    shop = make_shop()
    actor = Actor(user=make_user())
    guest = add(GUEST, shop.variant, 3)()
    if has_own:
        add(actor, shop.variant, 2)()

    raised = together(*[lambda: services.cart_merge(actor=actor, guest_cart_id=guest.pk)] * 8)

    assert raised == []
    (line,) = CartLine.objects.filter(cart__user=actor.user)
    assert line.quantity == (5 if has_own else 3)


def test_of_two_people_one_has_the_guests_cart() -> None:
    shop = make_shop()
    people = [Actor(user=make_user()) for _number in range(4)]
    guest = add(GUEST, shop.variant, 2)()

    raised = together(
        *(lambda actor=actor: services.cart_merge(actor=actor, guest_cart_id=guest.pk) for actor in people)
    )

    assert [type(error) for error in raised] == [DomainError] * 3
    assert CartLine.objects.get().cart.user in [actor.user for actor in people]


def test_what_is_ordered_meanwhile_takes_nothing_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """The own cart is ordered while the merge waits for it."""
    shop = make_shop()
    other = make_product(seller=shop.seller, stock=100).variants.get()
    actor = Actor(user=make_user())
    own, guest = add(actor, other, 1)(), add(GUEST, shop.variant, 2)()
    real = carts.lock_rows

    def late(rows: Any, keys: Any) -> Any:
        if rows.model is Cart:
            Cart.objects.filter(pk=own.pk).update(ordered_at=timezone.now())
        return real(rows, keys)

    monkeypatch.setattr(carts, "lock_rows", late)
    merged = services.cart_merge(actor=actor, guest_cart_id=guest.pk)

    assert merged.pk == guest.pk
    assert [(line.cart_id, line.quantity) for line in CartLine.objects.order_by("quantity")] == [
        (own.pk, 1), (guest.pk, 2),
    ]  # fmt: skip
