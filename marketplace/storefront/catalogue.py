"""Pages of the catalogue: home, crafts, villages, makers, and a product."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from marketplace.pages import Data, clean
from marketplace.storefront.client import run
from marketplace.storefront.village_map import lay_out

HERO = 6
SHELF = 8


def mixed(products: list[Data], count: int, *, per_craft: int = 1) -> list[Data]:
    """The first of the list, but no more than `per_craft` of one craft while others wait."""
    taken: Counter[str] = Counter()
    first: list[Data] = []
    later: list[Data] = []
    for product in products:
        craft = (product["craft"] or {}).get("slug", "")
        taken[craft] += 1
        (first if taken[craft] <= per_craft else later).append(product)
    return (first + later)[:count]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    data = run(request, "home", certified=60, newest=60)
    certified = data["certified"]["nodes"]
    # Another picture leads every day; within a day the page stays as it is.
    turn = timezone.localdate().toordinal() % max(len(certified), 1)
    shown = [product for product in certified[turn:] + certified[:turn] if product["thumbnail"]]
    hero = mixed(shown or data["newest"]["nodes"], HERO)
    in_hero = {product["slug"] for product in hero}
    return render(
        request,
        "storefront/home.html",
        {
            "hero": hero,
            "crafts": data["crafts"],
            "map": lay_out(data["villages"]["nodes"]),
            "village_count": data["villages"]["totalCount"],
            "product_count": data["newest"]["totalCount"],
            "newest": mixed(data["newest"]["nodes"], SHELF, per_craft=2),
            "certified": mixed([p for p in certified if p["slug"] not in in_hero], SHELF),
            "certified_count": data["certified"]["totalCount"],
        },
    )


@require_safe
def crafts(request: HttpRequest) -> HttpResponse:
    return render(request, "storefront/crafts.html", run(request, "crafts"))


@require_safe
def craft(request: HttpRequest, slug: str) -> HttpResponse:
    data = run(request, "craft", slug=slug, filter={"craft": [slug]})
    if data["craft"] is None:
        raise Http404
    return render(
        request,
        "storefront/craft.html",
        {
            "craft": data["craft"],
            "villages": sorted(data["villages"]["nodes"], key=lambda row: -row["productCount"]),
            "products": data["products"]["nodes"],
        },
    )


@require_safe
def villages(request: HttpRequest) -> HttpResponse:
    data = run(request, "villages")
    former = {row["slug"]: row["formerNames"] for row in data["communes"]}
    drawn = lay_out(data["villages"]["nodes"])
    return render(
        request,
        "storefront/villages.html",
        {
            "map": drawn,
            "groups": [(commune, former.get(commune.slug, [])) for commune in drawn.communes],
            "village_count": data["villages"]["totalCount"],
        },
    )


@require_safe
def village(request: HttpRequest, slug: str) -> HttpResponse:
    found = run(request, "village", slug=slug)["village"]
    if found is None:
        raise Http404
    return render(request, "storefront/village.html", {"village": found})


@require_safe
def seller(request: HttpRequest, slug: str) -> HttpResponse:
    after = clean(request.GET.get("after"), 200) or None
    found = run(request, "seller", slug=slug, after=after)["seller"]
    if found is None:
        raise Http404
    return render(request, "storefront/seller.html", {"seller": found, "further": after is not None})


def product_page(request: HttpRequest, slug: str, **more: Any) -> HttpResponse:
    """The product, with what was chosen and what was refused when a form comes back."""
    found = run(request, "product", slug=slug)["product"]
    if found is None:
        raise Http404
    variants = found["variants"]
    can_buy = [row for row in variants if row["available"] is None or row["available"] > 0]
    chosen = more.get("variant") or (can_buy or variants or [{"id": ""}])[0]["id"]
    context = {
        "product": found,
        "chosen": chosen,
        "chosen_variant": next((row for row in variants if row["id"] == chosen), None),
        "can_buy": bool(can_buy),
        "quantity": more.get("quantity", "1"),
        "errors": more.get("errors", {}),
        "max_quantity": settings.CART_MAX_QUANTITY,
        "structured": structured_data(request, found),
    }
    return render(request, "storefront/product.html", context, status=422 if context["errors"] else 200)


def structured_data(request: HttpRequest, product: Data) -> Data:
    """What search engines read of a product (schema.org)."""
    url = settings.BASE_URL + reverse("storefront:product", args=[product["slug"]])
    in_stock = "https://schema.org/InStock" if product["inStock"] else "https://schema.org/OutOfStock"
    data: Data = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product["name"],
        "description": product["description"],
        "url": url,
        "image": [request.build_absolute_uri(image["jpeg"]) for image in product["images"] if image["jpeg"]],
        "brand": {"@type": "Brand", "name": product["seller"]["publicName"]},
        "offers": [
            {
                "@type": "Offer",
                "sku": variant["sku"],
                "price": variant["price"]["amount"],
                "priceCurrency": "VND",
                "availability": in_stock if variant["available"] != 0 else "https://schema.org/OutOfStock",
                "url": url,
            }
            for variant in product["variants"]
        ],
    }
    if product["rating"]:
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": product["rating"],
            "reviewCount": product["reviewCount"],
        }
    return data
