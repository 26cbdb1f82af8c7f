"""Officers' queues of sellers, listings and certificates, and what else the catalogue shows to staff."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from catalog import attributes, files, images, queries, services
from catalog.admin.decisions import Decision, QueueAdmin, QueueFilter, decision, waiting_badge
from catalog.admin.voices import reports_waiting
from catalog.banks import bank_name
from catalog.models import (
    AttributeDefinition,
    Craft,
    OcopCertificate,
    OcopState,
    PrivateFile,
    Product,
    ProductImage,
    ProductRevision,
    ProductState,
    Seller,
    SellerState,
    Variant,
    Village,
)
from catalog.queries import checklist
from catalog.services.sellers import DECISIONS, version_of
from marketplace.accounts.authentication import actor_from_cookie
from marketplace.core.actor import Actor
from marketplace.core.admin import ReadOnlyAdmin
from marketplace.core.money import format_money

NOTHING = "–"


def may_decide(request: HttpRequest) -> bool:
    return bool(admin.site.get_model_admin(Seller).has_view_permission(request))


def _lines(rows: Iterable[Any]) -> SafeString | str:
    return format_html_join("", "<div>{}</div>", ((row,) for row in rows)) or NOTHING


def _pictures(rows: Iterable[ProductImage]) -> SafeString | str:
    """Small ones, each with the way to the large one."""
    shown = [
        (
            images.rendition_url(row.asset, 1200, "jpg"),
            images.rendition_url(row.asset, 320, "jpg"),
            row.alt or _("Look at the photo in full size"),
        )
        for row in rows
        if row.asset.ready
    ]
    picture = (
        '<a href="{}" target="_blank" rel="noopener noreferrer" style="display:inline-block;margin:0 8px 8px 0">'
        '<img src="{}" alt="{}" width="160"></a>'
    )
    return format_html_join("", picture, shown) or NOTHING


def _day(value: str | None) -> str:
    return f"{dt.date.fromisoformat(value):%d/%m/%Y}" if value else ""


def _phone(number: str | None) -> str:
    """As people here say it: `0912 345 678`."""
    return re.sub(r"^\+84(\d{3})(\d{3})(\d{3})$", r"0\1 \2 \3", number or "")


def _link(file: PrivateFile | None) -> SafeString | str:
    if file is None:
        return NOTHING
    return format_html(
        '<a class="underline" href="{}" target="_blank" rel="noopener noreferrer">{}</a>',
        files.signed_url(file),
        file.label,
    )


def _seller_decision(name: str) -> Decision:
    def act(actor: Actor, row: Any, data: dict[str, Any]) -> None:
        services.seller_decide(
            actor=actor,
            seller_id=row.pk,
            decision=name,
            note=data["note"],
            expected_version=data["revision"],
        )

    return act


def _seller_trust(trusted: bool) -> Decision:
    def act(actor: Actor, row: Any, data: dict[str, Any]) -> None:
        services.seller_trust_set(actor=actor, seller_id=row.pk, trusted=trusted, note=data["note"])

    return act


def _hand_over(actor: Actor, row: Any, data: dict[str, Any]) -> None:
    services.seller_hand_over(actor=actor, seller_id=row.pk, contact=data["note"])


def _product_decision(publish: bool) -> Decision:
    def act(actor: Actor, row: Any, data: dict[str, Any]) -> None:
        services.product_decide(
            actor=actor,
            product_id=row.pk,
            publish=publish,
            note=data["note"],
            expected_revision=data["revision"],
        )

    return act


def _certificate_decision(accept: bool) -> Decision:
    def act(actor: Actor, row: Any, data: dict[str, Any]) -> None:
        services.certificate_decide(actor=actor, certificate_id=row.pk, accept=accept, note=data["note"])

    return act


def _certificate_revocation(actor: Actor, row: Any, data: dict[str, Any]) -> None:
    services.certificate_revoke(actor=actor, certificate_id=row.pk, reason=data["note"])


def _written(language: str, *, by_machine: bool) -> str:
    machine = str(_("by a machine"))
    return f"{language} ({machine})" if by_machine else language


def _story_confirmation(actor: Actor, row: Any, data: dict[str, Any]) -> None:
    services.village_story_confirm(actor=actor, village=row)


def _craft_confirmation(actor: Actor, row: Any, data: dict[str, Any]) -> None:
    services.craft_words_confirm(actor=actor, craft=row)


@admin.register(Village)
class VillageAdmin(QueueAdmin):
    list_display = ["name", "commune", "evidence", "recognition"]
    list_filter = ["commune", "evidence"]
    search_fields = ["name"]
    fields = [
        "name",
        "commune",
        "former_commune",
        "kind",
        "evidence",
        "recognition",
        "recognized_on",
        "told",
        "slug",
    ]
    readonly_fields = ["told"]
    actions_detail = ["confirm"]
    confirm = decision("confirm", _("Confirm the machine's words"))
    decisions = {"confirm": _story_confirmation}

    def possible(self, row: Village) -> set[str]:
        return {"confirm"} if row.stories.filter(machine_translated=True).exists() else set()

    @admin.display(description=_("Stories"))
    def told(self, row: Village) -> Any:
        return _lines(
            f"{_written(story.language, by_machine=story.machine_translated)}: {story.title}. {story.body}"
            for story in row.stories.order_by("language")
        )


@admin.register(Craft)
class CraftAdmin(QueueAdmin):
    """Crafts belong to no commune: they are for administrators."""

    list_display = ["__str__", "slug"]
    search_fields = ["slug"]
    fields = ["words", "slug", "hs_code", "ocop_product_set"]
    readonly_fields = ["words"]
    actions_detail = ["confirm"]
    confirm = decision("confirm", _("Confirm the machine's words"))
    decisions = {"confirm": _craft_confirmation}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = ReadOnlyAdmin.get_queryset(self, request)
        return rows

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor_from_cookie(request).is_admin

    def possible(self, row: Craft) -> set[str]:
        return {"confirm"} if row.machine_drafts else set()

    @admin.display(description=_("Words"))
    def words(self, row: Craft) -> Any:
        return _lines(
            f"{_written(language, by_machine=language in row.machine_drafts)}: {name}. "
            f"{row.descriptions.get(language, '')}"
            for language, name in sorted(row.names.items())
        )


@admin.register(Seller)
class SellerAdmin(QueueAdmin):
    waiting = queries.SELLERS_WAITING
    list_display = ["name", "kind", "state", "commune", "village", "trusted", "applied_at"]
    list_filter = [QueueFilter, "state", "kind", "commune"]
    search_fields = ["name", "slug"]
    list_select_related = ["commune", "village"]
    ordering = ["applied_at", "id"]
    fields = [
        "name", "state", "missing", "kind", "legal_name", "commune", "village", "trusted", "phone_number",
        "full_address", "tax_number", "identity", "account", "papers", "vneid_linked_at",
        "applied_at", "decided_at", "decision_note", "slug", "is_sample",
    ]  # fmt: skip
    readonly_fields = [
        "missing", "phone_number", "full_address", "tax_number", "identity", "account", "papers",
    ]  # fmt: skip
    actions_detail = ["verify", "reject", "suspend", "reinstate", "close", "trust", "distrust", "hand_over"]
    hand_over = decision("hand_over", _("Hand over to its owner"))
    asks = {"hand_over": _("Phone or e-mail of the owner's account here")}
    verify = decision("verify", _("Verify"))
    reject = decision("reject", _("Send back"))
    suspend = decision("suspend", _("Pause"))
    reinstate = decision("reinstate", _("Open again"))
    close = decision("close", _("Close for good"))
    trust = decision("trust", _("Mark as trusted"))
    distrust = decision("distrust", _("No longer trusted"))
    decisions = {
        **{
            name: _seller_decision(name.upper())
            for name in ("verify", "reject", "suspend", "reinstate", "close")
        },
        "trust": _seller_trust(True),
        "distrust": _seller_trust(False),
        "hand_over": _hand_over,
    }

    def version(self, row: Seller) -> int:
        return version_of(row)

    consequences = {
        "verify": _("The workshop is told. From now on it can send you its listings, and sell."),
        "reject": _(
            "The workshop is told what to mend. Nothing of what it sent is lost; it can send it again."
        ),
        "suspend": _("Buyers no longer see the workshop and its things, until you open it again."),
        "reinstate": _("Buyers see the workshop and its things again."),
        "close": _("The workshop can never sell here again. This cannot be taken back."),
        "trust": _("Buyers see beside the name that this is a trusted workshop of the district."),
        "distrust": _("Buyers no longer see that this is a trusted workshop."),
        "hand_over": _("This person becomes the owner of the page and can apply with it. Be sure who it is."),
    }
    needs_reason = frozenset({"reject", "suspend", "reinstate", "close", "distrust"})

    def possible(self, row: Seller) -> set[str]:
        names = {name.lower() for name, (states, _to, _note) in DECISIONS.items() if row.state in states}
        if row.state == SellerState.VERIFIED:
            names.add("distrust" if row.trusted else "trust")
        if row.state == SellerState.UNCLAIMED:
            names.add("hand_over")
        return names

    @admin.display(description=_("Still missing"))
    def missing(self, row: Seller) -> Any:
        # That it is not verified yet is why the officer is here.
        return _lines(item.label for item in checklist(row) if not item.done and item.code != "VERIFIED")

    @admin.display(description=_("Phone number"))
    def phone_number(self, row: Seller) -> str:
        return _phone(row.phone) or NOTHING

    @admin.display(description=_("Address"))
    def full_address(self, row: Seller) -> str:
        address = row.address or {}
        parts = [address.get(key) for key in ("name", "line1", "ward", "province")]
        return ", ".join(part for part in parts if part) or NOTHING

    @admin.display(description=_("Tax code"))
    def tax_number(self, row: Seller) -> str:
        return row.tax_code or NOTHING

    @admin.display(description=_("Personal id and date of birth"))
    def identity(self, row: Seller) -> str:
        return ", ".join(part for part in (row.personal_id, _day(row.birth_date)) if part) or NOTHING

    @admin.display(description=_("Bank account"))
    def account(self, row: Seller) -> str:
        if not row.bank_account:
            return NOTHING
        return f"{bank_name(row.bank_bin)} …{row.bank_account[-4:]}, {row.bank_holder}"

    @admin.display(description=_("Papers"))
    def papers(self, row: Seller) -> Any:
        return _lines(_link(file) for file in row.files.filter(is_paper=True).order_by("id"))


@admin.register(Product)
class ProductAdmin(QueueAdmin):
    waiting = queries.LISTINGS_WAITING
    to_commune = "seller__commune"
    list_display = ["name", "seller", "craft", "state", "changed", "price", "submitted_at"]
    list_filter = [QueueFilter, "state", "craft"]
    search_fields = ["name", "slug"]
    list_select_related = ["seller", "craft", "pending_revision"]
    ordering = ["submitted_at", "id"]
    fields = [
        "name", "state", "changes", "photos", "seller", "craft", "village", "description", "story", "kinds",
        "properties", "made_to_order_days", "certificates_listed", "review_note", "submitted_at",
        "published_at", "revision", "slug", "is_sample",
    ]  # fmt: skip
    readonly_fields = ["changes", "photos", "kinds", "properties", "certificates_listed"]
    actions_detail = ["publish", "send_back"]
    publish = decision("publish", _("Publish"))
    send_back = decision("send_back", _("Send back"))
    decisions = {"publish": _product_decision(True), "send_back": _product_decision(False)}

    consequences = {
        "publish": _("The seller is told. Buyers see it at once."),
        "send_back": _(
            "The seller is told what to mend, and can send it again. Buyers do not see what waited."
        ),
    }
    needs_reason = frozenset({"send_back"})

    def consequence(self, name: str, row: Product) -> Any:
        if name == "send_back" and self.possible(row) == {"send_back"}:
            return _("It is taken out of the market: buyers no longer see it until you publish it again.")
        return super().consequence(name, row)

    def possible(self, row: Product) -> set[str]:
        if row.state == ProductState.IN_REVIEW:
            return {"publish", "send_back"}
        if row.state != ProductState.PUBLISHED:
            return set()
        waits = Product.objects.filter(self.waiting, pk=row.pk).exists()
        return {"publish", "send_back"} if waits else {"send_back"}

    @admin.display(description=_("Changes wait"))
    def changed(self, row: Product) -> Any:
        revision: ProductRevision | None = getattr(row, "pending_revision", None)
        return _("yes") if revision and revision.waiting else NOTHING

    @admin.display(description=_("Price"), ordering="price_min")
    def price(self, row: Product) -> str:
        return format_money(row.price_min) if row.price_min else NOTHING

    @admin.display(description=_("Changes that wait"))
    def changes(self, row: Product) -> Any:
        revision: ProductRevision | None = getattr(row, "pending_revision", None)
        if revision is None:
            return NOTHING
        lines: list[Any] = []
        fields = services.changed_fields(row, revision)
        if "name" in fields:
            lines.append(f"{row.name} → {revision.name}")
        if "craft" in fields:
            lines.append(f"{row.craft} → {revision.craft}")
        if "images" in fields:
            lines.append(_pictures(revision.pictures.select_related("asset").order_by("position", "id")))
        if "ocop" in fields:
            lines.append(_("A certificate waits in the queue of certificates."))
        return _lines(lines)

    @admin.display(description=_("Photos"))
    def photos(self, row: Product) -> Any:
        return _pictures(
            row.pictures.filter(revision=None).select_related("asset").order_by("position", "id")
        )

    @admin.display(description=_("Kinds and prices"))
    def kinds(self, row: Product) -> Any:
        variants = Variant.objects.filter(product=row, archived_at=None).order_by("position", "id")
        return _lines(
            f"{f'{item.name}: ' if item.name else ''}{format_money(item.price)} × {item.on_hand}"
            for item in variants
        )

    @admin.display(description=_("Properties"))
    def properties(self, row: Product) -> Any:
        definitions = AttributeDefinition.objects.filter(craft=row.craft)
        names = {**attributes.COMMON_OPTIONS, **{item.slug: item.names for item in definitions}}
        return _lines(
            f"{names.get(item['slug'], {}).get('vi', item['slug'])}: {item['value']}"
            for item in row.attributes
        )

    @admin.display(description=_("Certificates"))
    def certificates_listed(self, row: Product) -> Any:
        return _lines(
            f"{item.number}, {item.stars}★, {item.get_state_display()}"
            for item in row.certificates.order_by("-issued_on")
        )


@admin.register(OcopCertificate)
class OcopCertificateAdmin(QueueAdmin):
    waiting = queries.CERTIFICATES_WAITING
    to_commune = "product__seller__commune"
    list_display = ["number", "stars", "product", "state", "issued_on", "expires_on"]
    list_filter = [QueueFilter, "state", "stars"]
    search_fields = ["number", "product__name"]
    list_select_related = ["product"]
    ordering = ["created_at", "id"]
    fields = [
        "number", "stars", "level", "product", "state", "issued_by", "issued_on", "expires_on", "scanned", "note",
    ]  # fmt: skip
    readonly_fields = ["scanned"]
    actions_detail = ["accept", "refuse", "revoke"]
    accept = decision("accept", _("Accept"))
    refuse = decision("refuse", _("Refuse"))
    revoke = decision("revoke", _("Revoke"))
    decisions = {
        "accept": _certificate_decision(True),
        "refuse": _certificate_decision(False),
        "revoke": _certificate_revocation,
    }

    consequences = {
        "accept": _("The seller is told. Buyers see the stars as long as the decision is in force."),
        "refuse": _("The seller is told what is wrong, and can send it again. Buyers see no stars."),
        "revoke": _("Buyers no longer see the stars. The seller is told."),
    }
    needs_reason = frozenset({"refuse", "revoke"})

    def possible(self, row: OcopCertificate) -> set[str]:
        by_state = {OcopState.SUBMITTED: {"accept", "refuse"}, OcopState.VALID: {"revoke"}}
        return by_state.get(OcopState(row.state), set())

    @admin.display(description=_("Scan"))
    def scanned(self, row: OcopCertificate) -> Any:
        return _link(row.scan)


sellers_waiting = waiting_badge(Seller)
products_waiting = waiting_badge(Product)
certificates_waiting = waiting_badge(OcopCertificate)
__all__ = ["certificates_waiting", "may_decide", "products_waiting", "reports_waiting", "sellers_waiting"]
