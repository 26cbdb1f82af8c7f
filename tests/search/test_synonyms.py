"""Synonyms as administrators keep them: pages, services, and searches that know them at once."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from marketplace.accounts.models import User
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, ErrorCode
from marketplace.core.models import AuditEntry
from search.models import Synonym
from search.services import reindex, synonym_remove, synonym_save
from tests.builders import Shop, make_product, make_user
from tests.conftest import Graphql

pytestmark = pytest.mark.django_db
LIST = "/admin/search/synonym/"
TOTAL = "query($q: String!){searchProducts(query: $q){totalCount}}"
GOOD = {"term": "Thúng  mủng", "expansion": "giỏ", "weight": "0.8", "language": "vi"}


@pytest.fixture
def admin_user() -> User:
    return make_user("quan-tri@example.vn", is_staff=True, is_superuser=True)


@pytest.fixture
def admin(admin_user: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(admin_user)
    return client


@pytest.fixture
def committing(django_capture_on_commit_callbacks: Any) -> Any:
    """What follows a commit happens, though a test's transaction never commits."""
    return django_capture_on_commit_callbacks


def total(gql: Graphql, query: str) -> int:
    return int(gql(TOTAL, q=query)["searchProducts"]["totalCount"])


def change(row: Synonym) -> str:
    return f"{LIST}{row.pk}/change/"


def delete(row: Synonym) -> str:
    return f"{LIST}{row.pk}/delete/"


def errors(response: Any) -> dict[str, str]:
    """The words beside each field of a form that came back."""
    page = response.content.decode()
    return dict(re.findall(r'id="id_(\w+)_error" role="alert">([^<]+)</p>', page))


def test_an_administrator_adds_one_and_a_search_finds_it_at_once(
    admin: Client, admin_user: User, shop: Shop, gql: Graphql, committing: Any
) -> None:
    list(reindex())
    assert total(gql, "thúng mủng") == 0

    with committing(execute=True):
        saved = admin.post(f"{LIST}add/", GOOD)

    assert (saved.status_code, saved.url) == (302, LIST)
    assert total(gql, "thúng mủng") == total(gql, "thung mung") == 1
    row = Synonym.objects.get(term="thúng mủng")
    assert (row.expansion, row.weight, row.both_ways) == ("giỏ", 0.8, False)
    entry = AuditEntry.objects.get(object_id=str(row.pk))
    assert (entry.action, entry.actor, entry.before) == ("synonym.save", f"user:{admin_user.pk}", None)
    assert entry.after == {
        "term": "thúng mủng",
        "expansion": "giỏ",
        "weight": 0.8,
        "both_ways": False,
        "language": "vi",
    }


def test_a_change_counts_at_once_and_both_ways_means_both(
    admin: Client, shop: Shop, gql: Graphql, committing: Any
) -> None:
    make_product("Thúng mủng tre", seller=shop.seller)
    list(reindex())
    row = Synonym.objects.create(term="thúng mủng", expansion="sọt xoan")
    assert total(gql, "sọt xoan") == 0

    with committing(execute=True):
        admin.post(change(row), {**GOOD, "expansion": "sọt xoan", "both_ways": "on", "weight": "0.5"})

    assert total(gql, "sọt xoan") == 1
    row.refresh_from_db()
    assert (row.both_ways, row.weight) == (True, 0.5)
    entry = AuditEntry.objects.get(object_id=str(row.pk))
    assert (entry.before["both_ways"], entry.after["both_ways"]) == (False, True)


def test_one_that_is_removed_finds_nothing_more(
    admin: Client, shop: Shop, gql: Graphql, committing: Any
) -> None:
    row = Synonym.objects.create(term="thúng mủng", expansion="giỏ")
    list(reindex())
    assert total(gql, "thúng mủng") == 1

    asked = admin.get(delete(row))
    assert Synonym.objects.filter(pk=row.pk).exists(), "looking removes nothing"
    with committing(execute=True):
        removed = admin.post(delete(row))

    assert "thúng mủng" in asked.content.decode()
    assert removed.status_code == 302
    assert total(gql, "thúng mủng") == 0
    entry = AuditEntry.objects.get(object_id=str(row.pk))
    assert (entry.action, entry.before["term"], entry.after) == ("synonym.remove", "thúng mủng", None)


