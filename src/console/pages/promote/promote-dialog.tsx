import { useNavigate, useSearch } from "@tanstack/react-router";
import { Dialog } from "../../kit/dialog";
import type { VersionData } from "../version/version-query";
import { PromoteForm } from "./promote-form";
import { RollBackForm } from "./roll-back-form";
import "./promote.css";

/** Open while the address says so. */
export function PromoteDialog({ version }: { version: VersionData }) {
  const search = useSearch({ from: "/models/$name/versions/$number" });
  const navigate = useNavigate({ from: "/models/$name/versions/$number" });
  const stage = search.promote;
  if (stage === undefined) return null;
  const close = () => void navigate({ search: { ...search, promote: undefined } });
  const title = `${version.model.name} v${version.number}`;
  if (version.stage === stage)
    return (
      <Dialog title={`Roll ${stage} of ${version.model.name} back`} close={close}>
        <RollBackForm version={version} stage={stage} close={close} />
      </Dialog>
    );
  return (
    <Dialog title={`Promote ${title} to ${stage}`} close={close}>
      <PromoteForm version={version} stage={stage} close={close} />
    </Dialog>
  );
}
