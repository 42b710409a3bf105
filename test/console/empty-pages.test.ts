import { expect, test } from "vitest";
import { useConsole } from "./console-browser.js";

const web = useConsole();

test.each([
  ["/experiments", "No experiments yet", "MLFLOW_TRACKING_URI"],
  ["/runs", "No runs yet", "createRun"],
  ["/runs/none", "There is no run none", "All runs"],
  ["/compare", "Nothing to compare", "All runs"],
  ["/deployments", "No environment has reported yet", "shelfmark watch"],
  ["/lineage", "No dataset yet", "logInputs"],
  ["/lineage?of=UnVuOm5vbmU=", "There is no such object", "All datasets"],
])("%s in an empty registry says what to do next", async (path, text, next) => {
  const { page } = await web.signIn({ subject: "ada" }, path);
  await page.getByText(text).waitFor();
  expect(await page.getByText(next).first().isVisible()).toBe(true);
  await page.context().close();
});
