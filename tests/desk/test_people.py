"""The people of a workshop: invited by a link, gone after a second question."""

import re

import pytest
from django.core import mail
from django.test import Client

from catalog.models import SellerMember
from tests.builders import Shop, make_seller, make_user
from tests.desk.conftest import Person, error_at, member, person, text_of, value_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(owner: Person, run_jobs: object) -> str:
    """The secret of a packer's invitation by e-mail."""
    owner.post("/desk/nguoi", contact="ban@example.vn", role="PACKER")
    assert callable(run_jobs)
    run_jobs()
    found = re.search(r"/desk/loi-moi/(\S+)", str(mail.outbox[-1].body))
    assert found
    return found.group(1)


def test_everybody_reads_who_may_do_what(owner: Person, packer: Person, shop: Shop) -> None:
    page = packer.get("/desk/nguoi")

    assert "Chủ" in page
    assert "may do everything" in page
    assert "counts the shelf and packs" in page
    assert "Invite somebody" not in page
    assert page.count('/bo"') == 1
    assert owner.get("/desk/nguoi").count('/bo"') == 2


def test_an_invitation_goes_out_and_waits(owner: Person, token: str) -> None:
    page = owner.get("/desk/nguoi")

    assert "on its way to ban@example.vn" in page
    assert "Invited, not here yet" in page
    assert SellerMember.objects.filter(user=None, role="PACKER").count() == 1


def test_a_wrong_contact_comes_back(owner: Person) -> None:
    page = owner.post("/desk/nguoi", 422, contact="ban@", role="EDITOR")

    assert error_at(page, "contact") == "Give an e-mail address, or a phone number such as 0912 345 678."
    assert value_of(page, "contact") == "ban@"
    assert 'value="EDITOR" checked' in page
    assert SellerMember.objects.count() == 1


def test_only_owners_invite(editor: Person) -> None:
    editor.post("/desk/nguoi", 403, contact="ban@example.vn", role="OWNER")

    assert SellerMember.objects.count() == 1


def test_a_guest_signs_in_and_comes_back_to_the_invitation(token: str) -> None:
    client = Client()
    client.cookies["language"] = "en"

    page = text_of(client.get(f"/desk/loi-moi/{token}"))

    assert f'href="/accounts/login/?next=/desk/loi-moi/{token}"' in page
    assert client.post(f"/desk/loi-moi/{token}").url == f"/accounts/login/?next=/desk/loi-moi/{token}"


def test_one_press_takes_it_up(token: str, shop: Shop) -> None:
    friend = person(make_user(name="Bạn"))

    assert "Take up the invitation" in friend.get(f"/desk/loi-moi/{token}")
    assert not SellerMember.objects.filter(user=friend.user).exists()
    assert friend.post(f"/desk/loi-moi/{token}") == "/desk"

    assert SellerMember.objects.get(user=friend.user).role == "PACKER"
    assert f"Welcome to {shop.seller.name}." in friend.get("/desk")


def test_a_used_invitation_says_what_to_do(token: str) -> None:
    person(make_user()).post(f"/desk/loi-moi/{token}")
    late = person(make_user())

    page = late.post(f"/desk/loi-moi/{token}", 422)

    assert "This invitation was used already, or is too old." in page
    assert "Ask whoever invited you to send a new invitation" in page
    assert not SellerMember.objects.filter(user=late.user).exists()


def test_who_works_there_already_is_told_so(packer: Person, token: str) -> None:
    page = packer.post(f"/desk/loi-moi/{token}", 422)

    assert "You work for this workshop already." in page
    assert "You need not do anything more." in page


def test_removing_asks_once_more(owner: Person, packer: Person) -> None:
    row = SellerMember.objects.get(user=packer.user)

    page = owner.get(f"/desk/nguoi/{row.pk.hex}/bo")
    assert "Remove Người gói?" in page
    assert SellerMember.objects.filter(pk=row.pk).exists()
    assert owner.post(f"/desk/nguoi/{row.pk.hex}/bo") == "/desk/nguoi"
    assert not SellerMember.objects.filter(pk=row.pk).exists()


def test_an_invitation_is_taken_back(owner: Person, token: str) -> None:
    row = SellerMember.objects.get(user=None)

    assert "Take the invitation to ban@example.vn back?" in owner.get(f"/desk/nguoi/{row.pk.hex}/bo")
    owner.post(f"/desk/nguoi/{row.pk.hex}/bo")

    assert not SellerMember.objects.filter(pk=row.pk).exists()


def test_leaving(owner: Person, packer: Person) -> None:
    row = SellerMember.objects.get(user=packer.user)

    assert packer.post(f"/desk/nguoi/{row.pk.hex}/bo") == "/desk"

    assert "Sell what you make" in packer.get("/desk")
    assert not SellerMember.objects.filter(pk=row.pk).exists()


def test_the_last_owner_stays(owner: Person) -> None:
    row = SellerMember.objects.get(user=owner.user)

    page = owner.post(f"/desk/nguoi/{row.pk.hex}/bo", 422)

    assert "A workshop needs an owner." in page
    assert SellerMember.objects.filter(pk=row.pk).exists()


def test_only_owners_remove_others(editor: Person, packer: Person) -> None:
    row = SellerMember.objects.get(user=packer.user)

    editor.get(f"/desk/nguoi/{row.pk.hex}/bo", 403)
    editor.post(f"/desk/nguoi/{row.pk.hex}/bo", 403)

    assert SellerMember.objects.filter(pk=row.pk).exists()


def test_the_people_of_another_workshop_are_not_found(owner: Person) -> None:
    foreign = member(make_seller("Cơ sở lạ"), "PACKER")
    row = SellerMember.objects.get(user=foreign.user)

    assert owner.client.post(f"/desk/nguoi/{row.pk.hex}/bo").status_code == 404
    assert SellerMember.objects.filter(pk=row.pk).exists()
