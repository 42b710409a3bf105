"""Logged models: what log_model makes before, or without, a registration. Clients before 3 have none."""

import mlflow
from mlflow.entities import Metric

FILTERS = [
    "name = 'first'",
    "name LIKE 'f%'",
    "name != 'first'",
    "metrics.auc > 0.8",
    "metrics.auc > 0.99",
    "params.depth = '3'",
    "tags.team = 'risk'",
    "model_type = 'sklearn'",
    "source_run_id = 'none'",
    "creation_time > 0",
    "metrics.auc > 0.5 AND params.depth = '3'",
    "name IN ('first', 'second')",
    "nonsense",
    "metrics.auc = 'x'",
]


def program(client, step):
    if int(mlflow.__version__.split(".")[0]) < 3:
        return
    from mlflow.entities import LoggedModelInput, LoggedModelOutput, LoggedModelParameter

    number = client.create_experiment("logged")
    run = client.create_run(number, run_name="maker")
    run_id = run.info.run_id
    make = lambda name, **rest: client.create_logged_model(number, name=name, **rest)
    first = step(
        "create",
        lambda: make("first", source_run_id=run_id, model_type="sklearn", params={"depth": "3"}, tags={"team": "risk"}),
    )
    second = step("create another", lambda: make("second"))
    step("create one without a name", lambda: type(client.create_logged_model(number).name).__name__)
    step("create one in no experiment", lambda: client.create_logged_model("987654", name="x"))
    step("create one with a bad name", lambda: make("a/b"))
    step("get", lambda: client.get_logged_model(first.model_id))
    step("get what is not there", lambda: client.get_logged_model("m-" + "0" * 32))
    step("finish", lambda: client.finalize_logged_model(first.model_id, "READY"))
    step("fail", lambda: client.finalize_logged_model(second.model_id, "FAILED"))
    step("finish with a wrong status", lambda: client.finalize_logged_model(second.model_id, "TIRED"))
    step("finish what is not there", lambda: client.finalize_logged_model("m-" + "0" * 32, "READY"))
    step("params", lambda: client.log_model_params(first.model_id, {"criterion": "gini"}))
    step("tag", lambda: client.set_logged_model_tags(first.model_id, {"a": "1", "b": "2"}))
    step("delete a tag", lambda: client.delete_logged_model_tag(first.model_id, "a"))
    step("delete it twice", lambda: client.delete_logged_model_tag(first.model_id, "a"))
    step("tag what is not there", lambda: client.set_logged_model_tags("m-" + "0" * 32, {"a": "1"}))
    step("metric", lambda: client.log_metric(run_id, "auc", 0.9, 1_000, 1, model_id=first.model_id))
    step("batch", lambda: client.log_batch(run_id, [Metric("auc", 0.6, 1_000, 1, model_id=second.model_id)]))
    step("the history", lambda: client.get_metric_history(run_id, "auc"))
    step("output", lambda: client.log_outputs(run_id, [LoggedModelOutput(second.model_id, 7)]))
    step("input", lambda: client.log_inputs(run_id, models=[LoggedModelInput(second.model_id)]))
    step("the whole model", lambda: client.get_logged_model(first.model_id))
    step("the run that made it", lambda: client.get_run(run_id))
    search = lambda text=None, **rest: [each.name for each in client.search_logged_models([number], text, **rest)]
    for text in FILTERS:
        step(f"search {text}", lambda text=text: sorted(name for name in search(text) if name in ("first", "second")))
    for order in (
        [{"field_name": "name", "ascending": True}],
        [{"field_name": "metrics.auc", "ascending": True}],
        [{"field_name": "metrics.auc", "ascending": False}],
        [{"field_name": "creation_time", "ascending": True}],
        [{"field_name": "nonsense", "ascending": True}],
    ):
        step(f"search by {order}", lambda order=order: search("name IN ('first', 'second')", order_by=order))
    step("a page", lambda: bool(client.search_logged_models([number], max_results=1).token))
    step("in no experiment", lambda: client.search_logged_models(["987654"]))
    step("register it", lambda: mlflow.register_model(f"models:/{first.model_id}", "logged"))
    step("the version", lambda: client.get_model_version("logged", "1"))
    step("its address", lambda: client.get_model_version_download_uri("logged", "1"))
    step("register what is not there", lambda: client.create_model_version("logged", "models:/m-" + "0" * 32))
    step("the tag of the registration", lambda: "logged" in client.get_logged_model(first.model_id).tags["mlflow.modelVersions"])
    step("an external model", lambda: mlflow.create_external_model(name="elsewhere", experiment_id=number, params={"k": "v"}))
    step("delete", lambda: client.delete_logged_model(second.model_id))
    step("delete twice", lambda: client.delete_logged_model(second.model_id))
    step("the deleted one", lambda: client.get_logged_model(second.model_id))
    step("what is left", lambda: search("name IN ('first', 'second')"))
    step("create one of a missing run", lambda: make("x", source_run_id="0" * 32))
