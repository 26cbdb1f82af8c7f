"""The page behind a printed traceability label: where a thing comes from, in the reader's language."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from marketplace.pages import Data, clean
from marketplace.storefront.client import run


@require_safe
def passport(request: HttpRequest, code: str) -> HttpResponse:
    found = run(request, "passport", code=clean(code, 60))["passport"]
    if found is None:
        raise Http404
    context = {"passport": found, "product": found["product"], "structured": _structured(request, found)}
    return render(request, "storefront/passport.html", context)


def _structured(request: HttpRequest, passport: Data) -> Data:
    """What machines read of it (schema.org)."""
    product, seller = passport["product"], passport["product"]["seller"]
    village = product["village"]
    data: Data = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product["name"],
        "description": product["description"],
        "url": settings.PASSPORT_URL.format(code=passport["code"]),
        "serialNumber": passport["code"],
        "image": [request.build_absolute_uri(image["jpeg"]) for image in product["images"] if image["jpeg"]],
        "manufacturer": _maker(seller),
        "countryOfOrigin": {"@type": "Country", "name": "VN"},
        "additionalProperty": [
            {"@type": "PropertyValue", "name": row["name"], "value": row["label"], "unitText": row["unit"]}
            for row in product["attributes"]
        ],
        "hasCertification": [_certification(row) for row in passport["certificates"]],
    }
    if product["gtin"]:
        data["gtin"] = product["gtin"]
    if product["craft"]:
        data["category"] = product["craft"]["name"]
    if village:
        data["countryOfAssembly"] = "VN"
        data["manufacturer"]["location"] = {
            "@type": "Place",
            "name": f"{village['name']}, {village['commune']['name']}, Hà Nội",
        }
    return data


def _maker(seller: Data) -> dict[str, Any]:
    maker: dict[str, Any] = {"@type": "Organization", "name": seller["publicName"]}
    if seller["state"] == "VERIFIED":
        maker["url"] = settings.BASE_URL + reverse("storefront:seller", args=[seller["slug"]])
    if address := seller["publicAddress"]:
        maker["address"] = {
            "@type": "PostalAddress",
            "streetAddress": address["line1"],
            "addressLocality": address["ward"],
            "addressRegion": address["province"],
            "addressCountry": "VN",
        }
    return maker


def _certification(row: Data) -> Data:
    return {
        "@type": "Certification",
        "name": f"OCOP {row['stars']}★",
        "certificationIdentification": row["number"],
        "issuedBy": {"@type": "Organization", "name": row["issuedBy"]},
        "validFrom": row["issuedOn"],
        "expires": row["expiresOn"],
        "certificationStatus": "https://schema.org/CertificationActive"
        if row["state"] == "VALID"
        else "https://schema.org/CertificationInactive",
    }
