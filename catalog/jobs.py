"""Jobs of the catalogue."""

import uuid
from contextlib import suppress

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from catalog import files, services

# A bucket that is away for most of a day loses no picture.
BUDGET_PAUSE_HOURS = 6
PATIENT = RetryStrategy(max_attempts=8, exponential_wait=4)


@app.task(queue="pictures", retry=PATIENT)
def render_image(asset_id: str) -> None:
    services.image_render(uuid.UUID(asset_id))


@app.task(queue="pictures", retry=PATIENT)
def delete_picture_files(original: str, names: list[str], private: bool = False) -> None:
    services.picture_files_delete(original, names, private=private)


@app.periodic(cron="7 * * * *")
@app.task(queue="pictures")
def forget_pictures(timestamp: int) -> None:
    """Pictures of listings put away long ago, then files that nothing shows any more."""
    while services.listings_forget_pictures():
        pass
    while services.assets_sweep():
        pass


@app.periodic(cron="57 3 * * *")
@app.task(queue="pictures")
def forget_orphans(timestamp: int) -> None:
    files.orphans_sweep()


@app.periodic(cron="* * * * *")
@app.task(queue="catalogue")
def turn_certificates(timestamp: int) -> None:
    """Every minute: an ended certificate leaves the index within one."""
    while services.certificates_turn():
        pass


@app.task(queue="imports", retry=PATIENT)
def run_import(job_id: str) -> None:
    """One piece of an import or export; the next one is deferred along with what this one did."""
    services.import_run(uuid.UUID(job_id))


@app.periodic(cron="27 4 * * *")
@app.task(queue="imports")
def forget_imports(timestamp: int) -> None:
    services.imports_forget()


# 8 in the morning in Hà Nội: nobody is told at night.
@app.periodic(cron="3 1 * * *")
@app.task(queue="catalogue")
def remind_sellers(timestamp: int) -> None:
    services.certificates_remind()
    services.vneid_remind()
    services.officers_remind()


# Behind everything else: a translator may take its time.
@app.task(queue="translations", retry=PATIENT, priority=-10)
def draft_product(product_id: str) -> None:
    """Drafts the words that a listing lacks. What today's budget does not allow is tried again later."""
    try:
        services.product_draft(uuid.UUID(product_id))
    except services.BudgetSpent:
        draft_product.configure(schedule_in={"hours": BUDGET_PAUSE_HOURS}).defer(product_id=product_id)


@app.periodic(cron="41 19 * * *")
@app.task(queue="translations")
def draft_places(timestamp: int) -> None:
    """At night: villages and crafts, which hardly change."""
    with suppress(services.BudgetSpent):
        services.places_draft()
