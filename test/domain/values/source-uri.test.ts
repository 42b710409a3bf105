import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LOCAL_SCHEMES, TEAM_SCHEMES } from "../../../src/domain/values/source-schemes.js";
import { parseSource } from "../../../src/domain/values/source-uri.js";
import { refusalOf } from "../../support/refusal.js";

function refused(source: string, schemes = TEAM_SCHEMES) {
  const { field, message } = refusalOf(() => parseSource("input.source", source, schemes));
  expect(field).toBe("input.source");
  return message;
}

test.each([
  "s3://bucket/models/fraud/1",
  "s3://bucket/models/fraud/1?versionId=abc.def",
  "gs://bucket/a..b/...",
  "abfss://container@account.dfs.core.windows.net/models/1",
  "oci://registry.example/fraud@sha256:00ff",
  "hf://org/model@main",
  "https://host:8443/a%20b/model.bin?download=true#part",
  "https://[::1]/m",
  "https://h/signature/token/secret",
  "https://h/x?design=1&base=2&resignature=3",
  "models:/fraud/1",
  "models:/fraud@champion",
  "runs:/0123/model",
  "mlflow-artifacts:/1/2/artifacts/model",
  "dbfs:/models/1",
  "s3://b/100%",
  "s3://b/模型/é",
  "s3a://bucket/x",
  "gcs://bucket/x",
  "wasbs://container@account.blob.core.windows.net/models/1",
  "abfs://container@account.dfs.core.windows.net/models/1",
  "adl://account.azuredatalakestore.net/x",
  "azureml://subscriptions/0/resourcegroups/g/workspaces/w/datastores/d/paths/x",
  "azureml:fraud:1",
  "hdfs://namenode:8020/models/1",
  "hdfs:///models/1",
  "hdfs:/models/1",
  "pvc://claim/models/1",
  "http://host/x",
  "wandb-artifact://entity/project/fraud:v3",
  "oci://bucket@namespace/prefix",
  "sftp://trainer@host/models/1",
  "models:/m-0123456789abcdef",
  "models://profile@databricks/fraud/1",
  "runs://profile@databricks/0123/model",
  "mlflow-artifacts://tracking:5000/1/2",
  "mlflow-artifacts:///1/2",
  "dbfs:///models/1",
  "arn:aws:sagemaker:eu-central-1:123456789012:model-package/fraud/1",
])("accepts %s unchanged", (source) => {
  expect(parseSource("source", source, TEAM_SCHEMES)).toBe(source);
});

