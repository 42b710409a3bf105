import { ExitIcon } from "@radix-ui/react-icons";
import { Link, Outlet } from "@tanstack/react-router";
import { useLiveState } from "../live/live";
import { endSession } from "../session/renewal";
import { MainMenu } from "./main-menu";
import { Notices } from "./notices";
import { Shortcuts } from "./shortcuts";
import { ThemeButton } from "./theme";
import "./shell.css";

const LIVE_TEXTS = {
  connecting: "Connecting",
  live: "Live",
  waiting: "Offline: trying again",
  off: "Not live",
} as const;

export function Shell() {
  return (
    <>
      <a href="#content" className="skip">
        Skip to the content
      </a>
      <header className="shell">
        <Link to="/" search={{}} className="brand">
          Shelfmark
        </Link>
        <MainMenu />
        <div className="row tools">
          <LiveMark />
          <ThemeButton />
          <button type="button" className="button quiet" onClick={() => void endSession()}>
            <ExitIcon aria-hidden />
            <span className="label">Sign out</span>
          </button>
        </div>
      </header>
      <div id="content">
        <Outlet />
      </div>
      <Notices />
      <Shortcuts />
    </>
  );
}

function LiveMark() {
  const state = useLiveState();
  return (
    <span className={`live ${state}`} role="status" title="Changes appear as they happen">
      <span className="dot" aria-hidden />
      {LIVE_TEXTS[state]}
    </span>
  );
}
