package io.sharedredis.spring.hub;

import io.sharedredis.lettuce.relay.RelayFailure;
import io.sharedredis.lettuce.relay.RelayListener;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A short answer of another replica that a request's own thread waits for. */
final class RelayedBody implements RelayListener {

  private final CompletableFuture<PollAnswer> answer = new CompletableFuture<>();
  private final Semaphore room = new Semaphore(0);
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private int status;
  private String type = "text/plain";

  @Override
  public void ready() {
    room.release();
  }

  @Override
  public void reply(int status, @Nullable String type, int length, byte[] piece, boolean last) {
    this.status = status;
    this.type = type == null ? "text/plain" : type;
    rest(piece, last);
  }

  @Override
  public void rest(byte[] piece, boolean last) {
    body.writeBytes(piece);
    if (last) {
      answer.complete(new PollAnswer(status, type, body.toByteArray()));
      room.release();
    }
  }

  @Override
  public void failed(RelayFailure why) {
    answer.complete(RelayedResponse.refusal(why));
    room.release();
  }

  /** Waits until a piece may be sent; false when there is an answer already, or none in time. */
  boolean awaitRoom(long seconds) {
    try {
      return room.tryAcquire(seconds, TimeUnit.SECONDS) && !answer.isDone();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Waits for the answer. */
  PollAnswer await(long seconds) {
    try {
      return answer.get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return RelayedResponse.refusal(RelayFailure.NOT_NOW);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return RelayedResponse.refusal(RelayFailure.NOT_NOW);
    }
  }
}
