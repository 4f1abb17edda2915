"""Whether somebody sees cost where the role leaves it open."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial")]

    operations = [
        migrations.AddField(model_name="person", name="sees_cost", field=models.BooleanField(null=True)),
    ]
