import * as Radix from "@radix-ui/react-dialog";
import { Cross2Icon } from "@radix-ui/react-icons";
import type { ReactNode } from "react";
import "./dialog.css";

export function Dialog({ title, close, children }: { title: string; close: () => void; children: ReactNode }) {
  return (
    <Radix.Root open onOpenChange={(isOpen) => isOpen || close()}>
      <Radix.Portal>
        <Radix.Overlay className="dialog-overlay" />
        <Radix.Content className="dialog card" aria-describedby={undefined}>
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
