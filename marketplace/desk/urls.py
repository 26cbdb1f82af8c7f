"""Addresses of the sellers' pages. The services' messages link to some of them: they stay as they are."""

import uuid

from django.urls import path, register_converter
from django.views.generic import RedirectView

from marketplace.desk import (
    apply,
    certificates,
    claims,
    delivery,
    home,
    listings,
    orders,
    passport,
    people,
    products,
    returns,
    sheets,
    stock,
    voices,
    workshop,
)


class Hex:
    """A row's key without its dashes."""

    regex = "[0-9a-f]{32}"

    def to_python(self, value: str) -> uuid.UUID:
        return uuid.UUID(hex=value)

    def to_url(self, value: uuid.UUID) -> str:
        return value.hex


register_converter(Hex, "hex")

app_name = "desk"

urlpatterns = [
    path("desk", home.home, name="home"),
    path("desk/", RedirectView.as_view(pattern_name="desk:home")),
    path("desk/dang-ky", apply.begin, name="apply"),
    path("desk/dang-ky/giay-to", apply.papers, name="apply_papers"),
    path("desk/dang-ky/danh-tinh", apply.identity, name="apply_identity"),
    path("desk/dang-ky/tai-khoan", apply.bank, name="apply_bank"),
    path("desk/san-pham", products.products, name="products"),
    path("desk/san-pham/moi", products.new, name="new"),
    path("desk/san-pham/<hex:key>", listings.listing, name="listing"),
    path("desk/san-pham/<hex:key>/anh", listings.photo_add, name="photo_add"),
    path("desk/san-pham/<hex:key>/chung-nhan", certificates.certificates, name="certificates"),
    path("desk/san-pham/<hex:key>/nhan.pdf", passport.labels, name="labels"),
    path("desk/tra-hang", returns.returns, name="returns"),
    path("desk/tra-hang/<uuid:key>", returns.give_back, name="return"),
    path("desk/don-hang", orders.orders, name="orders"),
    path("desk/don-hang/<slug:number>", orders.order, name="order"),
    path("desk/don-hang/<slug:number>/phieu.pdf", orders.order_papers, name="order_papers"),
    path("desk/don-hang/<slug:number>/huy", orders.order_cancel, name="order_cancel"),
    path("desk/cau-hoi", voices.questions, name="questions"),
    path("desk/danh-gia", voices.reviews, name="reviews"),
    path("desk/nhan/<str:token>", orders.parcel_label, name="parcel_label"),
    path("desk/nhap-bang", sheets.sheets, name="sheets"),
    path("desk/ton-kho", stock.stock, name="stock"),
    path("desk/nguoi", people.people, name="people"),
    path("desk/nguoi/<hex:key>/bo", people.remove, name="remove"),
    path("desk/nhan-trang/<slug:slug>", claims.claim, name="claim"),
    path("desk/loi-moi/<str:token>", people.invitation, name="invitation"),
    path("desk/co-so", workshop.workshop, name="workshop"),
    path("desk/co-so/giao-hang", delivery.delivery, name="delivery"),
]
