"""S3 in memory that is really full: the limit is reached by objects, and left by deleting them.

Starts services of its own, without engines.
"""

from __future__ import annotations

import urllib.request

import pytest

from locallake import cli, process
from locallake.ministack import pid_file

boto3 = pytest.importorskip("boto3")
botocore = pytest.importorskip("botocore.exceptions")

pytestmark = pytest.mark.engine

MB = 2**20


@pytest.fixture
def given(tmp_path):
    # The services take about 100 MB before anything lies in them.
    wanted = cli.Wanted(with_athena=False, with_glue=False, store_limit_bytes=300 * MB)
    with cli.running(tmp_path / "state", wanted) as settings:
        yield settings


def test_a_full_store_refuses_in_words_keeps_what_it_has_and_takes_more_once_there_is_room(given):
    session = boto3.Session("test", "test", region_name=given.region)
    s3 = session.client("s3", endpoint_url=given.endpoint)
    place = {"Bucket": given.warehouse_bucket}
    written = []

    with pytest.raises(botocore.ClientError, match=r"the local S3 is full \(300 MB") as refused:
        for number in range(60):
            s3.put_object(**place, Key=str(number), Body=bytes([number]) * 10 * MB)
            written.append(number)

    assert refused.value.response["Error"]["Code"] == "StoreFull"
    assert len(written) > 5
    for number in written:
        assert s3.head_object(**place, Key=str(number))["ContentLength"] == 10 * MB
        s3.delete_object(**place, Key=str(number))
    s3.put_object(**place, Key="after", Body=b"x")
    assert s3.get_object(**place, Key="after")["Body"].read() == b"x"
    # Still the same process: nothing has ended it.
    assert process.find(pid_file(given)) is not None
    assert urllib.request.urlopen(f"{given.endpoint}/_ministack/health").status == 200
