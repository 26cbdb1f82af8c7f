"""Jobs of orders."""

import uuid

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from orders import offers, services

KEEP_ENDED_CARTS_DAYS = 30
ASK_CARRIERS_AFTER_SECONDS = 30 * 60
# Tries after 4, 16, 64 … seconds, the last after more than four hours; what is open then is taken up again.
PATIENTLY = RetryStrategy(max_attempts=8, exponential_wait=4)


@app.task(queue="orders", retry=PATIENTLY)
def book_parcel(parcel_id: str) -> None:
    services.parcel_book(parcel_id=uuid.UUID(parcel_id))


@app.task(queue="orders", retry=PATIENTLY)
def unbook_parcel(parcel_id: str) -> None:
    services.parcel_unbook(parcel_id=uuid.UUID(parcel_id))


@app.task(queue="orders", retry=PATIENTLY)
def apply_carrier_news(news_id: str) -> None:
    services.carrier_news_apply(news_id=uuid.UUID(news_id))


@app.periodic(cron="*/10 * * * *")
@app.task(queue="orders")
def ask_carriers(timestamp: int) -> None:
    """A webhook may never come; what stays open is asked about."""
    services.bookings_resume()
    services.parcels_ask(older_than_seconds=ASK_CARRIERS_AFTER_SECONDS)


@app.periodic(cron="47 3 * * *")
@app.task(queue="orders")
def forget_fees(timestamp: int) -> None:
    offers.fees_forget()


@app.periodic(cron="* * * * * */15")
@app.task(queue="orders")
def end_holds(timestamp: int) -> None:
    """Gives back what unpaid orders hold. A hold may last up to 15 seconds longer than promised, never shorter."""
    services.orders_expire()


@app.periodic(cron="*/5 * * * *")
@app.task(queue="orders")
def end_waits(timestamp: int) -> None:
    """What time does to parts, returns and parcels: reminds, cancels what nobody takes on, calls officers, asks whether
    parcels have come, ends what is done."""
    services.parts_remind()
    services.parts_cancel_overdue()
    services.returns_turn()
    services.parcels_give_up()
    services.parcels_missing_turn()
    services.parcels_ask_buyers()
    services.parcels_assume()
    services.parts_complete()


@app.periodic(cron="37 3 * * *")
@app.task(queue="orders")
def forget_carts(timestamp: int) -> None:
    services.carts_forget(after_days=KEEP_ENDED_CARTS_DAYS)
