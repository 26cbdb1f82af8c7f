"""People, partner apps and one-time codes."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication

from marketplace.core.fields import EncryptedTextField, Entity
from marketplace.core.phones import parse_phone


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, email: str | None = None, password: str | None = None, *, phone: str | None = None, **extra: Any
    ) -> "User":
        user = self.model(email=self.normalize_email(email) or None if email else None, phone=phone, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> "User":
        phone = parse_phone(username or "") if "@" not in (username or "") else None
        return self.get(phone=phone) if phone else self.get(email__iexact=username)


class User(Entity, AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """A person, known by an e-mail address or a phone number (E.164), or both."""

    email = models.EmailField(null=True, blank=True)
    phone = models.CharField(max_length=16, null=True, blank=True)
    phone_verified = models.BooleanField(default=False)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=12, default="vi")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []  # type: ignore[misc]

    class Meta:
        db_table = "accounts_user"
        constraints = [
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_once"),
            models.UniqueConstraint(fields=["phone"], name="accounts_user_phone_once"),
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(phone__isnull=False), name="accounts_user_reachable"
            ),
        ]

    def __str__(self) -> str:
        return self.name or "…"

    def get_full_name(self) -> str:
        return self.name


class Application(AbstractApplication):
    """A partner app. `allowed_scopes` bounds what its tokens may hold."""

    allowed_scopes = ArrayField(models.CharField(max_length=40), default=list)

    class Meta(AbstractApplication.Meta):
        db_table = "accounts_application"


class ResetCode(Entity):
    """A one-time code sent by SMS to reset a password. Only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    code_hash = models.CharField(max_length=128)
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_reset_code"
        constraints = [
            models.CheckConstraint(condition=Q(attempts__lte=5), name="accounts_reset_code_attempts")
        ]


class LegalKind(models.TextChoices):
    OWNER = "OWNER", _("Who runs this market")
    TERMS = "TERMS", _("Terms of sale")
    PRIVACY = "PRIVACY", _("Personal data")
    DELIVERY = "DELIVERY", _("Delivery")
    RETURNS = "RETURNS", _("Returns and refunds")


class LegalText(Entity):
    """A text by law in one language. `body`: paragraphs between empty lines, the first line of each its heading.

    Nothing of it is changed later: another text is another version.
    """

    kind = models.CharField(max_length=12, choices=LegalKind)
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=12, default="vi")
    title = models.CharField(max_length=120)
    body = models.TextField()
    valid_from = models.DateTimeField()

    class Meta:
        db_table = "accounts_legal_text"
        constraints = [
            models.UniqueConstraint(fields=["kind", "version", "language"], name="accounts_legal_text_once")
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version} ({self.language})"


class Consent(Entity):
    """What a person agreed to, or no longer, and the version of the text that they read. Rows are only added."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=40)
    given = models.BooleanField()
    text_version = models.CharField(max_length=20, blank=True)

    class Meta:
        db_table = "accounts_consent"
        indexes = [models.Index(fields=["user", "purpose", "-id"])]


class Channel(models.TextChoices):
    EMAIL = "EMAIL"
    SMS = "SMS"


class Message(Entity):
    """A mail or a text on its way. Its job carries only the row's id: no address and no word reaches jobs and logs.

    Words and `contact` (an e-mail address, or a phone in E.164) are forgotten once it is sent. A notice has `user`
    and `key`: its row stays, so that nobody is told the same thing twice.
    """

    channel = models.CharField(max_length=5, choices=Channel)
    contact = EncryptedTextField(blank=True)
    subject = EncryptedTextField(blank=True)
    text = EncryptedTextField(blank=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    key = models.CharField(max_length=200, null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_message"
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="accounts_message_once"),
            models.CheckConstraint(
                condition=Q(user__isnull=True, key__isnull=True) | Q(user__isnull=False, key__isnull=False),
                name="accounts_message_key_of_somebody",
            ),
        ]
