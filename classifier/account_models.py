"""The part of the database that belongs to accounts: sessions, second factors, linked sign-ins, invitations, events."""

from __future__ import annotations

from django.conf import settings
from django.db import models


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
        SIGNED_IN = "signed_in", "Signed in"
        SIGN_IN_FAILED = "sign_in_failed", "Sign-in failed"
        SIGNED_OUT = "signed_out", "Signed out"
        SESSIONS_ENDED = "sessions_ended", "Sessions ended"
        PASSWORD_CHANGED = "password_changed", "Password changed"
        SECOND_FACTOR_ADDED = "second_factor_added", "Second factor added"
        SECOND_FACTOR_REMOVED = "second_factor_removed", "Second factor removed"
        RECOVERY_CODES_CREATED = "recovery_codes_created", "Recovery codes created"
        RECOVERY_CODE_USED = "recovery_code_used", "Recovery code used"
        SIGN_IN_LINKED = "sign_in_linked", "Sign-in of another service linked"
        SIGN_IN_UNLINKED = "sign_in_unlinked", "Sign-in of another service removed"
        TOKEN_CREATED = "token_created", "API token created"
        TOKEN_REVOKED = "token_revoked", "API token revoked"
        EXPORTED = "exported", "Data exported"
        SONGS_DELETED = "songs_deleted", "Songs deleted"
        ACCOUNT_CREATED = "account_created", "Account created"
        ACCOUNT_RENAMED = "account_renamed", "Account renamed"
        EMAIL_CHANGED = "email_changed", "E-mail address changed"
        ACCOUNT_DEACTIVATED = "account_deactivated", "Account deactivated"
        ACCOUNT_ACTIVATED = "account_activated", "Account activated"
        ACCOUNT_DELETED = "account_deleted", "Account deleted"
        OWNER_ADDED = "owner_added", "Made an owner"
        OWNER_REMOVED = "owner_removed", "No longer an owner"
        INVITATION_CREATED = "invitation_created", "Invitation created"
        INVITATION_REVOKED = "invitation_revoked", "Invitation revoked"
        INVITATION_USED = "invitation_used", "Invitation used"

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
        return self.Kind(self.kind).label if self.kind in self.Kind.values else self.kind
