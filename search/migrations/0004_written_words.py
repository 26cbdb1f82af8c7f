from django.db import migrations


def index_all_anew(apps, schema_editor):
    """PostgreSQL's documents have another shape: the drain writes them again."""
    schema_editor.execute(
        "INSERT INTO search_outbox (product_id, created_at) SELECT id, now() FROM catalog_product ORDER BY id"
    )


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0003_poison_without_version'),
    ]

    operations = [
        migrations.RunPython(index_all_anew, migrations.RunPython.noop),
    ]
