import catalog.trace
from django.db import migrations, models


def fill(apps, schema_editor):
    """A code for each product of before."""
    product = apps.get_model("catalog", "Product")
    keys = list(product.objects.values_list("pk", flat=True))
    for start in range(0, len(keys), 1000):
        rows = [product(pk=key, trace_code=catalog.trace.new_trace_code()) for key in keys[start:start + 1000]]
        product.objects.bulk_update(rows, ["trace_code"])


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0004_translations'),
    ]

    operations = [
        migrations.AddField(
            model_name='product',
            name='trace_code',
            field=models.CharField(editable=False, max_length=13, null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        # What the update left for the end of the transaction keeps the table from being altered.
        migrations.RunSQL('SET CONSTRAINTS ALL IMMEDIATE', migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='product',
            name='trace_code',
            field=models.CharField(default=catalog.trace.new_trace_code, editable=False, max_length=13, unique=True),
        ),
    ]
