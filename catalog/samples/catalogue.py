"""The sample catalogue: invented sellers, products, certificates and ratings on real places."""

import datetime as dt
from collections import Counter
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.models import (
    Commune,
    Craft,
    ImageAsset,
    OcopCertificate,
    OcopState,
    Product,
    ProductImage,
    ProductState,
    ProductStats,
    ProductTranslation,
    Review,
    Seller,
    SellerState,
    Variant,
    Village,
    VillageImage,
)
from catalog.reference import load_villages, read
from catalog.services import products_touch, rating_rank
from marketplace.core.clock import today
from marketplace.core.ids import uuid7
from marketplace.core.phones import parse_phone
from marketplace.core.vietnamese import sort_key

# The day around which the dates of data/products.json were set.
DATA_DAY = dt.date(2026, 11, 22)
SELLERS_SINCE = dt.date(2026, 3, 2)


@transaction.atomic(durable=True)
def load_sample() -> dict[str, int]:
    """Adds what is missing and touches nothing that is there. Returns how many of each were added."""
    load_villages(read("places.json"), lambda evidence: True)
    places = _Places()
    sellers = _load_sellers(places)
    products = _load_products(places)
    reviews = _load_reviews()
    pictures = _load_pictures()
    products_touch(products)
    return {"sellers": sellers, "products": len(products), "reviews": reviews, "pictures": pictures}


class _Places:
    def __init__(self) -> None:
        self.communes = {row.code: row for row in Commune.objects.all()}
        self.villages = {row.slug: row for row in Village.objects.all()}
        self.crafts = {row.slug: row for row in Craft.objects.all()}


def _load_sellers(places: _Places) -> int:
    known = set(Seller.objects.values_list("slug", flat=True))
    added = 0
    for row in read("sellers.json"):
        if row["slug"] in known:
            continue
        seller = Seller.objects.create(
            slug=row["slug"],
            name=row["name"],
            name_key=sort_key(row["name"]),
            legal_name=row["legal_name"],
            kind=row["kind"],
            state=SellerState.VERIFIED,
            trusted=row["trusted"],
            village=places.villages[row["village"]] if row["village"] else None,
            commune=places.communes[row["commune_code"]],
            about=row["about"],
            phone=parse_phone(row["phone"]) or row["phone"],
            tax_code=row["tax_code"],
            bank_bin=row["bank_bin"],
            bank_account=row["bank_account"],
            bank_holder=row["bank_holder"],
            # Before the day from which new accounts are linked to VNeID from the start.
            applied_at=timezone.make_aware(dt.datetime.combine(SELLERS_SINCE, dt.time(8))),
            is_sample=True,
        )
        seller.crafts.set([places.crafts[slug] for slug in row["crafts"]])
        added += 1
    return added


def _load_products(places: _Places) -> list[Any]:
    known = set(Product.objects.values_list("slug", flat=True))
    sellers = {row.slug: row for row in Seller.objects.all()}
    rows = [row for row in read("products.json") if row["slug"] not in known]
    now = timezone.now()
    shift = today() - DATA_DAY
    products, variants, translations, certificates, stats = [], [], [], [], []
    reviews = Counter(review["product"] for review in read("reviews.json"))
    for index, row in enumerate(rows):
        prices = [variant["price"] for variant in row["variants"]]
        # Spread over the last months, so that "new" means something.
        published = now - dt.timedelta(hours=7 * (len(rows) - index))
        product = Product(
            id=uuid7(),
            slug=row["slug"],
            seller=sellers[row["seller"]],
            craft=places.crafts[row["craft"]],
            village=places.villages.get(row["village"]),
            state=ProductState.PUBLISHED,
            name=row["name"]["vi"],
            name_key=sort_key(row["name"]["vi"]),
            description=row["description"]["vi"],
            attributes=row["attributes"],
            made_to_order_days=row.get("made_to_order_days"),
            hs_code=row.get("hs_code") or "",
            price_min=min(prices),
            price_max=max(prices),
            compare_at_price=row["variants"][0].get("compare_at"),
            updated_at=published,
            published_at=published,
            is_sample=True,
        )
        products.append(product)
        translations += [
            ProductTranslation(
                product=product,
                language=language,
                name=row["name"][language],
                description=row["description"].get(language, ""),
            )
            for language in sorted(row["name"].keys() - {"vi"})
        ]
        for position, variant in enumerate(row["variants"]):
            variants.append(
                Variant(
                    product=product,
                    seller=product.seller,
                    sku=variant["sku"],
                    name=variant["name"],
                    options=variant.get("options", []),
                    price=variant["price"],
                    compare_at_price=variant.get("compare_at"),
                    on_hand=variant["stock"],
                    weight_grams=variant.get("weight_grams"),
                    position=position,
                )
            )
        if row.get("ocop"):
            certificates.append(_certificate(product, row["ocop"], shift))
        count = reviews[row["slug"]]
        stats.append(ProductStats(product=product, sold=count * 3, sold_30d=min(count, 5)))
    Product.objects.bulk_create(products, batch_size=500)
    ProductTranslation.objects.bulk_create(translations, batch_size=500)
    Variant.objects.bulk_create(variants, batch_size=500)
    OcopCertificate.objects.bulk_create(certificates, batch_size=500)
    ProductStats.objects.bulk_create(stats, batch_size=500)
    return [product.pk for product in products]


