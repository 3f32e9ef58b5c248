import type { JSX } from "preact";

const SHAPES: Readonly<Record<string, JSX.Element>> = {
  basket: (
    <>
      <path d="M3 9h18l-2 11H5L3 9Z" />
      <path d="m7 9 4-6M17 9l-4-6M9 13v4M12 13v4M15 13v4" />
    </>
  ),
  user: (
    <>
      <circle cx="12" cy="8" r="4" />
      <path d="M4 21c1-5 4-7 8-7s7 2 8 7" />
    </>
  ),
  close: <path d="M6 6l12 12M18 6 6 18" />,
  plus: <path d="M12 5v14M5 12h14" />,
  minus: <path d="M5 12h14" />,
  trash: <path d="M4 7h16M9 7V4h6v3M6 7l1 14h10l1-14M10 11v6M14 11v6" />,
  chevron: <path d="m6 9 6 6 6-6" />,
  left: <path d="m15 5-7 7 7 7" />,
  right: <path d="m9 5 7 7-7 7" />,
  check: <path d="m5 12 5 5 9-11" />,
  bell: <path d="M6 17V11a6 6 0 0 1 12 0v6l2 2H4l2-2ZM10 22h4M12 3v2" />,
  box: <path d="m12 3 8 4.5v9L12 21l-8-4.5v-9L12 3ZM4 7.5l8 4.5 8-4.5M12 12v9" />,
  storm: <path d="M7 15a4 4 0 0 1 0-8 6 6 0 0 1 11 2 3 3 0 0 1 0 6M13 11l-3 5h4l-3 5" />,
  key: (
    <>
      <circle cx="8" cy="15" r="4" />
      <path d="m11 12 9-9M16 7l3 3M13 10l2 2" />
    </>
  ),
  lock: <path d="M5 11h14v10H5V11ZM8 11V7a4 4 0 0 1 8 0v4" />,
};

/** A small picture without a meaning of its own: the text beside it, or the label of its button, says what it is. */
export function Icon({ name }: { name: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {SHAPES[name]}
    </svg>
  );
}
