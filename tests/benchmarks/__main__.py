"""`make bench ARGS="--products 20000"`: what things cost, each beside a baseline measured in the same run.

Figures are CPU milliseconds of this process and wall milliseconds, medians over many rounds; ratios are what to
compare between machines. Nothing here passes or fails.
"""

import argparse
import io
import itertools
import json
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases  # noqa: E402

from tests.benchmarks.baseline import LIST_QUERY, list_products, photograph, render_plainly  # noqa: E402
from tests.benchmarks.searching import bench_search  # noqa: E402
from tests.benchmarks.watching import memory, watched  # noqa: E402

ROUNDS = 60
PICTURE_ROUNDS = 3


def measure(work: Callable[[], Any], rounds: int = ROUNDS) -> dict[str, float]:
    """Median CPU and wall milliseconds, the 95th percentile of wall, and SQL statements of one call."""
    for _warm in range(5):
        work()
    with CaptureQueriesContext(connection) as captured:
        work()
    cpu, wall = [], []
    for _round in range(rounds):
        cpu_started, started = time.process_time(), time.perf_counter()
        work()
        wall.append((time.perf_counter() - started) * 1000)
        cpu.append((time.process_time() - cpu_started) * 1000)
    return {
        "cpu": statistics.median(cpu),
        "wall": statistics.median(wall),
        "p95": statistics.quantiles(wall, n=20)[-1],
        "sql": len(captured),
    }


def show(name: str, figures: dict[str, float], baseline: dict[str, float] | None = None) -> None:
    ratio = f"{figures['cpu'] / baseline['cpu']:8.1f}x" if baseline and baseline["cpu"] else " " * 9
    print(  # noqa: T201
        f"{name:<52} {figures['sql']:>4.0f} {figures['cpu']:>9.2f} {figures['wall']:>9.2f} {figures['p95']:>9.2f} {ratio}"
    )


def graphql(query: str, **variables: Any) -> Callable[[], Any]:
    from marketplace.core.graphql.context import Context
    from marketplace.core.graphql.executor import Request
    from marketplace.schema import executor

    def run() -> Any:
        answer = executor.run(Request(query, variables, None, {}), Context())
        if "errors" in answer.body:
            raise RuntimeError(answer.body["errors"])
        return json.dumps(answer.body, ensure_ascii=False)

    return run


def bench_lists(products: int) -> None:
    header = f"{'':<52} {'SQL':>4} {'CPU ms':>9} {'wall ms':>9} {'p95 ms':>9} {'CPU ratio':>9}"
    print(f"\nLists at {products} products\n{header}")  # noqa: T201
    with connection.cursor() as cursor:
        plain = measure(lambda: json.dumps(list_products(cursor.cursor, 20), ensure_ascii=False))
    show("20 products, hand-written psycopg view", {**plain, "sql": 1})
    show("20 products, GraphQL", measure(graphql(LIST_QUERY, first=20)), plain)
    show("100 products, GraphQL", measure(graphql(LIST_QUERY, first=100)), plain)


def bench_pictures() -> None:
    """From the last byte of a photo of 12 megapixels to all its sizes, beside plain Pillow doing the same."""
    from catalog.models import ImageAsset
    from catalog.services.pictures import image_render, picture_take

    print(  # noqa: T201
        f"\nPictures of 12 megapixels\n{'':<52} {'MB':>6} {'taken s':>9} {'ready s':>9} {'Pillow s':>9} {'ratio':>7}"
    )
    for kind in ("JPEG", "PNG", "WEBP"):
        data = photograph(kind)
        taken, ready, plain = [], [], []
        for _round in range(PICTURE_ROUNDS):
            upload = SimpleUploadedFile("photo", data)
            ImageAsset.objects.filter(uses=None, drawing__isnull=True).delete()
            started = time.perf_counter()
            asset = picture_take(upload, "file")
            taken.append(time.perf_counter() - started)
            image_render(asset.pk)
            ready.append(time.perf_counter() - started)
            started = time.perf_counter()
            render_plainly(data, settings.IMAGE_WIDTHS)
            plain.append(time.perf_counter() - started)
        times = [statistics.median(values) for values in (taken, ready, plain)]
        print(  # noqa: T201
            f"{kind:<52} {len(data) / 1e6:6.1f} {times[0]:9.2f} {times[1]:9.2f} {times[2]:9.2f} {times[1] / times[2]:6.1f}x"
        )


