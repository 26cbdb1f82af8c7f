"""A large plausible catalogue for benches, written by COPY."""

import datetime as dt
import json
import random
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from catalog.models import Craft, ImageAsset, Seller, Village
from catalog.reference import read
from catalog.services import rating_rank
from catalog.trace import new_trace_code
from marketplace.core.clock import today
from marketplace.core.ids import uuid7
from marketplace.core.vietnamese import slugify, sort_key

PRODUCTS_A_SELLER = 40
BATCH = 5_000
_ADJECTIVES = (
    ("nhỏ", "small"),
    ("lớn", "large"),
    ("đôi", "pair"),
    ("màu nâu", "brown"),
    ("màu tự nhiên", "natural"),
    ("kiểu cổ", "old style"),
    ("quà Tết", "Tết gift"),
    ("cho bàn trà", "for the tea table"),
    ("có nắp", "with lid"),
    ("đan dày", "close woven"),
    ("cao cấp", "fine"),
    ("đặt riêng", "to order"),
)


def generate(products: int, *, seed: int = 1) -> Iterator[tuple[int, int]]:
    """Adds that many published products, with sellers to match. Yields (done, total).

    Needs the sample catalogue (crafts, villages, names to vary). The same seed and database give the same texts.
    """
    source = random.Random(seed)  # noqa: S311 - plausible, not secret
    crafts = {craft.slug: craft.pk for craft in Craft.objects.all()}
    villages = list(Village.objects.select_related("commune"))
    if not crafts or not villages:
        raise ValueError("run manage.py load_sample first")
    models = [row for row in read("products.json") if row["craft"] in crafts]
    pictures = list(ImageAsset.objects.filter(uses__isnull=False).values_list("pk", flat=True)[:500])
    sellers = _sellers(max(1, products // PRODUCTS_A_SELLER), villages, source)
    done = 0
    yield done, products
    while done < products:
        size = min(BATCH, products - done)
        with transaction.atomic(durable=True):
            _write(size, models, crafts, sellers, pictures, source)
        done += size
        yield done, products


def _copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor:
        names = ", ".join(columns)
        with cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def _sellers(number: int, villages: Sequence[Village], source: random.Random) -> list[Seller]:
    now = timezone.now()
    rows = []
    for index in range(number):
        village = source.choice(villages)
        name = f"Cơ sở {village.name} {index + 1}"
        rows.append(
            Seller(
                id=uuid7(),
                slug=f"{slugify(name)}-{uuid.uuid4().hex[:6]}",
                name=name,
                name_key=sort_key(name),
                legal_name=f"Hộ kinh doanh sinh thử {index + 1}",
                kind="HOUSEHOLD",
                state="VERIFIED",
                trusted=source.random() < 0.2,
                village=village,
                commune=village.commune,
                about={"vi": f"{name}."},
                is_sample=True,
                created_at=now,
            )
        )
    return Seller.objects.bulk_create(rows, batch_size=500)


def _write(
    size: int,
    models: Sequence[dict[str, Any]],
    crafts: dict[str, uuid.UUID],
    sellers: Sequence[Seller],
    pictures: Sequence[uuid.UUID],
    source: random.Random,
) -> None:
    now, day = timezone.now(), today()
    products, variants, translations, certificates, stats, images = [], [], [], [], [], []
    reviews, opinions = [], read("reviews.json")
    for _number in range(size):
        model, seller = source.choice(models), source.choice(sellers)
        vietnamese, english = source.choice(_ADJECTIVES)
        key = uuid7()
        name = f"{model['name']['vi']} {vietnamese}"
        published = now - dt.timedelta(minutes=source.randrange(500_000))
        scale = source.uniform(0.7, 1.5)
        prices = [max(1_000, round(v["price"] * scale / 1000) * 1000) for v in model["variants"]]
        order_days = model.get("made_to_order_days")
        products.append(
            (
                key, now, published, f"{slugify(name)}-{key.hex[-10:]}", seller.pk, crafts[model["craft"]],
                seller.village_id, "PUBLISHED", "vi", name, sort_key(name), model["description"]["vi"],
                json.dumps(model["attributes"]), order_days, model.get("hs_code") or "", "", min(prices),
                max(prices), 1, published, True, "", "[]", "", "",
                new_trace_code(),
            )
        )  # fmt: skip
        translations.append(
            (
                uuid7(),
                now,
                now,
                key,
                "en",
                f"{model['name']['en']}, {english}",
                model["description"]["en"],
                "",
                False,
                "",
            )
        )
        for position, (variant, price) in enumerate(zip(model["variants"], prices, strict=True)):
            variants.append(
                (
                    uuid7(), now, now, key, seller.pk, f"G{key.hex[-12:]}-{position}", variant["name"],
                    json.dumps(variant.get("options", [])), price, source.choice((0, 3, 10, 40)), 0,
                    variant.get("weight_grams"), "", position,
                )
            )  # fmt: skip
        if source.random() < 0.2:
            issued = day - dt.timedelta(days=source.randrange(1_300))
            expires = issued.replace(year=issued.year + 3, day=min(issued.day, 28))
            certificates.append(
                (
                    uuid7(), now, now, key, f"SINH-{source.randrange(10**6)}/QĐ-UBND", source.choice((3, 3, 4, 4, 5)),
                    "PROVINCE", "UBND thành phố Hà Nội", issued, expires,
                    "VALID" if expires >= day else "EXPIRED", "", now,
                )
            )  # fmt: skip
        said = [source.choice(opinions) for _review in range(source.choice((0, 0, 1, 3, 12)))]
        count, total = len(said), sum(item["rating"] for item in said)
        reviews += [
            (
                uuid7(), now, now, key, item["author"], item["rating"], item["body"], item["language"],
                published + dt.timedelta(minutes=index), "", "",
            )
            for index, item in enumerate(said)
        ]  # fmt: skip
        sold = source.randrange(80)
        stats.append((key, sold, sold // 4, total, count, rating_rank(total, count)))
        if pictures:
            images.append((uuid7(), now, now, key, source.choice(pictures), 0, name))
    _copy(
        "catalog_product",
        (
            "id", "created_at", "updated_at", "slug", "seller_id", "craft_id", "village_id", "state", "language",
            "name", "name_key", "description", "attributes", "made_to_order_days", "hs_code", "gtin", "price_min",
            "price_max", "revision", "published_at", "is_sample", "story", "steps", "archived_from", "review_note",
            "trace_code",
        ),
        products,
    )  # fmt: skip
    _copy(
        "catalog_product_translation",
        (
            "id", "created_at", "updated_at", "product_id", "language", "name", "description", "story",
            "machine_translated",
            "source_hash",
        ),
        translations,
    )  # fmt: skip
    _copy(
        "catalog_variant",
        (
            "id", "created_at", "updated_at", "product_id", "seller_id", "sku", "name", "options", "price", "on_hand",
            "held", "weight_grams", "gtin", "position",
        ),
        variants,
    )  # fmt: skip
    _copy(
        "catalog_ocop_certificate",
        (
            "id", "created_at", "updated_at", "product_id", "number", "stars", "level", "issued_by", "issued_on",
            "expires_on", "state", "note", "begun_at",
        ),
        certificates,
    )  # fmt: skip
    _copy(
        "catalog_product_stats",
        ("product_id", "sold", "sold_30d", "rating_sum", "rating_count", "rating_rank"),
        stats,
    )
    _copy(
        "catalog_review",
        (
            "id", "created_at", "updated_at", "product_id", "author_name", "rating", "body", "language", "written_at",
            "reply", "hidden_reason",
        ),
        reviews,
    )  # fmt: skip
    _copy(
        "catalog_product_image",
        ("id", "created_at", "updated_at", "product_id", "asset_id", "position", "alt"),
        images,
    )
