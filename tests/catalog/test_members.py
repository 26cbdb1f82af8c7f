"""A seller's people through the API: invited, joined, with rights of their own, removed, and never without an owner."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Product, Seller, SellerMember
from catalog.services import sellers
from marketplace.accounts.sms import MemorySender
from marketplace.core import audit
from marketplace.core.ids import to_global_id
from tests.builders import Shop, make_user
from tests.catalog.conftest import Caller, errors, gid, ok
from tests.catalog.selling import audits, person, update
from tests.faults.crowd import Meeting, at_once

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], int]
MEMBERS = "seller{id private{members{id role pending contact user{name}}}}"


@pytest.fixture(autouse=True)
def texts() -> list[tuple[str, str]]:
    MemorySender.outbox.clear()
    return MemorySender.outbox


def invite(caller: Caller, seller: Seller, contact: str, role: str = "EDITOR") -> Any:
    return caller.call(
        "sellerMemberInvite",
        "sellerId: ID!, contact: String!, role: MemberRole!",
        MEMBERS,
        sellerId=gid(seller),
        contact=contact,
        role=role,
    )


def accept(caller: Caller, token: str) -> Any:
    return caller.call("sellerInvitationAccept", "token: String!", MEMBERS, token=token)


def remove(caller: Caller, member: SellerMember) -> Any:
    return caller.call(
        "sellerMemberRemove", "id: ID!", MEMBERS, id=to_global_id("SellerMembership", member.pk)
    )


def token_in(text: str) -> str:
    found = re.search(r"/desk/loi-moi/(\S+)", text)
    assert found, text
    return found.group(1)


def people(seller: Seller) -> list[tuple[str, str | None]]:
    """Role and e-mail address of everyone, invitations too."""
    rows = SellerMember.objects.filter(seller=seller).order_by("created_at", "pk").select_related("user")
    return [(row.role, row.user.email if row.user else None) for row in rows]


def join(seller: Seller, email: str, role: str) -> Caller:
    """Somebody who works for the seller, signed in."""
    caller = person(email)
    SellerMember.objects.create(seller=seller, user_id=caller.gql.client.session["_auth_user_id"], role=role)
    return caller


# --- Invitations ----------------------------------------------------------------------------------------------


def test_who_is_invited_by_mail_joins_by_the_link_once(
    owner: Caller, shop: Shop, run_jobs: RunJobs, mailoutbox: list[Any]
) -> None:
    asked = ok(invite(owner, shop.seller, " Moi@Example.vn "))
    run_jobs()
    (mail,) = mailoutbox
    token = token_in(mail.body)
    lan = person("lan@example.vn", name="Lan")

    joined = ok(accept(lan, token))
    again = accept(person("khac@example.vn"), token)
    run_jobs()

    waiting = asked["private"]["members"][-1]
    assert (waiting["role"], waiting["pending"], waiting["contact"], waiting["user"]) == (
        "EDITOR",
        True,
        "moi@example.vn",
        None,
    )
    assert (mail.to, shop.seller.name in mail.subject, "7" in mail.body) == (["moi@example.vn"], True, True)
    there = joined["private"]["members"][-1]
    # Where the invitation went is the owners' to know.
    assert (there["role"], there["pending"], there["contact"], there["user"]) == (
        "EDITOR",
        False,
        None,
        {"name": "Lan"},
    )
    assert errors(again) == [("NOT_FOUND", ["token"])]
    assert people(shop.seller) == [("OWNER", "chu@example.vn"), ("EDITOR", "lan@example.vn")]
    assert [entry.action for entry in audits()] == ["seller.member_invite", "seller.member_join"]
    # The owner reads of it.
    assert [(mail.to, "Lan" in mail.body) for mail in mailoutbox[1:]] == [(["chu@example.vn"], True)]


def test_who_is_invited_by_phone_joins_by_the_link(
    owner: Caller, shop: Shop, run_jobs: RunJobs, texts: list[tuple[str, str]]
) -> None:
    ok(invite(owner, shop.seller, "0987 654 321", "PACKER"))
    run_jobs()

    ((phone, text),) = texts
    ok(accept(person("lan@example.vn"), token_in(text)))

    assert phone == "+84987654321"
    assert "\n" not in text
    assert people(shop.seller)[1:] == [("PACKER", "lan@example.vn")]


def test_the_table_holds_a_hash_of_the_link_and_the_message_forgets_it(
    owner: Caller, shop: Shop, run_jobs: RunJobs, mailoutbox: list[Any]
) -> None:
    from django.db import connection

    ok(invite(owner, shop.seller, "moi@example.vn"))
    run_jobs()
    token = token_in(mailoutbox[0].body)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_jsonb(s)::text FROM catalog_seller_member s"
            " UNION ALL SELECT to_jsonb(m)::text FROM accounts_message m"
            " UNION ALL SELECT to_jsonb(j)::text FROM procrastinate_jobs j"
        )
        stored = str(cursor.fetchall())

    assert token not in stored
    assert "moi@example.vn" not in stored


def test_an_invitation_ends(owner: Caller, shop: Shop, run_jobs: RunJobs, mailoutbox: list[Any]) -> None:
    ok(invite(owner, shop.seller, "moi@example.vn"))
    run_jobs()
    invited = SellerMember.objects.get(user=None)
    lasts = invited.expires_at - invited.created_at
    SellerMember.objects.filter(user=None).update(expires_at=timezone.now())

    late = accept(person("lan@example.vn"), token_in(mailoutbox[0].body))

    assert abs(lasts - dt.timedelta(days=7)) < dt.timedelta(seconds=5)
    assert errors(late) == [("NOT_FOUND", ["token"])]
    assert people(shop.seller) == [("OWNER", "chu@example.vn"), ("EDITOR", None)]


def test_asked_again_the_newest_link_counts(
    owner: Caller, shop: Shop, run_jobs: RunJobs, mailoutbox: list[Any]
) -> None:
    ok(invite(owner, shop.seller, "moi@example.vn", "EDITOR"))
    ok(invite(owner, shop.seller, "MOI@example.vn", "PACKER"))
    run_jobs()
    first, second = (token_in(mail.body) for mail in mailoutbox)
    lan = person("lan@example.vn")

    old = accept(lan, first)
    ok(accept(lan, second))

    assert errors(old) == [("NOT_FOUND", ["token"])]
    assert people(shop.seller) == [("OWNER", "chu@example.vn"), ("PACKER", "lan@example.vn")]


@pytest.mark.parametrize("contact", ["", "lan", "lan@", "12", "lan@example.vn\nBcc: ke-la@example.vn"])
def test_an_invitation_needs_an_address_or_a_phone(owner: Caller, shop: Shop, contact: str) -> None:
    refused = invite(owner, shop.seller, contact)

    assert errors(refused) == [("INVALID", ["contact"])]
    assert people(shop.seller) == [("OWNER", "chu@example.vn")]
    assert audits() == []


def test_who_works_there_is_not_invited_and_does_not_join_twice(
    owner: Caller, shop: Shop, run_jobs: RunJobs, mailoutbox: list[Any]
) -> None:
    packer = make_user("goi@example.vn", phone="+84987654321", phone_verified=True)
    SellerMember.objects.create(seller=shop.seller, user=packer, role="PACKER")

    by_mail = invite(owner, shop.seller, "GOI@example.vn")
    by_phone = invite(owner, shop.seller, "0987654321")
    ok(invite(owner, shop.seller, "moi@example.vn"))
    run_jobs()
    twice = accept(owner, token_in(mailoutbox[0].body))

    assert errors(by_mail) == errors(by_phone) == [("DUPLICATE", ["contact"])]
    assert errors(twice) == [("DUPLICATE", ["token"])]
    # The link is still good for whom it was meant.
    assert errors(accept(person("lan@example.vn"), token_in(mailoutbox[0].body))) == []


def test_twenty_people_and_an_invitation_may_be_sent_again_at_the_limit(owner: Caller, shop: Shop) -> None:
    for number in range(19):
        ok(invite(owner, shop.seller, f"nguoi{number}@example.vn"))

    refused = invite(owner, shop.seller, "nguoi19@example.vn")
    again = invite(owner, shop.seller, "nguoi3@example.vn")

    assert errors(refused) == [("LIMIT_REACHED", ["contact"])]
    assert errors(again) == []
    assert SellerMember.objects.filter(seller=shop.seller).count() == 20


def test_invitations_of_a_day_are_limited(owner: Caller, shop: Shop) -> None:
    answers = [invite(owner, shop.seller, "moi@example.vn") for _number in range(31)]

    assert [errors(answer) for answer in answers] == [[]] * 30 + [[("RATE_LIMITED", ["contact"])]]


def test_a_closed_workshop_takes_nobody_in(
    owner: Caller, shop: Shop, run_jobs: RunJobs, mailoutbox: list[Any]
) -> None:
    ok(invite(owner, shop.seller, "moi@example.vn"))
    run_jobs()
    Seller.objects.filter(pk=shop.seller.pk).update(state="CLOSED")

    invited = invite(owner, shop.seller, "khac@example.vn")
    joined = accept(person("lan@example.vn"), token_in(mailoutbox[0].body))

    assert errors(invited) == [("INVALID_STATE", ["sellerId"])]
    assert errors(joined) == [("INVALID_STATE", ["token"])]


@pytest.mark.django_db(transaction=True)
def test_of_many_with_one_link_one_gets_in(
    owner: Caller, shop: Shop, run_jobs: RunJobs, mailoutbox: list[Any], clean_jobs: None
) -> None:
    ok(invite(owner, shop.seller, "moi@example.vn"))
    run_jobs()
    token = token_in(mailoutbox[0].body)
    callers = [person(f"nguoi{number}@example.vn") for number in range(4)]

    answers = at_once([lambda caller=caller: accept(caller, token) for caller in callers])  # type: ignore[misc]

    assert sorted(map(str, map(errors, answers))) == ["[('NOT_FOUND', ['token'])]"] * 3 + ["[]"]
    assert SellerMember.objects.filter(seller=shop.seller).exclude(user=None).count() == 2
    assert len(audits("seller.member_join")) == 1


@pytest.mark.django_db(transaction=True)
def test_one_person_who_presses_twice_joins_once(
    owner: Caller, shop: Shop, run_jobs: RunJobs, mailoutbox: list[Any], clean_jobs: None
) -> None:
    ok(invite(owner, shop.seller, "moi@example.vn"))
    run_jobs()
    token, lan = token_in(mailoutbox[0].body), person("lan@example.vn")

    answers = at_once([lambda: accept(lan, token)] * 2)

    assert sorted(len(errors(answer)) for answer in answers) == [0, 1]
    assert people(shop.seller) == [("OWNER", "chu@example.vn"), ("EDITOR", "lan@example.vn")]


# --- Leaving and being removed --------------------------------------------------------------------------------


def test_everyone_may_leave_but_the_last_owner(owner: Caller, shop: Shop) -> None:
    packer = join(shop.seller, "goi@example.vn", "PACKER")
    mine = SellerMember.objects.get(user__email="goi@example.vn")
    last = SellerMember.objects.get(user__email="chu@example.vn")

    left = ok(remove(packer, mine))
    gone = remove(packer, mine)
    refused = remove(owner, last)
    ok(invite(owner, shop.seller, "moi@example.vn", "OWNER"))
    # Whoever is only invited runs nothing yet.
    still_refused = remove(owner, last)
    join(shop.seller, "hai@example.vn", "OWNER")
    freed = remove(owner, last)

    # Outside now: what is inside is not shown any more.
    assert left["private"] is None
    assert errors(gone) == [("NOT_FOUND", ["id"])]
    assert errors(refused) == errors(still_refused) == [("INVALID_STATE", ["id"])]
    assert errors(freed) == []
    assert people(shop.seller) == [("OWNER", None), ("OWNER", "hai@example.vn")]
    assert [(entry.action, entry.before["role"]) for entry in audits("seller.member_remove")] == [
        ("seller.member_remove", "PACKER"),
        ("seller.member_remove", "OWNER"),
    ]


def test_an_owner_takes_invitations_back_and_removes_anyone(
    owner: Caller, shop: Shop, run_jobs: RunJobs, mailoutbox: list[Any]
) -> None:
    editor = join(shop.seller, "sua@example.vn", "EDITOR")
    ok(invite(owner, shop.seller, "moi@example.vn"))
    run_jobs()

    ok(remove(owner, SellerMember.objects.get(user=None)))
    ok(remove(owner, SellerMember.objects.get(user__email="sua@example.vn")))
    late = accept(person("lan@example.vn"), token_in(mailoutbox[0].body))
    outside = update(editor, gid(shop.seller), about="x")

    assert errors(late) == [("NOT_FOUND", ["token"])]
    assert errors(outside) == [("NOT_FOUND", ["id"])]
    assert people(shop.seller) == [("OWNER", "chu@example.vn")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_two_owners_who_remove_each_other_at_once_leave_one(
    owner: Caller, shop: Shop, clean_jobs: None, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    second = join(shop.seller, "hai@example.vn", "OWNER")
    first_row, second_row = SellerMember.objects.order_by("created_at")
    # With the lock nobody else comes, and the first one goes on alone.
    record, meeting = audit.record, Meeting(2, patience=1 if locked else 60)

    def slowly(*arguments: Any, **words: Any) -> None:
        # Both have deleted, neither has committed; with the lock only one comes here.
        meeting.wait()
        record(*arguments, **words)

    monkeypatch.setattr(sellers.audit, "record", slowly)
    if not locked:
        monkeypatch.setattr(sellers, "lock_rows", lambda rows, keys: rows.in_bulk(keys))

    answers = at_once([lambda: remove(owner, second_row), lambda: remove(second, first_row)])

    left = SellerMember.objects.filter(seller=shop.seller, role="OWNER").count()
    if locked:
        assert sorted(map(str, map(errors, answers))) == ["[('INVALID_STATE', ['id'])]", "[]"]
        assert left == 1
    else:
        # The control: without the lock this is what happens.
        assert left == 0


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_at_once_leave_one(owner: Caller, shop: Shop, clean_jobs: None) -> None:
    second = join(shop.seller, "hai@example.vn", "OWNER")
    first_row, second_row = SellerMember.objects.order_by("created_at")

    answers = at_once([lambda: remove(owner, first_row), lambda: remove(second, second_row)])

    assert sorted(map(str, map(errors, answers))) == ["[('INVALID_STATE', ['id'])]", "[]"]
    assert SellerMember.objects.filter(seller=shop.seller, role="OWNER").count() == 1


# --- Rights ---------------------------------------------------------------------------------------------------


def test_editors_write_packers_count_and_owners_run(owner: Caller, shop: Shop) -> None:
    callers = {
        "owner": owner,
        "editor": join(shop.seller, "sua@example.vn", "EDITOR"),
        "packer": join(shop.seller, "goi@example.vn", "PACKER"),
    }

    def stock(caller: Caller) -> Any:
        return caller.call(
            "stockAdjust",
            "variantId: ID!, delta: Int!, reason: String!, idempotencyKey: String!",
            "variant{onHand}",
            variantId=gid(shop.variant),
            delta=1,
            reason="Đếm lại",
            idempotencyKey="key",
        )

    found = {
        name: [
            errors(answer)
            for answer in (
                stock(caller),
                caller.update(gid(shop.product), description="x"),
                update(caller, gid(shop.seller), about="x"),
                update(caller, gid(shop.seller), phone="0987654321"),
                invite(caller, shop.seller, f"{name}-moi@example.vn"),
            )
        ]
        for name, caller in callers.items()
    }

    no = "FORBIDDEN"
    assert found == {
        "owner": [[], [], [], [], []],
        "editor": [[], [], [], [(no, ["id"])], [(no, ["sellerId"])]],
        "packer": [[], [(no, ["id"])], [(no, ["id"])], [(no, ["id"])], [(no, ["sellerId"])]],
    }
    assert Product.objects.get().variants.get().on_hand == 8


def test_people_read_what_their_part_needs(owner: Caller, shop: Shop) -> None:
    Seller.objects.filter(pk=shop.seller.pk).update(
        tax_code="0100047516", personal_id="001170012345", bank_account="9999000000001", bank_bin="970422"
    )
    callers = [
        owner,
        join(shop.seller, "sua@example.vn", "EDITOR"),
        join(shop.seller, "goi@example.vn", "PACKER"),
    ]
    query = "query($s: String!){seller(slug: $s){private{taxCode personalId bankAccount{accountLast4}}}}"

    found = [caller.gql(query, s=shop.seller.slug)["seller"]["private"] for caller in callers]

    bank = {"accountLast4": "0001"}
    assert found == [
        {"taxCode": "0100047516", "personalId": "001170012345", "bankAccount": bank},
        {"taxCode": "0100047516", "personalId": None, "bankAccount": bank},
        {"taxCode": None, "personalId": None, "bankAccount": None},
    ]
