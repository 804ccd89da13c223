"""Clusters of RDS that answer: a PostgreSQL of this machine in the place of each."""

from __future__ import annotations

from typing import Any

from locallake import ministack


def answer_at(host: str) -> None:
    """Have every new cluster named as a host that is there, at the port that the cluster asks for.

    The emulator names a host that nobody has. User, password and database are the server's own.
    """
    from ministack.services import rds

    ministack.require(rds, "_ACTION_MAP", "_clusters", "_p")
    create, clusters = rds._ACTION_MAP["CreateDBCluster"], rds._clusters

    def create_db_cluster(parameters: Any) -> Any:
        answer = create(parameters)
        cluster = clusters.get(rds._p(parameters, "DBClusterIdentifier"))
        if cluster is not None:
            cluster |= {"Endpoint": host, "ReaderEndpoint": host}
        return answer

    rds._ACTION_MAP["CreateDBCluster"] = create_db_cluster
