import { Component, lazy, type ReactNode, Suspense } from "react";
import "./markdown.css";

const Rendered = lazy(() => import("./markdown-rendered"));

/** A text that somebody wrote, as Markdown. It is shown as it is until the renderer has loaded, or if it cannot render it. */
export function Markdown({ text }: { text: string }) {
  const plain = <p className="markdown">{text}</p>;
  return (
    <PlainOnError key={text} plain={plain}>
      <Suspense fallback={plain}>
        <Rendered text={text} />
      </Suspense>
    </PlainOnError>
  );
}

/** A text that is nested too deeply for the stack must not take the page away. */
class PlainOnError extends Component<{ plain: ReactNode; children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.plain : this.props.children;
  }
}
