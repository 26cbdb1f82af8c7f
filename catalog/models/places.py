"""Administrative units of today and before, communes of Phú Xuyên, villages and their stories."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from marketplace.core.fields import Entity


class Province(models.Model):
    code = models.CharField(max_length=8, primary_key=True)
    name = models.CharField(max_length=80)
    full_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    name_key = models.CharField(max_length=400, db_collation="C")
    # Of `catalog.units`, as in the tables below: the name as it is looked up.
    search_key = models.CharField(max_length=80, db_index=True, default="")

    class Meta:
        db_table = "catalog_province"


class Ward(models.Model):
    """A ward, commune or special zone since 1 July 2025."""

    code = models.CharField(max_length=8, primary_key=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="wards")
    name_key = models.CharField(max_length=400, db_collation="C")
    search_key = models.CharField(max_length=80, db_index=True, default="")

    class Meta:
        db_table = "catalog_ward"


class FormerUnit(models.Model):
    """A ward before July 2025. Codes were reused, so a code alone joins nothing: `scheme` says whose it is."""

    scheme = models.CharField(max_length=12)
    code = models.CharField(max_length=8, blank=True)
    name = models.CharField(max_length=80, blank=True)
    district = models.CharField(max_length=80)
    province_name = models.CharField(max_length=80)
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="former_units")
    partly = models.BooleanField(default=False)
    also = ArrayField(models.CharField(max_length=8), default=list)
    until = models.CharField(max_length=10, blank=True)
    search_key = models.CharField(max_length=80, default="")
    district_key = models.CharField(max_length=80, default="")
    province_key = models.CharField(max_length=80, default="")

    class Meta:
        db_table = "catalog_former_unit"
        indexes = [
            models.Index(fields=["search_key"]),
            models.Index(fields=["district_key"]),
            models.Index(fields=["province_key"]),
        ]


class Commune(Entity):
    """One of the communes whose villages sell here."""

    slug = models.SlugField(max_length=80, unique=True)
    code = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=80)
    name_key = models.CharField(max_length=400, db_collation="C")
    former_names = ArrayField(models.CharField(max_length=80), default=list)

    class Meta:
        db_table = "catalog_commune"

    def __str__(self) -> str:
        return self.name


class CommuneOfficer(Entity):
    """Staff of a commune: decides on its sellers, listings and certificates."""

    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="officers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "catalog_commune_officer"
        constraints = [models.UniqueConstraint(fields=["commune", "user"], name="catalog_officer_once")]


class VillageRecognition(models.TextChoices):
    TRADITIONAL_CRAFT = "TRADITIONAL_CRAFT"
    CRAFT_VILLAGE = "CRAFT_VILLAGE"
    TRADITIONAL_CRAFT_VILLAGE = "TRADITIONAL_CRAFT_VILLAGE"
    NONE = "NONE"


class Village(Entity):
    """A village, or a former commune taken as a whole. `evidence` tells how sure its craft is (data/README.md)."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=80)
    name_key = models.CharField(max_length=400, db_collation="C")
    kind = models.CharField(max_length=12)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="villages")
    former_commune = models.CharField(max_length=80, blank=True)
    crafts = models.ManyToManyField(
        "catalog.Craft", related_name="villages", db_table="catalog_village_craft"
    )
    recognition = models.CharField(max_length=32, choices=VillageRecognition, null=True)
    recognized_on = models.DateField(null=True)
    evidence = models.CharField(max_length=12)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)

    class Meta:
        db_table = "catalog_village"
        indexes = [models.Index(fields=["name_key", "id"])]

    def __str__(self) -> str:
        return self.name


class VillageStory(Entity):
    village = models.ForeignKey(Village, on_delete=models.CASCADE, related_name="stories")
    language = models.CharField(max_length=12)
    title = models.CharField(max_length=200)
    body = models.TextField()
    machine_translated = models.BooleanField(default=False)
    source_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "catalog_village_story"
        constraints = [models.UniqueConstraint(fields=["village", "language"], name="catalog_story_once")]


class VillageImage(Entity):
    village = models.ForeignKey(Village, on_delete=models.CASCADE, related_name="pictures")
    asset = models.ForeignKey("catalog.ImageAsset", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    alt = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "catalog_village_image"
