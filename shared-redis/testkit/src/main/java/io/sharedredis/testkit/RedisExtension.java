package io.sharedredis.testkit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test class one Redis server, from before its first test to after its last.
 *
 * <p>As {@code @ExtendWith(RedisExtension.class)} with a {@link RedisServer} parameter on tests or
 * lifecycle methods, or as a static {@code @RegisterExtension} field, where options may be given.
 * Data of one test is seen by the next: tests use keys and channels of their own.
 */
public final class RedisExtension
    implements BeforeAllCallback, AfterAllCallback, ParameterResolver {

  private final @Nullable RedisOptions own;
  private @Nullable RedisServer server;

  /** The server that {@link RedisServer#start()} finds. */
  public RedisExtension() {
    this(null);
  }

  private RedisExtension(@Nullable RedisOptions own) {
    this.own = own;
  }

  /** A server of the class's own, that its tests may kill and stall. */
  public static RedisExtension own() {
    return new RedisExtension(RedisOptions.defaults());
  }

  /** A server of the class's own with these options. */
  public static RedisExtension own(RedisOptions options) {
    return new RedisExtension(options);
  }

  /** The running server. */
  public RedisServer server() {
    if (server == null) {
      throw new IllegalStateException(
          "no server yet: register this extension in a static field and ask from a test");
    }
    return server;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    if (server == null) {
      server = own == null ? RedisServer.start() : RedisServer.start(own);
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    // A nested test class shares its outer class's server and must leave it running.
    boolean nested = context.getParent().flatMap(ExtensionContext::getTestClass).isPresent();
    if (server != null && !nested) {
      server.close();
      server = null;
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == RedisServer.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return server();
  }
}
