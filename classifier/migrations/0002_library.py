import classifier.fields
import classifier.identifiers
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def say_that_they_corrected(apps, schema_editor):
    """Until now, every stated mood was a correction."""
    apps.get_model("classifier", "Song").objects.exclude(actual_primary="").update(verdict="corrected")


class Migration(migrations.Migration):

    dependencies = [
        ('classifier', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='analysisdetail',
            name='waveform',
            field=classifier.fields.KeptJSONField(default=list),
        ),
        migrations.AddField(
            model_name='song',
            name='verdict',
            field=models.CharField(blank=True, choices=[('', 'None'), ('agreed', 'Agreed'), ('disagreed', 'Disagreed'), ('corrected', 'Corrected')], default='', max_length=16),
        ),
        migrations.AddField(
            model_name='song',
            name='verdict_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(say_that_they_corrected, migrations.RunPython.noop),
        migrations.CreateModel(
            name='ArrivingFile',
            fields=[
                ('id', models.UUIDField(default=classifier.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('file_name', models.CharField(max_length=255)),
                ('size_bytes', models.BigIntegerField()),
                ('received_bytes', models.BigIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('touched_at', models.DateTimeField()),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='arriving_files', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SavedFilter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('query', models.CharField(max_length=1000)),
                ('created_at', models.DateTimeField()),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_filters', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('owner', 'name'), name='filter_named_once_for_each_owner')],
            },
        ),
    ]
