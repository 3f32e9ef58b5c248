package io.sharedredis.lettuce.relay;

import io.sharedredis.lettuce.relay.RelayMessage.Ask;
import io.sharedredis.lettuce.relay.RelayMessage.Ready;
import io.sharedredis.lettuce.relay.RelayMessage.Reply;
import io.sharedredis.lettuce.relay.RelayMessage.Rest;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A request of another replica for a connection of this one. Thread-safe. */
public final class RelayedCall {

  /** Pieces of an answer on their way at a time: 256 KiB hide the way there and back. */
  private static final int WINDOW = 4;

  private static final byte[] NOTHING = {};

  private final Peer peer;
  private final Ask ask;
  private BiConsumer<byte[], Boolean> onMore = (piece, last) -> {};
  private volatile Runnable onHurry = () -> {};
  private @Nullable Runnable onCancel;
  private boolean cancelled;
  private boolean answered;
  private byte[] body = NOTHING;
  private int sent;

  RelayedCall(Peer peer, Ask ask) {
    this.peer = peer;
    this.ask = ask;
  }

  public RelayRequest request() {
    return ask.request();
  }

  /** The first bytes of the request's body. */
  public byte[] piece() {
    return ask.piece();
  }

  /** Whether they are all. */
  public boolean last() {
    return ask.last();
  }

  /** Sets what takes the pieces of the body after the first, each asked for by {@link #ready}. */
  public void onMore(BiConsumer<byte[], Boolean> listener) {
    onMore = listener;
  }

  /** Asks for the next piece of the body. */
  public void ready() {
    peer.send(new Ready(ask.exchange()));
  }

  /** Sets what runs when the answer is wanted now, even if there is nothing to say. */
  public void onHurry(Runnable listener) {
    onHurry = listener;
  }

  void hurry() {
    onHurry.run();
  }

  /** Sets what runs when nobody waits for the answer any more; at once when that is so. */
  public void onCancel(Runnable listener) {
    boolean now;
    synchronized (this) {
      onCancel = listener;
      now = cancelled;
    }
    if (now) {
      listener.run();
    }
  }

  /** Whether so much is on its way to that replica that an answer had better wait. */
  public boolean crowded() {
    return peer.crowded();
  }

  /** Answers, once; later answers are dropped. */
  public void reply(int status, @Nullable String type, byte @Nullable [] answer) {
    byte[] whole = answer == null ? NOTHING : answer;
    synchronized (this) {
      if (answered || cancelled) {
        return;
      }
      answered = true;
      body = whole;
      byte[] first = next();
      peer.send(new Reply(ask.exchange(), status, type, whole.length, first, sent == whole.length));
      for (int piece = 1; piece < WINDOW; piece++) {
        rest();
      }
    }
    forgetWhenSent();
  }

  private byte[] next() {
    byte[] piece = Arrays.copyOfRange(body, sent, Math.min(body.length, sent + Relay.PIECE));
    sent += piece.length;
    return piece;
  }

  private void rest() {
    if (answered && sent < body.length) {
      byte[] piece = next();
      peer.send(new Rest(ask.exchange(), piece, sent == body.length));
    }
  }

  void took() {
    synchronized (this) {
      rest();
    }
    forgetWhenSent();
  }

  private void forgetWhenSent() {
    boolean done;
    synchronized (this) {
      done = answered && sent == body.length;
    }
    if (done) {
      peer.served(ask.exchange());
    }
  }

  void more(byte[] piece, boolean last) {
    onMore.accept(piece, last);
  }

  void cancel() {
    Runnable listener;
    synchronized (this) {
      if (cancelled) {
        return;
      }
      cancelled = true;
      listener = onCancel;
    }
    if (listener != null) {
      listener.run();
    }
  }
}
