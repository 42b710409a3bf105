import { useState } from "react";
import { type CombinedError, useMutation } from "urql";
import { Command } from "../../kit/copyable";
import { Dialog } from "../../kit/dialog";
import { Refusal } from "../../kit/refusal";
import { FORMATS, fieldsOf, NEW_WEBHOOK, STAGES, toInput, type WebhookFields } from "./webhook-input";
import { CREATE_WEBHOOK, UPDATE_WEBHOOK, type WebhookData } from "./webhooks-query";

const FORMAT_NAMES = { CLOUDEVENTS: "CloudEvents, for programs", SLACK: "Slack", TEAMS: "Microsoft Teams" } as const;

/** Makes a webhook, or changes the given one. */
export function WebhookForm({ webhook, close }: { webhook?: WebhookData; close: () => void }) {
  const [fields, setFields] = useState(webhook ? fieldsOf(webhook) : NEW_WEBHOOK);
  const [refusal, setRefusal] = useState<CombinedError>();
  const [secret, setSecret] = useState<string>();
  const [{ fetching: isCreating }, create] = useMutation(CREATE_WEBHOOK);
  const [{ fetching: isUpdating }, update] = useMutation(UPDATE_WEBHOOK);
  const save = async () => {
    const input = toInput(fields, webhook?.where ?? null);
    if (webhook) {
      const { error } = await update({ input: { ...input, id: webhook.id } });
      setRefusal(error);
      if (!error) close();
      return;
    }
    const { data, error } = await create({ input });
    setRefusal(error);
    setSecret(data?.createWebhook.secret);
  };
  if (secret !== undefined)
    return (
      <Dialog title="The webhook is there" close={close}>
        <p>
          Its signing secret is shown only now. Receivers of CloudEvents check signatures with it; Slack and Teams need
          none.
        </p>
        <Command text={secret} label="Copy the secret" />
        <div className="row dialog-buttons">
          <button type="button" className="button primary" onClick={close}>
            Done
          </button>
        </div>
      </Dialog>
    );
  return (
    <Dialog title={webhook ? "Change the webhook" : "New webhook"} close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Fields fields={fields} change={(more) => setFields({ ...fields, ...more })} />
        {webhook && <p className="muted">If it is yours, it gets the rights of the token that you use now.</p>}
        {refusal && <Refusal error={refusal} />}
        <div className="row dialog-buttons">
          <button type="button" className="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={isCreating || isUpdating}>
            {webhook ? "Save" : "Create"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface FieldsProps {
  readonly fields: WebhookFields;
  readonly change: (more: Partial<WebhookFields>) => void;
}

function Fields({ fields, change }: FieldsProps) {
  return (
    <>
      <label>
        <span>Sends to</span>
        <select
          value={fields.format}
          onChange={({ target }) => change({ format: FORMATS.find((each) => each === target.value) ?? fields.format })}
        >
          {FORMATS.map((format) => (
            <option key={format} value={format}>
              {FORMAT_NAMES[format]}
            </option>
          ))}
        </select>
      </label>
      <Line label="URL" value={fields.url} change={(url) => change({ url })} placeholder="https://…" isRequired />
      <Line label="What it is for" value={fields.description} change={(description) => change({ description })} />
      <Line
        label="Types of events, or all"
        value={fields.types}
        change={(types) => change({ types })}
        placeholder="promotion_request.*, model_version.stage_changed"
      />
      <Line
        label="Models, or all"
        value={fields.models}
        change={(models) => change({ models })}
        placeholder="fraud*, churn"
      />
      <Line
        label="Aliases, or all"
        value={fields.aliases}
        change={(aliases) => change({ aliases })}
        placeholder="champion"
      />
      <fieldset className="row">
        <legend>Only moves to</legend>
        {STAGES.map((stage) => (
          <label key={stage} className="row">
            <input
              type="checkbox"
              checked={fields.to.includes(stage)}
              onChange={({ target }) =>
                change({ to: target.checked ? [...fields.to, stage] : fields.to.filter((each) => each !== stage) })
              }
            />
            {stage}
          </label>
        ))}
      </fieldset>
    </>
  );
}

interface LineProps {
  readonly label: string;
  readonly value: string;
  readonly change: (text: string) => void;
  readonly placeholder?: string;
  readonly isRequired?: boolean;
}

function Line({ label, value, change, placeholder = "", isRequired = false }: LineProps) {
  return (
    <label>
      <span>{label}</span>
      <input
        value={value}
        placeholder={placeholder}
        required={isRequired}
        autoComplete="off"
        onChange={({ target }) => change(target.value)}
      />
    </label>
  );
}
