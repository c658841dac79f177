"""Models of accounts: users, sessions, second factors, linked sign-ins, invitations, API tokens, quotas, events."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy

from classifier.fields import NameKeyField, fold_name
from classifier.querysets import TokenQuerySet


class PersonManager(UserManager["Person"]):
    use_in_migrations = False

    def get_by_natural_key(self, username: str | None) -> Person:
        """By the name as somebody types it: in any case."""
        return self.get(name_key=fold_name(username or ""))


class Person(AbstractUser):
    """A user. The owners of the installation are its superusers; there is always one that is active."""

    # Unique, so that two names never differ by case or by a variant of a letter alone.
    name_key = NameKeyField(source="username", unique=True)
    # The name from before names were compared without case, if it had to change then. It still signs in.
    former_username = models.CharField(max_length=150, blank=True, default="", editable=False)
    # Set by an owner and not yet changed.
    password_is_temporary = models.BooleanField(default=False)
    # Raised to end every session, also those that no row knows.
    session_epoch = models.PositiveIntegerField(default=0)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    # That of the own words in use (`Vocabulary`); 0 for the shipped words, so that they cost no query.
    vocabulary_version = models.PositiveIntegerField(default=0)

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        verbose_name_plural = "people"

    @property
    def is_owner(self) -> bool:
        return self.is_superuser

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """Django's, and beside the password it depends on `session_epoch`. Without one it is exactly Django's."""
        if not self.session_epoch:
            return super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        salt = "classifier.models.Person.get_session_auth_hash"
        value = f"{self.session_epoch}:{self.password}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()


class Setup(models.Model):
    """One row once the owner's account exists. Its fixed key lets only one of two concurrent requests create it."""

    THE_ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE)
    done_at = models.DateTimeField()


class UserSession(models.Model):
    """A signed-in browser. The session itself is Django's; this row says whose it is and where it was last seen."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="user_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    address = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_seen_at"]

    def __str__(self) -> str:
        return f"{self.person_id} from {self.address}"


class TotpDevice(models.Model):
    """An authenticator app. `last_step` is the time step of the newest accepted code, so that none works twice."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="totp_device")
    secret = models.CharField(max_length=64)
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()


class RecoveryCode(models.Model):
    """A code for signing in without the second factor, once. Only its hash is stored."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes")
    fingerprint = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "fingerprint"], name="recovery_code_once_for_each_person")
        ]


class Passkey(models.Model):
    """A WebAuthn credential: its public key, which is no secret."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=80)
    # Base64url; at most 1023 bytes by the standard.
    credential_id = models.CharField(max_length=1400, unique=True)
    credential_data = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.name


