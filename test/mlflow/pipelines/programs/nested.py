"""A search over parameters: one run with a child for each trial, of which the best is found."""

import mlflow


def main():
    client = mlflow.MlflowClient()
    experiment = mlflow.set_experiment("nested")
    with mlflow.start_run(run_name="search") as parent:
        for depth in range(1, 5):
            with mlflow.start_run(run_name=f"depth {depth}", nested=True):
                mlflow.log_param("depth", depth)
                mlflow.log_metric("loss", abs(depth - 3) / 10)
                if depth == 1:
                    with mlflow.start_run(run_name="deeper", nested=True):
                        mlflow.log_param("leaf", True)
    children = client.search_runs(
        [experiment.experiment_id],
        f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'",
        order_by=["metrics.loss ASC"],
    )
    assert [child.data.params["depth"] for child in children[:1]] == ["3"] and len(children) == 4, children
    assert mlflow.get_parent_run(children[0].info.run_id).info.run_id == parent.info.run_id
    (leaf,) = client.search_runs([experiment.experiment_id], "params.leaf = 'True'")
    first = next(child for child in children if child.data.params["depth"] == "1")
    assert leaf.data.tags["mlflow.parentRunId"] == first.info.run_id
