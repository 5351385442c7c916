from django.db import migrations, models


def add_berths(apps, schema_editor):
    Berth = apps.get_model("harbour", "Berth")
    Berth.objects.bulk_create(Berth(name=name) for name in ("north", "south"))


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            name="Berth",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=20)),
            ],
        ),
        migrations.RunPython(add_berths),
    ]
