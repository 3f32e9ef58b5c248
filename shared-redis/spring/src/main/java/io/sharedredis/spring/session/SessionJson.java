package io.sharedredis.spring.session;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.sharedredis.spring.session.ListedTyping.UnlistedTypeException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.data.redis.serializer.SerializationException;
import org.springframework.security.jackson.SecurityJacksonModule;
import org.springframework.security.jackson.SecurityJacksonModules;
import org.springframework.util.ClassUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * One value of a session as JSON, the name of its type beside it in {@code @class} where JSON alone
 * does not say it. Format: {@code docs/formats/session.md}.
 *
 * <p>A stored value that cannot be read (a type that is not on the list, a format of another
 * version, damage) is dropped, not an error: who is signed in by it has to sign in again, and
 * nobody sees an error page. Thread-safe.
 */
public final class SessionJson implements RedisSerializer<Object> {

  private static final Logger log = LoggerFactory.getLogger(SessionJson.class);
  private static final byte[] NOTHING = new byte[0];

  /** Types that are warned of: an application has few, and each is told once. */
  private static final int TOLD = 100;

  /** What JSON says by itself. */
  private static final Set<Class<?>> NAMELESS =
      Set.of(String.class, Boolean.class, Integer.class, Double.class);

  /** What Spring puts in for the replica that it is on, and what no other could use. */
  private static final Set<String> LOCAL =
      Set.of(
          "org.springframework.web.context.request.DestructionCallbackBindingListener",
          "org.springframework.web.util.HttpSessionMutexListener$Mutex");

  /** A damaged session is read again on each request; people need to hear of it now and then. */
  private static final Duration WARN_EVERY = Duration.ofSeconds(10);

  private final AllowedTypes allowed;
  private final ObjectWriter listedTypes;
  private final ObjectWriter anyType;
  private final Set<Class<?>> told = ConcurrentHashMap.newKeySet();
  private final ObjectReader reader;
  private final AtomicLong nextWarning = new AtomicLong(System.nanoTime());

  /**
   * @param more types of the application, added to the list
   */
  public SessionJson(ClassLoader classLoader, Collection<SessionTypes> more) {
    JsonMapper.Builder builder = JsonMapper.builder();
    for (JacksonModule module : SecurityJacksonModules.getModules(classLoader)) {
      // The last module of that list brings a validator of its own, which we replace.
      if (module instanceof SecurityJacksonModule) {
        builder.addModule(module);
      }
    }
    this.allowed = new AllowedTypes(more);
    builder.addModule(new SignInReaders());
    builder.addModule(new FailedSignIns());
    builder.addModule(new Certificates());
    if (ClassUtils.isPresent(PasskeyTypes.PRESENT, classLoader)) {
      builder.addModule(new PasskeyTypes());
    }
    builder.polymorphicTypeValidator(allowed);
    // Typed as Object on both sides, so that a Long comes back as a Long however small it is.
    this.anyType =
        builder
            .activateDefaultTyping(allowed, DefaultTyping.NON_FINAL, JsonTypeInfo.As.PROPERTY)
            .build()
            .writerFor(Object.class);
    JsonMapper mapper = builder.setDefaultTyping(new ListedTyping(allowed)).build();
    this.listedTypes = mapper.writerFor(Object.class);
    this.reader = mapper.readerFor(Object.class);
  }

  /**
   * For Spring Session's own repository, where a framework may put in what nobody misses: a type
   * that is not on the list is told once, written, and not read again. What {@link #mayBeLeftOut}
   * is left out then: nobody can say whether it can be written at all.
   */
  @Override
  public byte[] serialize(@Nullable Object value) {
    if (value == null) {
      return NOTHING;
    }
    try {
      return write(value);
    } catch (SerializationException e) {
      boolean leftOut = mayBeLeftOut(value);
      if (unlisted(e) == null && !leftOut) {
        throw e;
      }
      Class<?> type = value.getClass();
      if (!LOCAL.contains(type.getName()) && told.size() < TOLD && told.add(type)) {
        log.warn("A value of a session will not be read again: {}", e.getMessage());
      }
      return leftOut ? NOTHING : written(anyType, value);
    }
  }

  /**
   * A value that {@link #deserialize} gives back.
   *
   * @throws SerializationException if there is something in it of a type that is not on the list
   */
  byte[] write(Object value) {
    return written(listedTypes, value);
  }

  private static byte[] written(ObjectWriter writer, Object value) {
    try {
      return writer.writeValueAsBytes(value);
    } catch (RuntimeException e) {
      // Jackson's, the one above, or of a writer that met what it does not know.
      UnlistedTypeException unlisted = unlisted(e);
      throw new SerializationException(
          unlisted == null
              ? value.getClass().getName()
                  + " cannot be kept in a session as JSON; keep simpler values there"
              : String.valueOf(unlisted.getMessage()),
          e);
    }
  }

  /** Jackson wraps what it meets below the outermost object. */
  private static @Nullable UnlistedTypeException unlisted(Throwable failure) {
    Throwable cause = failure;
    // Ten is deeper than Jackson and this class wrap, and ends on a chain that is a circle.
    for (int depth = 0; cause != null && depth < 10; depth++) {
      if (cause instanceof UnlistedTypeException found) {
        return found;
      }
      cause = cause.getCause();
    }
    return null;
  }

  /**
   * Whether nobody misses the value where it cannot be kept: an exception, since a sign-in that
   * fails shall not fail for the reason that nobody can keep why, and what is of use on one replica
   * only.
   */
  static boolean mayBeLeftOut(Object value) {
    return value instanceof Throwable || LOCAL.contains(value.getClass().getName());
  }

  /** Whether a value is of a type that is certainly not read again; asks for no more than that. */
  boolean refuses(Object value) {
    Class<?> type = value.getClass();
    // What Jackson names in its own way, or not at all, is found out when it is written.
    boolean ordinary =
        !type.isArray()
            && !(value instanceof Enum)
            && !(value instanceof Collection)
            && !(value instanceof Map)
            && !NAMELESS.contains(type);
    return ordinary && !allowed.allows(type.getName());
  }

  @Override
  public @Nullable Object deserialize(byte @Nullable [] bytes) {
    if (bytes == null || bytes.length == 0) {
      return null;
    }
    try {
      return reader.readValue(bytes);
    } catch (JacksonException e) {
      // The original message names the type and the place, never the value.
      warn(e.getOriginalMessage());
      return null;
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      // Readers of Spring Security's types fail in ways of their own on what lacks a part, and a
      // class may need one that this version of the application has not.
      warn(e.getClass().getName());
      return null;
    }
  }

  private void warn(@Nullable String why) {
    long now = System.nanoTime();
    long due = nextWarning.get();
    if (now - due >= 0 && nextWarning.compareAndSet(due, now + WARN_EVERY.toNanos())) {
      log.warn("A stored value of a session cannot be read and is dropped: {}", why);
    }
  }
}
