import { lazy, Suspense } from "react";
import "./markdown.css";

const Rendered = lazy(() => import("./markdown-rendered"));

/** A text that somebody wrote, as Markdown. Shown as it is until the renderer has loaded. */
export function Markdown({ text }: { text: string }) {
  return (
    <Suspense fallback={<p className="markdown">{text}</p>}>
      <Rendered text={text} />
    </Suspense>
  );
}
