"""Where raw files are kept: a directory, or an S3 prefix with its Glue catalogue.

Layout, the same in both: <domain>/<entity>/ingest_date=YYYY-MM-DD/<load_id>.parquet.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol
from uuid import uuid4

from botocore.exceptions import ClientError

from lakehouse.aws import AwsClients, aws_errors, bucket_and_key
from lakehouse.errors import RawStoreError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from mypy_boto3_glue import GlueClient
    from mypy_boto3_glue.type_defs import StorageDescriptorOutputTypeDef
    from mypy_boto3_s3 import S3Client

_KEY = re.compile(
    r"(?P<domain>[^/_][^/]*)/(?P<entity>[^/_][^/]*)/ingest_date=(?P<ingest_date>\d{4}-\d{2}-\d{2})"
    r"/(?P<load_id>[^/]+)\.parquet"
)
_FOLDERS_CAN_BE_SYNCED = os.name == "posix"
# Folders of the raw zone that begin with an underscore are read by no engine.
CLAIMS = "_claims"
WITHDRAWN = "_withdrawn"
_PARTLY_LANDED = (
    "; earlier files of this call are landed: land it again, with --rewrite-history if it claims "
    "earlier days"
)


@dataclass(frozen=True)
class RawFile:
    """The place of one Parquet file; `ingest_date` is ISO text, as in the partition's name."""

    domain: str
    entity: str
    ingest_date: str
    load_id: str

    @property
    def partition(self) -> str:
        return f"{self.domain}/{self.entity}/ingest_date={self.ingest_date}"

    @property
    def key(self) -> str:
        return f"{self.partition}/{self.load_id}.parquet"


class RawStore(Protocol):
    """What landing needs of a place for raw files."""

    def list_files(self, domain: str) -> list[RawFile]:
        """All Parquet files of the layout, whoever wrote them."""

    def open_file(self, file: RawFile) -> BinaryIO:
        """A seekable reader."""

    def staging(self) -> AbstractContextManager[Path]:
        """A folder for files until they are added, made by the first that needs it and gone
        afterwards.

        Raises: RawStoreError if what is done in it cannot be written.
        """

    def add(self, files: Sequence[tuple[RawFile, Path]]) -> None:
        """Make files of the staging folder appear, each whole or not at all, and register their
        partitions."""

    def register(self, files: Sequence[RawFile]) -> None:
        """Register the partitions of files that are already there; known ones are fine."""

    def claim(self, name: str, said: bytes) -> bytes | None:
        """Say something under a name, once for all processes.

        Returns: None if nobody has said anything under it before; else what was said first.
        """

    def release(self, name: str) -> None:
        """Take back a claim of this process, whose write failed."""


@dataclass(frozen=True)
class LocalRawStore:
    """Raw zone in a directory; DuckDB reads it by pattern, so there is nothing to register."""

    root: Path

    def list_files(self, domain: str) -> list[RawFile]:
        paths = self.root.glob(f"{domain}/*/*/*.parquet")
        return _raw_files(str(path.relative_to(self.root)) for path in paths)

    def open_file(self, file: RawFile) -> BinaryIO:
        return (self.root / file.key).open("rb")

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """Below the root: a rename is atomic only within one file system."""
        folder = self.root / f".landing-{uuid4().hex}"
        try:
            yield folder
        except OSError as err:
            raise self._cannot_write(err) from err
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def add(self, files: Sequence[tuple[RawFile, Path]]) -> None:
        """Rename files into the layout.

        Everything that can fail for lack of space or permission comes before the first rename;
        only a crash between two renames can leave a part of the call.
        """
        try:
            for _, path in files:
                _sync(path)
            targets = [self.root / file.key for file, _ in files]
            for target in targets:
                target.parent.mkdir(parents=True, exist_ok=True)
            for (_, path), target in zip(files, targets, strict=True):
                os.replace(path, target)
                _sync_folder(target.parent)
        except OSError as err:
            raise self._cannot_write(err) from err

    def register(self, files: Sequence[RawFile]) -> None:
        pass

    def claim(self, name: str, said: bytes) -> bytes | None:
        """A link appears whole or not at all, and only one process can make it."""
        place = self.root / CLAIMS / name
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            beside = place.with_name(f".{name}.{os.getpid()}.{threading.get_ident()}")
            _write_synced(beside, said)
            try:
                os.link(beside, place)
            except FileExistsError:
                return place.read_bytes()
            finally:
                beside.unlink(missing_ok=True)
        except OSError as err:
            raise self._cannot_write(err) from err
        return None

    def release(self, name: str) -> None:
        with suppress(OSError):
            (self.root / CLAIMS / name).unlink(missing_ok=True)

    def _cannot_write(self, err: OSError) -> RawStoreError:
        return RawStoreError(
            f"{self.root}: cannot write ({err}); free space or permit, then land again"
        )


