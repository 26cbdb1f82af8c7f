from django.db import migrations


def forget(apps, schema_editor):
    """They were kept as they had been typed, with what people say around the thing."""
    schema_editor.execute("DELETE FROM search_asked")
    schema_editor.execute("DELETE FROM search_popular")


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0004_written_words'),
    ]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
    ]
