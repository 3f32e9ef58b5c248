package io.sharedredis.hub.protocol;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * A value as it came over the wire, not yet bound to a Java type. Immutable and free of the
 * connection's buffers, so it may be kept and read from any thread.
 */
public interface Payload {

  /**
   * The value as {@code type}.
   *
   * @throws PayloadException when the bytes do not hold such a value
   */
  @Nullable Object read(Type type);

  /** The encoded value, without any frame. Callers do not change the array. */
  byte[] bytes();

  /** Name of the protocol the value is encoded in. */
  String protocol();
}
