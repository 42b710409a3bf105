interface Identity {
  readonly subject: string;
  readonly name: string | null;
  readonly issuer: string;
}

/** With subject and issuer: a name alone identifies nobody. */
export function Who({ actor: { name, subject, issuer } }: { actor: Identity }) {
  return (
    <>
      {name ?? subject}{" "}
      <span className="muted">
        ({name !== null && `${subject}, `}
        {issuer})
      </span>
    </>
  );
}
