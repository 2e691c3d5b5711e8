"""What can go wrong, in the user's terms.

Every message states the fact, the offending value, what would have been acceptable and the next step; the same
parts are attributes, so that a caller can act on them. A face turns the class into an exit or status code.

A message is read wherever the error goes: at a terminal, in an HTTP answer, on a page of the portal. What only who has
a command line can do stands apart from it, as `command`.
"""

from functools import partial


class SoapError(Exception):
    """Base of every error that SOAP raises on purpose.

    `command`, whole sentences, says which command helps; it is a note of the error (PEP 678): Python's traceback and
    the command line show it, no other face does.
    """

    def __init__(self, *said: object, command: str = ""):
        super().__init__(*said)
        if command:
            self.add_note(command)

    @property
    def at_a_terminal(self) -> str:
        """The message, and the commands that help."""
        return " ".join([str(self), *getattr(self, "__notes__", [])])


class BadFile(SoapError, ValueError):
    """A file cannot be read as what it claims to be.

    `file` names it, `fact` says what was found, `next_step` what the user can do.
    """

    def __init__(
        self, fact: str, *, file: str = "", next_step: str = "Check the file against its source.", command: str = ""
    ):
        self.fact, self.file, self.next_step = fact.rstrip("."), file, next_step
        super().__init__(fact, file, next_step, command=command)

    def __reduce__(self) -> tuple:
        return partial(BadFile, self.fact, file=self.file, next_step=self.next_step), (), self.__dict__

    def __str__(self) -> str:
        return f"{self.file + ': ' if self.file else ''}{self.fact}. {self.next_step}"


class BadObservation(SoapError, ValueError):
    """A dataset breaks the shape it claims (see `soap.observations.check`)."""


class BadParameter(SoapError, ValueError):
    """A parameter is outside what a method, command or study accepts."""


class NotFound(SoapError, LookupError):
    """Nothing of that name is held, or the viewer may not know that it is."""


class Refused(SoapError, PermissionError):
    """The viewer may not do this."""


class Unknown(SoapError, PermissionError):
    """Who asks must say who they are, or what they said does not hold: a token or password that is none."""


class Conflict(SoapError, RuntimeError):
    """What is asked does not fit what is there now: an upload that goes on elsewhere, a job that has ended."""


class TooLarge(SoapError, ValueError):
    """What is sent or asked for is more than is taken or given at once."""


class TooMany(SoapError, RuntimeError):
    """Asked for too often, or too much, in a while; `retry_after_s` says when to ask again."""

    def __init__(self, fact: str, *, retry_after_s: int = 1):
        self.fact, self.retry_after_s = fact, retry_after_s
        super().__init__(fact, retry_after_s)

    def __reduce__(self) -> tuple:
        return partial(TooMany, self.fact, retry_after_s=self.retry_after_s), ()

    def __str__(self) -> str:
        return self.fact


class ArchiveError(SoapError, RuntimeError):
    """The archive's folder, catalogue or objects cannot be used as they are."""


class Lost(ArchiveError):
    """Bytes that the archive recorded are no longer where it keeps them: not the same as nothing being held."""


class WorkFailed(SoapError, RuntimeError):
    """Heavy work could not be begun or ended: a worker was killed, or the scheduler does not answer."""
