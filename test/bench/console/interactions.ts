import type { Page } from "playwright-core";

/** Something that a person does on a page with large data, and what is there once the server has answered. */
export interface Interaction {
  readonly name: string;
  /** The address of the page, and what it shows once it is ready. */
  readonly path: string;
  readonly ready: string;
  act(page: Page): Promise<void>;
  done(page: Page): Promise<void>;
}

const text = (found: string) => (page: Page) => page.getByText(found).first().waitFor();
const press = (name: string) => (page: Page) => page.getByRole("button", { name, exact: true }).first().click();
const latest = (page: Page) => page.getByRole("region", { name: "Latest values" });

const MODELS = { path: "/?order=name", ready: "m-00020" };
const MODEL = { path: "/models/m-00001", ready: "v4951" };
const RUN = { path: "/runs/large-run", ready: "Drawn from a sample" };

export const INTERACTIONS: readonly Interaction[] = [
  {
    name: "10 000 models: type in the search",
    ...MODELS,
    act: (page) => page.locator("[data-shortcut='/']").pressSequentially("m-09999"),
    done: text("1 model"),
  },
  { name: "10 000 models: choose a stage", ...MODELS, act: press("In PRODUCTION"), done: text("1 model") },
  {
    name: "10 000 models: a page down",
    ...MODELS,
    async act(page) {
      await page.getByRole("region", { name: "Models" }).focus();
      await page.keyboard.press("PageDown");
    },
    done: text("m-00025"),
  },
  {
    name: "10 000 models: open one with 5 000 versions",
    ...MODELS,
    act: (page) => page.getByRole("link", { name: "m-00001", exact: true }).click(),
    done: text("v4951"),
  },
  {
    name: "5 000 versions: show 100 more",
    ...MODEL,
    act: press("Show 100 more"),
    done: text("v4851"),
  },
  {
    name: "5 000 versions: open one",
    ...MODEL,
    act: (page) => page.getByRole("link", { name: "v4990", exact: true }).first().click(),
    done: text("s3://b/4990"),
  },
  {
    name: "200 metrics: filter them",
    ...RUN,
    act: (page) => page.getByLabel("Filter the metrics by name").pressSequentially("m-010"),
    done: (page) => latest(page).locator("tbody tr").nth(1).waitFor({ state: "detached" }),
  },
  {
    name: "100 000 values: plot another metric",
    ...RUN,
    act: (page) => latest(page).getByRole("button", { name: "m-007" }).click(),
    done: (page) => page.getByRole("img", { name: "Curves of m-007" }).waitFor(),
  },
  {
    name: "100 000 values: a logarithmic axis",
    ...RUN,
    act: press("log y"),
    done: (page) => page.getByRole("button", { name: "log y", pressed: true }).waitFor(),
  },
];