@dataclass(frozen=True)
class S3RawStore:
    """Raw zone below an S3 prefix, its partitions registered in one Glue database.

    Args:
        prefix: without slashes at its ends; may be empty.
        database: holds one table per entity, made beforehand by Terraform.
    """

    bucket: str
    prefix: str
    database: str
    s3: S3Client
    glue: GlueClient

    def list_files(self, domain: str) -> list[RawFile]:
        with aws_errors(self.uri(domain)):
            pages = self.s3.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=self._key(f"{domain}/")
            )
            keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
        return _raw_files(key[len(self._key("")) :] for key in keys)

    def open_file(self, file: RawFile) -> BinaryIO:
        with aws_errors(self.uri(file.key)):
            return io.BufferedReader(_S3Reader(self.s3, self.bucket, self._key(file.key)))

    @contextmanager
    def staging(self) -> Iterator[Path]:
        try:
            with tempfile.TemporaryDirectory(prefix="lakehouse-landing-") as folder:
                yield Path(folder)
        except OSError as err:
            place = tempfile.gettempdir()
            raise RawStoreError(
                f"{place}: cannot write ({err}); free space or permit there, or name another place "
                f"in TMPDIR, then land again"
            ) from err

    def add(self, files: Sequence[tuple[RawFile, Path]]) -> None:
        """Put the objects one by one, then register their partitions.

        S3 has no rename of several objects: a failure can leave a part of the call, and says so.
        Registration comes last, so that landing the same delivery again completes it.
        Raises: RawStoreError before anything is put, if a table lacks a column of a file: engines
            would read the file without it, and say nothing.
        """
        descriptors = self._storage_descriptors([file for file, _ in files])
        for file, path in files:
            self._check_columns(file, path, descriptors[file.entity])
        for file, path in files:
            hint = "" if file is files[0][0] else _PARTLY_LANDED
            with aws_errors(self.uri(file.key), hint), path.open("rb") as content:
                self.s3.put_object(Bucket=self.bucket, Key=self._key(file.key), Body=content)
        self.register([file for file, _ in files])

    def register(self, files: Sequence[RawFile]) -> None:
        descriptors = self._storage_descriptors(files)
        for file in {file.partition: file for file in files}.values():
            location = self.uri(f"{file.partition}/")
            with aws_errors(location, hint="; the files are landed: land again to register them"):
                try:
                    self.glue.create_partition(
                        DatabaseName=self.database,
                        TableName=file.entity,
                        PartitionInput={
                            "Values": [file.ingest_date],
                            "StorageDescriptor": {**descriptors[file.entity], "Location": location},
                        },
                    )
                except ClientError as err:
                    if err.response["Error"]["Code"] != "AlreadyExistsException":
                        raise

    def claim(self, name: str, said: bytes) -> bytes | None:
        """A conditional write: S3 takes the first, and refuses every other."""
        key = self._key(f"{CLAIMS}/{name}")
        with aws_errors(self.uri(f"{CLAIMS}/{name}")):
            while True:
                try:
                    self.s3.put_object(Bucket=self.bucket, Key=key, Body=said, IfNoneMatch="*")
                except ClientError as err:
                    code = err.response["Error"]["Code"]
                    # Two at the same instant: S3 asks one of them to try again.
                    if code == "ConditionalRequestConflict":
                        continue
                    if code != "PreconditionFailed":
                        raise
                    return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
                return None

    def release(self, name: str) -> None:
        with aws_errors(self.uri(f"{CLAIMS}/{name}")):
            self.s3.delete_object(Bucket=self.bucket, Key=self._key(f"{CLAIMS}/{name}"))

    def _check_columns(
        self, file: RawFile, path: Path, descriptor: StorageDescriptorOutputTypeDef
    ) -> None:
        # Imported late: a directory needs no such look.
        import pyarrow.parquet as pq

        known = {column["Name"] for column in descriptor["Columns"]}
        if lacking := [name for name in pq.read_schema(path).names if name not in known]:
            raise RawStoreError(
                f"Glue table {self.database}.{file.entity} lacks {', '.join(lacking)}, which the "
                f"files have; nothing is landed: apply Terraform, or run `lakehouse register`, "
                f"then land again"
            )

    def _storage_descriptors(
        self, files: Sequence[RawFile]
    ) -> dict[str, StorageDescriptorOutputTypeDef]:
        descriptors = {}
        for entity in {file.entity: None for file in files}:
            with aws_errors(f"Glue table {self.database}.{entity}"):
                table = self.glue.get_table(DatabaseName=self.database, Name=entity)["Table"]
            descriptors[entity] = table["StorageDescriptor"]
        return descriptors

    def _key(self, path: str) -> str:
        return f"{self.prefix}/{path}" if self.prefix else path

    def uri(self, path: str) -> str:
        """The address of a path of the layout."""
        return f"s3://{self.bucket}/{self._key(path)}"


