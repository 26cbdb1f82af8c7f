from django.db import migrations

from orders import default_rates


def load(apps, schema_editor):
    default_rates.load(
        apps.get_model("orders", "ShippingTerms"), apps.get_model("orders", "ShippingRate")
    )


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0007_shipping'),
    ]

    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
