"""The environment of Glue sessions: Spark 3.5.6 as Glue 5.1 has it, Iceberg 1.10.0, a JDK 17.

Everything is there before a session starts; nothing is resolved when one does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from locallake import runtime
from locallake.errors import ArtefactError
from locallake.runtime import Artefact, Say

JAVA_MAJORS = frozenset({17})

# The AWS SDK in its parts, not as aws-java-sdk-bundle (280 MB). What Spark brings itself
# (jackson-core, jackson-databind, joda-time, httpclient, commons-*) must not stand beside it twice.
JARS = (
    Artefact(
        "org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.10.0:jar",
        "70f9471870b2d456167d703c829f098a446b86bb1379eee338c0efa03a341026",
    ),
    Artefact(
        "org.apache.iceberg:iceberg-aws-bundle:1.10.0:jar",
        "172370cfc32a5f1ae5399b210e86fc04a366dc29a112d97ac8ffc74df7525596",
    ),
    Artefact(
        "org.apache.hadoop:hadoop-aws:3.3.4:jar",
        "53f9ae03c681a30a50aa17524bd9790ab596b28481858e54efd989a826ed3a4a",
    ),
    Artefact(
        "com.amazonaws:aws-java-sdk-core:1.12.262:jar",
        "06fed99f929c389e168278c1b111aaf1afb270d07202fbbce92e73d1e4279678",
    ),
    Artefact(
        "com.amazonaws:aws-java-sdk-s3:1.12.262:jar",
        "a0cb7580178bc0d4d3558295a5bb890008478da8a6b3241989c71238b0ed3be5",
    ),
    Artefact(
        "com.amazonaws:aws-java-sdk-kms:1.12.262:jar",
        "c00f5ae7b334255f661d85512e7203af9523a04fb65d0c431c2eea2003ed8ae2",
    ),
    Artefact(
        "com.amazonaws:aws-java-sdk-sts:1.12.262:jar",
        "659f48d8ebc02025c5042cc4b925f62610e81f334498f1b9e7a271ce20ecbcae",
    ),
    Artefact(
        "com.amazonaws:aws-java-sdk-dynamodb:1.12.262:jar",
        "7af4ba06d0d9b3c2ab435089caecd0567810d203aa285f7aa72861f1964d442e",
    ),
    Artefact(
        "com.amazonaws:jmespath-java:1.12.262:jar",
        "9001ea993a45d82a2d3086edcbda8a40b4e012d049a70fbf071fd329c0fbd777",
    ),
    Artefact(
        "software.amazon.ion:ion-java:1.0.2:jar",
        "0d127b205a1fce0abc2a3757a041748651bc66c15cf4c059bac5833b27d471a5",
    ),
    Artefact(
        "com.fasterxml.jackson.dataformat:jackson-dataformat-cbor:2.12.6:jar",
        "cfa008d15f052e69221e8c3193056ff95c3c594271321ccac8d72dc1a770619c",
    ),
    Artefact(
        "org.wildfly.openssl:wildfly-openssl:1.0.7.Final:jar",
        "9f7058778978ec2ad90c7224401a4b0013d93e0dd3fa0f72b25244ffa3507ca8",
    ),
)


@dataclass(frozen=True)
class SparkEnvironment:
    """What a session runs on: the interpreter with PySpark, the JDK, the folder of jars."""

    python: Path
    java_home: Path
    jars: Path


def prepare(home: Path, emulator_python: Path, say: Say) -> SparkEnvironment:
    """The Spark environment, made where it is missing.

    Args:
        home: `LOCALLAKE_HOME`.
        emulator_python: the environment that can read Maven Central.
    Raises: ArtefactError if a pinned file cannot be had; ConfigurationError if no JDK 17 is found.
    """
    python = runtime.environment(home, "spark", say)
    install_pyspark(python, say)
    return SparkEnvironment(
        python=python,
        java_home=runtime.java_home(JAVA_MAJORS, python=python),
        jars=jar_folder(JARS, home=home, emulator_python=emulator_python, say=say),
    )


def install_pyspark(python: Path, say: Say) -> None:
    """Install PySpark, which is published as source only, with the pinned setuptools.

    pip would otherwise fetch whatever setuptools is newest into a build environment of its own.

    Raises: ArtefactError if it cannot be built.
    """
    lock = runtime.lock_file("spark-source")
    marker = python.parent.parent / f".pyspark-{runtime.digest(lock.read_bytes())}"
    if marker.exists():
        return
    say("installing PySpark from its source (once) …")
    from_source = ["--no-binary=:all:", "--no-build-isolation"]
    made = subprocess.run(
        [*runtime.pip_install(python), *from_source, "-r", str(lock)], check=False
    )
    if made.returncode != 0:
        raise ArtefactError(
            f"PySpark could not be installed from {lock}: pip said why above; "
            "run the command again when it is mended"
        )
    marker.touch()


def jar_folder(jars: Sequence[Artefact], *, home: Path, emulator_python: Path, say: Say) -> Path:
    """One folder that holds exactly these jars; another set makes another folder."""
    folder = home / f"spark-jars-{runtime.digest(*(jar.sha256.encode() for jar in jars))}"
    if folder.exists():
        return folder
    say("fetching the jars of Spark (once) …")
    fetched = runtime.fetch(jars, home=home, python=emulator_python)
    growing = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    # Of a process that had the same number and was killed.
    shutil.rmtree(growing, ignore_errors=True)
    growing.mkdir(parents=True)
    for path in fetched:
        # Linked, not copied, where the file system allows it: both names stay on one machine.
        try:
            os.link(path, growing / path.name)
        except OSError:
            shutil.copy2(path, growing / path.name)
    try:
        growing.rename(folder)
    except OSError:
        # Another `up` was faster with the same content.
        shutil.rmtree(growing)
    return folder
