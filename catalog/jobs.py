"""Jobs of the catalogue."""

import uuid

from procrastinate.contrib.django import app

from catalog import services


@app.task(queue="pictures", retry=2)
def render_image(asset_id: str) -> None:
    services.image_render(uuid.UUID(asset_id))