def open_store(settings: Mapping[str, str], *, domain: str, project_dir: Path) -> RawStore:
    """Open the raw zone that the environment names.

    Args:
        settings: environment variables. LAKEHOUSE_RAW is a directory or an `s3://bucket/prefix`
            URI, by default `data/raw` of the project.
        domain: its raw tables lie in the Glue database LAKEHOUSE_RAW_DATABASE, which holds those
            of all domains; else in the domain's own, LAKEHOUSE_DATABASE_<DOMAIN>, by default
            `<LAKEHOUSE_SCHEMA_PREFIX>_<domain>`. The dbt sources YAML says the same.
    Raises: AwsError if there is no AWS client to be had.
    """
    root = settings.get("LAKEHOUSE_RAW")
    if root is None or not root.startswith("s3://"):
        return LocalRawStore(Path(root) if root else project_dir / "data" / "raw")
    schema_prefix = settings.get("LAKEHOUSE_SCHEMA_PREFIX", "lakehouse_dev")
    own = settings.get(f"LAKEHOUSE_DATABASE_{domain.upper()}", f"{schema_prefix}_{domain}")
    bucket, prefix = bucket_and_key(root)
    clients = AwsClients(root)
    return S3RawStore(
        bucket,
        prefix.strip("/"),
        settings.get("LAKEHOUSE_RAW_DATABASE", own),
        s3=clients.s3(),
        glue=clients.glue(),
    )


class _S3Reader(io.RawIOBase):
    """Reads an object by ranges, so that one column of a large file costs no more than itself."""

    def __init__(self, s3: S3Client, bucket: str, key: str) -> None:
        self._s3, self._bucket, self._key = s3, bucket, key
        self._size = s3.head_object(Bucket=bucket, Key=key)["ContentLength"]
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._position = offset + {0: 0, 1: self._position, 2: self._size}[whence]
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        end = min(self._position + len(view), self._size)
        if end <= self._position:
            return 0
        with aws_errors(f"s3://{self._bucket}/{self._key}"):
            span = f"bytes={self._position}-{end - 1}"
            answer = self._s3.get_object(Bucket=self._bucket, Key=self._key, Range=span)
            content = answer["Body"].read()
        view[: len(content)] = content
        self._position += len(content)
        return len(content)


def _raw_files(keys: Iterable[str]) -> list[RawFile]:
    matches = (_KEY.fullmatch(key) for key in sorted(keys))
    return [RawFile(**match.groupdict()) for match in matches if match]


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def _sync(path: Path) -> None:
    # Windows syncs only what is open for writing.
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())


def _sync_folder(folder: Path) -> None:
    """Write down the names in a folder. Windows opens none, and writes them by itself."""
    if not _FOLDERS_CAN_BE_SYNCED:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
