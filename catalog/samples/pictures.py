"""From an asset's `drawing` to a picture."""

from typing import Any

from PIL import Image

from catalog.samples import drawing as pencil


def draw(drawing: dict[str, Any]) -> Image.Image:
    """Draws what `drawing` describes: {"of": "product" | "craft" | "village" | "seller", …}."""
    match drawing["of"]:
        case "product":
            return pencil.draw_product(drawing["craft"], drawing["seed"], name=drawing["name"])
        case "craft":
            return pencil.draw_craft(drawing["craft"])
        case "village":
            return pencil.draw_village(drawing["crafts"], drawing["seed"])
        case "seller":
            return pencil.draw_seller(drawing["craft"], drawing["seed"])
        case kind:
            raise ValueError(f"nothing to draw: {kind}")
