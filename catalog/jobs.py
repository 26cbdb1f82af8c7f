"""Jobs of the catalogue."""

import uuid

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from catalog import files, services

# A bucket that is away for most of a day loses no picture.
PATIENT = RetryStrategy(max_attempts=8, exponential_wait=4)


@app.task(queue="pictures", retry=PATIENT)
def render_image(asset_id: str) -> None:
    services.image_render(uuid.UUID(asset_id))


@app.task(queue="pictures", retry=PATIENT)
def delete_picture_files(original: str, names: list[str]) -> None:
    services.picture_files_delete(original, names)


@app.periodic(cron="7 * * * *")
@app.task(queue="pictures")
def forget_pictures(timestamp: int) -> None:
    """Pictures of listings put away long ago, then files that nothing shows any more."""
    services.listings_forget_pictures()
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


# 8 in the morning in Hà Nội: nobody is told at night.
@app.periodic(cron="3 1 * * *")
@app.task(queue="catalogue")
def remind_sellers(timestamp: int) -> None:
    services.certificates_remind()
    services.vneid_remind()
