import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """ArrivingFile becomes ResumableUpload. The table keeps its name."""

    dependencies = [("classifier", "0002_library")]

    operations = [
        migrations.AlterModelTable(name="arrivingfile", table="classifier_arrivingfile"),
        migrations.RenameModel(old_name="ArrivingFile", new_name="ResumableUpload"),
        migrations.AlterField(
            model_name="resumableupload",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="resumable_uploads",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="resumableupload", name="metadata", field=models.TextField(blank=True, default="")
        ),
        migrations.AddField(
            model_name="resumableupload", name="is_duplicate", field=models.BooleanField(default=False)
        ),
        migrations.AddField(
            model_name="resumableupload",
            name="song",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="classifier.song",
            ),
        ),
    ]
