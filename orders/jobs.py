"""Jobs of orders."""

from procrastinate.contrib.django import app

from orders import services


@app.periodic(cron="*/15 * * * * *")
@app.task(queue="orders")
def end_holds(timestamp: int) -> None:
    """Gives back what unpaid orders hold. A hold may last up to 15 seconds longer than promised, never shorter."""
    services.orders_expire()