def _load_reviews() -> int:
    """The opinions in reviews.json, of products that have none yet; no order stands behind them. All count."""
    products = dict(Product.objects.filter(is_sample=True, reviews=None).values_list("slug", "pk"))
    shift = today() - DATA_DAY
    reviews = [
        Review(
            product_id=products[row["product"]],
            author_name=row["author"],
            rating=row["rating"],
            body=row["body"],
            language=row["language"],
            written_at=min(_noon(dt.date.fromisoformat(row["created_on"]) + shift), timezone.now()),
        )
        for row in read("reviews.json")
        if row["product"] in products
    ]
    Review.objects.bulk_create(reviews, batch_size=500)
    totals: Counter[Any] = Counter()
    for review in reviews:
        totals[review.product_id] += review.rating
    counts = Counter(review.product_id for review in reviews)
    stats = list(ProductStats.objects.filter(product__in=counts))
    for row in stats:
        row.rating_sum, row.rating_count = totals[row.product_id], counts[row.product_id]
        row.rating_rank = rating_rank(row.rating_sum, row.rating_count)
    ProductStats.objects.bulk_update(stats, ["rating_sum", "rating_count", "rating_rank"], batch_size=500)
    return len(reviews)


def _noon(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


def _certificate(product: Product, row: dict[str, Any], shift: dt.timedelta) -> OcopCertificate:
    issued = dt.date.fromisoformat(row["issued_on"]) + shift
    expires = dt.date.fromisoformat(row["expires_on"]) + shift
    return OcopCertificate(
        product=product,
        number=row["number"],
        stars=row["stars"],
        level=row["level"],
        issued_by=row["issued_by"],
        issued_on=issued,
        expires_on=expires,
        state=OcopState.VALID if expires >= today() else OcopState.EXPIRED,
        begun_at=timezone.now(),
    )


def _load_pictures() -> int:
    """Pictures to be drawn by the worker: two of each product, one of each craft, village and seller."""
    from catalog.jobs import render_image

    first: list[ImageAsset] = []
    later: list[ImageAsset] = []

    def asset(urgent: bool, **drawing: Any) -> ImageAsset:
        row = ImageAsset(drawing=drawing)
        (first if urgent else later).append(row)
        return row

    crafts = list(Craft.objects.filter(image=None))
    for craft in crafts:
        craft.image = asset(True, of="craft", craft=craft.slug)
    villages = Village.objects.filter(pictures=None).prefetch_related("crafts")
    village_images = [
        VillageImage(
            village=village,
            asset=asset(
                False, of="village", crafts=[c.slug for c in village.crafts.all()], seed=village.slug
            ),
            alt=village.name,
        )
        for village in villages
    ]
    sellers = list(Seller.objects.filter(logo=None, is_sample=True).prefetch_related("crafts"))
    for seller in sellers:
        seller.logo = asset(False, of="seller", craft=seller.crafts.all()[0].slug, seed=seller.slug)
    products = Product.objects.filter(pictures=None, is_sample=True).select_related("craft")
    images = []
    for number, product in enumerate(products.order_by("-published_at")):
        slug = product.craft.slug if product.craft else ""
        images.append(
            ProductImage(
                product=product,
                asset=asset(number < 24, of="product", craft=slug, seed=product.slug, name=product.name),
                alt=product.name,
            )
        )
    ImageAsset.objects.bulk_create(first + later, batch_size=500)
    VillageImage.objects.bulk_create(village_images)
    Craft.objects.bulk_update(crafts, ["image"])
    Seller.objects.bulk_update(sellers, ["logo"])
    ProductImage.objects.bulk_create(images, batch_size=500)
    for rows, priority in ((first, 10), (later, -10)):
        if rows:
            arguments: list[dict[str, Any]] = [{"asset_id": str(row.pk)} for row in rows]
            render_image.configure(priority=priority).batch_defer(*arguments)
    return len(first) + len(later)
