package io.sharedredis.lettuce.session;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.NestedMultiOutput;
import io.sharedredis.lettuce.connection.LuaScript;
import io.sharedredis.lettuce.connection.RedisLink;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The scripts of the session store, run over one link; the header of each names its arguments. */
final class SessionScripts {

  static final LuaScript LOAD = script("load.lua");
  static final LuaScript CREATE = script("create.lua");
  static final LuaScript MOVED = script("moved.lua");
  static final LuaScript SAVE = script("save.lua");
  static final LuaScript END = script("end.lua");
  static final LuaScript END_USER = script("end-user.lua");
  static final LuaScript LIST = script("list.lua");
  static final LuaScript CLAIM_EXPIRED = script("claim-expired.lua");
  static final LuaScript CONFIRM_EXPIRED = script("confirm-expired.lua");
  static final LuaScript CLAIM_ENDED = script("claim-ended.lua");
  static final LuaScript CONFIRM_ENDED = script("confirm-ended.lua");

  /** What requests run, pages of places included. */
  private static final List<LuaScript> AHEAD =
      List.of(LOAD, CREATE, SAVE, END, END_USER, LIST, CLAIM_EXPIRED, CONFIRM_EXPIRED);

  private static final Logger log = LoggerFactory.getLogger(SessionScripts.class);

  private static final Supplier<CommandOutput<byte[], byte[], List<Object>>> LIST_REPLY =
      () -> new NestedMultiOutput<>(ByteArrayCodec.INSTANCE);

  private final RedisLink<byte[], byte[]> link;

  SessionScripts(RedisLink<byte[], byte[]> link) {
    this.link = link;
    link.firstConnected().thenRun(this::load).exceptionally(closed -> null);
    link.onReconnect(this::load);
  }

  /** So that a request costs one command also when Redis was restarted. */
  private void load() {
    for (LuaScript script : AHEAD) {
      link.async(script::load)
          .whenComplete(
              (digest, failure) -> {
                if (failure != null) {
                  log.debug("A script could not be loaded before its first use", failure);
                }
              });
    }
  }

  /** Runs a script that answers with a list, none instead of nil. */
  List<Object> run(LuaScript script, byte[][] keys, byte[]... arguments) {
    List<Object> reply = link.sync(redis -> script.run(redis, LIST_REPLY, keys, arguments));
    return reply == null ? List.of() : reply;
  }

  /**
   * The same without waiting and sent whole, so that what is sent next is done after it: what Redis
   * does not know by its digest would be sent a second time, behind that.
   */
  CompletionStage<List<Object>> begin(LuaScript script, byte[][] keys, byte[]... arguments) {
    return link.async(redis -> script.runWhole(redis, LIST_REPLY, keys, arguments));
  }

  /** Runs the script that reads a session; null if there is none. */
  @Nullable SessionFields session(byte[][] keys, byte[]... arguments) {
    return link.sync(redis -> LOAD.run(redis, SessionOutput::new, keys, arguments));
  }

  /** Runs a script that answers with a number. */
  long count(LuaScript script, byte[][] keys, byte[]... arguments) {
    Long number = link.sync(redis -> script.run(redis, ScriptOutputType.INTEGER, keys, arguments));
    return number == null ? 0 : number;
  }

  /** Runs a script that answers with a word. */
  String word(LuaScript script, byte[][] keys, byte[]... arguments) {
    byte[] word = link.sync(redis -> script.run(redis, ScriptOutputType.VALUE, keys, arguments));
    return SessionReplies.text(word);
  }

  private static LuaScript script(String name) {
    return LuaScript.beside(SessionScripts.class, "common.lua", name);
  }
}
