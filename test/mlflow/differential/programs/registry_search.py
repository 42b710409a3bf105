"""Searches of registered models and versions: filters, orders and pages."""

import time

MODELS = [
    "name = 'Search B'",
    "name != 'Search B' AND name LIKE 'Search%'",
    "name LIKE 'Search %'",
    "name ILIKE 'search %'",
    "name LIKE 'search %'",
    "tags.team = 'risk'",
    "tags.team != 'risk' AND name LIKE 'Search %'",
    "tags.`team` LIKE 'r%'",
    "tag.team = 'risk' AND name = 'Search A'",
    "tags.team IN ('risk', 'growth')",
    "name IN ('Search A', 'Search C')",
    "description = 'x'",
    "name = Search",
    "name > 'Search A'",
    "name = 'a' OR name = 'b'",
    "name =",
    "run_id = 'a'",
    "tags.missing = 'x'",
]
VERSIONS = [
    "name = 'Search A'",
    "name LIKE 'Search %'",
    "name ILIKE 'search a'",
    "run_id = 'none'",
    "source_path = 's3://search/A/1'",
    "source_path LIKE 's3://search/A/%'",
    "source_path ILIKE '%SEARCH/a/%'",
    "name = 'Search A' AND version_number > 1",
    "name = 'Search A' AND version_number <= 2",
    "name = 'Search A' AND version_number != 2",
    "name = 'Search A' AND version_number = '2'",
    "name = 'Search A' AND tags.build = 'odd'",
    "name = 'Search A' AND tags.build != 'odd'",
    "tags.build LIKE 'o%'",
    "run_id IN ('a', 'b')",
    "name IN ('Search A', 'Search B')",
    "stage = 'None'",
    "current_stage = 'None'",
    "version_number LIKE 1",
    "name",
]


def names(found):
    return [each.name for each in found]


def numbers(found):
    return [[each.name, each.version] for each in found]


def all_pages(search, key):
    pages, token = [], None
    while True:
        page = search(token)
        pages.append([key(each) for each in page])
        token = page.token
        if not token:
            return pages


def program(client, step):
    for letter, team in [("A", "risk"), ("B", "growth"), ("C", None), ("D", "risk")]:
        client.create_registered_model(f"Search {letter}", {"team": team} if team else None)
        for number in (1, 2, 3):
            tags = {"build": "odd" if number % 2 else "even"}
            client.create_model_version(f"Search {letter}", f"s3://search/{letter}/{number}", tags=tags)

    for text in MODELS:
        step(f"models: {text}", lambda text=text: names(client.search_registered_models(text)))
    for text in VERSIONS:
        step(f"versions: {text}", lambda text=text: numbers(client.search_model_versions(text)))

    ours = "name LIKE 'Search %'"
    for order in (["name DESC"], ["name ASC"], ["last_updated_timestamp DESC", "name"], ["timestamp"], ["nonsense"], ["name x"]):
        step(f"models by {order}", lambda order=order: names(client.search_registered_models(ours, order_by=order)))
    for order in (
        ["version_number DESC"],
        ["name DESC", "version_number ASC"],
        ["creation_timestamp ASC"],
        ["last_updated_timestamp DESC"],
        ["nonsense"],
    ):
        step(f"versions by {order}", lambda order=order: numbers(client.search_model_versions(ours, order_by=order)))
    step("versions in no order", lambda: numbers(client.search_model_versions(ours)))

    step(
        "pages of models",
        lambda: all_pages(
            lambda token: client.search_registered_models(ours, max_results=3, order_by=["name ASC"], page_token=token),
            lambda each: each.name,
        ),
    )
    step(
        "pages of versions",
        lambda: all_pages(
            lambda token: client.search_model_versions(
                ours, max_results=5, order_by=["name ASC", "version_number DESC"], page_token=token
            ),
            lambda each: [each.name, each.version],
        ),
    )
    step("too many models", lambda: client.search_registered_models(max_results=1001))
    step("too many versions", lambda: client.search_model_versions(max_results=200_001))
    step("a bad page", lambda: names(client.search_registered_models(ours, page_token="nonsense")))

    # what changes the time of the last change
    def changes_time(read, change):
        before = read().last_updated_timestamp
        time.sleep(0.02)
        change()
        return read().last_updated_timestamp > before

    model = lambda: client.get_registered_model("Search A")
    version = lambda: client.get_model_version("Search A", "1")
    for name, read, change in [
        ("a model's tag", model, lambda: client.set_registered_model_tag("Search A", "a", "b")),
        ("a model's description", model, lambda: client.update_registered_model("Search A", "changed")),
        ("an alias", model, lambda: client.set_registered_model_alias("Search A", "champion", "1")),
        ("a version", model, lambda: client.create_model_version("Search A", "s3://search/A/4")),
        ("a version's tag", version, lambda: client.set_model_version_tag("Search A", "1", "a", "b")),
        ("a version's description", version, lambda: client.update_model_version("Search A", "1", "changed")),
        ("an alias of it", version, lambda: client.set_registered_model_alias("Search A", "other", "1")),
        ("a move", version, lambda: client.transition_model_version_stage("Search A", "1", "Staging")),
        ("a move to where it is", version, lambda: client.transition_model_version_stage("Search A", "1", "Staging")),
    ]:
        step(f"time after {name}", lambda read=read, change=change: changes_time(read, change))
    step("whole models", lambda: client.search_registered_models("name = 'Search A'"))
    step("whole versions", lambda: client.search_model_versions("name = 'Search A' AND version_number = 1"))
