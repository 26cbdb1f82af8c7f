"""`manage.py search_status`: which engine answers, what waits, and how large things are."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.models import Min
from django.utils import timezone

from catalog.models import Product
from search import elastic
from search.engine import EngineDown
from search.models import SearchDocument, SearchIndex, SearchOutbox, SearchPoison, Synonym, Term


class Command(BaseCommand):
    help = "Tells how search is: engine, lag, queue, sizes."

    def handle(self, *args: Any, **options: Any) -> None:
        oldest = SearchOutbox.objects.aggregate(oldest=Min("created_at"))["oldest"]
        counted = Term.objects.filter(text="").first()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_total_relation_size('search_document')")
            (size,) = cursor.fetchone()
        for name, value in (
            ("engine", self._engine()),
            ("products", Product.objects.count()),
            (
                "documents",
                f"{SearchDocument.objects.filter(gone=False).count()} shown, {_size(size)} in PostgreSQL",
            ),
            ("waiting", SearchOutbox.objects.count()),
            ("for Elasticsearch only", SearchOutbox.objects.filter(stored=True).count()),
            ("lag", f"{(timezone.now() - oldest).total_seconds():.1f} s" if oldest else "none"),
            ("set aside", SearchPoison.objects.count()),
            ("words known", f"{Term.objects.count()}, of {counted.written[:16]}" if counted else "none yet"),
            ("synonyms", Synonym.objects.count()),
        ):
            self.stdout.write(f"{name:23} {value}")
        for index in SearchIndex.objects.order_by("created_at"):
            self.stdout.write(f"{index.name:23} {index.state.lower()}{self._index(index.name)}")

    def _engine(self) -> str:
        if not settings.ELASTICSEARCH_URL:
            return "PostgreSQL"
        return (
            "Elasticsearch"
            if elastic.is_up()
            else "PostgreSQL: Elasticsearch does not answer, or has no index"
        )

    def _index(self, name: str) -> str:
        try:
            documents, size = elastic.size_of(name)
        except EngineDown:
            return ""
        return f", {documents} documents, {_size(size)}"


def _size(number: int) -> str:
    return f"{number / 1024**2:.1f} MB"
