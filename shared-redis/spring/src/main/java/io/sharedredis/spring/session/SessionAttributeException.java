package io.sharedredis.spring.session;

import org.jspecify.annotations.Nullable;

/**
 * An attribute that cannot be kept in a session, as the servlet API wants it told. The message
 * names the attribute, what is wrong with it and what to do, never its value.
 */
public final class SessionAttributeException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  SessionAttributeException(String name, @Nullable String why, @Nullable Throwable cause) {
    super("session attribute '" + name + "': " + why, cause);
  }
}
