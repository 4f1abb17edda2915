"""How names are read in pinyin, for those that are there already."""

from typing import Any

from django.db import migrations, models

from ordertrail.lib.sounds import fill


def heard(apps: Any, schema_editor: Any) -> None:
    """Write down how each name sounds."""
    fill(apps.get_model("catalog", "Product"))


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
        migrations.RunPython(heard, migrations.RunPython.noop),
    ]
