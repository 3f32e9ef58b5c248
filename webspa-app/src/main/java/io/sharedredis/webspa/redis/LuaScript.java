package io.sharedredis.webspa.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import org.springframework.core.io.ClassPathResource;

/** One invariant as one script: sent by its digest, in full when Redis does not know it (yet). */
public final class LuaScript {

  private final String text;

  private LuaScript(String text) {
    this.text = text;
  }

  /** The script in the file {@code redis/<name>.lua} of the application. */
  public static LuaScript load(String name) {
    try (InputStream in = new ClassPathResource("redis/" + name + ".lua").getInputStream()) {
      return new LuaScript(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("script " + name + " is missing from the application", e);
    }
  }

  CompletionStage<Long> run(
      RedisClusterAsyncCommands<String, String> redis, String key, String... args) {
    String[] keys = {key};
    CompletionStage<Long> known =
        redis.evalsha(redis.digest(text), ScriptOutputType.INTEGER, keys, args);
    return known.exceptionallyCompose(
        failure -> {
          Throwable cause = failure.getCause() == null ? failure : failure.getCause();
          if (failure instanceof RedisNoScriptException
              || cause instanceof RedisNoScriptException) {
            return redis.eval(text, ScriptOutputType.INTEGER, keys, args);
          }
          throw failure instanceof RuntimeException e ? e : new IllegalStateException(failure);
        });
  }
}
