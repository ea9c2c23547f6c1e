"""Everything that can go wrong, with its code.

* C360Error
  + RequestError               answered by the API
    - ParseFailed              GRAPHQL_PARSE_FAILED
    - ValidationFailed         GRAPHQL_VALIDATION_FAILED
    - BadInput                 BAD_USER_INPUT
    - Unauthenticated          UNAUTHENTICATED
    - Forbidden                FORBIDDEN
    - NotFound                 NOT_FOUND
    - Conflict                 CONFLICT
      · Taken                  TAKEN
      · IdempotencyMismatch    IDEMPOTENCY_MISMATCH
    - CostLimitExceeded        COST_LIMIT_EXCEEDED
    - RateLimited              RATE_LIMITED
    - PersistedQueryNotFound   PERSISTED_QUERY_NOT_FOUND
  + ServiceError               not the caller's doing
    - Timeout                  TIMEOUT
    - DatabaseUnavailable      DATABASE_UNAVAILABLE
      · OutcomeUnknown         DATABASE_UNAVAILABLE
    - SignInUnavailable        SIGN_IN_UNAVAILABLE
    - InternalError            INTERNAL_SERVER_ERROR
  + CommandError               shown by the command line
    - ImportFailed             IMPORT_FAILED
    - SettingsInvalid          SETTINGS_INVALID
    - ModelInvalid             MODEL_INVALID
    - WrongPassword            DATABASE_AUTHENTICATION_FAILED
    - LocalDatabaseFailed      LOCAL_DATABASE_FAILED
      · DiskFull               DISK_FULL
"""

from typing import ClassVar


class C360Error(Exception):
    """Root of every error this program raises on purpose.

    Args:
        message: What happened, fit for the person who asked.
        hint: What to do about it.
    """

    code: ClassVar[str] = "INTERNAL_SERVER_ERROR"
    exit_status: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class RequestError(C360Error):
    """The request can't be answered as it was asked."""


class ParseFailed(RequestError):
    """The document is not GraphQL."""

    code = "GRAPHQL_PARSE_FAILED"


class ValidationFailed(RequestError):
    """The document does not fit the schema."""

    code = "GRAPHQL_VALIDATION_FAILED"


class BadInput(RequestError):
    """A variable, an argument or a cursor has a value that can't be used."""

    code = "BAD_USER_INPUT"


class Unauthenticated(RequestError):
    """Nobody is signed in, or the credentials don't hold."""

    code = "UNAUTHENTICATED"


class Forbidden(RequestError):
    """The viewer may not do this."""

    code = "FORBIDDEN"


class NotFound(RequestError):
    """There is no such record for this viewer."""

    code = "NOT_FOUND"


class Conflict(RequestError):
    """The record has changed, or its state doesn't allow the write."""

    code = "CONFLICT"


class Taken(Conflict):
    """Another record already has this unique key: of the label, its properties."""

    code = "TAKEN"

    def __init__(self, message: str, *, hint: str | None = None, label: str = "", keys: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint=hint)
        self.label = label
        self.keys = keys


class IdempotencyMismatch(Conflict):
    """The idempotency key was used for another input."""

    code = "IDEMPOTENCY_MISMATCH"


class CostLimitExceeded(RequestError):
    """The request asks for more than one request may."""

    code = "COST_LIMIT_EXCEEDED"


class RateLimited(RequestError):
    """Too many requests in too short a time."""

    code = "RATE_LIMITED"


class PersistedQueryNotFound(RequestError):
    """No trusted document has this id."""

    code = "PERSISTED_QUERY_NOT_FOUND"


class ServiceError(C360Error):
    """The request was fine; the service was not."""


class Timeout(ServiceError):
    """The answer was not ready in time."""

    code = "TIMEOUT"


class DatabaseUnavailable(ServiceError):
    """Neo4j can't be reached."""

    code = "DATABASE_UNAVAILABLE"


class OutcomeUnknown(DatabaseUnavailable):
    """The connection was lost while a transaction committed: it may or may not have."""


class SignInUnavailable(ServiceError):
    """The identity provider can't be reached, so that no token can be verified."""

    code = "SIGN_IN_UNAVAILABLE"


class InternalError(ServiceError):
    """A fault of this program; the details are in its log."""

    code = "INTERNAL_SERVER_ERROR"


class CommandError(C360Error):
    """A command could not do its work."""


class ImportFailed(CommandError):
    """Data could not be imported."""

    code = "IMPORT_FAILED"


class SettingsInvalid(CommandError):
    """A setting has a value that can't be used."""

    code = "SETTINGS_INVALID"
    exit_status = 2


class ModelInvalid(CommandError):
    """The types and their graph mapping contradict each other."""

    code = "MODEL_INVALID"


class WrongPassword(CommandError):
    """Neo4j refused the user or the password."""

    code = "DATABASE_AUTHENTICATION_FAILED"


class LocalDatabaseFailed(CommandError):
    """The local Neo4j could not be fetched, started or stopped."""

    code = "LOCAL_DATABASE_FAILED"


class DiskFull(LocalDatabaseFailed):
    """The disk has too little room left."""

    code = "DISK_FULL"
