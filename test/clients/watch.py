"""Python's gql over WebSocket: one change live, two missed, and exactly these after it came back."""
import asyncio, os, sys
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport

REGISTER = """mutation ($input: CreateModelVersionInput!) { createModelVersion(input: $input) { modelVersion { number } } }"""
PROMOTE = """mutation ($input: TransitionModelVersionInput!) { transitionModelVersion(input: $input) { transition { to } } }"""
WATCH = """subscription ($after: String) {
  stageChanged(after: $after, where: { models: ["gql"], to: [PRODUCTION] }) { cursor event { versionNumber } }
}"""


def connect(token):
    url = os.environ["SHELFMARK_URL"].replace("http", "ws", 1)
    return Client(
        transport=WebsocketsTransport(
            url=url,
            init_payload={"authorization": f"Bearer {token}"},
            subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
        )
    )


async def call(session, document, **variables):
    request = gql(document)
    request.variable_values = {"input": variables}
    return await session.execute(request)


async def release(session, key):
    made = await call(session, REGISTER, model={"name": "gql"}, createModel=True, source="s3://gql", idempotencyKey=key)
    number = made["createModelVersion"]["modelVersion"]["number"]
    version = {"number": {"model": "gql", "number": number}}
    await call(session, PROMOTE, version=version, to="PRODUCTION", archiveExisting=True)


async def listen(after, count, key, writer):
    request = gql(WATCH)
    request.variable_values = {"after": after}
    numbers, released = [], False
    async with connect(os.environ["SHELFMARK_TOKEN"]) as session:
        async for message in session.subscribe(request):
            after = message["stageChanged"]["cursor"]
            if message["stageChanged"]["event"]:
                numbers.append(message["stageChanged"]["event"]["versionNumber"])
            if not released:
                released = True
                await release(writer, key)
            if len(numbers) == count:
                return after, numbers


async def main():
    async with connect(os.environ["SHELFMARK_TOKEN"]) as writer:
        cursor, live = await listen(None, 1, "live", writer)
        await release(writer, "missed-1")
        await release(writer, "missed-2")
        _, resumed = await listen(cursor, 3, "again", writer)
        page = await writer.execute(gql("{ models(first: 1) { nodes { name } pageInfo { endCursor } } }"))
        assert page["models"]["pageInfo"]["endCursor"], page
    async with connect(os.environ["READER_TOKEN"]) as reader:
        try:
            await release(reader, "refused")
            sys.exit("A token that may only read has registered a version.")
        except TransportQueryError as error:
            extensions = error.errors[0]["extensions"]
    print(live, resumed, extensions["code"], extensions["requiredScopes"])


asyncio.run(main())
