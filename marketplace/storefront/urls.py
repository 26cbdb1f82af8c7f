"""Addresses of the buyers' pages."""

from django.conf import settings
from django.urls import path
from django.views.generic import RedirectView

from marketplace.storefront import (
    account,
    addresses,
    cart,
    catalogue,
    checkout,
    confirmations,
    demo,
    favourites,
    legal,
    orders,
    passports,
    ranking,
    returns,
    search,
    site,
    voices,
)

app_name = "storefront"

urlpatterns = [
    path("", catalogue.home, name="home"),
    path("tim-kiem", search.search, name="search"),
    path("tim-kiem/goi-y", search.suggest, name="suggest"),
    path("xep-hang", ranking.ranking, name="ranking"),
    path("ranking", RedirectView.as_view(pattern_name="storefront:ranking", permanent=True)),
    path("san-pham/<slug:slug>", cart.product, name="product"),
    path("ho-chieu/<str:code>", passports.passport, name="passport"),
    path("nghe/", catalogue.crafts, name="crafts"),
    path("nghe", RedirectView.as_view(pattern_name="storefront:crafts")),
    path("nghe/<slug:slug>", catalogue.craft, name="craft"),
    path("lang-nghe/", catalogue.villages, name="villages"),
    path("lang-nghe", RedirectView.as_view(pattern_name="storefront:villages")),
    path("lang-nghe/<slug:slug>", catalogue.village, name="village"),
    path("nguoi-ban/<slug:slug>", catalogue.seller, name="seller"),
    path("gio-hang", cart.cart, name="cart"),
    path("dat-hang", checkout.checkout, name="checkout"),
    path("dat-hang/phuong-xa", checkout.wards, name="wards"),
    path("thanh-toan/<slug:number>", orders.payment, name="payment"),
    path("thanh-toan/<slug:number>/tinh-trang", orders.payment_state, name="payment_state"),
    path("don-hang", orders.orders, name="orders"),
    path("don-hang/gui-link", orders.order_link, name="order_link"),
    path("don-hang/<slug:number>", orders.order, name="order"),
    path("don-hang/<slug:number>/huy", orders.order_cancel, name="order_cancel"),
    path("don-hang/<slug:number>/da-nhan", orders.order_receive, name="order_receive"),
    path("don-hang/<slug:number>/hoan-tien", orders.refund_account, name="refund_account"),
    path("don-hang/<slug:number>/tra-hang", returns.give_back, name="give_back"),
    path("don-hang/<slug:number>/tra-hang/tiep", returns.return_step, name="return_step"),
    path("don-hang/<slug:number>/hoi", voices.order_ask, name="order_ask"),
    path("don-hang/<slug:number>/danh-gia/<uuid:key>", voices.review, name="review"),
    path("san-pham/<slug:slug>/danh-gia", voices.reviews, name="reviews"),
    path("san-pham/<slug:slug>/cau-hoi", voices.questions, name="questions"),
    path("bao-cao/<str:thing>", voices.report, name="report"),
    path("don-hang/<slug:number>/xac-nhan", confirmations.order_confirmation, name="order_confirmation"),
    path("xac-nhan-don-hang/<str:token>", confirmations.confirmation, name="confirmation"),
    path("don-hang/<slug:number>/dat-lai", orders.order_again, name="order_again"),
    path("san-pham/<slug:slug>/giu-lai", favourites.favourite, name="favourite"),
    path("phap-ly/<slug:word>", legal.legal, name="legal"),
    path("tai-khoan/du-lieu", legal.data, name="data"),
    path("tai-khoan/du-lieu/tai-ve", legal.data_file, name="data_file"),
    path("tai-khoan/yeu-thich", favourites.favourites, name="favourites"),
    path("tai-khoan/dia-chi", addresses.addresses, name="addresses"),
    path("tai-khoan/dia-chi/moi", addresses.address, name="address_new"),
    path("tai-khoan/dia-chi/<uuid:key>", addresses.address, name="address"),
    path("tai-khoan/dia-chi/<uuid:key>/xoa", addresses.address_remove, name="address_remove"),
    path("tai-khoan/quen-mat-khau-sms", account.reset_by_sms, name="reset_by_sms"),
    path("tai-khoan/quen-mat-khau-sms/ma", account.reset_by_sms_code, name="reset_by_sms_code"),
    path("ngon-ngu", site.language, name="language"),
    path("co-chu", site.text_size, name="text_size"),
    path("robots.txt", site.robots, name="robots"),
]

if settings.SERVE_MEDIA:
    urlpatterns.append(path(f"{settings.MEDIA_URL.strip('/')}/<path:path>", site.media, name="media"))

if settings.DEBUG and settings.SAMPLE_INSTALLATION:
    urlpatterns.append(path("thu-nghiem/ngan-hang/<slug:number>", demo.bank, name="demo_bank"))
