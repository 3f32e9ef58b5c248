package io.sharedredis.hub.server;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a transport takes a connection's output from. Thread-safe; one write is in flight at a
 * time.
 */
public interface OutputSource {

  /**
   * What to write next as one unit: whole messages in order, several where they wait. Null when
   * there is nothing, or a write is in flight already. Call {@link #written} when the write has
   * ended.
   */
  @Nullable List<byte[]> take();

  /** The unit last taken has been written. */
  void written();

  /** Nothing waits and nothing will come: the transport ends the connection in good order. */
  boolean finished();

  /**
   * Whether the application has failed, for which a WebSocket has a close code of its own (1011).
   * Says so before {@link #finished} does.
   */
  default boolean failed() {
    return false;
  }
}
