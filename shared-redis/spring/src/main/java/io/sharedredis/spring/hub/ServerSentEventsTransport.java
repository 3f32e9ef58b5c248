package io.sharedredis.spring.hub;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A hub connection whose output is an endless event stream. Writes may block, so they run on the
 * executor.
 */
final class ServerSentEventsTransport extends RequestTransport implements AsyncListener {
  private static final Logger LOG = LoggerFactory.getLogger(ServerSentEventsTransport.class);
  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LINE_END = {'\r', '\n'};

  private final Claim claim;
  private final AsyncContext response;
  private final Executor executor;
  private final AtomicInteger signals = new AtomicInteger();
  private final AtomicBoolean over = new AtomicBoolean();

  ServerSentEventsTransport(Claim claim, AsyncContext response, Executor executor) {
    this.claim = claim;
    this.response = response;
    this.executor = executor;
  }

  @Override
  public String name() {
    return "ServerSentEvents";
  }

  @Override
  public boolean supportsBinary() {
    return false;
  }

  @Override
  public void useBinary(boolean binary) {}

  @Override
  public void outputReady() {
    if (signals.getAndIncrement() == 0) {
      try {
        executor.execute(this::write);
      } catch (RejectedExecutionException e) {
        end();
      }
    }
  }

  private void write() {
    do {
      try {
        writeAll();
      } catch (IOException | RuntimeException e) {
        LOG.debug("Connection {}: the event stream broke", claim.connectionId(), e);
        end();
      }
    } while (signals.decrementAndGet() != 0);
  }

  private void writeAll() throws IOException {
    var open = connection();
    if (open == null || over.get()) {
      return;
    }
    List<byte[]> unit = open.output().take();
    while (unit != null) {
      ServletOutputStream out = response.getResponse().getOutputStream();
      out.write(event(unit));
      out.flush();
      open.output().written();
      unit = open.output().take();
    }
    if (open.output().finished()) {
      end();
    }
  }

  /**
   * Whole messages as one event: each line of theirs a {@code data} field, an empty line after
   * them.
   */
  static byte[] event(List<byte[]> unit) {
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    unit.forEach(payload::writeBytes);
    byte[] bytes = payload.toByteArray();
    int start = 0;
    for (int i = 0; i <= bytes.length && bytes.length > 0; i++) {
      if (i == bytes.length || bytes[i] == '\n') {
        int end = i > start && i < bytes.length && bytes[i - 1] == '\r' ? i - 1 : i;
        event.writeBytes(DATA);
        event.write(bytes, start, end - start);
        event.writeBytes(LINE_END);
        start = i + 1;
      }
    }
    event.writeBytes(LINE_END);
    return event.toByteArray();
  }

  private void end() {
    if (over.compareAndSet(false, true)) {
      claim.ended();
      try {
        response.complete();
      } catch (IllegalStateException e) {
        LOG.debug("Connection {}: the response had ended", claim.connectionId(), e);
      }
      lost();
    }
  }

  @Override
  public void abort() {
    end();
  }

  @Override
  long idleSince(long now) {
    return 0;
  }

  @Override
  void expired() {
    end();
  }

  @Override
  public void onComplete(AsyncEvent event) {
    end();
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    end();
  }

  @Override
  public void onError(AsyncEvent event) {
    end();
  }

  @Override
  public void onStartAsync(AsyncEvent event) {}
}
