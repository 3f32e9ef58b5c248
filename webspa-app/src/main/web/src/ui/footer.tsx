import { hubReplica, hubState } from "../hub/notifications";
import { pageReplica } from "../state/store";

const WORDS = {
  connected: "connected",
  connecting: "connecting…",
  reconnecting: "reconnecting…",
  offline: "offline",
} as const;

/** Says which replica did what: the point of the demonstration. */
export function Footer() {
  const state = hubState.value;
  return (
    <footer class="footer">
      <div class="bar">
        <p class="small">Harbor Goods is a demonstration shop: nothing is charged, nothing is shipped.</p>
        <dl class="farm" data-testid="farm">
          <div>
            <dt>Page from</dt>
            <dd data-testid="page-replica">{pageReplica.value ?? "–"}</dd>
          </div>
          <div>
            <dt>Live updates from</dt>
            <dd data-testid="hub-replica">{hubReplica.value ?? "–"}</dd>
          </div>
          <div>
            <dt>Connection</dt>
            <dd>
              <span role="status" class={`hub hub-${state}`} data-testid="hub-state" data-state={state}>
                {WORDS[state]}
              </span>
            </dd>
          </div>
        </dl>
      </div>
    </footer>
  );
}
