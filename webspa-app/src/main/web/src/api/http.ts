/** What a caller learns when the shop did not do what was asked. The message can be shown to a person. */
export class ApiError extends Error {
  constructor(
    /** HTTP status, or 0 when no answer came at all. */
    readonly status: number,
    message: string,
    /** The input the shop found fault with, if it was one. */
    readonly field?: string,
  ) {
    super(message);
    this.name = "ApiError";
  }

  /** The shop could not be reached or was not able to answer; asking again later may help. */
  get temporary(): boolean {
    return this.status === 0 || TEMPORARY.has(this.status);
  }
}

export interface Call {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly body?: unknown;
  /** Sent as x-requestid: the shop does the work once however often it is asked under this id. */
  readonly requestId?: string;
}

/** What others want to know about the traffic. */
export interface HttpEvents {
  /** Name of the replica that gave the last answer. */
  replica(name: string): void;
  /** A call waits for another attempt (true), or its waiting is over (false). Calls nest. */
  waiting(began: boolean): void;
  /** The shop does not know who is asking. */
  signedOut(): void;
}

export interface HttpParts {
  readonly fetch: typeof globalThis.fetch;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly csrfToken: () => string | undefined;
  readonly events: HttpEvents;
}

/** Bad gateway, unavailable, gateway time-out: nothing says that the next attempt fails too. */
const TEMPORARY: ReadonlySet<number> = new Set([502, 503, 504]);

/** Waits before attempt 2, 3, …, in milliseconds: together about the time a killed replica needs to be taken out. */
const DELAYS = [200, 500, 1000, 2000, 3000];

/** Longest wait the shop can ask for with Retry-After, in milliseconds: a person is watching. */
const LONGEST_WAIT = 5000;

/** Longest time one attempt may take, in milliseconds; the shop itself answers or gives up within 2 s. */
const ATTEMPT_TIMEOUT = 8000;

const WHO_AM_I = "/api/v1/me";

/**
 * Calls of the shop's JSON API. Every call may be repeated: GET by nature, basket writes because they carry the whole
 * basket, the others because they carry a request id. So one that meets a dying replica is simply sent again.
 */
export class Http {
  constructor(private readonly parts: HttpParts) {}

  async get<T>(path: string): Promise<T> {
    return this.call<T>(path, {});
  }

  async call<T>(path: string, call: Call): Promise<T> {
    let refreshed = false;
    for (;;) {
      const response = await this.persist(path, call);
      // The token may be older than the session (signed in or out in another tab): get a new one, once.
      if (response.status === 403 && mutates(call) && !refreshed) {
        refreshed = true;
        await this.persist(WHO_AM_I, {});
        continue;
      }
      if (response.status === 401) {
        this.parts.events.signedOut();
      }
      if (!response.ok) {
        throw await readError(response);
      }
      return (await readBody(response)) as T;
    }
  }

  private async persist(path: string, call: Call): Promise<Response> {
    let waiting = false;
    try {
      for (let attempt = 0; ; attempt++) {
        const outcome = await this.attempt(path, call);
        const delay = DELAYS[attempt];
        const settled = outcome instanceof Response && !TEMPORARY.has(outcome.status);
        if (settled || delay === undefined) {
          if (outcome instanceof Response) {
            return outcome;
          }
          throw outcome;
        }
        if (!waiting) {
          waiting = true;
          this.parts.events.waiting(true);
        }
        await this.parts.sleep(this.pause(delay, outcome));
      }
    } finally {
      if (waiting) {
        this.parts.events.waiting(false);
      }
    }
  }

  private async attempt(path: string, call: Call): Promise<Response | ApiError> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (call.body !== undefined) {
      headers["Content-Type"] = "application/json";
    }
    if (call.requestId !== undefined) {
      headers["x-requestid"] = call.requestId;
    }
    const token = mutates(call) ? this.parts.csrfToken() : undefined;
    if (token !== undefined) {
      headers["X-XSRF-TOKEN"] = token;
    }
    try {
      const response = await this.parts.fetch(path, {
        method: call.method ?? "GET",
        credentials: "same-origin",
        cache: "no-store",
        headers,
        signal: AbortSignal.timeout(ATTEMPT_TIMEOUT),
        ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
      });
      const replica = response.headers.get("X-Replica");
      if (replica) {
        this.parts.events.replica(replica);
      }
      return response;
    } catch {
      return new ApiError(0, "The shop could not be reached. Please check your connection and try again.");
    }
  }

  /** Full jitter on the upper half, so that browsers that lost the same replica do not come back in step. */
  private pause(delay: number, outcome: Response | ApiError): number {
    const asked = outcome instanceof Response ? retryAfter(outcome.headers.get("Retry-After")) : 0;
    const own = delay / 2 + (this.parts.random() * delay) / 2;
    return asked > 0 ? Math.min(asked + own / 4, LONGEST_WAIT) : own;
  }
}

/** Reads Retry-After given in seconds; the shop sends no dates. Milliseconds, 0 when there is nothing to obey. */
export function retryAfter(value: string | null): number {
  return value !== null && /^\d{1,6}$/.test(value) ? Number(value) * 1000 : 0;
}

function mutates(call: Call): boolean {
  return (call.method ?? "GET") !== "GET";
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  return text === "" ? undefined : JSON.parse(text);
}

/** Reads a problem document (RFC 9457) as far as it is one. */
async function readError(response: Response): Promise<ApiError> {
  let problem: unknown;
  try {
    problem = await readBody(response);
  } catch {
    problem = undefined;
  }
  const { detail, title, field } = (typeof problem === "object" && problem !== null ? problem : {}) as {
    detail?: unknown;
    title?: unknown;
    field?: unknown;
  };
  // What the shop says about a request is meant for the person who made it; what it says about itself is not.
  const said = response.status < 500 && response.status !== 401 ? [detail, title].find(isText) : undefined;
  const message = said ?? describe(response.status);
  return new ApiError(response.status, message, isText(field) ? field : undefined);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function describe(status: number): string {
  switch (status) {
    case 401:
      return "Please sign in to go on.";
    case 403:
      return "You may not do that with this account.";
    case 404:
      return "We could not find that.";
    case 409:
      return "Someone was faster: this has changed in the meantime.";
    default:
      return TEMPORARY.has(status)
        ? "The shop is busy at the moment. Please try again in a few seconds."
        : `Something went wrong on our side (${status}). Please try again.`;
  }
}