def test_the_list_is_searched_with_and_without_accents(admin: Client) -> None:
    Synonym.objects.create(term="thúng mủng", expansion="giỏ")

    for words in ("thúng", "MUNG", "thung mung"):
        page = admin.get(LIST, {"q": words}).content.decode()
        assert "thúng mủng" in page, words
        assert "nhang khoanh" not in page, words


def test_officers_and_buyers_are_kept_out_and_change_nothing(shop: Shop) -> None:
    row = Synonym.objects.create(term="thúng mủng", expansion="giỏ")
    before = Synonym.objects.count()

    for fields, status in (({"is_staff": True}, 403), ({}, 302)):
        client = Client()
        client.force_login(make_user(**fields))
        for address in (LIST, f"{LIST}add/", change(row), delete(row)):
            assert client.get(address).status_code == status, address
        for address in (f"{LIST}add/", change(row), delete(row)):
            assert client.post(address, {**GOOD, "term": "khác"}).status_code == status, address
    row.refresh_from_db()
    assert (row.term, Synonym.objects.count()) == ("thúng mủng", before)
    assert not AuditEntry.objects.filter(object_type="Synonym").exists()


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"term": " ?! "}, {"term": "Write at least one word."}),
        ({"expansion": ""}, {"expansion": "Write at least one word."}),
        ({"term": "một hai ba bốn năm sáu bảy"}, {"term": "At most 6 syllables."}),
        ({"expansion": "a" * 81}, {"expansion": "At most 80 characters."}),
        ({"expansion": "THÚNG-mủng"}, {"expansion": "This is the same word. Write another one."}),
        ({"term": "nhang", "expansion": "Hương!"}, {"expansion": "This pair of words is there already."}),
        ({"weight": "0"}, {"weight": "A number from 0.1 to 1."}),
        ({"weight": "1.01"}, {"weight": "A number from 0.1 to 1."}),
        ({"weight": "nan"}, {"weight": "Enter a number."}),
        (
            {"term": "", "weight": "7"},
            {"term": "Write at least one word.", "weight": "A number from 0.1 to 1."},
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    admin: Client, given: dict[str, str], refused: dict[str, str]
) -> None:
    before = Synonym.objects.count()

    response = admin.post(f"{LIST}add/", {**GOOD, **given})

    assert response.status_code == 422
    assert errors(response) == refused
    for value in filter(None, given.values()):
        assert f'value="{value}"' in response.content.decode()
    assert Synonym.objects.count() == before
    assert not AuditEntry.objects.filter(object_type="Synonym").exists()


def test_a_row_may_be_saved_as_it_is(admin: Client) -> None:
    row = Synonym.objects.get(term="nhang", expansion="hương")

    response = admin.post(
        change(row), {"term": "nhang", "expansion": "hương", "weight": "1", "language": "vi"}
    )

    assert response.status_code == 302


def test_one_that_is_gone_is_not_there(admin: Client, admin_user: User) -> None:
    gone = uuid.uuid4()
    actor = Actor(user=admin_user)

    for address in (f"{LIST}{gone}/change/", f"{LIST}{gone}/delete/", f"{LIST}nonsense/change/"):
        assert admin.get(address).status_code == 404, address
    with pytest.raises(DomainError) as removed:
        synonym_remove(actor=actor, synonym_id=gone)
    with pytest.raises(DomainError) as saved:
        synonym_save(actor=actor, synonym_id=gone, term="a", expansion="b", weight=1)
    codes = [error.value.problems[0].code for error in (removed, saved)]
    assert codes == [ErrorCode.NOT_FOUND, ErrorCode.NOT_FOUND]


def test_the_form_explains_itself_by_an_example(admin: Client) -> None:
    page = admin.get(f"{LIST}add/").content.decode()

    assert "whoever looks for “nhang” then also finds “tăm hương”" in page
    for name in ("term", "expansion", "weight", "both_ways", "language"):
        assert f'aria-describedby="id_{name}_helptext"' in page
        assert f'id="id_{name}_helptext"' in page
