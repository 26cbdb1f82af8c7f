"""Jobs of orders."""

from procrastinate.contrib.django import app

from orders import services

KEEP_ENDED_CARTS_DAYS = 30


@app.periodic(cron="* * * * * */15")
@app.task(queue="orders")
def end_holds(timestamp: int) -> None:
    """Gives back what unpaid orders hold. A hold may last up to 15 seconds longer than promised, never shorter."""
    services.orders_expire()


@app.periodic(cron="*/5 * * * *")
@app.task(queue="orders")
def end_waits(timestamp: int) -> None:
    """What time does to parts and returns: reminds, cancels what nobody takes on, calls officers, ends what is done."""
    services.parts_remind()
    services.parts_cancel_overdue()
    services.returns_turn()
    services.parts_complete()


@app.periodic(cron="37 3 * * *")
@app.task(queue="orders")
def forget_carts(timestamp: int) -> None:
    services.carts_forget(after_days=KEEP_ENDED_CARTS_DAYS)
