"""How names are read in pinyin, for those that are there already."""

from typing import Any

from django.db import migrations, models

from ordertrail.lib.sounds import sounds

CHUNK = 2_000


def fill(apps: Any, schema_editor: Any) -> None:
    """Write down how each name sounds."""
    model = apps.get_model("catalog", "Product")
    part = []
    for row in model.objects.only("id", "name").iterator(CHUNK):
        row.sounds = sounds(row.name)
        if row.sounds:
            part.append(row)
    model.objects.bulk_update(part, ["sounds"], batch_size=CHUNK)


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_own_desk'),
    ]

    operations = [
        migrations.AddField(
            model_name='product',
            name='sounds',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
