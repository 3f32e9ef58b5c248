package io.sharedredis.spring.hub;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A poll that waits at this replica. */
final class LocalPoll implements Poll, AsyncListener {
  private static final Logger LOG = LoggerFactory.getLogger(LocalPoll.class);

  private final AsyncContext context;
  private final LongPollingTransport transport;

  LocalPoll(AsyncContext context, LongPollingTransport transport) {
    this.context = context;
    this.transport = transport;
  }

  /** The container keeps the time. */
  @Override
  public long deadline() {
    return Long.MAX_VALUE;
  }

  @Override
  public boolean ready() {
    return true;
  }

  @Override
  public void answer(PollAnswer answer) {
    write(context, answer);
  }

  /** Writes an answer and ends the response; does not block. */
  static void write(AsyncContext context, PollAnswer answer) {
    try {
      begin(context.getResponse(), answer.status(), answer.type(), answer.body().length);
      if (answer.body().length == 0) {
        context.complete();
        return;
      }
      ResponseWriter writer = new ResponseWriter(context, () -> {});
      writer.write(answer.body(), () -> {});
      writer.complete();
      writer.start();
    } catch (IOException | RuntimeException e) {
      LOG.debug("A poll could not be answered", e);
    }
  }

  static void begin(ServletResponse response, int status, @Nullable String type, int length) {
    HttpServletResponse http = (HttpServletResponse) response;
    http.setStatus(status);
    if (type != null) {
      http.setContentType(type);
    }
    if (status != 204) {
      http.setContentLength(length);
    }
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    if (transport.stopWaiting(this)) {
      begin(context.getResponse(), 200, "text/plain", 0);
    }
    context.complete();
  }

  @Override
  public void onError(AsyncEvent event) {
    boolean unused = transport.stopWaiting(this);
  }

  @Override
  public void onComplete(AsyncEvent event) {
    boolean unused = transport.stopWaiting(this);
  }

  @Override
  public void onStartAsync(AsyncEvent event) {}
}
