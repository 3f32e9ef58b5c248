package io.sharedredis.hub.server;

import io.sharedredis.hub.HubException;
import io.sharedredis.hub.protocol.Payload;
import io.sharedredis.hub.protocol.PayloadException;
import io.sharedredis.hub.server.HubMethod.Parameter;
import io.sharedredis.hub.server.HubMethod.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams one client sends to running calls. When the hub does not keep up, the item that finds
 * its stream full is parked and the connection reads no further. Used inside the connection's loop
 * only.
 */
final class Uploads {
  private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);

  private final ServerConnection connection;
  private final HubServer server;
  private final Map<String, UploadStream> open = new HashMap<>();
  private @Nullable UploadStream parkedFor;
  private @Nullable Object parked;

  Uploads(ServerConnection connection, HubServer server) {
    this.connection = connection;
    this.server = server;
  }

  static String inUse(String target) {
    return ErrorTexts.invocationFailed(
        target, new HubException("A stream of that id is already in use."), true);
  }

  /** Whether an item waits for room in its stream; nothing may be read until it has. */
  boolean stalled() {
    return parkedFor != null;
  }

  /** Opens the streams of a call and puts them among its arguments; null when an id is in use. */
  @Nullable List<UploadStream> open(
      HubMethod method, @Nullable Object[] arguments, List<String> streamIds) {
    if (Set.copyOf(streamIds).size() != streamIds.size()
        || streamIds.stream().anyMatch(open::containsKey)) {
      return null;
    }
    List<UploadStream> opened = new ArrayList<>();
    Iterator<String> ids = streamIds.iterator();
    method.supply(
        arguments,
        Source.UPLOAD,
        parameter -> {
          UploadStream stream = create(parameter, ids.next());
          opened.add(stream);
          return given(stream, parameter.declared());
        });
    return opened;
  }

  private static Object given(UploadStream stream, Class<?> declared) {
    if (declared == Stream.class) {
      return stream.asStream();
    }
    ReactiveTypes types = ReactiveTypes.ofParameter(declared);
    return types == null ? stream : types.stream(stream, declared);
  }

  private UploadStream create(Parameter parameter, String id) {
    UploadStream stream =
        new UploadStream(
            id,
            parameter.type(),
            server.definition().options().streamBufferCapacity(),
            server.runtime().executor(),
            () -> connection.inLoop(this::roomMade));
    open.put(id, stream);
    return stream;
  }

  void item(String id, @Nullable Object value) {
    UploadStream stream = open.get(id);
    if (stream == null) {
      LOG.debug("Connection {}: item for an unknown stream", connection.connectionId());
      return;
    }
    Object item;
    try {
      item = value instanceof Payload payload ? payload.read(stream.itemType()) : value;
    } catch (PayloadException e) {
      open.remove(id);
      stream.end(new HubException("Failed to bind Stream message.", e));
      return;
    }
    if (!stream.offer(item)) {
      parkedFor = stream;
      parked = item;
    }
  }

  private void roomMade() {
    UploadStream stream = parkedFor;
    if (stream != null && stream.offer(parked)) {
      parkedFor = null;
      parked = null;
      connection.readOn();
    }
  }

  /** Ends a stream as the client asks; false when the id is no stream's. */
  boolean complete(String id, @Nullable String error) {
    UploadStream stream = open.remove(id);
    if (stream == null) {
      return false;
    }
    stream.end(error == null ? null : new HubException(error));
    return true;
  }

  /** The call that read the streams has ended; what still comes for them is dropped. Any thread. */
  void closeLater(List<UploadStream> streams) {
    if (streams.isEmpty()) {
      return;
    }
    connection.inLoop(
        () ->
            streams.forEach(
                stream -> {
                  open.remove(stream.id(), stream);
                  stream.close();
                }));
  }

  /** Readers learn that nothing will come any more. */
  void connectionLost() {
    parkedFor = null;
    parked = null;
    open.values()
        .forEach(
            stream ->
                stream.end(new CancellationException("The underlying connection was closed.")));
    open.clear();
  }
}
