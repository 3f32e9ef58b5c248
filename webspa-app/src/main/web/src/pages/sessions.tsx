import { useState } from "preact/hooks";
import { ApiError } from "../api/http";
import type { Session, Sessions } from "../api/types";
import { shop } from "../state/store";
import { showFailure, showToast } from "../state/toasts";
import { dateTime } from "../ui/format";
import { useLoaded } from "../ui/load";
import { ErrorState, PageTitle, Skeleton } from "../ui/page";

export function SessionsPage() {
  const sessions = useLoaded(shop.sessions, "sessions");
  return (
    <>
      <PageTitle title="Where you are signed in">
        Is there a device you do not know, or one you have lost? End its session here; it takes effect at once.
      </PageTitle>
      {sessions.data !== undefined ? (
        <SessionList found={sessions.data} reload={sessions.reload} />
      ) : sessions.loading ? (
        <Skeleton rows={2} />
      ) : (
        <ErrorState failure={sessions.failure} retry={sessions.reload} />
      )}
    </>
  );
}

function SessionList({ found: { total, sessions }, reload }: { found: Sessions; reload: () => void }) {
  const endOthers = async () => {
    const { ended } = await shop.endOtherSessions();
    return ended === 1 ? "One other session was ended." : `${ended} other sessions were ended.`;
  };
  return (
    <>
      <ul class="card sessions" data-testid="sessions">
        {sessions.map((session) => (
          <SessionRow key={session.id} session={session} reload={reload} />
        ))}
      </ul>
      {total > sessions.length && <p class="small">These are the {sessions.length} last used of {total}.</p>}
      {total > 1 && (
        <p class="sessions-all">
          <EndButton label="End all others" end={endOthers} reload={reload} testid="sessions-end-others" />
        </p>
      )}
      <p class="small">
        What you end here is signed out of the shop. Your account keeps sessions of its own:{" "}
        <a href="/identity/sessions">see where it is signed in</a>.
      </p>
    </>
  );
}

function SessionRow({ session, reload }: { session: Session; reload: () => void }) {
  const { id, current, device, address, replica, created, lastUsed } = session;
  const end = async () => {
    try {
      await shop.endSession(id);
    } catch (failure) {
      // It ended meanwhile, or an earlier attempt whose answer was lost has done it.
      if (!(failure instanceof ApiError && failure.status === 404)) {
        throw failure;
      }
    }
    return `${device} is signed out.`;
  };
  return (
    <li data-testid="session" data-session-id={id} data-current={current}>
      <div>
        <h2>
          {device} {current && <span class="chip chip-good">This one</span>}
        </h2>
        <p class="small">
          from {address}, signed in <time dateTime={created}>{dateTime(created)}</time> by {replica}
          <br />
          {current ? (
            "in use now"
          ) : (
            <>
              last used about <time dateTime={lastUsed}>{dateTime(lastUsed)}</time>
            </>
          )}
        </p>
      </div>
      {!current && <EndButton label="End" of={device} end={end} reload={reload} testid="session-end" />}
    </li>
  );
}

/** Ends something, says what, and has the list read again: the shop knows what is left. */
function EndButton(parts: {
  label: string;
  of?: string;
  end: () => Promise<string>;
  reload: () => void;
  testid: string;
}) {
  const [busy, setBusy] = useState(false);
  const ask = async () => {
    setBusy(true);
    try {
      showToast({ title: "Signed out", text: await parts.end(), tone: "good" });
    } catch (failure) {
      showFailure("Nothing was ended", failure);
    } finally {
      setBusy(false);
      parts.reload();
    }
  };
  return (
    <button
      type="button"
      class="button button-small"
      aria-label={parts.of && `${parts.label} the session of ${parts.of}`}
      aria-disabled={busy}
      onClick={() => !busy && void ask()}
      data-testid={parts.testid}
    >
      {parts.label}
    </button>
  );
}
