import * as Radix from "@radix-ui/react-dialog";
import { Cross2Icon } from "@radix-ui/react-icons";
import type { ReactNode } from "react";
import "./dialog.css";

/** What somebody opened the dialog for comes before the button that closes it. */
function focusFirstField(event: Event): void {
  const field = (event.currentTarget as HTMLElement).querySelector<HTMLElement>(
    ".body :is(input, select, textarea):enabled",
  );
  if (!field) return;
  event.preventDefault();
  field.focus();
}

export function Dialog({ title, close, children }: { title: string; close: () => void; children: ReactNode }) {
  return (
    <Radix.Root open onOpenChange={(isOpen) => isOpen || close()}>
      <Radix.Portal>
        <Radix.Overlay className="dialog-overlay" />
        <Radix.Content className="dialog card" aria-describedby={undefined} onOpenAutoFocus={focusFirstField}>
          <header>
            <Radix.Title>{title}</Radix.Title>
            <Radix.Close className="button quiet icon" aria-label="Close">
              <Cross2Icon aria-hidden />
            </Radix.Close>
          </header>
          <div className="body stack">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
