import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { signal } from "@preact/signals";
import type { Connected, UpdatedOrderState } from "../api/types";
import { ReconnectForEver } from "./reconnect";

/** "offline" also stands for not wanted: nobody is signed in. */
export type HubState = "offline" | "connecting" | "connected" | "reconnecting";

export const hubState = signal<HubState>("offline");

/** Name of the replica that holds this tab's connection. */
export const hubReplica = signal<string>();

export interface HubListener {
  orderChanged(update: UpdatedOrderState): void;
  /** The connection stands (again) and will get every message; those of the time before may have been missed. */
  connected(): void;
  /** The server ended the connection for good, or refused a new one. Answers whether to try again. */
  closed(): Promise<boolean>;
}

/** One connection to the shop's hub that lives as long as someone is signed in. */
export class Notifications {
  private readonly policy = new ReconnectForEver();
  private connection: HubConnection | undefined;
  private attempts = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly url: string,
    private readonly listener: HubListener,
  ) {}

  start(): void {
    if (this.connection !== undefined) {
      return;
    }
    // Straight to a WebSocket: one request, so no replica has to know what another one negotiated.
    const connection = new HubConnectionBuilder()
      .withUrl(this.url, { skipNegotiation: true, transport: HttpTransportType.WebSockets })
      .withAutomaticReconnect(this.policy)
      .configureLogging(LogLevel.None)
      .build();
    this.connection = connection;
    connection.on("UpdatedOrderState", (update: UpdatedOrderState) => this.listener.orderChanged(update));
    connection.on("Connected", (connected: Connected) => this.stands(connected));
    connection.onreconnecting(() => this.lost("reconnecting"));
    connection.onclose(() => void this.ended(connection));
    void this.connect(connection);
  }

  async stop(): Promise<void> {
    const { connection } = this;
    this.connection = undefined;
    clearTimeout(this.timer);
    this.lost("offline");
    await connection?.stop();
  }

  private async connect(connection: HubConnection): Promise<void> {
    hubState.value = this.attempts === 0 ? "connecting" : "reconnecting";
    try {
      await connection.start();
    } catch {
      await this.ended(connection);
    }
  }

  /** The server says so itself once the connection is in its group; before that a message could pass it by. */
  private stands({ replica }: Connected): void {
    this.attempts = 0;
    hubReplica.value = replica;
    hubState.value = "connected";
    this.listener.connected();
  }

  private async ended(connection: HubConnection): Promise<void> {
    if (this.connection !== connection) {
      return;
    }
    this.lost("reconnecting");
    const again = await this.listener.closed().catch(() => true);
    if (this.connection !== connection) {
      return;
    }
    if (!again) {
      this.connection = undefined;
      this.lost("offline");
      return;
    }
    const delay = this.policy.nextRetryDelayInMilliseconds({ previousRetryCount: this.attempts++ });
    this.timer = setTimeout(() => void this.connect(connection), delay);
  }

  private lost(state: HubState): void {
    hubState.value = state;
    hubReplica.value = undefined;
  }
}
