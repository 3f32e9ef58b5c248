package io.sharedredis.lettuce.relay;

import io.sharedredis.lettuce.relay.RelayMessage.Cancel;
import io.sharedredis.lettuce.relay.RelayMessage.Hurry;
import io.sharedredis.lettuce.relay.RelayMessage.More;
import io.sharedredis.lettuce.relay.RelayMessage.Reply;
import io.sharedredis.lettuce.relay.RelayMessage.Rest;
import io.sharedredis.lettuce.relay.RelayMessage.Took;
import java.util.concurrent.atomic.AtomicBoolean;

/** A request of this replica at another one. Thread-safe. */
public final class RelayCall {
  private final Peer peer;
  private final long exchange;
  private final RelayListener listener;
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile boolean accepted;
  private int waited;

  RelayCall(Peer peer, long exchange, RelayListener listener) {
    this.peer = peer;
    this.exchange = exchange;
    this.listener = listener;
  }

  /** Sends the next piece of the body, one for each {@link RelayListener#ready}. */
  public void more(byte[] piece, boolean last) {
    if (!over.get()) {
      peer.send(new More(exchange, piece, last));
    }
  }

  /** The client has taken a piece of the answer: another may come. */
  public void took() {
    if (!over.get()) {
      peer.send(new Took(exchange));
    }
  }

  /** The answer is wanted now, even if there is nothing to say. */
  void hurry() {
    if (!over.get()) {
      peer.send(new Hurry(exchange));
    }
  }

  /** Nobody waits for the answer any more. The listener hears nothing after this. */
  public void cancel() {
    if (over.compareAndSet(false, true)) {
      peer.forget(exchange);
      peer.send(new Cancel(exchange));
    }
  }

  /** One more tick without a sign that the owner has the request; how many there were. */
  int stillWaiting(long heard, long number) {
    accepted |= heard >= number;
    return accepted ? 0 : ++waited;
  }

  void ready() {
    if (!over.get()) {
      listener.ready();
    }
  }

  void reply(Reply reply) {
    accepted = true;
    if (reply.last() ? over.compareAndSet(false, true) : !over.get()) {
      listener.reply(reply.status(), reply.type(), reply.length(), reply.piece(), reply.last());
    }
  }

  void rest(Rest rest) {
    if (rest.last() ? over.compareAndSet(false, true) : !over.get()) {
      listener.rest(rest.piece(), rest.last());
    }
  }

  void fail(RelayFailure why) {
    if (over.compareAndSet(false, true)) {
      listener.failed(why);
    }
  }
}
