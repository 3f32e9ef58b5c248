package io.sharedredis.spring.hub;

import io.sharedredis.lettuce.relay.RelayCall;
import io.sharedredis.lettuce.relay.RelayFailure;
import io.sharedredis.lettuce.relay.RelayListener;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The asynchronous response of a request that another replica answers; no thread waits for it. */
final class RelayedResponse implements RelayListener, AsyncListener {
  private static final Logger LOG = LoggerFactory.getLogger(RelayedResponse.class);

  private final AsyncContext context;
  private final Runnable forget;
  private final AtomicBoolean answered = new AtomicBoolean();
  private volatile @Nullable RelayCall call;
  private volatile @Nullable ResponseWriter writer;

  /**
   * @param forget runs when the owner does not know the connection, or is gone
   */
  RelayedResponse(AsyncContext context, Runnable forget) {
    this.context = context;
    this.forget = forget;
  }

  /** Sets the call, which must be told of a client that goes. */
  void of(@Nullable RelayCall asked) {
    call = asked;
  }

  /** Only bodies of one piece are sent this way. */
  @Override
  public void ready() {}

  @Override
  public void reply(int status, @Nullable String type, int length, byte[] piece, boolean last) {
    if (!answered.compareAndSet(false, true)) {
      return;
    }
    if (status == 404) {
      forget.run();
    }
    try {
      LocalPoll.begin(context.getResponse(), status, type, length);
      if (length == 0) {
        context.complete();
        return;
      }
      ResponseWriter opened = new ResponseWriter(context, this::cancel);
      writer = opened;
      write(opened, piece, last);
      opened.start();
    } catch (IOException | RuntimeException e) {
      LOG.debug("A relayed answer could not be written", e);
      cancel();
    }
  }

  @Override
  public void rest(byte[] piece, boolean last) {
    ResponseWriter open = writer;
    if (open != null) {
      write(open, piece, last);
    }
  }

  private void write(ResponseWriter open, byte[] piece, boolean last) {
    open.write(
        piece,
        () -> {
          RelayCall asked = call;
          if (asked != null) {
            asked.took();
          }
        });
    if (last) {
      open.complete();
    }
  }

  @Override
  public void failed(RelayFailure why) {
    if (why == RelayFailure.OWNER_GONE) {
      forget.run();
    }
    ResponseWriter open = writer;
    if (open != null) {
      // Less than was promised: the client sees that it is not whole.
      open.complete();
    } else if (answered.compareAndSet(false, true)) {
      LocalPoll.write(context, refusal(context, why));
    }
  }

  /** What a client is told of a failure: a connection whose owner is dead is gone. */
  static PollAnswer refusal(AsyncContext context, RelayFailure why) {
    if (why == RelayFailure.NOT_NOW
        && context.getResponse() instanceof HttpServletResponse response) {
      response.setHeader("Retry-After", "5");
    }
    return refusal(why);
  }

  static PollAnswer refusal(RelayFailure why) {
    return why == RelayFailure.OWNER_GONE
        ? text(404, "No Connection with that ID")
        : text(503, "Redis is away, and this replica does not have the connection.");
  }

  private static PollAnswer text(int status, String text) {
    return new PollAnswer(status, "text/plain", text.getBytes(StandardCharsets.UTF_8));
  }

  private void cancel() {
    RelayCall asked = call;
    if (asked != null) {
      asked.cancel();
    }
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    cancel();
    if (answered.compareAndSet(false, true)) {
      LocalPoll.write(context, refusal(context, RelayFailure.NOT_NOW));
    } else {
      context.complete();
    }
  }

  @Override
  public void onError(AsyncEvent event) {
    cancel();
  }

  @Override
  public void onComplete(AsyncEvent event) {
    if (!answered.get()) {
      cancel();
    }
  }

  @Override
  public void onStartAsync(AsyncEvent event) {}
}
