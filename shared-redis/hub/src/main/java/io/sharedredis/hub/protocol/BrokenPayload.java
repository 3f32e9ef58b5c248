package io.sharedredis.hub.protocol;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Stands for arguments that cannot be told apart: the call fails to bind, the connection lives on.
 */
record BrokenPayload() implements Payload {

  @Override
  public @Nullable Object read(Type type) {
    throw new PayloadException(
        "the arguments are malformed", new IllegalArgumentException("malformed"));
  }

  @Override
  public byte[] bytes() {
    return new byte[0];
  }

  @Override
  public String protocol() {
    return "";
  }
}
