import django.db.models.deletion
import marketplace.core.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.RenameModel(old_name='SmsMessage', new_name='Message'),
        migrations.AlterModelTable(name='message', table='accounts_message'),
        migrations.RenameField(model_name='message', old_name='phone', new_name='contact'),
        migrations.AlterField(
            model_name='message',
            name='contact',
            field=marketplace.core.fields.EncryptedTextField(blank=True),
        ),
        migrations.AlterField(
            model_name='message',
            name='text',
            field=marketplace.core.fields.EncryptedTextField(blank=True),
        ),
        migrations.AddField(
            model_name='message',
            name='subject',
            field=marketplace.core.fields.EncryptedTextField(blank=True, default=''),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='message',
            name='channel',
            # What there is so far are texts.
            field=models.CharField(choices=[('EMAIL', 'Email'), ('SMS', 'Sms')], default='SMS', max_length=5),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='message',
            name='user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='message',
            name='key',
            field=models.CharField(max_length=200, null=True),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('user', 'key'), name='accounts_message_once'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('key__isnull', True), ('user__isnull', True)), models.Q(('key__isnull', False), ('user__isnull', False)), _connector='OR'), name='accounts_message_key_of_somebody'),
        ),
    ]
