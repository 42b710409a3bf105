import { Card } from "../../kit/card";
import { Command } from "../../kit/copyable";

/** Quotes a text for a POSIX shell. */
function quote(text: string): string {
  return /^[\w.@%+=:,/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

const QUERY = `query ($model: String!, $number: Int!) {
  modelVersion(ref: { number: { model: $model, number: $number } }) { source digest stage }
}`;

export function SnippetsCard({ name, number }: { name: string; number: number }) {
  const body = JSON.stringify({ query: QUERY.replaceAll(/\s+/g, " "), variables: { model: name, number } });
  const url = `${window.location.origin}/graphql`;
  return (
    <Card title="Use it">
      <div className="stack snippets">
        <h3>shelfmark</h3>
        <Command
          label="Copy the command"
          text={`SHELFMARK_URL=${quote(url)} shelfmark query -e ${quote(QUERY)} \\\n  -v ${quote(`model=${name}`)} -v number=${number}`}
        />
        <h3>Python, with MLflow</h3>
        <Command
          label="Copy the Python code"
          text={`import mlflow\nmodel = mlflow.pyfunc.load_model(${JSON.stringify(`models:/${name}/${number}`)})`}
        />
        <h3>curl</h3>
        <Command
          label="Copy the curl command"
          text={`curl -sS ${quote(url)} \\\n  -H "authorization: Bearer $SHELFMARK_TOKEN" \\\n  -H 'content-type: application/json' \\\n  -d ${quote(body)}`}
        />
      </div>
    </Card>
  );
}
