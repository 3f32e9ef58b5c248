package io.sharedredis.hub.protocol;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Stands for arguments that cannot be told apart: the call fails to bind, the connection lives on.
 *
 * @param fault what is wrong with them
 */
public record BrokenPayload(String fault) implements Payload {

  @Override
  public @Nullable Object read(Type type) {
    throw new PayloadException(fault, new IllegalArgumentException(fault));
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
