"""Hashing the secrets of clients, which are random: a slow hash would protect nothing more.

Passwords are guessed by people's habits, so each guess must cost time. Nobody guesses 256 random
bits, and every token asked for would cost that time (ADR 0011).
"""

from hashlib import sha256
from secrets import compare_digest
from typing import Any

from django.contrib.auth.hashers import BasePasswordHasher


class RandomSecretHasher(BasePasswordHasher):
    """A salted SHA-256, for secrets that we have made ourselves and for nothing else."""

    algorithm = "random_secret_sha256"

    def encode(self, password: str, salt: str) -> str:
        """Return what is stored."""
        return f"{self.algorithm}${salt}${sha256(f'{salt}${password}'.encode()).hexdigest()}"

    def decode(self, encoded: str) -> dict[str, Any]:
        """Return the parts of what is stored."""
        algorithm, salt, digest = encoded.split("$", 2)
        return {"algorithm": algorithm, "salt": salt, "hash": digest}

    def verify(self, password: str, encoded: str) -> bool:
        """Tell whether it is the secret."""
        return compare_digest(encoded, self.encode(password, self.decode(encoded)["salt"]))

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        """Return what an administrator may see."""
        return {"algorithm": self.decode(encoded)["algorithm"]}

    def must_update(self, encoded: str) -> bool:
        """Never: it has no costs to raise."""
        del encoded
        return False

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Do nothing: there is no time to even out."""
