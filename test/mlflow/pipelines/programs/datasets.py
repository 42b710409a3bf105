"""Datasets of pandas and NumPy as inputs of runs, found again by name and context."""

import json

import mlflow
import numpy
import pandas


def main():
    client = mlflow.MlflowClient()
    experiment = mlflow.set_experiment("datasets")
    frame = pandas.DataFrame({"age": [31, 42, 53], "city": ["a", "b", "c"], "label": [0, 1, 0]})
    table = mlflow.data.from_pandas(frame, source="s3://data/people.csv", name="people", targets="label")
    array = mlflow.data.from_numpy(numpy.eye(3), source="s3://data/eye.npy", name="eye")
    with mlflow.start_run() as active:
        mlflow.log_input(table, context="training")
        mlflow.log_input(array, context="testing", tags={"split": "b"})
        mlflow.log_metric("loss", 0.5, dataset=table)
    run = client.get_run(active.info.run_id)
    inputs = {each.dataset.name: each for each in run.inputs.dataset_inputs}
    assert set(inputs) == {"people", "eye"}, inputs
    people = inputs["people"].dataset
    assert people.digest == table.digest and people.source_type == "s3", people
    assert people.schema == table.to_dict()["schema"] and people.profile == table.to_dict()["profile"], people
    assert json.loads(people.source)["uri"] == "s3://data/people.csv"
    assert {each.key: each.value for each in inputs["eye"].tags} == {"mlflow.data.context": "testing", "split": "b"}
    assert mlflow.data.get_source(people).uri == "s3://data/people.csv"
    for text in ("datasets.name = 'people'", "datasets.context = 'testing'", f"datasets.digest = '{array.digest}'"):
        found = client.search_runs([experiment.experiment_id], text)
        assert [each.info.run_id for each in found] == [active.info.run_id], text
    # the same data in another run is the same dataset
    with mlflow.start_run() as again:
        mlflow.log_input(table, context="evaluation")
    (seen,) = client.get_run(again.info.run_id).inputs.dataset_inputs
    assert (seen.dataset.digest, seen.tags[0].value) == (table.digest, "evaluation")
