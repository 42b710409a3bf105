"""Experiments, runs, params, metrics, tags and datasets."""

import math

from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag, ViewType


def program(client, step):
    # experiments
    step("the default experiment", lambda: client.get_experiment("0"))
    number = step("create an experiment", lambda: client.create_experiment("tracking", tags={"team": "risk"}))
    step("create it twice", lambda: client.create_experiment("tracking"))
    step("create one without a name", lambda: client.create_experiment(""))
    step("create one in a bucket", lambda: client.get_experiment(client.create_experiment("bucket", artifact_location="s3://bucket/place")))
    step("get the experiment", lambda: client.get_experiment(number))
    step("get it by its name", lambda: client.get_experiment_by_name("tracking"))
    step("get what is not there", lambda: client.get_experiment("987654"))
    step("get by a name that is not there", lambda: client.get_experiment_by_name("absent"))
    step("get by a word", lambda: client.get_experiment("word"))
    step("tag the experiment", lambda: client.set_experiment_tag(number, "owner", "Ada"))
    step("a long tag", lambda: client.set_experiment_tag(number, "long", "v" * 20_000))
    step("rename it", lambda: client.rename_experiment(number, "tracking 2"))
    step("the renamed experiment", lambda: client.get_experiment(number))

    # a run and what it logs
    run = step("create a run", lambda: client.create_run(number, start_time=5, tags={"a": "1"}, run_name="first"))
    run_id = run.info.run_id
    step("create a run without a name", lambda: client.create_run(number))
    step("create a run in no experiment", lambda: client.create_run("987654"))
    step("log a param", lambda: client.log_param(run_id, "lr", 0.1))
    step("log it again", lambda: client.log_param(run_id, "lr", 0.1))
    step("log another value", lambda: client.log_param(run_id, "lr", 0.2))
    step("log a long param", lambda: client.log_param(run_id, "long", "x" * 7_000))
    step("log a param with a bad name", lambda: client.log_param(run_id, "a?", "x"))
    step("log a param with a long name", lambda: client.log_param(run_id, "n" * 251, "x"))
    step("log an empty param", lambda: client.log_param(run_id, "empty", ""))
    for at, value in enumerate([0.5, 0.25, math.nan, 1e300, -0.0, 7]):
        step(f"log {value}", lambda at=at, value=value: client.log_metric(run_id, "loss", value, 1_000 + at, at))
    step("log infinity", lambda: client.log_metric(run_id, "inf", math.inf, 1_000, 1))
    step("log minus infinity", lambda: client.log_metric(run_id, "inf", -math.inf, 1_000, 2))
    step("log at a negative step", lambda: client.log_metric(run_id, "negative", 1.0, 1_000, -5))
    step("log a word", lambda: client.log_metric(run_id, "word", "high"))
    step("log a metric with a bad name", lambda: client.log_metric(run_id, "a?", 1.0))
    step("log at a negative time", lambda: client.log_metric(run_id, "early", 1.0, -1))
    step("history", lambda: client.get_metric_history(run_id, "loss"))
    step("history of infinity", lambda: client.get_metric_history(run_id, "inf"))
    step("history of nothing", lambda: client.get_metric_history(run_id, "nothing"))
    step("history of no run", lambda: client.get_metric_history("0" * 32, "loss"))
    batch = [Metric("batch", float(i), 1_000 + i, i) for i in range(1_000)]
    step("log a batch", lambda: client.log_batch(run_id, batch, [Param("p", "1")], [RunTag("t", "1")]))
    step("history of the batch", lambda: client.get_metric_history(run_id, "batch"))
    step("log a param twice in a batch", lambda: client.log_batch(run_id, params=[Param("q", "1"), Param("q", "2")]))
    step("log a changed param in a batch", lambda: client.log_batch(run_id, [Metric("x", 1.0, 1, 1)], [Param("p", "2")]))
    step("nothing of it is there", lambda: client.get_metric_history(run_id, "x"))
    step("the same metric twice", lambda: client.log_batch(run_id, [Metric("twice", 1.0, 1, 1), Metric("twice", 1.0, 1, 1)]))
    step("its history", lambda: client.get_metric_history(run_id, "twice"))
    step("set a tag", lambda: client.set_tag(run_id, "b", "2"))
    step("set a tag with a number", lambda: client.set_tag(run_id, "n", 3))
    step("delete a tag", lambda: client.delete_tag(run_id, "a"))
    step("delete it twice", lambda: client.delete_tag(run_id, "a"))
    step("a long tag of a run", lambda: client.set_tag(run_id, "long", "v" * 9_000))
    step("tag no run", lambda: client.set_tag("0" * 32, "a", "b"))

    # datasets
    dataset = Dataset("train", "65ff6e06", "s3", '{"uri": "s3://b/train.csv"}', '{"b": 1, "a": 2}', '{"rows": 3}')
    tags = [InputTag("mlflow.data.context", "training"), InputTag("split", "a")]
    step("log a dataset", lambda: client.log_inputs(run_id, [DatasetInput(dataset, tags)]))
    step("log it again without tags", lambda: client.log_inputs(run_id, [DatasetInput(dataset, [])]))
    step("log a metric on it", lambda: client.log_metric(run_id, "on", 0.5, 1_000, 1, dataset_name="train", dataset_digest="65ff6e06"))
    step("log half a dataset", lambda: client.log_metric(run_id, "half", 0.5, 1_000, 1, dataset_name="train"))
    step("the history on it", lambda: client.get_metric_history(run_id, "on"))
    step("the run", lambda: client.get_run(run_id))

    # its end and its life
    step("end it", lambda: client.set_terminated(run_id, "FINISHED", end_time=2_000))
    step("the ended run", lambda: client.get_run(run_id).info)
    step("log after the end", lambda: client.log_metric(run_id, "late", 1.0, 1_000, 1))
    step("running again", lambda: client.update_run(run_id, "RUNNING", "renamed"))
    step("the running run", lambda: client.get_run(run_id).info)
    step("an unknown status", lambda: client.set_terminated(run_id, "TIRED"))
    step("killed", lambda: client.set_terminated(run_id, "KILLED", end_time=3_000))
    step("no run", lambda: client.get_run("0" * 32))
    step("a bad id", lambda: client.get_run("a/b"))
    step("delete the run", lambda: client.delete_run(run_id))
    step("delete the run twice", lambda: client.delete_run(run_id))
    step("the deleted run", lambda: client.get_run(run_id).info)
    step("log to it", lambda: client.log_metric(run_id, "gone", 1.0))
    step("only the deleted ones", lambda: [each.info.run_name for each in client.search_runs([number], run_view_type=ViewType.DELETED_ONLY)])
    step("restore the run", lambda: client.restore_run(run_id))
    step("restore it twice", lambda: client.restore_run(run_id))
    step("the restored run", lambda: client.get_run(run_id).info)

    # the life of the experiment
    step("delete the experiment", lambda: client.delete_experiment(number))
    step("delete the experiment twice", lambda: client.delete_experiment(number))
    step("the deleted experiment", lambda: client.get_experiment(number))
    step("a run in the deleted experiment", lambda: client.create_run(number))
    step("the deleted experiments", lambda: [each.name for each in client.search_experiments(ViewType.DELETED_ONLY)])
    step("restore the experiment", lambda: client.restore_experiment(number))
    step("restore the experiment twice", lambda: client.restore_experiment(number))
