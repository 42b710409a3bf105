import { TriangleDownIcon, TriangleUpIcon } from "@radix-ui/react-icons";

interface Props {
  readonly title: string;
  readonly order: "ascending" | "descending" | undefined;
  readonly choose: () => void;
}

/** The head of a column that the server can sort by. */
export function SortButton({ title, order, choose }: Props) {
  return (
    <button type="button" className="sort" title={`Sort by ${title}`} onClick={choose}>
      <span className="cut">{title}</span>
      {order === "ascending" && <TriangleUpIcon aria-hidden />}
      {order === "descending" && <TriangleDownIcon aria-hidden />}
    </button>
  );
}
