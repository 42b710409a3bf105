import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from "react";
import { type Change, followChanges, type LiveState } from "./event-stream";

export type { Change } from "./event-stream";

/** Null: anything may have changed. */
type Listener = (change: Change | null) => void;

const Live = createContext<{ readonly state: LiveState; listen(listener: Listener): () => void }>({
  state: "connecting",
  listen: () => () => {},
});

/** One subscription for the whole console. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<LiveState>("connecting");
  const listeners = useRef(new Set<Listener>());
  const listen = useRef((listener: Listener) => {
    listeners.current.add(listener);
    return () => void listeners.current.delete(listener);
  });
  useEffect(() => {
    const tell = (change: Change | null) => {
      for (const listener of listeners.current) listener(change);
    };
    return followChanges({ onChange: tell, onGap: () => tell(null), onState: setState });
  }, []);
  return <Live value={{ state, listen: listen.current }}>{children}</Live>;
}

export function useLiveState(): LiveState {
  return useContext(Live).state;
}

const GATHER_MS = 150;

/** Calls with the changes that came shortly after each other; null: anything may have changed. */
export function useChanges(react: (changes: readonly Change[] | null) => void): void {
  const { listen } = useContext(Live);
  const latest = useRef(react);
  useEffect(() => {
    latest.current = react;
  });
  useEffect(() => {
    let gathered: Change[] | null = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = listen((change) => {
      if (change === null) gathered = null;
      else gathered?.push(change);
      timer ??= setTimeout(() => {
        timer = undefined;
        const changes = gathered;
        gathered = [];
        latest.current(changes);
      }, GATHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [listen]);
}

/** The name of the model that a change is about; null if it is about none. */
export function modelOf(change: Change): string | null {
  return "modelName" in change && typeof change.modelName === "string" ? change.modelName : null;
}

/** The own id of the run that a change is about; null if it is about none. */
export function runOf(change: Change): string | null {
  return "runId" in change && typeof change.runId === "string" ? change.runId : null;
}