describe("refuses", () => {
  test.each(["gopher://h/x", "javascript:alert(1)", "data:,x", "constructor:x"])("the scheme of %s", (source) =>
    expect(refused(source)).toContain("one of the schemes s3, "),
  );

  test.each(["s3:", "/etc/passwd", "bucket/key", "1s3://b/x", "://b/x"])("what has no scheme: %s", (source) =>
    expect(refused(source)).toContain('must be a URI: a scheme, ":" and an address'),
  );

  test.each([
    ["s3://b/a b", "a blank (U+0020); percent-encode it as %20"],
    ["s3://b/a\u00a0b", "a blank (U+00A0); percent-encode it as %C2%A0"],
    ["gopher://b/a b", "a blank (U+0020)"],
    ["s3://b\\..\\c", "a backslash; percent-encode it as %5C"],
    ["https://h\\@evil/x", "a backslash"],
  ])("blanks and backslashes: %j", (source, sentence) => expect(refused(source)).toContain(sentence));

  test.each([
    "s3:/x",
    "s3:x",
    "s3:///x",
    "S3:///x",
    "s3://",
    "s3://?versionId=1",
    "s3://#x",
    "s3://%20/x",
    "gs:/x",
    "https:///x",
    "https://:8080/x",
    "abfss://container@/x",
    "abfss://container%40/x",
    "pvc:///x",
    "hf:org/model",
  ])("a missing bucket or host: %s", (source) => expect(refused(source)).toContain("names no bucket or host"));

  test.each(["s3://b/\u0000", "s3://b/\n", "s3://b/\ud800", "", "  "])("text that is not a line: %j", (source) => {
    refused(source);
  });

  test.each(["https://h:65536/x", "HTTP://[::1]:99999", "https://h:70000?x"])("a port that is too high: %s", (source) =>
    expect(refused(source)).toContain("must have a port of at most 65535"),
  );

  test.each([
    "https://user:password@h/x",
    "https://user@h/x",
    "https://@h/x",
    "s3://AKIA:secret@bucket/x",
    "https://u%40:p@h/x?100%",
    "https://u%3Ap%40h/x",
    "abfss://c:secret@account.dfs.core.windows.net/x",
    "abfss://c%3Asecret@account.dfs.core.windows.net/x",
    "wasbs://c:secret@account.blob.core.windows.net/x",
    "s3a://key:secret@bucket/x",
    "HTTPS://user:password@h/x",
    "sftp://trainer:password@h/x",
    "git+https://token@host/repo",
    "models://scope:secret@databricks/fraud/1",
    "acme://user@h/x",
  ])("user information: %s", (source) =>
    expect(refused(source, [...TEAM_SCHEMES, "acme"])).toContain("user information"),
  );

  test.each([
    "https://b.s3.amazonaws.com/x?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A&X-Amz-Signature=1",
    "https://b.s3.amazonaws.com/x?x-amz-security-token=1",
    "https://b.s3.amazonaws.com/x?AWSAccessKeyId=A&Signature=S&Expires=1",
    "https://storage.googleapis.com/b/x?X-Goog-Signature=1",
    "https://storage.googleapis.com/b/x?GoogleAccessId=a&Expires=1&Signature=s",
    "https://a.blob.core.windows.net/c/x?sv=2022-11-02&se=2026-01-01&sr=b&sp=r&sig=abc",
    "https://d.cloudfront.net/x?Expires=1&Signature=a&Key-Pair-Id=K",
    "https://d.cloudfront.net/x?Policy=p&Key-Pair-Id=K",
    "https://h/x?a=1;sig=2",
    "https://h/x?a=1&token=t",
    "https://h/x?access_token=t",
    "https://h/x#access_token=t",
    "https://h/x?password=p",
    "https://h/x?client=1&secret=s",
    "https://h/x?%73ig=1",
    "https://h/x?a=1%26sig=1",
    "https://h/x?X%2DAmz%2DSignature=1",
    "https://h/x?%2573ig=1",
    "https://h/x?a=100%&%73ig=1",
    "https://h/a?x=1&api_key=S",
    "https://h/a?apikey=1",
    "https://h/a?client_secret=x",
    "https://h/a?AccessKeyId=1",
    "https://h/a?auth=1",
    "https://h/a;token=1",
  ])("a signed query: %s", (source) => expect(refused(source)).toContain("signed URL"));

  test.each([
    "s3://b/../c",
    "s3://b/..",
    "models:../x",
    "models:..",
    "dbfs:/a/../b",
    "s3://b/%2e%2e/c",
    "s3://b/.%2E/c",
    "s3://b/a%2f..%2fc",
    "s3://b/%252e%252e/c",
    "s3://b/%25252e./c",
    "s3://b/a%5c..%5cc",
    "s3://../c",
    "s3://b/%2e%2e/100%",
    "s3://b/%2e%2e/%ff",
  ])("a path with ..: %s", (source) => expect(refused(source)).toContain('".."'));

  test("more than 2 000 characters", () => {
    expect(parseSource("source", `s3://${"x".repeat(1995)}`, TEAM_SCHEMES)).toHaveLength(2000);
    expect(refused(`s3://${"x".repeat(1996)}`)).toContain("at most 2000");
  });
});

test.each([
  ["S3://Bucket/Key", "s3://Bucket/Key"],
  ["HTTPS://Host/X", "https://Host/X"],
  ["Models:/Fraud/1", "models:/Fraud/1"],
])("the scheme of %s is stored in lower case, and nothing else", (given, stored) => {
  expect(parseSource("source", given, TEAM_SCHEMES)).toBe(stored);
});

test("a scheme that only the settings know may have any form", () => {
  for (const source of ["acme:x", "acme:/x", "acme:///x", "acme://h/x"]) {
    expect(parseSource("source", source, ["acme"])).toBe(source);
  }
  expect(refused("s3://b/x", ["acme"])).toContain("one of the schemes acme.");
});

test("a file is a source in local mode only, by the same rules", () => {
  expect(parseSource("source", "file:///models/1", LOCAL_SCHEMES)).toBe("file:///models/1");
  expect(refused("file:///models/1")).toContain("one of the schemes");
  expect(refused("file:///models/../1", LOCAL_SCHEMES)).toContain('".."');
  expect(refused("file://user@host/1", LOCAL_SCHEMES)).toContain("user information");
});

test("`..` is found, however often it is percent-encoded", () => {
  const encode = (text: string) => [...text].map((c) => `%${c.charCodeAt(0).toString(16)}`).join("");
  const dots = fc
    .tuple(fc.boolean(), fc.boolean())
    .map((ways) => ways.map((way) => (way ? encode(".") : ".")).join(""));
  fc.assert(
    fc.property(dots, fc.nat(4), fc.constantFrom("", "100%", "%zz", "%c3%28"), (segment, times, tail) => {
      let text = segment;
      for (let i = 0; i < times; i++) text = text.replaceAll("%", "%25");
      expect(refused(`s3://b/a/${text}/${tail}`)).toContain('".."');
    }),
  );
});
