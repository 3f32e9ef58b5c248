package io.sharedredis.spring.hub;

import io.sharedredis.hub.server.TransportListener;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A hub connection whose output is an endless event stream. Whoever has something to say writes; no
 * thread waits for a peer that reads slowly.
 */
final class ServerSentEventsTransport extends RequestTransport implements AsyncListener {
  private static final Logger LOG = LoggerFactory.getLogger(ServerSentEventsTransport.class);
  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LINE_END = {'\r', '\n'};

  private final Claim claim;
  private final AsyncContext context;
  private final ResponseWriter writer;
  private final AtomicInteger signals = new AtomicInteger();
  private final AtomicBoolean over = new AtomicBoolean();

  ServerSentEventsTransport(Claim claim, AsyncContext context) throws IOException {
    this.claim = claim;
    this.context = context;
    this.writer = new ResponseWriter(context, this::end);
  }

  /** Begins to write; the connection is set. */
  void start() {
    writer.start();
    outputReady();
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

  // Signals are counted, not nested, and one write is in flight at a time.
  @Override
  public void outputReady() {
    if (signals.getAndIncrement() != 0) {
      return;
    }
    do {
      write();
    } while (signals.decrementAndGet() != 0);
  }

  private void write() {
    TransportListener open = connection();
    if (open == null || over.get()) {
      return;
    }
    List<byte[]> unit = open.output().take();
    if (unit != null) {
      writer.write(
          event(unit),
          () -> {
            open.output().written();
            outputReady();
          });
    } else if (open.output().finished()) {
      finish();
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

  /** Everything is written: ends the response in good order. */
  private void finish() {
    if (over.compareAndSet(false, true)) {
      claim.ended();
      writer.complete();
      lost();
    }
  }

  private void end() {
    if (over.compareAndSet(false, true)) {
      claim.ended();
      writer.abort();
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
    try {
      context.complete();
    } catch (IllegalStateException e) {
      LOG.debug("Connection {}: the response had ended", claim.connectionId(), e);
    }
  }

  @Override
  public void onStartAsync(AsyncEvent event) {}
}
