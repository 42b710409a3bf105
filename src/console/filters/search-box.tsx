import { MagnifyingGlassIcon } from "@radix-ui/react-icons";

interface Props {
  /** What is searched, for who does not see the box. */
  readonly label: string;
  readonly placeholder: string;
  readonly value: string | undefined;
  readonly change: (value: string | undefined) => void;
}

/** The search of a page. `/` leads to it. */
export function SearchBox({ label, placeholder, value = "", change }: Props) {
  return (
    <div className="search-box">
      <MagnifyingGlassIcon aria-hidden />
      <input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        data-shortcut="/"
        value={value}
        onChange={({ target }) => change(target.value || undefined)}
      />
    </div>
  );
}
