"""Searches of runs and experiments: filters, orders and pages."""

import math

import mlflow
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag, ViewType

FILTERS = [
    "",
    "metrics.loss < 0.5",
    "metrics.loss <= 0.5",
    "metrics.loss = 0.5",
    "metrics.loss != 0.5",
    "metrics.`val loss` > 0",
    "metric.loss > 0.1 and params.lr = '0.1'",
    "params.lr = '0.1'",
    "params.lr != '0.1'",
    "params.lr LIKE '0.%'",
    "params.opt ILIKE 'ADAM'",
    "params.opt LIKE 'ADAM'",
    "params.lr > '0'",
    "param.opt = \"sgd\"",
    "parameters.opt = 'sgd'",
    "tags.team = 'risk'",
    "tags.team != 'risk'",
    "tags.`with blank` = 'x'",
    "tags.team LIKE 'r%'",
    "tags.team IS NULL",
    "tags.team IS NOT NULL",
    "params.opt IS NULL",
    "attributes.status = 'FINISHED'",
    "status != 'FINISHED'",
    "status IN ('FAILED', 'FINISHED')",
    "attributes.run_name = 'run 1'",
    "run_name LIKE 'run %'",
    "`Run name` = 'run 1'",
    "run_name != 'run 1'",
    "start_time > 1001",
    "attributes.start_time <= 1002",
    "end_time = 5001",
    "attributes.artifact_uri LIKE 'mlflow-artifacts:%'",
    "run_id = 'x'",
    "run_id IN ('x', 'y')",
    "run_name IN ('run 0', 'run 3')",
    "run_name NOT IN ('run 0', 'run 3')",
    "datasets.name = 'train'",
    "dataset.digest = 'd1'",
    "datasets.context = 'training'",
    "datasets.name IN ('train', 'test')",
    "datasets.name LIKE 'tr%'",
    "metrics.loss = 'low'",
    "metrics.loss LIKE 1",
    "params.lr = 0.1",
    "status = FINISHED",
    "nonsense",
    "nonsense.a = 1",
    "metrics.loss < 0.5 OR params.lr = '0.1'",
    "attributes.nonsense = 'x'",
    "metrics.nan > 0",
    "metrics.missing > 0",
]
ORDERS = [
    [],
    ["metrics.loss"],
    ["metrics.loss DESC"],
    ["metrics.nan ASC"],
    ["metrics.nan DESC"],
    ["params.lr DESC", "metrics.loss"],
    ["params.opt ASC", "attributes.run_name DESC"],
    ["tags.team", "run_name"],
    ["tags.team DESC", "run_name"],
    ["start_time"],
    ["attributes.end_time DESC"],
    ["status", "run_name"],
    ["`Run name` DESC"],
    ["nonsense"],
    ["metrics.loss SIDEWAYS"],
]


def found(runs):
    return [run.info.run_name for run in runs]


def program(client, step):
    number = client.create_experiment("searched")
    other = client.create_experiment("searched too")
    for i in range(6):
        run = client.create_run(number, start_time=1_000 + i, run_name=f"run {i}")
        run_id = run.info.run_id
        metrics = [Metric("loss", i / 4, 1_000, 1), Metric("val loss", i - 2.0, 1_000, 1)]
        metrics.append(Metric("nan", [math.nan, 1.0, math.inf, -1.0, -math.inf, 2.0][i], 1_000, 1))
        params = [Param("lr", f"0.{i % 3}")] + ([Param("opt", ["adam", "sgd"][i % 2])] if i != 5 else [])
        tags = [RunTag("team", ["risk", "growth"][i % 2])] if i < 4 else []
        if i == 1:
            tags.append(RunTag("with blank", "x"))
        client.log_batch(run_id, metrics if i != 4 else metrics[1:], params, tags)
        if i < 2:
            dataset = Dataset(["train", "test"][i], f"d{i}", "local", "{}")
            context = InputTag("mlflow.data.context", ["training", "testing"][i])
            client.log_inputs(run_id, [DatasetInput(dataset, [context])])
        if i != 3:
            client.set_terminated(run_id, ["FINISHED", "FAILED"][i % 2], end_time=5_000 + i)
    client.create_run(other, run_name="elsewhere", start_time=1)

    for text in FILTERS:
        step(f"runs: {text}", lambda text=text: found(client.search_runs([number], text, order_by=["start_time ASC"])))
    for order in ORDERS:
        step(f"runs by {order}", lambda order=order: found(client.search_runs([number], order_by=order)))

    ids = lambda: [run.info.run_id for run in client.search_runs([number], order_by=["run_id"])]
    step("runs by their ids", lambda: ids() == sorted(ids()))

    def pages(size, order):
        result, token = [], None
        while True:
            page = client.search_runs([number], max_results=size, order_by=order, page_token=token)
            result.append(found(page))
            token = page.token
            if not token:
                return result

    step("pages of runs", lambda: pages(4, ["metrics.loss DESC"]))
    step("pages of two runs", lambda: pages(2, ["start_time ASC"]))
    step("too many runs", lambda: client.search_runs([number], max_results=50_001))
    step("runs of two experiments", lambda: found(client.search_runs([number, other], order_by=["start_time ASC"])))
    step("runs of no experiment", lambda: found(client.search_runs([])))
    step("runs of a missing experiment", lambda: found(client.search_runs(["987654"])))
    step("a bad page", lambda: found(client.search_runs([number], page_token="nonsense")))
    step("a whole run", lambda: client.search_runs([number], "run_name = 'run 0'"))
    frame = lambda: mlflow.search_runs([number], order_by=["start_time ASC"])
    step("as a table", lambda: [[row["metrics.loss"], row["params.lr"], row["tags.team"], row["status"]] for _, row in frame().iterrows()])
    step("columns of the table", lambda: sorted(frame().columns))

    client.delete_experiment(client.create_experiment("searched, deleted", tags={"team": "risk"}))
    client.set_experiment_tag(number, "team", "risk")
    names = lambda each: [experiment.name for experiment in each]
    for text in [
        "name = 'searched'",
        "name LIKE 'searched%'",
        "name ILIKE 'SEARCHED too'",
        "name != 'searched'",
        "tags.team = 'risk'",
        "tags.team != 'risk'",
        "tags.team IS NULL AND name LIKE 'searched%'",
        "attributes.name = 'searched'",
        "creation_time > 0 AND name LIKE 'searched%'",
        "last_update_time >= 0 AND name LIKE 'searched%'",
        "name IN ('searched', 'other')",
        "nonsense = 'x'",
        "name > 'a'",
    ]:
        step(
            f"experiments: {text}",
            lambda text=text: names(client.search_experiments(filter_string=text, order_by=["name ASC"])),
        )
    ours = "name LIKE 'searched%'"
    for order in (["name DESC"], ["creation_time ASC"], ["last_update_time DESC", "name"], ["experiment_id"], ["nonsense"]):
        step(f"experiments by {order}", lambda order=order: names(client.search_experiments(filter_string=ours, order_by=order)))
    for view in (ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY, ViewType.ALL):
        step(f"experiments, {ViewType.to_string(view)}", lambda view=view: names(client.search_experiments(view, filter_string=ours, order_by=["name"])))
    step("a page of experiments", lambda: [bool((page := client.search_experiments(filter_string=ours, max_results=1)).token), names(page)])
    step("too many experiments", lambda: client.search_experiments(max_results=50_001))
