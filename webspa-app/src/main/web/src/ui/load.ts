import { useEffect, useRef, useState } from "preact/hooks";

/** What a page knows about something it asked for. Data once shown stays while a newer answer is awaited. */
export interface Loaded<T> {
  readonly data: T | undefined;
  readonly failure: unknown;
  /** Nothing to show yet and no failure either. */
  readonly loading: boolean;
  reload(): void;
}

/**
 * Loads again whenever the key changes (another thing: old data goes) or the version does (the same thing, maybe newer:
 * old data stays). An answer that was overtaken by a newer question is dropped.
 */
export function useLoaded<T>(load: () => Promise<T>, key: string, version = 0): Loaded<T> {
  const [state, setState] = useState<{ key: string; data?: T; failure?: unknown }>({ key });
  const [attempt, setAttempt] = useState(0);
  const question = useRef(0);

  useEffect(() => {
    const asked = ++question.current;
    const keep = (next: { data: T } | { failure: unknown }) => {
      if (asked === question.current) {
        setState((old) => ({ key, ...(old.key === key && old.data !== undefined && { data: old.data }), ...next }));
      }
    };
    load().then(
      (data) => keep({ data }),
      (failure: unknown) => keep({ failure }),
    );
    // The function is a new one on each rendering; key and version say when it means something new.
  }, [key, version, attempt]);

  useEffect(() => () => void question.current++, []);

  const current = state.key === key ? state : { key };
  return {
    data: current.data,
    failure: current.failure,
    loading: current.data === undefined && current.failure === undefined,
    reload: () => {
      setState((old) => ({ key: old.key, ...(old.data !== undefined && { data: old.data }) }));
      setAttempt((count) => count + 1);
    },
  };
}
