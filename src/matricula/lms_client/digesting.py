"""Digesting: proving that a copy of a program's enrollments is what the LMS holds.

The definition is the LMS's, in its OpenAPI document at ``programs/{key}/digest``. Here it is
computed from the rows of a copy. What has the same digest is the same, so only those buckets need
to be fetched whose digests differ.
"""

from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256

from matricula.lms_client.records import Bucket, Digest, EnrollmentKind, StoredRow
from matricula.service.folding import fold


def find_bucket(student_key: str) -> str:
    """Return the bucket of a student, in two hexadecimal digits."""
    return sha256(fold(student_key).encode()).hexdigest()[:2]


def digest_bucket(rows: Iterable[StoredRow]) -> str:
    """Return the digest of all rows of one bucket, in whatever order they come."""
    digests = sorted(sha256("\n".join(row.list_cells()).encode()).digest() for row in rows)
    return sha256(b"".join(digests)).hexdigest()


def digest_buckets(buckets: Iterable[Bucket]) -> str:
    """Return the digest of a program that has these buckets; those without rows do not count."""
    named = sorted((each.bucket, each.digest) for each in buckets if each.rows)
    return sha256("".join(f"{name} {digest}\n" for name, digest in named).encode()).hexdigest()


def digest_program(program: str, kind: EnrollmentKind, rows: Iterable[StoredRow]) -> Digest:
    """Return the digest of a program that holds these rows of a kind."""
    by_bucket: defaultdict[str, list[StoredRow]] = defaultdict(list)
    for row in rows:
        by_bucket[find_bucket(row.student_key)].append(row)
    buckets = [
        Bucket(bucket=name, digest=digest_bucket(by_bucket[name]), rows=len(by_bucket[name]))
        for name in sorted(by_bucket)
    ]
    return Digest(
        program=program,
        kind=kind,
        digest=digest_buckets(buckets),
        rows=sum(each.rows for each in buckets),
        buckets=buckets,
    )


def list_differing_buckets(known: Iterable[Bucket], digest: Digest) -> list[str]:
    """Return which buckets to fetch, or to empty, for a copy to be what the LMS holds."""
    ours = {each.bucket: each.digest for each in known if each.rows}
    theirs = {each.bucket: each.digest for each in digest.buckets}
    return sorted(name for name in ours | theirs if ours.get(name) != theirs.get(name))
