from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0002_reading'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='searchpoison',
            name='version',
        ),
    ]
