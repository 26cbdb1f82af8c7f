"""What GraphQL's product list is measured against: the same data by hand, in as few statements as is natural."""

from typing import Any

LIST_QUERY = """query($first: Int) { products(first: $first) { nodes {
  id slug name price { min { amount } max { amount } }
  seller { name village { name } }
  thumbnail(width: 320) { url width height dominantColor }
  ocop { stars number expiresOn }
} pageInfo { hasNextPage endCursor } } }"""

_SQL = """
SELECT p.id, p.slug, p.name, p.price_min, p.price_max, p.published_at, s.name, v.name,
       i.asset_id, a.width, a.height, a.dominant_color, a.widths, c.stars, c.number, c.expires_on
FROM catalog_product p
JOIN catalog_seller s ON s.id = p.seller_id AND s.state = 'VERIFIED'
LEFT JOIN catalog_village v ON v.id = s.village_id
LEFT JOIN LATERAL (
    SELECT asset_id FROM catalog_product_image WHERE product_id = p.id ORDER BY position, id LIMIT 1
) i ON true
LEFT JOIN catalog_image_asset a ON a.id = i.asset_id AND a.ready
LEFT JOIN LATERAL (
    SELECT stars, number, expires_on FROM catalog_ocop_certificate
    WHERE product_id = p.id AND state = 'VALID' AND issued_on <= current_date AND expires_on >= current_date
    ORDER BY stars DESC, issued_on DESC LIMIT 1
) c ON true
WHERE p.state = 'PUBLISHED'
ORDER BY p.published_at DESC, p.id DESC
LIMIT %s
"""


def list_products(cursor: Any, first: int) -> dict[str, Any]:
    """One statement, plain dicts."""
    cursor.execute(_SQL, [first + 1])
    rows = cursor.fetchall()
    return {
        "hasNextPage": len(rows) > first,
        "nodes": [
            {
                "id": str(row[0]),
                "slug": row[1],
                "name": row[2],
                "price": {"min": row[3], "max": row[4]},
                "seller": {"name": row[6], "village": row[7]},
                "thumbnail": {"url": f"/media/r/{row[8].hex}/320.webp", "width": row[9], "color": row[11]}
                if row[9]
                else None,
                "ocop": {"stars": row[13], "number": row[14], "expiresOn": str(row[15])} if row[13] else None,
            }
            for row in rows[:first]
        ],
    }


SEARCH_SQL = """
SELECT product_id, name, price, count(*) OVER () FROM search_document
WHERE NOT gone AND vector @@ plainto_tsquery('simple', %s)
ORDER BY ts_rank(vector, plainto_tsquery('simple', %s)) DESC LIMIT 20
"""


def search_body(text: str) -> str:
    """The words, all of them, in the name or elsewhere."""
    import json

    fields = ["name^3", "context", "attributes", "description"]
    match = {"query": text, "fields": fields, "operator": "and", "type": "cross_fields"}
    return json.dumps(
        {"query": {"multi_match": match}, "size": 20, "track_total_hits": True, "_source": ["name"]}
    )


def photograph(kind: str) -> bytes:
    """12 megapixels with about as much detail as a phone's photo has: soft colours, grain, edges. Always the same."""
    import io
    import random

    from PIL import Image, ImageDraw, ImageFilter

    width, height = 4000, 3000
    noise = Image.frombytes("RGB", (500, 375), random.Random(12).randbytes(500 * 375 * 3))
    picture = noise.resize((width, height), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(6))
    draw = ImageDraw.Draw(picture)
    for step in range(0, width, 40):
        draw.line((step, 0, width - step, height), fill=(step % 256, 120, 200 - step % 200), width=6)
    grain = Image.effect_noise((width, height), 12).convert("RGB")
    picture = Image.blend(picture, grain, 0.15)
    data = io.BytesIO()
    picture.save(data, kind, quality=92)
    return data.getvalue()


def render_plainly(data: bytes, widths: tuple[int, ...]) -> None:
    """The same sizes in the same formats, by Pillow alone: no checks, no colour profile, nothing stored."""
    import io

    from PIL import Image

    picture = Image.open(io.BytesIO(data)).convert("RGB")
    for width in widths:
        scaled = picture.resize((width, picture.height * width // picture.width), Image.Resampling.LANCZOS)
        scaled.save(io.BytesIO(), "WEBP", quality=80, method=4)
        scaled.save(io.BytesIO(), "JPEG", quality=82)
