"""Jobs of search."""

from procrastinate.contrib.django import app

from search import services
from search.models import SearchOutbox

MAX_ROUNDS = 50


@app.task(queue="search")
def drain_outbox() -> None:
    """Indexes what has changed. Many are deferred in a burst: the first does the work, the others find nothing."""
    away = False
    for _round in range(MAX_ROUNDS):
        done = services.drain(away=away)
        away = away or done.away
        if not done.rows:
            return


@app.periodic(cron="13 * * * *")
@app.task(queue="search")
def rebuild_popular(timestamp: int) -> None:
    """The queries that are suggested."""
    services.popular_rebuild()


@app.periodic(cron="51 2 * * *")
@app.task(queue="search")
def rebuild_vocabulary(timestamp: int) -> None:
    """The words of what is for sale, by which slips are corrected."""
    services.vocabulary_rebuild()


@app.periodic(cron="* * * * * */10")
@app.task(queue="search")
def drain_leftovers(timestamp: int) -> None:
    """Catches what stayed behind while Elasticsearch was away."""
    if SearchOutbox.objects.exists():
        drain_outbox.func()