IMPORT_ROWS = 10_000


def bench_imports() -> None:
    """A sheet of 10,000 rows, two kinds of each thing: a trial, taken over, sent again, given out."""
    from catalog.models import ImportJob, Seller, SellerMember
    from catalog.services.imports import import_commit, import_run, import_start, products_export
    from catalog.sheets.write import write
    from marketplace.accounts.models import User
    from marketplace.core.actor import SYSTEM, Actor

    seller = Seller.objects.filter(state="VERIFIED").order_by("id")[0]
    columns = ["Mã hàng", "Tên", "Loại", "Giá", "Tồn kho", "Nghề", "Mô tả", "Khối lượng (g)"]
    rows = (
        [
            f"B-{n}",
            f"Hàng thử {n // 2}",
            f"Cỡ {n % 2}",
            f"{(n + 5) * 1000:,}".replace(",", "."),
            n % 9,
            "Mây tre đan",
            "Đan tay. " * 10,
            500,
        ]
        for n in range(IMPORT_ROWS)
    )
    file = io.BytesIO()
    write(file, "xlsx", itertools.chain([columns], rows))
    heads = f"{'rows/s':>9} {'wall s':>9} {'peak MB':>9} {'grown MB':>9}"
    print(f"\nImports of {IMPORT_ROWS} rows\n{'':<52} {heads}")  # noqa: T201

    def run(name: str, job: ImportJob) -> None:
        """To its end, beside a thread that watches the process's memory."""
        before, started = memory(), time.perf_counter()
        with watched() as most:
            while import_run(job.pk, alone=True):
                pass
        seconds = time.perf_counter() - started
        job.refresh_from_db()
        if job.problems.exists():
            raise RuntimeError(f"{name}: {job.problems.values('row', 'message')[:3]}")
        print(  # noqa: T201
            f"{name:<52} {job.done_rows / seconds:9.0f} {seconds:9.1f} {most[0] / 1e6:9.1f} {(most[0] - before) / 1e6:9.1f}"
        )

    def start(dry_run: bool) -> ImportJob:
        upload = SimpleUploadedFile("hang.xlsx", file.getvalue())
        return import_start(SYSTEM, seller, upload, None, dry_run=dry_run)

    owner = User.objects.create_user("bench@example.vn", "mat-khau-2026", name="Bench")
    SellerMember.objects.create(seller=seller, user=owner, role="OWNER")
    trial = start(True)
    run("checked (a trial)", trial)
    run("taken over, all new", import_commit(actor=Actor(user=owner), job_id=trial.pk))
    run("sent again, nothing new", start(False))
    run("given out", products_export(actor=Actor(user=owner), seller_id=seller.pk, format="xlsx"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument(
        "--search", default="10000,100000", help="sizes at which search is measured; 1000000 takes an hour"
    )
    parser.add_argument(
        "--engine", choices=["postgresql", "elasticsearch"], help="measure search on this one alone"
    )
    parser.add_argument("--only", choices=["search"], help="leave the rest out")
    arguments = parser.parse_args()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        from catalog.models import Product
        from catalog.reference import load_reference
        from catalog.samples.catalogue import load_sample
        from catalog.samples.generated import generate

        load_reference(lambda evidence: True)
        load_sample()

        def grow(size: int) -> None:
            more, started = size - Product.objects.count(), time.perf_counter()
            for _done, _total in generate(more) if more > 0 else ():
                pass
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            if more > 0:
                print(f"generate_catalogue: {more / (time.perf_counter() - started):,.0f} products/s")  # noqa: T201

        if arguments.only is None:
            grow(arguments.products)
            bench_imports()
            bench_pictures()
            bench_lists(arguments.products)
        sizes = [int(size) for size in arguments.search.split(",")]
        bench_search(sizes, grow, only=arguments.engine)
    finally:
        teardown_databases(databases, verbosity=0)


main()
