"""What clients of AWS share."""

import threading

import boto3

from lakehouse.aws import services_described_once


def loader() -> object:
    session = boto3.Session(region_name="us-east-1")
    return session._session.get_component("data_loader")


def test_sessions_share_what_they_read_of_services_for_as_long_as_asked():
    assert loader() is not loader()
    found: list[object] = []
    with services_described_once():
        first = loader()
        thread = threading.Thread(target=lambda: found.append(loader()))
        thread.start()
        thread.join()
    assert found == [first]
    assert loader() is not first
