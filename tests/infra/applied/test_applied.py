"""The configuration applied for the first time, with everything switched off, and read back.

The files of this folder are the steps of one story on one local AWS, in the order of their names:
applied, used, switched, destroyed. Each can also run alone; the first apply comes by itself.
"""

import pytest
from infra.applied.conftest import KNOWN, OPTIONS, Deployment, drift, known
from infra.terraform_tool import Terraform


def test_bootstrap_stays_and_its_bucket_is_kept(bootstrap: Terraform):
    done = bootstrap.run("plan", "-input=false", "-detailed-exitcode", folder="bootstrap")
    assert done.returncode == 0, done.stdout[-3000:]
    refused = bootstrap.run("destroy", *OPTIONS, folder="bootstrap")
    assert refused.returncode != 0 and "prevent_destroy" in refused.stderr


def test_state_lies_in_the_bucket_and_its_lock_is_gone(deployment: Deployment):
    objects = deployment.aws.client("s3").list_objects_v2(
        Bucket=f"lakehouse-{deployment.account}-state"
    )["Contents"]
    assert [found["Key"] for found in objects] == ["dev/terraform.tfstate"]


def test_second_plan_changes_nothing_but_known_gaps(deployment: Deployment):
    assert drift(deployment.ci("ci-plan").plan()) == known("always")


def test_outputs_carry_what_a_person_needs_next(deployment: Deployment):
    outputs = deployment.outputs()
    zones = {"artifacts", "curated", "logs", "raw", "results", "transient"}
    assert set(outputs["buckets"]) == zones
    assert outputs["databases"]["commerce"] == "lakehouse_dev_commerce"
    group = outputs["profile"]["LAKEHOUSE_ATHENA_WORKGROUP"]
    assert outputs["workgroups"]["builder"] == group == "lakehouse_dev"
    assert set(outputs["role_arns"]) == {
        "ci-deploy", "ci-plan", "extractor", "publisher", "reader", "reader-personal", "spark",
        "transformer",
    }  # fmt: skip
    assert outputs["secret_arns"] == {}
    assert outputs.get("aurora_endpoint") is None


@pytest.mark.parametrize("entry", sorted(KNOWN))
def test_list_of_known_gaps_stays_short(entry: str):
    assert len(KNOWN[entry]) <= 8