class OidcIdentity(models.Model):
    """The account of a person at the OpenID Connect provider."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="oidc_identities")
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="oidc_subject_once_for_each_issuer")]

    def __str__(self) -> str:
        return f"{self.subject} at {self.issuer}"


class Invitation(models.Model):
    """A link with which somebody creates an account, once. Only the hash of its secret is stored."""

    fingerprint = models.CharField(max_length=64, unique=True)
    # Empty where the invited person chooses it.
    username = models.CharField(max_length=150, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="invitations"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.username or f"invitation {self.id}"


class SecurityEvent(models.Model):
    """Something that happened to an account. It outlives the account, so it has the name as text too."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", gettext_lazy("Signed in")
        SIGN_IN_FAILED = "sign_in_failed", gettext_lazy("Sign-in failed")
        SIGNED_OUT = "signed_out", gettext_lazy("Signed out")
        SESSIONS_ENDED = "sessions_ended", gettext_lazy("Sessions ended")
        PASSWORD_CHANGED = "password_changed", gettext_lazy("Password changed")
        SECOND_FACTOR_ADDED = "second_factor_added", gettext_lazy("Second factor added")
        SECOND_FACTOR_REMOVED = "second_factor_removed", gettext_lazy("Second factor removed")
        RECOVERY_CODES_CREATED = "recovery_codes_created", gettext_lazy("Recovery codes created")
        RECOVERY_CODE_USED = "recovery_code_used", gettext_lazy("Recovery code used")
        SIGN_IN_LINKED = "sign_in_linked", gettext_lazy("Sign-in of another service linked")
        SIGN_IN_UNLINKED = "sign_in_unlinked", gettext_lazy("Sign-in of another service removed")
        TOKEN_CREATED = "token_created", gettext_lazy("API token created")
        TOKEN_REVOKED = "token_revoked", gettext_lazy("API token revoked")
        EXPORTED = "exported", gettext_lazy("Data exported")
        IMPORTED = "imported", gettext_lazy("Data imported")
        SONGS_DELETED = "songs_deleted", gettext_lazy("Songs deleted")
        ACCOUNT_CREATED = "account_created", gettext_lazy("Account created")
        ACCOUNT_RENAMED = "account_renamed", gettext_lazy("Account renamed")
        EMAIL_CHANGED = "email_changed", gettext_lazy("E-mail address changed")
        ACCOUNT_DEACTIVATED = "account_deactivated", gettext_lazy("Account deactivated")
        ACCOUNT_ACTIVATED = "account_activated", gettext_lazy("Account activated")
        ACCOUNT_DELETED = "account_deleted", gettext_lazy("Account deleted")
        OWNER_ADDED = "owner_added", gettext_lazy("Made an owner")
        OWNER_REMOVED = "owner_removed", gettext_lazy("No longer an owner")
        QUOTA_CHANGED = "quota_changed", gettext_lazy("Quota changed")
        INVITATION_CREATED = "invitation_created", gettext_lazy("Invitation created")
        INVITATION_REVOKED = "invitation_revoked", gettext_lazy("Invitation revoked")
        INVITATION_USED = "invitation_used", gettext_lazy("Invitation used")
        WEBHOOK_ADDED = "webhook_added", gettext_lazy("Webhook added")
        WEBHOOK_REMOVED = "webhook_removed", gettext_lazy("Webhook removed")
        WEBHOOK_SECRET_CHANGED = "webhook_secret_changed", gettext_lazy("Secret of a webhook changed")

    # No `choices` for the database, so that a new kind needs no migration.
    kind = models.CharField(max_length=32)
    at = models.DateTimeField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="security_events"
    )
    person_name = models.CharField(max_length=150, blank=True)
    # Who did it, where that is somebody else.
    by_name = models.CharField(max_length=150, blank=True)
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=80, blank=True)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="event_newest"),
            models.Index(fields=["person", "-at", "-id"], name="event_newest_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_name}"

    @property
    def label(self) -> str:
        return str(self.Kind(self.kind).label) if self.kind in self.Kind.values else self.kind


class ApiToken(models.Model):
    """A token for the API. Only its hash is stored: the token itself is shown once."""

    READ, WRITE, ADMIN = "read", "write", "admin"
    SCOPES = (READ, WRITE, ADMIN)
    DEFAULT_SCOPES = (READ, WRITE)

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    fingerprint = models.CharField(max_length=64, unique=True)
    # Separated by spaces. Tokens from before there were scopes have both.
    scopes = models.CharField(max_length=80, default="read write")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    ends_with_password = models.BooleanField(default=False)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def has_scope(self, scope: str) -> bool:
        return scope in self.scopes.split()


class SignInFailure(models.Model):
    """Wrong passwords and codes, counted under the hash of what they were tried with: see attempt_limits."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()


class ApiCallCount(models.Model):
    """API calls of one user in one minute, which web processes and hosts have taken together."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    # Since the epoch.
    minute = models.BigIntegerField()
    count = models.PositiveIntegerField()


class Quota(models.Model):
    """What one user may use, where that differs from the settings: NULL is the setting, 0 is no limit."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="quota"
    )
    songs = models.PositiveIntegerField(null=True, blank=True)
    megabytes = models.PositiveIntegerField(null=True, blank=True)
    minutes_a_day = models.PositiveIntegerField(null=True, blank=True)


class AnalysedMusic(models.Model):
    """Seconds of music that were analysed for a user on one day. Deleting songs does not change it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="analysed_music")
    day = models.DateField()
    seconds = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "day"], name="music_once_for_each_day")]
