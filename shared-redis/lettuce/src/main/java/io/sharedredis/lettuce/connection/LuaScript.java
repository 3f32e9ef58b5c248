package io.sharedredis.lettuce.connection;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lua text from the class path, usually one file, called by its digest, and sent whole when Redis
 * does not know it (after a restart, a failover, or the first time). Immutable.
 */
public final class LuaScript {

  private final String text;
  private final String digest;
  private final byte[] digestBytes;

  private LuaScript(String text) {
    this.text = text;
    try {
      this.digest =
          HexFormat.of()
              .formatHex(
                  MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
    this.digestBytes = digest.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Loads {@code names} from beside {@code owner}, one after the other where the first ones hold
   * what several scripts need; a file that is missing is a broken build.
   */
  public static LuaScript beside(Class<?> owner, String... names) {
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      text.append(read(owner, name));
    }
    return new LuaScript(text.toString());
  }

  private static String read(Class<?> owner, String name) {
    try (InputStream file = owner.getResourceAsStream(name)) {
      if (file == null) {
        throw new IllegalStateException(name + " is missing beside " + owner.getName());
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the script known, so that the first run need not send it; failing does no harm. */
  public <K, V> CompletionStage<String> load(RedisClusterAsyncCommands<K, V> redis) {
    return redis.scriptLoad(text);
  }

  /** Runs the script; sending it a second time is safe because the first try was refused. */
  @SafeVarargs
  public final <K, V, T> CompletionStage<T> run(
      RedisClusterAsyncCommands<K, V> redis, ScriptOutputType type, K[] keys, V... arguments) {
    return redis
        .<T>evalsha(digest, type, keys, arguments)
        .exceptionallyCompose(
            failure ->
                isUnknown(failure)
                    ? redis.eval(text, type, keys, arguments)
                    : CompletableFuture.failedStage(cause(failure)));
  }

  /**
   * The same for keys and arguments that are bytes already, and an answer that is read as it comes.
   *
   * @param output makes what takes the answer, once for each try
   */
  public <T extends @Nullable Object> CompletionStage<T> run(
      RedisClusterAsyncCommands<byte[], byte[]> redis,
      Supplier<CommandOutput<byte[], byte[], T>> output,
      byte[][] keys,
      byte[]... arguments) {
    return redis
        .<T>dispatch(
            CommandType.EVALSHA, output.get(), new ScriptArguments(digestBytes, keys, arguments))
        .exceptionallyCompose(
            failure ->
                isUnknown(failure)
                    ? runWhole(redis, output, keys, arguments)
                    : CompletableFuture.failedStage(cause(failure)));
  }

  /**
   * The same, sent whole at once: for what must be done before anything that is sent later on the
   * same connection, also where Redis does not know the script.
   *
   * @param output makes what takes the answer
   */
  public <T extends @Nullable Object> CompletionStage<T> runWhole(
      RedisClusterAsyncCommands<byte[], byte[]> redis,
      Supplier<CommandOutput<byte[], byte[], T>> output,
      byte[][] keys,
      byte[]... arguments) {
    return redis.dispatch(
        CommandType.EVAL,
        output.get(),
        new ScriptArguments(text.getBytes(StandardCharsets.UTF_8), keys, arguments));
  }

  private static boolean isUnknown(Throwable failure) {
    return cause(failure) instanceof RedisNoScriptException;
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
